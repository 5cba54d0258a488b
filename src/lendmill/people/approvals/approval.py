"""A proposed change of a loan and what became of it, and why a decision about it can be refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from lendmill.people.canonical import canonical, digest_of
from lendmill.people.command import Command
from lendmill.refusals import Refusal

Outcome = Literal["approved", "alone", "declined", "withdrawn"]
State = Literal["waiting", "expired", "approved", "alone", "declined", "withdrawn"]


class NoSuchApproval(Refusal):
    """There is no proposal {approval_id}."""


class OwnProposal(Refusal):
    """You proposed this yourself: another person must decide, you can only withdraw it."""


class NotTheProposer(Refusal):
    """Only who proposed this can withdraw it: you may decline it."""


class DecidedAlready(Refusal):
    """This was {outcome} on {decided_on} already."""


class ProposalExpired(Refusal):
    """This waited until {expires_on} and is over: if it is still right, propose it anew."""


class ProposalStale(Refusal):
    """Since this was proposed on {proposed_on} the loan was changed by hand: look at it again and propose anew."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A proposal with its decision, where there is one; `two_people` says whether it had to wait for somebody else."""

    approval_id: UUID
    borrower_id: UUID
    loan_id: UUID | None
    kind: str
    body: dict[str, Any]
    digest: str
    amount_cents: int | None
    reason: str
    proposed_by: UUID
    proposed_role: str
    proposer: str
    proposed_on: date
    expires_on: date
    two_people: bool
    changes_before: int
    made_at: datetime
    outcome: Outcome | None
    decided_by: UUID | None
    decided_role: str | None
    decider: str | None
    decided_on: date | None
    decided_why: str | None
    result_id: UUID | None

    def state(self, today: date) -> State:
        """Where it stands today: decided, still waiting, or over."""
        if self.outcome is not None:
            return self.outcome
        return "waiting" if today <= self.expires_on else "expired"

    @property
    def command(self) -> Command:
        """The command under which the change is carried out: once for this proposal, and for no other content."""
        return Command(f"approval-{self.approval_id}", bytes.fromhex(self.digest))


def fingerprint(*, kind: str, borrower_id: UUID, loan_id: UUID | None, body: Mapping[str, Any]) -> str:
    """What names a proposal's content: the same kind, borrower, loan and body give the same, anything else another."""
    return digest_of(canonical({"kind": kind, "borrower_id": borrower_id, "loan_id": loan_id, "body": dict(body)}))
