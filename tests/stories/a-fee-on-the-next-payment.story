# A fee is owed with the next payment, or with the one that is named

12,000.00 at 7.20 a night. 20.00 charged on 20 March comes with 223.20 on 10 April, and is paid before interest; 30.00
for the third payment is not asked with the second.

A line of 100,000.00.

2026-03-10  draws 12,000.00 interest-first for 3 months as A
2026-03-20  staff charges 20.00 on A
2026-03-20  payment 1 of A asks 243.20 on 2026-04-10
2026-04-10  A owes principal 12,000.00, interest 223.20, fees 20.00, due 243.20
2026-04-10  pays 100.00
2026-04-10  which settles fees 20.00, interest 80.00
2026-04-10  pays 143.20
2026-04-15  staff charges 30.00 on payment 3 of A
2026-04-15  payment 2 of A asks 216.00 on 2026-05-10
2026-04-15  payment 3 of A asks 12,253.20 on 2026-06-10
2026-04-15  staff charges 5.00 on payment 4 of A, but is refused: no-such-row
2026-05-10  pays 216.00
2026-05-10  which settles interest 216.00
2026-06-10  pays 12,253.20
2026-06-10  A is closed
2026-06-10  the books have 5003 50.00
