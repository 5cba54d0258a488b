"""Writing down cases, shadow decisions, arms and backtests; none is ever changed."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill.db import Db, copy_in, note, run
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


KEEP_ARM = """
    insert into decision_arm (decision_id, borrower_id, trial, arm)
    values (%(decision_id)s, %(borrower_id)s, %(trial)s, %(arm)s)
"""


def keep_arm(db: Db, *, decision_id: UUID, borrower_id: UUID, trial: str, arm: str) -> None:
    """Note which arm of a trial decided a file."""
    note(db, KEEP_ARM, decision_id=decision_id, borrower_id=borrower_id, trial=trial, arm=arm)


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
