"""A made-up table of a million shops' files and a policy of a hundred rules, for the night's pass to be measured on."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl

from lendmill.credit.offers.files import FILE, Setting
from lendmill.credit.policy import Policy
from lendmill.credit.queries import preset_policy
from lendmill.credit.rules.rule import Rule
from lendmill.features.catalogue import NAMES
from lendmill.products.document import GRADES
from lendmill.products.queries import preset

TODAY: Final = date(2026, 1, 5)
RULES: Final = 100
BESIDE: Final = 50  # features that the shipped policy does not read
GROUP: Final = 125_000  # rows that lie together in the file
LACKING: Final = 0.05  # of every third feature
REASONS: Final = (
    "many-refunds", "falling-sales", "inactive", "few-customers", "brushing-signs", "many-voided", "too-little-history",
)  # fmt: skip
USUAL: Final = {
    "sales_count_365": (300, 3000), "login_days_90": (20, 90), "sales_monthly_mean": (2_000, 200_000),
    "sales_net_90": (6_000, 600_000), "settlement_90": (5_000, 400_000), "history_days": (150, 2_000),
    "days_since_sale": (0, 32), "sale_months_365": (5, 12), "sales_growth_90": (-0.72, 1.0),
    "customer_top5_share_90": (0.0, 0.51), "sale_burst_90": (0.0, 0.41), "refund_rate_90": (0.0, 0.31),
    "customer_top_share_365": (0.0, 0.96),
}  # fmt: skip


def names() -> list[str]:
    """Features beside those of the shipped policy."""
    read = set(preset_policy().facts) | {"stated_platform_share", "sales_net_365"}
    return [name for name in NAMES if name not in read and not name.startswith("stated")][:BESIDE]


def policy() -> Policy:
    """The shipped policy with rules added until there are a hundred: one fact, a sum, a share, two conditions."""
    shipped, beside = preset_policy(), names()
    rules = list(shipped.rules or ())
    for n in range(len(rules), RULES):
        one, other = beside[n % BESIDE], beside[(7 * n + 3) % BESIDE]
        refer = (f"{one} > 0.999", f"{one} + {other} > 1.98", f"{one} > 0.9 and {other} < 0.01",
                 f"{other} > 0.95 and abs({one} - 0.5) > 0.49")[n % 4]  # fmt: skip
        rules.append(
            Rule(rule=f"rule {n}", label_en="r", label_zh="规则", refer_when=refer,
                 decline_when=f"{one} > 0.9998", unknown="refer", reason=REASONS[n % len(REASONS)])
        )  # fmt: skip
    return msgspec.structs.replace(shipped, rules=tuple(rules))


def setting() -> Setting:
    """One product, one policy, a rich lender."""
    return Setting(policy(), preset("credit-line"), TODAY, 10**13)


def made_up(path: Path, shops: int) -> None:
    """Write the table, part by part, as a marketplace's features would lie on disk."""
    import pyarrow.parquet as parquet

    chance, writer = np.random.default_rng(1), None
    for first in range(0, shops, GROUP):
        part = _part(chance, min(GROUP, shops - first)).to_arrow()
        writer = writer or parquet.ParquetWriter(path, part.schema, compression="zstd")
        writer.write_table(part, row_group_size=GROUP)
    if writer is not None:
        writer.close()


def _part(chance: Any, rows: int) -> pl.DataFrame:
    columns: dict[str, Any] = _file(chance, rows)
    facts = setting().facts
    for n, name in enumerate(facts):
        if name in USUAL:
            columns[name] = np.round(chance.uniform(*USUAL[name], rows), 4)
        elif name in names():
            drawn = pl.Series(np.round(chance.random(rows), 4))
            lacking = pl.Series(chance.random(rows) < (LACKING / 10 if n % 3 == 0 else 0))
            columns[name] = drawn.set(lacking, None)
        elif name.startswith("stated"):
            said = pl.Series(chance.random(rows) < 0.2)
            columns[name] = pl.Series(chance.uniform(0.5, 1.0, rows)).set(~said, None)
        else:
            columns[name] = pl.Series([None] * rows, dtype=pl.Float64)
    return pl.DataFrame(columns, schema_overrides=dict(FILE))


def _file(chance: Any, rows: int) -> dict[str, Any]:
    """What the house itself knows of each: mostly good, rated lately, a tenth with loans."""

    def days(least: int, most: int) -> pl.Series:
        back = pl.Series(chance.integers(least, most, rows)).cast(pl.Int32)
        return (
            (pl.lit(TODAY) - pl.duration(days=back))
            .alias("day")
            .pipe(lambda each: pl.select(each)["day"])
            .cast(pl.Date)
        )

    some = chance.random(rows) < 0.1
    return {
        "kind": chance.choice(["person", "person", "firm"], rows), "born_on": days(365 * 19, 365 * 61),
        "member_since_on": days(150, 3_000), "region": chance.choice(["浙江", "江苏", "广东", "上海"], rows),
        "industry": chance.choice(["trade", "food", "toys"], rows), "identity_verified": chance.random(rows) < 0.9,
        "banned": chance.random(rows) < 0.001, "rated": np.ones(rows, bool), "rated_on": days(0, 30),
        "points": chance.integers(420, 700, rows), "pd": chance.random(rows) / 10,
        "told_grade": chance.choice(GRADES, rows, p=[0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.06, 0.04]),
        "doubtful": chance.random(rows) < 0.002, "file": chance.choice(["full", "full", "full", "thin"], rows),
        "facts_as_of_on": days(0, 36), "outstanding_cents": np.where(some, chance.integers(0, 10**7, rows), 0),
        "reserved_cents": np.zeros(rows, np.int64),
        "days_past_due_worst": np.where(some, chance.integers(0, 40, rows), 0),
        "late_since_on": pl.Series([None] * rows, dtype=pl.Date), "loans_drawn": some * 3, "loans_repaid": some * 2,
        "granted_cents": np.where(some, chance.integers(0, 10**7, rows), 0),
        "joint_granted_cents": np.where(some, chance.integers(0, 10**6, rows), 0),
        "groups": (chance.random(rows) < 0.02).astype(np.int64), "group_granted_cents": chance.integers(0, 10**8, rows),
    }  # fmt: skip
