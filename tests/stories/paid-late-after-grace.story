# Paid late after grace: overdue principal bears 1.5 times instead of the contract rate

Due 1 April. 31 nights and three of grace at 4.20: 142.80. From 4 April 6.30 a night: to 14 April ten nights, 63.00.
A part payment settles penalty, then interest, then principal, and does not reset the days past due.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-04-14  A owes principal 7,000.00, interest 142.80, penalty 63.00
2026-04-14  A is 13 days late
2026-04-14  pays 1,000.00
2026-04-14  which settles penalty 63.00, interest 142.80, principal 794.20
2026-04-14  A is 13 days late
2026-04-15  A owes principal 6,205.80, penalty 5.59
2026-04-15  is refused 1,000.00 on-demand for 1 month: borrower-late
2026-04-24  A owes principal 6,205.80, penalty 55.85
2026-04-24  pays 6,261.65
2026-04-24  which settles penalty 55.85, principal 6,205.80
2026-04-24  A is closed
2026-04-24  A is 0 days late
