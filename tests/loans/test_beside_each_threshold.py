"""Each change of a loan on the last day, at the last cent it is allowed, and one beyond."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from opening import opened

from lendmill import ids
from lendmill.loans import changes
from lendmill.loans.account import Account, Row, Terms, adjusted_days_past_due, days_past_due
from lendmill.loans.changes import LoanChange
from lendmill.loans.cycles import minimum_cents
from lendmill.loans.happenings import Charged, Closed, Forgiven, Happening, StoppedAccruing, WrittenOff
from lendmill.loans.loan import Loan
from lendmill.loans.nights import minimum_paid, period_of
from lendmill.loans.passing import advance
from lendmill.loans.paying import owed, repay
from lendmill.loans.replay import Event, happen
from lendmill.loans.servicing.asked import (
    CallsInTooMuch,
    MovesBack,
    NoSuchRow,
    NotLess,
    NotOverdue,
    RateTooEarly,
    SettlementPast,
    WaivesTooMuch,
    asked,
)
from lendmill.refusals import Refusal
from lendmill.terms.allocation import STANDARD, Parts
from lendmill.terms.planning import equal_parts, level_parts_over
from lendmill.terms.rates import DenominatorFixed

START, DAY = date(2026, 1, 1), timedelta(days=1)
FIRST, SECOND, THIRD = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
TERMS = Terms(600, 1_000_000, 900, 3, STANDARD)


def lent(method: str = "equal-principal", months: int = 3, on: date = START, **terms: Any) -> Account:
    """6,000 yuan over some months, by the shipped credit line's terms."""
    return opened(replace(TERMS, **terms), method, 600_000, months, on)


def changed(account: Account, change: LoanChange, today: date) -> Account:
    """The loan after a change somebody asks for on a day, at the end of that day."""
    return _changed(account, change, today)[0]


def _changed(account: Account, change: LoanChange, today: date) -> tuple[Account, list[Happening]]:
    account, _ = advance(account, today)
    what = asked(_kept(account), account, change, today)
    after, _, happened = happen(account, Event(2, what.kind, what.on, what.amount_cents, details=what.details))
    return after, happened


def _kept(account: Account) -> Loan:
    return Loan(
        ids.new(), ids.new(), ids.new(), "credit-line", 1, "running", 600_000, len(account.rows), START,
        account.opened_on, None, 1, account.terms, account,
    )  # fmt: skip


def row(account: Account, n: int) -> Row:
    """An instalment by its number."""
    return next(each for each in account.rows if each.n == n)


def fees(account: Account) -> dict[int, int]:
    """What is charged on each row."""
    return {each.n: each.fees_cents for each in account.rows if each.fees_cents}


def principal(account: Account) -> dict[int, int]:
    """What is still out on each row that has any."""
    return {each.n: each.principal_left_cents for each in account.rows if each.principal_left_cents}


@pytest.mark.parametrize(
    ("today", "n", "charged"),
    [
        (FIRST, None, 1), (FIRST + DAY, None, 2), (THIRD, None, 3), (THIRD + DAY, None, 3), (FIRST + DAY, 1, 1),
        (START, 3, 3),
    ],
)  # fmt: skip
def test_a_fee_is_owed_with_the_row_due_that_day_or_next_or_the_last(today: date, n: int | None, charged: int) -> None:
    assert fees(changed(lent(), changes.ChargeFee(amount_cents=500, n=n), today)) == {charged: 500}


def test_a_row_paid_ahead_is_charged_only_by_its_number() -> None:
    ahead, _, _ = repay(lent(), 200_000, START)
    assert fees(changed(ahead, changes.ChargeFee(amount_cents=500), START)) == {2: 500}
    assert fees(changed(ahead, changes.ChargeFee(amount_cents=500, n=1), START)) == {1: 500}


