"""A house with its doors open: a seller with a line and loans, a seller with an offer, and somebody in every role."""

import json
import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import Cookies
from litestar import Litestar
from litestar.testing import TestClient

from credit.credit_cases import MARKET_FACTS, POLICY
from lender import Introduced, Lender
from lendmill import ids
from lendmill.api.callers import SESSION_COOKIE
from lendmill.credit.actions import make_offers, publish_policy
from lendmill.db import Database, Db
from lendmill.people.actions import register_borrower
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import grant_token, open_account, sign_in
from lendmill.products.queries import presets
from lendmill.rating.card import Contribution
from lendmill.rating.tables import Reading
from lendmill.settings import Settings
from lendmill.web.app import create_app
from rating.rating_cards import SMALL as CARD

PASSWORD = "correct horse battery"


@dataclass
class House:
    """The house behind the doors, who lives in it, and how to come in as one of them."""

    lender: Lender
    client: TestClient[Litestar]
    seller_id: UUID
    line_id: UUID
    loan_id: UUID
    applicant_id: UUID
    stranger_id: UUID
    strangers_line_id: UUID
    strangers_loan_id: UUID
    at_the_door: "Visitor | None" = None
    accounts: dict[tuple[Role, UUID | None], UUID] = field(default_factory=dict)

    @property
    def app(self) -> Litestar:
        """The application behind the doors."""
        return self.client.app

    @property
    def database(self) -> Database:
        """The house's database."""
        return self.lender.database

    def visitor(self, role: Role | None = None, borrower_id: UUID | None = None) -> "Visitor":
        """Somebody at the door: nobody known, one of the staff, or a seller."""
        visitor = Visitor(self)
        if role is not None:
            self.account(role, borrower_id)
            _, token = self.database.act(
                sign_in, sign_in_name=f"{role.value}-{borrower_id or 'first'}", password=PASSWORD
            )
            visitor.client.cookies.set(SESSION_COOKIE, token)
        return visitor

    def account(self, role: Role, borrower_id: UUID | None = None) -> UUID:
        """The account of a role, opened when first asked for; a seller has the line unless another is named."""
        key = (role, borrower_id)
        if key not in self.accounts:
            self.accounts[key] = self.database.act(
                open_account,
                sign_in_name=f"{role.value}-{borrower_id or 'first'}",
                display_name=role.value,
                role=role,
                password=PASSWORD,
                borrower_id=(borrower_id or self.seller_id) if role is Role.SELLER else None,
            )
        return self.accounts[key]

    def token(self, role: Role) -> dict[str, str]:
        """The header a program of this role calls with."""
        return {"Authorization": f"Bearer {self.database.act(grant_token, account_id=self.account(role), name='t')}"}


