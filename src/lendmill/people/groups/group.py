"""A group of related borrowers (关联方), who belongs to it since when, and who says so."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from lendmill.people.roles import Role
from lendmill.refusals import Refusal

GroupKind = Literal["household", "representative", "guarantee"]
GROUP_KINDS: Final[tuple[GroupKind, ...]] = ("household", "representative", "guarantee")
RELATERS: Final = frozenset({Role.ANALYST, Role.RISK_OFFICER})
SOURCE_LETTERS_MAX: Final = 300
MEMBERS_MAX: Final = 200
MEMBERS_MIN: Final = 2


class NoSuchGroup(Refusal):
    """There is no group {group_id}."""


class NotAGroupKind(Refusal):
    """{kind!r} is no kind of group: write one of {kinds}."""


class NotYoursToRelate(Refusal):
    """Saying who belongs together is not the work of the role {role}, but of {roles}."""


class SourceMissing(Refusal):
    """Say how it is known that they belong together, in up to {letters_max} letters."""


class GroupDayAhead(Refusal):
    """They belong together from {from_on} on, but today is {today}: write it down when the day has come."""


class GroupTooLarge(Refusal):
    """A group has at most {members_max} members."""


class GroupOfOne(Refusal):
    """Nobody belongs together with themselves alone: name at least two borrowers."""


class NotAMember(Refusal):
    """This borrower does not belong to {named} today: there is nothing to part."""


class SaidForLater(Refusal):
    """Of this borrower and this group something was said from {from_on} on: a day before it changes nothing today."""


class NobodyByThatName(Refusal):
    """No borrower has the shop, or the number, {named!r}."""


class GroupsChanged(Refusal):
    """Who belongs together with this borrower has just changed: ask again."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group with its members of today."""

    group_id: UUID
    kind: str
    named: str
    made_on: date
    borrower_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class Membership:
    """One row of who belongs, or no longer does."""

    membership_id: UUID
    group_id: UUID
    borrower_id: UUID
    display_name: str
    belongs: bool
    from_on: date
    source: str
    told_by: UUID | None
    teller: str | None
    told_on: date
    made_at: datetime


def check_relater(role: Role) -> None:
    """Refuse whose work it is not."""
    if role not in RELATERS:
        raise NotYoursToRelate(role=role.value, roles=", ".join(sorted(each.value for each in RELATERS)))


def kind_of(kind: str) -> GroupKind:
    """A kind of group there is."""
    for known in GROUP_KINDS:
        if known == kind:
            return known
    raise NotAGroupKind(kind=kind[:60], kinds=", ".join(GROUP_KINDS))


def source_given(text: str) -> str:
    """How it is known, in words.

    >>> source_given(" household  register 3/2026 ")
    'household register 3/2026'
    """
    source = " ".join(text.split())
    if not source or len(source) > SOURCE_LETTERS_MAX or not source.isprintable():
        raise SourceMissing(letters_max=SOURCE_LETTERS_MAX)
    return source
