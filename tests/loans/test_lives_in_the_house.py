"""Random lives of borrowers with several loans in a real house: every promise holds after every step."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from lender import Lender
from lendmill.db import Database, many
from lendmill.loans import changes, queries
from lendmill.loans.replay import told
from lendmill.loans.view import LoanView
from lendmill.refusals import Refusal
from lendmill.terms.allocation import Parts

DAY = timedelta(days=1)
LOANS = [("on-demand", 1), ("interest-first", 3), ("equal-principal", 3), ("level-payment", 3)]
STEPS = [-1, 0, 1, 3, 4, 5, 30, 90, 91]

PARTS = """
    select loan_id,
           receipt_id,
           sum(fees_cents)::bigint as fees_cents,
           sum(penalty_cents)::bigint as penalty_cents,
           sum(interest_cents)::bigint as interest_cents,
           sum(principal_cents)::bigint as principal_cents
      from receipt_part
     where borrower_id = %(borrower_id)s
       and loan_id is not null
     group by loan_id, receipt_id
"""


@dataclass(frozen=True)
class _Part:
    loan_id: UUID
    receipt_id: UUID
    fees_cents: int
    penalty_cents: int
    interest_cents: int
    principal_cents: int


@dataclass
class _Borrower:
    """A borrower with loans, and what somebody may do to them."""

    lender: Lender
    chance: Random
    borrower_id: UUID
    loans: list[UUID]
    receipts: list[UUID] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def pick(self, choices: list[Any]) -> Any:
        """One of several, as the seed has it."""
        return self.chance.choice(choices)

    def seen(self) -> LoanView:
        """One of the loans as of today."""
        return self.lender.loan(self.borrower_id, self.pick(list(self.loans)))

    def wait(self) -> None:
        """Some days pass, to just before, on or just after a day that matters."""
        dues = [row.due_on for row in self.seen().rows]
        today = self.lender.today
        ahead = sorted({due + step * DAY for due in dues for step in STEPS if today < due + step * DAY})
        self.lender.go_to(self.pick([today + DAY, *ahead[:6]]))

    def pay(self, back: bool = False) -> None:
        """Money comes in: for one loan or for all, today's or known late."""
        seen = self.seen()
        all_cents = self.pick([7, seen.payoff_cents, 2 * seen.payoff_cents])
        telling = {seen.due_now_cents, seen.next_due_cents, seen.payoff_cents // 3, all_cents}
        amount = self.pick(sorted({near for each in telling for near in (each - 1, each, each + 1) if near > 0}))
        days = self.pick([1, 5, 31, 60]) if back else 0
        value_on = max(self.lender.today - days * DAY, seen.drawn_on or self.lender.today)
        loan_id, prepay = self.pick([None, seen.loan_id]), self.pick(["next-due", "prepay"])
        self.done[-1] += f" {amount} for {value_on}, {prepay}, loan {loan_id}"
        receipt = self.lender.pay(self.borrower_id, amount, value_on=value_on, prepay=prepay, loan_id=loan_id)
        self.receipts.append(receipt.receipt_id)

    def bounce(self) -> None:
        """A payment turns out not to have been one."""
        if self.receipts:
            cause = self.pick(["bounced", "duplicate"])
            self.lender.reverse(self.borrower_id, self.pick(list(self.receipts)), cause)

    def change(self) -> None:
        """Somebody changes a loan by hand."""
        seen, today = self.seen(), self.lender.today
        later = today + self.pick([1, 20, 50]) * DAY
        asked = self.pick([
            changes.ChargeFee(amount_cents=500),
            changes.Waive(interest_cents=max(1, seen.interest_cents), fees_cents=seen.fees_cents),
            changes.Waive(penalty_cents=max(1, seen.penalty_cents // 2)),
            changes.ChangeRate(daily_rate="0.04 %", from_on=self.pick([today, today - 10 * DAY, later])),
            changes.Holiday(months=1),
            changes.Extend(to_on=(seen.matures_on or today) + 20 * DAY),
            changes.Replan(method="equal-principal", months=2),
            changes.ReAge(dues={"1": later}),
            changes.Accelerate(),
            changes.Accelerate(amount_cents=1),
            changes.Settle(amount_cents=max(1, seen.payoff_cents // 2), until_on=later),
            changes.WriteOff(),
        ])  # fmt: skip
        self.done[-1] += f" {asked}"
        self.lender.change(self.borrower_id, seen.loan_id, asked)


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with capital and products."""
    return Lender(database).found()


def _receipts_settle_what_the_story_says(database: Database, borrower: _Borrower) -> None:
    """The parts kept with each receipt are those that the loan, told again, was paid."""
    with database.transaction() as db:
        kept = {
            (each.loan_id, each.receipt_id): Parts(
                each.fees_cents, each.penalty_cents, each.interest_cents, each.principal_cents
            )
            for each in many(db, _Part, PARTS, borrower_id=borrower.borrower_id)
        }
        for loan_id in borrower.loans:
            loan = queries.stored_loan(db, borrower.borrower_id, loan_id)
            story = told(loan.terms, queries.events_of(db, borrower.borrower_id, loan_id), loan.owing.seen_on)
            for event, paid in story.paid:
                if event.receipt_id is not None:
                    assert kept.pop((loan_id, event.receipt_id), Parts()) == paid.total
        assert {key: parts for key, parts in kept.items() if parts != Parts()} == {}


@pytest.mark.parametrize("seed", range(8))
def test_every_promise_holds_after_every_step_of_a_life(lender: Lender, seed: int) -> None:
    chance = Random(seed)
    borrower_id, line_id = lender.borrower(50_000_000)
    loans = [
        lender.draw(borrower_id, line_id, chance.choice([700_000, 123_457]), *chance.choice(LOANS))
        for _ in range(chance.randint(1, 3))
    ]
    borrower = _Borrower(lender, chance, borrower_id, loans)
    kinds = ["wait"] * 3 + ["pay"] * 3 + ["pay late", "bounce"] + ["change"] * 3
    for _ in range(14):
        kind = chance.choice(kinds)
        borrower.done.append(f"{lender.today} {kind}")
        try:
            {"wait": borrower.wait, "pay": borrower.pay, "pay late": lambda: borrower.pay(back=True),
             "bounce": borrower.bounce, "change": borrower.change}[kind]()  # fmt: skip
        except Refusal as refused:
            borrower.done[-1] += f" refused: {refused}"
        try:
            lender.keeps_its_promises()
            _receipts_settle_what_the_story_says(lender.database, borrower)
        except AssertionError as broken:
            raise AssertionError("\n".join([f"seed {seed}", *borrower.done, str(broken)])) from broken
