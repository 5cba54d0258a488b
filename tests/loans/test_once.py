"""Every command about money, sent twice: the same once, another under its key never."""

from collections.abc import Callable
from uuid import UUID

import pytest

from lender import Lender
from lendmill.db import Database, scalar
from lendmill.loans import actions
from lendmill.people.actions import Command
from lendmill.people.command import CommandReused

COUNTED = ("loan", "instruction", "receipt", "entry", "command", "funding_reservation")
Deed = Callable[[str, int], object]


@pytest.fixture
def deeds(database: Database) -> dict[str, Deed]:
    """The three commands of a borrower with a loan, by a key and an amount."""
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 700_000)

    def draw(key: str, cents: int) -> UUID:
        command = Command.of(key, amount_cents=cents)
        return database.act(
            actions.draw, command=command, borrower_id=borrower_id, line_id=line_id, amount_cents=cents,
            method="on-demand", months=1, today=lender.today,
        ).loan_id  # fmt: skip

    def repay(key: str, cents: int) -> UUID:
        command = Command.of(key, amount_cents=cents)
        return database.act(
            actions.request_repayment, command=command, borrower_id=borrower_id, amount_cents=cents,
            today=lender.today, loan_id=loan_id,
        )  # fmt: skip

    def receive(key: str, cents: int) -> UUID:
        return lender.pay(borrower_id, cents, key=key).receipt_id

    return {"draw": draw, "repay": repay, "receive": receive}


def _counts(database: Database) -> dict[str, int]:
    with database.transaction() as db:
        return {table: int(scalar(db, f"select count(*) from {table}")) for table in COUNTED}


@pytest.mark.parametrize("name", ["draw", "repay", "receive"])
def test_sent_twice_it_happens_once_and_gives_the_same_answer(
    database: Database, deeds: dict[str, Deed], name: str
) -> None:
    first = deeds[name]("k", 50_000)
    before = _counts(database)
    assert deeds[name]("k", 50_000) == first
    assert _counts(database) == before
    assert deeds[name]("k2", 50_000) != first


@pytest.mark.parametrize("name", ["draw", "repay", "receive"])
def test_its_key_serves_no_other_amount_and_no_other_deed(
    database: Database, deeds: dict[str, Deed], name: str
) -> None:
    deeds[name]("k", 50_000)
    before = _counts(database)
    with pytest.raises(CommandReused):
        deeds[name]("k", 50_001)
    for other in deeds.keys() - {name}:
        with pytest.raises(CommandReused):
            deeds[other]("k", 50_000)
    assert _counts(database) == before


@pytest.mark.parametrize("again", ["failed", "confirmed", "unknown"])
def test_what_has_failed_stays_failed_whatever_the_rail_says_later(database: Database, again: str) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower(1_000_000)
    paid_out = lender.draw(borrower_id, line_id, 400_000)
    asked = lender.database.act(
        actions.request_repayment, command=Command.of("r"), borrower_id=borrower_id, amount_cents=100_000,
        today=lender.today,
    )  # fmt: skip
    drawn = lender.ask_draw(borrower_id, line_id, 500_000)
    for instruction_id in (asked, drawn.instruction_id):
        lender.rail_says(borrower_id, instruction_id, "failed", None)
    before = _counts(database)
    for instruction_id in (asked, drawn.instruction_id):
        lender.rail_says(borrower_id, instruction_id, again, lender.today)
    assert _counts(database) == before
    assert lender.loan(borrower_id, paid_out).outstanding_cents == 400_000
    with database.transaction() as db:
        assert scalar(db, "select array_agg(status order by instruction_id) from instruction") == [
            "confirmed", "failed", "failed",
        ]  # fmt: skip
    lender.keeps_its_promises()
