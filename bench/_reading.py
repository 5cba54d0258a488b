"""Reads a file as it is, whatever its separator, encoding, packing and line ends: text in columns, or typed columns."""

import bz2
import csv
import gzip
import io
import lzma
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?%?$")
COUNTED = re.compile(r"\d+$")
QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'|\S+')
SEPARATORS = (",", ";", "\t", "|")
SPOKEN = {"\\t": "\t", "tab": "\t", "space": " ", "comma": ",", "semicolon": ";", "pipe": "|"}
LARGE = 20_000_000  # characters: from there on the quick way, which is as strict as it is quick, is tried first
ONE = "\x1f"  # stands for a separator of several characters
TYPED: dict[str, Callable[[Any], pl.DataFrame]] = {
    ".parquet": pl.read_parquet,
    ".pq": pl.read_parquet,
    ".feather": pl.read_ipc,
    ".arrow": pl.read_ipc,
    ".ipc": pl.read_ipc,
    ".jsonl": pl.read_ndjson,
    ".ndjson": pl.read_ndjson,
    ".json": pl.read_json,
}
PACKED: dict[str, Callable[[Any], Any]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}
SHEETS = (".xls", ".xlsx", ".ods", ".xlsb", ".sas7bdat", ".dta", ".sav", ".pdf")


def raw(path: Path, sep: str = "", header: bool = True) -> tuple[pl.DataFrame, list[str]]:
    """The file as a table, and what was guessed; ends the program with a sentence where it is none."""
    if not path.is_file():
        raise SystemExit(f"there is no file {path}")
    name, body = _unpacked(path)
    kind = Path(name).suffix.lower()
    if kind in SHEETS:
        raise SystemExit(f"{name} is not read: save it as CSV or Parquet first")
    try:
        if kind in TYPED or body[:4] == b"PAR1":
            frame = TYPED.get(kind, pl.read_parquet)(io.BytesIO(body))
            return frame.rename(dict(zip(frame.columns, _named(frame.columns), strict=True))), []
        return _text(_decoded(body), sep, header)
    except (pl.exceptions.PolarsError, csv.Error, ValueError, OSError) as error:
        raise SystemExit(f"{name} cannot be read as a table: {' '.join(str(error).split())[:200]}") from None


