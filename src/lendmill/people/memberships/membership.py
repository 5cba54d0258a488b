"""What was said of a shop's wholesale membership (诚信通): the newest word about a day counts."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from lendmill.days import months_after
from lendmill.refusals import Refusal

AHEAD_MONTHS: Final = 12


class SaidFromLaterOn(Refusal):
    """From {from_on} on something else was said of shop {shop_key}: say it from that day on, or from a later one."""


class MembershipDayOut(Refusal):
    """A membership of shop {shop_key} can begin or end from {first_on}, since when the shop is known, to {last_on}, a
    year ahead: {from_on} is not one of these days."""


class YesOrNoMissing(Refusal):
    """Whether the shop is a wholesale member must be said: yes or no."""


@dataclass(frozen=True, slots=True)
class SaidOfShop:
    """A shop with all that was said of its membership, the newest word first, and what it came with."""

    shop_id: UUID
    borrower_id: UUID
    shop_key: str
    since_on: date | None
    came_with: bool
    from_days: list[date]
    says: list[bool]

    def changes(self) -> list[tuple[date, bool]]:
        """The days on which the membership begins or ends, in their order: what is said of a day holds from it on, so
        that of an earlier word about that day, or a later one, nothing is left."""
        counting: list[tuple[date, bool]] = []
        for from_on, wholesale in zip(self.from_days, self.says, strict=True):
            if not counting or from_on < counting[-1][0]:
                counting.append((from_on, wholesale))
        changed, is_so = [], self.came_with
        for from_on, wholesale in reversed(counting):
            if wholesale != is_so:
                changed.append((from_on, wholesale))
            is_so = wholesale
        return changed

    def is_new(self, *, wholesale: bool, from_on: date, today: date) -> bool:
        """Whether this said from a day on would be new.

        Refuses with `SaidFromLaterOn` where it would undo what begins or ends later, and with `MembershipDayOut`; a
        mistyped day of which something was said already can always be spoken of again.
        """
        first_on, last_on = min(self.since_on or today, today), months_after(today, AHEAD_MONTHS)
        if not first_on <= from_on <= last_on and from_on not in self.from_days:
            raise MembershipDayOut(shop_key=self.shop_key, first_on=first_on, last_on=last_on, from_on=from_on)
        is_so = self.came_with
        for changed_on, became in self.changes():
            if changed_on <= from_on:
                is_so = became
            elif became != wholesale:
                raise SaidFromLaterOn(shop_key=self.shop_key, from_on=self._last_other(wholesale))
        return is_so != wholesale

    def _last_other(self, wholesale: bool) -> date:
        return max(changed_on for changed_on, became in self.changes() if became != wholesale)
