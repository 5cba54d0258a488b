# An earlier payment becomes known after a later one: everything since is worked out again, nothing is edited

On 8 April 2,000.00 settled penalty, interest and 1,832.00 of principal. On 11 April it appears that 1,000.00 had
come in on 1 April. Told again: 869.80 of principal was back before grace began, so grace cost 11.03 (not 12.60),
the penalty to 8 April 22.07 (not 25.20), and the payment of that day settled 1,966.90 of principal.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-04-08  pays 2,000.00 on A
2026-04-08  which settles penalty 25.20, interest 142.80, principal 1,832.00
2026-04-08  A owes principal 5,168.00
2026-04-11  A owes principal 5,168.00, penalty 13.95
2026-04-11  pays 1,000.00 on A dated 2026-04-01
2026-04-11  which settles interest 130.20, principal 869.80
2026-04-11  A owes principal 4,163.30, penalty 11.24
2026-04-11  95,836.70 left to draw
2026-04-12  A owes principal 4,163.30, penalty 14.99
