"""How much a loan may cost in all, by the dated rule a product was published under."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from lendmill.refusals import Refusal


class UnknownCaps(Refusal):
    """{key!r} is not a set of caps; choose one of {known}."""


class CapsNotInForce(Refusal):
    """The caps {key!r} are in force from {from_on} only; today is {today}."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The dearest a loan may be: all-in, and, where it is on, with everything that lateness adds; basis points a
    year."""

    key: str
    all_in_bp: int
    in_default_bp: int | None
    from_on: date
    source: str


PROFILES: Final[dict[str, tuple[Caps, ...]]] = {
    "historical": (
        Caps("historical", 2400, None, date(2008, 5, 4), "2008 pilot rule; 4 x the benchmark rate, shipped as 24 %"),
    ),
    "current": (
        Caps(
            "current",
            2400,
            2400,
            date(2017, 8, 4),
            "法发〔2017〕22号: interest, penalty and fees together beyond 24 % a year are cut back on request",
        ),
        Caps(
            "current",
            2400,
            2400,
            date(2025, 12, 1),
            "小额贷款公司综合融资成本管理工作指引 (December 2025): no new loan above 24 % all-in",
        ),
    ),
}


def caps_on(key: str, today: date) -> Caps:
    """The caps of a profile in force on a day; refuses with `UnknownCaps` or `CapsNotInForce`.

    >>> caps_on("historical", date(2026, 1, 1)).in_default_bp is None
    True
    >>> caps_on("current", date(2026, 1, 1)).in_default_bp
    2400
    """
    if key not in PROFILES:
        raise UnknownCaps(key=key, known=", ".join(PROFILES))
    in_force = [caps for caps in PROFILES[key] if caps.from_on <= today]
    if not in_force:
        raise CapsNotInForce(key=key, from_on=PROFILES[key][0].from_on, today=today)
    return in_force[-1]
