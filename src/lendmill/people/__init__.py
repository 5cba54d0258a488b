"""WHO. The legal debtors and what belongs to them, and what each of them may do only once.

A borrower is a firm or the person who runs a shop; a shop is a dated relation to its borrower. `command` lets the same
request happen once, `claims` keep an identity or a shop from being used twice in the house, `seal` keeps identity
numbers and phones unreadable at rest and findable by an index, `identity` checks the numbers' own check digits.
"""
