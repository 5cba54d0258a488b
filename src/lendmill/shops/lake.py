"""Where the shops' events are kept: Parquet files by kind and month, and the list of imports that says which count."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from lendmill.refusals import Refusal
from lendmill.shops.events import EVENT, no_events
from lendmill.shops.versions import STORED

PARTS: Final = "parts"
IMPORTS: Final = "imports"
STAGING: Final = "staging"
REJECTS: Final = "rejects"
LABELS: Final = "labels"


class LakeBusy(Refusal):
    """Another import is writing to {folder}: wait until it has finished, then run this one again."""


class Part(msgspec.Struct, frozen=True):
    """One Parquet file of events of one kind and one month."""

    path: str
    kind: str
    month: str
    rows: int


class Manifest(msgspec.Struct, frozen=True):
    """What one import did; the lake is the sum of its imports, and an import without this page never happened."""

    n: int
    digest: str
    source: str
    file: str
    rows: int
    good: int
    repeated: int
    corrected: int
    rejected: int
    skipped: int
    rejects_file: str | None
    first_on: date | None
    last_on: date | None
    kinds_known_on: dict[str, date]
    added: list[Part]
    removed: list[str]
    received_on: date | None = None  # imports of earlier releases did not write it down


class Lake:
    """All events of all shops in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def imports(self) -> list[Manifest]:
        """Every import that was finished, in order."""
        return [
            msgspec.json.decode(path.read_bytes(), type=Manifest)
            for path in sorted((self.folder / IMPORTS).glob("*.json"))
        ]

    def parts(self) -> list[Part]:
        """The files that count today."""
        live: dict[str, Part] = {}
        for manifest in self.imports():
            for path in manifest.removed:
                del live[path]
            live.update((part.path, part) for part in manifest.added)
        return list(live.values())

    def imported(self, digest: str) -> Manifest | None:
        """The earlier import of the same content, if there was one."""
        return next((manifest for manifest in self.imports() if manifest.digest == digest), None)

    def versions(self, until_known_on: date, since_on: date) -> pl.LazyFrame:
        """Every version of every event known at the end of a day, of those that happened on a day or later: also what
        was corrected since, with `superseded_on`."""
        chosen = [
            self.folder / part.path
            for part in self.parts()
            if f"{since_on:%Y-%m}" <= part.month <= f"{until_known_on:%Y-%m}"
        ]
        rows = stored(chosen) if chosen else pl.LazyFrame(schema=STORED)
        return rows.filter(pl.col("happened_on") >= since_on, pl.col("known_on") <= until_known_on)

    def scan(
        self,
        until_known_on: date | None = None,
        kinds: tuple[str, ...] | None = None,
        since_on: date | None = None,
        before_on: date | None = None,
    ) -> pl.LazyFrame:
        """All events as known at the end of a day (or as known now), each in the version then in force.

        With `since_on` only what happened on that day or later, with `before_on` only what happened before that day:
        files of other months are not even opened.
        """
        chosen = [
            self.folder / part.path
            for part in self.parts()
            if (kinds is None or part.kind in kinds)
            and (since_on is None or part.month >= f"{since_on:%Y-%m}")
            and (before_on is None or part.month <= f"{before_on:%Y-%m}")
            and (until_known_on is None or part.month <= f"{until_known_on:%Y-%m}")
        ]
        if not chosen:
            return no_events()
        rows = stored(chosen)
        if since_on is not None:
            rows = rows.filter(pl.col("happened_on") >= since_on)
        if before_on is not None:
            rows = rows.filter(pl.col("happened_on") < before_on)
        if until_known_on is None:
            current = pl.col("superseded_on").is_null()
        else:
            day = pl.lit(until_known_on, dtype=pl.Date)
            still = pl.col("superseded_on").is_null() | (pl.col("superseded_on") > day)
            current = (pl.col("known_on") <= day) & still
        return rows.filter(current).select(*EVENT.names())

    def covered(self, until_known_on: date | None = None) -> pl.DataFrame:
        """Which kinds of event each source had delivered by a day: (source, kind, known_on). What a source never
        delivers is unknown of its shops, not nought."""
        first: dict[tuple[str, str], date] = {}
        for manifest in self.imports():
            for kind, known_on in manifest.kinds_known_on.items():
                key = (manifest.source, kind)
                first[key] = min(first.get(key, known_on), known_on)
        rows = [
            (source, kind, known_on)
            for (source, kind), known_on in sorted(first.items())
            if until_known_on is None or known_on <= until_known_on
        ]
        return pl.DataFrame(rows, schema={"source": pl.String, "kind": pl.String, "known_on": pl.Date}, orient="row")

    def labels(self, name: str) -> pl.DataFrame:
        """What was learned later of some shops (a default, another bank's grade): for training, never a feature."""
        return pl.read_parquet(self.folder / LABELS / f"{name}.parquet")

    def keep_labels(self, name: str, labels: pl.DataFrame) -> Path:
        """Put a table of labels beside the events, whole or not at all."""
        path = self.folder / LABELS / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting = path.with_suffix(".waiting")
        labels.write_parquet(waiting)
        settle(waiting, path)
        return path

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """The lake for one importer alone; gives an empty staging folder, and clears what a killed import left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LakeBusy(folder=self.folder) from None
            staging = self.folder / STAGING
            self._sweep(staging)
            staging.mkdir()
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def commit(self, manifest: Manifest) -> None:
        """The one moment at which an import becomes true: its page is renamed into the list of imports."""
        pages = self.folder / IMPORTS
        pages.mkdir(exist_ok=True)
        waiting = self.folder / STAGING / "manifest.json"
        waiting.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
        settle(waiting, pages / f"{manifest.n:06d}-{manifest.digest[:12]}.json")

    def _sweep(self, staging: Path) -> None:
        shutil.rmtree(staging, ignore_errors=True)
        live = {self.folder / part.path for part in self.parts()}
        for path in (self.folder / PARTS).glob("*/*/*.parquet"):
            if path not in live:
                path.unlink()


def stored(files: list[Path]) -> pl.LazyFrame:
    """Rows as kept; what files of an earlier release did not yet have is unknown."""
    return pl.scan_parquet(files, schema=STORED, missing_columns="insert", hive_partitioning=False)


def settle(waiting: Path, path: Path) -> None:
    """Give a finished file its name, on the disk for good before anybody can see it."""
    _to_disk(waiting)
    waiting.rename(path)
    _to_disk(path.parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
