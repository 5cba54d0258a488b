# A payment of day 90 settles penalty first, one of day 91 principal first, whenever they become known

Two loans of 7,000.00 due 1 April; from 4 April each costs 6.30 a night. On 8 July 300.00 of 30 June, day 90, becomes
known for A: it takes 300.00 of 87 nights' penalty, 548.10. 300.00 of 1 July, day 91, for B is principal: 88 nights at
6.30 and seven at 6.03 are 596.61. Before, A had paid 1,000.00 on 6 July: principal then as now, six nights at 6.30 and
two at 5.40 come to 248.10 + 37.80 + 10.80 = 296.70.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-03-01  draws 7,000.00 on-demand for 1 month as B
2026-06-30  A is 90 days late
2026-06-30  A accrues
2026-07-01  A accrues outside the books
2026-07-06  pays 1,000.00 on A
2026-07-06  which settles principal 1,000.00
2026-07-08  A owes principal 6,000.00, interest 142.80, penalty 596.70
2026-07-08  pays 300.00 on A dated 2026-06-30
2026-07-08  which settles penalty 300.00
2026-07-08  A owes principal 6,000.00, interest 142.80, penalty 296.70
2026-07-08  pays 300.00 on B dated 2026-07-01
2026-07-08  which settles principal 300.00
2026-07-08  B owes principal 6,700.00, interest 142.80, penalty 596.61
2026-07-08  A is 98 days late
