"""Reads any table of numbers and categories: guesses its shape, and says what it left out and why."""

import csv
import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

MISSING = frozenset(
    {
        "",
        "?",
        "na",
        "n/a",
        "#n/a",
        "nan",
        "-nan",
        "null",
        "none",
        "nil",
        "missing",
        ".",
        "-",
        "--",
        "inf",
        "-inf",
        "<na>",
    }
)
ID_NAME = re.compile(
    r"(^|[_ .-])(id|no|nr|key|uuid|index|idx|code|number|row)([_ .-]|$)|(id|ID|Nr|No|Key)$|^unnamed|^$", re.I
)
NUMBERS_MIN = 0.95  # a column of text is one of numbers if so large a share of what is there reads as numbers
SURE_ROWS = 1_000  # from here on whole numbers that never repeat are taken for names of rows


@dataclass
class Known:
    """A table ready to learn from: numbers and text, who was bad, and what was done to it on the way."""

    name: str
    frame: pl.DataFrame
    bad: np.ndarray
    notes: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> list[str]:
        """The columns of numbers."""
        return [name for name, dtype in self.frame.schema.items() if dtype != pl.String]

    @property
    def categories(self) -> list[str]:
        """The columns of text."""
        return [name for name, dtype in self.frame.schema.items() if dtype == pl.String]


def known(
    path: Path,
    *,
    target: str = "",
    positive: str = "",
    drop: tuple[str, ...] = (),
    sep: str = "",
    header: bool = True,
) -> Known:
    """The table of a file, with the target apart. Ends the program with a sentence where it cannot be read."""
    frame = _typed(_raw(path, sep, header))
    notes: list[str] = []
    target = _column(frame, target) if target else frame.columns[-1]
    frame = frame.drop([_column(frame, name) for name in drop])
    bad, told = _outcome(frame[target], positive)
    notes.append(f"target {target}: bad is {told}")
    there = frame[target].is_not_null()
    if not there.all():
        notes.append(f"{int((~there).sum())} rows without an outcome left out")
    frame = frame.filter(there).drop(target)
    bad = bad[there.to_numpy()]
    if min(bad.sum(), (~bad).sum()) < 10:
        raise SystemExit(f"{path.name}: fewer than 10 rows of one outcome; nothing can be measured")
    for name in frame.columns:
        if (why := _useless(frame[name])) is not None:
            frame = frame.drop(name)
            notes.append(f"{name} left out: {why}")
    if not frame.width:
        raise SystemExit(f"{path.name}: no column is left to learn from")
    return Known(path.stem.split(".")[0], frame, bad, notes)


def _column(frame: pl.DataFrame, name: str) -> str:
    if name in frame.columns:
        return name
    if name.lstrip("-").isdigit() and -frame.width <= int(name) < frame.width:
        return frame.columns[int(name)]
    alike = [column for column in frame.columns if column.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    raise SystemExit(f"no column is called {name}; there are: {', '.join(frame.columns)}")


def _raw(path: Path, sep: str, header: bool) -> pl.DataFrame:
    """The file as it is: typed columns from Parquet, text from everything else."""
    if not path.exists():
        raise SystemExit(f"there is no file {path}")
    if path.suffix in (".parquet", ".pq"):
        return pl.read_parquet(path)
    body = _body(path)
    text = next(
        t for t in (_decoded(body, "utf-8-sig"), _decoded(body, "gb18030"), body.decode("latin-1")) if t is not None
    )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    sep = {"\\t": "\t", "tab": "\t", "space": " "}.get(sep, sep) or _guessed(text)
    if sep == " ":
        rows = [re.findall(r'"[^"]*"|\'[^\']*\'|\S+', line) for line in text.split("\n") if line.strip()]
        rows = [[cell.strip("\"'") for cell in row] for row in rows]
    else:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=sep, skipinitialspace=True) if any(row)]
    width = Counter(map(len, rows)).most_common(1)[0][0]
    names = rows.pop(0) if header else [f"column_{n}" for n in range(width)]
    if len(names) == width - 1:
        names = ["", *names]  # row names that have no title
    names = (names + [""] * width)[:width]
    rows = [row for row in rows if len(row) == width]
    seen: Counter[str] = Counter()
    for n, name in enumerate(names):
        name = name.strip() or f"unnamed_{n}"
        seen[name] += 1
        names[n] = name if seen[name] == 1 else f"{name}_{seen[name]}"
    return pl.DataFrame(dict(zip(names, zip(*rows, strict=True), strict=True)), schema=dict.fromkeys(names, pl.String))


