"""The same as rows of a file: one for each offer, line or application that a shop sees."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from lendmill.credit.offers.entries.entry import ShopEntry
from lendmill.money import yuan

COLUMNS: Final = (
    "shop", "state", "product", "amount_yuan", "daily_rate", "annual_rate", "months_max", "until", "says_en", "says_zh",
)  # fmt: skip


def rows_of(entry: ShopEntry) -> Iterator[tuple[str, ...]]:
    """The rows of one shop; amounts are what can be had, or what is left of a line."""
    shop, says = _safe(entry.shop_key), (entry.says_en, entry.says_zh)
    for line in entry.lines:
        yield shop, "line", line.product_key, _plain(line.available_cents), "", "", "", str(line.expires_on), *says
    for begun in entry.applications:
        yield shop, "application", begun.product_key, "", "", "", "", "", *says
    for offer in entry.offers:
        terms = (offer.daily_rate, _per_cent(offer.annual_rate), str(offer.months_max), str(offer.expires_on))
        yield shop, "offer", offer.product_key, _plain(offer.limit_cents), *terms, *says


def _safe(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _per_cent(share: str) -> str:
    """A yearly rate in the notation of the daily one.

    >>> _per_cent("0.219"), _per_cent("0.2")
    ('21.9 %', '20 %')
    """
    return f"{(Decimal(share) * 100).normalize():f} %"


def _plain(amount_cents: int) -> str:
    return yuan(amount_cents).replace(",", "")
