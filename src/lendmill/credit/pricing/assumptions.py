"""What a lender assumes when it works out a price: a document that says who says so, from when, and on what ground."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from lendmill.credit.pricing.curve import ChurnCurve, curve_of
from lendmill.money import LARGEST_CENTS
from lendmill.products.document import GRADES
from lendmill.products.reading import Check, Misread, every_misread, from_content, from_toml, mistakes, readable
from lendmill.refusals import Refusal
from lendmill.terms.rates import BASIS_POINTS

ODDS_MAX: Final = 10.0
PD_MIN: Final = 1e-6  # a PD has six digits
DAYS_MAX: Final = 1_830
WORDS_MAX: Final = 500


class InvalidAssumptions(Refusal):
    """The assumptions {key}: {field} is {value!r}, but must be {allowed}."""


class AssumptionsNotInForce(Refusal):
    """The assumptions {key} hold from {from_on} on; today is {today}."""


class Utilisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much of a limit of this size is drawn on average."""

    limit_cents: int
    share_bp: int


class GradeAssumptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is assumed of one grade: its PD of a year with its interval, and the limit it was observed at.

    `curve` names the table of borrowers lost that this grade follows.
    """

    pd: float
    pd_low: float
    pd_high: float
    curve: str
    limit_cents: int
    limit_max_cents: int | None = None


class Assumptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that a price is worked out from, beside the product's own terms.

    `odds_per_rate_point`: by how much the odds of default multiply with each percentage point a year above today's
    rate (who accepts a dear loan is a worse risk). `odds_per_limit_doubling`: the same with each doubling of the limit.
    1 means that nothing is known of it and none is assumed.
    """

    key: str
    said_by: str
    in_force_on: date
    source: str
    product: str
    days: int
    loss_given_default_bp: int
    funding_yearly_bp: int
    operating_cents: int
    drawn_at_default_bp: int
    interest_paid_before_default_bp: int
    utilisation: tuple[Utilisation, ...]
    grades: dict[str, GradeAssumptions]
    churn: dict[str, tuple[tuple[float, float], ...]] = {}
    yearly_rate_min_bp: int = 0
    yearly_rate_max_bp: int = BASIS_POINTS
    odds_per_rate_point: float = 1.0
    odds_per_limit_doubling: float = 1.0

    @property
    def curves(self) -> dict[str, ChurnCurve]:
        """The curves by name."""
        return {name: curve_of(name, points) for name, points in self.churn.items()}

    def curve_for(self, grade: str) -> ChurnCurve:
        """The curve a grade follows."""
        name = self.grades[grade].curve
        return curve_of(name, self.churn[name])


def read_assumptions(text: str, curves: Mapping[str, ChurnCurve] | None = None) -> Assumptions:
    """Read assumptions as their author writes them, in TOML, with curves from a table beside them or without.

    Wrong ones are refused by `InvalidAssumptions`, a wrong curve by `CurveUnclear`.
    """

    try:
        content = from_toml(text, dict[str, Any])
    except Misread as wrong:
        raise _invalid("in this file", [wrong]) from None
    told = {name: list(zip(each.yearly_rates, each.lost_shares, strict=True)) for name, each in (curves or {}).items()}
    churn = content.get("churn", {})
    return _checked({**content, "churn": {**churn, **told} if isinstance(churn, dict) else churn}, "in this file")


def assumptions_of(content: Mapping[str, Any]) -> Assumptions:
    """Read assumptions from plain content, such as that of a form."""
    return _checked(content, str(content.get("key") or "in this form"))


