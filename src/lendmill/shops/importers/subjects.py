"""What a row is about: its subject, read from the mapping, and the figure that this subject must give."""

from typing import Final

import polars as pl

from lendmill.shops.events import QUANTITY_MAX, SUBJECTS, WITH_AMOUNT, WITH_QUANTITY
from lendmill.shops.importers import cells
from lendmill.shops.importers.mapping import About, Entry

ABOUT: Final = "_about"  # kind and subject in one word where the kind says which subjects there are, else the kind
_ALL: Final = {f"{kind}/{name}": subject for kind, by_name in SUBJECTS.items() for name, subject in by_name.items()}
_MONEY: Final = tuple(about for about, subject in _ALL.items() if subject.money)
_NUMBER: Final = tuple(about for about, subject in _ALL.items() if not subject.money)
_YES_OR_NO: Final = tuple(about for about, subject in _ALL.items() if subject.yes_or_no)
_LEAST: Final = {about: subject.least for about, subject in _ALL.items()}
_MOST: Final = {
    **QUANTITY_MAX,
    **{about: QUANTITY_MAX.get(about.split("/")[0], subject.most) if subject.money else subject.most
       for about, subject in _ALL.items()},
}  # fmt: skip


def subject_of(entry: Entry, schema: pl.Schema) -> pl.Expr:
    """The subject as the mapping reads it: a column, a column whose words stand for ours, or one fixed word."""
    said = entry.subject
    if said is None:
        return pl.lit(None, dtype=pl.String)
    if isinstance(said, str):
        return cells.text(said, schema[said])
    if said.column is None:
        return pl.lit(said.word, dtype=pl.String)
    word = cells.text(said.column, schema[said.column])
    return word.replace_strict(said.values, default=said.others, return_dtype=pl.String) if said.values else word


def about() -> pl.Expr:
    """Kind and subject of a row in one word."""
    listed = pl.col("_kind").is_in(list(SUBJECTS))
    return pl.when(listed).then(pl.format("{}/{}", "_kind", pl.col("_subject").fill_null(""))).otherwise("_kind")


def unlisted(entry: Entry) -> list[tuple[pl.Expr, pl.Expr]]:
    """Where a row is about nothing its kind knows, and the sentence that says so."""
    wrong = pl.col("_kind").is_in(list(SUBJECTS)) & ~pl.col(ABOUT).is_in(list(_ALL))
    word = pl.col("_subject").fill_null("") if not _column(entry) else pl.col(_column(entry)).cast(pl.String)
    checks = [(wrong, pl.format("'{}' is not among the subjects of {}", word.fill_null(""), "_kind"))]
    if isinstance(entry.subject, About) and entry.subject.values:
        unread = pl.col("_subject").is_null() & ~wrong
        told = pl.format("{} '{}' is not among the mapping's values", pl.lit(entry.subject.column), word.fill_null(""))
        checks.append((unread, told))
    return checks


def needs_amount() -> pl.Expr:
    """Whether a row must carry money."""
    return pl.col("_kind").is_in(WITH_AMOUNT) | pl.col(ABOUT).is_in(_MONEY)


def needs_quantity() -> pl.Expr:
    """Whether a row must carry a number."""
    return pl.col("_kind").is_in(WITH_QUANTITY) | pl.col(ABOUT).is_in(_NUMBER)


def has_limits() -> pl.Expr:
    """Whether the house knows what numbers such a row can carry."""
    return pl.col(ABOUT).is_in(list(_MOST))


def out_of_range() -> pl.Expr:
    """A number that this subject, or this kind, cannot have."""
    least = pl.col(ABOUT).replace_strict(_LEAST, default=0.0, return_dtype=pl.Float64)
    most = pl.col(ABOUT).replace_strict(_MOST, default=None, return_dtype=pl.Float64)
    between = pl.col(ABOUT).is_in(_YES_OR_NO) & ~pl.col("_quantity").is_in([0.0, 1.0])
    return (pl.col("_quantity") < least) | (pl.col("_quantity") > most) | between


def _column(entry: Entry) -> str:
    said = entry.subject
    return (said.column or "") if isinstance(said, About) else (said or "")
