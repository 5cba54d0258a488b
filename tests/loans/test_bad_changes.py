"""What may not be asked of a loan or a payment: each is refused in its own sentence, and not one row changes."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql

from lender import Lender
from lendmill import ids
from lendmill.api.changes import try_out
from lendmill.db import Database, Db
from lendmill.ledger.actions import PeriodClosed, close
from lendmill.loans import changes
from lendmill.loans.changes import CHANGES, InvalidChange, LoanChange
from lendmill.loans.loan import NoSuchLoan
from lendmill.loans.receipts import actions as receipts
from lendmill.loans.receipts.queries import NoSuchReceipt
from lendmill.loans.servicing import asked
from lendmill.money import LARGEST_CENTS, NotAnAmount
from lendmill.people.actions import Command
from lendmill.people.command import CommandReused
from lendmill.people.queries import NoSuchBorrower
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.refusals import Refusal
from lendmill.terms.rates import DenominatorFixed

TODAY = date(2026, 2, 15)
NOBODY = UUID("0193b3c0-0000-7000-8000-00000000dead")
DAY = timedelta(days=1)
TOO_MUCH = LARGEST_CENTS + 1
TABLES = """
    select table_name
      from information_schema.tables
     where table_schema = 'public'
       and table_type = 'BASE TABLE'
     order by table_name
"""


@dataclass(frozen=True)
class Scene:
    """A house with a loan of each standing, two borrowers, and payments that count and that do not."""

    lender: Lender
    borrower_id: UUID
    running: UUID
    overdue: UUID
    closed: UUID
    failed: UUID
    paying: UUID
    lost: UUID
    receipt_id: UUID
    bounced_id: UUID
    stranger_id: UUID
    strangers_loan: UUID
    strangers_receipt: UUID

    def all_rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, as text."""
        with self.lender.database.transaction() as db:
            return {name: _rows(db, name) for (name,) in db.execute(TABLES).fetchall()}

    def pay(self, amount_cents: int, value_on: date = TODAY, loan_id: UUID | None = None, key: str = "") -> object:
        """A payment comes in under a key of its own."""
        return self.lender.pay(self.borrower_id, amount_cents, value_on, loan_id, key=key or str(ids.new()))

    def reverse(self, receipt_id: UUID, to_loan_id: UUID | None = None) -> object:
        """A payment is taken back."""
        cause: receipts.Cause = "wrong-loan" if to_loan_id else "bounced"
        return self.lender.reverse(self.borrower_id, receipt_id, cause, to_loan_id, key=str(ids.new()))

    def refuses(self, deed: Callable[[], object], kind: type[Refusal], sentence: str) -> None:
        """The deed is refused so, and the house is as it was, to the last row."""
        before = self.all_rows()
        with pytest.raises(Refusal) as refused:
            deed()
        assert (type(refused.value), str(refused.value)) == (kind, sentence)
        assert self.all_rows() == before
        self.lender.keeps_its_promises()


def _rows(db: Db, table: str) -> list[tuple[object, ...]]:
    return db.execute(sql.SQL("select t::text from {} t order by 1").format(sql.Identifier(table))).fetchall()


@pytest.fixture(scope="module")
def scene(postgres: Any, template: str) -> Iterator[Scene]:
    """One house for all refusals: since nothing changes, each finds it as the first did."""
    name = f"lendmill_refusals_{os.getpid()}"
    postgres.execute("create database {} template {}", name, template)
    with Database(postgres.address(name)) as database:
        lender = Lender(database).found()
        borrower_id, line_id = lender.borrower(100_000_000)
        stranger_id, strangers_line = lender.borrower()
        running = lender.draw(borrower_id, line_id, 1_200_000, "equal-principal", 12)
        overdue = lender.draw(borrower_id, line_id, 50_000, "on-demand", 1)
        closed, lost = (lender.draw(borrower_id, line_id, cents, "on-demand", 6) for cents in (30_000, 40_000))
        lender.pay(borrower_id, 30_000, loan_id=closed)
        strangers_loan = lender.draw(stranger_id, strangers_line, 70_000)
        strangers_receipt = lender.pay(stranger_id, 1_000)
        refused = lender.ask_draw(borrower_id, line_id, 60_000)
        lender.rail_says(borrower_id, refused.instruction_id, "failed", None)
        paying = lender.ask_draw(borrower_id, line_id, 80_000)
        lender.go_to(TODAY)
        kept, bounced = (lender.pay(borrower_id, cents, loan_id=running) for cents in (10_000, 20_000))
        lender.reverse(borrower_id, bounced.receipt_id)
        lender.change(borrower_id, lost, changes.WriteOff(), key="used")
        yield Scene(
            lender, borrower_id, running, overdue, closed, refused.loan_id, paying.loan_id, lost, kept.receipt_id,
            bounced.receipt_id, stranger_id, strangers_loan, strangers_receipt.receipt_id,
        )  # fmt: skip
        lender.keeps_its_promises()
    postgres.execute("drop database {} with (force)", name)


