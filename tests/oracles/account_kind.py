"""Kind `account`: a running loan, told to the engine as its events and read from its account.

Our own addition to the format, for statement rows: `method` is `statement`, `due_dates` names the rows' days and the
term `statement` is `{"bill_dates": [...], "minimum_percent": "10"}`. A `draw` is a purchase and joins the row of the
first bill date not before it; `{"do": "refund", "of": "p1", "amount": ...}` takes a purchase back. A row's `minimum`
is the least to be paid by its day.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

from lendmill.loans.account import Account, Row, days_past_due
from lendmill.loans.account import Terms as LoanTerms
from lendmill.loans.cycles import minimum_cents
from lendmill.loans.passing import advance, bill
from lendmill.loans.paying import owed
from lendmill.loans.replay import Event as LoanEvent
from lendmill.loans.replay import Told, told
from lendmill.terms.allocation import COMPONENTS, Waterfall
from lendmill.terms.day_counts import Period, basis
from lendmill.terms.moments import Pricing
from lendmill.terms.schedule import Draw, Standing, planned, with_parts

from .case import Check, Event, MalformedCaseError, Terms, day, number
from .planned_kind import row_of
from .posted_kind import allocation_of

NEVER_DAYS = 500_000  # the grace of a loan that bears no penalty
NOT_TAKEN = ["even_out_last", "principal_free_instalments", "broken_period", "level_payment_period", "late_fee"]


def figures(terms: Terms, check: Check) -> dict[str, Any]:
    """The loan at the end of the day, all as if a repayment came then."""
    as_of = check.as_of
    known = [each for each in check.standing("draw", "repay", "pay-off", "charge", "refund") if each.on <= as_of]
    if not known or known[0].do != "draw":
        raise MalformedCaseError("a loan begins with a draw")
    drawn_on = known[0].on
    periods = _periods(terms, drawn_on, check)
    agreed = _agreed(terms, periods)
    story, names = _told(terms, agreed, periods, known, as_of)
    account = story.account
    seen, _ = bill(account)
    left = owed(account, as_of)[1]
    return {
        "principal": terms.money(left.principal),
        "interest": terms.money(left.interest),
        "penalty": terms.money(left.penalty),
        "fees": terms.money(left.fees),
        "pay_off": terms.money(left.total_cents),
        "credit_balance": terms.money(sum(paid.left_cents for _, paid in story.paid)),
        "days_past_due": days_past_due(account),
        "interest_total": terms.money(sum(row.interest_cents for row in seen.rows)),
        "accrued_exact": terms.money(Fraction(account.interest_accrued, agreed.rate_den)),
        "level_payment": terms.money(account.payment_cents),
        "instalment_count": len(periods),
        "allocated": [
            allocation_of(terms, names[event.seq], paid.total, paid.left_cents) for event, paid in story.paid
        ],
        "instalments": [_instalment(terms, row, seen) for row in seen.rows if row.due_on <= as_of or agreed.minimum_bp],
        "plan": [] if agreed.minimum_bp else _plan(terms, agreed, periods, known[0]),
        "coming": _coming(terms, account),
    }


def _periods(terms: Terms, drawn_on: date, check: Check) -> tuple[Period, ...]:
    periods = terms.periods(drawn_on)
    if terms.is_open_ended:
        draws = check.draws(terms, check.standing("draw", "repay", "pay-off", "charge"))[:1]
        return periods[: len(planned(terms.conventions(), periods, draws, open_ended=True))]
    return periods


def _agreed(terms: Terms, periods: tuple[Period, ...]) -> LoanTerms:
    """The case's terms as a loan has them: rates over one denominator that makes every night whole."""
    taken = [name for name in NOT_TAKEN if terms.raw.get(name)]
    if taken or terms.raw.get("interest_on", "balance") != "balance":
        raise MalformedCaseError(f"a running loan takes no {', '.join(taken) or 'flat interest'}")
    rate, penalty = terms.rate(), terms.raw.get("penalty")
    late = rate
    if penalty is not None:
        yearly = penalty.get("annual_rate_percent")
        late = number(yearly) / 100 if yearly is not None else rate * Fraction(penalty["multiple_bp"], 10_000)
    whole, den = basis(terms.need("day_count"), periods), lcm(rate.denominator, late.denominator)
    moment, direction = terms.rounding()
    cycle = terms.raw.get("statement", {})
    conventions = terms.conventions()
    stages = terms.raw.get("waterfall") or [{"from_days_past_due": 0, "by": "instalment", "order": COMPONENTS}]
    return LoanTerms(
        rate_num=int(rate * den),
        rate_den=den * whole,
        penalty_num=int(late * den),
        grace_days=int(terms.raw.get("grace_days", 0)) if penalty is not None else NEVER_DAYS,
        waterfall=tuple(Waterfall(each["from_days_past_due"], each["by"], tuple(each["order"])) for each in stages),
        method=terms.need("method"),
        day_count=terms.need("day_count"),
        day_basis=whole,
        period_months=periods[0].months,  # type: ignore[arg-type]  # a week is 7/30 of one
        rounding="on-billing" if moment == "cumulative-difference" else moment,
        direction=direction,
        instalment_multiple_cents=conventions.multiple_cents,
        instalment_direction=conventions.multiple_direction,
        after_prepay=terms.raw.get("on_prepayment", "keep"),
        penalty_on=penalty["on"] if penalty is not None else "overdue-principal",
        past_due_first_day=terms.raw.get("past_due_first_day", "day-after"),
        nonaccrual_from_days=0,
        minimum_bp=int(number(cycle["minimum_percent"]) * 100) if cycle else 0,
        excess="hold",
        stays_open=True,
    )


