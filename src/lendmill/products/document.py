"""What a product states: price, term, limits, how money is repaid, and in which order it settles what is owed."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, Final, Literal

import msgspec

from lendmill.money import LARGEST_CENTS
from lendmill.people.canonical import canonical, digest_of
from lendmill.products.conventions import (
    Conventions,
    Fees,
    day_basis,
    held,
    usual_night,
)
from lendmill.products.law import LawFigure
from lendmill.products.law import checks as law_checks
from lendmill.products.reading import Check, Misread, content_of, from_content, from_toml, mistakes
from lendmill.refusals import Refusal
from lendmill.terms.allocation import COMPONENTS, Component, Waterfall
from lendmill.terms.day_counts import PRORATED
from lendmill.terms.rates import (
    BASIS_POINTS,
    DAYS_A_YEAR,
    AmountsTooLarge,
    NotARate,
    Rate,
    check_capacity,
    common_den,
)
from lendmill.terms.schedule import Method

GRADES: Final = ("AAA", "AA", "A", "BBB", "BB", "B", "C", "D")
LETTERS_MAX: Final = 60
LAW_FIGURES: Final = ("all_in_cap_bp", "penalty_multiple_bp")
LARGEST_NUMBER: Final = 2**31 - 1
CAPACITY_DAYS: Final = 3_650  # the longest a debt is followed: ten years


class InvalidProduct(Refusal):
    """Product {product}: {field} is {value!r}, but must be {allowed}."""


class JointLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What this product and others may come to together."""

    products: tuple[str, ...]
    max_cents: int


class WaterfallStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From which day past due repayments run in which order (冲账顺序)."""

    from_days_past_due: int
    by: Literal["instalment", "component"]
    order: tuple[Component, ...]


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One version of a product's terms."""

    key: str
    version: int
    name_en: str
    name_zh: str
    source: str
    lender: Literal["own"]
    currency: Literal["CNY"]
    daily_rate: str = ""
    yearly_rate: str = ""
    rate_by_grade: dict[str, str] = {}
    # the band within which a policy may price each borrower; a product from before had none
    rate_min: str | msgspec.UnsetType = msgspec.UNSET
    rate_max: str | msgspec.UnsetType = msgspec.UNSET
    caps: str = "historical"
    all_in_cap_bp: int
    penalty_multiple_bp: int
    grace_days: int
    methods: tuple[Method, ...]
    months_max: int
    line_months: int
    limit_min_cents: int
    limit_max_cents: int
    draw_min_cents: int
    advance_rate_bp: int | None = None
    joint_limit: JointLimit | None = None
    offer_days: int
    excess: Literal["refund", "hold"]
    conventions: Conventions = Conventions()
    fees: Fees = Fees()
    waterfall_stages: tuple[WaterfallStage, ...]
    # what follows came later: a product from before keeps its fingerprint
    laws: tuple[LawFigure, ...] | msgspec.UnsetType = msgspec.UNSET

    @cached_property
    def fingerprint(self) -> str:
        """The hash of these exact terms; worked out once, for they never change."""
        return digest_of(text_of(self))

    @property
    def rate(self) -> Rate:
        """The rate of a night where the grade has none of its own."""
        return self._prices[1][0]

    @property
    def rate_den(self) -> int:
        """The one denominator over which every rate of this product is whole, penalties included."""
        return self._prices[1][0].den

    def rate_for(self, grade: str) -> Rate:
        """The daily rate a grade pays, over the product's denominator."""
        return self._prices[0].get(grade, self._prices[1])[0]

    def penalty_rate_for(self, grade: str) -> Rate:
        """The rate on what is late, over the product's denominator."""
        return self._prices[0].get(grade, self._prices[1])[1]

    @property
    def _prices(self) -> "Prices":
        return prices(
            self.daily_rate or self.yearly_rate,
            tuple(self.rate_by_grade.items()),
            self.penalty_multiple_bp,
            self.conventions.day_count if self.yearly_rate else "",
        )

    @property
    def band(self) -> tuple[Rate, Rate] | None:
        """The lowest and the highest rate of a night a policy may ask, where it may ask any but the product's own."""
        ends = self._band_prices
        return None if ends is None else (ends[0][0], ends[1][0])

    @property
    def priced_per(self) -> Literal["millionths a day", "basis points a year"]:
        """What a price is counted in: in steps of what, the product's own rates are written in."""
        return "basis points a year" if self.yearly_rate else "millionths a day"

    def priced(self, steps: int) -> tuple[Rate, Rate]:
        """Rate and penalty rate at so many millionths a day, or basis points a year, over one denominator."""
        text = f"{Decimal(steps) / 100} %" if self.yearly_rate else f"{Decimal(steps) / 10_000:f} %"
        return self._priced_at(text)

    def at_band_end(self, *, upper: bool) -> tuple[Rate, Rate]:
        """Rate and penalty rate at the highest or the lowest end of the band."""
        ends = self._band_prices
        assert ends is not None, "a product without a band has no ends of one"
        return ends[upper]

    @property
    def all_prices(self) -> tuple[tuple[Rate, Rate], ...]:
        """Every rate and penalty rate it can come to: the grades', the standard one, and the ends of the band."""
        return (*self.grade_prices.values(), self.standard_prices, *(self._band_prices or ()))

    @property
    def _band_prices(self) -> tuple[tuple[Rate, Rate], tuple[Rate, Rate]] | None:
        if isinstance(self.rate_min, msgspec.UnsetType) or isinstance(self.rate_max, msgspec.UnsetType):
            return None
        return self._priced_at(self.rate_min), self._priced_at(self.rate_max)

    def _priced_at(self, text: str) -> tuple[Rate, Rate]:
        own = tuple(self.rate_by_grade.items()), self.daily_rate or self.yearly_rate
        day_count = self.conventions.day_count if self.yearly_rate else ""
        beside, _ = prices(own[1], (*own[0], ("priced", text)), self.penalty_multiple_bp, day_count)
        return beside["priced"]

    @property
    def grade_prices(self) -> dict[str, tuple[Rate, Rate]]:
        """Rate and penalty rate of the grades that have their own."""
        return self._prices[0]

    @property
    def standard_prices(self) -> tuple[Rate, Rate]:
        """Rate and penalty rate of all other grades."""
        return self._prices[1]

    @property
    def waterfall(self) -> tuple[Waterfall, ...]:
        """In which order repayments settle what is owed, by days past due."""
        return tuple(Waterfall(stage.from_days_past_due, stage.by, stage.order) for stage in self.waterfall_stages)

    @property
    def joint_products(self) -> tuple[str, ...]:
        """This product and those whose limits count together with its own."""
        return (self.key, *(self.joint_limit.products if self.joint_limit else ()))


