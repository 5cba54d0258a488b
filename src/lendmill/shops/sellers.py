"""Sellers as an import names them: who they are, before the house has registered them."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from lendmill.refusals import Refusal

COLUMNS: Final = (
    "shop_key", "name", "kind", "industry", "region", "born_on", "member_since_on", "identity_no", "phone",
    "wholesale",
)  # fmt: skip
LETTERS_MAX: Final = 200
YES_OR_NO: Final = {"": None, "no": False, "yes": True}


class InvalidSellers(Refusal):
    """The list of sellers {file} cannot be used: {problem}."""


@dataclass(frozen=True, slots=True)
class Seller:
    """One seller; what the record does not say is None or `unknown`, never guessed."""

    shop_key: str
    name: str
    kind: str
    industry: str = "unknown"
    region: str = "unknown"
    born_on: date | None = None
    member_since_on: date | None = None
    identity_no: str | None = None
    phone: str | None = None
    wholesale: bool | None = None


def read_table(file: Path, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """A small CSV, each row with its line; a file without a needed column is refused."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            rows = [(reader.line_num, {k: (v or "").strip() for k, v in row.items() if k}) for row in reader]
            names = [name.strip() for name in reader.fieldnames or []]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidSellers(file=file, problem=f"it cannot be read ({error})") from None
    missing = [name for name in needed if name not in names]
    if missing:
        raise InvalidSellers(
            file=file.name, problem=f"it lacks the column {', '.join(missing)}; it has: {', '.join(names) or 'nothing'}"
        )
    return rows


def read_sellers(file: Path) -> list[Seller]:
    """A list of sellers in the house's own columns; every mistake is told, with its line."""
    sellers: list[Seller] = []
    problems: list[str] = []
    seen: set[str] = set()
    for line, row in read_table(file, ("shop_key", "name", "kind")):
        found = _problems(row, seen)
        problems += [f"line {line}: {problem}" for problem in found]
        seen.add(row["shop_key"])
        if not found:
            sellers.append(_seller(row))
    if problems:
        raise InvalidSellers(file=file.name, problem=told(problems))
    return sellers


def told(problems: list[str]) -> str:
    """The first twenty mistakes, and how many more there are."""
    more = f"; and {len(problems) - 20} more" if len(problems) > 20 else ""
    return "; ".join(problems[:20]) + more


def _problems(row: dict[str, str], seen: set[str]) -> list[str]:
    found = []
    if not row["shop_key"]:
        found.append("shop_key is empty")
    elif row["shop_key"] in seen:
        found.append(f"shop_key {row['shop_key']!r} stands here twice")
    if not row["name"]:
        found.append("name is empty")
    for name in COLUMNS:
        if not row.get(name, "").isprintable() or len(row.get(name, "")) > LETTERS_MAX:
            found.append(f"{name} is longer than {LETTERS_MAX} letters or has signs that cannot be printed")
    if row["kind"] not in ("firm", "person"):
        found.append(f"kind {row['kind']!r} must be 'firm' or 'person'")
    for name in ("born_on", "member_since_on"):
        if row.get(name) and _day(row[name]) is None:
            found.append(f"{name} {row[name]!r} is not a day such as 2024-05-31")
    if row.get("wholesale", "").lower() not in YES_OR_NO:
        found.append(f"wholesale {row['wholesale']!r} must be yes or no")
    return found


def _seller(row: dict[str, str]) -> Seller:
    return Seller(
        shop_key=row["shop_key"],
        name=row["name"],
        kind=row["kind"],
        industry=row.get("industry") or "unknown",
        region=row.get("region") or "unknown",
        born_on=_day(row.get("born_on", "")),
        member_since_on=_day(row.get("member_since_on", "")),
        identity_no=row.get("identity_no") or None,
        phone=row.get("phone") or None,
        wholesale=YES_OR_NO[row.get("wholesale", "").lower()],
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
