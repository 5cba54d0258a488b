"""The hours in which a conversation can be had: half hours of business days, in the house's time zone."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from lendmill.days import ONE_DAY
from lendmill.refusals import Refusal
from lendmill.shops.events import HOUSE_ZONE
from lendmill.terms.business_days import BusinessCalendar

ZONE: Final = ZoneInfo(HOUSE_ZONE)
SLOT: Final = timedelta(minutes=30)
HOURS: Final = ((time(9, 0), time(12, 0)), (time(13, 30), time(18, 0)))
DAYS_AHEAD: Final = 5


class NotASlot(Refusal):
    """A conversation begins on a half hour of one of the next business days, not at {asked}."""


def slots(today: date, taken: Collection[datetime] = (), days: int = DAYS_AHEAD) -> tuple[datetime, ...]:
    """The free half hours of the next business days, today not among them.

    >>> [at.isoformat() for at in slots(date(2026, 1, 9), days=1)][:2]  # a Friday: the next business day is Monday
    ['2026-01-12T09:00:00+08:00', '2026-01-12T09:30:00+08:00']
    """
    free: list[datetime] = []
    day, left = today, days
    while left:
        day += ONE_DAY
        if _calendar().is_business_day(day):
            free += [at for at in half_hours(day) if at not in taken]
            left -= 1
    return tuple(free)


def half_hours(day: date) -> tuple[datetime, ...]:
    """All half hours of one business day."""
    found: list[datetime] = []
    for opens, closes in HOURS:
        at = datetime.combine(day, opens, ZONE)
        while at + SLOT <= datetime.combine(day, closes, ZONE):
            found.append(at)
            at += SLOT
    return tuple(found)


def slot_of(text: str) -> datetime:
    """An hour as a form or a program sends it; without a zone it is the house's.

    >>> slot_of("2026-01-12T09:00").isoformat()
    '2026-01-12T09:00:00+08:00'
    """
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=ZONE) if at.tzinfo is None else at.astimezone(ZONE)
    except (ValueError, OverflowError):  # an hour that is before the first year, or after the last, in the house's zone
        raise NotASlot(asked=text[:40]) from None


def check_slot(at: datetime, today: date) -> datetime:
    """Refuse an hour in which nobody works, or one that is too near or too far."""
    if at not in slots(today):
        raise NotASlot(asked=at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M"))
    return at


@cache
def _calendar() -> BusinessCalendar:
    return BusinessCalendar()
