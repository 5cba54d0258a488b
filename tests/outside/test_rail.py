"""A payment rail as a process of its own, at its worst: silent, slow, wrong, late; money moves once all the same."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from uuid import UUID

import pytest

from lender import Lender
from lendmill.db import Database, run, scalar
from lendmill.loans import actions, queries
from lendmill.outside.carrying import carry
from lendmill.outside.rail import HttpRail, Request
from lendmill.outside.simulated_rail import started
from lendmill.people.actions import Command

DAY = date(2026, 1, 1)
RailMaker = Callable[..., HttpRail]


@pytest.fixture
def rail() -> Iterator[RailMaker]:
    """Starts simulated rails with given manners, each a process."""
    with ExitStack() as running:

        def start(*manners: str, timeout_seconds: float = 5.0) -> HttpRail:
            made = HttpRail(running.enter_context(started(*manners)), timeout_seconds=timeout_seconds)
            running.callback(made.close)
            return made

        yield start


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with capital and products."""
    return Lender(database).found()


def _now(lender: Lender) -> None:
    """Let no instruction wait for its next try."""
    with lender.database.transaction() as db:
        run(db, "update instruction set next_try_at = now()")


def _status(lender: Lender, borrower_id: UUID) -> list[tuple[str, str]]:
    with lender.database.transaction() as db:
        return [(asked.kind, asked.status) for asked in queries.instructions_of(db, borrower_id)]


def test_a_draw_a_repayment_and_a_refund_go_over_the_rail(lender: Lender, rail: RailMaker) -> None:
    http = rail()
    borrower_id, line_id = lender.borrower()
    loan_id = lender.ask_draw(borrower_id, line_id, 700_000).loan_id
    assert carry(lender.database, http) == 1
    assert lender.loan(borrower_id, loan_id).status == "running"
    lender.database.act(
        actions.request_repayment, command=Command.of("r"), borrower_id=borrower_id, amount_cents=700_100, today=DAY
    )
    assert carry(lender.database, http) == 1
    assert lender.loan(borrower_id, loan_id).status == "closed"
    assert carry(lender.database, http) == 1
    assert _status(lender, borrower_id) == [("refund", "confirmed"), ("collect", "confirmed"), ("payout", "confirmed")]
    assert carry(lender.database, http) == 0
    lender.keeps_its_promises()


def test_silence_is_unknown_and_asking_again_finds_the_money_moved_once(lender: Lender, rail: RailMaker) -> None:
    http = rail("--silent", "1")
    borrower_id, line_id = lender.borrower()
    loan_id = lender.ask_draw(borrower_id, line_id, 700_000).loan_id
    carry(lender.database, http)
    assert _status(lender, borrower_id) == [("payout", "unknown")]
    assert lender.loan(borrower_id, loan_id).status == "paying"
    assert carry(lender.database, http) == 0
    _now(lender)
    carry(lender.database, http)
    assert _status(lender, borrower_id) == [("payout", "confirmed")]
    lender.keeps_its_promises()


def test_an_answer_about_another_amount_is_not_believed(lender: Lender, rail: RailMaker) -> None:
    http = rail("--wrong", "1")
    borrower_id, line_id = lender.borrower()
    loan_id = lender.ask_draw(borrower_id, line_id, 700_000).loan_id
    for _ in range(2):
        carry(lender.database, http)
        _now(lender)
    with lender.database.transaction() as db:
        (asked,) = queries.instructions_of(db, borrower_id)
    assert (asked.status, asked.tries) == ("unknown", 2)
    assert "another amount" in asked.reason
    assert lender.loan(borrower_id, loan_id).status == "paying"


def test_a_refusal_gives_limit_and_funding_back(lender: Lender, rail: RailMaker) -> None:
    borrower_id, line_id = lender.borrower(700_000)
    loan_id = lender.ask_draw(borrower_id, line_id, 700_000).loan_id
    carry(lender.database, rail("--refused", "1"))
    assert lender.loan(borrower_id, loan_id).status == "failed"
    lender.keeps_its_promises()
    lender.ask_draw(borrower_id, line_id, 700_000)


def test_money_that_arrives_a_day_late_bears_interest_from_its_arrival(lender: Lender, rail: RailMaker) -> None:
    http = rail("--late", "1", "--late-days", "1")
    borrower_id, line_id = lender.borrower()
    loan_id = lender.ask_draw(borrower_id, line_id, 700_000).loan_id
    carry(lender.database, http)
    assert lender.loan(borrower_id, loan_id).status == "paying"
    lender.go_to(date(2026, 1, 4))
    _now(lender)
    carry(lender.database, http)
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.drawn_on, seen.interest_cents) == (date(2026, 1, 2), 840)
    lender.keeps_its_promises()


def test_a_slow_rail_is_not_taken_for_a_refusal(rail: RailMaker) -> None:
    http = rail("--slow-seconds", "2", timeout_seconds=0.3)
    request = Request("payout-1", "payout", 700_000, DAY)
    assert http.send(request).status == "unknown"
    assert http.ask(request).status == "confirmed"
    assert http.ask(Request("payout-2", "payout", 700_000, DAY)).status == "never heard"


def test_a_rail_that_is_not_there_is_unknown() -> None:
    nobody = HttpRail("http://127.0.0.1:9", timeout_seconds=0.5)
    assert nobody.send(Request("payout-1", "payout", 1, DAY)).status == "unknown"
    assert nobody.ask(Request("payout-1", "payout", 1, DAY)).status == "unknown"
    nobody.close()


def test_a_payment_still_on_its_way_is_asked_after(lender: Lender, rail: RailMaker) -> None:
    http = rail("--pending-asks", "1")
    borrower_id, line_id = lender.borrower()
    lender.ask_draw(borrower_id, line_id, 700_000)
    for expected in ("unknown", "unknown", "confirmed"):
        _now(lender)
        carry(lender.database, http)
        assert _status(lender, borrower_id) == [("payout", expected)]
    with lender.database.transaction() as db:
        assert scalar(db, "select count(*) from loan_event") == 1
