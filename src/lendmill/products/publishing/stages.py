"""The stages of a document, which way leads from one to another, and what stands where on a day by the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeVar

from lendmill.people.roles import Role
from lendmill.refusals import Refusal
from lendmill.terms.rates import BASIS_POINTS

T = TypeVar("T")
Stage = Literal["draft", "review", "shadow", "share", "live", "retired"]
Logged = Literal["shadow", "share", "live", "retired"]
STAGES: Final[tuple[Stage, ...]] = ("draft", "review", "shadow", "share", "live", "retired")
LOGGED: Final[tuple[Logged, ...]] = ("shadow", "share", "live", "retired")

FIRST: Final = "first of the house"
HOLDS_BACK: Final = "holds back"

WRITERS: Final = frozenset({Role.ANALYST, Role.RISK_OFFICER})
DECIDERS: Final = frozenset({Role.RISK_OFFICER, Role.ADMIN})


class NoSuchDocumentStage(Refusal):
    """There is no stage {stage!r} to take a version to: it goes to shadow, share, live or retired."""


class WayClosed(Refusal):
    """Version {version} of {key} is {stage} and cannot become {to_stage} from there."""


class TakesTwoPeople(Refusal):
    """This takes two people: one proposes it with a reason, another approves it; `lendmill {kinds} propose` begins."""


class NotPublishersWork(Refusal):
    """The role {role} may not do this with products and policies; {roles} may."""


class BackDated(Refusal):
    """Nothing is published for a day that is over: {effective_on} lies before today, {today}."""


class ScheduledAlready(Refusal):
    """Version {version} of {key} becomes {stage} on {effective_on}: wait for that day, or retire it and begin anew."""


class RetiresAtOnce(Refusal):
    """What is live retires on the day somebody else agrees, not on a coming one."""


class NotAShare(Refusal):
    """A share of all borrowers goes from 0.01 % to 99.99 %, that is from 1 to 9999 basis points, and only with the
    stage share."""


class SharesTooLarge(Refusal):
    """From {on} on the versions of {key} that have a share would have {total} of all borrowers together, and the
    hold-out has {held_out}: more than 100 %, or nobody left to the live version."""


class SharesRun(Refusal):
    """Version {version} of {key} is live, and beside it {shares} are live for a share of borrowers, or will be: retire
    those first, one person may do so at once."""


class NothingLive(Refusal):
    """No version of {key} is live on {on}: there is nothing a share could stand beside."""


@dataclass(frozen=True, slots=True)
class VersionStanding:
    """The last step of one version that counts on a day."""

    document_key: str
    version: int
    n: int
    stage: Logged
    was: Stage
    effective_on: date
    share_bp: int | None
    digest: str
    live_last: bool = False  # no version of the document went live after it


@dataclass(frozen=True, slots=True)
class DocumentDay:
    """What stands where on a day, of one document: at most one version live, some for a share, some in the shadow."""

    rows: tuple[VersionStanding, ...]
    last: VersionStanding | None
    said: dict[int, Stage]

    @property
    def live(self) -> VersionStanding | None:
        """The version that went live last, unless it is live no more."""
        return self.last if self.last and self.last.stage == "live" else None

    @property
    def shares(self) -> tuple[VersionStanding, ...]:
        """The versions that are live for a share of borrowers."""
        return tuple(each for each in self.rows if each.stage == "share")

    @property
    def shadows(self) -> tuple[VersionStanding, ...]:
        """The versions that are tried in the shadow."""
        return tuple(each for each in self.rows if each.stage == "shadow")

    def stage_of(self, version: int) -> Stage | None:
        """Where a version stands, or None for one the log does not name by that day."""
        return self.said.get(version)


def placed(standings: Iterable[VersionStanding]) -> DocumentDay:
    """What stands where, from the last step of each version that counts on the day.

    Live is who went live last; that one retired, or tried in the shadow again, nobody is: who was live before does
    not come back by itself.
    """
    rows = sorted(standings, key=lambda each: (each.effective_on, each.n))
    last = next((each for each in rows if each.live_last), None)
    said: dict[int, Stage] = {}
    for each in rows:
        said[each.version] = "retired" if each.stage == "live" and each is not last else each.stage
    return DocumentDay(tuple(sorted(rows, key=lambda each: each.version)), last, said)


# From where to where: by one person alone, or by two.
ALONE: Final = frozenset((stage, "retired") for stage in ("draft", "review", "shadow", "share"))
BY_TWO: Final = frozenset(
    {
        *((stage, to_stage) for stage in ("draft", "shadow", "retired") for to_stage in ("shadow", "share", "live")),
        ("share", "live"), ("share", "share"), ("live", "retired"),
    }
) - {("shadow", "shadow")}  # fmt: skip


def logged_named(text: str) -> Logged:
    """A stage a version can be taken to, by its name, or the refusal `NoSuchDocumentStage`."""
    for stage in LOGGED:
        if stage == text:
            return stage
    raise NoSuchDocumentStage(stage=text[:40])


def check_share(to_stage: str, share_bp: int | None) -> None:
    """Refuse, by `NotAShare`, a share where there is none to give, and a stage share without one."""
    given = share_bp is not None
    if given != (to_stage == "share") or (share_bp is not None and not 1 <= share_bp < BASIS_POINTS):
        raise NotAShare


def check_by_two(key: str, version: int, stage: Stage, to_stage: Logged) -> None:
    """Refuse a proposal for which there is no way."""
    if (stage, to_stage) not in BY_TWO:
        raise WayClosed(key=key, version=version, stage=stage, to_stage=to_stage)


def holds_back(stage: Stage, to_stage: Logged, share_bp_before: int | None, share_bp: int | None) -> bool:
    """Whether a step only takes something back, so that one person alone may make it at once.

    >>> holds_back("share", "share", 2_000, 500), holds_back("share", "share", 500, 2_000)
    (True, False)
    """
    if (stage, to_stage) == ("share", "share"):
        return share_bp is not None and share_bp_before is not None and share_bp < share_bp_before
    return (stage, to_stage) in ALONE


def check_shares(
    key: str, days: Mapping[date, DocumentDay], held_out: Mapping[date, int], version: int, share_bp: int
) -> None:
    """Refuse a share that on any day has nothing live beside it, or that leaves the live version nobody.

    `days` are the day of the step and every later one on which something changes, `held_out` the same of the borrowers
    who are in no trial, in basis points of all.
    """
    for on in sorted({*days, *held_out}):
        day, held_bp = _of(days, on), _of(held_out, on)
        if day.live is None or day.live.version == version:
            raise NothingLive(key=key, on=on)
        total = share_bp + sum(each.share_bp or 0 for each in day.shares if each.version != version)
        if total + max(held_bp, 1) > BASIS_POINTS:
            raise SharesTooLarge(key=key, on=on, total=percent(total), held_out=percent(held_bp))


def check_nothing_beside(key: str, days: Mapping[date, DocumentDay], version: int) -> None:
    """Refuse, by `SharesRun`, that what is live retires while others have a share beside it, now or later."""
    beside = {each.version for day in days.values() for each in day.shares if each.version != version}
    if beside:
        raise SharesRun(key=key, version=version, shares=", ".join(f"{key} {each}" for each in sorted(beside)))


def _of(days: Mapping[date, T], on: date) -> T:
    return days[max(each for each in days if each <= on)]


def percent(share_bp: int) -> str:
    """A share in basis points as people say it.

    >>> percent(1_250)
    '12.5 %'
    """
    return f"{share_bp / 100:g} %"


def check_day(effective_on: date | None, today: date) -> None:
    """Refuse, by `BackDated`, a day that is over."""
    if effective_on is not None and effective_on < today:
        raise BackDated(effective_on=effective_on, today=today)


def check_writer(role: Role) -> None:
    """Refuse whoever may not write, propose or hold back."""
    if role not in WRITERS:
        raise NotPublishersWork(role=role.value, roles=_told(WRITERS))


def check_decider(role: Role) -> None:
    """Refuse whoever may not be the second person."""
    if role not in DECIDERS:
        raise NotPublishersWork(role=role.value, roles=_told(DECIDERS))


def _told(roles: Sequence[Role] | frozenset[Role]) -> str:
    return ", ".join(sorted(role.value for role in roles))