Prices = tuple[dict[str, tuple[Rate, Rate]], tuple[Rate, Rate]]
"""Rate and penalty rate, for the grades that have their own and for all others."""


@lru_cache(maxsize=256)
def prices(rate: str, by_grade: tuple[tuple[str, str], ...], penalty_multiple_bp: int, day_count: str = "") -> Prices:
    """All rates of a product over their one denominator; worked out once, asked for by every decision.

    Rates are those of a usual night; with a day count they are written per year.
    """
    read = {grade: _read_rate(text, day_count) for grade, text in (("", rate), *by_grade)}
    pairs = {grade: (rate, rate.times(penalty_multiple_bp)) for grade, rate in read.items()}
    step = _step(day_count)  # a rate may be changed later: to any of so many steps, and so may its penalty
    den = common_den(*(rate for pair in pairs.values() for rate in pair), step, step.times(penalty_multiple_bp))
    over = {grade: (rate.over(den), penalty.over(den)) for grade, (rate, penalty) in pairs.items()}
    standard = over.pop("")
    return over, standard


def _read_rate(text: str, day_count: str) -> Rate:
    """The price of a usual night, from a rate a day, or from one a year over the nights its day count gives it."""
    if not day_count:
        return Rate.parse(text)
    Rate.parse(text)  # the same spelling: a percentage
    a_year = Rate.yearly(text.strip().rstrip("%").strip(), day_basis(day_count))
    night = Fraction(a_year.num * usual_night(day_count), a_year.den)
    return Rate(night.numerator, night.denominator)


