"""Writing down what prices were worked out from; rows are only ever added."""

from datetime import date
from uuid import UUID

from lendmill.db import Db, run

KEEP = """
    insert into price_proposal (proposal_id, product_key, product_version, assumptions_key, said_by, assumptions,
                                rates, digest, worked_by, worked_on)
    values (%(proposal_id)s, %(product_key)s, %(product_version)s, %(assumptions_key)s, %(said_by)s, %(assumptions)s,
            %(rates)s, %(digest)s, %(worked_by)s, %(today)s)
    on conflict do nothing
"""


def keep(
    db: Db,
    *,
    proposal_id: UUID,
    product_key: str,
    product_version: int,
    assumptions_key: str,
    said_by: str,
    assumptions: str,
    rates: str,
    digest: str,
    worked_by: UUID | None,
    today: date,
) -> None:
    """Keep a proposal, unless the same was kept for the same person today."""
    run(
        db, KEEP, proposal_id=proposal_id, product_key=product_key, product_version=product_version,
        assumptions_key=assumptions_key, said_by=said_by, assumptions=assumptions, rates=rates, digest=digest,
        worked_by=worked_by, today=today,
    )  # fmt: skip
