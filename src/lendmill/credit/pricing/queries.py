"""What prices were worked out from before, for whoever checks them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from lendmill.db import Db, many, maybe
from lendmill.refusals import Refusal


class NoSuchPriceProposal(Refusal):
    """There is no proposal of prices {proposal_id}."""


@dataclass(frozen=True, slots=True)
class PriceProposal:
    """Rates as they were proposed, with the assumptions behind them; who asked is unknown where a command did."""

    proposal_id: UUID
    product_key: str
    product_version: int
    assumptions_key: str
    said_by: str
    assumptions: str
    rates: str
    digest: str
    worked_by: str | None
    worked_on: date
    made_at: datetime


COLUMNS: Final = """
           p.proposal_id, p.product_key, p.product_version, p.assumptions_key, p.said_by, p.assumptions, p.rates,
           p.digest, a.display_name as worked_by, p.worked_on, p.made_at
      from price_proposal p
      left join account a on a.account_id = p.worked_by
"""

PROPOSALS = f"""
    select {COLUMNS.strip()}
     order by p.proposal_id desc
     limit %(size)s
"""


def price_proposals(db: Db, size: int = 20) -> list[PriceProposal]:
    """What was worked out lately, the newest first."""
    return many(db, PriceProposal, PROPOSALS, size=min(size, 500))


PROPOSAL = f"""
    select {COLUMNS.strip()}
     where p.proposal_id = %(proposal_id)s
"""


def price_proposal(db: Db, proposal_id: UUID) -> PriceProposal:
    """One of them, or the refusal `NoSuchPriceProposal`."""
    found = maybe(db, PriceProposal, PROPOSAL, proposal_id=proposal_id)
    if found is None:
        raise NoSuchPriceProposal(proposal_id=proposal_id)
    return found
