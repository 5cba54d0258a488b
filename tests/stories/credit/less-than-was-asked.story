# Asked for more than can be had, a seller is offered less: taken once, or lapsed after thirty days and told

A shop of grade A that sells 20,000.00 a month is granted 80 % of it, 16,000.00, and no more. Thirty days after 5 January
is 4 February: that day it can still be taken, the day after it is gone.

2026-01-05  Silk is a shop of grade A
2026-01-05  Tea is a shop of grade A
2026-01-05  Silk asks for 500,000.00: counter, because less-than-asked
2026-01-05  Silk is offered 16,000.00 until 2026-02-04
2026-01-05  Silk is told: On offer: 16,000.00 yuan
2026-01-05  Silk is told: Accept it until 2026-02-04
2026-01-05  Silk is told: 2026-02-04前（含当日）
2026-01-05  Silk has no line
2026-01-05  Tea asks for 500,000.00: counter
2026-01-05  Paper is a shop of grade A
2026-01-05  Paper asks for 500,000.00: counter

2026-01-08  Silk accepts the offer
2026-01-08  the offer to Silk is accepted
2026-01-08  Silk has a line of 16,000.00
2026-01-08  Silk accepts the offer, but is refused: counter-offer-accepted
2026-01-08  the first decision about Silk, made again, is the same, by version 3

2026-02-04  the offer to Tea is open
2026-02-04  Paper accepts the offer
2026-02-04  Paper has a line of 16,000.00

2026-02-05  the offer to Tea is lapsed
2026-02-05  Tea is told: It could be accepted until 2026-02-04
2026-02-05  Tea is told: 接受期限为2026-02-04
2026-02-05  Tea accepts the offer, but is refused: counter-offer-lapsed
2026-02-05  Tea has no line
2026-02-05  Tea asks for 5,000.00: approve
2026-02-05  Tea has a line of 5,000.00
