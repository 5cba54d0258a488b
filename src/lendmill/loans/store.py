"""Writes loans, their events, their diary and instructions to the rail."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from lendmill import ids
from lendmill.db import Db, copy_in, run
from lendmill.loans.account import Account, Row, adjusted_due_on, oldest_due_on
from lendmill.loans.happenings import Nightly
from lendmill.loans.loan import OPEN, Loan, terms_text
from lendmill.loans.nights import per_night
from lendmill.loans.passing import next_on
from lendmill.loans.replay import Event

OPEN_LOAN = """
    insert into loan (loan_id, borrower_id, line_id, product_key, product_version, status, agreed, principal_cents,
                      months, asked_on, rate_den, rate_num, penalty_num, grace_days, method)
    values (%(loan_id)s, %(borrower_id)s, %(line_id)s, %(product_key)s, %(product_version)s, 'paying', %(agreed)s,
            %(principal_cents)s, %(months)s, %(asked_on)s, %(rate_den)s, %(rate_num)s, %(penalty_num)s, %(grace_days)s,
            %(method)s)
"""


def open_loan(db: Db, loan: Loan) -> None:
    """Write a loan whose money is on its way."""
    terms = loan.terms
    run(
        db,
        OPEN_LOAN,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        line_id=loan.line_id,
        product_key=loan.product_key,
        product_version=loan.product_version,
        agreed=Jsonb(terms_text(terms)),
        principal_cents=loan.principal_cents,
        months=loan.months,
        asked_on=loan.asked_on,
        rate_den=terms.rate_den,
        rate_num=terms.rate_num,
        penalty_num=terms.penalty_num,
        grace_days=terms.grace_days,
        method=terms.method,
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
           rate_num = %(rate_num)s,
           penalty_num = %(penalty_num)s,
           method = %(method)s,
           interest_accrued = %(interest_accrued)s,
           stretch_accrued = %(stretch_accrued)s,
           payment_cents = %(payment_cents)s,
           outstanding_cents = %(outstanding_cents)s,
           interest_per_night = %(interest_per_night)s,
           penalty_per_night = %(penalty_per_night)s,
           penalty_accrued = %(penalty_accrued)s,
           oldest_due_on = %(oldest_due_on)s,
           adjusted_due_on = %(adjusted_due_on)s,
           nonaccrual = %(nonaccrual)s,
           written_off = %(written_off)s,
           settlement_left_cents = %(settlement_left_cents)s,
           settlement_until_on = %(settlement_until_on)s
     where loan_id = %(loan_id)s
       and borrower_id = %(borrower_id)s
"""


def keep_loan(db: Db, loan: Loan, was: Account | None) -> None:
    """Write a loan's new state, the instalments that changed, and its next day in the diary."""
    kept = kept_state(loan)
    run(db, KEEP_LOAN, **kept)
    _keep_rows(db, loan, () if was is None else was.rows)
    if kept["next_on"] is not None:
        note_in_agenda(db, happens_on=kept["next_on"], borrower_id=loan.borrower_id, loan_id=loan.loan_id)


def kept_state(loan: Loan) -> dict[str, Any]:
    """A loan's state as its row keeps it, by column."""
    account, going_on = loan.owing, loan.status in OPEN
    interest_per_night, penalty_per_night = per_night(account) if going_on else (0, 0)
    agreed = account.settlement
    return {
        "loan_id": loan.loan_id,
        "borrower_id": loan.borrower_id,
        "status": loan.status,
        "drawn_on": loan.drawn_on,
        "matures_on": max(row.due_on for row in account.rows),
        "closed_on": loan.closed_on,
        "seen_on": account.seen_on,
        "next_on": next_on(account) if going_on else None,
        "events": loan.events,
        "rate_num": account.terms.rate_num,
        "penalty_num": account.terms.penalty_num,
        "method": account.terms.method,
        "interest_accrued": account.interest_accrued,
        "stretch_accrued": account.stretch_accrued,
        "payment_cents": account.payment_cents,
        "outstanding_cents": account.outstanding_cents,
        "interest_per_night": interest_per_night,
        "penalty_per_night": penalty_per_night,
        "penalty_accrued": account.penalty_accrued,
        "oldest_due_on": oldest_due_on(account) if going_on else None,
        "adjusted_due_on": adjusted_due_on(account) if going_on else None,
        "nonaccrual": account.nonaccrual,
        "written_off": account.written_off,
        "settlement_left_cents": agreed.left_cents if agreed else None,
        "settlement_until_on": agreed.until_on if agreed else None,
    }


