# A payment holiday over month ends: each row goes on to its own day, the 31st where the month has one

12,000.00 costs 7.20 a night. Due 28 February, 31 March and 30 April; a month's holiday makes it 31 March, 30 April and
31 May. 59 nights to 31 March cost 424.80, 30 to 30 April 216.00, 31 to 31 May 223.20.

A line of 100,000.00.

2026-01-31  draws 12,000.00 interest-first for 3 months as A
2026-02-10  payment 1 of A asks 201.60 on 2026-02-28
2026-02-10  staff gives A a holiday of 1 month
2026-02-10  payment 1 of A asks 424.80 on 2026-03-31
2026-02-10  payment 2 of A asks 216.00 on 2026-04-30
2026-02-10  payment 3 of A asks 12,223.20 on 2026-05-31
2026-03-01  A is 0 days late
2026-03-31  A owes principal 12,000.00, interest 424.80, due 424.80
2026-03-31  pays 424.80
2026-04-30  pays 216.00
2026-04-30  which settles interest 216.00
2026-05-31  pays 12,223.20
2026-05-31  A is closed
