"""Bringing a file of anybody's shop events into the lake, whole or not at all, as often as one likes."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lendmill.shops.events import HOUSE_ZONE
from lendmill.shops.importers.files import Batch, CannotRead, batches, columns_of, file_digest, size
from lendmill.shops.importers.mapping import Entry, Mapping, check_columns, load_mapping
from lendmill.shops.importers.rows import read_rows
from lendmill.shops.intake import AT_ONCE, Intake
from lendmill.shops.lake import REJECTS, Lake, Manifest, settle

Progress = Callable[[int, int], None]
NAME_LETTERS = 60  # of a file's name within another's, whatever script it is in


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of one file: rows read, events good, among them repeated and corrected, rows rejected and skipped."""

    file: str
    rows: int
    good: int
    repeated: int
    corrected: int
    rejected: int
    skipped: int
    rejects_file: Path | None
    already: bool
    first_on: date | None
    last_on: date | None


def import_events(
    files: Sequence[Path],
    mapping: Mapping | Path,
    lake: Lake,
    *,
    received_at: datetime,
    progress: Progress | None = None,
) -> list[ImportReport]:
    """Take files in, one after the other; each is in the lake whole or not at all.

    `received_at` is when the files reached us: what contradicts earlier rows counts as known from then on.
    """
    if isinstance(mapping, Path):
        mapping = read_through(files, mapping)
    return [import_file(file, mapping, lake, received_at=received_at, progress=progress) for file in files]


def read_through(files: Sequence[Path], mapping: Path) -> Mapping:
    """The mapping, found to fit every one of these files before the first is brought in."""
    found = load_mapping(mapping)
    for file in files:
        _check(file, found)
    return found


def import_file(
    file: Path,
    mapping: Mapping,
    lake: Lake,
    *,
    received_at: datetime,
    progress: Progress | None = None,
    at_once: int = AT_ONCE,
) -> ImportReport:
    """Take one file in. The same file with the same mapping a second time changes nothing.

    `at_once` is how many rows of one kind and month are held in memory at a time.
    """
    entries = _check(file, mapping)
    digest = sha256(f"{file_digest(file)} {mapping.digest()}".encode()).hexdigest()
    if (earlier := lake.imported(digest)) is not None:
        return _report(earlier, lake, already=True)
    with lake.writing() as staging:
        if (earlier := lake.imported(digest)) is not None:  # while we waited for the lake
            return _report(earlier, lake, already=True)
        n = max((manifest.n for manifest in lake.imports()), default=0) + 1
        intake = Intake(lake, staging, n, received_at, at_once)
        reading = _Reading(intake, entries, mapping, staging / "rejects.csv")
        reading.read(file, progress)
        intake.settle()
        manifest = reading.manifest(file, digest)
        if manifest.rejects_file is not None:
            (lake.folder / REJECTS).mkdir(exist_ok=True)
            settle(staging / "rejects.csv", lake.folder / manifest.rejects_file)
        lake.commit(manifest)
    return _report(manifest, lake, already=False)


def _check(file: Path, mapping: Mapping) -> list[Entry]:
    if not file.is_file():
        raise CannotRead(file=file, problem="there is no such file")
    entries = mapping.entries_for(file)
    check_columns(entries, columns_of(file, encoding=mapping.encoding, delimiter=mapping.delimiter), file.name)
    return entries


class _Reading:
    """One pass over one file: good rows to the intake, bad rows to the reject file."""

    def __init__(self, intake: Intake, entries: list[Entry], mapping: Mapping, rejects: Path) -> None:
        self.intake = intake
        self.entries = entries
        self.mapping = mapping
        self.rejects = rejects
        self.rows = self.good = self.rejected = self.skipped = 0

    def read(self, file: Path, progress: Progress | None) -> None:
        columns = list(dict.fromkeys(name for entry in self.entries for name in entry.columns()))
        total = size(file)
        with self.rejects.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["line", "reason", "row"])
            for batch in batches(file, columns, encoding=self.mapping.encoding, delimiter=self.mapping.delimiter):
                self._take(batch, writer)
                if progress is not None:
                    progress(min(batch.done, total), total)
        if progress is not None:
            progress(total, total)

    def _take(self, batch: Batch, writer: Any) -> None:
        bad = list(batch.broken)
        for entry in self.entries:
            result = read_rows(batch.rows, entry, self.mapping.source)
            self.intake.take(result.good)
            self.good += result.good.height
            self.skipped += result.skipped
            bad += result.bad.rows()
        self.rows += batch.rows.height + len(batch.broken)
        self.rejected += len(bad)
        writer.writerows(sorted(bad))

    def manifest(self, file: Path, digest: str) -> Manifest:
        intake, name = self.intake, file.name.encode(errors="replace").decode()
        return Manifest(
            n=intake.n,
            digest=digest,
            source=self.mapping.source,
            file=name,
            rows=self.rows,
            good=self.good,
            repeated=self.good - intake.written,
            corrected=intake.corrected,
            rejected=self.rejected,
            skipped=self.skipped,
            rejects_file=f"{REJECTS}/{intake.n:06d}-{name[:NAME_LETTERS]}.csv" if self.rejected else None,
            first_on=intake.first_on,
            last_on=intake.last_on,
            kinds_known_on=dict(sorted(intake.kinds_known_on.items())),
            added=sorted(intake.added, key=lambda part: part.path),
            removed=sorted(intake.removed),
            received_on=intake.received_at.astimezone(ZoneInfo(HOUSE_ZONE)).date(),
        )


def _report(manifest: Manifest, lake: Lake, *, already: bool) -> ImportReport:
    return ImportReport(
        file=manifest.file,
        rows=manifest.rows,
        good=manifest.good,
        repeated=manifest.repeated,
        corrected=manifest.corrected,
        rejected=manifest.rejected,
        skipped=manifest.skipped,
        rejects_file=None if manifest.rejects_file is None else lake.folder / manifest.rejects_file,
        already=already,
        first_on=manifest.first_on,
        last_on=manifest.last_on,
    )
