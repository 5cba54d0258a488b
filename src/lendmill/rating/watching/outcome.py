"""What became of a decision that lent: default within twelve months of it, or not; known once, for good."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RatingOutcome:
    """The end of one decision's twelve months, beside what the card had said when it was made.

    `cause` says what made it a default: 91 contractual days past due ("late"), "written-off", or "fraud"; nothing for
    who paid.
    """

    decision_id: UUID
    borrower_id: UUID
    rating_id: UUID | None
    model_id: str
    decided_on: date
    points: int
    pd: float
    defaulted: bool
    cause: str
    known_on: date
