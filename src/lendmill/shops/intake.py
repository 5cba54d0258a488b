"""How rows get into the lake: set aside by kind and month, freed of repetitions, then made true at one moment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa

from lendmill.shops.lake import PARTS, Lake, Part, settle, stored
from lendmill.shops.versions import KNOWN_GUESSED, STORED, in_force, latest_word, merged

AT_ONCE: Final = 50_000  # rows of one kind and month held in memory; more are split by event first
OPEN_FILES: Final = 256
ORDER: Final = ("shop_key", "happened_at", "event_id", "known_at")

Month = tuple[str, str]


@dataclass
class Intake:
    """One import's rows on their way into the lake."""

    lake: Lake
    staging: Path
    n: int
    received_at: datetime
    at_once: int = AT_ONCE
    added: list[Part] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    written: int = 0
    corrected: int = 0
    first_on: date | None = None
    last_on: date | None = None
    kinds_known_on: dict[str, date] = field(default_factory=dict)
    _files: dict[Month, Path] = field(default_factory=dict)
    _rows: dict[Month, int] = field(default_factory=dict)
    _open: "dict[Month, _Aside]" = field(default_factory=dict)
    _turn: int = 0

    def take(self, rows: pl.DataFrame) -> None:
        """Set a batch of good rows aside, by kind and month."""
        if rows.is_empty():
            return
        self._note(rows)
        dated = rows.with_columns(pl.col("happened_on").dt.strftime("%Y-%m").alias("month"))
        for (kind, month), part in dated.partition_by("kind", "month", as_dict=True).items():
            self._append((str(kind), str(month)), part.drop("month"))

    def settle(self) -> None:
        """Bring what was set aside into the lake's files; nothing counts before the manifest is written."""
        self._close()
        live: dict[Month, list[Part]] = {}
        for part in self.lake.parts():
            live.setdefault((part.kind, part.month), []).append(part)
        for place in sorted(self._rows):
            parts = live.get(place, [])
            for new in self._portions(place):
                parts = self._merge(place, new, parts)

    def _note(self, rows: pl.DataFrame) -> None:
        first, last = rows.select(pl.col("happened_on").min().alias("a"), pl.col("happened_on").max().alias("b")).row(0)
        self.first_on = first if self.first_on is None else min(self.first_on, first)
        self.last_on = last if self.last_on is None else max(self.last_on, last)
        for kind, known_on in rows.group_by("kind").agg(pl.col("known_on").min()).iter_rows():
            self.kinds_known_on[kind] = min(self.kinds_known_on.get(kind, known_on), known_on)

    def _append(self, place: Month, part: pl.DataFrame) -> None:
        if place not in self._open and len(self._open) >= OPEN_FILES:
            self._close()
        if place not in self._open:
            self._turn += 1
            self._open[place] = _Aside(self.staging / f"{place[0]}.{place[1]}.{self._turn}.arrow")
        self._open[place].write(part)
        self._rows[place] = self._rows.get(place, 0) + part.height

    def _close(self) -> None:
        for aside in self._open.values():
            aside.close()
        self._open.clear()

    def _portions(self, place: Month) -> Iterator[pl.DataFrame]:
        """One month's rows in portions that fit in memory; all rows of one event are in the same portion."""
        staged = [_Aside(path) for path in sorted(self.staging.glob(f"{place[0]}.{place[1]}.*.arrow"))]
        batches = chain.from_iterable(aside.read() for aside in staged)
        count = -(-self._rows[place] // self.at_once)
        if count == 1:
            yield pl.concat(batches)
            return
        portions = [_Aside(self.staging / f"portion.{n}.arrow") for n in range(count)]
        for batch in batches:
            share = batch["event_id"].hash(seed=7) % count
            for n, portion in enumerate(portions):
                portion.write(batch.filter(share == n))
        for portion in portions:
            portion.close()
            rows = list(portion.read())
            if rows:
                yield pl.concat(rows)

    def _merge(self, place: Month, new: pl.DataFrame, parts: list[Part]) -> list[Part]:
        """Write one portion's new rows; files it corrects are written again. Gives the files now live."""
        new = latest_word(new)
        files = [self.lake.folder / part.path for part in parts]
        old = pl.DataFrame(schema=STORED)
        if files:
            old = stored(files).join(new.select("event_id").unique().lazy(), on="event_id", how="semi").collect()
        if old.is_empty():
            fresh = in_force(new.drop(KNOWN_GUESSED).sort("event_id", "known_at"))
        else:
            line = merged(new, old, self.received_at)
            fresh = line.filter(~pl.col("_old")).select(*STORED.names())
            parts = self._rewrite(place, parts, old, line.filter(pl.col("_old")))
        if fresh.is_empty():
            return parts
        earlier = fresh["event_id"].is_duplicated() & ~fresh["event_id"].is_first_distinct()
        self.corrected += int((earlier | fresh["event_id"].is_in(old["event_id"].implode())).sum())
        self.written += fresh.height
        return [*parts, self._write(place, fresh, "new")]

    def _rewrite(self, place: Month, parts: list[Part], old: pl.DataFrame, now: pl.DataFrame) -> list[Part]:
        keys = ["event_id", "known_at"]
        stamps = now.select(*keys, pl.col("superseded_on").alias("stamp"))
        changed = old.join(stamps, on=keys).filter(pl.col("superseded_on").ne_missing(pl.col("stamp")))
        if changed.is_empty():
            return parts
        kept = []
        for part in parts:
            rows = stored([self.lake.folder / part.path]).collect()
            if rows.join(changed.select(keys), on=keys, how="semi").is_empty():
                kept.append(part)
                continue
            stamped = rows.join(changed.select(*keys, "stamp"), on=keys, how="left")
            stamped = stamped.with_columns(pl.coalesce("stamp", "superseded_on").alias("superseded_on")).drop("stamp")
            kept.append(self._write(place, stamped, "again"))
            if any(part == fresh for fresh in self.added):
                self.added.remove(part)
            else:
                self.removed.append(part.path)
        return kept

    def _write(self, place: Month, rows: pl.DataFrame, name: str) -> Part:
        self._turn += 1
        path = f"{PARTS}/{place[0]}/{place[1]}/{self.n:06d}-{name}-{self._turn}.parquet"
        target = self.lake.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting = self.staging / "part.parquet"
        rows.select(*STORED.names()).sort(*ORDER).write_parquet(waiting, compression="zstd", row_group_size=100_000)
        settle(waiting, target)
        part = Part(path=path, kind=place[0], month=place[1], rows=rows.height)
        self.added.append(part)
        return part


class _Aside:
    """Rows set aside on the disk, written batch by batch and read back the same way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: Any = None

    def write(self, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        table = rows.to_arrow()
        if self._writer is None:
            self._writer = pa.ipc.new_stream(pa.OSFile(str(self.path), "wb"), table.schema)
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def read(self) -> Iterator[pl.DataFrame]:
        if not self.path.exists():
            return
        with pa.OSFile(str(self.path), "rb") as file, pa.ipc.open_stream(file) as stream:
            for batch in stream:
                yield pl.DataFrame(pl.from_arrow(batch))
