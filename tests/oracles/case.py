"""A case as it is written: terms, dated events, and the figures that must come out."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

from lendmill.terms.broken_period import broken_period_interest, with_broken_period
from lendmill.terms.day_counts import Period, basis
from lendmill.terms.moments import Pricing
from lendmill.terms.periods import Every, periods_between, spaced
from lendmill.terms.rates import Rate
from lendmill.terms.schedule import Conventions, Draw, PlannedRow

MOST_ROWS = 4_000
KNOWN_TERMS = {
    "decimals", "annual_rate_percent", "daily_rate_percent", "day_count", "rounding", "method", "interest_on",
    "instalments", "every", "first_due", "due_dates", "starts", "instalment_rounding", "level_payment",
    "level_payment_period", "even_out_last", "principal_free_instalments", "broken_period", "on_prepayment",
    "pay_off_interest_to", "grace_days", "penalty", "waterfall", "past_due_first_day", "late_fee", "dues",
    "delinquency", "flows", "net_paid_out", "fee", "payment_from_volume", "outstanding", "units", "price",
    "haircut_percent", "statement",
}  # fmt: skip


class MalformedCaseError(ValueError):
    """A case that does not follow the format; the message says where."""


def day(text: Any) -> date:
    """A date as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as wrong:
        raise MalformedCaseError(f"{text!r} is not a date YYYY-MM-DD") from wrong


def number(text: Any) -> Fraction:
    """A decimal string, exact."""
    if isinstance(text, str | int) and not isinstance(text, bool):
        try:
            return Fraction(Decimal(text))
        except (InvalidOperation, ValueError, OverflowError):
            pass
    raise MalformedCaseError(f"{text!r} is not a decimal string")


@dataclass(frozen=True)
class Terms:
    """What was agreed, read from a case's `terms`."""

    raw: dict[str, Any]

    def __post_init__(self) -> None:
        unknown = sorted(set(self.raw) - KNOWN_TERMS)
        if unknown:
            raise MalformedCaseError(f"the format has no term {', '.join(unknown)}")

    def need(self, name: str) -> Any:
        """A term that this case cannot do without."""
        if name not in self.raw:
            raise MalformedCaseError(f"the term {name} is missing")
        return self.raw[name]

    @property
    def unit(self) -> int:
        """How many minor units make one of the currency."""
        return 10 ** int(self.raw.get("decimals", 2))

    def cents(self, text: Any) -> int:
        """An amount in minor units; what is finer than that is malformed."""
        exact = number(text) * self.unit
        if exact.denominator != 1:
            raise MalformedCaseError(f"{text!r} has more digits than the currency")
        return int(exact)

    def money(self, minor: int | Fraction) -> Fraction:
        """Minor units as units of the currency."""
        return Fraction(minor) / self.unit

    def rounding(self) -> tuple[str, str]:
        """The moment and the direction of rounding."""
        rounding = self.need("rounding")
        return rounding["moment"], rounding["direction"]

    def pricing(self) -> Pricing:
        """The rate and how it is counted and rounded."""
        return Pricing(self.rate(), self.need("day_count"), *self.rounding())

    def rate(self) -> Fraction:
        """The rate as a fraction: of a year, or of a night where a daily rate is given."""
        name = "daily_rate_percent" if "daily_rate_percent" in self.raw else "annual_rate_percent"
        if (name == "daily_rate_percent") != (self.need("day_count") == "days"):
            raise MalformedCaseError("a daily rate goes with the day count days, a yearly one with the others")
        return number(self.need(name)) / 100

    def engine_rate(self, periods: tuple[Period, ...]) -> Rate:
        """The rate a night of weight one costs, over a denominator that makes every night whole."""
        exact = self.rate()
        return Rate(exact.numerator, exact.denominator * basis(self.need("day_count"), periods))

    def every(self) -> Every | None:
        """The spacing of due dates."""
        spacing = self.raw.get("every")
        return Every(spacing["n"], spacing["unit"]) if spacing else None

    def starts_on(self, drawn_on: date) -> date:
        """The first day of the first period; before a broken period's end only those nights lie."""
        starts_on = day(self.raw["starts"]) if "starts" in self.raw else drawn_on
        if "broken_period" in self.raw and "first_due" in self.raw:
            every = self.every() or Every(1, "month")
            return max(starts_on, every.after(day(self.raw["first_due"]), -1))
        return starts_on

    def periods(self, drawn_on: date) -> tuple[Period, ...]:
        """The periods between due dates: those listed, so many, or (open-ended) more than any loan takes."""
        starts_on, every = self.starts_on(drawn_on), self.every()
        if "due_dates" in self.raw:
            return periods_between(starts_on, [day(each) for each in self.raw["due_dates"]], every)
        if every is None:
            raise MalformedCaseError("neither due_dates nor every says when anything falls due")
        first_due_on = day(self.raw["first_due"]) if "first_due" in self.raw else None
        wanted = int(self.raw.get("instalments", 1 if self.raw.get("method") == "on-demand" else MOST_ROWS))
        dues = [due_on for due_on, _ in zip(spaced(starts_on, every, first_due_on), range(wanted), strict=False)]
        return periods_between(starts_on, dues, every)

    @property
    def is_open_ended(self) -> bool:
        """Whether the plan has as many rows as it takes."""
        return not {"instalments", "due_dates"} & set(self.raw) and self.raw.get("method") != "on-demand"

    def conventions(self) -> Conventions:
        """How the plan is worked out."""
        _, direction = self.rounding()
        multiple = self.raw.get("instalment_rounding", {})
        part = self.raw.get("level_payment_period")
        given = self.raw.get("level_payment")
        if self.raw.get("interest_on", "balance") not in ("balance", "original-principal"):
            raise MalformedCaseError(f"interest_on cannot be {self.raw['interest_on']!r}")
        return Conventions(
            self.pricing(),
            "on-demand" if self.need("method") == "statement" else self.need("method"),
            flat=self.raw.get("interest_on") == "original-principal",
            multiple_cents=self.cents(multiple["multiple_of"]) if "multiple_of" in multiple else 1,
            multiple_direction=multiple.get("direction", direction),
            level_payment_cents=self.cents(given) if given is not None else None,
            level_payment_period=Fraction(part) if part is not None else None,
            even_out_last=bool(self.raw.get("even_out_last", False)),
            principal_free_instalments=int(self.raw.get("principal_free_instalments", 0)),
        )

    def broken(self, draws: list[Draw], rows: list[PlannedRow]) -> tuple[int, tuple[PlannedRow, ...]]:
        """The broken period's interest, and the rows that carry it."""
        if "broken_period" not in self.raw:
            return 0, tuple(rows)
        regular_from = self.starts_on(min(draw.on for draw in draws))
        cents = broken_period_interest(self.pricing(), draws, regular_from)
        return cents, with_broken_period(rows, self.raw["broken_period"], cents, self.rounding()[1])


