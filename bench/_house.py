"""A house to measure in: a PostgreSQL of its own, rated sellers, and the doors as `lendmill up` serves them.

Everything gets in through the rooms' own actions, set by set; only the sellers' figures are invented here.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
import psycopg

from lendmill.credit import actions as credit
from lendmill.credit import queries as credit_now
from lendmill.db import Database, Db
from lendmill.db.embedded import EmbeddedPostgres
from lendmill.db.migrate import migrate
from lendmill.features import actions as features
from lendmill.features.catalogue import NAMES
from lendmill.funding import actions as funding
from lendmill.people import actions as people
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import grant_token, open_account
from lendmill.products import actions as products
from lendmill.products.queries import presets
from lendmill.rating import actions as rating
from lendmill.rating.card import Card
from lendmill.rating.registry.actions import first_live
from lendmill.rating.tables import Axis, Table
from lendmill.settings import StartUpProblem

TODAY = date(2026, 1, 5)
CAPITAL_CENTS = 5_000_000_000_000
PAGE = 5_000
DOUBLING = 693_147_180_559_945  # ln 2: one such cell is 20 points


@dataclass(frozen=True)
class Introduced:
    """A seller as a marketplace introduces one."""

    shop_key: str
    name: str = "Silk and tea"
    kind: str = "person"
    industry: str = "trade"
    region: str = "浙江"
    born_on: date | None = date(1990, 6, 1)
    member_since_on: date | None = date(2024, 1, 1)
    identity_no: str | None = None
    phone: str | None = None
    wholesale: bool = False


@dataclass
class House:
    """A PostgreSQL of its own in a folder of its own, gone afterwards."""

    var: Path
    server: EmbeddedPostgres
    database: Database
    serving: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def owner(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement as the owner, outside any transaction."""
        with psycopg.connect(self.server.owner_url(), autocommit=True) as db:
            cursor = db.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def checkpoint(self) -> None:
        """Let no run pay for what the one before it has written."""
        self.owner("checkpoint")

    def counts(self, *tables: str) -> dict[str, int]:
        """How many rows there are."""
        return {table: self.owner(f"select count(*) from {table}")[0][0] for table in tables}

    def serve(self) -> int:
        """Start the doors by the command users run, and give the port they answer on."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        environment = dict(os.environ) | {
            "LENDMILL_VAR": str(self.var / "doors"),
            "LENDMILL_DATABASE_URL": self.server.url(),
            "LENDMILL_OWNER_DATABASE_URL": self.server.owner_url(),
            "LENDMILL_PORT": str(port),
        }
        with open(self.var / "up.log", "ab") as log:
            up = subprocess.Popen(
                [sys.executable, "-m", "lendmill.cli", "up"], stdout=log, stderr=log, env=environment, cwd=self.var
            )
        self.serving.append(up)
        until = time.monotonic() + 60
        while time.monotonic() < until and up.poll() is None:
            with suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).read()
                return port
            time.sleep(0.1)
        sys.exit(f"The doors did not open: {(self.var / 'up.log').read_text()[-2000:]}")

    def close_doors(self) -> None:
        """Stop what `serve` started."""
        for up in self.serving:
            up.terminate()
            up.wait(30)
        self.serving.clear()


@contextmanager
def house() -> Iterator[House]:
    """A fresh house with its settings as shipped, fsync on; the folder goes when the measuring is over."""
    var = Path(tempfile.mkdtemp(prefix="lendmill-bench-"))
    try:
        with EmbeddedPostgres(var) as server:
            migrate(server.owner_url())
            with Database(server.url()) as database:
                ready = House(var, server, database)
                try:
                    database.act(people.open_house, today=TODAY)
                    yield ready
                finally:
                    ready.close_doors()
    except StartUpProblem as problem:
        sys.exit(str(problem))
    finally:
        shutil.rmtree(var, ignore_errors=True)


def open_for_business(here: House, sellers: int) -> list[UUID]:
    """Capital, products, policy, a live card, and sellers with a snapshot, a rating and tonight's offers."""
    here.database.act(_publish)
    borrowers: list[UUID] = []
    for first in range(0, sellers, PAGE):
        wanted = [Introduced(f"shop-{n:06d}") for n in range(first, min(first + PAGE, sellers))]
        borrowers += here.database.act(_take_in, sellers=wanted)
    here.database.act(_rate, shop_keys=[f"shop-{n:06d}" for n in range(sellers)])
    here.owner("vacuum analyze")
    return borrowers


def _publish(db: Db) -> None:
    funding.pay_in_capital(db, amount_cents=CAPITAL_CENTS, profile="historical", today=TODAY)
    products.publish_all(db, presets(), today=TODAY)
    credit.publish_policy(db, credit_now.preset_policy(), today=TODAY)


def _take_in(db: Db, *, sellers: list[Introduced]) -> list[UUID]:
    return list(people.register_borrowers(db, sellers=sellers, today=TODAY, vouched=True).values())


def _rate(db: Db, *, shop_keys: list[str]) -> None:
    frame = figures(shop_keys)
    snapshot_id = features.keep_snapshot(db, frame, as_of_on=TODAY)
    card = a_card()
    first_live(db, rating.keep_model(db, card, {"made for": "measuring"}), today=TODAY)
    rating.rate_all(db, card, frame, today=TODAY, snapshot_id=snapshot_id)
    credit.make_offers(db, today=TODAY, policy=credit_now.policy(db), products=presets())


GOOD = {
    "sales_count_365": 900.0,
    "login_days_90": 80.0,
    "purchase_count_365": 300.0,
    "sales_monthly_mean": 20_000.0,
    "sales_net_90": 60_000.0,
    "settlement_90": 50_000.0,
    "history_days": 600.0,
    "days_since_sale": 1.0,
    "sale_months_365": 12.0,
    "sales_growth_90": 0.1,
    "customer_top5_share_90": 0.05,
    "sale_burst_90": 0.1,
    "refund_rate_90": 0.04,
    "invoice_void_share_365": 0.05,
    "invoice_negative_value_share_365": 0.02,
    "customer_top_share_365": 0.02,
}


def figures(shop_keys: list[str]) -> pl.DataFrame:
    """Every figure of the catalogue for every shop: good sellers, a fifth more or less each, no two alike."""
    chance = np.random.default_rng(1)
    columns: dict[str, Any] = {"shop_key": shop_keys}
    for name in NAMES:
        columns[name] = GOOD.get(name, 10.0) * chance.uniform(0.8, 1.2, len(shop_keys))
    return pl.DataFrame(columns)


def a_card() -> Card:
    """A card of ten tables that grades these sellers A to AAA."""
    names = [*GOOD][:10]
    tables = tuple(
        Table(
            axes=(Axis(name, (GOOD[name] * 0.9, GOOD[name], GOOD[name] * 1.1), 0.0, GOOD[name] * 3, True),),
            cells=(0, DOUBLING // 20, DOUBLING // 10, DOUBLING // 20, 0),
            block="transactions",
        )
        for name in names
    )
    return Card(key="measured", target="default", start=3_912_023_005_428_146, tables=tables)


def partner_token(here: House) -> str:
    """A marketplace's program that may apply for its sellers."""

    def granted(db: Db) -> str:
        account_id = open_account(
            db, sign_in_name="marketplace", display_name="Marketplace", role=Role.PARTNER, password="measured-only"
        )
        return grant_token(db, account_id=account_id, name="bench")

    return here.database.act(granted)
