# A policy is written by one and let go by another, tried in the shadow, then on a share by lot, and then goes live

The house begins with version 3 and the cases that ship with it: one of them says that medium overdue with us declines,
so no version that says otherwise goes anywhere. Whoever wrote or proposed a version cannot agree to it.

2026-01-05  Ana is an analyst
2026-01-05  Rita is a risk officer
2026-01-05  Rolf is a risk officer
2026-01-05  Silk is a shop of grade A
2026-01-05  Silk asks for 5,000.00: approve, by version 3
2026-01-05  Rolf writes version 4: 60 days late with us shut nobody out
2026-01-05  Ana proposes version 4 for the shadow, but is refused: cases-fail
2026-01-05  Rolf writes version 4: a person looks at grade B
2026-01-05  Ana proposes version 4 for the shadow
2026-01-05  version 4 is in review
2026-01-05  Ana agrees, but is refused: own-proposal
2026-01-05  Rolf agrees, but is refused: wrote-it-yourself
2026-01-05  Rita agrees
2026-01-05  version 4 is in the shadow

In the shadow it decides in the night what the live version decided by day, from then on, and no seller is the worse
for it.

2026-01-05  Tea is a shop of grade B
2026-01-05  Tea asks for 5,000.00: approve, by version 3
2026-01-05  Rice is a shop of grade A
2026-01-05  Rice asks for 5,000.00: approve, by version 3
2026-01-06  version 4 decided 2 files beside the live one, 1 of them otherwise
2026-01-06  version 3 is live

On a share, those drawn by lot are decided by it, and nobody else.

2026-01-06  Rita proposes version 4 for 40 % of all borrowers
2026-01-06  Rita agrees, but is refused: own-proposal
2026-01-06  Rolf agrees, but is refused: wrote-it-yourself
2026-01-06  Ana agrees, but is refused: not-publishers-work
2026-01-06  Rita proposes version 4 to go live, but is refused: proposed-for-publication
2026-01-06  Ada is an administrator
2026-01-06  Ada agrees
2026-01-06  version 4 is on trial
2026-01-06  shops of grade B ask for 5,000.00, of whom version 4 decides 40 % by lot: approve, but those drawn: refer

Live, it decides everybody; what was decided before stays as it was, by the version that decided it.

2026-01-07  Ana proposes version 4 to go live
2026-01-07  Rita agrees
2026-01-07  version 4 is live
2026-01-07  version 3 is retired
2026-01-07  version 4 was in the shadow, then on trial, then live
2026-01-07  Wool is a shop of grade B
2026-01-07  Wool asks for 5,000.00: refer, because rating-needs-review, by version 4
2026-01-07  Paper is a shop of grade A
2026-01-07  Paper asks for 5,000.00: approve, by version 4
2026-01-07  the first decision about Tea, made again, is the same, by version 3
2026-01-07  the first decision about Wool, made again, is the same, by version 4
