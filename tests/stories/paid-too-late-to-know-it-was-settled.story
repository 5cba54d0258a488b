# An earlier payment becomes known, and with it a later one was more than was owed: the excess goes back

On 21 March 4,000.00 came in. On 22 March it appears that 3,000.00 had left the payer on 11 March already: then
2,030.00 and ten nights of it, 12.18, were all that was owed on 21 March, and 1,957.82 goes back.

A line of 100,000.00.

2026-03-01  draws 5,000.00 on-demand for 6 months as B
2026-03-21  pays 4,000.00 on B
2026-03-21  which settles interest 60.00, principal 3,940.00
2026-03-22  pays 3,000.00 on B dated 2026-03-11
2026-03-22  which settles interest 30.00, principal 2,970.00
2026-03-22  B is closed
2026-03-22  1,957.82 sent back
2026-03-22  100,000.00 left to draw
2026-03-25  B was closed on 2026-03-21
