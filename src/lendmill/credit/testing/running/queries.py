"""Which backtests were asked for on a page, and what has become of each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from lendmill.db import Db, many, maybe


@dataclass(frozen=True, slots=True)
class BacktestAsk:
    """A backtest somebody asked for: of which version, over which time, and whether it is done or was refused."""

    backtest_id: UUID
    policy_key: str
    policy_version: int
    since_on: date
    until_on: date
    files: int
    assumptions: str
    asked_by: UUID
    asker: str
    asked_on: date
    made_at: datetime
    refused: str
    done: bool

    @property
    def waits(self) -> bool:
        """Whether it still waits, or runs right now."""
        return not self.done and not self.refused


ASKED: Final = """
    select q.backtest_id, q.policy_key, q.policy_version, q.since_on, q.until_on, q.files, q.assumptions, q.asked_by,
           a.display_name as asker, q.asked_on, q.made_at, q.refused, b.backtest_id is not null as done
      from backtest_ask q
      join account a on a.account_id = q.asked_by
      left join policy_backtest b on b.backtest_id = q.backtest_id
"""

ASKED_OF = f"""
    {ASKED.strip()}
     where q.policy_key = %(policy_key)s
       and q.policy_version = %(policy_version)s
     order by q.backtest_id desc
     limit 20
"""


def asked(db: Db, policy_key: str, policy_version: int) -> list[BacktestAsk]:
    """What was asked for of a version, the newest first."""
    return many(db, BacktestAsk, ASKED_OF, policy_key=policy_key, policy_version=policy_version)


WAITING = f"""
    {ASKED.strip()}
     where q.refused = ''
       and b.backtest_id is null
     order by q.backtest_id
     limit 1
"""


def longest_waiting(db: Db) -> BacktestAsk | None:
    """The one that waits longest, if any does."""
    return maybe(db, BacktestAsk, WAITING)
