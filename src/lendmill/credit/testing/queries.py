"""What was decided in a time, page by page, with what became of it; cases, shadows, arms and backtests as kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg.rows import class_row

from lendmill.credit.testing.again import Stored
from lendmill.credit.testing.backtest import Backtest
from lendmill.credit.testing.unit_cases import Examples, cases_of
from lendmill.db import Db, many, maybe, scalar
from lendmill.people.canonical import digest_of
from lendmill.products.document import Product
from lendmill.products.publishing import queries as published
from lendmill.products.queries import PRODUCT
from lendmill.refusals import Refusal

PAGE: Final = 500
FIRST: Final = UUID(int=0)
LAST: Final = UUID(int=2**128 - 1)

# A person's verdict is a decision of its own about the same file: the computer's is decided again, and what the person
# made of it, and what became of the person's loan, stand beside it.
BY_COMPUTER: Final = """
       d.application_id is not null
       and not exists (select from review_verdict w
                        where (w.decision_id, w.borrower_id) = (d.decision_id, d.borrower_id))
"""

OF_TIME: Final = f"""
       d.decided_on between %(since_on)s and %(until_on)s
       and {BY_COMPUTER.strip()}
"""

BECAME: Final = """
      left join outcome o on (o.decision_id, o.borrower_id) = (d.decision_id, d.borrower_id)
      left join review_verdict v on (v.case_id, v.borrower_id) = (d.decision_id, d.borrower_id)
      left join outcome p on (p.decision_id, p.borrower_id) = (v.decision_id, v.borrower_id)
"""

STORED = f"""
    select d.decision_id, d.borrower_id, d.decided_on, convert_to(d.content, 'UTF8') as content,
           coalesce(o.defaulted, p.defaulted) as defaulted,
           v.outcome as by_person
      from decision d
      {BECAME.strip()}
     where d.decision_id > %(after)s
       and d.decision_id <= %(up_to)s
       and {OF_TIME.strip()}
     order by d.decision_id
     limit %(size)s
"""


def stored(
    db: Db, *, since_on: date, until_on: date, after: UUID = FIRST, up_to: UUID = LAST, page: int = PAGE
) -> Iterator[Stored]:
    """The decisions of a time, the oldest first, read a page at a time: memory does not grow with them."""
    about = {"since_on": since_on, "until_on": until_on, "up_to": up_to, "size": page}
    with db.cursor(row_factory=class_row(Stored), binary=True) as cursor:  # bytes as they lie, not spelled out
        while found := cursor.execute(STORED, {**about, "after": after}).fetchall():
            yield from found
            after = found[-1].decision_id


BOUNDARIES = f"""
    select distinct on (part) decision_id as up_to, count(*) over (partition by part)::integer as files
      from (select d.decision_id, ntile(%(parts)s) over (order by d.decision_id) as part
              from decision d
             where {OF_TIME.strip()}) d
     order by part, decision_id desc
"""


class NoSuchBacktest(Refusal):
    """There is no backtest {backtest_id}."""


@dataclass(frozen=True, slots=True)
class Part:
    """So many decisions that lie next to each other: after which id, and up to which."""

    files: int
    up_to: UUID
    after: UUID = FIRST


WHOLE: Final = Part(0, LAST)


def parts_of(db: Db, *, since_on: date, until_on: date, parts: int) -> list[Part]:
    """The decisions of a time cut into parts alike in size."""
    ends = many(db, Part, BOUNDARIES, since_on=since_on, until_on=until_on, parts=parts)
    starts = (FIRST, *(end.up_to for end in ends[:-1]))
    return [Part(end.files, end.up_to, after) for end, after in zip(ends, starts if ends else (), strict=True)]


COUNTED = f"""
    select count(*)::integer
      from decision d
     where {OF_TIME.strip()}
"""


def counted(db: Db, *, since_on: date, until_on: date) -> int:
    """How many decisions of a time there are to decide again."""
    return int(scalar(db, COUNTED, since_on=since_on, until_on=until_on))


CASES = """
    select c.body, c.digest, c.kept_on, a.display_name as keeper
      from policy_case c
      left join account a on a.account_id = c.kept_by
     where c.policy_key = %(policy_key)s
     order by c.case_set_id desc
     limit %(size)s
