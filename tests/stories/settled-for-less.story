# A settlement for less that is kept: what is left is forgiven when the agreed amount is reached

On 14 April 7,205.80 is owed; 6,000.00 by 30 April is to settle it. 4,000.00 on 20 April pay 100.80 of penalty, 142.80
of interest, 3,756.40 of principal. Eight nights on 3,243.60 cost 23.35; of 2,000.00 on 28 April 1,976.65 is principal,
and 1,266.95 is forgiven.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-04-14  A owes principal 7,000.00, interest 142.80, penalty 63.00
2026-04-14  staff agrees that A is settled by 7,205.80 until 2026-04-30, but is refused: not-less
2026-04-14  staff agrees that A is settled by 6,000.00 until 2026-04-30
2026-04-20  pays 4,000.00 on A
2026-04-20  which settles penalty 100.80, interest 142.80, principal 3,756.40
2026-04-20  A is 19 days late
2026-04-28  pays 2,000.00 on A
2026-04-28  which settles penalty 23.35, principal 1,976.65
2026-04-28  A is closed
2026-04-28  the books have 6701 1,266.95
2026-04-28  100,000.00 left to draw
