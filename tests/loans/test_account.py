"""One loan as arithmetic: however its days are cut up, it comes to the same."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening import drawn, of_method, opened

from lendmill.loans.account import Account, Terms, days_past_due, totals
from lendmill.loans.happenings import Nightly
from lendmill.loans.nights import penalised, per_night
from lendmill.loans.passing import advance, bill
from lendmill.loans.paying import close, owed, repay
from lendmill.loans.replay import Event, repricings, told
from lendmill.terms.allocation import STANDARD, Parts
from lendmill.terms.schedule import METHODS

DAY = date(2026, 3, 1)
TERMS = Terms(600, 1_000_000, 900, 3, STANDARD)
terms = st.builds(
    Terms, st.integers(1, 800), st.just(1_000_000), st.integers(800, 1500), st.integers(0, 10), st.just(STANDARD)
)
days = st.integers(0, 250)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Terms, str, int, list[Event]]:
    """A loan and payments around its due dates, where things happen."""
    months = draw(st.integers(1, 6))
    amount = draw(st.integers(100, 5_000_000))
    method = draw(st.sampled_from(METHODS))
    agreed = of_method(draw(terms), method)
    events = [drawn(agreed, amount, months, DAY)]
    for seq in range(2, 2 + draw(st.integers(0, 5))):
        near_due = DAY + timedelta(days=30 * draw(st.integers(0, months + 4)) + draw(st.integers(-4, 8)))
        paid = draw(st.integers(1, amount))
        events.append(
            Event(seq, "repaid", max(DAY, near_due), paid, draw(st.sampled_from(["next-due", "prepay"])), None)
        )  # type: ignore[arg-type]
    return agreed, method, months, events


@given(stories(), days, days)
def test_going_there_in_two_steps_or_one_is_the_same(
    story: tuple[Terms, str, int, list[Event]], a: int, b: int
) -> None:
    agreed, method, months, events = story
    account = opened(agreed, method, events[0].amount_cents, months, DAY)
    first, last = sorted((DAY + timedelta(days=a), DAY + timedelta(days=b)))
    once, happened = advance(account, last)
    halfway, before = advance(account, first)
    twice, after = advance(halfway, last)
    assert twice == once
    assert before + after == happened


@given(stories(), days)
def test_a_night_at_a_time_earns_what_the_closed_form_says(
    story: tuple[Terms, str, int, list[Event]], count: int
) -> None:
    agreed, method, months, events = story
    account = opened(agreed, method, events[0].amount_cents, months, DAY)
    contract = penalty = 0
    walking = account
    for _ in range(count):
        on_contract = on_penalty = 0
        for row in walking.rows:
            if penalised(row, agreed, walking.seen_on):
                on_penalty += row.principal_left_cents
            else:
                on_contract += row.principal_left_cents
        contract += on_contract * agreed.rate_num
        penalty += on_penalty * agreed.penalty_num
        walking, _ = advance(walking, walking.seen_on + timedelta(days=1))
    jumped, _ = advance(account, DAY + timedelta(days=count))
    assert jumped == walking
    billed_cents = totals(jumped)
    assert jumped.interest_accrued + billed_cents.interest_billed_cents * agreed.rate_den == contract
    assert jumped.penalty_accrued + billed_cents.penalty_billed_cents * agreed.rate_den == penalty


@given(stories(), days)
def test_the_nightly_changes_add_up_to_what_was_earned(story: tuple[Terms, str, int, list[Event]], more: int) -> None:
    agreed, _, _, events = story
    end = max(event.value_on for event in events) + timedelta(days=more)
    tale = told(agreed, _affordable(story), end)
    seen = tale.account
    closing = [h for h in tale.happenings if type(h).__name__ == "Closed"]
    rounding = sum(h.interest_accrued for h in closing), sum(h.penalty_accrued for h in closing)  # type: ignore[union-attr]
    earned = [0, 0]
    for on, change in repricings(tale.happenings).items():
        earned[0] += (change.interest_accrued + change.memo_interest_accrued) * (end - on).days
        earned[1] += (change.penalty_accrued + change.memo_penalty_accrued) * (end - on).days
    figures = totals(seen)
    assert earned[0] == seen.interest_accrued + figures.interest_billed_cents * agreed.rate_den + rounding[0]
    assert earned[1] == seen.penalty_accrued + figures.penalty_billed_cents * agreed.rate_den + rounding[1]
    if not closing:
        total = sum(repricings(tale.happenings).values(), Nightly())
        assert (
            total.interest_accrued + total.memo_interest_accrued,
            total.penalty_accrued + total.memo_penalty_accrued,
        ) == per_night(seen)


@given(stories(), days)
def test_the_quote_is_exactly_what_is_taken(story: tuple[Terms, str, int, list[Event]], more: int) -> None:
    agreed, _, _, events = story
    seen = told(agreed, _affordable(story), max(event.value_on for event in events)).account
    on = seen.seen_on + timedelta(days=more)
    due, everything = owed(seen, on)
    after, paid, _ = repay(seen, everything.total_cents, on)
    assert paid.total == everything
    assert paid.left_cents == 0
    assert after.settled
    assert close(after)[0].interest_accrued == 0
    assert days_past_due(after) == 0
    if due.total_cents:
        short, _, _ = repay(seen, due.total_cents - 1, on)
        assert not short.settled
        full, _, _ = repay(seen, due.total_cents, on)
        assert days_past_due(full) == 0


@given(stories())
def test_every_cent_paid_is_accounted_for(story: tuple[Terms, str, int, list[Event]]) -> None:
    agreed, _, _, events = story
    tale = told(agreed, events, max(event.value_on for event in events))
    for event, paid in tale.paid:
        assert paid.total.total_cents + paid.left_cents == event.amount_cents
        assert all(min(p.fees, p.penalty, p.interest, p.principal) >= 0 for _, p in paid.parts)
    assert tale.account.outstanding_cents == events[0].amount_cents - sum(p.total.principal for _, p in tale.paid)


def _affordable(story: tuple[Terms, str, int, list[Event]]) -> list[Event]:
    """The story without payments that would exceed the debt, as the house never gives a loan more than it is owed."""
    agreed, _, _, events = story
    kept = [events[0]]
    for event in sorted(events[1:], key=lambda e: (e.value_on, e.seq)):
        tale = told(agreed, [*kept, event], event.value_on)
        if not tale.paid[-1][1].left_cents:
            kept.append(event)
    return kept


def _lent(method: str = "on-demand", months: int = 1) -> Account:
    return opened(TERMS, method, 700_000, months, DAY)


def test_the_first_penalty_date_is_due_date_plus_grace_plus_one() -> None:
    due = date(2026, 4, 1)
    last_of_grace, _ = advance(_lent(), due + timedelta(days=3))
    assert (owed(last_of_grace, last_of_grace.seen_on)[1].penalty, last_of_grace.penalty_accrued) == (0, 0)
    first_penalty, _ = advance(_lent(), due + timedelta(days=4))
    assert first_penalty.penalty_accrued == 700_000 * 900
    assert owed(first_penalty, first_penalty.seen_on)[1] == Parts(penalty=630, interest=14_280, principal=700_000)


def test_days_past_due_count_from_the_day_after_whatever_the_grace() -> None:
    due = date(2026, 4, 1)
    assert [days_past_due(advance(_lent(), due + timedelta(days=n))[0]) for n in (0, 1, 91)] == [0, 1, 91]


def test_an_instalment_paid_early_never_shows_as_overdue() -> None:
    account = _lent("equal-principal", 3)
    first = account.rows[0].principal_cents
    account, paid, _ = repay(account, first, date(2026, 3, 5))
    assert paid.parts == ((1, Parts(interest=1_680, principal=first - 1_680)),)
    account, paid, _ = repay(account, 1_680, date(2026, 3, 5))
    assert account.rows[0].paid_ahead
    later, _ = advance(account, date(2026, 4, 20))
    assert days_past_due(later) == 0
    assert later.rows[0].left == Parts()


def test_paying_ahead_from_the_end_shrinks_the_last_rows() -> None:
    account = _lent("equal-principal", 3)
    account, paid, _ = repay(account, 300_000, DAY, "prepay")
    assert [row.principal_cents for row in account.rows] == [233_333, 166_667, 0]
    assert paid.parts == ((2, Parts(principal=66_666)), (3, Parts(principal=233_334)))


def test_principal_is_settled_first_from_day_ninety_one() -> None:
    due = date(2026, 4, 1)
    on_day_90, _, _ = repay(_lent(), 100_000, due + timedelta(days=90))
    assert on_day_90.outstanding_cents == 700_000 - (100_000 - 14_280 - 630 * 87)
    on_day_91, paid, _ = repay(_lent(), 100_000, due + timedelta(days=91))
    assert on_day_91.outstanding_cents == 600_000
    assert paid.total == Parts(principal=100_000)


def test_closing_leaves_nothing_in_the_accruals_and_waits_for_the_last_cent() -> None:
    account, _, _ = repay(opened(TERMS, "on-demand", 5_001, 1, DAY), 1, date(2026, 3, 4))
    assert close(account) == (account, [])
    account, _, _ = repay(account, owed(account, date(2026, 3, 5))[1].total_cents, date(2026, 3, 5))
    rest = account.interest_accrued
    closed, happened = close(account)
    assert rest != 0
    assert closed.interest_accrued == 0
    assert [h.interest_accrued for h in happened] == [rest]  # type: ignore[union-attr]


def test_a_rows_billing_does_not_touch_the_rest() -> None:
    account, _ = advance(_lent("interest-first", 2), date(2026, 3, 15))
    seen, bills = bill(account)
    assert [(b.n, b.interest_cents, b.penalty_cents) for b in bills] == [(1, 5_880, 0)]  # type: ignore[union-attr]
    assert seen.rows[1] == account.rows[1]


def test_a_story_begins_with_its_drawdown() -> None:
    with pytest.raises(AssertionError, match="begins with its drawdown"):
        told(TERMS, [Event(1, "repaid", DAY, 100, "next-due", None)], DAY)


def test_a_settled_account_earns_nothing_more() -> None:
    account, _, _ = repay(_lent(), 700_000, DAY)
    later, happened = advance(account, date(2026, 12, 1))
    assert later == replace(account, seen_on=date(2026, 12, 1))
    assert happened == []