LAWFUL: dict[type[LoanChange], LoanChange] = {
    type(change): change
    for change in (
        changes.ChargeFee(amount_cents=100),
        changes.Waive(interest_cents=1),
        changes.ChangeRate(daily_rate="0.05 %", from_on=TODAY),
        changes.Holiday(months=1),
        changes.Extend(to_on=date(2027, 2, 1)),
        changes.Replan(method="equal-principal", months=2),
        changes.ReAge(dues={"1": TODAY + DAY}),
        changes.Accelerate(),
        changes.WriteOff(),
        changes.Settle(amount_cents=1_000, until_on=TODAY + DAY),
        changes.ManualPayment(amount_cents=100, value_on=TODAY),
        changes.Reverse(receipt_id=NOBODY, cause="bounced"),
    )
}
OF_A_LOAN = [kind for kind in CHANGES if kind not in (changes.ManualPayment, changes.Reverse)]


def test_every_change_stands_here() -> None:
    assert set(LAWFUL) == set(CHANGES)


@pytest.mark.parametrize("standing", ["closed", "failed", "paying"])
@pytest.mark.parametrize("kind", OF_A_LOAN)
def test_a_loan_that_does_not_run_is_not_changed(scene: Scene, kind: type[LoanChange], standing: str) -> None:
    loan_id = getattr(scene, standing)
    scene.refuses(
        lambda: scene.lender.change(scene.borrower_id, loan_id, LAWFUL[kind], key=str(ids.new())),
        asked.LoanNotOpen,
        f"Loan {loan_id} is {standing}: only a loan that is running can be changed.",
    )


@pytest.mark.parametrize("kind", [kind for kind in CHANGES if kind is not changes.Reverse])
def test_a_loan_nobody_knows_or_of_somebody_else_is_not_changed(scene: Scene, kind: type[LoanChange]) -> None:
    for loan_id in (NOBODY, scene.strangers_loan):
        scene.refuses(
            lambda loan_id=loan_id: scene.lender.change(  # type: ignore[misc]
                scene.borrower_id, loan_id, LAWFUL[kind], key=str(ids.new())
            ),
            NoSuchLoan,
            f"There is no loan {loan_id} for this borrower.",
        )


@pytest.mark.parametrize("kind", CHANGES)
def test_a_borrower_nobody_knows_has_no_loans(scene: Scene, kind: type[LoanChange]) -> None:
    scene.refuses(
        lambda: scene.lender.change(NOBODY, scene.running, LAWFUL[kind], key=str(ids.new())),
        NoSuchBorrower,
        f"There is no borrower {NOBODY}.",
    )


@pytest.mark.parametrize("kind", [kind for kind in OF_A_LOAN if kind not in (changes.Waive, changes.Settle)])
def test_what_is_written_off_is_only_waived_or_settled(scene: Scene, kind: type[LoanChange]) -> None:
    scene.refuses(
        lambda: scene.lender.change(scene.borrower_id, scene.lost, LAWFUL[kind], key=str(ids.new())),
        asked.WrittenOffAlready,
        f"Loan {scene.lost} is written off: it can be paid, settled or given up, and nothing else.",
    )


