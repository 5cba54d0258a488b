"""What was decided in a time, page by page, with what became of it; cases, shadows, arms and backtests as kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from lendmill.credit.testing.again import Stored
from lendmill.credit.testing.unit_cases import Examples, cases_of
from lendmill.db import Db, many, maybe, scalar
from lendmill.people.canonical import digest_of

PAGE: Final = 500
FIRST: Final = UUID(int=0)
LAST: Final = UUID(int=2**128 - 1)

STORED = """
    select d.decision_id, d.borrower_id, d.decided_on, d.content, o.defaulted
      from decision d
      left join outcome o on (o.decision_id, o.borrower_id) = (d.decision_id, d.borrower_id)
     where d.decision_id > %(after)s
       and d.decision_id <= %(up_to)s
       and d.decided_on between %(since_on)s and %(until_on)s
       and d.application_id is not null
     order by d.decision_id
     limit %(size)s
"""


def stored(
    db: Db, *, since_on: date, until_on: date, after: UUID = FIRST, up_to: UUID = LAST, page: int = PAGE
) -> Iterator[Stored]:
    """The decisions of a time, the oldest first, read a page at a time: memory does not grow with them."""
    while found := many(db, Stored, STORED, since_on=since_on, until_on=until_on, after=after, up_to=up_to, size=page):
        yield from found
        after = found[-1].decision_id


BOUNDARIES = """
    select distinct on (part) decision_id
      from (select decision_id, ntile(%(parts)s) over (order by decision_id) as part
              from decision
             where decided_on between %(since_on)s and %(until_on)s) d
     order by part, decision_id desc
"""


def parts_of(db: Db, *, since_on: date, until_on: date, parts: int) -> list[tuple[UUID, UUID]]:
    """The decisions of a time cut into parts alike in size: after which id, up to which."""
    ends = [row.decision_id for row in many(db, _End, BOUNDARIES, since_on=since_on, until_on=until_on, parts=parts)]
    return list(zip((FIRST, *ends[:-1]), ends, strict=True)) if ends else []


@dataclass(frozen=True, slots=True)
class _End:
    decision_id: UUID


CASES = """
    select body, digest
      from policy_case
     where policy_key = %(policy_key)s
     order by case_set_id desc
     limit 1
"""


@dataclass(frozen=True, slots=True)
class _Kept:
    body: str
    digest: str


def cases(db: Db, policy_key: str) -> Examples | None:
    """The examples kept with a policy, where there are any."""
    found = maybe(db, _Kept, CASES, policy_key=policy_key)
    if found is None:
        return None
    assert digest_of(found.body) == found.digest, "a policy's cases no longer match their digest"
    return cases_of(json.loads(found.body))


UNSHADOWED = """
    select d.decision_id, d.borrower_id, d.decided_on, d.content, null::boolean as defaulted
      from decision d
     where d.decision_id > %(after)s
       and d.application_id is not null
       and d.decided_on >= %(since_on)s
       and not exists (
           select from shadow_decision s
            where (s.decision_id, s.borrower_id) = (d.decision_id, d.borrower_id)
              and s.policy_key = %(policy_key)s
              and s.policy_version = %(policy_version)s
           )
     order by d.decision_id
     limit %(size)s
"""


def unshadowed(
    db: Db, *, policy_key: str, policy_version: int, since_on: date, after: UUID = FIRST, page: int = PAGE
) -> list[Stored]:
    """A page of decisions that a shadow has not decided yet."""
    return many(
        db, Stored, UNSHADOWED, policy_key=policy_key, policy_version=policy_version, since_on=since_on, after=after,
        size=page,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PairCount:
    """So many files that the one policy decided so and the other so, with the limits each granted."""

    before: str
    after: str
    files: int
    limit_before_cents: int
    limit_after_cents: int


SHADOW_PAIRS = """
    select d.outcome as before, s.outcome as after, count(*)::integer as files,
           coalesce(sum(d.limit_cents) filter (where d.outcome = 'approve'), 0)::bigint as limit_before_cents,
           sum(s.limit_cents)::bigint as limit_after_cents
      from shadow_decision s
      join decision d on (d.decision_id, d.borrower_id) = (s.decision_id, s.borrower_id)
     where s.policy_key = %(policy_key)s
       and s.policy_version = %(policy_version)s
     group by 1, 2
     order by 1, 2
"""


def shadow_pairs(db: Db, policy_key: str, policy_version: int) -> list[PairCount]:
    """A shadow beside what was decided, over all files both decided."""
    return many(db, PairCount, SHADOW_PAIRS, policy_key=policy_key, policy_version=policy_version)


@dataclass(frozen=True, slots=True)
class ArmCount:
    """One arm of a trial: files, how many approved with which limits, and what became of those that ripened."""

    arm: str
    files: int
    approved: int
    limit_cents: int
    known: int
    defaults: int


ARMS = """
    select a.arm, count(*)::integer as files,
           count(*) filter (where d.outcome = 'approve')::integer as approved,
           coalesce(sum(d.limit_cents) filter (where d.outcome = 'approve'), 0)::bigint as limit_cents,
           count(o.defaulted)::integer as known,
           count(*) filter (where o.defaulted)::integer as defaults
      from decision_arm a
      join decision d on (d.decision_id, d.borrower_id) = (a.decision_id, a.borrower_id)
      left join outcome o on (o.decision_id, o.borrower_id) = (a.decision_id, a.borrower_id)
     where a.trial = %(trial)s
     group by a.arm
     order by a.arm
"""


def arms(db: Db, trial: str) -> list[ArmCount]:
    """How each arm of a trial did."""
    return many(db, ArmCount, ARMS, trial=trial)


@dataclass(frozen=True, slots=True)
class KeptBacktest:
    """A backtest as it was run."""

    backtest_id: UUID
    policy_key: str
    policy_version: int
    policy_digest: str
    since_on: date
    until_on: date
    files: int
    body: dict[str, Any]
    run_on: date
    made_at: datetime


BACKTESTS = """
    select backtest_id, policy_key, policy_version, policy_digest, since_on, until_on, files, body, run_on, made_at
      from policy_backtest
     where policy_key = %(policy_key)s
       and policy_version = %(policy_version)s
     order by backtest_id desc
     limit 20
"""


def backtests(db: Db, policy_key: str, policy_version: int) -> list[KeptBacktest]:
    """The backtests of a version, the newest first."""
    return many(db, KeptBacktest, BACKTESTS, policy_key=policy_key, policy_version=policy_version)


DECIDED_FROM = """
    select min(decided_on) from decision where application_id is not null
"""


def first_decided_on(db: Db) -> date | None:
    """The day of the first decision there is."""
    found: date | None = scalar(db, DECIDED_FROM)
    return found
