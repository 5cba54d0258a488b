"""The same as rows of a file: one for each offer, line or application that a shop sees."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from lendmill.credit.offers.entries.entry import ShopEntry, said
from lendmill.money import yuan
from lendmill.terms.rates import per_cent

COLUMNS: Final = (
    "shop", "state", "product", "amount_yuan", "daily_rate", "annual_rate", "months_max", "until", "says_en", "says_zh",
)  # fmt: skip


def rows_of(entry: ShopEntry) -> Iterator[tuple[str, ...]]:
    """The rows of one shop, each with its own sentence; amounts are what can be had, or what is left of a line.

    A line of which nothing is left has no row.
    """
    shop = _safe(entry.shop_key)
    for line in entry.lines:
        if line.available_cents:
            terms = (_plain(line.available_cents), "", "", "", str(line.expires_on))
            yield shop, "line", line.product_key, *terms, *said("line", (), (line,))
    for begun in entry.applications:
        yield shop, "application", begun.product_key, "", "", "", "", "", *said("application", (), ())
    for offer in entry.offers:
        rates = (offer.daily_rate, per_cent(Decimal(offer.annual_rate)), str(offer.months_max), str(offer.expires_on))
        yield shop, "offer", offer.product_key, _plain(offer.limit_cents), *rates, *said("offer", (offer,), ())


def _safe(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _plain(amount_cents: int) -> str:
    return yuan(amount_cents).replace(",", "")
