# A payment counts from the day the money left the payer, whatever the day end has done since

Paid on 31 March, known on 14 April: no night of April was ever owed, and nothing is late.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-04-14  A owes principal 7,000.00, interest 142.80, penalty 63.00
2026-04-14  pays 7,126.00 dated 2026-03-31
2026-04-14  which settles interest 126.00, principal 7,000.00
2026-04-14  A is closed
2026-04-14  draws 1,000.00 on-demand for 1 month as B
2026-04-20  B owes principal 1,000.00, interest 3.60
