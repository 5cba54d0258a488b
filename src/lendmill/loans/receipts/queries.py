"""What came in, what it settled, and what of it is held for the borrower or claimed from them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.db import Db, many, maybe
from lendmill.loans.account import Prepay
from lendmill.loans.sharing import Money
from lendmill.refusals import Refusal
from lendmill.terms.allocation import Parts


class NoSuchReceipt(Refusal):
    """There is no payment {receipt_id} of this borrower."""


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Money that came in, what it settled and what of it goes back."""

    receipt_id: UUID
    amount_cents: int
    value_on: date
    booked_on: date
    fees_cents: int
    penalty_cents: int
    interest_cents: int
    principal_cents: int
    refunded_cents: int
    held_cents: int
    claimed_cents: int
    reversed_on: date | None
    from_held: bool

    @property
    def parts(self) -> Parts:
        """What was settled, by component."""
        return Parts(self.fees_cents, self.penalty_cents, self.interest_cents, self.principal_cents)


RECEIPTS = """
    select r.receipt_id, r.amount_cents, r.value_on, r.booked_on,
           sum(p.fees_cents)::bigint as fees_cents,
           sum(p.penalty_cents)::bigint as penalty_cents,
           sum(p.interest_cents)::bigint as interest_cents,
           sum(p.principal_cents)::bigint as principal_cents,
           sum(p.refunded_cents)::bigint as refunded_cents,
           sum(p.held_cents)::bigint as held_cents,
           sum(p.claimed_cents)::bigint as claimed_cents,
           v.booked_on as reversed_on, r.from_held
      from receipt r
      join receipt_part p on p.receipt_id = r.receipt_id and p.borrower_id = r.borrower_id
      left join receipt_reversal v on v.receipt_id = r.receipt_id and v.borrower_id = r.borrower_id
     where r.borrower_id = %(borrower_id)s
       and (%(receipt_id)s::uuid is null or r.receipt_id = %(receipt_id)s)
     group by r.receipt_id, r.amount_cents, r.value_on, r.booked_on, v.booked_on, r.from_held
     order by r.receipt_id desc
     limit %(most)s
"""


def receipts_of(db: Db, borrower_id: UUID, *, receipt_id: UUID | None = None, most: int = 50) -> list[ReceiptView]:
    """A borrower's payments, newest first."""
    return many(db, ReceiptView, RECEIPTS, borrower_id=borrower_id, receipt_id=receipt_id, most=most)


@dataclass(frozen=True, slots=True)
class _MoneyRow:
    receipt_id: UUID
    value_on: date
    turn: int
    amount_cents: int
    named_loan_id: UUID | None
    prepay: Prepay


MONEY = """
    select r.receipt_id, r.value_on, r.turn, r.named_loan_id, r.prepay,
           (r.amount_cents - coalesce((select sum(p.refunded_cents + p.held_cents + p.claimed_cents)
                                         from receipt_part p
                                        where p.receipt_id = r.receipt_id
                                          and p.borrower_id = r.borrower_id), 0))::bigint as amount_cents
      from receipt r
     where r.borrower_id = %(borrower_id)s
       and not exists (select from receipt_reversal v
                        where v.receipt_id = r.receipt_id
                          and v.borrower_id = r.borrower_id)
     order by r.value_on, r.turn
"""


def money_of(db: Db, borrower_id: UUID) -> list[Money]:
    """Every receipt that stands, with as much of it as loans may have: what went back already stays where it went."""
    found = many(db, _MoneyRow, MONEY, borrower_id=borrower_id)
    return [
        Money(row.receipt_id, row.value_on, row.turn, row.amount_cents, row.named_loan_id, row.prepay) for row in found
    ]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is held for a borrower for the next due, and what they owe because a payment sent back had bounced."""

    held_cents: int
    claimed_cents: int


BESIDE = """
    select (coalesce(sum(p.held_cents), 0)
            - coalesce((select sum(amount_cents) from receipt
                         where borrower_id = %(borrower_id)s and from_held), 0))::bigint as held_cents,
           (-coalesce(sum(p.claimed_cents), 0))::bigint as claimed_cents
      from receipt_part p
     where p.borrower_id = %(borrower_id)s
       and (p.held_cents <> 0 or p.claimed_cents <> 0)
"""


def beside(db: Db, borrower_id: UUID) -> Beside:
    """What lies beside a borrower's loans."""
    found = many(db, Beside, BESIDE, borrower_id=borrower_id)
    return found[0]


@dataclass(frozen=True, slots=True)
class ReceiptFact:
    """One receipt as it was booked, and when it was reversed, if it was."""

    receipt_id: UUID
    value_on: date
    turn: int
    amount_cents: int
    prepay: Prepay
    from_held: bool
    beside_cents: int
    held_cents: int
    reversed_on: date | None


RECEIPT = """
    select r.receipt_id, r.value_on, r.turn, r.amount_cents, r.prepay, r.from_held,
           coalesce((select sum(p.refunded_cents + p.held_cents + p.claimed_cents)
                       from receipt_part p
                      where p.receipt_id = r.receipt_id
                        and p.borrower_id = r.borrower_id), 0)::bigint as beside_cents,
           coalesce((select sum(p.held_cents)
                       from receipt_part p
                      where p.receipt_id = r.receipt_id
                        and p.borrower_id = r.borrower_id), 0)::bigint as held_cents,
           v.booked_on as reversed_on
      from receipt r
      left join receipt_reversal v on v.receipt_id = r.receipt_id and v.borrower_id = r.borrower_id
     where r.borrower_id = %(borrower_id)s
       and r.receipt_id = %(receipt_id)s
"""


def receipt(db: Db, borrower_id: UUID, receipt_id: UUID) -> ReceiptFact:
    """One receipt of this borrower, or the refusal `NoSuchReceipt`."""
    found = maybe(db, ReceiptFact, RECEIPT, borrower_id=borrower_id, receipt_id=receipt_id)
    if found is None:
        raise NoSuchReceipt(receipt_id=receipt_id)
    return found
