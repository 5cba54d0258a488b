"""WHAT A CARD CANNOT KNOW YET (行业政策调整). Points for or against an industry or a region, for a time, with a source.

A new rule, a flood, a tariff: the record shows it months later. `table` says what an adjustment is, whom it concerns
and how far all of them together may go; `actions` proposes and decides (two people), `queries` reads what is in force
on a day as it was known then.
"""
