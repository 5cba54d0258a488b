"""Small shops for tests: events as somebody's CSV, brought into a lake."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from lendmill.shops.importers.mapped import ImportReport, import_file
from lendmill.shops.importers.mapping import Mapping, read_mapping
from lendmill.shops.lake import Lake

MAPPING = """
source = "my-shop"

[[events]]
kind = { column = "what", values = { sold = "order", returned = "refund", stars = "review" } }
shop = "shop"
id = ["no"]
happened = { column = "at" }
known = { column = "known" }
amount = { column = "yuan" }
quantity = "stars"
counterparty = "buyer"
status = { column = "state", values = { ok = "done", cancelled = "void" }, others = "done" }
"""
UNDATED = MAPPING.replace('known = { column = "known" }\n', "")
HEADER = "what,shop,no,at,known,yuan,stars,buyer,state"
RECEIVED_AT = datetime(2025, 6, 1, 4, tzinfo=UTC)


def mapping(text: str = MAPPING) -> Mapping:
    return read_mapping(text)


def sold(
    no: int | str, at: str = "2025-03-01", yuan: str = "10", known: str = "", shop: str = "S1", state: str = "ok"
) -> str:
    return f"sold,{shop},{no},{at},{known or at},{yuan},,b{no},{state}"


def bring(
    lake: Lake, folder: Path, name: str, *rows: str, by: str = MAPPING, at: datetime = RECEIVED_AT
) -> ImportReport:
    file = folder / name
    file.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return import_file(file, mapping(by), lake, received_at=at)


def told(lake: Lake, *columns: str) -> list[tuple[object, ...]]:
    return lake.scan().select(*columns).sort(*columns).collect().rows()


def everything(lake: Lake) -> pl.DataFrame:
    return lake.scan().collect().sort("event_id")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder and its bytes, but for the lock."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "lock"
    }
