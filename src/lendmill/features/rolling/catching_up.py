"""Brings roll-ups up to what has been imported: month by month, each whole or not at all, and only what is new."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from lendmill.features.rolling.measures import DAY_KEY, DAYS, PARTNER_KEY, PARTNERS, WORDS
from lendmill.features.rolling.pages import Page, Rolled, RollUps, RollUpsOfAnotherLake
from lendmill.features.rolling.shelves import ranges
from lendmill.features.rolling.summing import (
    Range,
    days_of,
    partners_of,
    partners_taken_back,
    put_together,
    scanned,
    taken_back,
    without_noughts,
    words_of,
)
from lendmill.shops.lake import IMPORTS, Lake, Manifest, Part

AT_ONCE: Final = 4_000_000  # events summed together; a larger month is taken some shops at a time

Progress = Callable[[int, int], None]


@dataclass
class Month:
    """What imports have changed in one month since it was last rolled up."""

    name: str
    live: dict[str, Part] = field(default_factory=dict)
    added: dict[str, Part] = field(default_factory=dict)
    corrected: set[str] = field(default_factory=set)  # kinds of which files already rolled up were replaced

    def fresh(self, lake: Lake, kind: str) -> list[Path]:
        """The files whose rows are to be summed: the new ones, or all of a kind that was corrected."""
        parts = self.live if kind in self.corrected else self.added
        return [lake.folder / part.path for part in parts.values() if part.kind == kind]

    @property
    def kinds(self) -> list[str]:
        """The kinds of which something is new."""
        return sorted({part.kind for part in self.added.values()} | self.corrected)


def bring_up_to_date(lake: Lake, progress: Progress | None = None) -> RollUps:
    """Roll up what was imported since the last time; nothing new costs nothing and locks nothing.

    Raises RollUpsBusy while another process does the same, RollUpsOfAnotherLake if they do not belong together.
    """
    rollups = RollUps(lake)
    if not _news(lake, rollups):
        return rollups
    with rollups.writing():
        imports = _news(lake, rollups)
        months = _months(imports, rollups)
        last = rollups.last()
        first = 1 if last is None else last.n + 1
        for n, month in enumerate(months):
            files = list(_rolled(lake, rollups, month, first + n))
            whole = n + 1 == len(months)
            rollups.commit(Page(first + n, month.name, imports[-1].n, imports[-1].digest, whole, files))
            if progress is not None:
                progress(n + 1, len(months))
    return rollups


def roll_up_all(lake: Lake, progress: Progress | None = None) -> RollUps:
    """Make all roll-ups again from the lake."""
    rollups = RollUps(lake)
    with rollups.writing():
        rollups.forget()
    return bring_up_to_date(lake, progress)


def _news(lake: Lake, rollups: RollUps) -> list[Manifest]:
    """The imports to look at: those since the last step, or all of them if it was interrupted or files were replaced.

    So one new day does not read the history of imports, however long it is.
    """
    last = rollups.last()
    pages = sorted((lake.folder / IMPORTS).glob("*.json"))
    if last is None:
        return _read(pages)
    if not any(page.name.startswith(f"{last.through:06d}-{last.digest[:12]}") for page in pages):
        raise RollUpsOfAnotherLake(folder=rollups.whole)
    since = _read([page for page in pages if int(page.name.split("-")[0]) > last.through])
    if last.whole and not any(each.removed for each in since):
        return [each for each in since if each.added]
    return _read(pages)


def _read(pages: Sequence[Path]) -> list[Manifest]:
    return [msgspec.json.decode(page.read_bytes(), type=Manifest) for page in pages]


def _months(imports: Sequence[Manifest], rollups: RollUps) -> list[Month]:
    """The months in which imports have changed something since they were rolled up."""
    complete = bool(imports) and imports[0].n == 1
    through = {page.month: page.through for page in rollups.pages()} if complete else {}
    months: dict[str, Month] = {}
    live: dict[str, Part] = {}
    for each in imports:
        for path in each.removed:
            part = live.pop(path)
            month = months[part.month]
            del month.live[path]
            if month.added.pop(path, None) is None and each.n > through.get(part.month, 0):
                month.corrected.add(part.kind)
        for part in each.added:
            month = months.setdefault(part.month, Month(part.month))
            live[part.path] = month.live[part.path] = part
            if each.n > through.get(part.month, 0):
                month.added[part.path] = part
    return [month for _, month in sorted(months.items()) if month.added or month.corrected]


def _rolled(lake: Lake, rollups: RollUps, month: Month, n: int) -> Iterator[Rolled]:
    """The files of one month's step, some shops at a time."""
    files = {kind: month.fresh(lake, kind) for kind in month.kinds}
    every = [path for paths in files.values() for path in paths]
    pages = rollups.pages(month.name)
    for turn, shops in enumerate(ranges(every, AT_ONCE)):
        for table, rows in _step(rollups, month, pages, files, shops):
            written = rollups.write(n, month.name, table, rows, turn)
            if written is not None:
                yield written


def _step(
    rollups: RollUps, month: Month, pages: Sequence[Page], files: dict[str, list[Path]], shops: Range
) -> Iterator[tuple[str, pl.DataFrame]]:
    """What is new of some shops: the sum of their events, less what was rolled up of a corrected kind."""
    days = [days_of(kind, paths, shops) for kind, paths in files.items()]
    partners = [table for kind, paths in files.items() for table in partners_of(kind, paths, shops)]
    words = [table for kind, paths in files.items() for table in words_of(kind, paths, shops)]
    before = scanned(rollups.files("days", pages), DAYS, shops)
    if month.corrected:
        with_whom = scanned(rollups.files("partners", pages), PARTNERS, shops)
        days.append(taken_back(before, sorted(month.corrected)))
        partners.append(partners_taken_back(with_whom, sorted(month.corrected)))
    fresh = put_together(days, DAYS, DAY_KEY)
    yield "days", without_noughts(fresh, before) if month.corrected else fresh
    dealt = put_together(partners, PARTNERS, PARTNER_KEY)
    yield "partners", dealt.filter((pl.col("n") != 0) | (pl.col("cents") != 0))
    if words:
        said = pl.concat(words).collect(engine="streaming")
        told = scanned(rollups.files("words", pages), WORDS, shops).select("event_id", "known_at").collect()
        yield "words", said.join(told, on=["event_id", "known_at"], how="anti").sort("shop_key", "event_id", "known_at")
