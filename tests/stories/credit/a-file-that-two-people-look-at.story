# A file the computer leaves to a person: a conversation, a verdict above what one person may grant, a second person

Silk has grade C, which the policy leaves to a person. An analyst may grant 100,000.00 alone: 150,000.00 takes a risk
officer beside her. The computer would grant 50,000.00 at most; people may grant more, never past what the law or the
product allows. As the policy asks a guarantor of weak grades, the line waits for one: who writes down that there is one
cannot verify it.

2026-01-05  Ana is an analyst
2026-01-05  Rita is a risk officer
2026-01-05  Silk is a shop of grade C that sells 4,000,000.00 a month
2026-01-05  Silk asks for 150,000.00: refer, because rating-needs-review
2026-01-05  Silk has no line
2026-01-05  Silk has been told nothing
2026-01-05  the file of Silk lies on the desk until 2026-01-08
2026-01-05  Ana takes the file of Silk
2026-01-05  Rita takes the file of Silk, but is refused: review-held
2026-01-05  Ana invites Silk to a conversation
2026-01-05  Silk chooses 2026-01-05 at 15:00, but is refused: not-a-slot
2026-01-05  Silk chooses 2026-01-06 at 10:30

2026-01-06  Ana ends the conversation with Silk, but is refused: questions-open
2026-01-06  Ana goes through the checklist with Silk, identity, purpose and customers among it: all matches
2026-01-06  Ana ends the conversation with Silk
2026-01-06  Ana grants Silk 2,000,000.00 for 3 months, because interview-agrees, but is refused: amount-out-of-bounds
2026-01-06  Ana grants Silk 150,000.00 for 3 months, because interview-agrees
2026-01-06  the verdict on Silk waits for a second person
2026-01-06  Silk has no line
2026-01-06  Silk has been told nothing
2026-01-06  Ana agrees to the verdict on Silk, but is refused: own-proposal
2026-01-06  Rita agrees to the verdict on Silk
2026-01-06  Silk has a line of 150,000.00 for loans of up to 3 months, that waits for a guarantor
2026-01-06  Silk is told: A person has looked at your application: it is granted
2026-01-06  Silk is told: 人工
2026-01-07  Rita writes down that Silk has a guarantor, Strong, for 150,000.00
2026-01-07  Rita verifies the guarantor of Silk, but is refused: own-word
2026-01-07  Rolf is a risk officer
2026-01-07  Rolf verifies the guarantor of Silk
2026-01-07  Silk has a line of 150,000.00 for loans of up to 3 months
2026-01-07  Rita takes the file of Silk, but is refused: review-decided
2026-01-07  the first decision about Silk, made again, is the same, by version 3
