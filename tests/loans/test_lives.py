"""The engine against the slow loan, over random lives: every figure, to the last numerator, however it is reached."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from engine_books import books_of, owned, slow_books
from engine_lives import Telling, differences, unlike
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lives import CHANGES, WANDER, Life, house_terms, lives, other_terms, statement_lives

from lendmill.loans.account import Account
from lendmill.loans.passing import advance
from lendmill.loans.paying import owed, repay

DAY = timedelta(days=1)
FEW = settings(derandomize=not WANDER, max_examples=10, suppress_health_check=list(HealthCheck))
MORE = settings(derandomize=not WANDER, max_examples=20, suppress_health_check=list(HealthCheck))


def _at_every_stage(life: Life) -> list[str]:
    """Compare after each event as it became known, on its day; and at the end."""
    wrong, today = [], life.events[0]["on"]
    for known, event in enumerate(life.events, start=1):
        today = max(today, event["on"])
        wrong += [f"{known} known, {today}: {line}" for line in differences(life, today, known)]
    return wrong or [f"{life.until}: {line}" for line in differences(life, life.until)]


@pytest.mark.parametrize("change", CHANGES)
@FEW
@given(st.data())
def test_each_change_leaves_the_figures_of_the_slow_loan(change: str, data: st.DataObject) -> None:
    life = data.draw(lives(house_terms(), only=(change,)))
    assert _at_every_stage(life) == []


@MORE
@given(lives(house_terms()))
def test_all_changes_in_any_order_leave_the_figures_of_the_slow_loan(life: Life) -> None:
    assert _at_every_stage(life) == []


@MORE
@given(lives(other_terms(), only=("charge", "waive", "reprice", "re-age", "settle", "write off", "draw more")))
def test_the_conventions_of_other_houses_leave_the_figures_of_the_slow_loan(life: Life) -> None:
    assert _at_every_stage(life) == []


@MORE
@given(statement_lives())
def test_statements_leave_the_figures_of_the_slow_loan(life: Life) -> None:
    assert _at_every_stage(life) == []


@MORE
@given(lives(house_terms()))
def test_the_entries_of_what_happened_are_the_loans_own_balances(life: Life) -> None:
    telling = Telling(life)
    story = telling.on(life.until)
    books = books_of(telling, story.happenings, life.until)
    own = owned(story.account)
    assert unlike(own, {name: books[name] for name in own}) == []
    assert unlike(slow_books(life.loan()), books) == []
    assert sum(books.values()) == 0


@MORE
@given(lives(st.one_of(house_terms(), other_terms())), st.integers(1, 120))
def test_one_step_gives_what_many_steps_give(life: Life, days: int) -> None:
    account = Telling(life).on(life.until).account
    once, told_once = advance(account, life.until + days * DAY)
    many, told_often = account, []
    for day in range(1, days + 1):
        many, happened = advance(many, life.until + day * DAY)
        told_often += happened
    assert many == once
    assert told_often == told_once


@MORE
@given(lives(house_terms()), st.integers(0, 60))
def test_what_was_quoted_for_a_day_is_exactly_what_is_then_taken(life: Life, days: int) -> None:
    account = _running(life)
    on = life.until + days * DAY
    due, all_owed = owed(account, on)
    assume(all_owed.total_cents > 0)
    paid_off, paid, _ = repay(account, all_owed.total_cents, on)
    assert (paid.left_cents, paid.total, paid_off.settled) == (0, all_owed, True)
    nearly, paid, _ = repay(account, all_owed.total_cents - 1, on)
    left = owed(nearly, on)[1].total_cents
    assert (paid.left_cents, left) == (0, 1)
    _, paid, _ = repay(account, all_owed.total_cents + 1, on)
    assert paid.left_cents == 1
    if due.total_cents:
        caught_up, paid, _ = repay(account, due.total_cents, on)
        assert (paid.total, owed(caught_up, on)[0].total_cents) == (due, 0)


@MORE
@given(lives(house_terms(), only=("holiday", "reprice")), st.integers(1, 400))
def test_an_instalment_paid_early_never_shows_as_overdue(life: Life, days: int) -> None:
    account = _running(life)
    early = {row.n for row in account.rows if row.paid_ahead and row.due_on > account.seen_on and not row.open}
    later, _ = advance(account, life.until + days * DAY)
    assert [row.n for row in later.rows if row.n in early and row.open] == []


@MORE
@given(lives(house_terms()))
def test_events_told_in_any_order_make_the_same_loan(life: Life) -> None:
    telling = Telling(life)
    forwards = telling.on(life.until)
    telling.events.reverse()
    assert telling.on(life.until) == forwards


@MORE
@given(lives(house_terms(), only=("charge", "waive")))
def test_a_payment_and_its_reversal_leave_no_trace(life: Life) -> None:
    assume(life.loan().pay_off > 0)
    turn = len(life.events)
    paid = {"kind": "repaid", "on": life.until, "turn": turn, "amount": 777, "prepay": "next-due", "key": "bounced"}
    bounced = {"kind": "reversed", "on": life.until, "turn": turn + 1, "of": "bounced"}
    with_both = replace(life, events=(*life.events, paid, bounced))
    day = life.until + 40 * DAY
    assert Telling(with_both).on(day).account == Telling(life).on(day).account


@MORE
@given(lives(house_terms()))
def test_what_came_in_is_what_was_applied_and_what_was_left_over(life: Life) -> None:
    story = Telling(life).on(life.until)
    for event, paid in story.paid:
        assert event.amount_cents == paid.total.total_cents + paid.left_cents
        assert paid.left_cents >= 0
    assert all(Fraction(row.left.principal) >= 0 and row.left.total_cents >= 0 for row in story.account.rows)


def _running(life: Life) -> Account:
    """The engine's loan at the end of a life, where an agreed settlement does not cut the debt short."""
    account = Telling(life).on(life.until).account
    assume(account.settlement is None)
    return account
