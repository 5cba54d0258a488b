"""Decisions as kept for ever: found again, told in words, and made again to prove them."""
