"""A card on its way from a notebook to a house: one file with the card, what was measured of it, and a digest of both.

The digest tells that the file is as it was published; it does not tell by whom. A card alone, as a house exports it,
has none.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lendmill.rating.card import Card
from lendmill.rating.training.report import Report
from lendmill.refusals import Refusal

CARD: Final = "card"
REPORT: Final = "report"
DIGEST: Final = "digest"


class NotACard(Refusal):
    """{file} is no card that can be read: {problem}."""


class OtherCardsReport(Refusal):
    """{file} holds what was measured of another card ({told}) than the one in it ({digest}): publish it again."""


def published(card: Card, report: Report | None) -> bytes:
    """The file: always the same bytes for the same card and report, with a digest of all that is in it."""
    told = {CARD: msgspec.to_builtins(card)}
    if report is not None:
        told[REPORT] = msgspec.to_builtins(report)
    return msgspec.json.encode({**told, DIGEST: _digest(told)}, order="deterministic")


def _digest(document: Mapping[str, Any]) -> str:
    """The hash of all that a file holds but the hash itself."""
    told = {name: value for name, value in document.items() if name != DIGEST}
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()


def taken_in(body: bytes, file: str) -> tuple[Card, Report | None]:
    """The card of such a file, and what was measured; of a card alone, nothing is known to have been.

    Refuses with `NotACard`, `InvalidCard` and `OtherCardsReport`: a file without a digest, too, and one whose digest
    does not fit.
    """
    try:
        document: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise NotACard(file=file, problem=str(wrong)) from None
    except RecursionError:
        raise NotACard(file=file, problem="it is nested too deeply") from None
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
    _check_digest(document, file)
    return card, report


def _check_digest(document: Mapping[str, Any], file: str) -> None:
    """Refuse a file that does not say, or not truly, what it holds."""
    if DIGEST not in document:
        problem = "it bears no digest of what it holds, as a version before this one wrote it: publish it again"
        raise NotACard(file=file, problem=problem)
    try:
        as_published = document[DIGEST] == _digest(document)
    except (RecursionError, ValueError, OverflowError):
        as_published = False
    if not as_published:
        raise NotACard(file=file, problem="it was changed after it was published: publish it again")
