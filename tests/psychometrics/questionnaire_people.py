"""Sellers who answer the questionnaire through the house's own actions, each with a watch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from answer_sheets import BANK

from lendmill.db import Database
from lendmill.rating.psychometrics import actions
from lendmill.rating.psychometrics.attempt import Attempt

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Person:
    """A seller who answers, with a watch."""

    database: Database
    borrower_id: UUID
    now: datetime = NOON

    def begin(self, seed: int = 7, agreed: bool = True, today: date = TODAY) -> Attempt:
        """Begin, or go on."""
        return self.database.act(
            actions.begin,
            borrower_id=self.borrower_id,
            agreed=agreed,
            language="zh-Hans",
            seed=seed,
            today=today,
            at=self.now,
        )

    def answer(
        self, begun: Attempt, item_key: str, choice: int, *, seconds: float = 6.0, today: date = TODAY, **more: Any
    ) -> None:
        """Look at an item for some seconds and answer it."""
        about = {"borrower_id": self.borrower_id, "attempt_id": begun.attempt_id, "item_key": item_key, "today": today}
        self.database.act(actions.show, at=self.now, **about)
        self.now += timedelta(seconds=seconds)
        told = {"language": "zh-Hans", "client_ms": None, **more}
        self.database.act(actions.answer, choice=choice, at=self.now, **about, **told)

    def answer_all(self, begun: Attempt, score: Callable[[Any], int] = lambda item: item.steps // 2) -> None:
        """Answer every item of the form."""
        for key in begun.keys:
            item = BANK.by_key[key]
            self.answer(begun, key, item.scored(score(item)))

    def finish(self, begun: Attempt, today: date = TODAY) -> Any:
        """Send the form in."""
        return self.database.act(
            actions.finish, borrower_id=self.borrower_id, attempt_id=begun.attempt_id, today=today, at=self.now
        )

    def withdraw(self, today: date = TODAY) -> None:
        """Take the consent back."""
        self.now += timedelta(seconds=60)
        self.database.act(actions.withdraw, borrower_id=self.borrower_id, language="zh-Hans", today=today, at=self.now)

    def count(self, table: str) -> int:
        """How many rows of a table there are."""
        with self.database.transaction() as db:
            return int(db.execute(f"select count(*) from {table}").fetchone()[0])  # type: ignore[index]
