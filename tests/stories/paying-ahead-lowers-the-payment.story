# Paying ahead lowers the level payment

10,000.00 over 31 and 30 nights: P = 10,000 x 1.0186 x 1.018 / 2.018 = 5,138.43. On 11 March ten nights, 60.00, and
2,000.00 are paid. Over 21 and 30 nights 8,000 x 1.0126 x 1.018 / 2.018 = 4,086.53 is asked twice: first 100.80 of
interest and 3,985.73, then 72.26 and 4,014.27.

Paying ahead lowers the payment.
A line of 100,000.00.

2026-03-01  draws 10,000.00 level-payment for 2 months as A
2026-03-01  payment 1 of A asks 5,138.43 on 2026-04-01
2026-03-01  payment 2 of A asks 5,138.43 on 2026-05-01
2026-03-11  pays 2,060.00 on A ahead from the end
2026-03-11  which settles interest 60.00, principal 2,000.00
2026-03-11  payment 1 of A asks 4,086.53 on 2026-04-01
2026-03-11  payment 2 of A asks 4,086.53 on 2026-05-01
2026-04-01  pays 4,086.53
2026-04-01  which settles interest 100.80, principal 3,985.73
2026-05-01  pays 4,086.53
2026-05-01  which settles interest 72.26, principal 4,014.27
2026-05-01  A is closed