def _told(
    terms: Terms, agreed: LoanTerms, periods: tuple[Period, ...], known: list[Event], as_of: date
) -> tuple[Told, dict[int, Any]]:
    events: list[LoanEvent] = []
    names: dict[int, Any] = {}
    for seq, each in enumerate(known):
        names[seq] = each.raw.get("id")
        if each.do == "pay-off":
            account = told(agreed, events, each.on).account
            cents = owed(account, each.on)[1].total_cents
        else:
            cents = terms.cents(each.need("amount"))
            if cents <= 0:
                raise MalformedCaseError(
                    f"the event {each.do} of {each.on} is for {each.need('amount')}: more than nothing"
                )
        events.append(
            LoanEvent(
                seq,
                _kind(agreed, each, seq),
                each.on,
                cents,
                "prepay",
                turn=seq,
                details=_details(terms, each, periods, known),
            )
        )
    return told(agreed, events, as_of), names


KINDS = {"draw": "drawn", "repay": "repaid", "pay-off": "repaid", "charge": "charged", "refund": "refund"}


def _kind(agreed: LoanTerms, event: Event, seq: int) -> str:
    return "purchase" if agreed.minimum_bp and event.do == "draw" and seq else KINDS[event.do]


def _row_of_purchase(terms: Terms, on: date) -> str:
    """The day on which what was bought on a day falls due."""
    for bill_on, due_on in zip(terms.need("statement")["bill_dates"], terms.need("due_dates"), strict=True):
        if on <= day(bill_on):
            return str(day(due_on))
    raise MalformedCaseError(f"no bill date is on or after {on}")


def _details(terms: Terms, event: Event, periods: tuple[Period, ...], known: list[Event]) -> dict[str, Any]:
    if "statement" in terms.raw and event.do == "draw":
        return {"due": [_row_of_purchase(terms, event.on)], "due_on": _row_of_purchase(terms, event.on)}
    if event.do == "refund":
        bought = next((each for each in known if each.raw.get("id") == event.need("of")), None)
        if bought is None:
            raise MalformedCaseError(f"nothing called {event.need('of')!r} was bought")
        return {"due_on": _row_of_purchase(terms, bought.on)}
    if event.do == "draw":
        given = terms.conventions().level_payment_cents
        return {"due": [period.ends_on.isoformat() for period in periods]} | ({"payment_cents": given} if given else {})
    if event.do == "charge":
        if event.need("what") not in ("fees", "penalty"):
            raise MalformedCaseError(f"a charge is for fees or penalty, not {event.need('what')!r}")
        return {"what": event.need("what")} | ({"n": event.raw["instalment"]} if "instalment" in event.raw else {})
    return {}


def _instalment(terms: Terms, row: Row, account: Account) -> dict[str, Any]:
    due = row.principal_cents + row.interest_cents + row.fees_cents + row.penalty_cents
    unpaid = row.left.total_cents
    return {
        "n": row.n,
        "due_on": row.due_on,
        "principal": terms.money(row.principal_cents),
        "interest": terms.money(row.interest_cents),
        "fees": terms.money(row.fees_cents),
        "penalty": terms.money(row.penalty_cents),
        "due": terms.money(due),
        "paid": terms.money(due - unpaid),
        "unpaid": terms.money(unpaid),
        "minimum": terms.money(minimum_cents(row, account)),
    }


def _plan(terms: Terms, agreed: LoanTerms, periods: tuple[Period, ...], drawn: Event) -> list[dict[str, Any]]:
    """What the loan's rows ask for as planned at the first draw, interest rounded when billed."""
    first, _ = _told(terms, agreed, periods, [drawn], drawn.on)
    parts = [row.principal_cents for row in first.account.rows]
    pricing = Pricing(terms.rate(), terms.need("day_count"), "on-billing", terms.rounding()[1])
    steps = with_parts(
        replace(terms.conventions(), pricing=pricing),
        periods,
        Standing(),
        [Draw(drawn.on, terms.cents(drawn.need("amount")))],
        lambda at, _balance, _interest: parts[at],
    )
    return [row_of(terms, step.row, period) for step, period in zip(steps, periods, strict=True)]


def _coming(terms: Terms, account: Account) -> dict[str, Any] | None:
    """The next due date and the interest due there if nothing happens, rounded once."""
    ahead = [row for row in account.rows if row.due_on > account.seen_on and not row.closed]
    if not ahead:
        return None
    due_on = min(row.due_on for row in ahead)
    once = replace(account, terms=replace(account.terms, rounding="on-billing"), stretch_accrued=0)
    then, _ = advance(once, due_on)
    interest = sum(row.left.interest for row in then.rows if row.due_on == due_on)
    return {"due_on": due_on, "interest": terms.money(interest)}
