"""SETS WE KNOW HOW TO READ. Each has a mapping like anybody's, and a step before it that joins or turns its tables.

What such a set does not say stays unsaid: figures without a date are not brought in, counts are not turned into money.
"""
