"""What the tables keep: money whole, days as days, instants with their zone; migrations numbered without a gap."""

import re
from collections.abc import Iterator

from source import SOURCE, told

MIGRATIONS = sorted((SOURCE / "db" / "migrations").glob("*.sql"))
COLUMN = re.compile(r"^\s*(?:add column )?(\w+)\s+([a-z]+(?: precision)?)", re.M)
KEPT_AS = (
    (r"_cents$", ("bigint",)),
    (r"^(amount|per_night|total|interest_accrued|penalty_accrued)$", ("bigint", "numeric")),
    (r"_(num|den|bp|days)$", ("bigint", "integer")),
    (r"_on$", ("date",)),
    (r"_at$", ("timestamptz",)),
)


def wrongly_kept(sql: str) -> Iterator[str]:
    """Columns whose name says one thing and whose type another."""
    for name, kind in COLUMN.findall(re.sub(r"--.*", "", sql)):
        for says, kinds in KEPT_AS:
            if re.search(says, name) and kind in TYPES and kind not in kinds:
                yield f"{name} {kind}"


TYPES = ("bigint", "integer", "smallint", "numeric", "real", "double precision", "money", "text", "date", "timestamp",
         "timestamptz", "float", "jsonb")  # fmt: skip


def test_a_column_is_kept_as_its_name_says() -> None:
    wrong = [f"{path.name}: {column}" for path in MIGRATIONS for column in wrongly_kept(path.read_text("utf-8"))]
    assert not wrong, told(wrong)


def test_migrations_are_numbered_one_after_another() -> None:
    assert [path.name[:5] for path in MIGRATIONS] == [f"{n:04}_" for n in range(1, len(MIGRATIONS) + 1)]


def test_the_check_finds_what_it_is_for() -> None:
    planted = "create table a (\n  paid_cents double precision not null,\n  total real,\n  rate_num money,\n"
    planted += (
        "  due_on timestamptz,\n  made_at timestamp not null,\n  amount numeric(40, 0),\n  pd double precision\n);"
    )
    assert list(wrongly_kept(planted)) == [
        "paid_cents double precision", "total real", "rate_num money", "due_on timestamptz", "made_at timestamp",
    ]  # fmt: skip
