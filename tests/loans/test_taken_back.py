"""Two borrowers with one life: a payment that bounced leaves no trace, and one told late counts as one told in time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest

from lender import Lender
from lendmill import ids
from lendmill.credit.lines.actions import open_line
from lendmill.credit.queries import line as line_now
from lendmill.credit.queries import standing
from lendmill.db import Database, Db, scalar
from lendmill.ledger.actions import close
from lendmill.ledger.queries import trial_balance
from lendmill.loans import changes, queries
from lendmill.loans.changes import LoanChange
from lendmill.loans.passing import advance
from lendmill.loans.receipts.actions import NotReversible, apply_held
from lendmill.loans.receipts.queries import beside
from lendmill.people.actions import lock_borrower
from lendmill.people.queries import act_today, house_day
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.products.actions import publish
from lendmill.products.document import Product, product_of
from lendmill.products.queries import preset

START = date(2026, 1, 1)
DAY = timedelta(days=1)
PLANS = [("on-demand", 2), ("interest-first", 4), ("equal-principal", 6), ("level-payment", 5)]
PAIRS = 4

PARTS = """
    select coalesce(sum(p.fees_cents), 0)::bigint,
           coalesce(sum(p.penalty_cents), 0)::bigint,
           coalesce(sum(p.interest_cents), 0)::bigint,
           coalesce(sum(p.principal_cents), 0)::bigint,
           coalesce(sum(p.refunded_cents + p.held_cents + p.claimed_cents), 0)::bigint
      from receipt r
      left join receipt_part p on p.receipt_id = r.receipt_id and p.borrower_id = r.borrower_id
     where r.borrower_id = %s
       and not exists (select from receipt_reversal v
                        where v.receipt_id = r.receipt_id and v.borrower_id = r.borrower_id)
     group by r.receipt_id, r.value_on, r.amount_cents
     order by r.value_on, r.amount_cents
"""


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with capital and products."""
    return Lender(database).found()


@dataclass
class Borrower:
    """A borrower with a line and loans, which are named by their place."""

    lender: Lender
    borrower_id: UUID
    line_id: UUID
    loans: list[UUID]

    def pay(self, amount_cents: int, on: date | None = None, loan: int | None = None, prepay: str = "next-due") -> UUID:
        """A payment, for all loans or for one."""
        named = None if loan is None else self.loans[loan]
        return self.lender.pay(self.borrower_id, amount_cents, on, named, prepay).receipt_id

    def reverse(self, receipt_id: UUID) -> None:
        """It bounces."""
        self.lender.reverse(self.borrower_id, receipt_id)

    def change(self, loan: int, change: LoanChange) -> None:
        """Somebody changes a loan."""
        self.lender.change(self.borrower_id, self.loans[loan], change)

    def owes(self) -> int:
        """All that would settle all loans today."""
        return sum(self.lender.loan(self.borrower_id, loan_id).payoff_cents for loan_id in self.loans)

    def stands(self) -> Any:
        """All there is to say of this borrower, but for names and for what receipts they took."""
        with self.lender.database.transaction() as db:
            today = house_day(db)
            loans = [queries.stored_loan(db, self.borrower_id, loan_id) for loan_id in self.loans]
            accounts = [(loan.status, loan.closed_on, advance(loan.owing, today)[0]) for loan in loans]
            line, credit = line_now(db, self.borrower_id, self.line_id), standing(db, self.borrower_id)
            known = (credit.outstanding_cents, credit.reserved_cents, credit.late_since_on, credit.loans_drawn,
                     credit.loans_repaid)  # fmt: skip
            settled = db.execute(PARTS, [self.borrower_id]).fetchall()
            beside_loans = beside(db, self.borrower_id)
        return accounts, (line.used_cents, line.reserved_cents), known, settled, beside_loans


def twins(lender: Lender, chance: Random) -> tuple[Borrower, Borrower]:
    """Two borrowers with the same loans."""
    plans = [(chance.choice([700_000, 123_457, 1_000_001]), *chance.choice(PLANS)) for _ in range(chance.randint(1, 3))]
    found: list[Borrower] = []
    for _ in range(2):
        borrower_id, line_id = lender.borrower(10_000_000)
        loans = [lender.draw(borrower_id, line_id, cents, method, months) for cents, method, months in plans]
        found.append(Borrower(lender, borrower_id, line_id, loans))
    return found[0], found[1]


Step = Callable[[Borrower], object]


