# A settlement for less that is not kept: all stays owed

As agreed on 14 April, 6,000.00 by 30 April; but only 4,000.00 came by then. 2,000.00 on 5 May pay fifteen nights on
3,243.60, 43.79, and 1,956.21 of principal; 1,287.39 goes on at 1.5 times, 1.16 a night.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-04-14  staff agrees that A is settled by 6,000.00 until 2026-04-30
2026-04-20  pays 4,000.00 on A
2026-05-05  pays 2,000.00 on A
2026-05-05  which settles penalty 43.79, principal 1,956.21
2026-05-05  A is running
2026-05-05  A owes principal 1,287.39
2026-05-06  A owes principal 1,287.39, penalty 1.16
2026-05-06  the books have 6701 0.00
