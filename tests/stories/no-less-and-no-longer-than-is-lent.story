# The smallest draw is 100.00 and the longest loan twelve months; a cent less or a month more is refused

A line of 1,000.00.

2026-01-02  is refused 99.99 on-demand for 1 month: draw-too-small
2026-01-02  is refused 100.00 on-demand for 13 months: term-too-long
2026-01-02  draws 100.00 on-demand for 12 months as A
2026-01-02  900.00 left to draw
2026-01-02  is refused 900.01 on-demand for 12 months: limit-exceeded
2026-01-02  draws 900.00 on-demand for 12 months as B
2026-01-02  0.00 left to draw
