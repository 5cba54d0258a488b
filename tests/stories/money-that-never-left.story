# A draw that fails bore no interest, and its limit is free again; the rail's silence is not failure

A line of 10,000.00.

2026-03-01  asks for 7,000.00 on-demand for 1 month as A
2026-03-01  3,000.00 left to draw
2026-03-01  rail says unknown for A
2026-03-01  3,000.00 left to draw
2026-03-01  is refused 4,000.00 on-demand for 1 month: limit-exceeded
2026-03-02  rail says failed for A
2026-03-02  A is failed
2026-03-02  10,000.00 left to draw
2026-03-02  asks for 4,000.00 on-demand for 1 month as B
2026-03-04  rail says confirmed for B dated 2026-03-03
2026-03-04  B owes principal 4,000.00, interest 2.40
