"""What is asked of a third party, and how it says what it knows."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import msgspec

from lendmill.rating.parties.answer import PartyAnswer, PartyFigure


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One question: its key makes it the same question when it is repeated. The identity is never shown or logged."""

    key: str
    party: str
    identity_no: str = field(repr=False)
    consent_id: str
    asked_on: date
    product_key: str = "any"


class Party(Protocol):
    """Somebody outside who can be asked about a borrower."""

    def send(self, enquiry: Enquiry) -> PartyAnswer:
        """Ask. The same key again is the same question, and is asked and paid for once."""
        ...

    def ask(self, enquiry: Enquiry) -> PartyAnswer | None:
        """Ask what came of a question that was sent before; None when the party never heard of it."""
        ...


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it comes over the wire; what is not named here is passed over."""

    key: str
    party: str
    identity_no: str
    state: str
    as_of_on: date | None = None
    figures: tuple[PartyFigure, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""
    answered_by: str = ""

    def __repr__(self) -> str:
        """Without the identity and the figures."""
        return f"Said(party={self.party!r}, state={self.state!r})"
