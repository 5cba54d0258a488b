"""A house with a lender's money, products, a policy, a card, and shops with a rating."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from credit_cases import MARKET_FACTS, POLICY, TODAY

from lendmill import ids
from lendmill.credit.actions import publish_policy
from lendmill.db import Database, Db
from lendmill.funding.actions import pay_in_capital
from lendmill.people.actions import register_borrower
from lendmill.products.actions import publish_all
from lendmill.products.queries import presets


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


@pytest.fixture
def house(database: Database) -> Database:
    """A house ready to lend: 100,000,000 yuan paid in, products and policy published."""
    with database.transaction() as db:
        pay_in_capital(db, amount_cents=10_000_000_000, profile="current", today=TODAY)
        publish_all(db, presets(), today=TODAY)
        publish_policy(db, POLICY, today=TODAY)
        db.execute(
            "insert into model (model_id, target, body, digest, report) values ('card-1', 't', '{}', 'd1', '{}')"
        )
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
        introduced = Introduced(shop_key, **seller)
        borrower_id = house.act(register_borrower, seller=introduced, today=TODAY, vouched=vouched)
        with house.transaction() as db:
            rate(db, borrower_id, grade, {**MARKET_FACTS, **(facts or {})}, rated_on)
        return borrower_id

    return make


def rate(db: Db, borrower_id: UUID, grade: str, facts: dict[str, Any], rated_on: date) -> None:
    """Keep facts and a rating as the rooms below do."""
    snapshot_id = ids.new()
    found = db.execute("select shop_id from shop where borrower_id = %s", [borrower_id]).fetchone()
    assert found is not None
    db.execute("insert into feature_run values (%s, %s, %s, 1)", [snapshot_id, rated_on, str(snapshot_id)])
    db.execute(
        "insert into feature_snapshot values (%s, %s, %s, %s, %s::jsonb, 'd')",
        [snapshot_id, borrower_id, found[0], rated_on, json.dumps(facts)],
    )
    db.execute(
        "insert into rating (rating_id, borrower_id, shop_id, as_of_on, model_id, points, pd, grade, contributions,"
        " snapshot_id) values (%s, %s, %s, %s, 'card-1', 610, 0.014142, %s, '[]', %s)",
        [ids.new(), borrower_id, found[0], rated_on, grade, snapshot_id],
    )
