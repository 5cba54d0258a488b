# All that is not due is called in: it falls due that day, grace and penalty run from there

12,000.00 at 7.20 a night. Called in on 20 April, ten nights after the first row: 12,072.00 is due. Three nights of
grace make it 93.60 of interest; the night to 24 April costs 10.80 instead.

A line of 100,000.00.

2026-03-10  draws 12,000.00 interest-first for 3 months as A
2026-04-10  pays 223.20
2026-04-20  staff calls in 12,000.01 of A, but is refused: calls-in-too-much
2026-04-20  staff calls in A
2026-04-20  A owes principal 12,000.00, interest 72.00, due 12,072.00
2026-04-20  A has 0 payments to come
2026-04-21  A is 1 day late
2026-04-23  A owes principal 12,000.00, interest 93.60
2026-04-24  A owes principal 12,000.00, interest 93.60, penalty 10.80
2026-04-24  pays 12,104.40
2026-04-24  which settles penalty 10.80, interest 93.60, principal 12,000.00
2026-04-24  A is closed