KEEP_ROW = """
    insert into instalment (loan_id, borrower_id, n, due_on, principal_cents, principal_paid_cents, interest_cents,
                            interest_paid_cents, penalty_cents, penalty_paid_cents, fees_cents, fees_paid_cents,
                            penalty_accrued, free_cents, earns_cents, adjusted_on, closed)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
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
           penalty_accrued = excluded.penalty_accrued,
           free_cents = excluded.free_cents,
           earns_cents = excluded.earns_cents,
           adjusted_on = excluded.adjusted_on,
           closed = excluded.closed
"""

DROP_ROWS = "delete from instalment where loan_id = %(loan_id)s and borrower_id = %(borrower_id)s and n > %(last)s"


def _keep_rows(db: Db, loan: Loan, was: Sequence[Row]) -> None:
    known, rows = set(was), loan.owing.rows
    changed = [
        (
            loan.loan_id, loan.borrower_id, row.n, row.due_on, row.principal_cents, row.principal_paid_cents,
            row.interest_cents, row.interest_paid_cents, row.penalty_cents, row.penalty_paid_cents,
            row.fees_cents, row.fees_paid_cents, row.penalty_accrued, row.free_cents, row.earns_cents,
            row.adjusted_on, row.closed,
        )
        for row in rows
        if row not in known
    ]  # fmt: skip
    if changed:
        with db.cursor() as cursor:
            cursor.executemany(KEEP_ROW, changed)
    if len(was) > len(rows):  # told again, a later plan is not made any more
        run(db, DROP_ROWS, loan_id=loan.loan_id, borrower_id=loan.borrower_id, last=len(rows))


FAIL_LOAN = "update loan set status = 'failed' where loan_id = %(loan_id)s and borrower_id = %(borrower_id)s"


def fail_loan(db: Db, *, borrower_id: UUID, loan_id: UUID) -> None:
    """The money never left: nothing was ever owed."""
    run(db, FAIL_LOAN, borrower_id=borrower_id, loan_id=loan_id)


EVENT = """
    insert into loan_event (loan_id, borrower_id, seq, kind, value_on, booked_on, amount_cents, prepay, receipt_id,
                            turn, details, strikes)
    values (%(loan_id)s, %(borrower_id)s, %(seq)s, %(kind)s, %(value_on)s, %(booked_on)s, %(amount_cents)s,
            %(prepay)s, %(receipt_id)s, %(turn)s, %(details)s, %(strikes)s)
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
        turn=event.turn,
        details=Jsonb(event.details),
        strikes=event.strikes,
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


DELTA_COLUMNS: Final = (
    "delta_id", "borrower_id", "loan_id", "product_key", "kind", "rate_den", "from_on", "per_night",
)  # fmt: skip


def add_deltas(db: Db, loan: Loan, changes: Mapping[date, Nightly]) -> None:
    """Append by how much this loan changed what the house earns a night, for the day end to fold."""
    rows = list(deltas(loan, changes))
    if rows:
        copy_in(db, "accrual_delta", DELTA_COLUMNS, rows)


def deltas(loan: Loan, changes: Mapping[date, Nightly]) -> Iterable[tuple[object, ...]]:
    """The rows that say so, one for each kind of interest that changed on a day."""
    whose = (loan.borrower_id, loan.loan_id, loan.product_key)
    for day, change in changes.items():
        for kind, more in (
            ("interest", change.interest_accrued),
            ("penalty", change.penalty_accrued),
            ("memo interest", change.memo_interest_accrued),
            ("memo penalty", change.memo_penalty_accrued),
        ):
            if more:
                yield ids.new(), *whose, kind, loan.terms.rate_den, day, more


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
