"""Money shared among several loans: the engine shares every receipt as the slow borrower does."""

from datetime import date, timedelta
from uuid import UUID

from engine_lives import Telling, receipt_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lives import WANDER, Life, house_terms, lives, telling_amounts, turning_points
from slow_borrower import SlowReceipt, shared

from lendmill.loans.sharing import Money, shared_again

WITHOUT_MONEY = ("charge", "waive", "holiday", "extend", "accelerate", "write off")


@st.composite
def borrowers(draw: st.DrawFn) -> tuple[list[Life], list[SlowReceipt]]:
    """Up to three loans with lives of their own, and receipts at days and in amounts that tell."""
    loans = []
    for place, life in enumerate(draw(st.lists(lives(house_terms(), only=WITHOUT_MONEY), min_size=1, max_size=3))):
        kept = [each for each in life.events if each["kind"] not in ("repaid", "reversed")]
        loans.append(Life(life.terms, tuple(each | {"turn": 10 * each["turn"] + place} for each in kept), life.until))
    first = max(life.events[0]["on"] for life in loans)
    days = sorted({day for life in loans for day in turning_points(life.loan(life.events[0]["on"]))})
    days = [day for day in days if first < day < first + timedelta(days=300)] or [first + timedelta(days=1)]
    receipts = []
    for k in range(draw(st.integers(1, 4))):
        on = draw(st.sampled_from(days))
        amount = sum(draw(st.sampled_from(telling_amounts(life.loan(on)))) for life in loans[: draw(st.integers(1, 3))])
        named, prepay = draw(st.sampled_from([None, *range(len(loans))])), draw(st.sampled_from(["next-due", "prepay"]))
        receipts.append(SlowReceipt(f"m{k}", on, 1_000 + k, amount, named, prepay))
    return loans, receipts


@settings(derandomize=not WANDER, max_examples=25, suppress_health_check=list(HealthCheck))
@given(borrowers())
def test_each_loan_gets_of_each_receipt_what_the_slow_borrower_gives_it(
    drawn: tuple[list[Life], list[SlowReceipt]],
) -> None:
    loans, receipts = drawn
    slow = shared([(life.terms, list(life.events)) for life in loans], receipts)
    stories = {UUID(int=place): (telling.terms, telling.events) for place, telling in enumerate(map(Telling, loans))}
    money = [
        Money(receipt_id(each.key), each.on, each.turn, each.amount, _named(each.named), each.prepay)  # type: ignore[arg-type]
        for each in receipts
    ]
    engine = shared_again(stories, money, (date.min, 0))
    for each in receipts:
        found = engine[receipt_id(each.key)]
        assert ({loan_id.int: cents for loan_id, cents in found.shares.items()}, found.excess_cents) == slow[each.key]


def _named(place: int | None) -> UUID | None:
    return None if place is None else UUID(int=place)
