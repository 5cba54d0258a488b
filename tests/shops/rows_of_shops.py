"""Shops for tests of their records: rows in the house's own words, brought into a lake in one file."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from lendmill.shops.importers.mapped import ImportReport, import_file
from lendmill.shops.importers.mapping import read_mapping
from lendmill.shops.lake import Lake

ON = date(2025, 6, 30)
KINDS = (
    "order", "refund", "settlement", "review", "visit", "dispute", "login", "invoice-out", "invoice-in", "registry",
    "message",
)  # fmt: skip
PAGE = """
source = "{source}"
[[events]]
kind = {{ column = "kind", values = {{ {kinds} }} }}
shop = "shop"
id = ["no"]
happened = {{ column = "at" }}
known = {{ column = "known" }}
amount = {{ column = "yuan" }}
quantity = "figure"
subject = "about"
counterparty = "who"
"""
HEADER = "kind,shop,no,at,known,yuan,figure,about,who"


class Row(NamedTuple):
    """One row of a shop's record; `ago` counts days back from the day the tests look back from."""

    kind: str
    ago: int
    yuan: float | str = ""
    who: str = ""
    figure: float | str = ""
    about: str = ""
    shop: str = "S1"
    clock: str = "12:00:00"
    known_ago: int | None = None


def bring(lake: Lake, rows: Iterable[Row], *, source: str = "platform", received_on: date = ON) -> ImportReport:
    """Bring rows in as one file of a source."""
    lake.folder.mkdir(parents=True, exist_ok=True)
    file = lake.folder.parent / f"{lake.folder.name}-{source}-{len(lake.imports())}.csv"
    with file.open("w", encoding="utf-8") as out:
        print(HEADER, file=out)
        for n, row in enumerate(rows):
            at = ON - timedelta(days=row.ago)
            known = at if row.known_ago is None else ON - timedelta(days=row.known_ago)
            moment, seen = f"{at} {row.clock}", f"{known} {row.clock}"
            print(f"{row.kind},{row.shop},{n},{moment},{seen},{row.yuan},{row.figure},{row.about},{row.who}", file=out)
    kinds = ", ".join(f'"{kind}" = "{kind}"' for kind in KINDS)
    received_at = datetime(received_on.year, received_on.month, received_on.day, 4, tzinfo=UTC)
    report = import_file(file, read_mapping(PAGE.format(source=source, kinds=kinds)), lake, received_at=received_at)
    assert report.rejected == 0
    return report


def lake_of(folder: Path, rows: Iterable[Row]) -> Lake:
    """A lake with these rows and nothing else."""
    lake = Lake(folder / "lake")
    bring(lake, rows)
    return lake


def at(n: int) -> str:
    """A moment of the day; another number is another moment."""
    return f"{9 + n // 60 % 12:02d}:{n % 60:02d}:00"


def steady(days: int, *, each: int = 2, yuan: float = 100, shop: str = "S1", first: int = 0) -> list[Row]:
    """A shop that sells every day to people who come once, in amounts that spread."""
    return [
        Row(
            "order",
            ago,
            yuan * (0.4 + 1.2 * ((ago * 7 + n * 3) % 10) / 10),
            f"{shop}-{ago}-{n}",
            shop=shop,
            clock=at(n),
        )
        for ago in range(first, first + days)
        for n in range(each)
    ]
