"""A house that has begun, its staff, and the steps by which a product is taken further."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from lendmill import ids
from lendmill.db import Database
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.people.sign_in.queries import Caller
from lendmill.products import queries as products
from lendmill.products.actions import publish_all
from lendmill.products.document import Product, product_of
from lendmill.products.publishing import actions
from lendmill.products.publishing.kept import DocumentProposal
from lendmill.products.queries import PRODUCT

TODAY = date(2026, 1, 1)
LINE = products.preset("credit-line")
KEY, FIRST = LINE.key, LINE.version
NEXT = FIRST + 1
PEOPLE = {
    "ana": Role.ANALYST, "alma": Role.ANALYST, "rita": Role.RISK_OFFICER, "rolf": Role.RISK_OFFICER,
    "ada": Role.ADMIN, "otto": Role.AUDITOR,
}  # fmt: skip


def version(number: int, **fields: Any) -> Product:
    """The shipped credit line under another number, with some fields changed."""
    return product_of({**msgspec.to_builtins(LINE), "version": number, **fields})


class Publisher:
    """Takes versions further, as the doors do."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.today = TODAY
        self.by = {
            name: Caller(
                database.act(
                    open_account, sign_in_name=name, display_name=name, role=role, password="correct horse battery"
                ),
                name, role, None,
            )
            for name, role in PEOPLE.items()
        }  # fmt: skip

    def draft(self, by: str = "ana", number: int = NEXT, **fields: Any) -> None:
        self.database.act(actions.draft, PRODUCT, version(number, **fields), by=self.by[by], today=self.today)

    def propose(self, to_stage: str = "live", by: str = "ana", number: int = NEXT, **asked: Any) -> DocumentProposal:
        given = {"command_key": str(ids.new()), "reason": "as agreed", **asked}
        return self.database.act(
            actions.propose, PRODUCT, key=KEY, version=number, to_stage=to_stage, by=self.by[by], today=self.today,
            **given,
        )  # fmt: skip

    def decide(self, proposal_id: UUID, verdict: str = "approve", by: str = "rolf", **more: Any) -> DocumentProposal:
        given = {"command_key": str(ids.new()), **more}
        return self.database.act(
            actions.decide, PRODUCT, proposal_id=proposal_id, verdict=verdict, by=self.by[by], today=self.today, **given
        )

    def hold_back(self, by: str = "ana", number: int = NEXT, **more: Any) -> None:
        self.database.act(
            actions.hold_back, PRODUCT, key=KEY, version=number, reason="not now", by=self.by[by], today=self.today,
            **more,
        )  # fmt: skip

    def published(self, to_stage: str = "live", number: int = NEXT, **asked: Any) -> None:
        """Draft, propose and approve a version."""
        self.draft(number=number)
        self.decide(self.propose(to_stage, number=number, **asked).proposal_id)

    def live(self, on: date | None = None) -> int:
        with self.database.transaction() as db:
            return products.live_product(db, KEY, on=on or self.today).version

    def counted(self) -> dict[str, int]:
        """How many rows each table of documents has."""
        tables = (
            "document_draft",
            "document_proposal",
            "document_proposal_decision",
            "document_step",
            "product_version",
        )
        with self.database.transaction() as db:
            return {
                table: db.execute(f"select count(*) from {table}").fetchone()[0]  # type: ignore[index]
                for table in tables
            }

    def refuses(self, refusal: type[Exception], told: str, act: Callable[[], object]) -> None:
        """An act is refused with a sentence, and nothing is written."""
        before = self.counted()
        with pytest.raises(refusal, match=told):
            act()
        assert self.counted() == before


def begun(database: Database) -> Publisher:
    """A house on its first day, with the shipped products for sale."""
    database.act(publish_all, products.presets(), today=TODAY)
    return Publisher(database)
