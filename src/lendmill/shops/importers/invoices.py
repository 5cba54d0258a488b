"""Bringing in small firms' invoices: a list of firms, and every invoice they issued or received."""

from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files as package_files
from pathlib import Path
from typing import Final

import polars as pl

from lendmill.shops.importers.files import CannotRead
from lendmill.shops.importers.mapped import ImportReport, Progress, import_file
from lendmill.shops.importers.mapping import Mapping, read_mapping
from lendmill.shops.industries import industry_of
from lendmill.shops.lake import Lake
from lendmill.shops.sellers import InvalidSellers, Seller, read_table, told

FIRMS: Final = "firms.csv"
LABELS: Final = "invoices"
GRADES: Final = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class InvoiceImport:
    """Firms to register, what became of the invoices, and what a bank said of some firms (labels, never a feature)."""

    sellers: list[Seller]
    report: ImportReport
    labels: pl.DataFrame


def invoice_mapping() -> Mapping:
    """How the house reads invoices: the same kind of page as anybody's mapping."""
    text = package_files("lendmill.shops.importers").joinpath("invoices.toml").read_text(encoding="utf-8")
    return read_mapping(text, "invoices.toml")


def import_invoices(
    folder: Path, lake: Lake, *, received_at: datetime, progress: Progress | None = None
) -> InvoiceImport:
    """Take in a folder with `firms.csv` (firm, name, perhaps rating and default) and `invoices.parquet` or `.csv`.

    Voided invoices are kept with the status `void`, negative ones with the status `reversal`. The bank's rating and the
    default go to a table of labels beside the events: they are the answer, so no feature may be made of them.
    """
    firms, labels = read_firms(folder / FIRMS)
    found = [path for path in (folder / "invoices.parquet", folder / "invoices.csv") if path.is_file()]
    if not found:
        raise CannotRead(file=folder, problem="it holds neither invoices.parquet nor invoices.csv")
    report = import_file(found[0], invoice_mapping(), lake, received_at=received_at, progress=progress)
    lake.keep_labels(LABELS, labels)
    return InvoiceImport(_with_first_day(firms, lake), report, labels)


def read_firms(file: Path) -> tuple[list[Seller], pl.DataFrame]:
    """The firms, their industry guessed from what the masked name still tells; and the labels of some."""
    problems: list[str] = []
    sellers: dict[str, Seller] = {}
    labels: list[tuple[str, str | None, bool | None]] = []
    for line, row in read_table(file, ("firm", "name")):
        found = _problems(row, sellers)
        problems += [f"line {line}: {problem}" for problem in found]
        if found:
            continue
        name = row["name"]
        kind = "person" if name.startswith("个体") else "firm"
        sellers[row["firm"]] = Seller(shop_key=row["firm"], name=name, kind=kind, industry=industry_of(name))
        rating, default = row.get("rating") or None, row.get("default") or None
        if rating is not None or default is not None:
            labels.append((row["firm"], rating, None if default is None else float(default) == 1))
    if problems:
        raise InvalidSellers(file=file.name, problem=told(problems))
    if not sellers:
        raise InvalidSellers(file=file.name, problem="it names no firm")
    schema = {"shop_key": pl.String, "bank_rating": pl.String, "defaulted": pl.Boolean}
    return list(sellers.values()), pl.DataFrame(labels, schema=schema, orient="row")


def _problems(row: dict[str, str], seen: dict[str, Seller]) -> list[str]:
    found = []
    if not row["firm"]:
        found.append("firm is empty")
    elif row["firm"] in seen:
        found.append(f"firm {row['firm']!r} stands here twice")
    if not row["name"]:
        found.append("name is empty")
    if row.get("rating") and row["rating"] not in GRADES:
        found.append(f"rating {row['rating']!r} must be one of {', '.join(GRADES)} or empty")
    if row.get("default") and row["default"] not in ("0", "1", "0.0", "1.0"):
        found.append(f"default {row['default']!r} must be 0, 1 or empty")
    return found


def _with_first_day(sellers: list[Seller], lake: Lake) -> list[Seller]:
    """The record knows a firm since its first invoice."""
    rows = (
        lake.scan(kinds=("invoice-out", "invoice-in")).group_by("shop_key").agg(pl.col("happened_on").min()).collect()
    )
    first = dict(rows.iter_rows())
    return [replace(seller, member_since_on=first.get(seller.shop_key)) for seller in sellers]
