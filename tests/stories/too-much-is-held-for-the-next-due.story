# Where the product holds it, money that is too much waits for the next due

Fifteen nights and 7,000.00 settle A; 37.00 is held. B costs 0.60 a night: on 20 April 1,018.60 is due, and the 37.00
settle 18.60 of interest and 18.40 of principal.

Money that is too much is held for the next due.
A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 6 months as A
2026-03-16  pays 7,100.00
2026-03-16  which settles interest 63.00, principal 7,000.00, held 37.00
2026-03-16  37.00 held for the borrower
2026-03-16  the books have 2002 37.00
2026-03-20  draws 1,000.00 on-demand for 1 month as B
2026-04-20  B owes principal 981.60, due 981.60
2026-04-20  0.00 held for the borrower
2026-04-20  the books have 2002 0.00
