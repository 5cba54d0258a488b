"""Many at once on a real database: no limit passed, nothing lost, nothing twice."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from crowd import at_once
from lender import Lender
from lendmill.credit.lines.line import LimitExceeded
from lendmill.db import Database, scalar
from lendmill.funding.actions import FundingExhausted
from lendmill.loans import actions
from lendmill.people.actions import Command

CROWD = 12


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with capital and products."""
    return Lender(database).found()


def test_two_draws_in_parallel_never_pass_one_limit(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower(1_000_000)
    outcome = at_once([lambda: lender.ask_draw(borrower_id, line_id, 600_000)] * 2)
    assert outcome == {"done": 1, LimitExceeded.code(): 1}
    lender.keeps_its_promises()


def test_a_crowd_draws_exactly_what_one_line_holds(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower(1_000_000)
    outcome = at_once([lambda: lender.draw(borrower_id, line_id, 150_000)] * CROWD)
    assert outcome == {"done": 6, LimitExceeded.code(): 6}
    lender.keeps_its_promises()


def test_a_crowd_of_borrowers_draws_exactly_what_the_lender_holds(database: Database) -> None:
    lender = Lender(database).found(capital_cents=1_000_000)  # the historical licence carries 1.5 times that
    lines = [lender.borrower(1_000_000) for _ in range(CROWD)]
    outcome = at_once([lambda b=b, n=n: lender.draw(b, n, 200_000) for b, n in lines])  # type: ignore[misc]
    assert outcome == {"done": 7, FundingExhausted.code(): 5}
    lender.keeps_its_promises()


def test_one_payment_sent_by_a_crowd_is_received_once(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000)
    outcome = at_once([lambda: lender.pay(borrower_id, 50_000, key="bank-1")] * CROWD)
    assert outcome == {"done": CROWD}
    with lender.database.transaction() as db:
        assert scalar(db, "select sum(outstanding_cents) from loan") == 650_000
    lender.keeps_its_promises()


def test_one_draw_sent_by_a_crowd_is_one_loan(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    command = Command.of("tap", amount_cents=50_000)

    def tap() -> UUID:
        return lender.database.act(
            actions.draw, command=command, borrower_id=borrower_id, line_id=line_id, amount_cents=50_000,
            method="on-demand", months=1, today=lender.today,
        ).loan_id  # fmt: skip

    assert at_once([tap] * CROWD) == {"done": CROWD}
    with lender.database.transaction() as db:
        assert scalar(db, "select count(*) from loan") == 1
        assert scalar(db, "select count(*) from instruction") == 1
    lender.keeps_its_promises()


def test_payments_and_draws_of_one_borrower_cross_without_loss(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower(5_000_000)
    lender.draw(borrower_id, line_id, 1_000_000)
    deeds: list[Callable[[], object]] = []
    for _ in range(6):
        deeds += [lambda: lender.pay(borrower_id, 10_000), lambda: lender.draw(borrower_id, line_id, 20_000)]
    assert at_once(deeds) == {"done": 12}
    with lender.database.transaction() as db:
        assert scalar(db, "select sum(outstanding_cents) from loan") == 1_000_000 + 6 * 20_000 - 6 * 10_000
    lender.keeps_its_promises()


def test_day_end_and_payments_go_on_together(lender: Lender) -> None:
    lines = [lender.borrower() for _ in range(10)]
    for borrower_id, line_id in lines:
        lender.draw(borrower_id, line_id, 700_000)
    deeds: list[Callable[[], object]] = [lambda: lender.go_to(date(2026, 2, 10))] * 2
    deeds += [lambda b=b: lender.pay(b, 100_000, date(2026, 1, 1)) for b, _ in lines]  # type: ignore[misc]
    assert at_once(deeds) == {"done": 12}
    lender.keeps_its_promises()
    assert lender.today == date(2026, 2, 10)
