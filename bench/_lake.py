"""Roll-ups of many made-up shops, written as the house writes them, and a new day's events for a lake.

Nothing is imported: a hundred thousand shops' three years would be some 300 million events. The figures are drawn by a
seed; who buys is kept for the last 13 months only, since older files of it are never opened.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from lendmill.features.rolling.measures import DAY_KEY, DAYS, MEASURE_NAMES, PARTNER_KEY, PARTNERS
from lendmill.features.rolling.pages import Page, RollUps
from lendmill.features.rolling.reading import EPOCH, number
from lendmill.shops.importers.mapped import import_file
from lendmill.shops.importers.mapping import read_mapping
from lendmill.shops.lake import Lake, Manifest, Part

THROUGH = date(2025, 12, 31)
DAYS_KEPT = 3 * 365
PARTNER_DAYS = 400
BLOCK = 20_000  # shops written together
KINDS = (
    "order", "refund", "settlement", "review", "visit", "favourite", "dispute", "advertising", "login", "community",
    "message", "customs", "tax",
)  # fmt: skip
DAILY = {"order": 3.0, "visit": 1.0, "login": 1.0, "review": 0.5, "refund": 0.1, "advertising": 0.3}  # rows a shop
MAPPING = """
source = "platform"
[[events]]
kind = {{ column = "kind", values = {{ {kinds} }} }}
shop = "shop"
id = ["kind", "at", "no"]
happened = {{ column = "at" }}
amount = {{ column = "cents", unit = "cents" }}
quantity = "number"
counterparty = "who"
""".format(kinds=", ".join(f'{kind} = "{kind}"' for kind in DAILY))
BUYERS = pl.Series("buyer", [f"buyer {n}" for n in range(400)])
DEVICES = pl.Series("device", [f"device {n}" for n in range(6)])


def shop_keys(first: int, until: int) -> pl.Series:
    """Names of shops, in order."""
    return pl.Series("shop_key", [f"shop {n:07d}" for n in range(first, until)])


def months(days: int) -> Iterator[tuple[str, range]]:
    """Each month with its days as numbers, the oldest first."""
    first = THROUGH - timedelta(days=days - 1)
    names = [(first + timedelta(days=n)) for n in range(days)]
    for month in sorted({f"{day:%Y-%m}" for day in names}):
        mine = [number(day) for day in names if f"{day:%Y-%m}" == month]
        yield month, range(mine[0], mine[-1] + 1)


def made_up(folder: Path, shops: int, days: int = DAYS_KEPT, *, partners: bool = True) -> Lake:
    """A lake of which only the roll-ups are there: an import a day, and one page a month."""
    lake = Lake(folder)
    last = 0
    rollups = RollUps(lake)
    chance = np.random.default_rng(1)
    newest = number(THROUGH) - PARTNER_DAYS
    for n, (month, span) in enumerate(months(days), start=1):
        files = []
        with lake.writing():
            for day in span:
                last += 1
                lake.commit(_manifest(last, month, EPOCH + timedelta(days=day), named=not partners))
        with rollups.writing():
            for turn, first in enumerate(range(0, shops, BLOCK)):
                keys = shop_keys(first, min(first + BLOCK, shops))
                files.append(rollups.write(n, month, "days", shop_days(chance, keys, span), turn))
                if partners and span[-1] > newest:
                    files.append(rollups.write(n, month, "partners", shop_partners(chance, keys, span), turn))
            rollups.commit(Page(n, month, last, f"made up {last}", True, [file for file in files if file is not None]))
    return lake


def a_new_day(lake: Lake, shops: int, n: int, folder: Path) -> None:
    """Bring one more day's events of all shops into a lake: sales, page views, sign-ins, reviews."""
    chance = np.random.default_rng(n)
    day = THROUGH - timedelta(days=2 - n)
    parts = []
    for kind, rate in DAILY.items():
        count = int(shops * rate)
        money = kind in ("order", "refund", "advertising")
        parts.append(
            pl.DataFrame(
                {
                    "kind": pl.repeat(kind, count, eager=True),
                    "shop": shop_keys(0, shops).gather(np.arange(count) % shops),
                    "no": np.arange(count),
                    "at": pl.repeat(day, count, eager=True),
                    "cents": chance.integers(500, 50_000, count)
                    if money
                    else pl.repeat(None, count, dtype=pl.Int64, eager=True),
                    "number": pl.Series(chance.integers(1, 6, count).astype(float)),
                    "who": BUYERS.gather(chance.integers(0, len(BUYERS), count)),
                }
            )
        )
    file = folder / f"{lake.folder.name} {n}.parquet"
    pl.concat(parts).write_parquet(file)
    received_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    report = import_file(file, read_mapping(MAPPING), lake, received_at=received_at)
    assert report.rejected == 0, report