def _step(day_count: str) -> Rate:
    """The smallest step of a usual night's price that a loan can count: a hundredth of a percent a year."""
    if not day_count or day_count == PRORATED:  # a millionth a day is fine enough; twelfths leave no room for more
        return Rate(0, 1)
    night = Fraction(usual_night(day_count), BASIS_POINTS * day_basis(day_count))
    return Rate(night.numerator, night.denominator)


def read_product(text: str) -> Product:
    """Read a product as its author writes it, in TOML; a wrong one is refused by `InvalidProduct`."""
    return _checked(lambda: from_toml(text, Product), "in this file")


def product_of(content: Mapping[str, Any]) -> Product:
    """Read a product from its stored content."""
    return _checked(lambda: from_content(content, Product), str(content.get("key", "without a key")))


def text_of(product: Product) -> str:
    """A product in its one canonical spelling."""
    return canonical(content_of(product))


def digest(product: Product) -> str:
    """The fingerprint under which decisions name these exact terms."""
    return product.fingerprint


def check_band(product: Product) -> None:
    """Refuse a product whose own rates lie outside the band it may be priced within; one published before stays."""
    if product.band is None:
        return
    low, high = (Fraction(each.num, each.den) for each in product.band)
    own = product.yearly_rate or product.daily_rate
    fields = {"yearly_rate" if product.yearly_rate else "daily_rate": (own, product.rate)}
    for grade, text in product.rate_by_grade.items():
        fields[f"rate_by_grade.{grade}"] = (text, product.rate_for(grade))
    for field, (text, rate) in fields.items():
        if not low <= Fraction(rate.num, rate.den) <= high:
            allowed = f"from rate_min, {product.rate_min}, to rate_max, {product.rate_max}"
            raise InvalidProduct(product=product.key, field=field, value=text, allowed=allowed)


def _checked(read: Any, name: str) -> Product:
    try:
        product: Product = read()
    except Misread as misread:
        raise _invalid(name, [misread]) from None
    if wrong := list(mistakes(chain(_rules(product), _rates(product)))) or list(mistakes(_counted(product))):
        raise _invalid(product.key or name, wrong)
    return product


def _invalid(name: str, wrong: Sequence[Misread]) -> InvalidProduct:
    first, *others = wrong
    return InvalidProduct(product=name, field=first.field, value=first.value, allowed=first.allowed, others=others)


def _rules(product: Product) -> Iterator[Check]:
    """What must hold beyond each field's own type."""
    named = product.key.replace("-", "").isalnum() and product.key == product.key.lower()
    yield named and product.key.isascii(), "key", product.key, "small letters, digits and hyphens"
    yield len(product.key) <= LETTERS_MAX, "key", product.key, f"at most {LETTERS_MAX} letters"
    yield product.version >= 1, "version", product.version, "1 or more"
    yield product.version <= LARGEST_NUMBER, "version", product.version, f"at most {LARGEST_NUMBER}"
    for field, name in (("name_en", product.name_en), ("name_zh", product.name_zh)):
        yield bool(name.strip()), field, name, "a name"
        yield name.isprintable() and len(name) <= LETTERS_MAX, field, name, f"at most {LETTERS_MAX} printed letters"
    yield 1 <= product.months_max <= 60, "months_max", product.months_max, "from 1 to 60"
    yield 1 <= product.line_months <= 60, "line_months", product.line_months, "from 1 to 60"
    yield 0 <= product.grace_days <= 90, "grace_days", product.grace_days, "from 0 to 90"
    yield 1 <= product.offer_days <= 90, "offer_days", product.offer_days, "from 1 to 90"
    penalty = product.penalty_multiple_bp
    yield BASIS_POINTS <= penalty <= 20_000, "penalty_multiple_bp", penalty, "from 10000 (1 x) to 20000 (2 x)"
    yield bool(product.methods), "methods", product.methods, "at least one way of repaying"
    yield len(set(product.methods)) == len(product.methods), "methods", product.methods, "each named once"
    yield product.draw_min_cents >= 1, "draw_min_cents", product.draw_min_cents, "1 or more"
    floor = product.limit_min_cents
    yield (
        floor >= product.draw_min_cents,
        "limit_min_cents",
        floor,
        f"at least draw_min_cents, {product.draw_min_cents}",
    )
    yield from held(product.conventions, product.fees, product.methods)
    yield product.limit_max_cents >= floor, "limit_max_cents", product.limit_max_cents, f"at least {floor}"
    if (advance := product.advance_rate_bp) is not None:
        yield 1 <= advance <= BASIS_POINTS, "advance_rate_bp", advance, "from 1 to 10000"
    if (joint := product.joint_limit) is not None:
        yield product.key not in joint.products, "joint_limit.products", joint.products, "other products than itself"
        yield bool(joint.products), "joint_limit.products", joint.products, "at least one other product"
        yield len(set(joint.products)) == len(joint.products), "joint_limit.products", joint.products, "each named once"
        yield joint.max_cents >= 1, "joint_limit.max_cents", joint.max_cents, "1 or more"
        yield joint.max_cents <= LARGEST_CENTS, "joint_limit.max_cents", joint.max_cents, f"at most {LARGEST_CENTS}"
    starts = [stage.from_days_past_due for stage in product.waterfall_stages]
    yield starts[:1] == [0], "waterfall_stages", starts, "a first stage from day 0"
    yield starts == sorted(set(starts)), "waterfall_stages", starts, "stages in rising order of days, each once"
    yield (
        max(starts, default=0) <= CAPACITY_DAYS,
        "waterfall_stages",
        starts,
        f"stages from at most {CAPACITY_DAYS} days",
    )
    for n, stage in enumerate(product.waterfall_stages):
        whole = sorted(stage.order) == sorted(COMPONENTS)
        yield whole, f"waterfall_stages[{n}].order", stage.order, f"each of {', '.join(COMPONENTS)} once"
    yield from law_checks(product.laws or (), content_of(product))


