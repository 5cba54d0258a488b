# Drawn and repaid on one day: it costs nothing

Interest counts nights, and there was none.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-03-01  pays 7,000.00
2026-03-01  which settles principal 7,000.00
2026-03-01  A is closed
2026-03-05  A is closed
2026-03-05  100,000.00 left to draw
