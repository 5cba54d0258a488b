"""What was decided once, decided again under another policy: the same files, the same day, other rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from lendmill.credit.case import Case
from lendmill.credit.decide import Decision, Outcome, Terms, decide
from lendmill.credit.policy import Policy
from lendmill.credit.record import DocumentRef
from lendmill.products.document import Product

GRANTED: Final = frozenset({"approve", "counter"})


class Made(msgspec.Struct, frozen=True):
    """What came of a kept decision; its findings are not read."""

    outcome: Outcome
    terms: Terms | None
    reasons: tuple[str, ...]


class KeptFile(msgspec.Struct, frozen=True):
    """What of a kept decision is needed to decide it again."""

    case: Case
    product: DocumentRef
    decision: Made


@dataclass(frozen=True, slots=True)
class Stored:
    """A decision as it is read: its text, what a person made of it, and what became of the loans where it is known.

    Where a person granted after the computer had not, what is known is known of the person's loan.
    """

    decision_id: UUID
    borrower_id: UUID
    decided_on: date
    content: str | bytes
    defaulted: bool | None
    by_person: str | None = None


@dataclass(frozen=True, slots=True)
class DecidedAgain:
    """One file with what was made of it then, and what the other policy makes of it."""

    decision_id: UUID
    decided_on: date
    case: Case
    product_key: str
    before: Made
    after: Decision
    defaulted: bool | None
    by_person: str | None = None

    @property
    def limit_before_cents(self) -> int:
        """What was granted then: nothing where it was not."""
        return granted_cents(self.before.outcome, self.before.terms)

    @property
    def limit_after_cents(self) -> int:
        """What would be granted."""
        return granted_cents(self.after.outcome, self.after.terms)


def granted_cents(outcome: str, terms: Terms | None) -> int:
    """The limit of a yes, or of a smaller one offered instead; what a person still has to look at is not granted."""
    return terms.limit_cents if terms is not None and outcome in GRANTED else 0


_READ: Final = msgspec.json.Decoder(KeptFile)


def again(
    stored: Iterable[Stored], policy: Policy, products: Mapping[tuple[str, int], Product]
) -> Iterator[DecidedAgain]:
    """Decide each again, under the product it was decided for then; one at a time, so that memory stays flat."""
    for each in stored:
        kept = _READ.decode(each.content)
        product = products[kept.product.key, kept.product.version]
        after = decide(kept.case, policy, product)
        yield DecidedAgain(
            each.decision_id, each.decided_on, kept.case, product.key, kept.decision, after, each.defaulted,
            each.by_person,
        )  # fmt: skip