def test_no_more_is_waived_than_is_owed_to_the_cent_and_the_oldest_row_first() -> None:
    account, _ = advance(lent(), SECOND + 4 * DAY)
    _, all_owed = owed(account, SECOND + 4 * DAY)
    assert (row(account, 1).interest_cents, row(account, 2).interest_cents) == (600_000 * 31 * 6 // 10_000, 7_080)
    assert all_owed.interest == 11_160 + 7_080 + 840  # the last: 400,000 for 3 nights of grace, 200,000 for one
    after = changed(account, changes.Waive(interest_cents=all_owed.interest), account.seen_on)
    assert [each.interest_cents for each in after.rows] == [0, 0, 0]
    assert owed(after, after.seen_on)[1].interest == 0
    _refused(WaivesTooMuch, account, changes.Waive(interest_cents=all_owed.interest + 1))
    some = changed(account, changes.Waive(interest_cents=11_161), account.seen_on)
    assert [each.interest_cents for each in some.rows][:2] == [0, 7_079]


def _refused(kind: type[Refusal], account: Account, change: LoanChange) -> None:
    with pytest.raises(kind):
        changed(account, change, account.seen_on)


def test_a_rate_begins_with_the_loan_at_the_earliest_and_its_penalty_is_whole() -> None:
    account, _ = advance(lent(), FIRST)
    what = asked(_kept(account), account, changes.ChangeRate(daily_rate="0.0002 %", from_on=START), FIRST)
    assert (what.kind, what.on, what.details) == ("repriced", START, {"rate_num": 2, "penalty_num": 3})
    _refused(RateTooEarly, account, changes.ChangeRate(daily_rate="0.05 %", from_on=START - DAY))
    _refused(DenominatorFixed, account, changes.ChangeRate(daily_rate="0.0001 %", from_on=FIRST))


def test_another_rate_counts_from_the_night_after_it_and_leaves_a_level_payment_level() -> None:
    account = changed(lent("level-payment"), changes.ChangeRate(daily_rate="0.03 %", from_on=START + 9 * DAY),
                      START + 9 * DAY)  # fmt: skip
    assert account.interest_accrued == 600_000 * 600 * 9
    assert advance(account, START + 10 * DAY)[0].interest_accrued == 600_000 * (600 * 9 + 300)
    asks = []
    for due_on in (FIRST, SECOND, THIRD):
        due = owed(account, due_on)[0].total_cents
        asks.append(due)
        account, _, _ = repay(account, due, due_on)
    assert max(asks) - min(asks) <= 1


def test_a_holiday_moves_what_falls_due_tomorrow_and_not_what_falls_due_today() -> None:
    dues = {
        today: [each.due_on for each in changed(lent(), changes.Holiday(months=2), today).rows]
        for today in (FIRST - DAY, FIRST)
    }
    assert dues == {
        FIRST - DAY: [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)],
        FIRST: [FIRST, date(2026, 5, 1), date(2026, 6, 1)],
    }


def test_a_row_clipped_to_a_months_end_goes_back_to_its_own_day_after_a_holiday() -> None:
    account = lent(months=2, on=date(2026, 1, 31))
    assert [each.due_on for each in account.rows] == [date(2026, 2, 28), date(2026, 3, 31)]
    after = changed(account, changes.Holiday(months=1), date(2026, 2, 1))
    assert [each.due_on for each in after.rows] == [date(2026, 3, 31), date(2026, 4, 30)]


@pytest.mark.parametrize(
    ("today", "n", "to_on", "kind"),
    [
        (FIRST - DAY, 1, FIRST + DAY, None), (FIRST, 1, FIRST + DAY, NoSuchRow), (START, 1, FIRST, MovesBack),
        (START, 1, SECOND, None), (START, 1, SECOND + DAY, MovesBack), (START, None, THIRD + DAY, None),
        (START, None, THIRD, MovesBack), (START, 3, date(2035, 12, 30), None),
    ],
)  # fmt: skip
def test_one_row_falls_due_later_but_not_after_the_next(
    today: date, n: int | None, to_on: date, kind: type[Refusal] | None
) -> None:
    account, _ = advance(lent(), today)
    change = changes.Extend(n=n, to_on=to_on)
    if kind is not None:
        _refused(kind, account, change)
        return
    assert row(changed(account, change, today), n or 3).due_on == to_on


def test_a_new_plan_begins_tomorrow_at_the_earliest_and_takes_what_is_not_due_today() -> None:
    account, _ = advance(lent(), FIRST)
    plan: Mapping[str, Any] = {"method": "equal-principal", "months": 2}
    after = changed(account, changes.Replan(**plan, first_due_on=FIRST + DAY), FIRST)
    assert principal(after) == {1: 200_000, 4: 200_000, 5: 200_000}
    assert [each.due_on for each in after.rows if not each.closed] == [FIRST, FIRST + DAY, SECOND + DAY]
    _refused(MovesBack, account, changes.Replan(**plan, first_due_on=FIRST))


