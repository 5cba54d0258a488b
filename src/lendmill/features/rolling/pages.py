"""Where roll-ups are kept: Parquet files by month beside the lake's events, and pages that say which of them count."""

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from lendmill.features.rolling.measures import TABLES, form
from lendmill.refusals import Refusal
from lendmill.shops.lake import Lake, settle

FOLDER: Final = "rollups"
ROWS_TOGETHER: Final = 16_384  # rows of a file that are read or left out together


class RollUpsBusy(Refusal):
    """Another process is rolling up the record in {folder}: wait until it has finished, then try again."""


class RollUpsOfAnotherLake(Refusal):
    """The roll-ups in {folder} were not made of the imports beside them: run `lendmill roll-up --all`."""


class Rolled(msgspec.Struct, frozen=True):
    """One file of roll-ups: of which table, and how many rows."""

    path: str
    table: str
    rows: int


class Page(msgspec.Struct, frozen=True):
    """One month brought up to an import; roll-ups are the sum of their pages, and a file on no page never was.

    `whole` marks the last page of a step: with it, every month is brought up to that import.
    """

    n: int
    month: str
    through: int
    digest: str
    whole: bool
    files: list[Rolled]


class RollUps:
    """All shops' days, summed."""

    def __init__(self, lake: Lake) -> None:
        self.whole = lake.folder / FOLDER
        self.folder = self.whole / form()

    def pages(self, month: str = "*") -> list[Page]:
        """Every step that was finished, or those of one month, in order."""
        return [_read(path) for path in sorted(self.folder.glob(f"pages/*.{month}.json"))]

    def last(self) -> Page | None:
        """The latest step that was finished."""
        names = sorted(self.folder.glob("pages/*.json"))
        return _read(names[-1]) if names else None

    def files(self, table: str, pages: Sequence[Page]) -> list[Path]:
        """The files of one table on some pages."""
        return [self.folder / file.path for page in pages for file in page.files if file.table == table]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The roll-ups for one process alone; clears what a killed one left, and roll-ups of another form."""
        self.whole.mkdir(parents=True, exist_ok=True)
        with (self.whole / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RollUpsBusy(folder=self.whole) from None
            self._sweep()
            yield

    def write(self, page: int, month: str, table: str, rows: pl.DataFrame, turn: int) -> Rolled | None:
        """Write one file of a page; it counts once the page does. No rows are no file."""
        if rows.is_empty():
            return None
        path = f"{month}/{page:06d}-{table}-{turn}.parquet"
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting = target.with_suffix(".waiting")
        rows.write_parquet(waiting, compression="zstd", row_group_size=ROWS_TOGETHER)
        settle(waiting, target)
        return Rolled(path, table, rows.height)

    def commit(self, page: Page) -> None:
        """The one moment at which a month's step becomes true: its page gets its name."""
        pages = self.folder / "pages"
        pages.mkdir(parents=True, exist_ok=True)
        waiting = pages / "waiting"
        waiting.write_bytes(msgspec.json.encode(page) + b"\n")
        settle(waiting, pages / f"{page.n:06d}.{page.month}.json")

    def forget(self) -> None:
        """Throw all roll-ups away, to make them again from the lake."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _sweep(self) -> None:
        for other in self.whole.iterdir():
            if other.is_dir() and other != self.folder:
                shutil.rmtree(other)
        pages = self.pages()
        live = {path for table in TABLES for path in self.files(table, pages)}
        for path in [*self.folder.glob("*/*.parquet"), *self.folder.glob("*/*.waiting")]:
            if path not in live:
                path.unlink()


def _read(path: Path) -> Page:
    return msgspec.json.decode(path.read_bytes(), type=Page)
