"""The form of a price's assumptions: percentages and yuan as people type them, and the figures of the document."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lendmill.credit.pricing.assumptions import Assumptions, InvalidAssumptions, assumptions_of
from lendmill.credit.pricing.curve import PREFIX, ChurnCurve, curves_of
from lendmill.credit.pricing.start import interval
from lendmill.money import NotAnAmount, cents
from lendmill.products.document import GRADES
from lendmill.rating.card import Card
from lendmill.rating.queries import GradeCount

PERCENTS: Final = (
    "loss_given_default_bp", "funding_yearly_bp", "drawn_at_default_bp", "interest_paid_before_default_bp",
    "yearly_rate_min_bp", "yearly_rate_max_bp",
)  # fmt: skip
WORDS: Final = ("key", "said_by", "source", "product")
ODDS: Final = ("odds_per_rate_point", "odds_per_limit_doubling")
LETTERS_MAX: Final = 40
GRADE_FIELDS: Final = ("pd", "pd_low", "pd_high", "limit", "curve")


def assumptions_in(data: Mapping[str, str]) -> Assumptions:
    """The assumptions a form states; refuses with a sentence that names the field, or the line of the curve."""
    content: dict[str, Any] = {field: data.get(field, "").strip() for field in WORDS}
    content["key"] = content["key"] or content["product"]
    content["in_force_on"] = _day(data)
    content["days"] = _whole(data, "days")
    content |= {field: _basis_points(data, field) for field in PERCENTS}
    content |= {field: float(_number(data, field)) for field in ODDS}
    content["operating_cents"] = _cents(data, "operating")
    content["utilisation"] = tuple(_utilisation(data.get("utilisation", "")))
    content["churn"] = _points(curves_of(data.get("curve", "")))
    grades = [grade for grade in GRADES if data.get(f"{grade}.pd", "").strip()]
    content["grades"] = {grade: _grade(data, grade, content["churn"]) for grade in grades}
    return assumptions_of(content)


def typed(assumptions: Assumptions) -> dict[str, str]:
    """Assumptions as they would be typed."""
    said = {field: str(getattr(assumptions, field)) for field in (*WORDS, *ODDS, "in_force_on", "days")}
    said |= {field: _percent(Decimal(getattr(assumptions, field)) / 100) for field in PERCENTS}
    said["operating"] = _percent(Decimal(assumptions.operating_cents) / 100)
    said["utilisation"] = "\n".join(
        f"{each.limit_cents // 100} {_percent(Decimal(each.share_bp) / 100)}%" for each in assumptions.utilisation
    )
    said["curve"] = _table(assumptions.curves)
    for grade, own in assumptions.grades.items():
        for field in ("pd", "pd_low", "pd_high"):
            said[f"{grade}.{field}"] = _percent(Decimal(str(getattr(own, field))) * 100)
        said[f"{grade}.limit"], said[f"{grade}.curve"] = _percent(Decimal(own.limit_cents) / 100), own.curve
    return said


def begun(counts: Iterable[GradeCount], card: Card | None, today: date, product: str, by: str) -> dict[str, str]:
    """What the house knows already, typed in for somebody who begins; the rest is theirs to say."""
    said = {
        "product": product, "said_by": by, "in_force_on": str(today), "days": "365", "yearly_rate_min_bp": "0",
        "yearly_rate_max_bp": "100", "odds_per_rate_point": "1", "odds_per_limit_doubling": "1",
    }  # fmt: skip
    for each in counts:
        if each.grade not in GRADES or each.mean_pd is None:
            continue
        low, high = (each.mean_pd, each.mean_pd) if card is None else interval(each.mean_pd, card)
        for field, pd in (("pd", each.mean_pd), ("pd_low", low), ("pd_high", high)):
            said[f"{each.grade}.{field}"] = _percent(Decimal(f"{pd:.6f}") * 100)
    return said


def _grade(data: Mapping[str, str], grade: str, churn: Mapping[str, Any]) -> dict[str, Any]:
    pds = {field: float(_number(data, f"{grade}.{field}") / 100) for field in ("pd", "pd_low", "pd_high")}
    curve = data.get(f"{grade}.curve", "").strip() or next(iter(churn))
    return {**pds, "curve": curve, "limit_cents": _cents(data, f"{grade}.limit")}


def _utilisation(text: str) -> Iterable[dict[str, int]]:
    """Each line a limit in yuan and the share drawn of it, in percent."""
    for line in text.splitlines():
        cells = line.replace("\t", " ").replace("%", " ").split()
        if not cells:
            continue
        if len(cells) != 2:
            raise _wrong("utilisation", line, "a limit in yuan and a percentage on each line, such as 10000 80%")
        said = dict(zip(("limit", "share"), cells, strict=True))
        yield {"limit_cents": _cents(said, "limit"), "share_bp": _basis_points(said, "share")}


def _points(curves: Mapping[str, ChurnCurve]) -> dict[str, Any]:
    return {name: tuple(zip(each.yearly_rates, each.lost_shares, strict=True)) for name, each in curves.items()}


def _table(curves: Mapping[str, ChurnCurve]) -> str:
    """Curves as the table they were read from; a rate that one of them lacks leaves its cell empty."""
    shares = {name: dict(zip(each.yearly_rates, each.lost_shares, strict=True)) for name, each in curves.items()}
    rates = sorted({rate for each in curves.values() for rate in each.yearly_rates})
    heads = ",".join(["annual_rate", *(f"{PREFIX}{name}" for name in curves)])
    return "\n".join([heads, *(",".join([str(r), *(str(each.get(r, "")) for each in shares.values())]) for r in rates)])


def _number(data: Mapping[str, str], field: str) -> Decimal:
    text = data.get(field, "").strip().removesuffix("%").strip()
    try:
        found = Decimal(text) if len(text) <= LETTERS_MAX else Decimal("nan")
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise _wrong(field, text, "a number")
    return found


def _basis_points(data: Mapping[str, str], field: str) -> int:
    points = _number(data, field) * 100
    if points != points.to_integral_value() or abs(points) > 10**9:
        raise _wrong(field, data.get(field), "a percentage with at most two decimals")
    return int(points)


def _whole(data: Mapping[str, str], field: str) -> int:
    found = _number(data, field)
    if found != found.to_integral_value() or abs(found) > 10**9:
        raise _wrong(field, data.get(field), "a whole number")
    return int(found)


def _cents(data: Mapping[str, str], field: str) -> int:
    try:
        return cents(data.get(field, ""))
    except NotAnAmount:
        raise _wrong(field, data.get(field), "an amount in yuan, such as 7000 or 7000.50") from None


def _day(data: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(data.get("in_force_on", "").strip())
    except ValueError:
        raise _wrong("in_force_on", data.get("in_force_on"), "a day, such as 2026-01-31") from None


def _wrong(field: str, value: Any, allowed: str) -> InvalidAssumptions:
    return InvalidAssumptions(key="in this form", field=field, value=str(value or "")[:LETTERS_MAX], allowed=allowed)


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
