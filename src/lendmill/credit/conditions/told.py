"""Conditions as they stand: asked for, brought forward, verified or refused, lapsed; and who may verify."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal
from uuid import UUID

from lendmill.people.roles import Role
from lendmill.refusals import Refusal

State = Literal["asked", "waiting", "met", "lapsed"]
VERIFIERS: Final = frozenset({Role.ANALYST, Role.RISK_OFFICER})
LETTERS_MAX: Final = 500


class NoSuchCondition(Refusal):
    """There is no condition {condition_id} on a line of this borrower."""


class ConditionOver(Refusal):
    """This condition is {state}: nothing more can be brought forward for it."""


class NotSuchAWay(Refusal):
    """This condition is met by {ways}, not by {way!r}."""


class DescriptionMissing(Refusal):
    """Say who answers for the debt, or what is pledged, in up to {letters_max} letters."""


class CoverTooSmall(Refusal):
    """The amount covered is {cover_cents} cents; it must be more than nothing."""


class CoverTooLarge(Refusal):
    """The amount covered is {cover_cents} cents; it can be {most_cents} cents at most."""


class OwnGuarantor(Refusal):
    """Nobody answers for their own debt: name somebody else."""


class ToldOtherwise(Refusal):
    """The same was brought forward with another guarantor's number, or with none: whoever answers counts once."""


class GuarantorUnfit(Refusal):
    """This guarantor cannot answer for another's debt at present. {why}"""


class NothingTold(Refusal):
    """There is nothing brought forward under {told_id}."""


class NotYoursToVerify(Refusal):
    """Verifying what was brought forward is not the work of the role {role}, but of {roles}."""


class OwnWord(Refusal):
    """You brought this forward yourself: another member of staff must verify it."""


class VerifiedAlready(Refusal):
    """This was {outcome} already."""


class NotGrantedToday(Refusal):
    """Nothing more would be missing, but {limit_cents} cents would not be granted today ({reasons}): what was brought
    forward waits, and can be verified until {until_on}."""


@dataclass(frozen=True, slots=True)
class ConditionTold:
    """What somebody brought forward, and what was found of it."""

    told_id: UUID
    condition_id: UUID
    way: str
    guarantor_id: UUID | None
    described: str
    cover_cents: int
    told_by: UUID
    told_on: date
    verified: bool | None
    decided_by: UUID | None
    decided_on: date | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class LineCondition:
    """A condition of a line with everything brought forward for it."""

    condition_id: UUID
    borrower_id: UUID
    display_name: str
    line_id: UUID
    line_status: str
    product_key: str
    decision_id: UUID
    condition: str
    label_en: str
    label_zh: str
    ways: list[str]
    cover_cents: int
    asked_on: date
    until_on: date
    waited_for: bool
    told: list[ConditionTold] = field(default_factory=list)

    @property
    def covered_cents(self) -> int:
        """How much is covered by what was verified: whoever answers, or whatever is pledged, counts once."""
        most_cents: dict[tuple[str, str], int] = {}
        for each in self.told:
            if each.verified:
                name = (each.way, str(each.guarantor_id or each.described.lower()))
                most_cents[name] = max(each.cover_cents, most_cents.get(name, 0))
        return sum(most_cents.values())

    def state(self, today: date) -> State:
        """Where it stands: met, lapsed, waiting for somebody to verify, or still asked for."""
        if self.covered_cents >= self.cover_cents:
            return "met"
        if not self.waited_for or today > self.until_on:
            return "lapsed"
        return "waiting" if any(each.verified is None for each in self.told) else "asked"


def check_verifier(role: Role) -> None:
    """Refuse whose work it is not."""
    if role not in VERIFIERS:
        raise NotYoursToVerify(role=role.value, roles=", ".join(sorted(each.value for each in VERIFIERS)))


def described_as(text: str) -> str:
    """Who answers, or what is pledged, as it is kept.

    >>> described_as("  Wang Ltd,  deposit receipt 17 ")
    'Wang Ltd, deposit receipt 17'
    """
    described = " ".join(text.split())
    if not described or len(described) > LETTERS_MAX or not described.isprintable():
        raise DescriptionMissing(letters_max=LETTERS_MAX)
    return described
