"""Many entries in columns keep the rules that one keeps, and stand in the journal as if each had been posted."""

from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from conftest import HOUSE_DAY
from lendmill import ids
from lendmill.db import Database
from lendmill.db.arrays import uuids
from lendmill.ledger.accounts import Account
from lendmill.ledger.actions import DayMoved, post, post_alike
from lendmill.ledger.alike import AlikeEntries
from lendmill.ledger.entry import ConversionDiffers, Line, Unbalanced, WrongSide
from lendmill.loans.postings import Of, billed

DEN = 1_000_000
INTEREST = np.array([500, 0, 7, 120])
PENALTY = np.array([0, 30, 0, 4])
LINES = """
    select e.what, e.borrower_id, e.loan_id, e.product_key, e.value_on, e.booked_on, l.n, l.account, l.unit, l.amount
      from entry e join line_item l using (entry_id)
     order by e.entry_id, l.n
"""


def keys(count: int) -> Any:
    """New identifiers as a column."""
    made = np.frombuffer(b"".join(ids.new().bytes for _ in range(count)), ">u8").reshape(-1, 2)
    return uuids(made[:, 0], made[:, 1])


def alike(*lines: tuple[Account, str, Any], what: str = "billed", on: date = HOUSE_DAY) -> AlikeEntries:
    """Entries about nobody in particular."""
    count = len(lines[0][2])
    made = tuple(Line(*line) for line in lines)
    return AlikeEntries(what, made, on, on, keys(count), keys(count), keys(count), "credit-line")


def whole(interest: Any = INTEREST, penalty: Any = PENALTY, on: date = HOUSE_DAY) -> AlikeEntries:
    """What was billed, as its posting draws it."""
    return alike(
        (Account.INTEREST, "CNY", interest), (Account.PENALTY, "CNY", penalty),
        (Account.BILLED_CENTS, "CNY", -(interest + penalty)),
        (Account.BILLED_EXACT, f"CNY/{DEN}", (interest + penalty) * DEN),
        (Account.INTEREST_ACCRUED, f"CNY/{DEN}", -interest * DEN),
        (Account.PENALTY_ACCRUED, f"CNY/{DEN}", -penalty * DEN), on=on,
    )  # fmt: skip


def test_in_columns_they_stand_as_one_by_one(database: Database) -> None:
    columns = whole()
    one_by_one = [
        billed(
            Of(UUID(bytes=borrower.tobytes()), UUID(bytes=loan.tobytes()), "credit-line", DEN),
            interest_cents=int(interest), penalty_cents=int(penalty), value_on=HOUSE_DAY, booked_on=HOUSE_DAY,
        )
        for borrower, loan, interest, penalty in zip(
            columns.borrower_id, columns.loan_id, INTEREST, PENALTY, strict=True
        )
    ]  # fmt: skip
    database.act(post_alike, [columns])
    with database.transaction() as db:
        found = db.execute(LINES).fetchall()
    database.act(post, one_by_one)
    with database.transaction() as db:
        both = db.execute(LINES).fetchall()
    assert len(found) == 4 + 4 + 4 + 6
    assert both == [*found, *found]


def test_one_that_does_not_balance_is_refused_with_all() -> None:
    off = np.array([0, 0, 1, 0])
    with pytest.raises(Unbalanced):
        alike((Account.INTEREST, "CNY", INTEREST + off), (Account.BILLED_CENTS, "CNY", -INTEREST))


def test_one_on_the_wrong_side_is_refused_with_all() -> None:
    turned = np.array([500, 7, -3])
    with pytest.raises(WrongSide):
        alike((Account.FEES, "CNY", turned), (Account.FEE_INCOME, "CNY", -turned), what="charged")


def test_cents_and_accruals_of_a_bill_are_the_same_money() -> None:
    with pytest.raises(ConversionDiffers):
        alike(
            (Account.INTEREST, "CNY", INTEREST), (Account.BILLED_CENTS, "CNY", -INTEREST),
            (Account.BILLED_EXACT, f"CNY/{DEN}", INTEREST * DEN + 1),
            (Account.INTEREST_ACCRUED, f"CNY/{DEN}", -INTEREST * DEN - 1),
        )  # fmt: skip


def test_they_are_booked_on_the_houses_day_or_not_at_all(database: Database) -> None:
    with pytest.raises(DayMoved):
        database.act(post_alike, [whole(on=date(2025, 12, 31))])
    with database.transaction() as db:
        assert db.execute(LINES).fetchall() == []


def test_of_nothing_there_is_nothing_to_post(database: Database) -> None:
    database.act(post_alike, [])
    with database.transaction() as db:
        assert db.execute(LINES).fetchall() == []