def test_what_was_billed_on_the_rows_a_new_plan_replaces_is_asked_with_its_first() -> None:
    account = changed(lent(), changes.ChargeFee(amount_cents=500, n=3), START)
    account = replace(account, rows=tuple(replace(each, earns_cents=100) for each in account.rows))
    after = changed(account, changes.Replan(method="interest-first", months=2), START + 5 * DAY)
    first = row(after, 4)
    assert (first.fees_cents, first.earns_cents, first.due_on) == (500, 300, date(2026, 2, 6))
    assert all(each.closed and not each.open and not each.earns_cents for each in after.rows[:3])
    assert after.interest_accrued == 600_000 * 600 * 5


@pytest.mark.parametrize(
    ("today", "to_on", "kind"),
    [
        (FIRST, SECOND, NotOverdue), (FIRST + DAY, FIRST + 2 * DAY, None), (FIRST + DAY, FIRST + DAY, MovesBack),
    ],
)  # fmt: skip
def test_only_an_overdue_row_gets_another_day_and_only_one_to_come(
    today: date, to_on: date, kind: type[Refusal] | None
) -> None:
    account, _ = advance(lent(), today)
    change = changes.ReAge(dues={"1": to_on})
    if kind is not None:
        _refused(kind, account, change)
        return
    later, _ = advance(changed(account, change, today), to_on + DAY)
    assert (days_past_due(later), adjusted_days_past_due(later)) == (3, 1)


def test_a_row_that_is_paid_is_not_overdue() -> None:
    paid, _, _ = repay(lent(), owed(lent(), FIRST)[0].total_cents, FIRST)
    _refused(NotOverdue, advance(paid, FIRST + DAY)[0], changes.ReAge(dues={"1": THIRD}))


def test_an_extension_counts_from_its_own_day_whatever_was_adjusted_before() -> None:
    account = lent()
    account = replace(account, rows=(replace(account.rows[0], adjusted_on=FIRST + 5 * DAY), *account.rows[1:]))
    assert row(changed(account, changes.Extend(n=1, to_on=FIRST + DAY), START), 1).adjusted_on is None


def test_a_part_is_called_in_from_the_last_rows_up_to_all_that_is_not_due_today() -> None:
    account, _ = advance(lent(), FIRST)
    some = changed(account, changes.Accelerate(amount_cents=200_001), FIRST)
    assert principal(some) == {1: 200_000, 2: 199_999, 4: 200_001}
    assert (row(some, 3).closed, row(some, 2).closed, row(some, 4).due_on) == (True, False, FIRST)
    assert some.interest_accrued == account.interest_accrued
    every = changed(account, changes.Accelerate(amount_cents=400_000), FIRST)
    assert principal(every) == {1: 200_000, 4: 400_000}
    _refused(CallsInTooMuch, account, changes.Accelerate(amount_cents=400_001))


def test_all_that_is_called_in_takes_what_has_accrued_along_and_is_late_after_its_own_grace() -> None:
    today = START + 10 * DAY
    after = changed(lent(), changes.Accelerate(), today)
    called = row(after, 4)
    assert (called.due_on, called.principal_cents, called.interest_cents) == (today, 600_000, 3_600)
    on_grace, _ = advance(after, today + 3 * DAY)
    beyond, _ = advance(after, today + 4 * DAY)
    assert (on_grace.penalty_accrued, beyond.penalty_accrued) == (0, 600_000 * 900)
    assert (days_past_due(after), days_past_due(beyond)) == (0, 4)


def test_what_is_earned_of_the_first_fee_is_earned_when_all_is_called_in_and_not_when_a_part_is() -> None:
    account = replace(lent(), rows=tuple(replace(each, earns_cents=100) for each in lent().rows))
    _, happened = _changed(account, changes.Accelerate(), START)
    assert [one.fees_cents for one in happened if hasattr(one, "fees_cents") and not isinstance(one, Charged)] == [300]
    part, happened = _changed(account, changes.Accelerate(amount_cents=1), START)
    assert sum(each.earns_cents for each in part.rows) == 300


