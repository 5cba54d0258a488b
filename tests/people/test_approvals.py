"""Proposing a change and deciding about it: one person, two people, nobody twice, and nothing changed on a refusal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation, InsufficientPrivilege, UniqueViolation
from staff import Shopkeeper, Staff, carried_out

from lendmill import ids
from lendmill.db import Database, Db, run, scalar
from lendmill.people.actions import register_borrower
from lendmill.people.approvals import actions, queries
from lendmill.people.approvals.approval import (
    Approval,
    DecidedAlready,
    NoSuchApproval,
    NotTheProposer,
    OwnProposal,
    ProposalExpired,
    ProposalStale,
)
from lendmill.people.approvals.rules import NoSuchKind, NotYoursToDecide, NotYourWork, ReasonMissing
from lendmill.people.command import Command, CommandReused
from lendmill.people.queries import NoSuchBorrower
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.refusals import Refusal

TODAY = date(2026, 1, 1)
LAST_DAY = date(2026, 1, 8)
TABLES = ("approval", "approval_decision", "command", "claim")


class Flood(Refusal):
    """The ground under this loan is under water."""


class House:
    """A borrower with a loan, staff, and the few things this page does over and over."""

    def __init__(self, database: Database) -> None:
        self.database, self.staff = database, Staff(database)
        self.borrower_id = database.act(register_borrower, seller=Shopkeeper(), today=TODAY)
        self.loan_id = ids.new()
        self.collector = self.staff.member(Role.COLLECTOR)
        self.risk = self.staff.member(Role.RISK_OFFICER)
        self.finance = self.staff.member(Role.FINANCE)

    def asks(self, amount_cents: int | None = 60_000, **other: Any) -> actions.Proposal:
        """A waiver, unless another thing is named."""
        asked = actions.Proposal(
            kind="waive", borrower_id=self.borrower_id, loan_id=self.loan_id, body={"penalty_cents": amount_cents},
            amount_cents=amount_cents, reason="flood in the warehouse",
        )  # fmt: skip
        return replace(asked, **other)

    def propose(
        self, asked: actions.Proposal | None = None, by: Caller | None = None, *, key: str = "", today: date = TODAY,
        carry_out: actions.CarryOut = carried_out,
    ) -> Approval:  # fmt: skip
        """Propose, under a key of its own unless one is named."""
        asked = asked or self.asks()
        return self.database.act(
            actions.propose, asked, command=Command.of(key or str(ids.new()), body=dict(asked.body)),
            by=by or self.collector, today=today, carry_out=carry_out,
        )  # fmt: skip

    def approve(
        self, approval: Approval, by: Caller | None = None, *, key: str = "", today: date = TODAY,
        carry_out: actions.CarryOut = carried_out, reason: str = "",
    ) -> Approval:  # fmt: skip
        """Approve."""
        return self.database.act(
            actions.approve, command=Command.of(key or str(ids.new()), approval_id=approval.approval_id),
            approval_id=approval.approval_id, by=by or self.risk, today=today, carry_out=carry_out, reason=reason,
        )  # fmt: skip

    def decline(self, approval: Approval, by: Caller | None = None, *, today: date = TODAY, reason: str = "too much",
                key: str = "") -> Approval:  # fmt: skip
        """Decline."""
        return self.database.act(
            actions.decline, command=Command.of(key or str(ids.new())), approval_id=approval.approval_id,
            by=by or self.risk, today=today, reason=reason,
        )  # fmt: skip

    def withdraw(self, approval: Approval, by: Caller | None = None, *, today: date = TODAY, key: str = "") -> Approval:
        """Withdraw."""
        return self.database.act(
            actions.withdraw, command=Command.of(key or str(ids.new())), approval_id=approval.approval_id,
            by=by or self.collector, today=today,
        )  # fmt: skip

    def counts(self) -> tuple[int, ...]:
        """How many rows there are."""
        with self.database.transaction() as db:
            return tuple(int(scalar(db, f"select count(*) from {table}")) for table in TABLES)

    def carried(self) -> int:
        """How many changes were carried out."""
        with self.database.transaction() as db:
            return int(scalar(db, "select count(*) from claim where claim_key like 'change %%'"))

    def waiting(self, today: date = TODAY) -> list[UUID]:
        """What waits for somebody."""
        with self.database.transaction() as db:
            return [approval.approval_id for approval in queries.waiting(db, today)]


@pytest.fixture
def house(database: Database) -> House:
    """A house with one borrower and three members of staff."""
    return House(database)


def test_what_one_person_may_do_is_done_at_once_and_still_recorded(house: House) -> None:
    done = house.propose(house.asks(50_000))
    assert (done.state(TODAY), done.two_people) == ("alone", False)
    assert (done.proposed_by, done.decided_by, done.decided_on) == (house.collector.account_id,) * 2 + (TODAY,)
    assert (done.reason, done.body, done.result_id) == (
        "flood in the warehouse", {"penalty_cents": 50_000}, done.approval_id,
    )  # fmt: skip
    assert house.carried() == 1
    assert house.waiting() == []


def test_what_takes_two_people_waits_and_is_carried_out_when_another_approves(house: House) -> None:
    asked = house.propose()
    assert (asked.state(TODAY), asked.two_people, asked.expires_on) == ("waiting", True, LAST_DAY)
    assert house.carried() == 0, "the trial is undone"
    assert house.waiting() == [asked.approval_id]
    done = house.approve(asked, reason="seen the photographs")
    assert (done.outcome, done.decided_by, done.decider) == ("approved", house.risk.account_id, "risk-officer 1")
    assert (done.decided_why, done.digest, done.result_id) == ("seen the photographs", asked.digest, asked.approval_id)
    assert house.carried() == 1
    assert house.waiting() == []


def test_small_changes_of_one_person_count_together_on_one_loan(house: House) -> None:
    assert not house.propose(house.asks(30_000)).two_people
    assert not house.propose(house.asks(20_000)).two_people
    over = house.propose(house.asks(1))
    assert over.two_people
    house.approve(over)
    assert not house.propose(house.asks(30_000, loan_id=ids.new())).two_people, "another loan counts by itself"
    fee = house.asks(50_000, kind="charge_fee", body={"amount_cents": 50_000})
    assert not house.propose(fee, house.finance).two_people, "another kind counts by itself"
    assert house.propose(house.asks(1)).two_people


def test_what_two_people_agreed_leaves_one_person_the_whole_of_the_small_amount(house: House) -> None:
    house.approve(house.propose())
    house.withdraw(house.propose())
    assert not house.propose(house.asks(50_000)).two_people


def test_a_product_may_ask_for_a_second_person(house: House) -> None:
    asked = house.asks(None, kind="extend", body={"to_on": "2026-03-01"}, stricter={"extend": 0})
    assert house.propose(asked).state(TODAY) == "waiting"
    assert house.propose(replace(asked, stricter={})).state(TODAY) == "alone"


def test_nobody_approves_or_declines_what_they_proposed_themselves(house: House) -> None:
    asked = house.propose(by=house.risk)
    before = house.counts()
    with pytest.raises(OwnProposal):
        house.approve(asked, house.risk)
    with pytest.raises(OwnProposal):
        house.decline(asked, house.risk)
    assert house.counts() == before
    assert house.approve(asked, house.staff.member(Role.RISK_OFFICER)).outcome == "approved", "a colleague may"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RISK_OFFICER, Role.FINANCE, Role.ADMIN, Role.SELLER}))
def test_a_second_person_needs_the_right_role(house: House, role: Role) -> None:
    asked, other = house.propose(), house.staff.member(role)
    before = house.counts()
    for decide in (house.approve, house.decline):
        with pytest.raises(NotYoursToDecide):
            decide(asked, other)
    assert house.counts() == before


def test_only_who_proposed_may_withdraw(house: House) -> None:
    asked = house.propose()
    with pytest.raises(NotTheProposer):
        house.withdraw(asked, house.risk)
    assert house.withdraw(asked).outcome == "withdrawn"
    with pytest.raises(DecidedAlready, match="withdrawn on 2026-01-01"):
        house.approve(asked)
    assert (house.carried(), house.waiting()) == (0, [])


def test_what_is_declined_is_over_and_the_reason_is_kept(house: House) -> None:
    asked = house.propose()
    with pytest.raises(ReasonMissing):
        house.decline(asked, reason=" ")
    assert house.waiting() == [asked.approval_id]
    assert house.decline(asked, reason="too much at once").decided_why == "too much at once"
    for decide in (house.approve, house.decline, house.withdraw):
        with pytest.raises(DecidedAlready, match="declined on 2026-01-01"):
            decide(asked)
    assert (house.carried(), house.waiting()) == (0, [])


def test_a_proposal_can_be_approved_to_its_last_day_and_not_after(house: House) -> None:
    first, second = house.propose(), house.propose(house.asks(70_000, loan_id=ids.new()))
    assert house.approve(first, today=LAST_DAY).decided_on == LAST_DAY
    after, before = LAST_DAY + timedelta(days=1), house.counts()
    assert (second.state(LAST_DAY), second.state(after)) == ("waiting", "expired")
    for decide in (house.approve, house.decline, house.withdraw):
        with pytest.raises(ProposalExpired, match="waited until 2026-01-08"):
            decide(second, today=after)
    assert house.counts() == before
    assert house.waiting(after) == []


def test_a_proposal_is_stale_once_another_change_was_made_on_its_loan(house: House) -> None:
    first, second = house.propose(), house.propose(house.asks(70_000))
    other = house.propose(house.asks(70_000, loan_id=ids.new()))
    house.approve(first)
    before = house.counts()
    with pytest.raises(ProposalStale, match="proposed on 2026-01-01"):
        house.approve(second)
    assert house.counts() == before
    house.approve(other)
    assert house.decline(second).outcome == "declined", "what is stale can still be put away"


def test_what_one_person_did_makes_a_waiting_proposal_stale_too(house: House) -> None:
    asked = house.propose()
    house.propose(house.asks(1))
    with pytest.raises(ProposalStale):
        house.approve(asked)


def test_money_that_came_in_is_never_stale_and_makes_nothing_stale(house: House) -> None:
    waiver = house.propose()
    paid = house.asks(500, kind="receive_payment", body={"amount_cents": 500})
    payments = [house.propose(paid, house.finance) for _ in range(2)]
    house.propose(house.asks(None, kind="extend", body={}, loan_id=ids.new()))
    for payment in payments:
        assert house.approve(payment).outcome == "approved"
    assert house.approve(waiver).outcome == "approved"


def test_what_the_change_itself_refuses_changes_nothing(house: House) -> None:
    def flooded(db: Db, approval: Approval) -> UUID:
        carried_out(db, approval)
        raise Flood

    before = house.counts()
    for amount_cents in (60_000, 1):  # at the trial, and for one person alone
        with pytest.raises(Flood):
            house.propose(house.asks(amount_cents), carry_out=flooded)
    assert house.counts() == before
    asked = house.propose()
    before = house.counts()
    with pytest.raises(Flood):
        house.approve(asked, carry_out=flooded)
    assert house.counts() == before
    assert house.waiting() == [asked.approval_id]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": "forgive"}, NoSuchKind),
        ({"kind": "receive_payment"}, NotYourWork),
        ({"reason": " "}, ReasonMissing),
        ({"reason": "no\x00t"}, ReasonMissing),
        ({"borrower_id": ids.new()}, NoSuchBorrower),
    ],
)
def test_bad_proposals_are_refused_by_name_and_leave_nothing(
    house: House, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = house.counts()
    with pytest.raises(refusal):
        house.propose(house.asks(**changed))
    assert house.counts() == before


def test_a_proposal_nobody_made_cannot_be_decided(house: House) -> None:
    nothing = replace(house.propose(), approval_id=ids.new())
    for decide in (house.approve, house.decline, house.withdraw):
        with pytest.raises(NoSuchApproval):
            decide(nothing)


def test_a_command_sent_twice_happens_once(house: House) -> None:
    asked = house.propose(key="p")
    assert house.propose(key="p") == asked
    done = house.approve(asked, key="a")
    before = house.counts()
    assert house.propose(key="p") == done, "the same proposal, as it stands now"
    assert house.approve(asked, key="a") == done
    assert house.counts() == before
    assert house.carried() == 1


def test_a_key_serves_no_other_content_person_or_deed(house: House) -> None:
    asked, other = house.propose(key="p"), house.propose(house.asks(80_000))
    before = house.counts()
    with pytest.raises(CommandReused):
        house.propose(house.asks(60_001), key="p")
    with pytest.raises(CommandReused):
        house.propose(by=house.risk, key="p")
    with pytest.raises(CommandReused):
        house.decline(asked, key="p")
    assert house.counts() == before
    house.decline(asked, key="d")
    house.decline(other)
    for again in (lambda: house.decline(other, key="d"), lambda: house.decline(asked, house.finance, key="d")):
        with pytest.raises(CommandReused):
            again()


def test_the_change_is_carried_out_under_the_proposals_own_command(house: House) -> None:
    seen: list[Command] = []

    def noted(_: Db, approval: Approval) -> None:
        seen.append(approval.command)

    done = house.approve(house.propose(carry_out=noted), carry_out=noted)
    assert seen == [Command(f"approval-{done.approval_id}", bytes.fromhex(done.digest))] * 2
    assert done.result_id is None


def test_the_latest_is_told_first_a_page_at_a_time(house: House) -> None:
    made = [house.propose(house.asks(60_000 + n)).approval_id for n in range(5)]
    elsewhere = house.propose(house.asks(60_000, loan_id=ids.new())).approval_id
    with house.database.transaction() as db:
        page = queries.changes_of(db, house.borrower_id, house.loan_id, size=2)
        assert [each.approval_id for each in page] == made[:2:-1]
        page = queries.changes_of(db, house.borrower_id, house.loan_id, before=page[-1].approval_id)
        assert [each.approval_id for each in page] == made[2::-1]
        assert queries.changes_of(db, house.borrower_id)[0].approval_id == elsewhere
        first = queries.waiting(db, TODAY, size=4)
        assert [each.approval_id for each in first] == made[:4]
        rest = queries.waiting(db, TODAY, after=first[-1].approval_id)
        assert [each.approval_id for each in rest] == [made[4], elsewhere]


COPY = """
    insert into approval_decision (approval_id, borrower_id, proposed_by, two_people, digest, outcome, decided_by,
                                   decided_role, decided_on)
    select approval_id, borrower_id, %(proposed_by)s, %(two_people)s, %(digest)s, %(outcome)s, %(decided_by)s, 'admin',
           proposed_on
      from approval
     where approval_id = %(approval_id)s
