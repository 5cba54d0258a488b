"""A crowd of 32 at one borrower, one line, one loan: each thing happens once or is refused by name; nothing is lost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from crowd import Deed, at_once
from lender import Lender
from lendmill import ids
from lendmill.credit.lines.line import LimitExceeded
from lendmill.credit.queries import line as line_now
from lendmill.db import Database, scalar
from lendmill.loans import changes
from lendmill.loans.changes import LoanChange
from lendmill.loans.queries import Drawn, events_of
from lendmill.loans.receipts.actions import ReversedAlready, reverse_receipt
from lendmill.loans.receipts.queries import ReceiptView
from lendmill.loans.servicing.actions import change_loan
from lendmill.loans.servicing.asked import CallsInTooMuch, NothingNotDue, WaivesTooMuch, WrittenOffAlready
from lendmill.people.actions import Command
from lendmill.people.queries import act_today
from lendmill.refusals import Refusal

CROWD = 32
DAY = timedelta(days=1)


@pytest.fixture
def lender(database_url: str) -> Iterator[Lender]:
    """A house with capital and products, and a connection for everybody."""
    with Database(database_url, connections=CROWD + 2) as database:
        yield Lender(database).found()


@dataclass
class Crowd:
    """Many hands on one borrower; what came in and what was taken back is counted beside the house."""

    lender: Lender
    borrower_id: UUID
    line_id: UUID
    loans: list[UUID]
    received: dict[UUID, int] = field(default_factory=dict)
    reversed_ids: set[UUID] = field(default_factory=set)

    def pay(
        self, amount_cents: int, loan_id: UUID | None = None, value_on: date | None = None, key: str = ""
    ) -> ReceiptView:
        """Money comes in, on the house's day or for an earlier one."""
        receipt = self.lender.pay(self.borrower_id, amount_cents, value_on, loan_id, key=key or str(ids.new()))
        self.received[receipt.receipt_id] = receipt.amount_cents
        return receipt

    def pays_back_then(self, amount_cents: int, loan_id: UUID | None, value_on: date) -> ReceiptView:
        """Money of an earlier day; a key of its own."""
        return self.pay(amount_cents, loan_id, value_on)

    def reverse(self, receipt_id: UUID, key: str = "") -> None:
        """A payment bounces."""
        act_today(
            self.lender.database, reverse_receipt, command=Command.of(key or str(ids.new()), of=str(receipt_id)),
            borrower_id=self.borrower_id, receipt_id=receipt_id, cause="bounced",
        )  # fmt: skip
        self.reversed_ids.add(receipt_id)

    def change(self, loan_id: UUID, change: LoanChange, key: str = "") -> None:
        """Somebody changes a loan."""
        act_today(
            self.lender.database, change_loan, command=Command.of(key or str(ids.new()), kind=change.kind),
            borrower_id=self.borrower_id, loan_id=loan_id, change=change,
        )  # fmt: skip

    def ask_draw(self, amount_cents: int, months: int = 3) -> Drawn:
        """Somebody draws; the rail has not answered."""
        return self.lender.ask_draw(self.borrower_id, self.line_id, amount_cents, "equal-principal", months)

    def draw(self, amount_cents: int, answer: str = "confirmed", times: int = 1) -> None:
        """A draw, and the rail's answer, which it may give more than once."""
        drawn, today = self.ask_draw(amount_cents), self.lender.today
        for _ in range(times):
            value_on = today if answer == "confirmed" else None
            self.lender.rail_says(self.borrower_id, drawn.instruction_id, answer, value_on)

    def everything_is_there(self) -> None:
        """Every promise holds; what came in is in the books once, and what bounced is out of them."""
        self.lender.keeps_its_promises()
        with self.lender.database.transaction() as db:
            booked_cents = scalar(db, "select sum(amount_cents)::bigint from receipt where not from_held")
            receipts = scalar(db, "select count(*) from receipt where not from_held")
            bounced = {row[0] for row in db.execute("select receipt_id from receipt_reversal").fetchall()}
        assert (receipts, booked_cents) == (len(self.received), sum(self.received.values()))
        assert bounced == self.reversed_ids


def crowd_at(lender: Lender, loans: int = 3, limit_cents: int = 100_000_000) -> Crowd:
    """A borrower with loans by instalments, the first drawn on 1 January; it is 10 March and nobody has paid yet."""
    borrower_id, line_id = lender.borrower(limit_cents)
    drawn = [lender.draw(borrower_id, line_id, 1_200_000, "equal-principal", 12) for _ in range(loans)]
    lender.go_to(date(2026, 3, 10))
    return Crowd(lender, borrower_id, line_id, drawn)


