# Penalty is waived: it need not be paid, never more than is owed, and never principal

On 14 April 63.00 of penalty is owed. 40.00 is waived; 23.00 is left, and no 23.01 can be. 7,165.80 settles all.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-04-14  A owes principal 7,000.00, interest 142.80, penalty 63.00
2026-04-14  staff waives penalty 40.00 on A
2026-04-14  A owes principal 7,000.00, interest 142.80, penalty 23.00
2026-04-14  staff waives penalty 23.01 on A, but is refused: waives-too-much
2026-04-14  staff waives fees 0.01 on A, but is refused: waives-too-much
2026-04-14  A is 13 days late
2026-04-14  pays 7,165.80
2026-04-14  which settles penalty 23.00, interest 142.80, principal 7,000.00
2026-04-14  A is closed
