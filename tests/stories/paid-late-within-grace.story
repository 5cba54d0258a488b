# Paid late within grace: the contract rate goes on, no penalty; but the days past due count

Due 1 April, 31 nights: 130.20. Three days of grace; on 3 April two more nights have cost 8.40.
Nothing can be drawn while something is late.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-04-01  A owes principal 7,000.00, interest 130.20, due 7,130.20
2026-04-01  A is 0 days late
2026-04-02  A is 1 day late
2026-04-02  is refused 1,000.00 on-demand for 1 month: borrower-late
2026-04-03  A owes principal 7,000.00, interest 138.60
2026-04-03  pays 7,138.60
2026-04-03  which settles interest 138.60, principal 7,000.00
2026-04-03  A is closed
2026-04-03  draws 1,000.00 on-demand for 1 month as B
2026-04-03  B is running
