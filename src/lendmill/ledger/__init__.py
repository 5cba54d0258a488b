"""THE BOOKS. Double entry, append-only, balanced in each unit; knows nothing of loans.

A line is (account, unit, amount), debits positive. The unit is the currency, in cents, or the currency over a
rate's denominator for accruals not billed yet, so that nothing is rounded before it is owed. House balances are
sums of lines: no row is hot.
"""
