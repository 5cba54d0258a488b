"""The figures a seller states of a year, and what cannot be right about them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lendmill.money import LARGEST_CENTS, NotAnAmount, cents
from lendmill.refusals import Refusal

AMOUNTS: Final = ("sales_year", "cost_year", "inventory", "assets", "liabilities", "receivables")
SHARES: Final = ("net_margin", "platform_share", "top1_share", "top2_share")
YEARS: Final = ("top1_years", "top2_years")
NAMES: Final = (
    "sales_year", "cost_year", "net_margin", "platform_share", "inventory", "receivables", "assets", "liabilities",
    "top1_share", "top1_years", "top2_share", "top2_years",
)  # fmt: skip
ROUNDING_SHARE: Final = 0.01  # people round a margin to a whole percent
MARGIN_MIN: Final = -10.0
YEARS_MAX: Final = 100.0
NUMBER: Final = re.compile(r"-?\d{1,4}(\.\d{1,4})?")


class FiguresWrong(Refusal):
    """These figures cannot be right: {problems}"""


MISTAKES: Final = {
    "not-an-amount": "Write an amount in yuan, such as 1,200,000.",
    "not-years": "Write a number of years, such as 3.",
    "not-a-share": "Write a percentage, such as 12.5.",
    "sales-missing": "Please state a year's sales; the rest may stay empty.",
    "second-above-first": "The second largest customer cannot buy more than the largest.",
    "customers-above-all": "The two largest customers together cannot buy more than everything.",
    "share-missing": "Please state this customer's share too.",
    "margin-above-rest": "The net margin cannot be more than what sales less cost leave.",
    "assets-too-small": "Assets are at least the stock and what customers owe, together.",
    "below-nought": "An amount is nought or more.",
    "too-much": "An amount is at most ten trillion yuan.",
    "share-out-of-range": "A share is at most 100 percent, and not less than nought.",
}


@dataclass(frozen=True, slots=True)
class StatedMistake:
    """What cannot be right about one field, by a code whose sentence the doors translate."""

    field: str
    code: str

    @property
    def sentence(self) -> str:
        """The mistake in words."""
        return MISTAKES[self.code]


class StatedFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a seller says of the last year; only the sales must be said."""

    sales_year_cents: int
    cost_year_cents: int | None = None
    inventory_cents: int | None = None
    assets_cents: int | None = None
    liabilities_cents: int | None = None
    receivables_cents: int | None = None
    net_margin: float | None = None
    platform_share: float | None = None
    top1_share: float | None = None
    top1_years: float | None = None
    top2_share: float | None = None
    top2_years: float | None = None

    def figure(self, name: str) -> int | float | None:
        """One of them by its name in the record: cents, a share or years."""
        value: int | float | None = getattr(self, f"{name}_cents" if name in AMOUNTS else name)
        return value

    @property
    def whole(self) -> dict[str, int | None]:
        """Each figure by its name as the record keeps it: cents, and millionths of shares and years."""
        parts = {name: 1 if name in AMOUNTS else 1_000_000 for name in NAMES}
        return {name: None if (said := self.figure(name)) is None else round(said * parts[name]) for name in NAMES}


def typed_in(typed: Mapping[str, str]) -> tuple[StatedFigures | None, tuple[StatedMistake, ...]]:
    """Figures as a person types them: yuan with thousands, shares in percent. All mistakes at once, or the figures.

    >>> typed_in({"sales_year": "1,200,000", "platform_share": "80%"})[0].platform_share
    0.8
    """
    read: dict[str, Any] = {}
    mistakes = []
    for name in NAMES:
        text = typed.get(name, "").strip()
        if not text:
            continue
        try:
            read[f"{name}_cents" if name in AMOUNTS else name] = _READ[_kind(name)](text)
        except NotAnAmount:
            mistakes.append(StatedMistake(name, "not-an-amount"))
        except ValueError:
            mistakes.append(StatedMistake(name, "not-years" if name in YEARS else "not-a-share"))
    unread = {each.field for each in mistakes}
    if "sales_year_cents" not in read:
        missing = [] if "sales_year" in unread else [StatedMistake("sales_year", "sales-missing")]
        return None, (*missing, *mistakes)
    figures = StatedFigures(**read)
    mistakes += [each for each in what_is_wrong(figures) if each.field not in unread]
    return (None, tuple(mistakes)) if mistakes else (figures, ())