def any_step(chance: Random, today: date, pair: tuple[Borrower, Borrower]) -> Step:
    """Something that can happen to both, however much one of them has paid."""
    loan = chance.randrange(len(pair[0].loans))
    cents = chance.randint(1, max(2, min(each.owes() for each in pair) // 8))
    prepay = chance.choice(["next-due", "prepay"])
    back = chance.randint(1, 20)
    steps: list[Step] = [
        lambda one: one.pay(cents, loan=loan, prepay=prepay),
        lambda one: one.pay(cents),
        lambda one: one.pay(cents, on=max(START, today - back * DAY), loan=loan),
        lambda one: one.change(loan, changes.ChargeFee(amount_cents=300, n=1)),
        lambda one: one.change(loan, changes.ChangeRate(daily_rate="0.05 %", from_on=max(START, today - back * DAY))),
    ]
    return chance.choice(steps)


@pytest.mark.parametrize("seed", [11])
def test_a_payment_that_bounced_is_as_if_it_had_never_been(lender: Lender, seed: int) -> None:
    chance = Random(seed)
    pairs = [twins(lender, chance) for _ in range(PAIRS)]
    bouncing: list[UUID] = []
    for n, day in enumerate(_days(chance, 6)):
        lender.go_to(day)
        for place, pair in enumerate(pairs):
            if n == place % 3:
                loan = chance.choice([None, 0])
                bouncing.append(pair[0].pay(max(1, pair[0].owes() // chance.choice([3, 5, 400])), loan=loan))
            step = any_step(chance, day, pair)
            for one in pair:
                step(one)
    # each was paid in turn of its place: the first three steps, place by place
    order = sorted(range(PAIRS), key=lambda place: (place % 3, place))
    for place, receipt_id in zip(order, bouncing, strict=True):
        pairs[place][0].reverse(receipt_id)
        assert pairs[place][0].stands() == pairs[place][1].stands(), f"seed {seed}, pair {place}"
    lender.keeps_its_promises()
    lender.go_to(lender.today + 35 * DAY)
    for place, (one, other) in enumerate(pairs):
        assert one.stands() == other.stands(), f"seed {seed}, pair {place}, later"


@pytest.mark.parametrize("seed", [21])
def test_what_is_told_late_counts_as_what_is_told_in_time(lender: Lender, seed: int) -> None:
    chance = Random(seed)
    pairs = [twins(lender, chance) for _ in range(PAIRS)]
    late: list[tuple[int, int, date, int | None]] = []
    for n, day in enumerate(_days(chance, 6)):
        lender.go_to(day)
        for place, pair in enumerate(pairs):
            if n == place % 3:
                cents, loan = max(1, pair[0].owes() // chance.choice([3, 5, 400])), chance.choice([None, 0])
                pair[0].pay(cents, loan=loan)
                late.append((place, cents, day, loan))
            else:
                step = any_step(chance, day, pair)
                for one in pair:
                    step(one)
    for place, cents, day, loan in late:
        one, other = pairs[place]
        other.pay(cents, on=day, loan=loan)
        assert one.stands() == other.stands(), f"seed {seed}, pair {place}"
    lender.keeps_its_promises()
    lender.go_to(lender.today + 35 * DAY)
    for place, (one, other) in enumerate(pairs):
        assert one.stands() == other.stands(), f"seed {seed}, pair {place}, later"


def _days(chance: Random, count: int) -> list[date]:
    """Days one after the other, some of them those on which something falls due."""
    days, day = list[date](), START
    for _ in range(count):
        day += chance.choice([1, 3, 14, 28, 31]) * DAY
        days.append(day)
    return days


def test_what_had_gone_back_is_claimed_when_its_payment_bounces_and_met_before_any_loan(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    one = Borrower(lender, borrower_id, line_id, [lender.draw(borrower_id, line_id, 700_000)])
    paid = one.pay(800_000)
    assert one.owes() == 0
    one.reverse(paid)
    assert (one.owes(), _beside(one)) == (700_000, (0, 100_000))
    lender.keeps_its_promises()
    one.pay(100_001)
    assert (one.owes(), _beside(one)) == (699_999, (0, 0))
    lender.keeps_its_promises()


def test_a_payment_that_met_a_claim_and_bounces_leaves_the_claim(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    one = Borrower(lender, borrower_id, line_id, [lender.draw(borrower_id, line_id, 700_000)])
    one.reverse(one.pay(800_000))
    one.reverse(one.pay(150_000))
    assert (one.owes(), _beside(one)) == (700_000, (0, 100_000))
    lender.keeps_its_promises()


def holding(lender: Lender, plan: tuple[str, int], cents: int = 600_000) -> Borrower:
    """A borrower whose product holds what exceeds all debts."""
    content = {**msgspec.to_builtins(preset("credit-line")), "key": "holding", "joint_limit": None, "excess": "hold"}
    terms = product_of(content)
    lender.database.act(publish, terms, today=lender.today)
    borrower_id, _ = lender.borrower()
    line_id = lender.database.act(_open, borrower_id, terms)
    return Borrower(lender, borrower_id, line_id, [lender.draw(borrower_id, line_id, cents, *plan)])


def _open(db: Db, borrower_id: UUID, terms: Product) -> UUID:
    lock_borrower(db, borrower_id)
    return open_line(
        db, borrower_id=borrower_id, decision_id=ids.new(), product=terms, limit_cents=5_000_000, grade="A",
        today=house_day(db),
    ).line_id  # fmt: skip


def _beside(one: Borrower) -> tuple[int, int]:
    with one.lender.database.transaction() as db:
        found = beside(db, one.borrower_id)
    return found.held_cents, found.claimed_cents


def test_what_is_held_pays_the_next_due_on_its_day_and_not_a_day_before(lender: Lender) -> None:
    one = holding(lender, ("on-demand", 1))
    one.pay(650_000)
    assert (one.owes(), _beside(one)) == (0, (50_000, 0))
    one.loans.append(lender.draw(one.borrower_id, one.line_id, 30_000, "on-demand", 1))
    lender.go_to(date(2026, 1, 31))
    assert _beside(one) == (50_000, 0)
    lender.go_to(date(2026, 2, 1))
    assert (one.owes(), _beside(one)) == (0, (50_000 - 30_000 - 558, 0))
    lender.keeps_its_promises()


def test_no_more_is_taken_from_what_is_held_than_is_due_and_than_there_is(lender: Lender) -> None:
    one = holding(lender, ("on-demand", 1))
    one.pay(620_000)
    one.loans.append(lender.draw(one.borrower_id, one.line_id, 60_000, "equal-principal", 3))
    lender.go_to(date(2026, 2, 1))
    assert _beside(one) == (20_000 - 20_000, 0)  # 20,000 fell due and 1,116 of interest: all there was
    assert lender.loan(one.borrower_id, one.loans[1]).due_now_cents == 1_116
    lender.keeps_its_promises()


def test_held_money_that_was_used_is_not_taken_back_by_itself(lender: Lender) -> None:
    one = holding(lender, ("on-demand", 1))
    one.pay(650_000)
    one.loans.append(lender.draw(one.borrower_id, one.line_id, 30_000, "on-demand", 1))
    lender.go_to(date(2026, 2, 1))
    with lender.database.transaction() as db:
        (taken,) = db.execute("select receipt_id from receipt where from_held").fetchone() or (None,)
    with pytest.raises(NotReversible):
        lender.reverse(one.borrower_id, taken)
    assert act_today(lender.database, apply_held, borrower_id=one.borrower_id) == 0


def test_held_money_whose_payment_bounced_is_not_held_any_more(lender: Lender) -> None:
    one = holding(lender, ("on-demand", 1))
    paid = one.pay(650_000)
    one.reverse(paid)
    assert (one.owes(), _beside(one)) == (600_000, (0, 0))
    lender.keeps_its_promises()


def test_a_payment_of_a_closed_period_is_booked_today_and_leaves_what_was_closed_as_it_was(lender: Lender) -> None:
    borrower_id, line_id = lender.borrower()
    one = Borrower(lender, borrower_id, line_id, [lender.draw(borrower_id, line_id, 700_000, "interest-first", 3)])
    lender.go_to(date(2026, 2, 20))
    with lender.database.transaction() as db:
        clerk_id = open_account(
            db, sign_in_name="clerk", display_name="clerk", role=Role.FINANCE, password="correct horse battery"
        )
        close(db, through_on=date(2026, 2, 10), closed_by=clerk_id)
        closed = trial_balance(db, date(2026, 2, 10))
    one.pay(13_020, on=date(2026, 2, 1))
    with lender.database.transaction() as db:
        assert trial_balance(db, date(2026, 2, 10)) == closed
        late = "select count(*) from entry where value_on = '2026-02-01' and booked_on = '2026-02-20'"
        assert scalar(db, late) == 1
    assert lender.loan(borrower_id, one.loans[0]).days_past_due == 0
    lender.keeps_its_promises()


def test_only_what_of_held_money_was_used_is_claimed_when_its_payment_bounces(lender: Lender) -> None:
    one = holding(lender, ("on-demand", 1))
    paid = one.pay(650_000)
    one.loans.append(lender.draw(one.borrower_id, one.line_id, 30_000, "on-demand", 1))
    lender.go_to(date(2026, 2, 1))
    one.reverse(paid)
    assert _beside(one) == (0, 30_558)
    lender.keeps_its_promises()
