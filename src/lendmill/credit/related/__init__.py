"""Borrowers who belong together, seen as the lender does: what they are granted together, and what is left for them."""
