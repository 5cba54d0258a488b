"""Many devices at once: one line, one decision a key, and no cap passed."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from credit_cases import POLICY, TODAY

from lendmill.credit import actions, queries
from lendmill.credit.applications.application import ApplicationClosed
from lendmill.credit.consents import CONSENTS
from lendmill.credit.lines.line import LineOpenAlready
from lendmill.db import Database, scalar
from lendmill.people.actions import Command, CommandReused, lock_borrower
from lendmill.products.queries import presets
from lendmill.refusals import Refusal

ANSWERS: dict[str, Any] = {
    "amount_cents": 500_000,
    "purpose": "stock",
    "language": "zh-Hans",
    "consents": [consent.purpose for consent in CONSENTS],
}


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """All calls at the same moment, each with what it gave or the refusal it met."""
    start, found = threading.Barrier(len(calls)), []

    def one(call: Callable[[], Any]) -> None:
        start.wait()
        try:
            found.append(call())
        except Refusal as refusal:
            found.append(refusal)

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(calls)
    return found


def asking(house: Database, borrower_id: UUID, key: str, product_key: str = "credit-line", **answers: Any) -> Any:
    """A call that applies in one step."""
    body = {**ANSWERS, **answers}
    return lambda: house.act(
        actions.apply_at_once,
        command=Command.of(key, product_key=product_key, **body),
        borrower_id=borrower_id,
        product_key=product_key,
        answers=body,
        today=TODAY,
    )


def count(house: Database, statement: str) -> int:
    """A number from the database."""
    with house.transaction() as db:
        return int(scalar(db, statement))


def test_the_same_request_from_eight_devices_is_one_line(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    found = together([asking(house, borrower_id, "same") for _ in range(8)])
    assert len({each.decision_id for each in found}) == 1
    assert {each.line_id for each in found} == {found[0].line_id}
    assert count(house, "select count(*) from line") == 1
    assert count(house, "select count(*) from decision") == 1
    assert count(house, "select count(*) from consent") == len(CONSENTS)


def test_different_requests_from_eight_devices_are_one_line(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    found = together([asking(house, borrower_id, f"k{n}", amount_cents=200_000 + n) for n in range(8)])
    kinds = Counter(type(each) for each in found)
    assert kinds == {actions.Decided: 1, LineOpenAlready: 7}
    assert count(house, "select count(*) from line") == 1
    assert count(house, "select count(*) from decision") == 1
    assert count(house, "select count(*) from command") == 1


def test_one_key_with_eight_bodies_serves_one_of_them(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    found = together([asking(house, borrower_id, "k", amount_cents=200_000 + n) for n in range(8)])
    assert Counter(type(each) for each in found) == {actions.Decided: 1, CommandReused: 7}
    (made,) = [each for each in found if isinstance(each, actions.Decided)]
    with house.transaction() as db:
        (line,) = queries.lines_of(db, borrower_id)
    assert (line.line_id, line.limit_cents) == (made.line_id, made.limit_cents)


def test_one_application_submitted_from_eight_devices_is_decided_once(
    house: Database, shop: Callable[..., UUID]
) -> None:
    borrower_id = shop()
    start = {"borrower_id": borrower_id, "product_key": "credit-line", "today": TODAY}
    begun = together([lambda: house.act(actions.start_application, **start) for _ in range(4)])
    assert len(set(begun)) == 1
    application_id = begun[0]
    for step in (1, 2):
        house.act(actions.save_step, borrower_id=borrower_id, application_id=application_id, step=step, answers=ANSWERS)

    def submit(key: str) -> Callable[[], Any]:
        return lambda: house.act(
            actions.submit,
            command=Command.of(key),
            borrower_id=borrower_id,
            application_id=application_id,
            today=TODAY,
        )

    found = together([submit(f"k{n}") for n in range(8)])
    assert Counter(type(each) for each in found) == {actions.Decided: 1, ApplicationClosed: 7}
    assert count(house, "select count(*) from decision") == 1
    assert count(house, "select count(*) from line") == 1


@pytest.mark.parametrize("keys", [["same"] * 6, [f"device {n}" for n in range(6)]])
def test_an_offer_taken_twice_is_taken_once(house: Database, shop: Callable[..., UUID], keys: list[str]) -> None:
    borrower_id = shop()
    house.act(actions.make_offers, today=TODAY, policy=POLICY, products=presets())
    with house.transaction() as db:
        offer = next(each for each in queries.offers_of(db, borrower_id, TODAY) if each.product_key == "credit-line")
    found = together([asking(house, borrower_id, key, amount_cents=offer.limit_cents) for key in keys])
    made = [each for each in found if isinstance(each, actions.Decided)]
    assert len({(each.decision_id, each.line_id) for each in made}) == 1
    assert [type(each) for each in found if each not in made] == [LineOpenAlready] * (len(set(keys)) - 1)
    with house.transaction() as db:
        (line,) = queries.lines_of(db, borrower_id)
        case = queries.decision(db, line.decision_id).opened.case
    assert (line.limit_cents, case.offer_id, case.offer_limit_cents) == (
        offer.limit_cents, offer.offer_id, offer.limit_cents,
    )  # fmt: skip
    assert count(house, "select count(*) from application") == count(house, "select count(*) from decision") == 1


def test_the_joint_limit_is_never_passed_by_two_products_at_once(house: Database, shop: Callable[..., UUID]) -> None:
    rich = {"sales_monthly_mean": 3_000_000.0, "sales_net_90": 9_000_000.0, "settlement_90": 0.0}
    borrowers = [shop(f"s{n}", grade="AAA", facts=rich) for n in range(6)]
    calls = [
        asking(house, borrower_id, product_key, product_key, amount_cents=70_000_000)
        for borrower_id in borrowers
        for product_key in ("credit-line", "order-loan")
    ]
    found = together(calls)
    assert Counter((each.outcome, each.limit_cents) for each in found) == {
        ("approve", 70_000_000): 6,
        ("counter", 30_000_000): 6,
    }
    assert count(house, "select count(*) from line where limit_cents = 70000000") == 6
    assert count(house, "select count(*) from line") == 6


def test_draws_on_two_lines_never_pass_their_joint_limit(house: Database, shop: Callable[..., UUID]) -> None:
    rich = {"sales_monthly_mean": 3_000_000.0, "sales_net_90": 9_000_000.0, "settlement_90": 0.0}
    borrower_id = shop(grade="AAA", facts=rich)
    for product_key in ("credit-line", "order-loan"):
        asking(house, borrower_id, product_key, product_key, amount_cents=50_000_000)()
    with house.transaction() as db:
        lines = queries.lines_of(db, borrower_id)
        db.execute("update line set joint_max_cents = 60000000")

    def draw(line_id: UUID) -> Callable[[], Any]:
        def in_one_transaction(db: Any) -> None:
            lock_borrower(db, borrower_id)
            line = actions.lock_line(db, borrower_id=borrower_id, line_id=line_id)
            actions.reserve(db, line, 7_000_000, today=TODAY)

        return lambda: house.act(in_one_transaction)

    found = together([draw(lines[n % 2].line_id) for n in range(12)])
    assert sum(each is None for each in found) == 8
    assert count(house, "select sum(reserved_cents) from line") == 56_000_000
