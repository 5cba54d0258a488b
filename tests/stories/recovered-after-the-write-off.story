# Money comes in after the write-off: principal first, and it credits the allowance; the rest is income

Written off on 10 July with 7,000.00, 142.80 of interest and 97 nights' penalty, 611.10. Ten nights later, 674.10,
1,000.00 come in: all principal. Ten nights on 6,000.00 at 5.40 make 728.10; 6,870.90 is all.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-07-10  staff writes off A
2026-07-10  is refused 1,000.00 on-demand for 1 month: borrower-late
2026-07-10  the books have 6701 7,000.00
2026-07-10  the books have 1399 0.00
2026-07-20  pays 1,000.00 on A
2026-07-20  which settles principal 1,000.00
2026-07-20  the books have 1399 1,000.00
2026-07-20  the books have 8103 6,000.00
2026-07-30  A owes principal 6,000.00, interest 142.80, penalty 728.10
2026-07-30  staff writes off A, but is refused: written-off-already
2026-07-30  pays 6,870.90 on A
2026-07-30  which settles principal 6,000.00, penalty 728.10, interest 142.80
2026-07-30  A is closed
2026-07-30  the books have 1399 7,000.00
2026-07-30  the books have 8103 0.00
