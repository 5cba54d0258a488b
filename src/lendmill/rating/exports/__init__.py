"""A CARD ELSEWHERE. The same card as one SQL statement, as PMML 4.4, or as a spreadsheet a person can work with.

Each is made from the card's document alone, gives the same rating for the same facts, and says UNKNOWN where the card
does. `written` makes any of them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from lendmill.rating.card import Card
from lendmill.rating.exports import pmml, sheet, sql
from lendmill.refusals import Refusal

if TYPE_CHECKING:
    from lendmill.rating.training.lessons import Report

KINDS: Final = ("sql", "pmml", "xlsx")


class UnknownExport(Refusal):
    """A card cannot be written as {kind!r}; it can as {kinds}."""


def written(card: Card, report: "Report | Mapping[str, Any] | None", kind: str) -> bytes:
    """The card as a file of one of the `KINDS`; the report, where there is one, adds the counts behind its tables.

    The report may be the struct training made or what was kept of it.
    """
    if kind == "sql":
        return sql.written(card).encode()
    if kind == "pmml":
        return pmml.written(card)
    if kind == "xlsx":
        return sheet.written(card, report)
    raise UnknownExport(kind=kind, kinds=", ".join(KINDS))