def _rates(product: Product) -> Iterator[Check]:
    """One way of pricing, every rate readable and under the product's own all-in cap."""
    yearly = bool(product.yearly_rate)
    kind, daily = "yearly_rate" if yearly else "daily_rate", product.conventions.day_count == "days"
    one = bool(product.daily_rate) != yearly
    yield one, kind, product.yearly_rate, "the one of daily_rate and yearly_rate"
    allowed = "days for a daily rate, and one of the others for a yearly one"
    yield daily != yearly, "conventions.day_count", product.conventions.day_count, allowed
    fields = {kind: product.daily_rate or product.yearly_rate} if one else {}
    for grade, text in product.rate_by_grade.items():
        yield grade in GRADES, "rate_by_grade", grade, f"one of the grades {', '.join(GRADES)}"
        fields[f"rate_by_grade.{grade}"] = text
    ends = {field: getattr(product, field) for field in ("rate_min", "rate_max")}
    given = {field: text for field, text in ends.items() if text is not msgspec.UNSET}
    yield len(given) != 1, "rate_min, rate_max", given, "both given, or neither"
    if daily != yearly:
        yield from (_rate(product, field, text) for field, text in (fields | given).items())


def _rate(product: Product, field: str, text: str) -> Check:
    yearly = bool(product.yearly_rate)
    try:
        rate = _read_rate(text, product.conventions.day_count if yearly else "")
    except NotARate:
        spelled = "a percentage per year, such as '18 %'" if yearly else "a percentage per day, such as '0.06 %'"
        return False, field, text, spelled
    a_year = Fraction(text.strip().rstrip("%").strip()) / 100 if yearly else Fraction(rate.num * DAYS_A_YEAR, rate.den)
    unit = "yearly" if yearly else "daily"
    allowed = f"a {unit} rate of at most {product.all_in_cap_bp / 100:g} % a year (all_in_cap_bp)"
    return a_year <= Fraction(product.all_in_cap_bp, BASIS_POINTS), field, text, allowed


def _counted(product: Product) -> Iterator[Check]:
    """What can be worked out where all else holds: a band, and every rate small enough to be counted exactly."""
    if product.band is not None:
        low, high = (Fraction(each.num, each.den) for each in product.band)
        yield low <= high, "rate_max", product.rate_max, f"at least rate_min, {product.rate_min}"
    usual, small = usual_night(product.conventions.day_count), True
    for _, penalty in product.all_prices:
        try:  # over the one denominator, as a loan will count them
            check_capacity(product.limit_max_cents, Rate(penalty.num * usual, penalty.den), CAPACITY_DAYS)
        except AmountsTooLarge:
            small = False
    yield small, "limit_max_cents", product.limit_max_cents, "small enough to count exactly"