CENTS = f"from 1 to {LARGEST_CENTS} cents"
MALFORMED: list[tuple[LoanChange, str]] = [
    # beside what each change may be: just below the least, just above the most
    (changes.ChargeFee(amount_cents=0), f"amount_cents is 0, but must be {CENTS}"),
    (changes.ChargeFee(amount_cents=-1), f"amount_cents is -1, but must be {CENTS}"),
    (changes.ChargeFee(amount_cents=TOO_MUCH), f"amount_cents is 'a very large number', but must be {CENTS}"),
    (changes.ChargeFee(amount_cents=1, n=0), "n is 0, but must be the number of a row, from 1 to 600"),
    (changes.Waive(), "the amount is 0, but must be more than nothing in all"),
    (changes.Waive(fees_cents=-1, interest_cents=5), f"fees_cents is -1, but must be from 0 to {LARGEST_CENTS} cents"),
    (changes.ChangeRate(daily_rate="-0.05 %", from_on=TODAY),
     "daily_rate is '-0.05 %', but must be a percentage per day, such as '0.06 %'"),
    (changes.ChangeRate(daily_rate="0.05 %", from_on=date(2100, 1, 1)),
     "from_on is '2100-01-01', but must be a day from 2000 to 2099"),
    (changes.Holiday(months=0), "months is 0, but must be from 1 to 12"),
    (changes.Holiday(months=-1), "months is -1, but must be from 1 to 12"),
    (changes.Holiday(months=13), "months is 13, but must be from 1 to 12"),
    (changes.Replan(method="on-demand", months=0), "months is 0, but must be from 1 to 60"),
    (changes.Replan(method="on-demand", months=61), "months is 61, but must be from 1 to 60"),
    (changes.Extend(n=601, to_on=TODAY), "n is 601, but must be the number of a row, from 1 to 600"),
    (changes.ReAge(dues={}), "dues is '{}', but must be at least one row with its new day"),
    (changes.ReAge(dues={"01": TODAY}), "dues is '01', but must be the number of a row"),
    (changes.Accelerate(amount_cents=0), f"amount_cents is 0, but must be {CENTS}"),
    (changes.Accelerate(amount_cents=-5), f"amount_cents is -5, but must be {CENTS}"),
    (changes.Settle(amount_cents=0, until_on=TODAY), f"amount_cents is 0, but must be {CENTS}"),
    (changes.ManualPayment(amount_cents=-7, value_on=TODAY), f"amount_cents is -7, but must be {CENTS}"),
    (changes.Reverse(receipt_id=NOBODY, cause="wrong-loan"),
     "to_loan_id is None, but must be the loan it was meant for"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "what"), MALFORMED)
def test_no_figure_beyond_its_bounds_gets_past_the_action(scene: Scene, change: LoanChange, what: str) -> None:
    scene.refuses(
        lambda: scene.lender.change(scene.borrower_id, scene.running, change, key=str(ids.new())),
        InvalidChange,
        f"The change {change.kind} cannot be asked for: {what}.",
    )


