"""The form of a price's assumptions: percentages and yuan as people type them, and the figures of the document."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lendmill.credit.pricing.assumptions import Assumptions, InvalidAssumptions, assumptions_of
from lendmill.credit.pricing.curve import PREFIX, ChurnCurve, CurveUnclear, curves_of
from lendmill.credit.pricing.start import interval
from lendmill.money import NotAnAmount, cents
from lendmill.products.document import GRADES
from lendmill.products.reading import Misread
from lendmill.rating.card import Card
from lendmill.rating.queries import GradeCount
from lendmill.web.words import marked

PERCENTS: Final = (
    "loss_given_default_bp", "funding_yearly_bp", "drawn_at_default_bp", "interest_paid_before_default_bp",
    "yearly_rate_min_bp", "yearly_rate_max_bp",
)  # fmt: skip
WORDS: Final = ("key", "said_by", "source", "product")
ODDS: Final = ("odds_per_rate_point", "odds_per_limit_doubling")
LETTERS_MAX: Final = 40
LABELS: Final = dict(
    zip(
        (
            "said_by",
            "in_force_on",
            "source",
            "days",
            "loss_given_default_bp",
            "drawn_at_default_bp",
            "interest_paid_before_default_bp",
            "funding_yearly_bp",
            "operating",
            "yearly_rate_min_bp",
            "yearly_rate_max_bp",
            "odds_per_rate_point",
            "odds_per_limit_doubling",
            "pd",
            "pd_low",
            "pd_high",
            "limit",
            "product",
            "utilisation",
            "curve",
        ),
        marked(
            "Who says so",
            "From which day",
            "On what ground",
            "Over how many days",
            "Loss given default, %",
            "Drawn at default, % of the limit",
            "Interest a defaulter still paid, %",
            "Cost of money, % a year",
            "Cost of a loan, yuan",
            "Lowest rate, % a year",
            "Highest rate, % a year",
            "Odds of default per percentage point dearer",
            "Odds of default per doubling of the limit",
            "PD of a year, %",
            "at least, %",
            "at most, %",
            "Limit now, yuan",
            "Product",
            "Drawn of a limit, by its size",
            "Your own measured curve",
        ),
        strict=True,
    )
)
GRADE_FIELDS: Final = ("pd", "pd_low", "pd_high", "limit", "curve")


def assumptions_in(data: Mapping[str, str]) -> Assumptions:
    """The assumptions a form states; refuses with all that is wrong, each by its field: the first, and `others`."""
    wrong: list[Misread] = []

    def take(read: Callable[..., Any], *about: Any) -> Any:
        try:
            return read(*about)
        except Misread as misread:
            wrong.append(misread)
            return None

    content: dict[str, Any] = {field: data.get(field, "").strip() for field in WORDS}
    content["key"] = content["key"] or content["product"]
    content["in_force_on"] = take(_day, data)
    content["days"] = take(_whole, data, "days")
    content |= {field: take(_basis_points, data, field) for field in PERCENTS}
    content |= {field: take(_odds, data, field) for field in ODDS}
    content["operating_cents"] = take(_cents, data, "operating")
    content["utilisation"] = take(_utilisation, data.get("utilisation", ""))
    content["churn"] = take(_curves, data.get("curve", ""))
    grades = [grade for grade in GRADES if data.get(f"{grade}.pd", "").strip()]
    told = {grade: _grade(data, grade, content["churn"], take) for grade in grades}
    content["grades"] = {grade: own for grade, own in told.items() if None not in own.values()}
    found = None
    try:
        found = assumptions_of({field: said for field, said in content.items() if said is not None})
    except InvalidAssumptions as refused:
        gone = {field for field in content if content[field] is None} | ({"grades"} if not content["grades"] else set())
        first = Misread(refused.facts["field"], refused.facts["value"], refused.facts["allowed"])
        rest = [each for each in (first, *refused.facts["others"]) if each.value != "left open"]
        wrong += [each for each in rest if not wrong or _part(each.field) not in gone]
    if found is None or wrong:
        first, *others = wrong
        raise InvalidAssumptions(
            key="in this form", field=first.field, value=first.value, allowed=first.allowed, others=others
        )
    return found


def _part(field: str) -> str:
    """The part of the document a field is in; a grade's curve is one of those given."""
    return "churn" if field.endswith(".curve") else field.split(".")[0]


def label_of(field: str) -> tuple[str, str]:
    """The grade a field is of, if any, and what the form calls it.

    >>> label_of("grades.A.limit_cents"), label_of("operating_cents")
    (('A', 'Limit now, yuan'), ('', 'Cost of a loan, yuan'))
    """
    grade, _, own = field.removeprefix("grades.").rpartition(".")
    name = own.removesuffix("_cents")
    if own in GRADES:
        grade, name = own, "pd"
    return grade, LABELS.get(own, LABELS.get(name, own))


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


def _grade(data: Mapping[str, str], grade: str, churn: Mapping[str, Any] | None, take: Callable[..., Any]) -> Any:
    pds = {field: take(_share, data, f"{grade}.{field}") for field in ("pd", "pd_low", "pd_high")}
    curve = data.get(f"{grade}.curve", "").strip() or next(iter(churn or {}), "")
    return {**pds, "curve": curve, "limit_cents": take(_cents, data, f"{grade}.limit")}


def _share(data: Mapping[str, str], field: str) -> float:
    return float(_number(data, field) / 100)


def _utilisation(text: str) -> tuple[dict[str, int], ...]:
    """Each line a limit in yuan and the share drawn of it, in percent."""
    found: list[dict[str, int]] = []
    for line in text.splitlines():
        cells = line.replace("\t", " ").replace("%", " ").split()
        if not cells:
            continue
        if len(cells) != 2:
            raise _wrong("utilisation", line, "a limit in yuan and a percentage on each line, such as 10000 80%")
        said = dict(zip(("limit", "share"), cells, strict=True))
        try:
            found.append({"limit_cents": _cents(said, "limit"), "share_bp": _basis_points(said, "share")})
        except Misread as wrong:
            raise _wrong("utilisation", line, wrong.allowed) from None
    if not found:
        raise _wrong("utilisation", "", "at least one limit with its share")
    return tuple(found)


def _curves(text: str) -> dict[str, Any]:
    try:
        return _points(curves_of(text))
    except CurveUnclear as unclear:
        raise Misread("curve", "", str(unclear.facts["what"])) from None


def _odds(data: Mapping[str, str], field: str) -> float:
    return float(_number(data, field))


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


def _wrong(field: str, value: Any, allowed: str) -> Misread:
    return Misread(field, str(value or "")[:LETTERS_MAX], allowed)


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