def test_a_loan_written_off_stops_being_income_once() -> None:
    _, early = _changed(lent(), changes.WriteOff(), FIRST)
    assert [type(one) for one in early if isinstance(one, StoppedAccruing | WrittenOff)] == [
        StoppedAccruing, WrittenOff,
    ]  # fmt: skip
    _, late = _changed(advance(lent(), FIRST + 91 * DAY)[0], changes.WriteOff(), FIRST + 91 * DAY)
    assert [type(one) for one in late if isinstance(one, StoppedAccruing | WrittenOff)] == [WrittenOff]


def test_interest_is_no_income_from_the_ninety_first_day_until_nothing_is_late() -> None:
    on_90, on_91 = (advance(lent(), FIRST + n * DAY)[0] for n in (90, 91))
    assert (on_90.nonaccrual, on_91.nonaccrual) == (False, True)
    due = owed(on_91, on_91.seen_on)[0].total_cents
    assert repay(on_91, due - 1, on_91.seen_on)[0].nonaccrual
    assert not repay(on_91, due, on_91.seen_on)[0].nonaccrual
    lost = changed(on_91, changes.WriteOff(), on_91.seen_on)
    assert repay(lost, due, lost.seen_on)[0].nonaccrual


def test_a_settlement_is_for_less_than_is_owed_and_by_a_day_to_come() -> None:
    account, _ = advance(lent(), FIRST)
    all_cents = owed(account, FIRST)[1].total_cents
    agreed = changed(account, changes.Settle(amount_cents=all_cents - 1, until_on=FIRST), FIRST).settlement
    assert agreed is not None
    assert (agreed.left_cents, agreed.until_on) == (all_cents - 1, FIRST)
    _refused(NotLess, account, changes.Settle(amount_cents=all_cents, until_on=FIRST))
    _refused(SettlementPast, account, changes.Settle(amount_cents=1, until_on=FIRST - DAY))


@pytest.mark.parametrize(("cents", "on", "over"), [
    (100_000, SECOND, True), (99_999, SECOND, False), (100_000, SECOND + DAY, False),
])  # fmt: skip
def test_what_was_agreed_forgives_the_rest_when_all_of_it_came_by_the_last_day(
    cents: int, on: date, over: bool
) -> None:
    agreed = changed(lent(), changes.Settle(amount_cents=100_000, until_on=SECOND), FIRST)
    after, _, happened = happen(agreed, Event(3, "repaid", on, cents))
    given_up = [one for one in happened if isinstance(one, Forgiven)]
    assert (after.settled, len(given_up), any(isinstance(one, Closed) for one in happened)) == (over, over, over)
    if over:
        total = sum((parts for _, parts in given_up[0].parts), Parts())
        assert total == Parts(interest=7_080, principal=600_000 - (100_000 - 4_500 - 11_160))
        assert after.interest_accrued == 0


@pytest.mark.parametrize(("days", "charged"), [(3, {}), (4, {1: 700}), (5, {1: 700})])
def test_the_late_fee_comes_with_the_first_penalty_date_and_once(days: int, charged: dict[int, int]) -> None:
    assert fees(advance(lent(late_fee_cents=700), FIRST + days * DAY)[0]) == charged


def test_a_row_late_with_its_interest_alone_is_charged_too_and_one_written_off_is_not() -> None:
    first_only = lent("interest-first", late_fee_cents=700)
    assert fees(advance(first_only, FIRST + 4 * DAY)[0]) == {1: 700}
    lost = changed(first_only, changes.WriteOff(), FIRST)
    assert fees(advance(lost, FIRST + 4 * DAY)[0]) == {}


def test_a_row_paid_ahead_takes_no_service_fee_and_the_next_one_does() -> None:
    ahead, _, _ = repay(lent(service_fee_cents=300), 200_000, START)
    assert fees(advance(ahead, FIRST)[0]) == {}
    assert fees(advance(ahead, SECOND)[0]) == {2: 300}
    assert fees(advance(lent("interest-first", service_fee_cents=300), FIRST)[0]) == {1: 300}


