# The rate changes in the middle of a period, once as agreed for a day to come and once for a day that is past

7,000.00 costs 4.20 a night for fifteen nights, 3.50 from 16 March, and, as agreed on 26 March for the 21st, 2.80 from
then: to 26 March 63.00 + 17.50 + 14.00 = 94.50, to 1 April 111.30. Penalty stays 1.5 times: three nights of grace at
2.80, then 4.20.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-03-10  staff changes the rate of A to 0.05 % from 2026-03-16
2026-03-16  A owes principal 7,000.00, interest 63.00
2026-03-26  A owes principal 7,000.00, interest 98.00
2026-03-26  staff changes the rate of A to 0.04 % from 2026-03-21
2026-03-26  A owes principal 7,000.00, interest 94.50
2026-04-01  A owes principal 7,000.00, interest 111.30, due 7,111.30
2026-04-06  A owes principal 7,000.00, interest 119.70, penalty 8.40
2026-04-06  pays 7,128.10
2026-04-06  A is closed