def text_of(assumptions: Assumptions) -> str:
    """Assumptions as their author would write them, in TOML; read again they are the same."""
    content = msgspec.structs.asdict(assumptions)
    grades, churn = content.pop("grades"), content.pop("churn")
    lines = [f"{field} = {_toml(value)}" for field, value in content.items()]
    lines += ["", "[churn]", *(f"{_toml(name)} = {_toml(points)}" for name, points in churn.items())]
    for grade, own in grades.items():
        told = {field: value for field, value in msgspec.structs.asdict(own).items() if value is not None}
        lines += ["", f"[grades.{grade}]", *(f"{field} = {_toml(value)}" for field, value in told.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # a TOML string is written as in JSON
    if isinstance(value, Utilisation):
        return f"{{ limit_cents = {value.limit_cents}, share_bp = {value.share_bp} }}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value)


def check_in_force(assumptions: Assumptions, today: date) -> None:
    """Hold assumptions to their own date."""
    if assumptions.in_force_on > today:
        raise AssumptionsNotInForce(key=assumptions.key, from_on=assumptions.in_force_on, today=today)


def _checked(content: Mapping[str, Any], key: str) -> Assumptions:
    """Refuses with all that is wrong at once: what is left open, then field by field."""
    shape = list(every_misread(content, Assumptions))
    missing = [each.field for each in shape if each.allowed == "given"]
    wrong = [Misread(", ".join(missing), "left open", "given")] if missing else []
    wrong += [each for each in shape if each.allowed != "given"]
    found = from_content(readable(content, Assumptions) if shape else content, Assumptions)
    gone = {each.field.split(".")[0] for each in shape}
    rest = mistakes((*_rules(found), *_grade_rules(found)))
    wrong += [each for each in rest if each.field.split(".")[0] not in gone]
    if wrong:
        raise _invalid(found.key if found.key.strip("?") else key, wrong)
    _ = found.curves
    return found


def _invalid(key: str, wrong: Sequence[Misread]) -> InvalidAssumptions:
    """All that is wrong as one refusal: the first, and `others`."""
    first, *others = wrong
    return InvalidAssumptions(key=key, field=first.field, value=first.value, allowed=first.allowed, others=others)


def _rules(found: Assumptions) -> Iterator[Check]:
    for field in ("key", "said_by", "source", "product"):
        text = getattr(found, field)
        yield bool(text.strip()) and len(text) <= WORDS_MAX, field, text, f"told, in at most {WORDS_MAX} letters"
    yield 1 <= found.days <= DAYS_MAX, "days", found.days, f"from 1 to {DAYS_MAX}"
    for field in ("loss_given_default_bp", "drawn_at_default_bp", "interest_paid_before_default_bp"):
        share = getattr(found, field)
        yield 0 <= share <= BASIS_POINTS, field, share, f"from 0 to {BASIS_POINTS}"
    funding = found.funding_yearly_bp
    yield 0 <= funding <= BASIS_POINTS, "funding_yearly_bp", funding, f"from 0 to {BASIS_POINTS}"
    yield _amount(found.operating_cents), "operating_cents", found.operating_cents, f"from 0 to {LARGEST_CENTS}"
    lowest, highest = found.yearly_rate_min_bp, found.yearly_rate_max_bp
    yield 0 <= lowest <= BASIS_POINTS, "yearly_rate_min_bp", lowest, f"from 0 to {BASIS_POINTS}"
    yield lowest <= highest <= BASIS_POINTS, "yearly_rate_max_bp", highest, f"from {lowest} to {BASIS_POINTS}"
    for field in ("odds_per_rate_point", "odds_per_limit_doubling"):
        odds = getattr(found, field)
        yield math.isfinite(odds) and 1 <= odds <= ODDS_MAX, field, odds, f"from 1 (none) to {ODDS_MAX:g}"
    yield from _utilisation_rules(found.utilisation)


def _utilisation_rules(steps: tuple[Utilisation, ...]) -> Iterator[Check]:
    """A larger limit is used less in share, never less in money."""
    yield bool(steps), "utilisation", steps, "at least one limit with its share"
    yield all(0 < each.limit_cents <= LARGEST_CENTS for each in steps), "utilisation", steps, "limits above 0"
    yield all(0 < each.share_bp <= BASIS_POINTS for each in steps), "utilisation", steps, "shares from 1 to 10000"
    limits = [each.limit_cents for each in steps]
    yield limits == sorted(set(limits)), "utilisation", limits, "limits that rise, each once"
    shares = [each.share_bp for each in steps]
    yield shares == sorted(shares, reverse=True), "utilisation", shares, "shares that never rise with the limit"
    drawn = [each.limit_cents * each.share_bp for each in steps]
    yield drawn == sorted(drawn), "utilisation", shares, "such that a larger limit is never drawn less in money"


def _grade_rules(found: Assumptions) -> Iterator[Check]:
    yield bool(found.grades), "grades", found.grades, "at least one grade"
    for grade, each in found.grades.items():
        at = f"grades.{grade}"
        yield grade in GRADES, "grades", grade, f"one of {', '.join(GRADES)}"
        pds = (each.pd_low, each.pd, each.pd_high)
        yield all(PD_MIN <= pd < 1 for pd in pds), at, pds, f"PDs from {PD_MIN:g} to below 1"
        yield pds == tuple(sorted(pds)), at, pds, "a PD between pd_low and pd_high"
        yield each.curve in found.churn, f"{at}.curve", each.curve, _named(found)
        yield _amount(each.limit_cents) and each.limit_cents > 0, f"{at}.limit_cents", each.limit_cents, "above 0"
        most = each.limit_max_cents
        yield most is None or 0 < most <= LARGEST_CENTS, f"{at}.limit_max_cents", most, "above 0"


def _named(found: Assumptions) -> str:
    return (
        f"one of the curves given: {', '.join(found.churn)}" if found.churn else "among the curves: none is given yet"
    )


def _amount(amount_cents: int) -> bool:
    return 0 <= amount_cents <= LARGEST_CENTS
