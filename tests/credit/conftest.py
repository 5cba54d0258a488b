"""A house with a lender's money, products, a policy, a card, and shops with a rating."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from credit_cases import MARKET_FACTS, POLICY, TODAY, rate
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from lender import Introduced
from lendmill.cli import app
from lendmill.credit.actions import publish_policy
from lendmill.db import Database
from lendmill.funding.actions import pay_in_capital
from lendmill.people.actions import register_borrower
from lendmill.products.actions import publish_all
from lendmill.products.queries import presets

PERSON: dict[str, Any] = {"kind": "person", "born_on": date(1990, 6, 1), "member_since_on": date(2024, 1, 1)}


@pytest.fixture(scope="session")
def ready_to_lend(furnished: Callable[..., tuple[str, None]]) -> str:
    """The template with 100,000,000 yuan paid in, products and policy published."""

    def settle(database: Database) -> None:
        with database.transaction() as db:
            pay_in_capital(db, amount_cents=10_000_000_000, profile="current", today=TODAY)
            publish_all(db, presets(), today=TODAY)
            publish_policy(db, POLICY, today=TODAY)
            db.execute(
                "insert into model (model_id, target, body, digest, report) values ('card-1', 't', '{}', 'd1', '{}')"
            )

    return furnished(settle)[0]


@pytest.fixture
def begun_with(request: pytest.FixtureRequest, template: str) -> str:
    """Who asks for the house begins with it."""
    return str(request.getfixturevalue("ready_to_lend")) if "house" in request.fixturenames else template


@pytest.fixture
def house(database: Database) -> Database:
    """A house ready to lend, as it was made once for all."""
    return database


@pytest.fixture
def shop(house: Database) -> Callable[..., UUID]:
    """Registers a shop with facts and a rating."""

    def make(
        shop_key: str = "s1",
        *,
        grade: str = "A",
        facts: dict[str, Any] | None = None,
        rated_on: date = TODAY,
        vouched: bool = True,
        **seller: Any,
    ) -> UUID:
        introduced = Introduced(shop_key, **(PERSON | seller))
        borrower_id = house.act(register_borrower, seller=introduced, today=TODAY, vouched=vouched)
        with house.transaction() as db:
            rate(db, borrower_id, grade, {**MARKET_FACTS, **(facts or {})}, rated_on)
        return borrower_id

    return make


@pytest.fixture
def typed(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command of `lendmill` on the house."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(app(), [*map(str, words)])
