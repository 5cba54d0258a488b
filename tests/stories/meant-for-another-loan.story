# Money was put to the wrong loan: it is taken back there and counts on the right one from its own day

Both loans cost 3.00 a night. 3,000.00 of 11 March paid ten nights of A and 2,970.00 of its principal, but was meant for
B. On 16 March A owes fifteen nights, 45.00; B has 2,030.00 left, and five nights on it have cost 6.09.

A line of 100,000.00.

2026-03-01  draws 5,000.00 on-demand for 1 month as A
2026-03-01  draws 5,000.00 on-demand for 2 months as B
2026-03-11  pays 3,000.00 on A, called P
2026-03-11  which settles interest 30.00, principal 2,970.00
2026-03-16  staff takes back P on A: wrong loan, meant for B
2026-03-16  A owes principal 5,000.00, interest 45.00
2026-03-16  B owes principal 2,030.00, interest 6.09
2026-03-16  92,970.00 left to draw
