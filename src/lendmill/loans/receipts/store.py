"""Writes receipts: the money that came in, what it settled, what of it goes back, and that it was not one."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.db import Db, copy_in, run
from lendmill.loans.sharing import Money
from lendmill.terms.allocation import Parts

RECEIPT = """
    insert into receipt (receipt_id, borrower_id, amount_cents, value_on, booked_on, turn, named_loan_id, prepay,
                         from_held)
    values (%(receipt_id)s, %(borrower_id)s, %(amount_cents)s, %(value_on)s, %(booked_on)s, %(turn)s,
            %(named_loan_id)s, %(prepay)s, %(from_held)s)
"""


def add_receipt(db: Db, *, borrower_id: UUID, money: Money, booked_on: date, from_held: bool) -> None:
    """Write down that money came in, or that held money was taken."""
    run(
        db,
        RECEIPT,
        receipt_id=money.receipt_id,
        borrower_id=borrower_id,
        amount_cents=money.amount_cents,
        value_on=money.value_on,
        booked_on=booked_on,
        turn=money.turn,
        named_loan_id=money.named,
        prepay=money.prepay,
        from_held=from_held,
    )


REVERSAL = """
    insert into receipt_reversal (receipt_id, borrower_id, cause, booked_on)
    values (%(receipt_id)s, %(borrower_id)s, %(cause)s, %(booked_on)s)
"""


def reverse(db: Db, *, borrower_id: UUID, receipt_id: UUID, cause: str, booked_on: date) -> None:
    """Write down that a receipt was not one."""
    run(db, REVERSAL, receipt_id=receipt_id, borrower_id=borrower_id, cause=cause, booked_on=booked_on)


PART_COLUMNS = (
    "part_id", "borrower_id", "receipt_id", "loan_id", "n", "fees_cents", "penalty_cents", "interest_cents",
    "principal_cents", "booked_on",
)  # fmt: skip


def add_parts(
    db: Db, *, borrower_id: UUID, receipt_id: UUID, loan_id: UUID, parts: Iterable[tuple[int, Parts]], booked_on: date
) -> None:
    """Write down what a receipt settled, row by row; or, later, by how much that changed."""
    rows = [
        (ids.new(), borrower_id, receipt_id, loan_id, n, part.fees, part.penalty, part.interest, part.principal,
         booked_on)
        for n, part in parts
        if part != Parts()
    ]  # fmt: skip
    if rows:
        copy_in(db, "receipt_part", PART_COLUMNS, rows)


BESIDE = """
    insert into receipt_part (part_id, borrower_id, receipt_id, refunded_cents, held_cents, claimed_cents, booked_on)
    values (%(part_id)s, %(borrower_id)s, %(receipt_id)s, %(refunded_cents)s, %(held_cents)s, %(claimed_cents)s,
            %(booked_on)s)
"""


def add_beside(
    db: Db, *, borrower_id: UUID, receipt_id: UUID, booked_on: date, refunded_cents: int = 0, held_cents: int = 0,
    claimed_cents: int = 0,
) -> None:  # fmt: skip
    """Write down what of a receipt belongs to no loan: it goes back, is held, or meets a claim."""
    run(
        db,
        BESIDE,
        part_id=ids.new(),
        borrower_id=borrower_id,
        receipt_id=receipt_id,
        refunded_cents=refunded_cents,
        held_cents=held_cents,
        claimed_cents=claimed_cents,
        booked_on=booked_on,
    )
