# Whoever is declined may ask for a person, is answered within fifteen days, and has the last word from people

Two sellers of grade D are declined by the computer. For one the reviewer finds otherwise, and as that goes against the
computer a second person agrees; for the other the answer stays no, and says so.

2026-01-05  Ana is an analyst
2026-01-05  Rita is a risk officer
2026-01-05  Tea is a shop of grade D
2026-01-05  Tea asks for 2,000.00: decline, because rating-too-low
2026-01-05  Tea is told: Ask for a person
2026-01-05  Tea is told: 人工复核
2026-01-05  Wool is a shop of grade D
2026-01-05  Wool asks for 2,000.00: decline, because rating-too-low
2026-01-05  Ana takes the file of Tea, but is refused: no-such-review

2026-01-06  Tea asks for a person: The warehouse was flooded, and we have moved.
2026-01-06  Wool asks for a person: Look again, please.
2026-01-06  the file of Tea lies on the desk until 2026-01-21
2026-01-06  Ana takes the file of Tea
2026-01-06  Ana grants Tea 2,000.00 for 3 months, because season
2026-01-06  the verdict on Tea waits for a second person
2026-01-06  Tea has no line
2026-01-07  Rita agrees to the verdict on Tea
2026-01-07  Tea has a line of 2,000.00 for loans of up to 3 months, that waits for a guarantor
2026-01-07  Tea is told: A person has looked at your application: it is granted

2026-01-07  Rita takes the file of Wool
2026-01-07  Rita declines Wool, because plan-not-carried
2026-01-07  Wool has no line
2026-01-07  Wool is told: A person has looked at your application
2026-01-07  Wool asks for a person: And again., but is refused: reviewed-by-person
2026-01-07  the first decision about Wool, made again, is the same, by version 3
