"""Merchant micro-lending, from a seller's record to a rating, a ready offer, a loan and its books."""