"""


@dataclass(frozen=True, slots=True)
class KeptCases:
    """A set of examples as it was kept with a policy: by whom, when, under which fingerprint."""

    body: str
    digest: str
    kept_on: date
    keeper: str | None

    @property
    def examples(self) -> Examples:
        """The examples themselves."""
        assert digest_of(self.body) == self.digest, "a policy's cases no longer match their digest"
        return cases_of(json.loads(self.body))


def case_sets(db: Db, policy_key: str, size: int = 20) -> list[KeptCases]:
    """The sets of examples kept with a policy, the newest first; that one counts."""
    return many(db, KeptCases, CASES, policy_key=policy_key, size=size)


def cases(db: Db, policy_key: str) -> Examples | None:
    """The examples kept with a policy, where there are any."""
    found = maybe(db, KeptCases, CASES, policy_key=policy_key, size=1)
    return found.examples if found is not None else None


HOLD_OUT = """
    select share_bp
      from hold_out
     where from_on <= %(on)s
     order by from_on desc, hold_out_id desc
     limit 1
"""


def hold_out_bp(db: Db, on: date) -> int:
    """The share of all borrowers who are in no trial on a day, in basis points; nobody, where nothing was said."""
    return int(scalar(db, HOLD_OUT, on=on) or 0)


HOLD_OUTS_LATER = """
    select coalesce(array_agg(distinct from_on), '{}')
      from hold_out
     where from_on > %(on)s
"""


def hold_outs_from(db: Db, on: date) -> dict[date, int]:
    """The hold-out of a day and of each later day from which it is another."""
    return {day: hold_out_bp(db, day) for day in (on, *scalar(db, HOLD_OUTS_LATER, on=on))}


UNSHADOWED = f"""
    select d.decision_id, d.borrower_id, d.decided_on, d.content, null::boolean as defaulted
      from decision d
     where d.decision_id > %(after)s
       and d.decided_on >= %(since_on)s
       and {BY_COMPUTER.strip()}
       and not exists (
           select from document_step t
            where (t.kind, t.document_key, t.version) = ('policy', %(policy_key)s, %(policy_version)s)
              and t.stage = 'shadow'
              and t.effective_on = d.decided_on
              and t.made_at > d.decided_at
           )
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
    runner: str | None

    @property
    def found(self) -> Backtest:
        """The report as it was worked out."""
        return msgspec.convert(self.body, Backtest)


KEPT_BACKTEST: Final = """
    select b.backtest_id, b.policy_key, b.policy_version, b.policy_digest, b.since_on, b.until_on, b.files, b.body,
           b.run_on, b.made_at, a.display_name as runner
      from policy_backtest b
      left join account a on a.account_id = b.run_by
"""

BACKTESTS = f"""
    {KEPT_BACKTEST.strip()}
     where b.policy_key = %(policy_key)s
       and b.policy_version = %(policy_version)s
     order by b.backtest_id desc
     limit 20
"""


def backtests(db: Db, policy_key: str, policy_version: int) -> list[KeptBacktest]:
    """The backtests of a version, the newest first."""
    return many(db, KeptBacktest, BACKTESTS, policy_key=policy_key, policy_version=policy_version)


BACKTEST = f"""
    {KEPT_BACKTEST.strip()}
     where b.backtest_id = %(backtest_id)s
"""


def backtest(db: Db, backtest_id: UUID) -> KeptBacktest:
    """One backtest as it was run, or the refusal `NoSuchBacktest`."""
    found = maybe(db, KeptBacktest, BACKTEST, backtest_id=backtest_id)
    if found is None:
        raise NoSuchBacktest(backtest_id=backtest_id)
    return found


DECIDED_FROM = """
    select min(decided_on) from decision where application_id is not null
"""


def first_decided_on(db: Db) -> date | None:
    """The day of the first decision there is."""
    found: date | None = scalar(db, DECIDED_FROM)
    return found


def every_product(db: Db, today: date) -> dict[tuple[str, int], Product]:
    """Every version of every product that stands, by key and number: what was ever decided for."""
    named = {(each.document_key, each.version) for each in published.versions(db, "product", today)}
    found = {name: published.opened(db, PRODUCT, *name) for name in sorted(named)}
    return {name: product for name, product in found.items() if product is not None}
