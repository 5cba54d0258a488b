"""Keeping a policy's cases, letting a shadow decide beside the live policy, and running a backtest."""

import json
from collections.abc import Mapping
from datetime import date
from itertools import islice
from uuid import UUID

import msgspec

from lendmill import ids
from lendmill.credit.policy import Policy, digest
from lendmill.credit.testing import queries, store
from lendmill.credit.testing.again import again, granted_cents
from lendmill.credit.testing.backtest import Backtest
from lendmill.credit.testing.queries import FIRST, Part
from lendmill.credit.testing.tally import Tally
from lendmill.credit.testing.unit_cases import Examples, shipped_cases
from lendmill.credit.testing.worth import Worth
from lendmill.db import Db
from lendmill.people.canonical import canonical
from lendmill.people.sign_in.queries import Caller
from lendmill.products.document import Product
from lendmill.products.publishing import queries as published
from lendmill.products.publishing.stages import check_writer
from lendmill.refusals import Refusal

Products = Mapping[tuple[str, int], Product]


class NoSuchPolicyCases(Refusal):
    """There is no policy {policy} that cases could be kept with: write a draft of it first."""


def keep_cases(db: Db, *, policy_key: str, examples: Examples, by: Caller | None, today: date) -> UUID:
    """Keep the examples that every later version of a policy is held to; the newest set counts.

    Kept by nobody they come with this release. Refuses with `NotPublishersWork`, and `NoSuchPolicyCases` where there is
    no such policy, not even a draft.
    """
    if by is not None:
        check_writer(by.role)
        if not published.versions(db, "policy", today, policy_key):
            raise NoSuchPolicyCases(policy=policy_key)
    case_set_id = ids.new()
    body = canonical(msgspec.to_builtins(examples))
    store.keep_cases(
        db, case_set_id=case_set_id, policy_key=policy_key, body=body, kept_by=by.account_id if by else None,
        today=today,
    )  # fmt: skip
    return case_set_id


def keep_shipped_cases(db: Db, policy: Policy, *, today: date) -> None:
    """Keep the cases that come with the shipped policy, unless somebody has kept others; the same again is nothing."""
    shipped = shipped_cases()
    for newest in queries.case_sets(db, policy.key, size=1):
        if newest.keeper is not None or newest.examples == shipped:
            return
    keep_cases(db, policy_key=policy.key, examples=shipped, by=None, today=today)


def shadow(
    db: Db, policy: Policy, products: Products, *, since_on: date, today: date, after: UUID = FIRST
) -> list[UUID]:
    """Let a policy in the shadow decide a page of what was decided since a day and it has not decided yet; gives the
    files of the page, none where all is done.

    Run again, or after it was killed between two pages, it goes on where it stopped. What it makes of a file depends on
    the file alone, so deciding at night is deciding beside.
    """
    store.hold_shadows(db)
    page = queries.unshadowed(db, policy_key=policy.key, policy_version=policy.version, since_on=since_on, after=after)
    store.keep_shadows(
        db,
        [
            (each.decision_id, each.case.borrower_id, policy.key, policy.version, each.after.outcome,
             granted_cents(each.after.outcome, each.after.terms), json.dumps(each.after.reasons), today)
            for each in again(page, policy, products)
        ],
    )  # fmt: skip
    return [each.decision_id for each in page]


def decide_again(
    db: Db,
    policy: Policy,
    products: Products,
    worth: Worth | None = None,
    *,
    since_on: date,
    until_on: date,
    part: Part = queries.WHOLE,
) -> Tally:
    """Decide the files of a time again and add up what would have changed; reads only.

    `part` is one of `queries.parts_of`: several programs may each take one, and their tallies are added. Without a
    worth nothing is said of losses and profits.
    """
    tally = Tally()
    files = again(
        queries.stored(db, since_on=since_on, until_on=until_on, after=part.after, up_to=part.up_to), policy, products
    )
    while page := list(islice(files, queries.PAGE)):
        tally.count(page, worth)
    return tally


def keep_backtest(
    db: Db,
    policy: Policy,
    found: Backtest,
    *,
    since_on: date,
    until_on: date,
    by: UUID | None,
    today: date,
    backtest_id: UUID | None = None,
) -> UUID:
    """Keep a backtest's report with the policy's fingerprint, for whoever approves it."""
    backtest_id = backtest_id or ids.new()
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
