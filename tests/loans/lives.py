"""Random lives of loans, aimed where rules meet: due dates, the end of grace, day 91, one cent more or less."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from account_cases import later
from hypothesis import strategies as st
from slow_loan import CHARGES, COMPONENTS, SlowLoan, SlowTerms, Stage

DAY = timedelta(days=1)
LIFE = timedelta(days=730)
STANDARD = (Stage(0, "instalment", COMPONENTS), Stage(91, "component", ("principal", *CHARGES)))
INTEREST_FIRST = (
    Stage(0, "component", ("interest", "penalty", "fees", "principal")),
    Stage(31, "instalment", COMPONENTS),
)
STARTS = [date(2027, 1, 31), date(2027, 8, 29), date(2027, 8, 31), date(2027, 12, 31), date(2028, 2, 29),
          date(2028, 1, 15), date(2028, 3, 1), date(2027, 11, 30)]  # fmt: skip
AMOUNTS = [700_000, 1, 99, 10_000, 123_457, 10_000_000, 1_000_000]
METHODS = ["on-demand", "interest-first", "equal-principal", "level-payment"]
PRORATED = "30/360-prorated-by-days-in-period"
COUNTS = ["actual/365", "actual/364", "actual/360", "actual/actual", "30/360", "30E/360", PRORATED]

WANDER = "LENDMILL_WANDER" in os.environ  # other lives each time, instead of the same ones

Event = dict[str, Any]


@dataclass(frozen=True)
class Life:
    """A loan's terms and all that happened to it, in the order it became known."""

    terms: SlowTerms
    events: tuple[Event, ...]
    until: date

    def loan(self, day: date | None = None, first: int | None = None) -> SlowLoan:
        """The loan as its first events make it, at the end of a day."""
        day = day or self.until
        return SlowLoan(self.terms, [each for each in self.events[:first] if each["on"] <= day]).live_until(day)


@st.composite
def house_terms(draw: st.DrawFn) -> SlowTerms:
    """Terms as our own products have them: a daily rate, rounded when billed, half-up."""
    rate = Fraction(draw(st.sampled_from([500, 600, 333, 1])), 1_000_000)
    return SlowTerms(
        rate=rate,
        penalty=rate * 3 / 2,
        method=draw(st.sampled_from(METHODS)),
        grace_days=draw(st.sampled_from([3, 0, 1, 35])),
        waterfall=draw(st.sampled_from([STANDARD, INTEREST_FIRST])),
        after_prepay=draw(st.sampled_from(["keep", "shorten", "lower-payment"])),
        late_fee=draw(st.sampled_from([0, 0, 2_500])),
        service_fee=draw(st.sampled_from([0, 0, 300])),
        nonaccrual_from=draw(st.sampled_from([91, 91, 0, 31])),
    )


@st.composite
def other_terms(draw: st.DrawFn) -> SlowTerms:
    """Terms as other houses have them: every day count, rounding moment, direction and kind of penalty."""
    rate = Fraction(draw(st.sampled_from([1800, 1250, 730, 700])), 10_000)
    penalty_on = draw(st.sampled_from(["overdue-principal", "overdue-interest"]))
    return replace(
        draw(house_terms()),
        rate=rate,
        penalty=rate * 3 / 2 if penalty_on == "overdue-principal" else Fraction(1, 4),
        penalty_on=penalty_on,
        day_count=draw(st.sampled_from(COUNTS)),
        rounding=draw(st.sampled_from(["on-billing", "daily", "per-sub-period", "per-period"])),
        direction=draw(st.sampled_from(["half-up", "half-even"])),
        past_due_first_day=draw(st.sampled_from(["day-after", "due-date"])),
        instalment_multiple=draw(st.sampled_from([1, 100])),
        instalment_direction=draw(st.sampled_from(["half-up", "down", "up"])),
    )


def due_dates(starts: date, count: int) -> list[date]:
    """Monthly due dates from a day."""
    return [later(starts, k + 1, "month") for k in range(count)]


def turning_points(loan: SlowLoan) -> list[date]:
    """The days around which something changes for a loan: before, on and after each."""
    steps = (-1, 0, 1, loan.terms.grace_days, loan.terms.grace_days + 1, loan.terms.grace_days + 2, 30, 31, 90, 91, 92)
    days = {row.due_on + step * DAY for row in loan.in_order() for step in steps}
    days |= {later(row.due_on.replace(day=1), 1, "month") - DAY for row in loan.in_order()} | {date(2028, 2, 29)}
    return sorted(day for day in days if day >= loan.today)


