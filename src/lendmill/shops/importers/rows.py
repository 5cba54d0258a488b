"""From a file's rows to canonical events, by one entry of a mapping: good rows, and for each bad row every reason."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from lendmill.shops.events import DONE, EVENT, REVERSAL, SIGNED, SUBJECTS, day_in_house
from lendmill.shops.importers import cells, subjects
from lendmill.shops.importers.files import LINE
from lendmill.shops.importers.mapping import THE_AMOUNT, Entry, Instant, Words
from lendmill.shops.versions import KNOWN_GUESSED

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
UNREADABLE: Final = "\ufffd"
CONTROL: Final = r"[\x00-\x1f\x7f]"
LETTERS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Sorted:
    """One batch read by one entry: events to keep, rows to reject (line, reason, row), and how many were skipped."""

    good: pl.DataFrame
    bad: pl.DataFrame
    skipped: int


def read_rows(rows: pl.DataFrame, entry: Entry, source: str) -> Sorted:
    """Read a batch by one entry of the mapping."""
    skipped = 0
    if entry.skip_when_empty is not None:
        kept = rows.filter(cells.text(entry.skip_when_empty, rows.schema[entry.skip_when_empty]).is_not_null())
        skipped = rows.height - kept.height
        rows = kept
    cast = rows.with_columns(_values(rows, entry)).with_columns(
        _status(), day_in_house(pl.col("_happened")).alias("_on"), subjects.about().alias(subjects.ABOUT)
    )
    cast = cast.with_columns(
        pl.concat_str(_reasons(rows.schema, entry), separator="; ", ignore_nulls=True).alias("_why")
    )
    whole = pl.col("_why") == ""
    shown = pl.concat_str(
        [pl.format("{}={}", pl.lit(name), pl.col(name).cast(pl.String).fill_null("")) for name in entry.columns()],
        separator=" ",
    )
    bad = cast.filter(~whole).select(pl.col(LINE).alias("line"), pl.col("_why").alias("reason"), shown.alias("row"))
    return Sorted(_events(cast.filter(whole), entry, source), bad, skipped)


def _values(rows: pl.DataFrame, entry: Entry) -> list[pl.Expr | pl.Series]:
    schema = rows.schema
    happened = cells.moment(rows[entry.happened.column], entry.happened)
    none = pl.lit(None)
    values: dict[str, pl.Expr | pl.Series] = {
        "_shop": cells.text(entry.shop, schema[entry.shop]),
        "_kind": pl.lit(entry.kind) if isinstance(entry.kind, str) else _word(entry.kind, schema),
        "_happened": happened,
        "_known": _known(rows, entry, happened),
        "_cents": none.cast(pl.Int64),
        "_with": none.cast(pl.String),
        "_quantity": none.cast(pl.Float64),
        "_subject": subjects.subject_of(entry, schema),
        "_word": pl.lit(DONE) if entry.status is None else _word(entry.status, schema),
    }
    if entry.amount is not None:
        values["_cents"] = cells.cents(entry.amount.column, schema[entry.amount.column], entry.amount.unit)
    if entry.counterparty is not None:
        values["_with"] = cells.text(entry.counterparty, schema[entry.counterparty])
    if isinstance(entry.quantity, str):
        values["_quantity"] = cells.number(entry.quantity, schema[entry.quantity])
    elif entry.quantity is not None:
        values["_quantity"] = pl.lit(float(entry.quantity))
    return [value.alias(name) for name, value in values.items()]


def _word(words: Words, schema: pl.Schema) -> pl.Expr:
    said = cells.text(words.column, schema[words.column])
    return said.replace_strict(words.values, default=words.others, return_dtype=pl.String)


def _known(rows: pl.DataFrame, entry: Entry, happened: pl.Series) -> pl.Series:
    known = entry.known
    if known is None:
        return happened
    if known.column is None:
        return happened + timedelta(days=known.after_days)
    return cells.moment(rows[known.column], Instant(known.column, known.format, known.zone))


def _status() -> pl.Expr:
    """A negative invoice that is not void is a reversal, whatever the file calls it."""
    negative = pl.col("_kind").is_in(SIGNED) & (pl.col("_cents") < 0) & (pl.col("_word") == DONE)
    return pl.when(negative).then(pl.lit(REVERSAL)).otherwise("_word").alias("_status")


def _reasons(schema: pl.Schema, entry: Entry) -> list[pl.Expr]:
    """Each thing that can be wrong with a row; the first does not hide the others."""
    checks = [_missing(name, schema) for name in (entry.shop, *entry.id) if name != THE_AMOUNT]
    checks += [_unnameable(name, schema) for name in (entry.shop, *entry.id) if name != THE_AMOUNT]
    checks.append(_unread("_happened", entry.happened.column, "is not a time in the mapping's format"))
    day = pl.col("_on")
    checks.append(
        _when(
            day.is_not_null() & ~day.is_between(FIRST_DAY, LAST_DAY), pl.format("{} is not a day of this century", day)
        )
    )
    if entry.known is not None and entry.known.column is not None:
        checks.append(_unread("_known", entry.known.column, "is not a time in the mapping's format"))
        checks.append(_when(pl.col("_known") < pl.col("_happened"), "known before it happened"))
    for value, words in (("_kind", entry.kind), ("_status", entry.status)):
        if isinstance(words, Words):
            checks.append(_unread(value, words.column, "is not among the mapping's values"))
    checks += [_when(wrong, sentence) for wrong, sentence in subjects.unlisted(entry)]
    checks += _amount_reasons(schema, entry) + _quantity_reasons(schema, entry)
    for name in entry.columns():
        if schema[name] == pl.String:
            garbled = pl.col(name).str.contains(UNREADABLE, literal=True)
            checks.append(_when(garbled, f"{name} has characters that the encoding does not know"))
    return checks


def _amount_reasons(schema: pl.Schema, entry: Entry) -> list[pl.Expr]:
    if entry.amount is None:
        return [_when(subjects.needs_amount(), "an amount is needed, and the mapping names no column for it")]
    column = entry.amount.column
    needed = subjects.needs_amount() | cells.text(column, schema[column]).is_not_null()
    what = "is not an amount of money" if entry.amount.unit == "yuan" else "is not a whole number of cents"
    unsigned = ~pl.col("_kind").is_in(SIGNED) & (pl.col("_cents") < 0)
    return [
        _when(needed & pl.col("_cents").is_null(), _says(column, what)),
        _when(unsigned, _says(column, "is negative")),
    ]


def _quantity_reasons(schema: pl.Schema, entry: Entry) -> list[pl.Expr]:
    column = entry.quantity
    if column is None:
        return [_when(subjects.needs_quantity(), "a quantity is needed, and the mapping names no column for it")]
    if not isinstance(column, str):
        return [_when(subjects.out_of_range(), f"{column} is out of range for this kind")]
    given = subjects.has_limits() & cells.text(column, schema[column]).is_not_null()
    return [
        _when((subjects.needs_quantity() | given) & pl.col("_quantity").is_null(), _says(column, "is not a number")),
        _when(subjects.out_of_range(), _says(column, "is out of range for this kind")),
    ]


def _missing(column: str, schema: pl.Schema) -> pl.Expr:
    return _when(cells.text(column, schema[column]).is_null(), f"{column} is empty")


def _unnameable(column: str, schema: pl.Schema) -> pl.Expr:
    """One such name would stop a whole day's work later: a database keeps no sign of nought and no endless key."""
    name = cells.text(column, schema[column])
    wrong = name.str.contains(CONTROL) | (name.str.len_chars() > LETTERS_MAX)
    return _when(wrong, f"{column} is longer than {LETTERS_MAX} letters or has signs that cannot be printed")


