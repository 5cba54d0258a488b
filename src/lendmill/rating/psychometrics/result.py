"""A finished questionnaire as it is kept: the answers that counted and what they came to, to be worked out again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from lendmill.people.canonical import canonical, digest_of
from lendmill.rating.psychometrics.item import ItemBank
from lendmill.rating.psychometrics.scoring import FormScores, scored
from lendmill.rating.psychometrics.timing import ItemAnswer


@dataclass(frozen=True)
class QuestionnaireResult:
    """A result under the hash of its content."""

    attempt_id: UUID
    borrower_id: UUID
    content: str
    content_hash: str
    finished_on: date
    finished_at: datetime

    @cached_property
    def _said(self) -> dict[str, Any]:
        assert digest_of(self.content) == self.content_hash, f"questionnaire {self.attempt_id} is not what was kept"
        said: dict[str, Any] = msgspec.json.decode(self.content)
        return said

    @property
    def bank_digest(self) -> str:
        """Which version of the bank it was scored with."""
        return self.scores.bank_digest

    @cached_property
    def answers(self) -> tuple[ItemAnswer, ...]:
        """The answers that counted, in the order of the form."""
        return tuple(msgspec.convert(each, ItemAnswer) for each in self._said["answers"])

    @cached_property
    def scores(self) -> FormScores:
        """What they came to."""
        return msgspec.convert(self._said["scores"], FormScores)

    def replayed(self, bank: ItemBank) -> bool:
        """Whether scoring the answers again gives exactly what is kept."""
        return scored(bank, self.answers) == self.scores


def content_of(seed: int, answers: Sequence[ItemAnswer], scores: FormScores) -> str:
    """A result as it is kept, in its one spelling."""
    return canonical(msgspec.to_builtins({"seed": seed, "answers": tuple(answers), "scores": scores}))


@dataclass(frozen=True, slots=True)
class QuestionnaireIndex:
    """One figure of a finished questionnaire, or, with no quantity, that it is not known (any more)."""

    shop_key: str
    finished_on: date
    finished_at: datetime
    subject: str
    quantity: float | None
