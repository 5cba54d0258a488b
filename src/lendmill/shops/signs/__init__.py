"""WHAT SPEAKS AGAINST A RECORD. Circular buyers, bursts, shared devices, repeated rows, impossible figures, silence.

Each sign is worked out from the record as it was known on a day, for one shop as for all, and never reads a shop's
outcome. `lendmill.shops.trust` puts the signs together.
"""
