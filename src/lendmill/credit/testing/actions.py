"""Keeping a policy's cases, letting a shadow decide beside the live policy, and running a backtest."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from lendmill import ids
from lendmill.credit.policy import Policy, digest
from lendmill.credit.testing import queries, store
from lendmill.credit.testing.again import again, granted_cents
from lendmill.credit.testing.backtest import Backtest
from lendmill.credit.testing.tally import Tally, Worth
from lendmill.credit.testing.unit_cases import ExampleResult, Examples, held, tried
from lendmill.db import Db
from lendmill.people.canonical import canonical
from lendmill.products.document import Product

Products = Mapping[tuple[str, int], Product]


def keep_cases(db: Db, *, policy_key: str, examples: Examples, by: UUID | None, today: date) -> UUID:
    """Keep the examples that every later version of a policy is held to; the newest set counts."""
    case_set_id = ids.new()
    body = canonical(msgspec.to_builtins(examples))
    store.keep_cases(db, case_set_id=case_set_id, policy_key=policy_key, body=body, kept_by=by, today=today)
    return case_set_id


def try_cases(db: Db, policy: Policy, products: Sequence[Product]) -> list[ExampleResult]:
    """What a policy makes of the examples kept with it; none where none are kept."""
    examples = queries.cases(db, policy.key)
    return tried(examples, policy, products) if examples is not None else []


def hold_to_cases(db: Db, policy: Policy, products: Sequence[Product]) -> None:
    """Refuse, by `CasesFail`, a policy that does otherwise than the examples kept with it say."""
    held(try_cases(db, policy, products), policy)


def shadow(
    db: Db, policy: Policy, products: Products, *, since_on: date, today: date, watch: Callable[[int], object] = int
) -> int:
    """Let a policy in the shadow decide what was decided since a day and it has not decided yet; says how many.

    Run again, or after it was killed between two pages, it goes on where it stopped. What it makes of a file depends on
    the file alone, so deciding at night is deciding beside.
    """
    done, after = 0, queries.FIRST
    while page := queries.unshadowed(
        db, policy_key=policy.key, policy_version=policy.version, since_on=since_on, after=after
    ):
        store.keep_shadows(
            db,
            [
                (each.decision_id, each.case.borrower_id, policy.key, policy.version, each.after.outcome,
                 granted_cents(each.after.outcome, each.after.terms), json.dumps(each.after.reasons), today)
                for each in again(page, policy, products)
            ],
        )  # fmt: skip
        done, after = done + len(page), page[-1].decision_id
        watch(done)
    return done


def decide_again(
    db: Db,
    policy: Policy,
    products: Products,
    worth: Worth,
    *,
    since_on: date,
    until_on: date,
    part: tuple[UUID, UUID] = (queries.FIRST, queries.LAST),
    watch: Callable[[int], object] = int,
) -> Tally:
    """Decide the files of a time again and add up what would have changed; reads only.

    `part` is one of `queries.parts_of`: several programs may each take one, and their tallies are added.
    """
    tally, (after, up_to) = Tally(), part
    files = queries.stored(db, since_on=since_on, until_on=until_on, after=after, up_to=up_to)
    for n, each in enumerate(again(files, policy, products), 1):
        tally.count(each, worth)
        if n % queries.PAGE == 0:
            watch(n)
    return tally


def keep_backtest(
    db: Db, policy: Policy, found: Backtest, *, since_on: date, until_on: date, by: UUID | None, today: date
) -> UUID:
    """Keep a backtest's report with the policy's fingerprint, for whoever approves it."""
    backtest_id = ids.new()
    store.keep_backtest(
        db,
        backtest_id=backtest_id,
        policy_key=policy.key,
        policy_version=policy.version,
        policy_digest=digest(policy),
        since_on=since_on,
        until_on=until_on,
        files=found.files,
        body=msgspec.to_builtins(found),
        run_by=by,
        today=today,
    )
    return backtest_id