@dataclass(frozen=True)
class Event:
    """Something that happened on a day."""

    on: date
    do: str
    raw: dict[str, Any]

    def need(self, name: str) -> Any:
        """A field that this event cannot do without."""
        if name not in self.raw:
            raise MalformedCaseError(f"the event {self.do} of {self.on} has no {name}")
        return self.raw[name]


@dataclass(frozen=True)
class Check:
    """Figures that must come out, as the loan is known at that place in the list."""

    raw: dict[str, Any]
    events: tuple[Event, ...]

    @property
    def as_of(self) -> date:
        """The day at whose end the loan is looked at."""
        if "as_of" not in self.raw:
            raise MalformedCaseError("a check has no as_of")
        return day(self.raw["as_of"])

    def standing(self, *known: str) -> list[Event]:
        """The events listed above, less what was reversed, by day and within a day as listed."""
        reversed_ids = {event.need("of") for event in self.events if event.do == "reverse"}
        if unheard := reversed_ids - {event.raw.get("id") for event in self.events}:
            raise MalformedCaseError(f"nothing called {', '.join(map(str, unheard))} could be reversed")
        for event in self.events:
            if event.do not in (*known, "reverse"):
                raise MalformedCaseError(f"this kind has no event {event.do!r}")
        left = [event for event in self.events if event.do != "reverse" and event.raw.get("id") not in reversed_ids]
        return sorted(left, key=lambda event: event.on)

    def draws(self, terms: Terms, events: list[Event]) -> list[Draw]:
        """The draws among some events; without one there is no loan to look at."""
        found = [Draw(event.on, terms.cents(event.need("amount"))) for event in events if event.do == "draw"]
        if not found:
            raise MalformedCaseError("nothing was drawn before this check")
        return found


@dataclass(frozen=True)
class Case:
    """One case: its kind, its terms and its checks."""

    name: str
    kind: str
    terms: Terms
    checks: tuple[Check, ...]


def read_case(raw: Any) -> Case:
    """A case from what JSON made of it."""
    if not isinstance(raw, dict):
        raise MalformedCaseError("a case is an object with id, kind, terms and steps")
    missing = [name for name in ("id", "kind", "terms", "steps") if name not in raw]
    if missing:
        raise MalformedCaseError(f"the case has no {', '.join(missing)}")
    if not isinstance(raw["terms"], dict) or not isinstance(raw["steps"], list):
        raise MalformedCaseError("terms are an object and steps are a list")
    events: list[Event] = []
    checks: list[Check] = []
    for step in raw["steps"]:
        if not isinstance(step, dict):
            raise MalformedCaseError(f"a step is an object, not {step!r}")
        if "do" in step:
            if "on" not in step:
                raise MalformedCaseError(f"the event {step['do']} has no day")
            events.append(Event(day(step["on"]), str(step["do"]), step))
        else:
            checks.append(Check(step, tuple(events)))
    if not checks:
        raise MalformedCaseError("the case checks nothing")
    return Case(str(raw["id"]), str(raw["kind"]), Terms(raw["terms"]), tuple(checks))


def read_file(path: Path) -> list[Any]:
    """The cases of a file, as JSON made them."""
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise MalformedCaseError(f"{path} cannot be read: {wrong}") from wrong
    if not isinstance(cases, list):
        raise MalformedCaseError(f"{path} is not a list of cases")
    return cases
