"""The page that says which column of somebody's file is what; a wrong page is refused before anything is read."""

import tomllib
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from lendmill.refusals import Refusal
from lendmill.shops.events import (
    DONE,
    HOUSE_ZONE,
    KIND_NAMES,
    QUANTITY_MAX,
    STATUSES,
    SUBJECTS,
    WITH_AMOUNT,
    WITH_QUANTITY,
)  # fmt: skip

THE_AMOUNT: Final = "=amount"  # in `id`: the amount as read, however the file writes it
LARGEST_QUANTITY: Final = 1e12
ISO: Final = "iso"
EPOCH_SECONDS: Final = "epoch-seconds"
EPOCH_MILLISECONDS: Final = "epoch-milliseconds"


class InvalidMapping(Refusal):
    """The mapping {file} cannot be used: {problem}."""


class UnknownColumn(Refusal):
    """The mapping names the column {column!r}, which {file} does not have; it has: {columns}."""


class NothingToRead(Refusal):
    """No entry of the mapping is for the file {file}; the entries are for: {patterns}."""


class Instant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column with a moment or a day in it, how it is written, and in which zone."""

    column: str
    format: str = ISO
    zone: str = HOUSE_ZONE


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a row could be known: a column of its own, or so many days after it happened."""

    column: str | None = None
    format: str = ISO
    zone: str = HOUSE_ZONE
    after_days: int = 0


