"""Writes down that a backtest is wanted, or why it could not be run."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, run, scalar

ASKING: Final = 5_021_001
RUNNING: Final = 5_021_002

HOLD = "select pg_advisory_xact_lock(%(lock)s)"


def hold(db: Db) -> None:
    """Let nobody else ask meanwhile."""
    scalar(db, HOLD, lock=ASKING)


BEGIN = "select pg_try_advisory_xact_lock(%(lock)s)"


def begin(db: Db) -> bool:
    """Take the work on, unless another worker has; let go at the end of the transaction."""
    return bool(scalar(db, BEGIN, lock=RUNNING))


ASK = """
    insert into backtest_ask (backtest_id, policy_key, policy_version, since_on, until_on, files, assumptions, asked_by,
                              asked_on)
    values (%(backtest_id)s, %(policy_key)s, %(policy_version)s, %(since_on)s, %(until_on)s, %(files)s, %(assumptions)s,
            %(asked_by)s, %(today)s)
"""


def ask(
    db: Db,
    *,
    backtest_id: UUID,
    policy_key: str,
    policy_version: int,
    since_on: date,
    until_on: date,
    files: int,
    assumptions: str,
    asked_by: UUID,
    today: date,
) -> None:
    """Note what is asked for."""
    run(
        db, ASK, backtest_id=backtest_id, policy_key=policy_key, policy_version=policy_version, since_on=since_on,
        until_on=until_on, files=files, assumptions=assumptions, asked_by=asked_by, today=today,
    )  # fmt: skip


REFUSE = """
    update backtest_ask
       set refused = %(why)s
     where backtest_id = %(backtest_id)s
"""


def refuse(db: Db, backtest_id: UUID, why: str) -> None:
    """Note why it cannot be run."""
    run(db, REFUSE, backtest_id=backtest_id, why=why)