def telling_amounts(loan: SlowLoan) -> list[int]:
    """What a payer may well pay: what is due, the whole debt, a part, a cent less or more, or next to nothing."""
    due = [row for row in loan.in_order() if row.due_on <= loan.today]
    owed_now = sum(row.owes() for row in due)
    ahead = next((row.owes() for row in loan.undue()), 0)
    first = due[0].owes() if due else 0
    parts = [loan.pay_off, owed_now, owed_now + ahead, loan.interest, loan.penalty_unpaid + loan.fees,
             loan.interest + ahead, owed_now + ahead // 2, loan.principal // 2, first]  # fmt: skip
    return sorted({near for part in parts for near in (part - 1, part, part + 1) if near > 0} | {1, 7})


Maker = Callable[[st.DrawFn, SlowLoan], Event | None]


def _repay(draw: st.DrawFn, loan: SlowLoan) -> Event:
    amount = draw(st.sampled_from(telling_amounts(loan)))
    return {"kind": "repaid", "amount": amount, "prepay": draw(st.sampled_from(["next-due", "prepay"]))}


def _charge(draw: st.DrawFn, loan: SlowLoan) -> Event | None:
    if loan.written_off:  # the house refuses it
        return None
    standing = [row.n for row in loan.in_order()]
    return {"kind": "charged", "what": draw(st.sampled_from(["fees", "penalty"])),
            "amount": draw(st.sampled_from([1, 500])), "n": draw(st.sampled_from([None, *standing]))}  # fmt: skip


def _waive(draw: st.DrawFn, loan: SlowLoan) -> Event:
    owed = {"fees": loan.fees, "penalty": loan.penalty_unpaid, "interest": loan.interest}
    shares = [(0, 1), (1, 1), (1, 2), (2, 1)]
    asked = {what: owed[what] * share[0] // share[1] for what in CHARGES for share in [draw(st.sampled_from(shares))]}
    return {"kind": "waived", **asked}


def _reprice(draw: st.DrawFn, loan: SlowLoan) -> Event:
    share = draw(st.sampled_from([Fraction(1, 2), Fraction(2), Fraction(0), Fraction(4, 5)]))
    return {"kind": "repriced", "rate": loan.terms.rate * share, "penalty": loan.terms.penalty * share}


def _holiday(draw: st.DrawFn, loan: SlowLoan) -> Event | None:
    if loan.terms.day_count == PRORATED:  # such a loan keeps its months: the house refuses it by name
        return None
    months = draw(st.sampled_from([1, 2]))
    moves = {row.n: later(row.due_on, months, "month") for row in loan.in_order() if row.due_on >= loan.today}
    return {"kind": "moved", "to": moves} if moves and _fit(moves) else None


def _extend(draw: st.DrawFn, loan: SlowLoan) -> Event | None:
    if loan.terms.day_count == PRORATED:  # such a loan keeps its months: the house refuses it by name
        return None
    rows = [row for row in loan.in_order() if row.due_on >= loan.today and not row.closed]
    if not rows:
        return None
    row = draw(st.sampled_from([rows[0], rows[-1]]))
    taken = {each.due_on for each in loan.in_order()}
    to_on = row.due_on + draw(st.sampled_from([1, 10, 45])) * DAY
    return {"kind": "moved", "to": {row.n: to_on}} if to_on not in taken else None


def _fit(moves: dict[int, date]) -> bool:
    return len(set(moves.values())) == len(moves)


def _accelerate(draw: st.DrawFn, loan: SlowLoan) -> Event | None:
    if loan.terms.day_count == PRORATED:  # such a loan keeps its months: the house refuses it by name
        return None
    undue = sum(row.principal for row in loan.undue())
    if not undue or any(row.due_on == loan.today for row in loan.in_order()):
        return None
    part = draw(st.sampled_from([undue, (undue + 1) // 2, 1]))
    return {"kind": "accelerated", "amount": part if part < undue else None}


def _replan(draw: st.DrawFn, loan: SlowLoan) -> Event | None:
    if loan.terms.day_count == PRORATED:  # such a loan keeps its months: the house refuses it by name
        return None
    if not any(row.principal for row in loan.undue()):
        return None
    dues = due_dates(loan.today, draw(st.sampled_from([1, 3, 6])))
    return {"kind": "replanned", "method": draw(st.sampled_from(METHODS)), "due_dates": dues}


def _re_age(draw: st.DrawFn, loan: SlowLoan) -> Event | None:
    late = [row.n for row in loan.in_order() if row.due_on < loan.today and row.owes()]
    to_on = loan.today + draw(st.sampled_from([1, 15, 60])) * DAY
    return {"kind": "re-aged", "to": dict.fromkeys(late, to_on)} if late else None


def _settle(draw: st.DrawFn, loan: SlowLoan) -> Event:
    until = loan.today + draw(st.sampled_from([0, 1, 30, 120])) * DAY
    return {"kind": "settling", "amount": max(1, loan.pay_off * draw(st.sampled_from([1, 3, 5])) // 6), "until": until}


def _write_off(_: st.DrawFn, loan: SlowLoan) -> Event | None:
    return {"kind": "written-off"} if not loan.written_off and loan.principal else None


def _draw_more(draw: st.DrawFn, loan: SlowLoan) -> Event | None:
    if loan.in_order()[-1].due_on <= loan.today or loan.written_off or loan.settling:
        return None
    return {"kind": "drawn", "amount": draw(st.sampled_from([1, 50_000]))}


CHANGES: dict[str, Maker] = {
    "charge": _charge,
    "waive": _waive,
    "reprice": _reprice,
    "holiday": _holiday,
    "extend": _extend,
    "accelerate": _accelerate,
    "replan": _replan,
    "re-age": _re_age,
    "settle": _settle,
    "write off": _write_off,
    "draw more": _draw_more,
}


@st.composite
def lives(draw: st.DrawFn, terms: st.SearchStrategy[SlowTerms] | None = None, only: tuple[str, ...] = ()) -> Life:
    """A loan's life of up to two years: payments mostly, changes by hand, bounces and payments known late between."""
    agreed = draw(house_terms() if terms is None else terms)
    starts = draw(st.sampled_from(STARTS))
    dues = due_dates(starts, draw(st.sampled_from([3, 1, 6, 12])))
    drawn = {"kind": "drawn", "on": starts, "turn": 0, "amount": draw(st.sampled_from(AMOUNTS)),
             "due_dates": dues[-1:] if agreed.method == "on-demand" else dues}  # fmt: skip
    life, today = Life(agreed, (drawn,), starts), starts
    kinds = ["repay"] * 6 + ["backdate", "backdate", "bounce"] + [name for name in CHANGES if not only or name in only]
    for _ in range(draw(st.integers(1, 9))):
        loan = life.loan(today)
        days = [day for day in turning_points(loan) if day <= starts + LIFE]
        today = draw(st.sampled_from([today, *days[: draw(st.sampled_from([3, 12, 60]))]]))
        event = _next_event(draw, life, today, draw(st.sampled_from(kinds)))
        if event is not None:
            life = replace(life, events=(*life.events, {"on": today, "turn": len(life.events)} | event))
    return replace(life, until=today + draw(st.sampled_from([0, 1, 35, 100])) * DAY)


def _next_event(draw: st.DrawFn, life: Life, today: date, kind: str) -> Event | None:
    key = f"r{len(life.events)}"
    struck = {each["of"] for each in life.events if each["kind"] == "reversed"}
    standing = [each["key"] for each in life.events if each["kind"] == "repaid" and each["key"] not in struck]
    if kind == "bounce":
        return {"kind": "reversed", "of": draw(st.sampled_from(standing))} if standing else None
    loan = life.loan(today)
    if kind == "backdate":
        known = [each["on"] for each in life.events] + [row.due_on for row in loan.in_order()]
        on = draw(st.sampled_from(sorted({day for day in known if life.events[0]["on"] <= day <= today})))
        return _repay(draw, life.loan(on)) | {"key": key, "on": on}
    if not loan.pay_off:
        return None
    if kind == "repay":
        return _repay(draw, loan) | {"key": key}
    return CHANGES[kind](draw, loan)


@st.composite
def statement_lives(draw: st.DrawFn) -> Life:
    """A buyer's account of purchases on monthly statements: minimum, all, a cent less, nothing, refunds, bounces."""
    rate = Fraction(500, 1_000_000)
    terms = SlowTerms(
        rate=rate,
        penalty=rate * 3 / 2,
        method="statement",
        grace_days=draw(st.sampled_from([3, 0])),
        waterfall=STANDARD,
        minimum_bp=draw(st.sampled_from([1_000, 5_000, 10_000])),
        late_fee=draw(st.sampled_from([0, 2_500])),
    )
    starts = draw(st.sampled_from(STARTS))
    cycles = due_dates(starts, 12)
    drawn = {"kind": "drawn", "on": starts, "turn": 0, "amount": 10_001, "due_dates": cycles[:1]}
    life, today = Life(terms, (drawn,), starts), starts
    for _ in range(draw(st.integers(1, 12))):
        loan = life.loan(today)
        ahead = [day for day in turning_points(loan) if day <= cycles[-2]] or [today]
        today = draw(st.sampled_from([today, *ahead[:8]]))
        event = _statement_event(draw, life, today, cycles)
        if event is not None:
            life = replace(life, events=(*life.events, {"on": today, "turn": len(life.events)} | event))
    return replace(life, until=today + draw(st.sampled_from([0, 1, 35])) * DAY)


def _statement_event(draw: st.DrawFn, life: Life, today: date, cycles: list[date]) -> Event | None:
    kind = draw(st.sampled_from(["repay", "repay", "minimum", "purchase", "purchase", "refund", "bounce", "backdate"]))
    loan = life.loan(today)
    if kind == "purchase":
        due_on = next(day for day in cycles if day > today)
        return {"kind": "purchase", "amount": draw(st.sampled_from([1, 3_333, 10_000])), "due_on": due_on}
    if kind == "refund":
        row = draw(st.sampled_from(loan.in_order()))
        return {"kind": "refund", "amount": draw(st.sampled_from([1, 3_333])), "due_on": row.due_on}
    if kind == "minimum" and loan.pay_off:
        row = next(iter(loan.undue()), loan.in_order()[-1])
        amount = max(1, row.principal * life.terms.minimum_bp // 10_000 + draw(st.sampled_from([-1, 0, 1])))
        return {"kind": "repaid", "amount": amount, "prepay": "next-due", "key": f"r{len(life.events)}"}
    return _next_event(draw, life, today, kind) if kind != "minimum" else None
