"""Reading somebody's file piece by piece, with the line each row stands on; a line that is no row is set aside with its reason."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lendmill.refusals import Refusal

LINE: Final = "__line__"
BATCH_ROWS: Final = 50_000
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
    if path.suffix == ".parquet":
        with _parquet(path) as file:
            return [str(name) for name in file.schema_arrow.names]
    with path.open(encoding=_with_mark(encoding), errors="replace", newline="") as lines:
        return _header(csv.reader(lines, delimiter=delimiter), path)


def batches(path: Path, columns: list[str], *, encoding: str = "utf-8", delimiter: str = ",") -> Iterator[Batch]:
    """A CSV or Parquet file in pieces, only the columns asked for, in the file's own order."""
    if path.suffix == ".parquet":
        yield from _parquet_batches(path, columns)
    else:
        yield from _csv_batches(path, columns, encoding, delimiter)


def size(path: Path) -> int:
    """How much there is to read: rows of a Parquet file, bytes of any other."""
    if path.suffix == ".parquet":
        with _parquet(path) as file:
            return int(file.metadata.num_rows)
    return path.stat().st_size


def _parquet(path: Path) -> Any:
    try:
        return pq.ParquetFile(path, pre_buffer=False)
    except (OSError, pa.ArrowInvalid) as error:
        raise CannotRead(file=path, problem=str(error).splitlines()[0]) from None


def _parquet_batches(path: Path, columns: list[str]) -> Iterator[Batch]:
    done = 0
    with _parquet(path) as file:
        for piece in file.iter_batches(batch_size=BATCH_ROWS, columns=columns, use_threads=False):
            rows = pl.DataFrame(pl.from_arrow(piece)).with_row_index(LINE, offset=done + 1)
            done += rows.height
            yield Batch(rows.with_columns(pl.col(LINE).cast(pl.Int64)), [], done)


def _csv_batches(path: Path, columns: list[str], encoding: str, delimiter: str) -> Iterator[Batch]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=_with_mark(encoding), errors="replace", newline="") as lines:
        counted = _Counted(lines)
        reader = csv.reader(counted, delimiter=delimiter)
        header = _header(reader, path)
        wanted = [header.index(name) for name in columns]
        total = path.stat().st_size
        while True:
            rows, broken, ended = _next_rows(reader, len(header))
            cells = list(zip(*(row for _, row in rows), strict=True)) if rows else [()] * len(header)
            frame = pl.DataFrame(
                {
                    LINE: [line for line, _ in rows],
                    **{name: cells[at] for name, at in zip(columns, wanted, strict=True)},
                },
                schema={LINE: pl.Int64, **dict.fromkeys(columns, pl.String)},
            )
            yield Batch(frame, broken, total if ended else min(total, counted.characters))
            if ended:
                break


def _next_rows(reader: Any, width: int) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str, str]], bool]:
    rows: list[tuple[int, list[str]]] = []
    broken: list[tuple[int, str, str]] = []
    start = reader.line_num + 1
    while len(rows) + len(broken) < BATCH_ROWS:
        try:
            row = next(reader, None)
        except csv.Error as error:
            broken.append((start, f"lines {start} to {reader.line_num}: {error}; is a quotation mark not closed?", ""))
            start = reader.line_num + 1
            continue
        if row is None:
            return rows, broken, True
        if len(row) == width:
            rows.append((start, row))
        elif row:
            reason = f"{len(row)} cells where the header has {width}"
            if reader.line_num > start:
                reason += f" (lines {start} to {reader.line_num} read as one row)"
            broken.append((start, reason, ",".join(islice(row, 40))[:500]))
        start = reader.line_num + 1
    return rows, broken, False


def _header(reader: Any, path: Path) -> list[str]:
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
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

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.characters = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.characters += len(line)
            yield line
