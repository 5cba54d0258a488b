"""Reading somebody's file piece by piece, each row with its line; what is no row is set aside with its reason."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lendmill.refusals import Refusal

LINE: Final = "__line__"
BATCH_ROWS: Final = 50_000
ROW_CHARACTERS: Final = 80  # of a usual row
SHOWN: Final = 500  # of a line that is no row
LONGEST_CELL: Final = 131_072  # a cell longer than this is a quotation mark that was never closed


class CannotRead(Refusal):
    """The file {file} cannot be read: {problem}."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows as the file has them, those that are no rows, and how far into the file we are."""

    rows: pl.DataFrame
    broken: list[tuple[int, str, str]]  # line, reason, what stands there
    done: int


def file_digest(path: Path) -> str:
    """A file's content in one word."""
    try:
        with path.open("rb") as file:
            digest = sha256()
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise CannotRead(file=path, problem=error.strerror or "it cannot be opened") from None
    return digest.hexdigest()


def columns_of(path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> list[str]:
    """The names of a file's columns."""
    if _is_parquet(path):
        with _parquet(path) as file:
            return [str(field.name) for field in file.schema_arrow if not _holds_more_than_a_value(field.type)]
    with path.open(encoding=_with_mark(encoding), errors="replace", newline="") as lines:
        return _header(csv.reader(lines, delimiter=delimiter), path)


def batches(
    path: Path, columns: list[str], *, encoding: str = "utf-8", delimiter: str = ",", at_once: int = BATCH_ROWS
) -> Iterator[Batch]:
    """A CSV or Parquet file in pieces of about so many rows, only the columns asked for, in the file's own order."""
    if _is_parquet(path):
        yield from _parquet_batches(path, columns, at_once)
    else:
        yield from _csv_batches(path, columns, encoding, delimiter, at_once)


def size(path: Path) -> int:
    """How much there is to read: rows of a Parquet file, bytes of any other."""
    if _is_parquet(path):
        with _parquet(path) as file:
            return int(file.metadata.num_rows)
    return path.stat().st_size


def _is_parquet(path: Path) -> bool:
    """By what the file begins with, whatever it is called."""
    with path.open("rb") as file:
        return path.suffix == ".parquet" or file.read(4) == b"PAR1"


def _parquet(path: Path) -> Any:
    try:
        return pq.ParquetFile(path, pre_buffer=False)
    except (OSError, pa.ArrowInvalid) as error:
        raise CannotRead(file=path, problem=str(error).splitlines()[0]) from None


def _holds_more_than_a_value(kind: Any) -> bool:
    """Lists, structures and raw bytes are no cells; such a column is as if it were not there."""
    return bool(pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _parquet_batches(path: Path, columns: list[str], at_once: int) -> Iterator[Batch]:
    done = 0
    with _parquet(path) as file:
        for piece in file.iter_batches(batch_size=at_once, columns=columns, use_threads=False):
            rows = pl.DataFrame(pl.from_arrow(piece)).with_row_index(LINE, offset=done + 1)
            done += rows.height
            yield Batch(rows.with_columns(pl.col(LINE).cast(pl.Int64)), [], done)


def _csv_batches(path: Path, columns: list[str], encoding: str, delimiter: str, at_once: int) -> Iterator[Batch]:
    """Plain lines are cut at once by the column engine; from the first quotation mark on, each is read with care."""
    csv.field_size_limit(LONGEST_CELL)
    total = path.stat().st_size
    with path.open(encoding=_with_mark(encoding), errors="replace", newline="") as lines:
        names = csv.reader(iter(lines.readline, ""), delimiter=delimiter)
        header = _header(names, path)
        wanted = [header.index(name) for name in columns]
        line, done = names.line_num + 1, 0
        while text := lines.read(at_once * ROW_CHARACTERS):
            text += lines.readline()
            done += len(text)
            if '"' in text or "\r" in text.replace("\r\n", "\n"):
                break
            cut, broken, count = _plain_lines(text, line, len(header), delimiter)
            fields = {name: pl.col(f"field_{at}") for name, at in zip(columns, wanted, strict=True)}
            yield Batch(cut.select(LINE, **fields), broken, min(done, total))
            line += count
        else:
            return
        rest = _Counted(chain(StringIO(text, newline=""), lines), done - len(text))
        reader = csv.reader(rest, delimiter=delimiter)
        ended = False
        while not ended:
            rows, broken, ended = _next_rows(reader, len(header), line, at_once)
            yield Batch(_frame(rows, columns, wanted), broken, total if ended else min(total, rest.characters))


def _plain_lines(
    text: str, first: int, width: int, delimiter: str
) -> tuple[pl.DataFrame, list[tuple[int, str, str]], int]:
    """Lines without quotation marks, cut into cells; the number of lines comes with them."""
    lines = pl.Series("row", text.removesuffix("\n").split("\n"), dtype=pl.String).str.strip_suffix("\r")
    table = lines.to_frame().with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64) + first).alias(LINE),
        pl.col("row").str.count_matches(delimiter, literal=True).cast(pl.Int64).add(1).alias("cells"),
    )
    table = table.filter(pl.col("row") != "")
    fits = pl.col("cells") == width
    broken = [
        (line, f"{cells} cells where the header has {width}", row[:SHOWN])
        for row, line, cells in table.filter(~fits).select("row", LINE, "cells").iter_rows()
    ]
    cut = table.filter(fits).select(LINE, pl.col("row").str.split_exact(delimiter, width - 1)).unnest("row")
    return cut, broken, len(lines)


def _next_rows(
    reader: Any, width: int, first: int, at_once: int
) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str, str]], bool]:
    rows: list[tuple[int, list[str]]] = []
    broken: list[tuple[int, str, str]] = []
    while len(rows) + len(broken) < at_once:
        start = first + reader.line_num
        try:
            row = next(reader, None)
        except csv.Error as error:
            last = first + reader.line_num - 1
            broken.append((start, f"lines {start} to {last}: {error}; is a quotation mark not closed?", ""))
            continue
        if row is None:
            return rows, broken, True
        if len(row) == width:
            rows.append((start, row))
        elif row:
            last = first + reader.line_num - 1
            reason = f"{len(row)} cells where the header has {width}"
            if last > start:
                reason += f" (lines {start} to {last} read as one row)"
            broken.append((start, reason, ",".join(row)[:SHOWN]))
    return rows, broken, False


def _frame(rows: list[tuple[int, list[str]]], columns: list[str], wanted: list[int]) -> pl.DataFrame:
    cells = [[row[at] for _, row in rows] for at in wanted]
    return pl.DataFrame(
        {LINE: [line for line, _ in rows], **dict(zip(columns, cells, strict=True))},
        schema={LINE: pl.Int64, **dict.fromkeys(columns, pl.String)},
    )


def _header(reader: Any, path: Path) -> list[str]:
    try:
        header = [name.strip() for name in next(reader, [])]
    except (csv.Error, UnicodeError) as error:
        raise CannotRead(file=path, problem=str(error)) from None
    if not any(header):
        raise CannotRead(file=path, problem="it has no line with the names of its columns")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise CannotRead(file=path, problem=f"two columns have the same name: {', '.join(twice)}")
    return header


def _with_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


class _Counted:
    """A file's lines, counting what was read, for the progress shown."""

    def __init__(self, lines: Iterator[str], before: int) -> None:
        self._lines = lines
        self.characters = before

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.characters += len(line)
            yield line
