"""A proposed promotion of a card, or the end of one, and what a second person made of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from lendmill.refusals import Refusal

Outcome = Literal["approved", "declined", "withdrawn"]
WAITS_DAYS: Final = 14


class NoSuchProposal(Refusal):
    """There is no proposal {proposal_id} about a card."""


class ProposedAlready(Refusal):
    """{proposer} proposed this already, and it waits until {expires_on} for somebody else."""


class LiveCardChanged(Refusal):
    """Since this was proposed on {proposed_on} another card went live: look at it again and propose anew."""


@dataclass(frozen=True, slots=True)
class ModelProposal:
    """One card proposed for the live stage or for retirement, with the decision where there is one."""

    proposal_id: UUID
    model_id: str
    to_stage: str
    live_model_id: str | None
    reason: str
    command_key: str
    proposed_by: UUID
    proposed_role: str
    proposer: str
    proposed_on: date
    expires_on: date
    made_at: datetime
    outcome: Outcome | None
    decided_by: UUID | None
    decider: str | None
    decided_on: date | None
    decided_why: str | None
    decided_key: str | None

    def state(self, today: date) -> str:
        """Where it stands today: decided, still waiting, or over."""
        return self.outcome or ("waiting" if today <= self.expires_on else "expired")


@dataclass(frozen=True, slots=True)
class StageChange:
    """One step of a card from stage to stage: when, by whom, and why."""

    model_id: str
    n: int
    stage: str
    reason: str
    changed_on: date | None
    changer: str | None
    proposal_id: UUID | None
    made_at: datetime


def last_day(proposed_on: date) -> date:
    """The last day on which a proposal about a card can be approved."""
    return proposed_on + timedelta(days=WAITS_DAYS)
