# A payment from before the write-off becomes known after it: less was written off than it seemed

Due 1 April: 31 nights and three of grace at 4.20, 142.80; from 4 April 6.30 a night. To 10 July 97 nights, 611.10, and
7,000.00 is written off; to 15 July 102 nights, 642.60. Then 2,000.00 of 20 June appears, day 80: it settled 77 nights of
penalty, 485.10, the interest, and 1,372.10 of principal, so that 5,627.90 was written off. Twenty-five nights on that, at
5.06511, have cost 126.63.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-07-10  A is 100 days late
2026-07-10  A owes principal 7,000.00, interest 142.80, penalty 611.10
2026-07-10  staff writes off A
2026-07-10  A is written-off
2026-07-10  the books have 1301 0.00
2026-07-10  the books have 8103 7,000.00
2026-07-15  A owes principal 7,000.00, interest 142.80, penalty 642.60
2026-07-15  pays 2,000.00 on A dated 2026-06-20
2026-07-15  which settles penalty 485.10, interest 142.80, principal 1,372.10
2026-07-15  A is written-off
2026-07-15  A owes principal 5,627.90, penalty 126.63
2026-07-15  the books have 8103 5,627.90
2026-07-15  the books have 6701 5,627.90