class Amount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column with money in it, in yuan or in cents."""

    column: str
    unit: Literal["yuan", "cents"] = "yuan"


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column whose words stand for ours; a word not listed is `others`, or the row is rejected."""

    column: str
    values: dict[str, str]
    others: str | None = None


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What rows are about: one fixed word, or a column, whose words may stand for ours."""

    word: str | None = None
    column: str | None = None
    values: dict[str, str] = {}
    others: str | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one kind of row is read from the files whose names fit."""

    kind: str | Words
    shop: str
    id: list[str]
    happened: Instant
    files: str = "*"
    known: Known | None = None
    amount: Amount | None = None
    counterparty: str | None = None
    quantity: str | int | float | None = None
    subject: str | About | None = None
    status: Words | None = None
    skip_when_empty: str | None = None

    def columns(self) -> list[str]:
        """Every column this entry reads."""
        named = [self.shop, *(name for name in self.id if name != THE_AMOUNT), self.happened.column]
        for part in (self.kind, self.known, self.amount, self.status):
            if isinstance(part, Instant | Known | Amount | Words) and part.column is not None:
                named.append(part.column)
        subject = self.subject.column if isinstance(self.subject, About) else self.subject
        plain = (self.counterparty, self.quantity, self.skip_when_empty, subject)
        named += [name for name in plain if isinstance(name, str)]
        return list(dict.fromkeys(named))

    def kinds(self) -> list[str]:
        """The kinds of event this entry can give."""
        if isinstance(self.kind, str):
            return [self.kind]
        return [*self.kind.values.values(), *([self.kind.others] if self.kind.others else [])]


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole mapping: the source it names, how its files are written, and an entry for each kind of row."""

    source: str
    events: list[Entry]
    encoding: str = "utf-8"
    delimiter: str = ","

    def entries_for(self, file: Path) -> list[Entry]:
        """The entries that read this file."""
        found = [entry for entry in self.events if fnmatch(file.name, entry.files)]
        if not found:
            raise NothingToRead(file=file.name, patterns=", ".join(sorted({entry.files for entry in self.events})))
        return found

    def digest(self) -> str:
        """The same words in the same meaning give the same digest, however the page is laid out, and as it was before
        rows had a subject."""
        page = msgspec.to_builtins(self)
        for entry in page["events"]:
            if entry["subject"] is None:
                del entry["subject"]
        return sha256(msgspec.json.encode(page, order="sorted")).hexdigest()


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from a TOML file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidMapping(file=path, problem=error.strerror or "it cannot be read") from None
    except UnicodeDecodeError:
        raise InvalidMapping(file=path, problem="it is not written in UTF-8") from None
    return read_mapping(text, path.name)


def read_mapping(text: str, name: str = "mapping") -> Mapping:
    """Read a mapping and check everything that can be checked without the data."""
    try:
        mapping = msgspec.convert(tomllib.loads(text), type=Mapping)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidMapping(file=name, problem=str(error)) from None
    problems = [*_of_the_whole(mapping)]
    for n, entry in enumerate(mapping.events, start=1):
        problems += [f"entry {n} of [[events]]: {problem}" for problem in _of_an_entry(entry)]
    if problems:
        raise InvalidMapping(file=name, problem="; ".join(problems))
    return mapping


def _of_the_whole(mapping: Mapping) -> list[str]:
    problems = []
    if not mapping.source.strip():
        problems.append('source is empty: give the records a name, such as "my-shop"')
    if not mapping.events:
        problems.append("there is no [[events]] entry")
    if len(mapping.delimiter) != 1:
        problems.append(f"delimiter {mapping.delimiter!r} must be one character")
    try:
        b"a".decode(mapping.encoding, "replace")
    except (LookupError, UnicodeError):
        problems.append(f"encoding {mapping.encoding!r} is not known: use utf-8 or gb18030")
    return problems


def _of_an_entry(entry: Entry) -> list[str]:
    problems = []
    for kind in entry.kinds():
        if kind not in KIND_NAMES:
            problems.append(f"kind {kind!r} is not one of {', '.join(KIND_NAMES)}")
        if kind in WITH_AMOUNT and entry.amount is None:
            problems.append(f"kind {kind!r} needs an amount")
        if kind in WITH_QUANTITY and entry.quantity is None:
            problems.append(f"kind {kind!r} needs a quantity")
        if not (entry.quantity is None or isinstance(entry.quantity, str)) and kind not in SUBJECTS:
            most = QUANTITY_MAX.get(kind, LARGEST_QUANTITY)
            if not 0 <= entry.quantity <= most:
                problems.append(f"quantity {entry.quantity} of kind {kind!r} must be from 0 to {most:g}")
    problems += _of_the_subject(entry)
    if isinstance(entry.subject, About) and (entry.subject.word is None) == (entry.subject.column is None):
        problems.append("subject needs either a word or a column")
    if not entry.id:
        problems.append("id must name at least one column")
    if THE_AMOUNT in entry.id and entry.amount is None:
        problems.append(f"id has {THE_AMOUNT!r} but there is no amount")
    if entry.status is not None:
        given = {*entry.status.values.values(), entry.status.others or DONE}
        problems += [f"status {word!r} is not one of {', '.join(STATUSES)}" for word in sorted(given - set(STATUSES))]
    for part in (entry.happened, entry.known):
        if part is not None:
            problems += _of_an_instant(part)
    if entry.known is not None and not 0 <= entry.known.after_days <= 366:
        problems.append(f"known.after_days {entry.known.after_days} must be from 0 to 366")
    return problems


def _of_the_subject(entry: Entry) -> list[str]:
    """Where a kind says what its rows can be about, the mapping must say it, and in the kind's own words."""
    known = {name: subject for kind in entry.kinds() for name, subject in SUBJECTS.get(kind, {}).items()}
    said = entry.subject
    if said is None or isinstance(said, str):
        return [
            f"kind {kind!r} needs a subject, one of {', '.join(SUBJECTS[kind])}"
            for kind in entry.kinds()
            if kind in SUBJECTS and said is None
        ]
    problems = []
    for word in (word for word in (said.word, said.others, *said.values.values()) if word is not None):
        if word not in known:
            if all(kind in SUBJECTS for kind in entry.kinds()):
                problems.append(f"subject {word!r} is not one of {', '.join(known)}")
        elif (entry.amount if known[word].money else entry.quantity) is None:
            problems.append(f"subject {word!r} needs {'an amount' if known[word].money else 'a quantity'}")
    return problems


def _of_an_instant(part: Instant | Known) -> list[str]:
    problems = []
    if part.format not in (ISO, EPOCH_SECONDS, EPOCH_MILLISECONDS) and "%" not in part.format:
        problems.append(
            f"format {part.format!r} must be {ISO!r}, {EPOCH_SECONDS!r}, {EPOCH_MILLISECONDS!r} "
            "or a pattern such as '%Y/%m/%d %H:%M'"
        )
    try:
        ZoneInfo(part.zone)
    except (KeyError, ValueError, OSError):
        problems.append(f"zone {part.zone!r} is not known: use a name such as {HOUSE_ZONE!r}")
    return problems


def check_columns(entries: list[Entry], columns: list[str], file: str) -> None:
    """Every column the mapping names must be in the file."""
    for entry in entries:
        for column in entry.columns():
            if column not in columns:
                raise UnknownColumn(column=column, file=file, columns=", ".join(columns))
