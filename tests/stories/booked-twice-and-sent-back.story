# A payment was booked twice, and the second one sent back: what went out is claimed, and met by the next money

Ten nights of 4.20 and 7,000.00 settled A. The same money, booked again on 12 March, went back whole. When that is
noticed nothing had come in for it: 7,042.00 is claimed, and nothing can be drawn until it is paid. Then B costs 0.60 a
night; of 958.00 on 30 March ten nights take 6.00, and 952.00 is principal.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 6 months as A
2026-03-11  pays 7,042.00 on A, called P
2026-03-11  A is closed
2026-03-12  pays 7,042.00, called Q
2026-03-12  which settles back 7,042.00
2026-03-15  staff takes back Q on A: duplicate
2026-03-15  7,042.00 claimed from the borrower
2026-03-15  the books have 1305 7,042.00
2026-03-15  A is closed
2026-03-20  is refused 1,000.00 on-demand for 2 months: claim-open
2026-03-20  pays 7,042.00
2026-03-20  which settles claim 7,042.00
2026-03-20  0.00 claimed from the borrower
2026-03-20  draws 1,000.00 on-demand for 2 months as B
2026-03-30  pays 958.00
2026-03-30  which settles interest 6.00, principal 952.00
2026-03-30  B owes principal 48.00
