"""What a marketplace shows one shop today: an offer, what is left of a line, an application under way, or nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from lendmill.money import yuan
from lendmill.terms.rates import Rate

EntryState = Literal["line", "application", "offer", "none"]
STATES: Final[tuple[EntryState, ...]] = ("line", "application", "offer", "none")
SAYS: Final = {
    "line": ("{amount} yuan left to borrow", "还可借 {amount} 元"),
    "application": ("Go on with your application", "继续您的申请"),
    "offer": ("Borrow up to {amount} yuan, until {day}", "最高可借 {amount} 元，{day} 前有效"),
    "none": ("", ""),
}
NOTHING_LEFT: Final = ("See your limit and your loans", "查看额度与借款")


@dataclass(frozen=True, slots=True)
class EntryOffer:
    """An offer as the marketplace shows it."""

    offer_id: UUID
    product_key: str
    limit_cents: int
    daily_rate: str
    annual_rate: str
    months_max: int
    expires_on: date


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line that runs: what is left of it today, which is nothing while it may not be drawn on."""

    product_key: str
    available_cents: int
    expires_on: date


@dataclass(frozen=True, slots=True)
class EntryApplication:
    """An application that is not decided yet: the next step of three to fill in."""

    application_id: UUID
    product_key: str
    step: int


@dataclass(frozen=True, slots=True)
class ShopEntry:
    """One shop: whether it may see the way in, in which state, and what to say, in both languages."""

    shop_key: str
    borrower_id: UUID
    may_see: bool
    state: EntryState
    says_en: str
    says_zh: str
    offers: tuple[EntryOffer, ...]
    lines: tuple[EntryLine, ...]
    applications: tuple[EntryApplication, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A shop with its offers, lines and applications as the database gives them."""

    shop_key: str
    borrower_id: UUID
    offers: list[dict[str, Any]] | None
    lines: list[dict[str, Any]] | None
    applications: list[dict[str, Any]] | None


def entry(row: EntryRow) -> ShopEntry:
    """What follows from a row: a line goes before an application, an application before an offer."""
    offers = tuple(_offer(each) for each in row.offers or ())
    lines = tuple(EntryLine(each["product_key"], each["available_cents"], _day(each)) for each in row.lines or ())
    begun = tuple(
        EntryApplication(UUID(each["application_id"]), each["product_key"], each["step"])
        for each in row.applications or ()
    )
    there = (bool(lines), bool(begun), bool(offers), True)
    state = next(state for state, here in zip(STATES, there, strict=True) if here)
    says_en, says_zh = said(state, offers, lines)
    return ShopEntry(
        row.shop_key, row.borrower_id, state != "none", state, says_en, says_zh, offers, lines, begun
    )  # fmt: skip


def _offer(each: dict[str, Any]) -> EntryOffer:
    rate = Rate(each["rate_num"], each["rate_den"])
    return EntryOffer(
        UUID(each["offer_id"]), each["product_key"], each["limit_cents"], str(rate), str(rate.nominal_annual()),
        each["months_max"], _day(each),
    )  # fmt: skip


def _day(each: dict[str, Any]) -> date:
    return date.fromisoformat(each["expires_on"])


def said(state: EntryState, offers: tuple[EntryOffer, ...], lines: tuple[EntryLine, ...]) -> tuple[str, str]:
    """One line of text in both languages: what is left of all lines, if anything; of several offers the largest."""
    en, zh = SAYS[state]
    if state == "line":
        left_cents = sum(line.available_cents for line in lines)
        if not left_cents:
            return NOTHING_LEFT
        amount = yuan(left_cents)
        return en.format(amount=amount), zh.format(amount=amount)
    if state == "offer":
        largest = max(offers, key=lambda offer: offer.limit_cents)
        told = {"amount": yuan(largest.limit_cents), "day": largest.expires_on}
        return en.format(**told), zh.format(**told)
    return en, zh
