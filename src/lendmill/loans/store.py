"""Writes loans, their events, their diary, receipts and instructions to the rail."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from psycopg.types.json import Jsonb

from lendmill import ids
from lendmill.db import Db, copy_in, run
from lendmill.loans.account import Account, Row, next_on, oldest_due_on, per_night
from lendmill.loans.loan import Loan, waterfall_text
from lendmill.loans.replay import Event
from lendmill.terms.allocation import Parts

OPEN_LOAN = """
    insert into loan (loan_id, borrower_id, line_id, product_key, product_version, status, principal_cents, rate_den,
                      rate_num, penalty_num, grace_days, method, months, waterfall, asked_on)
    values (%(loan_id)s, %(borrower_id)s, %(line_id)s, %(product_key)s, %(product_version)s, 'paying',
            %(principal_cents)s, %(rate_den)s, %(rate_num)s, %(penalty_num)s, %(grace_days)s, %(method)s, %(months)s,
            %(waterfall)s, %(asked_on)s)
"""


def open_loan(db: Db, loan: Loan) -> None:
    """Write a loan whose money is on its way."""
    run(
        db,
        OPEN_LOAN,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        line_id=loan.line_id,
        product_key=loan.product_key,
        product_version=loan.product_version,
        principal_cents=loan.principal_cents,
        rate_den=loan.terms.rate_den,
        rate_num=loan.terms.rate_num,
        penalty_num=loan.terms.penalty_num,
        grace_days=loan.terms.grace_days,
        method=loan.method,
        months=loan.months,
        waterfall=Jsonb(waterfall_text(loan.terms.waterfall)),
        asked_on=loan.asked_on,
    )


KEEP_LOAN = """
    update loan
       set status = %(status)s,
           drawn_on = %(drawn_on)s,
           matures_on = %(matures_on)s,
           closed_on = %(closed_on)s,
           seen_on = %(seen_on)s,
           next_on = %(next_on)s,
           events = %(events)s,
           interest_accrued = %(interest_accrued)s,
           outstanding_cents = %(outstanding_cents)s,
           interest_per_night = %(interest_per_night)s,
           penalty_per_night = %(penalty_per_night)s,
           penalty_accrued = %(penalty_accrued)s,
           oldest_due_on = %(oldest_due_on)s
     where loan_id = %(loan_id)s
       and borrower_id = %(borrower_id)s
"""


def keep_loan(db: Db, loan: Loan, was: Account | None) -> None:
    """Write a loan's new state, the instalments that changed, and its next day in the diary."""
    account = loan.owing
    running = loan.status == "running"
    coming = next_on(account) if running else None
    interest_per_night, penalty_per_night = per_night(account) if running else (0, 0)
    run(
        db,
        KEEP_LOAN,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        status=loan.status,
        drawn_on=loan.drawn_on,
        matures_on=account.rows[-1].due_on,
        closed_on=loan.closed_on,
        seen_on=account.seen_on,
        next_on=coming,
        events=loan.events,
        interest_accrued=account.interest_accrued,
        outstanding_cents=account.outstanding_cents,
        interest_per_night=interest_per_night,
        penalty_per_night=penalty_per_night,
        penalty_accrued=account.penalty_accrued,
        oldest_due_on=oldest_due_on(account) if running else None,
    )
    _keep_rows(db, loan, () if was is None else was.rows)
    if coming is not None:
        note_in_agenda(db, happens_on=coming, borrower_id=loan.borrower_id, loan_id=loan.loan_id)


KEEP_ROW = """
    insert into instalment (loan_id, borrower_id, n, due_on, principal_cents, principal_paid_cents, interest_cents,
                            interest_paid_cents, penalty_cents, penalty_paid_cents, fees_cents, fees_paid_cents,
                            penalty_accrued)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (loan_id, borrower_id, n) do update
       set due_on = excluded.due_on,
           principal_cents = excluded.principal_cents,
           principal_paid_cents = excluded.principal_paid_cents,
           interest_cents = excluded.interest_cents,
           interest_paid_cents = excluded.interest_paid_cents,
           penalty_cents = excluded.penalty_cents,
           penalty_paid_cents = excluded.penalty_paid_cents,
           fees_cents = excluded.fees_cents,
           fees_paid_cents = excluded.fees_paid_cents,
           penalty_accrued = excluded.penalty_accrued
"""


def _keep_rows(db: Db, loan: Loan, was: Sequence[Row]) -> None:
    known = set(was)
    changed = [
        (
            loan.loan_id, loan.borrower_id, row.n, row.due_on, row.principal_cents, row.principal_paid_cents,
            row.interest_cents, row.interest_paid_cents, row.penalty_cents, row.penalty_paid_cents,
            row.fees_cents, row.fees_paid_cents, row.penalty_accrued,
        )
        for row in loan.owing.rows
        if row not in known
    ]  # fmt: skip
    if changed:
        with db.cursor() as cursor:
            cursor.executemany(KEEP_ROW, changed)


FAIL_LOAN = "update loan set status = 'failed' where loan_id = %(loan_id)s and borrower_id = %(borrower_id)s"


def fail_loan(db: Db, *, borrower_id: UUID, loan_id: UUID) -> None:
    """The money never left: nothing was ever owed."""
    run(db, FAIL_LOAN, borrower_id=borrower_id, loan_id=loan_id)


EVENT = """
    insert into loan_event (loan_id, borrower_id, seq, kind, value_on, booked_on, amount_cents, prepay, receipt_id)
    values (%(loan_id)s, %(borrower_id)s, %(seq)s, %(kind)s, %(value_on)s, %(booked_on)s, %(amount_cents)s,
            %(prepay)s, %(receipt_id)s)
"""


