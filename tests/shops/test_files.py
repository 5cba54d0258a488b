"""Files are read in pieces with the right lines, whatever is odd in them."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lendmill.shops.importers.files import LINE, CannotRead, batches, columns_of

COLUMNS = ["a", "b"]
CELL = st.text(st.sampled_from("xyz 0.；中"), max_size=90)


def read(path: Path, **how: Any) -> tuple[list[tuple[object, ...]], list[tuple[int, str, str]]]:
    found = list(batches(path, COLUMNS, **how))
    rows = pl.concat([batch.rows.select(LINE, *COLUMNS) for batch in found]).rows() if found else []
    return rows, [broken for batch in found for broken in batch.broken]


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "f.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_lines_are_numbered_as_an_editor_shows_them(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\r\n1,2\r\n\r\n3\r\n4,5,6\r\n7,8")
    rows, broken = read(path)
    assert rows == [(2, "1", "2"), (6, "7", "8")]
    assert broken == [(4, "1 cells where the header has 2", "3"), (5, "3 cells where the header has 2", "4,5,6")]


def test_a_quoted_cell_may_hold_commas_and_line_ends(tmp_path: Path) -> None:
    rows, broken = read(written(tmp_path, 'a,b\n1,"x, y"\n2,"two\nlines"\n3,z\n'))
    assert rows == [(2, "1", "x, y"), (3, "2", "two\nlines"), (5, "3", "z")]
    assert broken == []


def test_an_open_quotation_mark_costs_what_it_swallows_and_says_so(tmp_path: Path) -> None:
    text = 'a,b\n1,2\n3,"open\n' + "4,5\n" * 40_000 + "6,7\n"
    rows, broken = read(written(tmp_path, text))
    assert rows[0] == (2, "1", "2")
    assert rows[-1] == (40_004, "6", "7")
    assert broken[0][0] == 3
    assert "is a quotation mark not closed?" in broken[0][1]


def test_a_mark_at_the_start_and_other_encodings_are_read(tmp_path: Path) -> None:
    assert read(written(tmp_path, "\ufeffa,b\n中,2\n"))[0] == [(2, "中", "2")]
    assert read(written(tmp_path, "a,b\n中,2\n", "gb18030"), encoding="gb18030")[0] == [(2, "中", "2")]
    assert read(written(tmp_path, "a;b\n1;2\n"), delimiter=";")[0] == [(2, "1", "2")]


def test_a_file_without_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="no line with the names of its columns"):
        columns_of(written(tmp_path, ""))
    with pytest.raises(CannotRead, match="two columns have the same name: a"):
        columns_of(written(tmp_path, "a,a\n"))
    broken = tmp_path / "f.parquet"
    broken.write_bytes(b"not parquet at all")
    with pytest.raises(CannotRead, match=r"f\.parquet cannot be read"):
        columns_of(broken)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELL, CELL), max_size=12), at_once=st.integers(1, 4), late=st.integers(0, 30))
def test_the_quick_way_and_the_careful_way_read_alike(
    rows: list[tuple[str, str]], at_once: int, late: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("alike")
    plain = written(folder, "a,b\n" + "".join(f"{a},{b}\n" for a, b in rows))
    quoted = folder / "q.csv"
    lines = [f'"{a}",{b}\n' if n >= late else f"{a},{b}\n" for n, (a, b) in enumerate(rows)]
    quoted.write_text("a,b\n" + "".join(lines), encoding="utf-8")
    whole = read(plain)
    assert read(plain, at_once=at_once) == whole
    assert read(quoted, at_once=at_once) == whole
    assert whole == ([(n, a, b) for n, (a, b) in enumerate(rows, start=2)], [])


def test_a_parquet_file_is_numbered_by_row(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    pl.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0, 0]}).write_parquet(path)
    assert read(path)[0] == [(1, 1, "x"), (2, 2, None)]
