# Paid early: interest for the nights used, nothing more

7,000.00 at 0.06 % a day is 4.20 a night. Ten nights cost 42.00; there is no fee for paying early.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 6 months as A
2026-03-01  A owes principal 7,000.00
2026-03-01  93,000.00 left to draw
2026-03-02  A owes principal 7,000.00, interest 4.20
2026-03-11  A owes principal 7,000.00, interest 42.00
2026-03-11  pays 7,042.00
2026-03-11  which settles interest 42.00, principal 7,000.00
2026-03-11  A is closed
2026-03-20  A was closed on 2026-03-11
2026-03-11  100,000.00 left to draw
