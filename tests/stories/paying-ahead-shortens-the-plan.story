# Paying ahead shortens the plan: the payment stays, and there are fewer

10,000.00 over 31, 30 and 31 nights asks 10,000 / (1/1.0186 + 1/1.03693480 + 1/1.05622179) = 3,456.75. The first
payment leaves 6,729.25; 4,000.00 more leaves 2,729.25, which one payment covers: with 30 nights, 49.13, 2,778.38.

Paying ahead shortens the plan.
A line of 100,000.00.

2026-03-01  draws 10,000.00 level-payment for 3 months as A
2026-03-01  A has 3 payments to come
2026-03-01  payment 1 of A asks 3,456.75 on 2026-04-01
2026-04-01  pays 3,456.75
2026-04-01  which settles interest 186.00, principal 3,270.75
2026-04-01  pays 4,000.00 on A ahead from the end
2026-04-01  A has 1 payment to come
2026-04-01  payment 2 of A asks 2,778.38 on 2026-05-01
2026-05-01  pays 2,778.38
2026-05-01  A is closed