def _body(path: Path) -> bytes:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            inside = [each for each in packed.infolist() if not each.is_dir() and "__MACOSX" not in each.filename]
            return packed.read(max(inside, key=lambda each: each.file_size))
    if path.suffix == ".gz":
        import gzip

        return gzip.decompress(path.read_bytes())
    return path.read_bytes()


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _guessed(text: str) -> str:
    """The separator that cuts the first lines into the most columns, the same number in each."""
    lines = [line for line in text[:200_000].split("\n")[:40] if line.strip()]
    lines = lines[:-1] if len(lines) > 2 else lines
    best, most = ",", 1
    for sep in (",", ";", "\t", "|"):
        widths = {len(row) for row in csv.reader(lines, delimiter=sep, skipinitialspace=True)}
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = sep, width
    if most == 1 and len({len(line.split()) for line in lines}) == 1 and len(lines[0].split()) > 1:
        return " "
    return best


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers as numbers, days as numbers of days, all else as text; what stands for missing is null."""
    return frame.select(made for column in frame if (made := _one_typed(column)) is not None)


def _one_typed(column: pl.Series) -> pl.Series | None:
    name, dtype = column.name, column.dtype
    if dtype == pl.Boolean:
        return column.cast(pl.Int8).cast(pl.Float64)
    if dtype in (pl.Date, pl.Datetime):
        return column.dt.epoch("d").cast(pl.Float64)
    if dtype == pl.Duration:
        return column.dt.total_seconds().cast(pl.Float64)
    if dtype.is_numeric():
        numbers = column.cast(pl.Float64)
        return numbers.set(~numbers.is_finite().fill_null(True), None)
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        return None
    words = column.cast(pl.String).str.strip_chars()
    words = words.set(words.str.to_lowercase().is_in(list(MISSING)), None)
    there = words.len() - words.null_count()
    plain = words.str.replace(r"^[$€£¥]\s*", "").str.replace(r"\s*%$", "")
    for reading in (plain, plain.str.replace_all(",", "")):
        numbers = reading.cast(pl.Float64, strict=False)
        numbers = numbers.set(~numbers.is_finite().fill_null(True), None)
        if numbers.len() - numbers.null_count() >= max(1, NUMBERS_MIN * there):
            return numbers.alias(name)
    for shape in ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y", "%b-%Y", "%d.%m.%Y"):
        cut = words.str.slice(0, 10) if shape == "%Y-%m-%d" else words
        days = (("01-" + cut) if shape == "%b-%Y" else cut).str.to_date(
            f"%d-{shape}" if shape == "%b-%Y" else shape, strict=False
        )
        if there and days.len() - days.null_count() >= NUMBERS_MIN * there:
            return days.dt.epoch("d").cast(pl.Float64).alias(name)
    return words.alias(name)


def _outcome(column: pl.Series, positive: str) -> tuple[np.ndarray, str]:
    """Who is bad: those with the positive value, or with the rarer of two."""
    words = column.cast(pl.String) if column.dtype != pl.Float64 else _as_written(column)
    counts = words.drop_nulls().value_counts(sort=True)
    values = counts[counts.columns[0]].to_list()
    if positive:
        wanted = [value for value in values if value == positive or _number(value) == _number(positive) is not None]
        if not wanted:
            raise SystemExit(f"{column.name} is never {positive}; it is one of {', '.join(values[:10])}")
        return words.is_in(wanted).fill_null(False).to_numpy(), f"{wanted[0]} (as asked)"
    if len(values) != 2:
        raise SystemExit(f"{column.name} has {len(values)} values, not two: name the bad one with --positive")
    rare = values[-1]
    if counts["count"][0] == counts["count"][1]:
        rare = max(values)
    return (words == rare).fill_null(False).to_numpy(), f"{rare}, the rarer value"


def _as_written(column: pl.Series) -> pl.Series:
    return pl.Series(column.name, [None if v is None else f"{v:g}" for v in column.to_list()], dtype=pl.String)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _useless(column: pl.Series) -> str | None:
    """Why a column has nothing to learn from: the same throughout, or the name of its row."""
    there = column.drop_nulls()
    if there.n_unique() <= 1 and (there.is_empty() or column.null_count() == 0):
        return "the same in every row"
    if there.n_unique() < len(column):
        return None
    if column.dtype == pl.String:
        return "different in every row, so a name and not a fact"
    whole = bool((there == there.floor()).all())
    counted = whole and (there.max() - there.min() + 1 == len(there) or there.is_sorted())  # type: ignore[operator]
    if counted or (whole and (ID_NAME.search(column.name) or len(there) >= SURE_ROWS)):
        return "a whole number different in every row, so a name and not a fact"
    return None
