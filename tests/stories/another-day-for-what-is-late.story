# What is late gets another day: contact goes by it, days past due of the contract and penalty go on

Due 1 April. On 14 April 1 May is agreed. The contract's count goes on, 31 on 2 May; the latest plan's begins then, with
28 nights of 6.30, 176.40.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-03-20  staff re-ages payment 1 of A to 2026-05-01, but is refused: not-overdue
2026-04-14  A is 13 days late, 13 by the latest plan
2026-04-14  staff re-ages payment 1 of A to 2026-05-01
2026-04-14  A is 13 days late, 0 by the latest plan
2026-05-01  A is 30 days late, 0 by the latest plan
2026-05-02  A is 31 days late, 1 by the latest plan
2026-05-02  A owes principal 7,000.00, interest 142.80, penalty 176.40
2026-05-02  is refused 1,000.00 on-demand for 1 month: borrower-late
2026-05-02  pays 7,319.20
2026-05-02  A is 0 days late, 0 by the latest plan