@dataclass
class Visitor:
    """A browser that keeps its cookies and sends the secret of the forms along."""

    house: House
    cookies: Cookies = field(default_factory=Cookies)

    @property
    def client(self) -> TestClient[Litestar]:
        """The one client through which all come, with this visitor's cookies in it."""
        client, before = self.house.client, self.house.at_the_door
        if before is not self:
            if before is not None:
                before.cookies = client.cookies
            client.cookies, self.house.at_the_door = self.cookies, self
        return client

    def get(self, path: str, **more: object):  # type: ignore[no-untyped-def]
        """Open a page; a redirect is shown, not followed."""
        return self.client.get(path, follow_redirects=False, **more)  # type: ignore[arg-type]

    def post(self, path: str, **fields: str):  # type: ignore[no-untyped-def]
        """Send a form with its secret."""
        return self.client.post(path, data={**fields, "_csrf_token": self.secret()}, follow_redirects=False)

    def secret(self) -> str:
        """The secret in the forms of a page open to everybody."""
        if "csrftoken" not in self.client.cookies:
            self.client.get("/sign-in")
        return str(self.client.cookies["csrftoken"])

    def hidden(self, page: str, name: str) -> str:
        """The value of a hidden field of a page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', page)
        assert found, f"no hidden field {name}"
        return found[1]


def rate(db: Db, borrower_id: UUID, grade: str) -> None:
    """Keep facts and a rating as the rooms below do."""
    snapshot_id, today = ids.new(), POLICY_DAY
    (shop_id,) = db.execute("select shop_id from shop where borrower_id = %s", [borrower_id]).fetchone() or (None,)
    db.execute("insert into feature_run values (%s, %s, %s, 1)", [snapshot_id, today, str(snapshot_id)])
    db.execute(
        "insert into feature_snapshot values (%s, %s, %s, %s, %s::jsonb, 'd')",
        [snapshot_id, borrower_id, shop_id, today, json.dumps(MARKET_FACTS)],
    )
    parts = [
        Contribution("start", "", 600, 600, Reading.KNOWN),
        Contribution("refund_rate_90", "< 0.05", 10, 20, Reading.KNOWN),
    ]
    db.execute(
        "insert into rating (rating_id, borrower_id, shop_id, as_of_on, model_id, points, pd, grade, contributions,"
        " snapshot_id, telling) values (%s, %s, %s, %s, 'card-1', 610, 0.014142, %s, %s::jsonb, %s,"
        """ '{"file": {"kind": "full"}}')""",
        [ids.new(), borrower_id, shop_id, today, grade, json.dumps(msgspec.to_builtins(parts)), snapshot_id],
    )


POLICY_DAY = "2026-01-01"


@pytest.fixture(scope="session")
def small_house(furnished: Callable[..., tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, Any]]:
    """The template with a small house, and who lives in it."""

    def settle(database: Database) -> dict[str, Any]:
        lender = Lender(database).found()
        database.act(publish_policy, POLICY, today=lender.today)
        seller_id, line_id = lender.borrower(2_000_000)
        stranger_id, strangers_line_id = lender.borrower(2_000_000)
        applicant = Introduced("shop-applicant", name="云裳女装", kind="firm")
        applicant_id = database.act(register_borrower, seller=applicant, today=lender.today, vouched=True)
        with database.transaction() as db:
            db.execute(
                "insert into model (model_id, target, body, digest, report)"
                " values ('card-1', 't', %s::jsonb, %s, '{}')",
                [CARD.written().decode(), CARD.digest],
            )
            db.execute("update borrower set member_since_on = '2024-01-01' where borrower_id = %s", [applicant_id])
            rate(db, applicant_id, "A")
        database.act(make_offers, today=lender.today, policy=POLICY, products=presets())
        return {
            "keys": lender.keys,
            "seller_id": seller_id,
            "line_id": line_id,
            "loan_id": lender.draw(seller_id, line_id, 700_000),
            "applicant_id": applicant_id,
            "stranger_id": stranger_id,
            "strangers_line_id": strangers_line_id,
            "strangers_loan_id": lender.draw(stranger_id, strangers_line_id, 500_000, "interest-first", 3),
        }

    return furnished(settle)


@pytest.fixture
def begun_with(request: pytest.FixtureRequest, template: str) -> str:
    """Who asks for the house begins with it."""
    return str(request.getfixturevalue("small_house")[0]) if "house" in request.fixturenames else template


@pytest.fixture(scope="session")
def entrance(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Litestar]]:
    """The doors, which take long to hang: hung once, before whichever house stands behind them."""
    settings = Settings(var=tmp_path_factory.mktemp("entrance"), connections=8)
    with Database(postgres.url) as nobodys, TestClient(create_app(settings, nobodys)) as client:
        yield client


@pytest.fixture
def house(
    database: Database, small_house: tuple[str, dict[str, Any]], entrance: TestClient[Litestar], tmp_path: Path
) -> House:
    """The doors over a small house, which was made once for all."""
    who = dict(small_house[1])
    lender = Lender(database, keys=copy(who.pop("keys")))
    entrance.app.state.database = database
    entrance.app.state.settings = Settings(var=tmp_path, database_url=database.url, connections=8, language="zh-Hans")
    return House(lender, entrance, **who)