def _unread(value: str, column: str, what: str) -> pl.Expr:
    return _when(pl.col(value).is_null(), _says(column, what))


def _says(column: str, what: str) -> pl.Expr:
    return pl.format("{} '{}' {}", pl.lit(column), pl.col(column).cast(pl.String).fill_null(""), pl.lit(what))


def _when(wrong: pl.Expr, reason: str | pl.Expr) -> pl.Expr:
    return pl.when(wrong).then(pl.lit(reason) if isinstance(reason, str) else reason)


def _without(part: pl.Expr, separator: str) -> pl.Expr:
    """A part of a name in which the separator is marked as not meant, so that no two lists of parts read alike."""
    marked = part.str.replace_all("\\", "\\\\", literal=True)
    return marked.str.replace_all(separator, "\\" + separator, literal=True)


def _events(rows: pl.DataFrame, entry: Entry, source: str) -> pl.DataFrame:
    """The event's name holds its kind, shop and day, so that one name can never stand for two things."""
    named = [
        pl.col("_cents").cast(pl.String).fill_null("")
        if name == THE_AMOUNT
        else _without(cells.text(name, rows.schema[name]), "|")
        for name in entry.id
    ]
    listed = pl.col("_kind").is_in(list(SUBJECTS))
    about = pl.when(listed).then(pl.format("{}|", "_subject")).otherwise(pl.lit(""))  # a report's figures are apart
    shop = _without(pl.col("_shop"), ":")
    event_id = pl.format("{}:{}:{}:{}{}", "_kind", shop, "_on", about, pl.concat_str(named, separator="|"))
    stated = entry.known is not None and entry.known.column is not None
    events = rows.select(
        event_id.alias("event_id"),
        pl.col("_shop").alias("shop_key"),
        pl.col("_kind").alias("kind"),
        pl.col("_happened").alias("happened_at"),
        pl.col("_known").alias("known_at"),
        pl.col("_on").alias("happened_on"),
        day_in_house(pl.col("_known")).alias("known_on"),
        pl.col("_cents").alias("amount_cents"),
        pl.col("_with").alias("counterparty"),
        pl.col("_quantity").alias("quantity"),
        pl.col("_subject").alias("subject"),
        pl.col("_status").alias("status"),
        pl.lit(source).alias("source"),
        pl.lit(not stated).alias(KNOWN_GUESSED),
    )
    return events.cast(EVENT)
