"""A lender to test with: a real house on a real database, with products, capital, borrowers and lines."""

import itertools
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.credit.lines.actions import open_line
from lendmill.day_end import day_end
from lendmill.days import ONE_DAY
from lendmill.db import Database, Db, many, scalar
from lendmill.funding.actions import pay_in_capital
from lendmill.funding.queries import available_cents, lendable_cents
from lendmill.insight.queries import controls
from lendmill.ledger.queries import out_of_balance, trial_balance
from lendmill.loans import actions as loans
from lendmill.loans import queries
from lendmill.loans.changes import LoanChange
from lendmill.loans.receipts.actions import Cause, receive_payment, reverse_receipt
from lendmill.loans.receipts.queries import ReceiptView
from lendmill.loans.replay import told
from lendmill.loans.servicing.actions import change_loan
from lendmill.loans.view import LoanView
from lendmill.people.actions import Command, lock_borrower, register_borrower
from lendmill.people.queries import act_today, house_day
from lendmill.products.actions import publish_all
from lendmill.products.queries import preset, presets


@dataclass(frozen=True)
class Introduced:
    """A seller as a marketplace introduces one."""

    shop_key: str
    name: str = "Silk and tea"
    kind: str = "firm"
    industry: str = "trade"
    region: str = "浙江"
    born_on: date | None = None
    member_since_on: date | None = None
    identity_no: str | None = None
    phone: str | None = None
    wholesale: bool = False


@dataclass
class Lender:
    """Drives the house through its own actions, as the doors do, and can check every promise it makes."""

    database: Database
    names: dict[str, UUID] = field(default_factory=dict)
    keys: "itertools.count[int]" = field(default_factory=itertools.count)

    def found(self, capital_cents: int = 10_000_000_000, profile: str = "historical") -> "Lender":
        """Publish the shipped products and pay in capital."""
        self.database.act(publish_all, presets(), today=self.today)
        self.database.act(pay_in_capital, amount_cents=capital_cents, profile=profile, today=self.today)
        return self

    @property
    def today(self) -> date:
        """The house's day."""
        with self.database.transaction() as db:
            return house_day(db)

    def borrower(self, limit_cents: int = 10_000_000, key: str = "credit-line") -> tuple[UUID, UUID]:
        """A new borrower with an open line."""
        borrower_id = self.database.act(
            register_borrower, seller=Introduced(f"shop-{next(self.keys)}"), today=self.today
        )
        return borrower_id, self.line(borrower_id, limit_cents, key)

    def line(self, borrower_id: UUID, limit_cents: int, key: str = "credit-line") -> UUID:
        """Open a line for a borrower."""

        def opened(db: Db) -> UUID:
            lock_borrower(db, borrower_id)
            return open_line(
                db, borrower_id=borrower_id, decision_id=ids.new(), product=preset(key), limit_cents=limit_cents,
                grade="A", today=house_day(db),
            ).line_id  # fmt: skip

        return self.database.act(opened)

    def draw(
        self, borrower_id: UUID, line_id: UUID, amount_cents: int, method: str = "on-demand", months: int = 1,
        arrives_on: date | None = None,
    ) -> UUID:  # fmt: skip
        """Draw, and let the rail confirm at once."""
        drawn = self.ask_draw(borrower_id, line_id, amount_cents, method, months)
        self.rail_says(borrower_id, drawn.instruction_id, "confirmed", arrives_on or self.today)
        return drawn.loan_id

    def ask_draw(
        self, borrower_id: UUID, line_id: UUID, amount_cents: int, method: str = "on-demand", months: int = 1
    ) -> queries.Drawn:
        """Draw; the rail has said nothing yet."""
        command = Command.of(f"draw-{next(self.keys)}", amount_cents=amount_cents)
        return act_today(
            self.database, loans.draw, command=command, borrower_id=borrower_id, line_id=line_id,
            amount_cents=amount_cents, method=method, months=months,
        )  # fmt: skip

    def rail_says(self, borrower_id: UUID, instruction_id: UUID, status: str, value_on: date | None) -> None:
        """The rail answers."""
        act_today(
            self.database, loans.settle, borrower_id=borrower_id, instruction_id=instruction_id, status=status,
            value_on=value_on, reason="",
        )  # fmt: skip

    def pay(
        self, borrower_id: UUID, amount_cents: int, value_on: date | None = None, loan_id: UUID | None = None,
        prepay: str = "next-due", key: str | None = None,
    ) -> ReceiptView:  # fmt: skip
        """A borrower's money comes in."""
        command = Command.of(key or f"pay-{next(self.keys)}", amount_cents=amount_cents)
        return act_today(
            self.database, receive_payment, command=command, borrower_id=borrower_id, amount_cents=amount_cents,
            value_on=value_on or self.today, loan_id=loan_id,
            prepay="prepay" if prepay == "prepay" else "next-due",
        )  # fmt: skip

    def change(self, borrower_id: UUID, loan_id: UUID, change: LoanChange, key: str | None = None) -> LoanView:
        """Somebody changes a loan by hand."""
        command = Command.of(key or f"change-{next(self.keys)}", kind=change.kind)
        return self.database.act(
            change_loan, command=command, borrower_id=borrower_id, loan_id=loan_id, change=change, today=self.today
        )

    def reverse(
        self, borrower_id: UUID, receipt_id: UUID, cause: Cause = "bounced", to_loan_id: UUID | None = None,
        key: str | None = None,
    ) -> ReceiptView:  # fmt: skip
        """A payment turns out not to have been one."""
        command = Command.of(key or f"reverse-{next(self.keys)}", receipt_id=str(receipt_id))
        return self.database.act(
            reverse_receipt, command=command, borrower_id=borrower_id, receipt_id=receipt_id, cause=cause,
            today=self.today, to_loan_id=to_loan_id,
        )  # fmt: skip

    def go_to(self, day: date) -> None:
        """Close days until the house has reached one."""
        day_end(self.database, through=day - ONE_DAY)

    def loan(self, borrower_id: UUID, loan_id: UUID) -> LoanView:
        """A loan as its borrower sees it today."""
        with self.database.transaction() as db:
            return queries.loan(db, borrower_id, loan_id, house_day(db))

    def keeps_its_promises(self) -> None:
        """Every invariant of the domain that a committed state can show."""
        with self.database.transaction() as db:
            broken_promises(db)