def _unpacked(path: Path) -> tuple[str, bytes]:
    """What is inside, and what it is called there; of an archive the largest file."""
    try:
        if zipfile.is_zipfile(path) and path.suffix.lower() not in SHEETS:
            with zipfile.ZipFile(path) as packed:
                inside = [each for each in packed.infolist() if not each.is_dir() and "__MACOSX" not in each.filename]
                if not inside:
                    raise SystemExit(f"{path} is an empty archive")
                largest = max(inside, key=lambda each: each.file_size)
                return largest.filename, packed.read(largest)
        unpack = PACKED.get(path.suffix.lower())
        return (path.stem, unpack(path.read_bytes())) if unpack else (path.name, path.read_bytes())
    except (OSError, EOFError, RuntimeError, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise SystemExit(f"{path} cannot be unpacked: {error}") from None


def _decoded(body: bytes) -> str:
    """The text. Without a mark of its own and not UTF-8, it is Chinese if its high bytes come in pairs, else Latin."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = body.decode("utf-16")
    else:
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", body[:1_000_000])]
            paired = sum(length for length in runs if length > 1) >= 0.9 * sum(runs)
            text = body.decode("gb18030" if paired else "cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _text(text: str, sep: str, header: bool) -> tuple[pl.DataFrame, list[str]]:
    """Text cut into columns of text."""
    csv.field_size_limit(2**31 - 1)
    names, text = _attributes(text)
    header = header and not names
    sep = SPOKEN.get(sep.lower(), sep) or ("," if names else _guessed(text))
    notes: list[str] = []
    quick = _quickly(text, sep) if len(text) >= LARGE else None
    rows = _rows(text, sep) if quick is None else [list(quick.row(0))]
    if not rows:
        raise SystemExit("the file is empty")
    if header and _is_facts(rows[0]):
        header = False
        notes.append("the first line holds numbers, so it is taken for a row and not for names")
    if quick is not None:
        names = _named(rows[0] if header else names or [""] * quick.width)
        return quick[int(header) :].rename(dict(zip(quick.columns, names, strict=True))), notes
    width = Counter(map(len, rows[: 1 + 10_000])).most_common(1)[0][0]
    if header:
        names = rows.pop(0)
        if len(names) == width - 1:
            names = ["", *names]  # row names that have no title
    kept = [fitted for row in rows if (fitted := _fitted(row, width)) is not None]
    if len(kept) < len(rows):
        notes.append(f"{len(rows) - len(kept)} lines of another width than {width} left out")
    if not kept:
        raise SystemExit("the file has no rows")
    names = _named((names + [""] * width)[:width])
    columns = dict(zip(names, zip(*kept, strict=True), strict=True))
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)), notes


def _quickly(text: str, sep: str) -> pl.DataFrame | None:
    """Large text cut by Polars, in a fraction of the time and memory; None where its lines are not all alike."""
    if len(sep) != 1 or sep == " " or f'{sep} "' in text:
        return None
    lines = text.count("\n") + (not text.endswith("\n"))
    try:
        found = pl.read_csv(io.BytesIO(text.encode()), separator=sep, has_header=False, infer_schema=False)
    except pl.exceptions.PolarsError:
        return None
    short = text.count(sep) < (found.width - 1) * lines
    return None if short or found.height != lines or found.width < 2 else found.fill_null("")


def _attributes(text: str) -> tuple[list[str], str]:
    """The names an ARFF file gives its columns and the rows after them; any other text as it is."""
    head, marked, rows = text[:1_000_000].partition("\n@data")
    if not marked:
        head, marked, rows = text[:1_000_000].partition("\n@DATA")
    if not marked or not re.search(r"^\s*@relation", head, re.I | re.M):
        return [], text
    found = re.findall(r"^\s*@attribute\s+('[^']*'|\"[^\"]*\"|\S+)", head, re.I | re.M)
    rows = text[len(head) + len(marked) :]
    return [name.strip("'\"") for name in found], "\n".join(x for x in rows.split("\n") if not x.startswith("%"))


def _rows(text: str, sep: str) -> list[list[str]]:
    if sep == " ":
        rows = [QUOTED.findall(line) for line in text.split("\n") if line.strip()]
        return [[cell.strip("\"'") for cell in row] for row in rows]
    if len(sep) > 1:
        text, sep = text.replace(sep, ONE), ONE
    return [row for row in csv.reader(io.StringIO(text), delimiter=sep, skipinitialspace=True) if any(row)]


def _fitted(row: list[str], width: int) -> list[str] | None:
    """A row as wide as the others: blanks at its end come and go, anything else does not."""
    if len(row) < width:
        return row + [""] * (width - len(row)) if len(row) > width // 2 or width == 2 else None
    return row[:width] if not any(row[width:]) else None


def _is_facts(first: list[str]) -> bool:
    """Whether a first line is a row of the table: many of its cells are numbers, and not 0, 1, 2, ... of columns."""
    numbers = [cell for cell in first if NUMBER.match(cell.strip())]
    if len(numbers) < max(1, len(first) / 4):
        return False
    whole = [int(cell) for cell in numbers if COUNTED.match(cell.strip())]
    return not (len(whole) == len(numbers) > 2 and whole == list(range(whole[0], whole[0] + len(whole))))


def _named(names: list[str]) -> list[str]:
    """Each column with a name of its own."""
    found: list[str] = []
    for n, name in enumerate(names):
        name = " ".join(name.split()) or f"unnamed_{n}"
        made, times = name, 1
        while made in found:
            times += 1
            made = f"{name}_{times}"
        found.append(made)
    return found


def _guessed(text: str) -> str:
    """The separator that cuts the first lines into the most columns, names and rows into the same number."""
    lines = [line for line in text[:200_000].split("\n")[:60] if line.strip()]
    lines = lines[:-1] if len(lines) > 2 else lines
    best, most, first = ",", 1, False
    for sep in SEPARATORS:
        found = [len(row) for row in csv.reader(lines, delimiter=sep, skipinitialspace=True) if any(row)]
        width, times = Counter(found).most_common(1)[0] if found else (1, 0)
        alike = bool(found) and found[0] in (width, width - 1)  # a comma of a fraction does not cut the names
        if width > 1 and times >= 0.8 * len(found) and (alike and found[0] > 1, width) > (first, most):
            best, most, first = sep, width, alike and found[0] > 1
    blanks = Counter(len(QUOTED.findall(line)) for line in lines)
    if most <= 2 and blanks:
        width, times = blanks.most_common(1)[0]
        if width > max(most, 2) and times >= 0.9 * len(lines):
            return " "
    return best
