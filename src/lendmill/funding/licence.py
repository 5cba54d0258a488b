"""How much a small-loan company may borrow on top of its own money, by the rule in force on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from lendmill.refusals import Refusal


class UnknownLicence(Refusal):
    """{key!r} is not a licence profile; choose one of {known}."""


@dataclass(frozen=True, slots=True)
class LicenceProfile:
    """A funding rule with its source and date in force: borrowing in basis points of a base."""

    key: str
    borrowing_bp: int
    base: Literal["registered capital", "net assets"]
    source: str
    from_on: date


PROFILES: Final = {
    profile.key: profile
    for profile in (
        LicenceProfile(
            "historical",
            5_000,
            "registered capital",
            "2008 pilot rule: bank borrowing at most 50 % of capital",
            date(2008, 5, 4),
        ),
        LicenceProfile("current", 40_000, "net assets", "leverage 1 + 4, 金规〔2024〕26号", date(2024, 12, 31)),
    )
}


def lendable_cents(key: str, *, net_assets_cents: int, registered_capital_cents: int) -> int:
    """What may be out on loan in all: net assets and the borrowing the licence permits.

    >>> lendable_cents("historical", net_assets_cents=60_000, registered_capital_cents=50_000)
    85000
    >>> lendable_cents("current", net_assets_cents=60_000, registered_capital_cents=50_000)
    300000
    """
    if key not in PROFILES:
        raise UnknownLicence(key=key, known=", ".join(PROFILES))
    profile = PROFILES[key]
    base = registered_capital_cents if profile.base == "registered capital" else net_assets_cents
    return net_assets_cents + base * profile.borrowing_bp // 10_000
