"""A card on its way from a notebook to a house: one file with the card and what was measured of it."""

from typing import Any, Final

import msgspec

from lendmill.rating.card import Card
from lendmill.rating.training.report import Report
from lendmill.refusals import Refusal

CARD: Final = "card"
REPORT: Final = "report"


class NotACard(Refusal):
    """{file} is no card that can be read: {problem}."""


class OtherCardsReport(Refusal):
    """{file} holds what was measured of another card ({told}) than the one in it ({digest}): publish it again."""


def published(card: Card, report: Report) -> bytes:
    """The file: always the same bytes for the same card and report."""
    both = {CARD: msgspec.to_builtins(card), REPORT: msgspec.to_builtins(report)}
    return msgspec.json.encode(both, order="deterministic")


def taken_in(body: bytes, file: str) -> tuple[Card, Report | None]:
    """The card of such a file, and what was measured; of a card alone, nothing is known to have been.

    Refuses with `NotACard`, `InvalidCard` and `OtherCardsReport`.
    """
    try:
        document: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise NotACard(file=file, problem=str(wrong)) from None
    if not isinstance(document, dict):
        raise NotACard(file=file, problem="it holds no document with tables")
    if CARD not in document:
        return Card.read(document), None
    if not isinstance(document[CARD], dict):
        raise NotACard(file=file, problem="its card is no document")
    card = Card.read(document[CARD])
    try:
        report = msgspec.convert(document.get(REPORT), Report | None)
    except msgspec.ValidationError as wrong:
        raise NotACard(file=file, problem=f"what it says was measured cannot be read: {wrong}") from None
    if report is not None and report.digest != card.digest:
        raise OtherCardsReport(file=file, told=report.digest[:12] or "unnamed", digest=card.digest[:12])
    return card, report
