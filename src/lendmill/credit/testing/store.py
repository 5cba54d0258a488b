"""Writing down cases, shadow decisions, arms and backtests; none is ever changed."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill.db import Db, copy_in, run, scalar
from lendmill.people.canonical import digest_of

SHADOW_COLUMNS: Final = (
    "decision_id", "borrower_id", "policy_key", "policy_version", "outcome", "limit_cents", "reasons", "shadowed_on",
)  # fmt: skip

KEEP_CASES = """
    insert into policy_case (case_set_id, policy_key, body, digest, kept_on, kept_by)
    values (%(case_set_id)s, %(policy_key)s, %(body)s, %(digest)s, %(today)s, %(kept_by)s)
"""


def keep_cases(db: Db, *, case_set_id: UUID, policy_key: str, body: str, kept_by: UUID | None, today: date) -> None:
    """Keep a policy's examples as written."""
    run(
        db, KEEP_CASES, case_set_id=case_set_id, policy_key=policy_key, body=body, digest=digest_of(body),
        kept_by=kept_by, today=today,
    )  # fmt: skip


def keep_shadows(db: Db, rows: Sequence[Sequence[Any]]) -> None:
    """Keep a page of shadow decisions."""
    copy_in(db, "shadow_decision", SHADOW_COLUMNS, rows)


SHADOWING: Final = 5_021_003
HOLD = "select pg_advisory_xact_lock(%(lock)s)"


def hold_shadows(db: Db) -> None:
    """Let nobody else decide in the shadow until the end of this transaction."""
    scalar(db, HOLD, lock=SHADOWING)


KEEP_BACKTEST = """
    insert into policy_backtest (backtest_id, policy_key, policy_version, policy_digest, since_on, until_on, files,
                                 body, run_on, run_by)
    values (%(backtest_id)s, %(policy_key)s, %(policy_version)s, %(policy_digest)s, %(since_on)s, %(until_on)s,
            %(files)s, %(body)s::jsonb, %(today)s, %(run_by)s)
"""


def keep_backtest(
    db: Db,
    *,
    backtest_id: UUID,
    policy_key: str,
    policy_version: int,
    policy_digest: str,
    since_on: date,
    until_on: date,
    files: int,
    body: Any,
    run_by: UUID | None,
    today: date,
) -> None:
    """Keep a backtest's report."""
    run(
        db, KEEP_BACKTEST, backtest_id=backtest_id, policy_key=policy_key, policy_version=policy_version,
        policy_digest=policy_digest, since_on=since_on, until_on=until_on, files=files, body=json.dumps(body),
        run_by=run_by, today=today,
    )  # fmt: skip