def _any_change(chance: Random, today: date) -> LoanChange:
    kinds: list[LoanChange] = [
        changes.ChargeFee(amount_cents=chance.randint(1, 5_000)),
        changes.Waive(interest_cents=chance.randint(1, 9_000)),
        changes.Waive(penalty_cents=chance.randint(1, 900), fees_cents=chance.randint(0, 50)),
        changes.ChangeRate(daily_rate="0.05 %", from_on=today - chance.randint(0, 40) * DAY),
        changes.ChangeRate(daily_rate="0.04 %", from_on=today + chance.randint(1, 3) * DAY),
        changes.Holiday(months=1),
        changes.Extend(to_on=date(2027, 3, chance.randint(1, 28))),
        changes.Replan(method="level-payment", months=chance.randint(1, 5)),
        changes.ReAge(dues={"1": today + 20 * DAY}),
        changes.Accelerate(amount_cents=chance.randint(1, 50_000)),
        changes.Settle(amount_cents=chance.randint(1, 50_000), until_on=today + 5 * DAY),
        changes.WriteOff(),
    ]  # fmt: skip
    return chance.choice(kinds)


def _somebody(crowd: Crowd, chance: Random, told: list[UUID]) -> Deed:
    """What one of the crowd will do, three things in a row; refusals of one do not keep them from the next."""
    today = crowd.lender.today

    def pay() -> None:
        crowd.pay(chance.randint(1, 200_000), chance.choice([None, *crowd.loans]))

    def pay_back_then() -> None:
        value_on = today - chance.randint(1, 80) * DAY
        crowd.pays_back_then(chance.randint(1, 200_000), chance.choice([None, *crowd.loans]), value_on)

    def pay_and_bounce() -> None:
        value_on = today - chance.randint(0, 40) * DAY
        receipt = crowd.pays_back_then(chance.randint(1, 200_000), chance.choice([None, *crowd.loans]), value_on)
        crowd.reverse(receipt.receipt_id)

    def bounce() -> None:
        crowd.reverse(chance.choice(told))

    def change() -> None:
        crowd.change(chance.choice(crowd.loans), _any_change(chance, today))

    def draw() -> None:
        crowd.draw(chance.randint(100_000, 900_000), chance.choice(["confirmed", "failed"]), times=2)

    deeds = [
        chance.choice([pay, pay_back_then, pay_and_bounce, bounce, change, change, change, draw]) for _ in range(3)
    ]

    def do() -> None:
        for deed in [lambda: crowd.pay(777, key="the same for all"), *deeds]:
            try:
                deed()
            except Refusal:
                continue

    return do


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_a_crowd_does_to_one_borrower_while_days_end_every_promise_holds(lender: Lender, seed: int) -> None:
    crowd, chance = crowd_at(lender), Random(seed)
    for loan_id in crowd.loans[1:]:
        crowd.pay(lender.loan(crowd.borrower_id, loan_id).due_now_cents, loan_id)
    told = [crowd.pay(10_000 + n).receipt_id for n in range(4)]
    deeds = [_somebody(crowd, Random(chance.random()), told) for _ in range(CROWD - 2)]
    days: list[Deed] = [lambda: lender.go_to(date(2026, 3, 13))] * 2
    assert at_once([*deeds, *days]) == {"done": CROWD}, f"seed {seed}"
    crowd.everything_is_there()
    assert lender.today == date(2026, 3, 13)
    with lender.database.transaction() as db:
        assert scalar(db, "select count(*) from receipt where amount_cents = 777") == 1, f"seed {seed}"
    lender.go_to(date(2026, 4, 2))
    crowd.everything_is_there()


