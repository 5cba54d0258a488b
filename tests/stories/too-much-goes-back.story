# What exceeds all debts goes back to where it came from

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 6 months as A
2026-03-16  pays 7,100.00
2026-03-16  which settles interest 63.00, principal 7,000.00, back 37.00
2026-03-16  A is closed
2026-03-16  37.00 sent back