def checked(content: Mapping[str, Any]) -> StatedFigures:
    """Figures as a program sends them, in cents, shares and years; refuses with `FiguresWrong`."""
    try:
        figures = msgspec.convert(dict(content), StatedFigures)
    except msgspec.ValidationError as error:
        raise FiguresWrong(problems=str(error)) from None
    mistakes = list(what_is_wrong(figures))
    if mistakes:
        raise FiguresWrong(problems="; ".join(f"{each.field}: {each.sentence}" for each in mistakes))
    return figures


def as_typed(figures: StatedFigures) -> dict[str, str]:
    """Figures as a form writes them."""
    found: dict[str, str] = {}
    for name in NAMES:
        value = figures.figure(name)
        if value is None:
            continue
        if name in AMOUNTS:
            found[name] = f"{int(value) // 100:,}" if int(value) % 100 == 0 else f"{value / 100:,.2f}"
        else:
            found[name] = f"{value * 100 if name in SHARES else value:.6g}"
    return found


def what_is_wrong(figures: StatedFigures) -> Iterator[StatedMistake]:
    """Each thing that cannot be: out of any range, or at odds with another figure."""
    yield from _out_of_range(figures)
    top1, top2 = figures.top1_share, figures.top2_share
    if top1 is not None and top2 is not None:
        if top2 > top1:
            yield StatedMistake("top2_share", "second-above-first")
        elif top1 + top2 > 1:
            yield StatedMistake("top2_share", "customers-above-all")
    for n in ("1", "2"):
        if figures.figure(f"top{n}_years") is not None and figures.figure(f"top{n}_share") is None:
            yield StatedMistake(f"top{n}_share", "share-missing")
    if figures.cost_year_cents is not None and figures.net_margin is not None and figures.sales_year_cents > 0:
        left = (figures.sales_year_cents - figures.cost_year_cents) / figures.sales_year_cents
        if figures.net_margin > left + ROUNDING_SHARE:
            yield StatedMistake("net_margin", "margin-above-rest")
    held_cents = (figures.inventory_cents or 0) + (figures.receivables_cents or 0)
    if figures.assets_cents is not None and held_cents > figures.assets_cents:
        yield StatedMistake("assets", "assets-too-small")


def _out_of_range(figures: StatedFigures) -> Iterator[StatedMistake]:
    if figures.sales_year_cents == 0:
        yield StatedMistake("sales_year", "sales-missing")
    for name in AMOUNTS:
        value = figures.figure(name)
        if value is not None and not 0 <= value <= LARGEST_CENTS:
            yield StatedMistake(name, "below-nought" if value < 0 else "too-much")
    for name in SHARES:
        value, least = figures.figure(name), MARGIN_MIN if name == "net_margin" else 0.0
        if value is not None and not least <= value <= 1:
            yield StatedMistake(name, "share-out-of-range")
    for name in YEARS:
        value = figures.figure(name)
        if value is not None and not 0 <= value <= YEARS_MAX:
            yield StatedMistake(name, "not-years")


def _kind(name: str) -> str:
    return "amount" if name in AMOUNTS else "share" if name in SHARES else "years"


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return float(text)


def _percent(text: str) -> float:
    return round(_number(text.removesuffix("%").removesuffix("％").strip()) / 100, 6)


_READ: Final[dict[str, Callable[[str], int | float]]] = {"amount": cents, "share": _percent, "years": _number}
