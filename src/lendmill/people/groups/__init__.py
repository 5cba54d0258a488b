"""Borrowers who belong together: households, firms of one legal representative, those who answer for each other."""
