"""Many decide, charge and pay at once: a change is made once, limits of one person hold, and all promises with them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from lender import Lender
from lendmill import ids
from lendmill.api.approvals import decide_about
from lendmill.api.changes import propose_change, try_out
from lendmill.db import Database
from lendmill.loans.changes import ChargeFee, LoanChange, WriteOff
from lendmill.people.approvals.approval import Approval
from lendmill.people.queries import act_today
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.people.sign_in.queries import Caller
from lendmill.refusals import Refusal

AT_ONCE = 8


class Desk:
    """A borrower with a loan of 7,000.00, and staff who all act at once."""

    def __init__(self, database: Database) -> None:
        self.database, self.lender = database, Lender(database).found()
        self.borrower_id, line_id = self.lender.borrower()
        self.loan_id = self.lender.draw(self.borrower_id, line_id, 700_000)
        self.proposer = self.member(Role.FINANCE, "proposer")

    def member(self, role: Role, name: str) -> Caller:
        """Somebody of the staff."""
        account_id = self.database.act(
            open_account, sign_in_name=name, display_name=name, role=role, password="correct horse battery"
        )
        return Caller(account_id, name, role, None)

    def propose(self, change: LoanChange) -> Approval:
        """The proposer asks for a change."""
        return act_today(
            self.database, propose_change, key=str(ids.new()), borrower_id=self.borrower_id, loan_id=self.loan_id,
            change=change, reason="told at the desk", by=self.proposer,
        )  # fmt: skip

    def approve(self, approval_id: UUID, by: Caller) -> str:
        """Somebody approves; gives what became of it, or why not."""
        try:
            return str(
                act_today(
                    self.database, decide_about, key=str(ids.new()), approval_id=approval_id, outcome="approve",
                    reason="", by=by,
                ).outcome
            )  # fmt: skip
        except Refusal as refusal:
            return refusal.code()

    def at_once(self, *acts: Callable[[], object]) -> list[object]:
        """Everybody starts together."""
        with ThreadPoolExecutor(len(acts)) as crowd:
            return [done.result() for done in [crowd.submit(act) for act in acts]]


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk."""
    return Desk(database)


def test_of_many_who_approve_at_once_one_makes_the_change(desk: Desk) -> None:
    approval = desk.propose(WriteOff())
    crowd = [desk.member(Role.RISK_OFFICER, f"risk-{n}") for n in range(AT_ONCE)]
    told = desk.at_once(*(lambda who=who: desk.approve(approval.approval_id, who) for who in crowd))
    assert sorted(map(str, told)) == ["approved"] + ["decided-already"] * (AT_ONCE - 1)
    assert desk.lender.loan(desk.borrower_id, desk.loan_id).status == "written-off"
    desk.lender.keeps_its_promises()


def test_small_fees_charged_at_once_do_not_pass_what_one_person_may(desk: Desk) -> None:
    told = desk.at_once(*(lambda: desk.propose(ChargeFee(amount_cents=20_000)).outcome for _ in range(AT_ONCE)))
    assert sorted(map(str, told)) == ["None"] * (AT_ONCE - 2) + ["alone"] * 2
    assert desk.lender.loan(desk.borrower_id, desk.loan_id).fees_cents == 40_000
    desk.lender.keeps_its_promises()


def test_trying_out_while_others_pay_and_charge_leaves_nothing_behind(desk: Desk) -> None:
    def tried() -> int:
        seen = act_today(desk.database, try_out, borrower_id=desk.borrower_id, loan_id=desk.loan_id, change=WriteOff())
        assert (seen.after.status, seen.after.outstanding_cents) == ("written-off", seen.before.outstanding_cents)
        return seen.before.payoff_cents

    def paid() -> int:
        return desk.lender.pay(desk.borrower_id, 100_000, loan_id=desk.loan_id).amount_cents

    desk.at_once(*([tried, paid] * 3), lambda: desk.propose(ChargeFee(amount_cents=5_000)))
    now = desk.lender.loan(desk.borrower_id, desk.loan_id)
    assert (now.status, now.payoff_cents) == ("running", 700_000 + 5_000 - 300_000)
    desk.lender.keeps_its_promises()
