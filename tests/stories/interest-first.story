# Interest first, principal at the end; the second month's interest is late and bears no interest itself

12,000.00 costs 7.20 a night: 31 nights 223.20, 30 nights 216.00, 31 nights 223.20.

A line of 100,000.00.

2026-03-10  draws 12,000.00 interest-first for 3 months as A
2026-04-10  A owes principal 12,000.00, interest 223.20, due 223.20
2026-04-10  pays 223.20
2026-04-10  which settles interest 223.20
2026-04-11  A is 0 days late
2026-05-10  A owes principal 12,000.00, interest 216.00, due 216.00
2026-05-20  A is 10 days late
2026-05-20  A owes principal 12,000.00, interest 288.00, due 216.00
2026-05-20  pays 216.00
2026-05-20  A is 0 days late
2026-06-10  A owes principal 12,000.00, interest 223.20, due 12,223.20
2026-06-10  pays 12,223.20
2026-06-10  A is closed