def test_paying_ahead_at_the_level_payment_ends_sooner_or_asks_less() -> None:
    shorter, _, _ = repay(lent("level-payment", 6, after_prepay="shorten"), 300_000, START, "prepay")
    lower, _, _ = repay(lent("level-payment", 6, after_prepay="lower-payment"), 300_000, START, "prepay")
    before = lent("level-payment", 6).payment_cents
    assert (shorter.payment_cents, [each.n for each in shorter.rows if each.closed]) == (before, [4, 5, 6])
    assert lower.payment_cents * 2 in range(before - 1, before + 2)
    assert not any(each.closed for each in lower.rows)


def test_a_row_paid_ahead_stays_paid_when_the_rest_is_planned_again() -> None:
    account, _, _ = repay(lent("level-payment", 3, after_prepay="lower-payment"), 193_000, START)
    first_cents = row(account, 1).principal_cents
    account, _, _ = repay(account, first_cents - 193_000, START) if first_cents > 193_000 else (account, None, None)
    assert row(account, 1).paid_ahead
    again, _, _ = repay(account, 50_000, START, "prepay")
    assert (row(again, 1).principal_cents, row(again, 1).open) == (first_cents, False)


def test_a_row_with_a_fee_on_it_is_not_over_when_the_plan_no_longer_reaches_it() -> None:
    account = changed(lent("level-payment", 6, after_prepay="shorten"), changes.ChargeFee(amount_cents=500, n=6), START)
    shorter, _, _ = repay(account, 300_000, START, "prepay")
    assert [each.n for each in shorter.rows if each.closed] == [4, 5]
    assert fees(shorter) == {6: 500}


def test_penalty_on_overdue_interest_comes_beside_the_contract_rate_and_not_instead() -> None:
    account, _ = advance(lent(penalty_on="overdue-interest"), FIRST + 3 * DAY)
    later, _ = advance(account, FIRST + 4 * DAY)
    assert later.interest_accrued - account.interest_accrued == 600_000 * 600
    assert later.penalty_accrued - account.penalty_accrued == 11_160 * 900


def test_a_row_that_was_replaced_bounds_no_period() -> None:
    account = lent("interest-first")
    account = replace(account, rows=(replace(account.rows[0], closed=True), *account.rows[1:]))
    period = period_of(account, FIRST)
    assert (period.starts_on, period.ends_on) == (START, SECOND)


def test_each_stretch_of_nights_is_rounded_by_itself_where_the_product_says_so() -> None:
    account = lent(rounding="per-sub-period", rate_num=333)  # 199.8 cents a night
    after, paid, _ = repay(account, 100_000, START + DAY, "prepay")
    assert (paid.total.interest, after.interest_accrued, after.stretch_accrued) == (200, 0, 0)


@pytest.mark.parametrize(
    ("principal_cents", "paid_cents", "open_before", "enough"),
    [(50_000, 5_000, 0, True), (50_000, 4_999, 0, False), (50_001, 5_000, 0, False), (50_001, 5_001, 0, True),
     (50_000, 5_000, 1, False)],
)  # fmt: skip
def test_the_minimum_of_a_statement_is_its_share_rounded_up_and_all_that_was_overdue(
    principal_cents: int, paid_cents: int, open_before: int, enough: bool
) -> None:
    rows = (Row(1, FIRST, 7_000, 7_000 - open_before), Row(2, SECOND, principal_cents, paid_cents))
    terms = replace(TERMS, method="statement", minimum_bp=1_000)
    account = Account(terms, rows, SECOND, opened_on=START)
    assert minimum_paid(account, rows[1]) is enough
    least_cents = minimum_cents(replace(rows[1], principal_paid_cents=0), account)
    assert least_cents == -(-principal_cents // 10) + open_before
    later, _ = advance(account, SECOND + DAY)
    assert row(later, 2).principal_left_cents == (0 if enough else principal_cents - paid_cents)


def test_equal_parts_rounded_up_never_come_to_more_than_is_out() -> None:
    assert equal_parts(1, 3, 1, "up") == (1, 0, 0)
    assert equal_parts(250, 3, 100, "up") == (100, 100, 50)


def test_the_last_level_part_takes_all_that_too_small_a_payment_left() -> None:
    assert level_parts_over(100_000, [Fraction(1, 100)] * 3, 10_000, "half-up") == (9_000, 9_090, 81_910)
