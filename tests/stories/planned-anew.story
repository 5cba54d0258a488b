# What is not due is planned anew: equal principal over four months instead of all at the end

12,000.00 at 7.20 a night. From 10 April four times 3,000.00: with 30 nights 216.00, with 31 on 9,000.00 167.40, with 30
on 6,000.00 108.00, with 31 on 3,000.00 55.80. The rows that were replaced keep their numbers 2 and 3.

A line of 100,000.00.

2026-03-10  draws 12,000.00 interest-first for 3 months as A
2026-04-10  pays 223.20
2026-04-10  staff replans A as equal-principal over 4 months
2026-04-10  A has 4 payments to come
2026-04-10  payment 4 of A asks 3,216.00 on 2026-05-10
2026-04-10  payment 5 of A asks 3,167.40 on 2026-06-10
2026-04-10  payment 6 of A asks 3,108.00 on 2026-07-10
2026-04-10  payment 7 of A asks 3,055.80 on 2026-08-10
2026-05-10  pays 3,216.00
2026-05-10  which settles interest 216.00, principal 3,000.00
2026-05-11  A is 0 days late
