"""The stages of a card, which way leads from one to another, and whose work each step is."""

from typing import Final, Literal

from lendmill.people.roles import Role
from lendmill.refusals import Refusal

Stage = Literal["draft", "shadow", "live", "retired"]
STAGES: Final[tuple[Stage, ...]] = ("draft", "shadow", "live", "retired")

KEPT: Final = "kept after training"
FIRST: Final = "first card of the house"

KEEPERS: Final = frozenset({Role.ANALYST, Role.RISK_OFFICER})
DECIDERS: Final = frozenset({Role.RISK_OFFICER, Role.ADMIN})

ALONE: Final = frozenset({("draft", "shadow"), ("draft", "retired"), ("shadow", "retired"), ("retired", "shadow")})
BY_TWO: Final = frozenset({("shadow", "live"), ("live", "retired")})
BACK: Final = ("retired", "live")  # only for a card that was live before: the undoing of a promotion


class NoSuchStage(Refusal):
    """There is no stage {stage!r}: a card is draft, shadow, live or retired."""


class StageClosed(Refusal):
    """Card {model_id} is {stage} and cannot become {to_stage} from there: a card goes from draft to shadow to live."""


class TakesTwo(Refusal):
    """This takes two people: one proposes it with a reason, another approves it; `lendmill models propose` begins."""


class NotTheirWork(Refusal):
    """The role {role} may not do this with a card; {roles} may."""


def stage_named(text: str) -> Stage:
    """A stage by its name, or the refusal `NoSuchStage`."""
    for stage in STAGES:
        if stage == text:
            return stage
    raise NoSuchStage(stage=text[:40])


def check_alone(model_id: str, stage: str, to_stage: Stage) -> None:
    """Refuse a step that one person cannot make: by `TakesTwo` where two can, else by `StageClosed`."""
    if (stage, to_stage) in ALONE:
        return
    if (stage, to_stage) in BY_TWO or (stage, to_stage) == BACK:
        raise TakesTwo
    raise StageClosed(model_id=model_id, stage=stage, to_stage=to_stage)


def check_by_two(model_id: str, stage: str, to_stage: Stage, *, live_before: bool) -> None:
    """Refuse a proposal for which there is no way: a card must have rated in the shadow, or have been live before.

    >>> check_by_two("a", "retired", "live", live_before=True)
    """
    if (stage, to_stage) in BY_TWO or ((stage, to_stage) == BACK and live_before):
        return
    raise StageClosed(model_id=model_id, stage=stage, to_stage=to_stage)


def check_keeper(role: Role) -> None:
    """Refuse whoever may not keep, move or propose cards."""
    if role not in KEEPERS:
        raise NotTheirWork(role=role.value, roles=_told(KEEPERS))


def check_decider(role: Role) -> None:
    """Refuse whoever may not be the second person."""
    if role not in DECIDERS:
        raise NotTheirWork(role=role.value, roles=_told(DECIDERS))


def _told(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(role.value for role in roles))
