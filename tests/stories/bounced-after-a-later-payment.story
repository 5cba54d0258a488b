# A debit bounces after a later payment came in: the later one is told again, nothing is edited

1,000.00 of 11 March settled ten nights of 4.20 and 958.00; 2,000.00 of 21 March ten nights on 6,042.00, 36.25, and
1,963.75. On 23 March the first one bounces. Told again, 21 March found twenty nights on 7,000.00, 84.00, and took
1,916.00 of principal; two nights on 5,084.00 have cost 6.10 since.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 6 months as A
2026-03-11  pays 1,000.00 on A, called P
2026-03-11  which settles interest 42.00, principal 958.00
2026-03-21  pays 2,000.00 on A
2026-03-21  which settles interest 36.25, principal 1,963.75
2026-03-21  A owes principal 4,078.25
2026-03-23  staff takes back P on A: bounced
2026-03-23  A owes principal 5,084.00, interest 6.10
2026-03-23  94,916.00 left to draw
2026-03-23  staff takes back P on A: bounced, but is refused: reversed-already
