"""WHAT THE RECORD SAYS, AS OF ONE DAY. A shop's events summed over windows that end on a day, and features of the sums.

`catalogue` lists every feature with its meaning, unit, formula, expected direction and block; `windows.as_of` works
them all out for many shops in one pass over the lake, from what was known on that day and nothing later. Sums are
whole numbers and are divided once, so that the order of rows in a file changes nothing. Null means unknown; nought
means none.
"""
