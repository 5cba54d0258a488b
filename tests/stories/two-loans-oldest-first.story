# Money that names no loan goes to the oldest due across all loans, then to what comes next

A line of 100,000.00.

2026-03-01  draws 1,000.00 on-demand for 2 months as A
2026-03-11  draws 2,000.00 on-demand for 1 month as B
2026-04-11  pays 500.00
2026-04-11  which settles interest 37.20, principal 462.80
2026-04-11  B owes principal 1,537.20
2026-04-11  A owes principal 1,000.00, interest 24.60
2026-04-11  pays 2,561.80
2026-04-11  A is closed
2026-04-11  B is closed
