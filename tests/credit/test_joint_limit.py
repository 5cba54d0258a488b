"""A line keeps the joint limit it was opened under, whatever a later version of the other product allows."""

from datetime import date
from uuid import UUID

import msgspec
import pytest

from lender import Lender
from lendmill import ids
from lendmill.credit.lines import actions
from lendmill.credit.lines.line import JointLimitExceeded, Line
from lendmill.db import Database
from lendmill.products.queries import preset

TODAY = date(2026, 1, 1)


def _line(database: Database, borrower_id: UUID, key: str, joint_max_cents: int) -> Line:
    product = preset(key)
    assert product.joint_limit is not None
    version = msgspec.structs.replace(
        product, joint_limit=msgspec.structs.replace(product.joint_limit, max_cents=joint_max_cents)
    )
    return database.act(
        actions.open_line, borrower_id=borrower_id, decision_id=ids.new(), product=version, limit_cents=1_000_000,
        grade="A", today=TODAY,
    )  # fmt: skip


def test_what_is_drawn_on_the_other_line_counts_to_the_last_cent(database: Database) -> None:
    borrower_id, _ = Lender(database).found().borrower(1, "order-loan")
    database.act(actions.set_line_status, _first(database, borrower_id), "closed")
    strict = _line(database, borrower_id, "credit-line", 1_000_000)
    loose = _line(database, borrower_id, "order-loan", 100_000_000)
    database.act(actions.reserve, loose, 300_000)
    database.act(actions.reserved_to_used, loose, 100_000)
    with pytest.raises(JointLimitExceeded, match="no more than 700000 cents are left, less than the 700001 asked"):
        database.act(actions.reserve, strict, 700_001)
    assert database.act(actions.reserve, strict, 700_000).available_cents == 300_000
    with pytest.raises(JointLimitExceeded, match="no more than 0 cents are left"):
        database.act(actions.reserve, strict, 1)
    database.act(actions.reserve, loose, 700_000)


def _first(database: Database, borrower_id: UUID) -> Line:
    return database.act(actions.lines_of, borrower_id)[0]