FIRST_DUE, NEXT_DUE = date(2026, 2, 1), date(2026, 3, 1)
NOT_NOW: list[tuple[str, LoanChange, type[Refusal], str]] = [
    # which loan, what is asked, why not
    ("running", changes.ChargeFee(amount_cents=1, n=13), asked.NoSuchRow,
     "Loan {running} has no instalment 13 that is still open to this; look at its schedule."),
    ("overdue", changes.Waive(penalty_cents=LARGEST_CENTS), asked.WaivesTooMuch,
     "Of penalty only 495 cents are owed today, less than the 1000000000000000 to be waived."),
    ("overdue", changes.Waive(penalty_cents=496), asked.WaivesTooMuch,
     "Of penalty only 495 cents are owed today, less than the 496 to be waived."),
    ("running", changes.Waive(fees_cents=1), asked.WaivesTooMuch,
     "Of fees only 0 cents are owed today, less than the 1 to be waived."),
    ("running", changes.ChangeRate(daily_rate="0.05 %", from_on=date(2025, 12, 31)), asked.RateTooEarly,
     "The new rate would begin on 2025-12-31, before the loan itself on 2026-01-01."),
    ("running", changes.ChangeRate(daily_rate="0.0333333 %", from_on=TODAY), DenominatorFixed,
     "A rate of 0.0333333 % cannot be written over the loan's denominator 1000000: the product must name all its rates"
     " before opening."),
    ("overdue", changes.Holiday(months=1), asked.NothingNotDue,
     "Nothing of loan {overdue} is still to fall due, so there is nothing to move, to plan anew or to call in."),
    ("overdue", changes.Extend(to_on=NEXT_DUE), asked.NothingNotDue,
     "Nothing of loan {overdue} is still to fall due, so there is nothing to move, to plan anew or to call in."),
    ("overdue", changes.Replan(method="on-demand", months=1), asked.NothingNotDue,
     "Nothing of loan {overdue} is still to fall due, so there is nothing to move, to plan anew or to call in."),
    ("overdue", changes.Accelerate(), asked.NothingNotDue,
     "Nothing of loan {overdue} is still to fall due, so there is nothing to move, to plan anew or to call in."),
    ("running", changes.Extend(n=1, to_on=NEXT_DUE), asked.NoSuchRow,
     "Loan {running} has no instalment 1 that is still open to this; look at its schedule."),
    ("running", changes.Extend(n=13, to_on=NEXT_DUE), asked.NoSuchRow,
     "Loan {running} has no instalment 13 that is still open to this; look at its schedule."),
    ("running", changes.Extend(n=2, to_on=NEXT_DUE), asked.MovesBack,
     "Instalment 2 falls due on 2026-03-01: give a later day than that, after today, 2026-02-15, and not after the next"
     " instalment's."),
    ("running", changes.Extend(n=2, to_on=TODAY - DAY), asked.MovesBack,
     "Instalment 2 falls due on 2026-03-01: give a later day than that, after today, 2026-02-15, and not after the next"
     " instalment's."),
    ("running", changes.Extend(n=2, to_on=date(2026, 4, 2)), asked.MovesBack,
     "Instalment 2 falls due on 2026-03-01: give a later day than that, after today, 2026-02-15, and not after the next"
     " instalment's."),
    ("running", changes.ReAge(dues={"13": NEXT_DUE}), asked.NoSuchRow,
     "Loan {running} has no instalment 13 that is still open to this; look at its schedule."),
    ("running", changes.ReAge(dues={"2": NEXT_DUE}), asked.NotOverdue,
     "Instalment 2 is not overdue: only what is past its day can be given another day to pay by."),
    ("running", changes.ReAge(dues={"1": TODAY + DAY, "2": NEXT_DUE}), asked.NotOverdue,
     "Instalment 2 is not overdue: only what is past its day can be given another day to pay by."),
    ("running", changes.ReAge(dues={"1": TODAY}), asked.MovesBack,
     "Instalment 1 falls due on 2026-02-01: give a later day than that, after today, 2026-02-15, and not after the next"
     " instalment's."),
    ("running", changes.Accelerate(amount_cents=1_100_001), asked.CallsInTooMuch,
     "Only 1100000 cents are not due yet, less than the 1100001 to be called in."),
    ("running", changes.Settle(amount_cents=100, until_on=TODAY - DAY), asked.SettlementPast,
     "The settlement would have to be paid by 2026-02-14, before today, 2026-02-15: give a day to come."),
    ("lost", changes.Settle(amount_cents=LARGEST_CENTS, until_on=TODAY), asked.NotLess,
     "A settlement of 1000000000000000 cents is not less than the 41080 cents owed: let them simply pay."),
]  # fmt: skip


@pytest.mark.parametrize(("which", "change", "kind", "sentence"), NOT_NOW)
def test_what_the_loan_does_not_allow_today_is_refused(
    scene: Scene, which: str, change: LoanChange, kind: type[Refusal], sentence: str
) -> None:
    loan_id = getattr(scene, which)
    told = sentence.format(running=scene.running, overdue=scene.overdue)
    deed = lambda: scene.lender.change(scene.borrower_id, loan_id, change, key=str(ids.new()))  # noqa: E731
    scene.refuses(deed, kind, told)


