# Paid on the last day of grace: still no penalty; a day later there is

Due 1 April with three days of grace: the night to 5 April is the first at 1.5 times.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-03-01  draws 7,000.00 on-demand for 1 month as B
2026-04-04  A owes principal 7,000.00, interest 142.80
2026-04-04  pays 7,142.80 on A
2026-04-04  A is closed
2026-04-05  B owes principal 7,000.00, interest 142.80, penalty 6.30
2026-04-05  pays 7,149.10 on B
2026-04-05  which settles interest 142.80, principal 7,000.00, penalty 6.30
2026-04-05  B is closed
