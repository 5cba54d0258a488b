"""Drawing, paying and being told no, on a real house."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege

from lender import Lender
from lendmill import ids
from lendmill.credit.lines.line import LimitExceeded, NoSuchLine
from lendmill.db import Database, run, scalar
from lendmill.funding.actions import FundingExhausted
from lendmill.funding.queries import available_cents
from lendmill.loans import actions, queries
from lendmill.loans.actions import DrawTooSmall, MethodNotOffered, NothingOwed, TermTooLong
from lendmill.loans.loan import NoSuchLoan
from lendmill.loans.receipts.actions import NothingPaid, ValueDateAhead
from lendmill.people.actions import Command
from lendmill.people.command import CommandReused


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with capital and products."""
    return Lender(database).found()


def _everything(lender: Lender) -> tuple[Any, ...]:
    """What must not change when something is refused."""
    with lender.database.transaction() as db:
        return (
            *(scalar(db, f"select count(*) from {table}") for table in COUNTED),
            scalar(db, "select sum(reserved_cents + used_cents) from line"),
            available_cents(db),
        )


COUNTED = ("loan", "instruction", "receipt", "receipt_part", "entry", "line_item", "command", "loan_event")


def test_a_refused_draw_changes_nothing(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower(1_000_000)
    before = _everything(lender)
    asked: list[tuple[type[Exception], dict[str, Any]]] = [
        (LimitExceeded, {"amount_cents": 1_000_001}),
        (DrawTooSmall, {"amount_cents": 9_999}),
        (TermTooLong, {"amount_cents": 500_000, "months": 13}),
        (TermTooLong, {"amount_cents": 500_000, "months": 0}),
        (MethodNotOffered, {"amount_cents": 500_000, "method": "share-of-sales"}),
    ]
    for refusal, ask in asked:
        with pytest.raises(refusal):
            lender.ask_draw(borrower_id, line_id, **ask)
        assert _everything(lender) == before
    lender.draw(borrower_id, line_id, 1_000_000)


def test_nobody_draws_on_anothers_line_or_pays_anothers_loan(lender: Lender) -> None:
    (one, line_of_one), (other, line_of_other) = lender.borrower(), lender.borrower()
    loan_id = lender.draw(one, line_of_one, 700_000)
    before = _everything(lender)
    with pytest.raises(NoSuchLine):
        lender.ask_draw(other, line_of_one, 700_000)
    with pytest.raises(NoSuchLoan):
        lender.pay(other, 700_000, loan_id=loan_id)
    with pytest.raises(NoSuchLoan):
        lender.loan(other, loan_id)
    assert _everything(lender) == before
    assert lender.ask_draw(other, line_of_other, 700_000).loan_id != loan_id


def test_a_draw_sent_twice_happens_once_and_another_body_is_refused(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()

    def ask(amount_cents: int) -> queries.Drawn:
        return lender.database.act(
            actions.draw, command=Command.of("k1", amount_cents=amount_cents), borrower_id=borrower_id,
            line_id=line_id, amount_cents=amount_cents, method="on-demand", months=1, today=lender.today,
        )  # fmt: skip

    first = ask(700_000)
    before = _everything(lender)
    assert ask(700_000) == first
    with pytest.raises(CommandReused):
        ask(800_000)
    assert _everything(lender) == before


def test_a_payment_sent_twice_is_received_once(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000)
    first = lender.pay(borrower_id, 100_000, key="bank-7")
    assert lender.pay(borrower_id, 100_000, key="bank-7") == first
    with pytest.raises(CommandReused):
        lender.pay(borrower_id, 100_001, key="bank-7")
    lender.keeps_its_promises()


def test_payments_that_cannot_be_are_refused(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    with pytest.raises(NothingOwed):
        _request(lender, borrower_id, 100)
    on_its_way = lender.ask_draw(borrower_id, line_id, 500_000).loan_id
    with pytest.raises(NothingOwed):
        _request(lender, borrower_id, 100, on_its_way)
    lender.draw(borrower_id, line_id, 700_000)
    before = _everything(lender)
    for refusal, amount_cents, value_on in (
        (NothingPaid, 0, lender.today),
        (NothingPaid, -5, lender.today),
        (ValueDateAhead, 100, date(2026, 1, 2)),
    ):
        with pytest.raises(refusal):
            lender.pay(borrower_id, amount_cents, value_on)
    with pytest.raises(NothingPaid):
        _request(lender, borrower_id, 0)
    assert _everything(lender) == before


def _request(lender: Lender, borrower_id: UUID, amount_cents: int, loan_id: UUID | None = None) -> UUID:
    return lender.database.act(
        actions.request_repayment, command=Command.of(f"r{amount_cents}", amount_cents=amount_cents),
        borrower_id=borrower_id, amount_cents=amount_cents, today=lender.today, loan_id=loan_id,
    )  # fmt: skip


def test_the_rail_repeating_itself_changes_nothing(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    drawn = lender.ask_draw(borrower_id, line_id, 700_000)
    lender.rail_says(borrower_id, drawn.instruction_id, "confirmed", lender.today)
    before = _everything(lender)
    for status in ("confirmed", "failed", "unknown"):
        lender.rail_says(borrower_id, drawn.instruction_id, status, lender.today)
    assert _everything(lender) == before
    asked = _request(lender, borrower_id, 50_000)
    lender.rail_says(borrower_id, asked, "unknown", None)
    assert _everything(lender)[2] == 0
    for _ in range(2):
        lender.rail_says(borrower_id, asked, "confirmed", lender.today)
        lender.keeps_its_promises()
    assert _everything(lender)[2] == 1


def test_a_confirmation_from_tomorrow_waits_for_tomorrow(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    drawn = lender.ask_draw(borrower_id, line_id, 700_000)
    lender.rail_says(borrower_id, drawn.instruction_id, "confirmed", date(2026, 1, 2))
    assert lender.loan(borrower_id, drawn.loan_id).status == "paying"
    lender.go_to(date(2026, 1, 2))
    lender.rail_says(borrower_id, drawn.instruction_id, "confirmed", date(2026, 1, 2))
    assert lender.loan(borrower_id, drawn.loan_id).drawn_on == date(2026, 1, 2)


def test_the_lender_never_lends_more_than_it_has(lender: Lender) -> None:
    poor, database = lender, lender.database
    with database.transaction() as db:
        left = available_cents(db)
    (rich, line_of_rich), (late, line_of_late) = poor.borrower(100_000_000), poor.borrower(100_000_000)
    run_down = left - 100_000_000 + 20_000
    with database.transaction() as db:
        run(db, TAKE_AWAY, amount=run_down // 16)
    with database.transaction() as db:
        now = available_cents(db)
    poor.draw(rich, line_of_rich, now - 20_000)
    with pytest.raises(FundingExhausted, match="20000 cents left"):
        poor.ask_draw(late, line_of_late, 20_001)
    poor.ask_draw(late, line_of_late, 20_000)
    poor.pay(rich, 10_000)
    poor.ask_draw(late, line_of_late, 10_000)


TAKE_AWAY = "update funding_slot set available_cents = available_cents - %(amount)s"


@pytest.mark.parametrize(
    "table", ["entry", "line_item", "loan_event", "receipt", "receipt_part", "accrual_fold", "command"]
)
@pytest.mark.parametrize("deed", ["update {} set {} = {}", "delete from {}", "truncate {}"])
def test_history_cannot_be_changed_by_the_application(database: Database, table: str, deed: str) -> None:
    with database.transaction() as db:
        column = scalar(db, FIRST_COLUMN, table=table)
    with pytest.raises(InsufficientPrivilege), database.transaction() as db:
        db.execute(deed.format(table, column, column))


FIRST_COLUMN = "select column_name from information_schema.columns where table_name = %(table)s order by 1 limit 1"


def test_a_payment_asked_for_by_a_stranger_is_refused(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000)
    with pytest.raises(NoSuchLoan):
        lender.pay(borrower_id, 100, loan_id=ids.new())
