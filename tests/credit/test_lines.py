"""What can be drawn on a line, and what never can."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from lendmill import ids
from lendmill.credit.lines import actions, queries
from lendmill.credit.lines.line import (
    BorrowerBanned,
    BorrowerLate,
    JointLimitExceeded,
    LimitExceeded,
    Line,
    LineExpired,
    LineNotOpen,
    LineOpenAlready,
    NoSuchLine,
    NothingAsked,
    Standing,
)
from lendmill.db import Database
from lendmill.people.actions import lock_borrower, register_borrower
from lendmill.products.queries import preset
from lendmill.refusals import Refusal
from lendmill.terms.rates import Rate

TODAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Introduced:
    """A seller as a marketplace introduces one."""

    shop_key: str = "s1"
    name: str = "Silk and tea"
    kind: str = "firm"
    industry: str = "trade"
    region: str = "浙江"
    born_on: date | None = None
    member_since_on: date | None = None
    identity_no: str | None = None
    phone: str | None = None
    wholesale: bool = False


@pytest.fixture
def borrower_id(database: Database) -> UUID:
    """A borrower of the house."""
    return database.act(register_borrower, seller=Introduced(), today=TODAY)


@pytest.fixture
def opened(database: Database, borrower_id: UUID) -> Callable[..., Line]:
    """Opens a line for the borrower."""

    def open_one(limit_cents: int = 1_000_000, key: str = "credit-line", today: date = TODAY) -> Line:
        return database.act(
            actions.open_line,
            borrower_id=borrower_id,
            decision_id=ids.new(),
            product=preset(key),
            limit_cents=limit_cents,
            grade="A",
            today=today,
        )

    return open_one


def now(database: Database, line: Line) -> Line:
    with database.transaction() as db:
        return queries.line(db, line.borrower_id, line.line_id)


def test_a_line_carries_its_products_terms(opened: Callable[..., Line]) -> None:
    line = opened()
    assert (line.rate, line.penalty_rate, line.grace_days) == (Rate(600, 1_000_000), Rate(900, 1_000_000), 3)
    assert (line.months_max, line.methods) == (12, ["on-demand", "interest-first", "equal-principal", "level-payment"])
    assert (line.joint_products, line.joint_max_cents) == (["credit-line", "order-loan"], 100_000_000)
    assert (line.opened_on, line.expires_on, line.status) == (TODAY, date(2027, 1, 1), "open")
    assert line.available_cents == 1_000_000


def test_money_moves_from_available_to_reserved_to_used_and_back(
    database: Database, opened: Callable[..., Line]
) -> None:
    line = opened(1_000)
    line = database.act(actions.reserve, line, 1_000)
    assert (line.reserved_cents, line.used_cents, line.available_cents) == (1_000, 0, 0)
    line = database.act(actions.unreserve, line, 400)
    line = database.act(actions.reserved_to_used, line, 600)
    assert (line.reserved_cents, line.used_cents, line.available_cents) == (0, 600, 400)
    line = database.act(actions.give_back, line, 600)
    assert (line.reserved_cents, line.used_cents, line.available_cents) == (0, 0, 1_000)
    assert now(database, line) == line


def refused(database: Database, line: Line, amount_cents: int, kind: type[Refusal], today: date | None = None) -> str:
    """A reservation is refused, and nothing has changed."""
    before = now(database, line)
    with pytest.raises(kind) as refusal:
        database.act(actions.reserve, line, amount_cents, today=today)
    assert now(database, line) == before
    return str(refusal.value)


def test_whoever_is_shut_out_draws_nothing(database: Database, borrower_id: UUID, opened: Callable[..., Line]) -> None:
    line = opened(1_000)
    with database.transaction() as db:
        db.execute("update borrower set banned = true where borrower_id = %s", [borrower_id])
    refused(database, line, 1, BorrowerBanned)


def test_the_last_cent_can_be_drawn_and_not_one_more(database: Database, opened: Callable[..., Line]) -> None:
    line = opened(1_000)
    assert "has 1000 cents left, less than the 1001 asked" in refused(database, line, 1_001, LimitExceeded)
    assert database.act(actions.reserve, line, 1_000).available_cents == 0
    assert "has 0 cents left" in refused(database, line, 1, LimitExceeded)


@pytest.mark.parametrize("amount_cents", [0, -1])
def test_nothing_cannot_be_drawn(database: Database, opened: Callable[..., Line], amount_cents: int) -> None:
    refused(database, opened(), amount_cents, NothingAsked)


def test_a_line_looks_at_itself_afresh(database: Database, opened: Callable[..., Line]) -> None:
    stale = opened(1_000)
    database.act(actions.reserve, stale, 600)
    refused(database, stale, 600, LimitExceeded)


def test_who_is_late_draws_nothing(database: Database, borrower_id: UUID, opened: Callable[..., Line]) -> None:
    line = opened()
    late_since_on = date(2025, 12, 20)
    stands = {
        "outstanding_cents": 5,
        "reserved_cents": 0,
        "loans_drawn": 1,
        "loans_repaid": 0,
        "days_past_due_worst": 9,
    }
    database.act(actions.bring_standing, borrower_id=borrower_id, late_since_on=late_since_on, **stands)
    assert "late since 2025-12-20" in refused(database, line, 1, BorrowerLate)
    database.act(actions.bring_standing, borrower_id=borrower_id, late_since_on=None, **stands)
    assert database.act(actions.reserve, line, 1).reserved_cents == 1
    with database.transaction() as db:
        assert queries.standing(db, borrower_id) == Standing(5, 0, 9, None, 1, 0)


def test_a_frozen_or_closed_line_gives_nothing(database: Database, opened: Callable[..., Line]) -> None:
    line = opened()
    database.act(actions.set_line_status, line, "frozen")
    assert "is frozen" in refused(database, line, 1, LineNotOpen)
    database.act(actions.set_line_status, line, "open")
    database.act(actions.reserve, line, 1)
    database.act(actions.set_line_status, line, "closed")
    assert "is closed" in refused(database, line, 1, LineNotOpen)
    with pytest.raises(LineNotOpen):
        database.act(actions.set_line_status, line, "open")


def test_a_line_ends_on_its_day(database: Database, opened: Callable[..., Line]) -> None:
    line = opened()
    assert database.act(actions.reserve, line, 1, today=date(2026, 12, 31)).reserved_cents == 1
    assert "ended on 2027-01-01" in refused(database, line, 1, LineExpired, today=date(2027, 1, 1))


def test_one_open_line_per_product_and_a_new_one_after_it_ran_out(opened: Callable[..., Line]) -> None:
    opened()
    with pytest.raises(LineOpenAlready, match="open line for credit-line"):
        opened(today=date(2026, 12, 31))
    assert opened(today=date(2027, 1, 1)).opened_on == date(2027, 1, 1)


def test_approval_reserves_the_joint_limit(opened: Callable[..., Line]) -> None:
    opened(60_000_000)
    with pytest.raises(JointLimitExceeded, match="no more than 40000000 cents are left"):
        opened(40_000_001, key="order-loan")
    assert opened(40_000_000, key="order-loan").limit_cents == 40_000_000


def test_what_is_owed_on_a_closed_line_still_counts(database: Database, opened: Callable[..., Line]) -> None:
    line = database.act(actions.reserve, opened(60_000_000), 30_000_000)
    database.act(actions.set_line_status, line, "closed")
    with pytest.raises(JointLimitExceeded, match="no more than 70000000 cents are left"):
        opened(70_000_001, key="order-loan")
    order = opened(70_000_000, key="order-loan")
    assert database.act(actions.reserve, order, 70_000_000).available_cents == 0
    with pytest.raises(JointLimitExceeded):
        opened(100)


def test_a_line_of_somebody_else_is_not_there(database: Database, opened: Callable[..., Line]) -> None:
    line = opened()
    with database.transaction() as db:
        for other in (ids.new(), line.line_id):
            with pytest.raises(NoSuchLine):
                actions.lock_line(db, borrower_id=other, line_id=line.line_id)
            with pytest.raises(NoSuchLine):
                queries.line(db, other, line.line_id)
        assert actions.lock_line(db, borrower_id=line.borrower_id, line_id=line.line_id) == line


def test_a_crowd_of_draws_never_passes_the_limit(database: Database, opened: Callable[..., Line]) -> None:
    line = opened(1_000)
    start, outcomes = threading.Barrier(12), []

    def draw() -> None:
        start.wait()
        try:
            with database.transaction() as db:
                lock_borrower(db, line.borrower_id)
                actions.reserve(db, actions.lock_line(db, borrower_id=line.borrower_id, line_id=line.line_id), 130)
            outcomes.append("reserved")
        except LimitExceeded:
            outcomes.append("refused")

    threads = [threading.Thread(target=draw) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 5 + ["reserved"] * 7
    assert now(database, line).reserved_cents == 910