LINES_OVER = """
    select count(*)
      from line l
     where used_cents + reserved_cents > limit_cents
        or used_cents <> (select coalesce(sum(outstanding_cents), 0) from loan where line_id = l.line_id
                             and status in ('running', 'written-off'))
        or reserved_cents <> (select coalesce(sum(principal_cents), 0) from loan where line_id = l.line_id
                                 and status = 'paying')
"""

RECEIPTS_OFF = """
    select count(*)
      from receipt r
     where case when exists (select from receipt_reversal v
                              where (v.receipt_id, v.borrower_id) = (r.receipt_id, r.borrower_id))
                then 0 else amount_cents end
           <> (select coalesce(sum(fees_cents + penalty_cents + interest_cents + principal_cents + refunded_cents
                                   + held_cents + claimed_cents), 0)
                 from receipt_part p
                where (p.receipt_id, p.borrower_id) = (r.receipt_id, r.borrower_id))
"""

OUT_ON_LOAN = "select coalesce(sum(outstanding_cents), 0)::bigint from loan where status = 'running'"
ON_ITS_WAY = "select coalesce(sum(principal_cents), 0)::bigint from loan where status = 'paying'"
STANDING_OFF = """
    select count(*)
      from standing s
     where (outstanding_cents, reserved_cents) <>
           (select coalesce(sum(outstanding_cents) filter (where status in ('running', 'written-off')), 0)::bigint,
                   coalesce(sum(principal_cents) filter (where status = 'paying'), 0)::bigint
              from loan where borrower_id = s.borrower_id)
"""


@dataclass(frozen=True)
class _Key:
    loan_id: UUID
    borrower_id: UUID


TOLD = "select loan_id, borrower_id from loan where status not in ('paying', 'failed') order by loan_id"


def broken_promises(db: Db) -> None:
    """Fail, naming the promise, if the books, the loans, the lines or the funding disagree."""
    today = house_day(db)
    assert out_of_balance(trial_balance(db, today)) == {}, "the trial balance is not zero"
    assert [control for control in controls(db, today) if control.difference] == [], "books and loans differ"
    assert scalar(db, LINES_OVER) == 0, "a line is used beyond its limit, or not as its loans say"
    assert scalar(db, RECEIPTS_OFF) == 0, "a receipt's parts are not its amount"
    assert scalar(db, STANDING_OFF) == 0, "a standing is not what the loans say"
    lent_cents = scalar(db, OUT_ON_LOAN) + scalar(db, ON_ITS_WAY)
    assert lendable_cents(db) == available_cents(db) + lent_cents, "funding is not what is out on loan"
    for key in many(db, _Key, TOLD):
        loan = queries.stored_loan(db, key.borrower_id, key.loan_id)
        story = queries.events_of(db, key.borrower_id, key.loan_id)
        again = told(loan.terms, story, loan.owing.seen_on)
        assert again.account == loan.owing, f"loan {key.loan_id} replayed is not the loan stored"