"""


@pytest.mark.parametrize(
    ("outcome", "changed", "violation"),
    [
        ("approved", {"decided_by": "collector"}, CheckViolation),
        ("declined", {"decided_by": "collector"}, CheckViolation),
        ("withdrawn", {"decided_by": "risk"}, CheckViolation),
        ("alone", {"decided_by": "collector"}, CheckViolation),
        ("alone", {"decided_by": "collector", "two_people": False}, ForeignKeyViolation),
        ("approved", {"decided_by": "risk", "proposed_by": "finance"}, ForeignKeyViolation),
        ("approved", {"decided_by": "risk", "digest": "0"}, ForeignKeyViolation),
    ],
)
def test_the_table_itself_keeps_the_promise_of_two_people(
    house: House, outcome: str, changed: dict[str, Any], violation: type[psycopg.Error]
) -> None:
    asked = house.propose()
    row = {"proposed_by": "collector", "two_people": True, "digest": asked.digest} | changed
    people = {name: getattr(house, row[name]).account_id for name in ("proposed_by", "decided_by")}
    with pytest.raises(violation), house.database.transaction() as db:
        run(db, COPY, approval_id=asked.approval_id, outcome=outcome, **(row | people))
    assert house.approve(asked).outcome == "approved"


def test_a_second_decision_does_not_fit_into_the_table(house: House) -> None:
    asked = house.decline(house.propose())
    with pytest.raises(UniqueViolation), house.database.transaction() as db:
        run(
            db, COPY, approval_id=asked.approval_id, outcome="approved", proposed_by=asked.proposed_by,
            two_people=True, digest=asked.digest, decided_by=house.finance.account_id,
        )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    ["update approval set amount_cents = 1", "delete from approval", "update approval_decision set outcome = 'alone'",
     "delete from approval_decision"],
)  # fmt: skip
def test_what_was_proposed_and_decided_is_never_changed(house: House, statement: str) -> None:
    house.approve(house.propose())
    with pytest.raises(InsufficientPrivilege), house.database.transaction() as db:
        run(db, statement)


DECIDERS: list[Callable[[House, Approval], Approval]] = [House.approve, House.decline]


@pytest.mark.parametrize("decide", DECIDERS)
def test_a_proposal_that_was_tampered_with_is_not_decided(
    house: House, database_url: str, decide: Callable[[House, Approval], Approval]
) -> None:
    asked = house.propose()
    with psycopg.connect(database_url) as owner:
        owner.execute("""update approval set body = '{"penalty_cents": 9000000}'""")
    with pytest.raises(AssertionError, match="is not what was proposed"):
        decide(house, asked)