def test_a_payment_that_is_none_is_refused(scene: Scene) -> None:
    for cents in (0, -1):
        scene.refuses(
            lambda cents=cents: scene.pay(cents),  # type: ignore[misc]
            receipts.NothingPaid,
            f"A payment of {cents} cents is no payment: give an amount above nothing.",
        )
    scene.refuses(
        lambda: scene.pay(TOO_MUCH),
        NotAnAmount,
        "'1000000000000001' is not an amount of money: write digits with at most two decimals, such as 7000 or"
        " 7000.50.",
    )


def test_money_has_no_day_to_come_and_none_beyond_three_years(scene: Scene) -> None:
    scene.refuses(
        lambda: scene.pay(100, TODAY + DAY),
        receipts.ValueDateAhead,
        "The payment is dated 2026-02-16, after today, 2026-02-15: money counts from the day it left the payer.",
    )
    scene.refuses(
        lambda: scene.pay(100, TODAY - 1_096 * DAY),
        receipts.ValueDateTooOld,
        "The payment is dated 2023-02-15, more than 1095 days before today, 2026-02-15: check the date.",
    )


def test_a_payment_names_only_a_loan_of_its_borrower(scene: Scene) -> None:
    for loan_id in (NOBODY, scene.strangers_loan):
        told = f"There is no loan {loan_id} for this borrower."
        scene.refuses(lambda loan_id=loan_id: scene.pay(100, loan_id=loan_id), NoSuchLoan, told)  # type: ignore[misc]
        scene.refuses(
            lambda loan_id=loan_id: scene.reverse(scene.receipt_id, loan_id),  # type: ignore[misc]
            NoSuchLoan,
            told,
        )


def test_only_a_payment_of_this_borrower_that_stands_is_taken_back(scene: Scene) -> None:
    for receipt_id in (NOBODY, scene.strangers_receipt):
        scene.refuses(
            lambda receipt_id=receipt_id: scene.reverse(receipt_id),  # type: ignore[misc]
            NoSuchReceipt,
            f"There is no payment {receipt_id} of this borrower.",
        )
    scene.refuses(
        lambda: scene.reverse(scene.bounced_id),
        receipts.ReversedAlready,
        f"Payment {scene.bounced_id} was reversed on 2026-02-15; it cannot be reversed again.",
    )


def test_a_key_used_for_one_thing_does_nothing_else(scene: Scene) -> None:
    told = "The key 'used' was used before for a different request; nothing was done: a new request needs a new key."
    scene.refuses(lambda: scene.pay(100, key="used"), CommandReused, told)
    change = changes.ChargeFee(amount_cents=100)
    scene.refuses(
        lambda: scene.lender.change(scene.borrower_id, scene.running, change, key="used"), CommandReused, told
    )


def test_nothing_is_booked_into_a_closed_day(scene: Scene) -> None:
    yesterday = TODAY - DAY

    def pays_yesterday() -> None:
        with scene.lender.database.transaction() as db:
            clerk_id = open_account(
                db, sign_in_name="clerk", display_name="clerk", role=Role.FINANCE, password="correct horse battery"
            )
            close(db, through_on=yesterday, closed_by=clerk_id)
            receipts.receive_payment(
                db, command=Command.of("late"), borrower_id=scene.borrower_id, amount_cents=100, value_on=yesterday,
                today=yesterday,
            )  # fmt: skip

    scene.refuses(
        pays_yesterday,
        PeriodClosed,
        "The books are closed through 2026-02-14: what belongs to 2026-02-14 is booked today, with its value date.",
    )


@pytest.mark.parametrize("kind", OF_A_LOAN)
def test_a_look_at_a_change_writes_nothing(scene: Scene, kind: type[LoanChange]) -> None:
    before = scene.all_rows()
    with scene.lender.database.transaction() as db:
        seen = try_out(
            db, borrower_id=scene.borrower_id, loan_id=scene.running, change=LAWFUL[kind], today=TODAY
        )  # fmt: skip
    assert seen.before != seen.after
    assert scene.all_rows() == before
