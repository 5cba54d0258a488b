"""A page of borrowers as a table of files: each row as the database gives it, its facts decoded once, in columns."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec
import polars as pl

from lendmill.credit.case import readable_facts
from lendmill.products.document import Product

# In the order in which the page's statement names them.
READ: Final = (
    "borrower_id", "kind", "born_on", "member_since_on", "region", "industry", "identity_verified", "banned",
    "rating_id", "shop_id", "model_id", "model_digest", "rated_on", "points", "pd", "grade", "doubts", "file",
    "snapshot_id", "facts", "facts_as_of_on", "outstanding_cents", "reserved_cents", "days_past_due_worst",
    "late_since_on", "loans_drawn", "loans_repaid", "line_products", "line_statuses", "line_amounts", "group_ids",
    "group_members", "group_granted_cents",
)  # fmt: skip
AT: Final = {name: place for place, name in enumerate(READ)}
AS_READ: Final[dict[str, Any]] = {
    "kind": pl.String, "born_on": pl.Date, "member_since_on": pl.Date, "region": pl.String, "industry": pl.String,
    "identity_verified": pl.Boolean, "banned": pl.Boolean, "rated_on": pl.Date, "points": pl.Int64, "pd": pl.Float64,
    "facts_as_of_on": pl.Date, "outstanding_cents": pl.Int64, "reserved_cents": pl.Int64,
    "days_past_due_worst": pl.Int64, "late_since_on": pl.Date, "loans_drawn": pl.Int64, "loans_repaid": pl.Int64,
    "group_granted_cents": pl.Int64,
}  # fmt: skip
OPEN: Final = ("open", "frozen", "pending")
_FACTS: Final = msgspec.json.Decoder(dict[str, float | None])


@dataclass(slots=True)
class FilesPage:
    """The files of one page: for whom they are, which lines they have, and everything a decision reads, in columns."""

    facts: Sequence[str]
    borrower_ids: list[UUID] = field(default_factory=list)
    shop_ids: list[UUID | None] = field(default_factory=list)
    rating_ids: list[UUID | None] = field(default_factory=list)
    _told: list[tuple[Any, ...]] = field(default_factory=list)
    _grades: list[tuple[bool, str | None, str | None, bool, int]] = field(default_factory=list)
    _known: list[tuple[float | None, ...]] = field(default_factory=list)
    _lines: dict[int, list[tuple[str, str, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]], facts: Sequence[str]) -> "FilesPage":
        """Take rows in as they come, so that only the facts that are needed stay."""
        page = cls(facts)
        for row in rows:
            page.add(row)
        return page

    def add(self, row: Sequence[Any]) -> None:
        """One borrower more."""
        known, unreadable = facts_of(row[AT["facts"]])
        rated = None not in (row[AT[name]] for name in ("rating_id", "model_id", "model_digest", "rated_on", "grade"))
        doubtful = unreadable or bool(row[AT["doubts"]])
        file = (row[AT["file"]] or "unjudged") if rated else None
        self._grades.append((rated, row[AT["grade"]] if rated else None, file, doubtful, len(row[AT["group_ids"]])))
        self._known.append(tuple(map(known.get, self.facts)))
        if row[AT["line_products"]]:
            lines = zip(*(row[AT[name]] for name in ("line_products", "line_statuses", "line_amounts")), strict=True)
            self._lines[len(self.borrower_ids)] = list(lines)
        self._told.append(tuple(row[AT[name]] for name in AS_READ))
        self.borrower_ids.append(row[AT["borrower_id"]])
        self.shop_ids.append(row[AT["shop_id"]])
        self.rating_ids.append(row[AT["rating_id"]])

    def table(self) -> pl.DataFrame:
        """Everything that is the same for every product; `granted` are the limits of all lines."""
        told = pl.DataFrame(self._told, schema=AS_READ, orient="row")
        graded = {"rated": pl.Boolean, "told_grade": pl.String, "file": pl.String, "doubtful": pl.Boolean,
                  "groups": pl.Int64}  # fmt: skip
        grades = pl.DataFrame(self._grades, schema=graded, orient="row")
        known = pl.DataFrame(self._known, schema=dict.fromkeys(self.facts, pl.Float64), orient="row")
        rated = grades.get_column("rated")
        nothing = [pl.when(rated).then(pl.col(name)).alias(name) for name in ("rated_on", "points", "pd")]
        granted = self._summed(None).alias("granted_cents")
        return told.with_columns(nothing).hstack([*grades.get_columns(), granted, *known.get_columns()])

    def joint_cents(self, product: Product) -> pl.Series:
        """The limits that count together with this product's."""
        return self._summed(product.joint_products).alias("joint_granted_cents")

    def _summed(self, keys: Sequence[str] | None) -> pl.Series:
        amounts = [0] * len(self.borrower_ids)
        for place, lines in self._lines.items():
            amounts[place] = sum(amount for key, _, amount in lines if keys is None or key in keys)
        return pl.Series(amounts, dtype=pl.Int64)

    def with_line(self, product_key: str) -> set[int]:
        """The places of those who have a contract for a product that has neither ended nor been closed."""
        return {
            place
            for place, lines in self._lines.items()
            if any(key == product_key and status in OPEN for key, status, _ in lines)
        }


def facts_of(text: bytes | None) -> tuple[dict[str, float | None], bool]:
    """The facts of one snapshot, and whether any was neither a number nor missing.

    >>> facts_of(b'{"a": 1, "b": null}'), facts_of(b'{"a": "1", "b": 2}')
    (({'a': 1.0, 'b': None}, False), ({'a': None, 'b': 2.0}, True))
    """
    if text is None:
        return {}, False
    try:
        return _FACTS.decode(text), False
    except msgspec.ValidationError:
        known, unreadable = readable_facts(json.loads(text))
        return known, bool(unreadable)
