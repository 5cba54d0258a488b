"""WHAT THE SELLER SAYS. Stated figures, held against the platform's record and against others in the same trade.

Typed in as a draft, confirmed as a version that is never changed; a correction is the next version. The closer
the figures come to the record, the faster the file moves; where they differ a person looks, and it is told neutrally.
"""
