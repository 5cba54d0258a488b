"""How much is left to lend."""

from lendmill.db import Db, scalar

AVAILABLE = """
    select (coalesce((select sum(available_cents) from funding_slot), 0)
          + coalesce((select sum(amount_cents) from funding_release), 0))::bigint
"""

LENDABLE = "select coalesce(sum(lendable_cents), 0)::bigint from capital_change"


def available_cents(db: Db) -> int:
    """What may still be lent, counting money that has come back and is not folded yet."""
    return int(scalar(db, AVAILABLE))


def lendable_cents(db: Db) -> int:
    """What the licence lets the house have out in all."""
    return int(scalar(db, LENDABLE))
