# An extension agreed before the due date: nothing is late until the new day, and interest goes on

7,000.00 at 4.20 a night, moved from 1 April to 16 April: 46 nights, 193.20, fall due then. Grace ends on 19 April with
49 nights, 205.80; the night to 20 April is the first at 6.30. What is due already cannot be extended.

A line of 100,000.00.

2026-03-01  draws 7,000.00 on-demand for 1 month as A
2026-03-25  staff extends A to 2026-03-28, but is refused: moves-back
2026-03-25  staff extends A to 2026-04-16
2026-04-02  A owes principal 7,000.00, interest 134.40
2026-04-02  A is 0 days late
2026-04-16  A owes principal 7,000.00, interest 193.20, due 7,193.20
2026-04-17  A is 1 day late
2026-04-19  A owes principal 7,000.00, interest 205.80
2026-04-20  A owes principal 7,000.00, interest 205.80, penalty 6.30
2026-04-20  staff extends A to 2026-05-01, but is refused: nothing-not-due
2026-04-20  pays 7,212.10
2026-04-20  A is closed