def add_event(db: Db, *, borrower_id: UUID, loan_id: UUID, event: Event, booked_on: date) -> None:
    """Add to a loan's story; it is never edited."""
    run(
        db,
        EVENT,
        loan_id=loan_id,
        borrower_id=borrower_id,
        seq=event.seq,
        kind=event.kind,
        value_on=event.value_on,
        booked_on=booked_on,
        amount_cents=event.amount_cents,
        prepay=event.prepay,
        receipt_id=event.receipt_id,
    )


AGENDA = """
    insert into agenda (happens_on, borrower_id, loan_id)
    values (%(happens_on)s, %(borrower_id)s, %(loan_id)s)
    on conflict do nothing
"""


def note_in_agenda(db: Db, *, happens_on: date, borrower_id: UUID, loan_id: UUID) -> None:
    """Note the day on which a loan must be looked at next."""
    run(db, AGENDA, happens_on=happens_on, borrower_id=borrower_id, loan_id=loan_id)


CLEAR_AGENDA = "delete from agenda where borrower_id = %(borrower_id)s and happens_on <= %(through_on)s"


def clear_agenda(db: Db, *, borrower_id: UUID, through_on: date) -> None:
    """Strike out what has been looked at."""
    run(db, CLEAR_AGENDA, borrower_id=borrower_id, through_on=through_on)


def add_deltas(db: Db, loan: Loan, changes: Mapping[date, tuple[int, int]]) -> None:
    """Append by how much this loan changed what the house earns a night, for the day end to fold."""
    rows = [
        (ids.new(), loan.borrower_id, loan.loan_id, loan.product_key, kind, loan.terms.rate_den, day, per_night)
        for day, change in changes.items()
        for kind, per_night in zip(("interest", "penalty"), change, strict=True)
        if per_night
    ]
    if rows:
        columns = ("delta_id", "borrower_id", "loan_id", "product_key", "kind", "rate_den", "from_on", "per_night")
        copy_in(db, "accrual_delta", columns, rows)


RECEIPT = """
    insert into receipt (receipt_id, borrower_id, amount_cents, value_on, booked_on)
    values (%(receipt_id)s, %(borrower_id)s, %(amount_cents)s, %(value_on)s, %(booked_on)s)
"""


def add_receipt(
    db: Db, *, receipt_id: UUID, borrower_id: UUID, amount_cents: int, value_on: date, booked_on: date
) -> None:
    """Write down that money came in."""
    run(db, RECEIPT, receipt_id=receipt_id, borrower_id=borrower_id, amount_cents=amount_cents, value_on=value_on,
        booked_on=booked_on)  # fmt: skip


PART_COLUMNS = (
    "part_id", "borrower_id", "receipt_id", "loan_id", "n", "fees_cents", "penalty_cents", "interest_cents",
    "principal_cents", "refunded_cents", "booked_on",
)  # fmt: skip


def add_parts(
    db: Db, *, borrower_id: UUID, receipt_id: UUID, loan_id: UUID | None, parts: Iterable[tuple[int, Parts]],
    refunded_cents: int, booked_on: date,
) -> None:  # fmt: skip
    """Write down what a receipt settled and what of it goes back; or, later, by how much that changed."""
    rows: list[tuple[object, ...]] = [
        (ids.new(), borrower_id, receipt_id, loan_id, n, part.fees, part.penalty, part.interest, part.principal, 0,
         booked_on)
        for n, part in parts
        if part != Parts()
    ]  # fmt: skip
    if refunded_cents:
        rows.append((ids.new(), borrower_id, receipt_id, loan_id, None, 0, 0, 0, 0, refunded_cents, booked_on))
    if rows:
        copy_in(db, "receipt_part", PART_COLUMNS, rows)


INSTRUCT = """
    insert into instruction (instruction_id, borrower_id, rail_key, kind, amount_cents, loan_id, prepay, asked_on)
    values (%(instruction_id)s, %(borrower_id)s, %(rail_key)s, %(kind)s, %(amount_cents)s, %(loan_id)s, %(prepay)s,
            %(asked_on)s)
"""


def instruct(
    db: Db, *, borrower_id: UUID, kind: str, amount_cents: int, loan_id: UUID | None, asked_on: date,
    prepay: str = "next-due",
) -> UUID:  # fmt: skip
    """Ask the rail for a payment; it is carried after the commit, at least once, always under the same key."""
    instruction_id = ids.new()
    run(
        db,
        INSTRUCT,
        instruction_id=instruction_id,
        borrower_id=borrower_id,
        rail_key=f"{kind}-{instruction_id}",
        kind=kind,
        amount_cents=amount_cents,
        loan_id=loan_id,
        prepay=prepay,
        asked_on=asked_on,
    )
    return instruction_id


SETTLE_INSTRUCTION = """
    update instruction
       set status = %(status)s,
           value_on = %(value_on)s,
           reason = %(reason)s,
           next_try_at = now() + make_interval(secs => least(2 ^ tries, 600))
     where instruction_id = %(instruction_id)s
       and borrower_id = %(borrower_id)s
"""


def settle_instruction(
    db: Db, *, borrower_id: UUID, instruction_id: UUID, status: str, value_on: date | None, reason: str
) -> None:
    """Write down what the rail said; an unknown one is asked after again, more and more seldom."""
    run(db, SETTLE_INSTRUCTION, borrower_id=borrower_id, instruction_id=instruction_id, status=status,
        value_on=value_on, reason=reason)  # fmt: skip
