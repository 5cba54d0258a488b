"""Small shops of which everything is recorded: every kind of event, some known late, some corrected later."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lendmill.shops.events import KIND_NAMES, SUBJECTS
from lendmill.shops.importers.mapped import import_file
from lendmill.shops.importers.mapping import read_mapping
from lendmill.shops.lake import Lake

SHOPS = ("S0", "S1", "S2")
ON = date(2025, 6, 24)
OLDEST_DAYS = 540
AGES = (*range(24), *range(31, 40), *range(96, 112), *range(190, 200), *range(375, 385))  # in few months: few files
RECEIVED_AT = datetime(2026, 6, 1, 4, tzinfo=UTC)
HEADER = "kind,shop,no,at,known,cents,number,with,about,state"
MAPPING = """
source = "{source}"
[[events]]
kind = {{ column = "kind", values = {{ {kinds} }} }}
shop = "shop"
id = ["no"]
happened = {{ column = "at" }}
known = {{ column = "known" }}
amount = {{ column = "cents", unit = "cents" }}
quantity = "number"
counterparty = "with"
subject = "about"
status = {{ column = "state", values = {{ void = "void" }}, others = "done" }}
"""
OFTEN = {
    "order": 90, "payment": 8, "refund": 8, "settlement": 10, "review": 10, "visit": 15, "favourite": 8, "dispute": 4,
    "advertising": 10, "login": 30, "community": 8, "message": 12, "invoice-out": 12, "invoice-in": 12, "customs": 8,
    "tax": 10, "bureau": 8, "registry": 6, "stated": 12, "questionnaire": 10,
}  # fmt: skip
NUMBERS = {"payment": 30, "review": 5, "visit": 300, "favourite": 20, "community": 9, "message": 500}


@dataclass(frozen=True)
class Row:
    """One row of a record."""

    kind: str
    shop: str
    no: int
    at: date
    known: date
    cents: int | str = ""
    number: float | str = ""
    partner: str = ""
    about: str = ""
    state: str = "done"

    def line(self) -> str:
        """The row as it stands in a file."""
        told = (self.kind, self.shop, self.no, self.at, self.known, self.cents, self.number, self.partner, self.about)
        return ",".join(str(each) for each in (*told, self.state))


def record(
    seed: int = 1,
    events: int = 1600,
    *,
    first_no: int = 0,
    ages: Sequence[int] = AGES,
    kinds: Sequence[str] = KIND_NAMES,
) -> list[Row]:
    """A random record: one event in three is known late, one in eight corrected later still.

    Each shop's first event is old, so that it has the history that features ask for.
    """
    chance = random.Random(seed)
    drawn = chance.choices(kinds, [OFTEN[kind] for kind in kinds], k=events)
    begun = ON - timedelta(days=OLDEST_DAYS)
    found = [Row("order", shop, first_no + n, begun, begun, 100, "", "x") for n, shop in enumerate(SHOPS)]
    for no, kind in enumerate(drawn, start=first_no + len(SHOPS)):
        at = ON - timedelta(days=chance.choice(ages))
        known = at + timedelta(days=chance.choice((0, 0, 0, 0, 1, 3, 40)))
        row = _figures(chance, Row(kind, chance.choice(SHOPS), no, at, known))
        found.append(row)
        if chance.random() < 0.12:
            later = known + timedelta(days=chance.randrange(1, 200))
            changed = _figures(chance, row) if kind not in SUBJECTS else row
            found.append(replace(changed, known=later, state=chance.choice(("void", "done"))))
    return found


def _figures(chance: random.Random, row: Row) -> Row:
    cents = chance.randrange(100, 900_000)
    if row.kind in SUBJECTS:
        about = chance.choice(list(SUBJECTS[row.kind].values()))
        most, least = min(about.most, 90.0), max(about.least, 0.0)
        number = round(chance.uniform(least, most), 2) if not about.money else ""
        if about.yes_or_no:
            number = round(number)
        late = chance.choice((0, 0, 5, 30)) if row.kind == "tax" and about.money else number
        return replace(
            row, about=about.name, cents=cents if about.money else "", number=late, partner=_who(chance, row)
        )
    number = chance.randrange(NUMBERS[row.kind] + 1) if row.kind in NUMBERS else ""
    if row.kind == "message" and chance.random() < 0.2:
        number = ""
    signed = -cents if row.kind.startswith("invoice") and chance.random() < 0.15 else cents
    place = f"place {chance.randrange(4)}" if row.kind == "login" else ""
    return replace(row, cents=signed, number=number, partner=_who(chance, row), about=place)


def _who(chance: random.Random, row: Row) -> str:
    many = {"order": 40, "login": 5}.get(row.kind, 12)
    return f"{row.kind} {int(chance.random() ** 2 * many)}"


def bring_in(lake: Lake, folder: Path, name: str, rows: list[Row], source: str = "everything") -> None:
    """Import rows as one file."""
    file = folder / f"{name}.csv"
    file.write_text("\n".join((HEADER, *(row.line() for row in rows))) + "\n", encoding="utf-8")
    kinds = ", ".join(f'"{kind}" = "{kind}"' for kind in KIND_NAMES)
    report = import_file(file, read_mapping(MAPPING.format(source=source, kinds=kinds)), lake, received_at=RECEIVED_AT)
    assert report.rejected == 0, report.rejects_file.read_text()[:2000] if report.rejects_file else ""
