"""Many at once about one proposal: decided once, carried out once, and no large change made of small ones."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from staff import Shopkeeper, Staff, carried_out

from crowd import at_once
from lendmill import ids
from lendmill.db import Database, scalar
from lendmill.people.actions import register_borrower
from lendmill.people.approvals import actions
from lendmill.people.approvals.approval import Approval
from lendmill.people.command import Command
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller

TODAY = date(2026, 1, 1)
CROWD = 12
BY_OUTCOME = "select count(*) from approval_decision where outcome = %(outcome)s"
CARRIED = "select count(*) from claim where claim_key like 'change %%'"


class Desk:
    """A borrower with a loan, a collector, and a crowd of risk officers."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.borrower_id = database.act(register_borrower, seller=Shopkeeper(), today=TODAY)
        self.loan_id = ids.new()
        staff = Staff(database)
        self.collector = staff.member(Role.COLLECTOR)
        self.officers = [staff.member(Role.RISK_OFFICER) for _ in range(CROWD)]

    def propose(self, amount_cents: int, key: str = "", by: Caller | None = None) -> Approval:
        """Propose a waiver."""
        asked = actions.Proposal(
            kind="waive", borrower_id=self.borrower_id, loan_id=self.loan_id, body={"penalty_cents": amount_cents},
            amount_cents=amount_cents, reason="flood",
        )  # fmt: skip
        return self.database.act(
            actions.propose, asked, command=Command.of(key or str(ids.new())), by=by or self.collector, today=TODAY,
            carry_out=carried_out,
        )  # fmt: skip

    def approve(self, approval_id: UUID, by: Caller, key: str = "") -> Approval:
        """Approve."""
        return self.database.act(
            actions.approve, command=Command.of(key or str(ids.new())), approval_id=approval_id, by=by, today=TODAY,
            carry_out=carried_out,
        )  # fmt: skip

    def decline(self, approval_id: UUID, by: Caller) -> Approval:
        """Decline."""
        return self.database.act(
            actions.decline, command=Command.of(str(ids.new())), approval_id=approval_id, by=by, today=TODAY,
            reason="too much",
        )  # fmt: skip

    def withdraw(self, approval_id: UUID) -> Approval:
        """The collector takes it back."""
        return self.database.act(
            actions.withdraw, command=Command.of(str(ids.new())), approval_id=approval_id, by=self.collector,
            today=TODAY,
        )  # fmt: skip

    def count(self, statement: str, **values: object) -> int:
        """How many."""
        with self.database.transaction() as db:
            return int(scalar(db, statement, **values))


@pytest.fixture
def desk(database: Database) -> Desk:
    """A desk with a crowd at it."""
    return Desk(database)


def test_many_approvers_at_once_carry_a_change_out_once(desk: Desk) -> None:
    approval_id = desk.propose(60_000).approval_id
    outcome = at_once([lambda by=by: desk.approve(approval_id, by) for by in desk.officers])  # type: ignore[misc]
    assert outcome == {"done": 1, "decided-already": CROWD - 1}
    assert desk.count(CARRIED) == desk.count(BY_OUTCOME, outcome="approved") == 1


def test_approvals_refusals_and_a_withdrawal_at_once_come_to_one_decision(desk: Desk) -> None:
    approval_id = desk.propose(60_000).approval_id
    half = CROWD // 2
    deeds: list[Callable[[], object]] = [lambda: desk.withdraw(approval_id)]
    deeds += [lambda by=by: desk.approve(approval_id, by) for by in desk.officers[:half]]  # type: ignore[misc]
    deeds += [lambda by=by: desk.decline(approval_id, by) for by in desk.officers[half:]]  # type: ignore[misc]
    assert at_once(deeds) == {"done": 1, "decided-already": CROWD}
    assert desk.count("select count(*) from approval_decision") == 1
    assert desk.count(CARRIED) == desk.count(BY_OUTCOME, outcome="approved")


def test_one_approval_sent_by_a_crowd_happens_once(desk: Desk) -> None:
    approval_id = desk.propose(60_000).approval_id
    assert at_once([lambda: desk.approve(approval_id, desk.officers[0], "tap")] * CROWD) == {"done": CROWD}
    assert desk.count(CARRIED) == 1


def test_one_proposal_sent_by_a_crowd_is_one_proposal(desk: Desk) -> None:
    assert at_once([lambda: desk.propose(50_000, "tap")] * CROWD) == {"done": CROWD}
    assert desk.count("select count(*) from approval") == desk.count(CARRIED) == 1


def test_a_crowd_of_small_waivers_never_passes_what_one_person_may_waive(desk: Desk) -> None:
    assert at_once([lambda: desk.propose(10_000)] * CROWD) == {"done": CROWD}
    assert desk.count(BY_OUTCOME, outcome="alone") == 5, "five times 100 yuan are 500"
    assert desk.count("select count(*) from approval where two_people") == CROWD - 5


def test_of_two_proposals_for_one_loan_approved_at_once_only_one_is_carried_out(desk: Desk) -> None:
    first, second = desk.propose(60_000), desk.propose(60_000)
    outcome = at_once(
        [
            lambda: desk.approve(first.approval_id, desk.officers[0]),
            lambda: desk.approve(second.approval_id, desk.officers[1]),
        ]
    )
    assert outcome == {"done": 1, "proposal-stale": 1}
    assert desk.count(CARRIED) == 1