def test_a_crowd_on_one_line_lends_what_it_holds_and_gives_back_what_failed(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower(1_000_000)
    crowd = Crowd(lender, borrower_id, line_id, [])
    deeds: list[Deed] = [lambda: crowd.draw(300_000, times=2)] * (CROWD // 2)
    deeds += [lambda: crowd.draw(300_000, "failed", times=2)] * (CROWD // 2)
    outcome = at_once(deeds)
    assert set(outcome) == {"done", LimitExceeded.code()}
    crowd_sees = _used_and_reserved(crowd)
    assert crowd_sees[0] <= 900_000
    assert crowd_sees[0] % 300_000 == crowd_sees[1] == 0
    while outcome["done"]:
        outcome = at_once([lambda: crowd.draw(300_000)] * 4)
    assert _used_and_reserved(crowd) == (900_000, 0)
    assert at_once([lambda: crowd.pay(100_000)] * 9) == {"done": 9}
    assert _used_and_reserved(crowd) == (0, 0)
    crowd.everything_is_there()


def _used_and_reserved(crowd: Crowd) -> tuple[int, int]:
    with crowd.lender.database.transaction() as db:
        line = line_now(db, crowd.borrower_id, crowd.line_id)
    return line.used_cents, line.reserved_cents


def test_a_crowd_waives_no_more_of_one_loan_than_is_owed(lender: Lender) -> None:
    crowd = crowd_at(lender, loans=1)
    (loan_id,) = crowd.loans
    crowd.change(loan_id, changes.ChargeFee(amount_cents=1_000))
    outcome = at_once([lambda: crowd.change(loan_id, changes.Waive(fees_cents=100))] * CROWD)
    assert outcome == {"done": 10, WaivesTooMuch.code(): 22}
    assert lender.loan(crowd.borrower_id, loan_id).fees_cents == 0
    lender.keeps_its_promises()


def test_a_crowd_calls_in_no_more_of_one_loan_than_is_not_due(lender: Lender) -> None:
    crowd = crowd_at(lender, loans=1)
    (loan_id,) = crowd.loans
    outcome = at_once([lambda: crowd.change(loan_id, changes.Accelerate(amount_cents=90_000))] * CROWD)
    assert outcome == {"done": 11, CallsInTooMuch.code(): 21}  # ten instalments of 1,000 yuan were still to come
    crowd.change(loan_id, changes.Accelerate(amount_cents=10_000))
    assert at_once([lambda: crowd.change(loan_id, changes.Accelerate())] * CROWD) == {NothingNotDue.code(): CROWD}
    assert lender.loan(crowd.borrower_id, loan_id).outstanding_cents == 1_200_000
    lender.keeps_its_promises()


def test_a_crowd_writes_one_loan_off_once(lender: Lender) -> None:
    crowd = crowd_at(lender, loans=1)
    (loan_id,) = crowd.loans
    outcome = at_once([lambda: crowd.change(loan_id, changes.WriteOff())] * CROWD)
    assert outcome == {"done": 1, WrittenOffAlready.code(): CROWD - 1}
    lender.keeps_its_promises()


def test_a_change_sent_by_a_crowd_under_one_key_is_made_once(lender: Lender) -> None:
    crowd = crowd_at(lender, loans=1)
    (loan_id,) = crowd.loans
    last = lender.loan(crowd.borrower_id, loan_id).rows[-1].due_on
    for change in (changes.Holiday(months=1), changes.ChargeFee(amount_cents=500), changes.Accelerate(amount_cents=1)):
        outcome = at_once([lambda c=change: crowd.change(loan_id, c, key=c.kind)] * CROWD)  # type: ignore[misc]
        assert outcome == {"done": CROWD}
    with lender.database.transaction() as db:
        made = Counter(event.kind for event in events_of(db, crowd.borrower_id, loan_id))
    assert made == {"drawn": 1, "moved": 1, "charged": 1, "accelerated": 1}
    assert last == date(2027, 1, 1)
    assert max(row.due_on for row in lender.loan(crowd.borrower_id, loan_id).rows) == date(2027, 2, 1)
    lender.keeps_its_promises()


def test_a_payment_bounces_once_however_many_say_so(lender: Lender) -> None:
    crowd = crowd_at(lender)
    one, other = crowd.pay(400_000).receipt_id, crowd.pay(300_000, value_on=date(2026, 2, 1)).receipt_id
    assert at_once([lambda: crowd.reverse(one)] * CROWD) == {"done": 1, ReversedAlready.code(): CROWD - 1}
    assert at_once([lambda: crowd.reverse(other, key="bounced")] * CROWD) == {"done": CROWD}
    crowd.everything_is_there()
    assert sum(lender.loan(crowd.borrower_id, loan_id).outstanding_cents for loan_id in crowd.loans) == 3_600_000


def test_payments_and_their_reversals_by_a_crowd_leave_nothing_behind(lender: Lender) -> None:
    crowd = crowd_at(lender)
    before = [lender.loan(crowd.borrower_id, loan_id) for loan_id in crowd.loans]

    def pays_and_bounces(n: int) -> None:
        value_on = crowd.lender.today - n * DAY
        crowd.reverse(crowd.pay(10_000 * n + 7, named(n), value_on).receipt_id)

    def named(n: int) -> UUID | None:
        return [None, *crowd.loans][n % 4]

    outcome = at_once([lambda n=n: pays_and_bounces(n) for n in range(CROWD)])  # type: ignore[misc]
    assert outcome == {"done": CROWD}
    crowd.everything_is_there()
    assert [lender.loan(crowd.borrower_id, loan_id) for loan_id in crowd.loans] == before