def shop_days(chance: np.random.Generator, keys: pl.Series, span: range) -> pl.DataFrame:
    """A row for each shop and day."""
    count = len(keys) * len(span)
    orders, views = chance.poisson(1.5, count), chance.poisson(40, count)
    logins, reviews = chance.random(count) < 0.6, chance.binomial(orders, 0.3)
    refunds, messages = chance.binomial(orders, 0.06), chance.poisson(0.5, count)
    cents = orders * chance.integers(2_000, 20_000, count)
    day = np.tile(np.arange(span.start, span.stop, dtype=np.int32), len(keys))
    drawn = {
        "order_n": orders, "order_cents": cents, "refund_n": refunds, "refund_cents": refunds * 4_000,
        "settlement_n": (day % 7 == 0) * 1, "settlement_cents": (day % 7 == 0) * cents * 6, "review_n": reviews,
        "review_micro": reviews * 4_500_000, "review_five_n": chance.binomial(reviews, 0.6),
        "visit_micro": views * 1_000_000, "favourite_micro": chance.binomial(views, 0.05) * 1_000_000,
        "advertising_n": (day % 3 == 0) * 1, "advertising_cents": (day % 3 == 0) * chance.integers(500, 5_000, count),
        "login_n": logins * 1, "message_n": messages, "message_micro": messages * 12_000_000,
        "message_quick_n": chance.binomial(messages, 0.8), "dispute_n": chance.binomial(orders, 0.01),
        "community_n": (chance.random(count) < 0.05) * 1, "community_micro": (chance.random(count) < 0.05) * 1_000_000,
        "customs_n": (day % 61 == 0) * 1, "customs_export_cents": (day % 61 == 0) * cents,
        "tax_filed_n": (day % 30 == 0) * 1, "tax_vat_n": (day % 30 == 0) * 1, "tax_vat_cents": (day % 30 == 0) * cents,
    }  # fmt: skip
    rows = pl.DataFrame(
        {
            "shop_key": keys.gather(np.repeat(np.arange(len(keys)), len(span))),
            "source": pl.repeat("platform", count, eager=True),
            "day": day,
            "known": day,
            **{name: drawn.get(name, np.zeros(count, dtype=np.int64)) for name in MEASURE_NAMES},
        }
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in DAYS.items()).sort(DAY_KEY)


def shop_partners(chance: np.random.Generator, keys: pl.Series, span: range) -> pl.DataFrame:
    """Who bought, and from which device and place somebody signed in."""
    parts = []
    for side, rate, names in (("customer", 1.5, BUYERS), ("device", 0.6, DEVICES), ("place", 0.6, DEVICES)):
        count = int(len(keys) * len(span) * rate)
        day = chance.integers(span.start, span.stop, count).astype(np.int32)
        who = (chance.random(count) ** 3 * len(names)).astype(np.int64)
        parts.append(
            pl.DataFrame(
                {
                    "shop_key": keys.gather(chance.integers(0, len(keys), count)),
                    "side": pl.repeat(side, count, eager=True),
                    "counterparty": names.gather(who),
                    "day": day,
                    "known": day,
                    "n": np.ones(count, dtype=np.int64),
                    "cents": chance.integers(2_000, 20_000, count) if side == "customer" else np.zeros(count, np.int64),
                }
            )
        )
    rows = pl.concat(parts).group_by(PARTNER_KEY).agg(pl.col("n").sum(), pl.col("cents").sum())
    return rows.select(pl.col(name).cast(dtype) for name, dtype in PARTNERS.items()).sort(PARTNER_KEY)


def _manifest(n: int, month: str, on: date, *, named: bool) -> Manifest:
    """An import of one day. Its files may be named without being there, but for the last month's: that is looked at."""
    parts = [Part(f"parts/{kind}/{month}/{n:06d}-new-1.parquet", kind, month, 1000) for kind in KINDS]
    return Manifest(
        n=n, digest=f"made up {n}", source="platform", file="made up", rows=0, good=0, repeated=0, corrected=0,
        rejected=0, skipped=0, rejects_file=None, first_on=on, last_on=on, kinds_known_on=dict.fromkeys(KINDS, on),
        added=parts if named and month < f"{THROUGH:%Y-%m}" else [], removed=[],
    )  # fmt: skip
