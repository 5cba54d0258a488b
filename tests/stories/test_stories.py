"""Loans told day by day in plain text, played on a real house; all promises are checked after each line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec
import pytest
from staff_sentences import METHOD, read

from lender import Lender
from lendmill import ids
from lendmill.credit.lines.actions import open_line
from lendmill.db import Database, Db, scalar
from lendmill.ledger.accounts import BY_NUMBER
from lendmill.ledger.queries import trial_balance
from lendmill.loans import queries
from lendmill.loans.receipts.queries import ReceiptView, beside
from lendmill.money import cents
from lendmill.people.actions import lock_borrower
from lendmill.products.actions import publish_all
from lendmill.products.conventions import Conventions
from lendmill.products.document import Product
from lendmill.products.queries import preset
from lendmill.refusals import Refusal

STORIES = sorted(Path(__file__).parent.glob("*.story"))
AMOUNT = r"[\d,]+\.\d\d"


@dataclass
class Player:
    """Plays the lines of one story."""

    lender: Lender
    borrower_id: UUID
    line_id: UUID
    loans: dict[str, queries.Drawn] = field(default_factory=dict)
    receipts: dict[str, UUID] = field(default_factory=dict)
    last: ReceiptView | None = None

    def play(self, line: str) -> None:
        """Do what the line says, or check what it claims."""
        for pattern, do in VERBS:
            if found := re.fullmatch(pattern, line):
                do(self, *found.groups())
                return
        raise AssertionError(f"a story cannot say: {line}")

    def draw(self, amount: str, method: str, months: str, name: str) -> None:
        """The seller draws and the money arrives the same day."""
        self.ask(amount, method, months, name)
        self.rail("confirmed", name, None)

    def ask(self, amount: str, method: str, months: str, name: str) -> None:
        """The seller draws; the rail is silent so far."""
        self.loans[name] = self.lender.ask_draw(self.borrower_id, self.line_id, cents(amount), method, int(months))

    def refused(self, amount: str, method: str, months: str, code: str) -> None:
        """The seller tries to draw and is told no; nothing has changed."""
        before = self._left()
        with pytest.raises(Refusal) as no:
            self.lender.ask_draw(self.borrower_id, self.line_id, cents(amount), method, int(months))
        assert no.value.code() == code
        assert self._left() == before

    def rail(self, status: str, name: str, day: str | None) -> None:
        """The rail answers about a draw."""
        on = date.fromisoformat(day) if day else self.lender.today
        known = {"confirmed": "confirmed", "failed": "failed", "unknown": "unknown"}[status]
        value_on = on if known == "confirmed" else None
        self.lender.rail_says(self.borrower_id, self.loans[name].instruction_id, known, value_on)

    def pay(self, amount: str, name: str | None, way: str | None, day: str | None, called: str | None) -> None:
        """Money comes in; what may be taken back later has a name."""
        self.last = self.lender.pay(
            self.borrower_id, cents(amount), date.fromisoformat(day) if day else None,
            self.loans[name].loan_id if name else None, "prepay" if way else "next-due",
        )  # fmt: skip
        if called:
            self.receipts[called] = self.last.receipt_id

    def change(self, sentence: str, code: str | None) -> None:
        """The staff change a loan, or are told why not and nothing has changed."""
        name, change = read(sentence, {key: drawn.loan_id for key, drawn in self.loans.items()}, self.receipts)
        loan_id = self.loans[name].loan_id
        if code is None:
            self.lender.change(self.borrower_id, loan_id, change)
            return
        before = self.lender.loan(self.borrower_id, loan_id)
        with pytest.raises(Refusal) as no:
            self.lender.change(self.borrower_id, loan_id, change)
        assert no.value.code() == code
        assert self.lender.loan(self.borrower_id, loan_id) == before

    def settled(self, listed: str) -> None:
        """What the last payment settled."""
        assert self.last is not None
        found = {
            "interest": self.last.interest_cents, "penalty": self.last.penalty_cents, "fees": self.last.fees_cents,
            "principal": self.last.principal_cents, "back": self.last.refunded_cents,
            "held": self.last.held_cents, "claim": self.last.claimed_cents,
        }  # fmt: skip
        assert {name: cents for name, cents in found.items() if cents} == _amounts(listed)

    def owes(self, name: str, listed: str) -> None:
        """What a loan owes today, component by component; those not named are nothing."""
        seen = self.lender.loan(self.borrower_id, self.loans[name].loan_id)
        found = {
            "principal": seen.outstanding_cents, "interest": seen.interest_cents, "penalty": seen.penalty_cents,
            "fees": seen.fees_cents, "due": seen.due_now_cents,
        }  # fmt: skip
        said = _amounts(listed)
        found = {key: value for key, value in found.items() if value and (key != "due" or "due" in said)}
        assert found == {key: value for key, value in said.items() if value}

    def late(self, name: str, days: str, adjusted: str | None) -> None:
        """How many days past due a loan is by its contract, and by the latest plan where that is told."""
        seen = self.lender.loan(self.borrower_id, self.loans[name].loan_id)
        assert seen.days_past_due == int(days)
        assert adjusted is None or seen.adjusted_days_past_due == int(adjusted)

    def accrues(self, name: str, outside: str | None) -> None:
        """Whether interest is income, or is kept outside the balance sheet."""
        assert self.lender.loan(self.borrower_id, self.loans[name].loan_id).nonaccrual == bool(outside)

    def asks(self, n: str, name: str, amount: str, day: str) -> None:
        """What a payment to come will ask, and when, if everything is paid on its day."""
        rows = {row.n: row for row in self.lender.loan(self.borrower_id, self.loans[name].loan_id).rows}
        assert (rows[int(n)].asked_cents, rows[int(n)].due_on) == (cents(amount), date.fromisoformat(day))

    def payments(self, name: str, count: str) -> None:
        """How many payments are still to come."""
        seen = self.lender.loan(self.borrower_id, self.loans[name].loan_id)
        assert len([row for row in seen.rows if row.status == "to come"]) == int(count)

    def books(self, number: str, amount: str) -> None:
        """What an account of the books has come to, in yuan, on the side it grows on."""
        with self.lender.database.transaction() as db:
            rows = trial_balance(db, self.lender.today)
        side = 1 if BY_NUMBER[number].value.grows == "debit" else -1
        found = sum(row.balance for row in rows if (row.account, row.unit) == (number, "CNY"))
        assert side * found == cents(amount)

    def beside(self, what: str, amount: str) -> None:
        """What is held for the borrower, or claimed from them."""
        with self.lender.database.transaction() as db:
            now = beside(db, self.borrower_id)
        assert (now.held_cents if what == "held for" else now.claimed_cents) == cents(amount)

    def stands(self, name: str, status: str) -> None:
        """Which state a loan is in."""
        assert self.lender.loan(self.borrower_id, self.loans[name].loan_id).status == status

    def ended(self, name: str, day: str) -> None:
        """The day on which a loan was paid in full."""
        assert self.lender.loan(self.borrower_id, self.loans[name].loan_id).closed_on == date.fromisoformat(day)

    def left(self, amount: str) -> None:
        """How much of the line can be drawn."""
        assert self._left() == cents(amount)

    def back(self, amount: str) -> None:
        """How much in all has been sent back to the borrower."""
        with self.lender.database.transaction() as db:
            assert scalar(db, REFUNDS, borrower_id=self.borrower_id) == cents(amount)

    def _left(self) -> int:
        with self.lender.database.transaction() as db:
            return int(scalar(db, LEFT, line_id=self.line_id))


REFUNDS = """
    select coalesce(sum(amount_cents), 0)::bigint from instruction
     where borrower_id = %(borrower_id)s and kind = 'refund'
"""
LEFT = "select limit_cents - used_cents - reserved_cents from line where line_id = %(line_id)s"

DRAW = rf"({AMOUNT}) {METHOD} for (\d+) months?"
VERBS: list[tuple[str, Callable[..., None]]] = [
    (rf"draws {DRAW} as (\w+)", Player.draw),
    (rf"asks for {DRAW} as (\w+)", Player.ask),
    (rf"is refused {DRAW}: ([\w-]+)", Player.refused),
    (r"rail says (confirmed|failed|unknown) for (\w+)(?: dated (\S+))?", Player.rail),
    (rf"pays ({AMOUNT})(?: on (\w+))?( ahead from the end)?(?: dated (\S+?))?(?:, called (\w+))?", Player.pay),
    (r"staff (.+?)(?:, but is refused: ([\w-]+))?", Player.change),
    (rf"which settles ((?:\w+ {AMOUNT}(?:, )?)+)", Player.settled),
    (rf"(\w+) owes ((?:\w+ {AMOUNT}(?:, )?)+)", Player.owes),
    (r"(\w+) is (\d+) days? late(?:, (\d+) by the latest plan)?", Player.late),
    (r"(\w+) is (paying|running|written-off|closed|failed)", Player.stands),
    (r"(\w+) accrues( outside the books)?", Player.accrues),
    (rf"payment (\d+) of (\w+) asks ({AMOUNT}) on (\S+)", Player.asks),
    (r"(\w+) has (\d+) payments? to come", Player.payments),
    (rf"the books have (\d+) ({AMOUNT})", Player.books),
    (rf"({AMOUNT}) (held for|claimed from) the borrower", lambda player, amount, what: player.beside(what, amount)),
    (r"(\w+) was closed on (\S+)", Player.ended),
    (rf"({AMOUNT}) left to draw", Player.left),
    (rf"({AMOUNT}) sent back", Player.back),
]


def _product(excess: Literal["refund", "hold"] = "refund", **conventions: Any) -> Product:
    return msgspec.structs.replace(
        preset("credit-line"), key="of-a-story", excess=excess, conventions=Conventions(**conventions)
    )


PRODUCTS = {
    "Money that is too much is held for the next due.": _product("hold"),
    "Paying ahead lowers the payment.": _product(after_prepay="lower-payment"),
    "Paying ahead shortens the plan.": _product(after_prepay="shorten"),
}


def _amounts(listed: str) -> dict[str, int]:
    return {name: cents(amount) for name, amount in re.findall(rf"(\w+) ({AMOUNT})", listed)}


def test_there_are_stories() -> None:
    assert len(STORIES) >= 26


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story(path: Path, database: Database) -> None:
    _play(path.name, path.read_text(encoding="utf-8"), database)


def test_the_life_of_one_loan_in_the_readme_is_true(database: Database) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (story,) = re.findall(r"^```story\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    _play("README.md", story, database)


def _line_of(lender: Lender, product: Product, borrower_id: UUID, limit_cents: int) -> UUID:
    """A line of a product of the story's own."""

    def opened(db: Db) -> UUID:
        publish_all(db, [product], today=lender.today)
        lock_borrower(db, borrower_id)
        return open_line(
            db, borrower_id=borrower_id, decision_id=ids.new(), product=product, limit_cents=limit_cents, grade="A",
            today=lender.today,
        ).line_id  # fmt: skip

    return lender.database.act(opened)


def _play(name: str, text: str, database: Database) -> None:
    told = [line.strip() for line in text.splitlines()]
    limit = next(re.fullmatch(rf"A line of ({AMOUNT})\.", line) for line in told if line.startswith("A line of"))
    assert limit is not None
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower(cents(limit[1]))
    if product := next((PRODUCTS[line] for line in told if line in PRODUCTS), None):
        line_id = _line_of(lender, product, borrower_id, cents(limit[1]))
    player = Player(lender, borrower_id, line_id)
    for number, line in enumerate(told, start=1):
        if found := re.fullmatch(r"(\d{4}-\d\d-\d\d)  ?(.+)", line):
            lender.go_to(date.fromisoformat(found[1]))
            try:
                player.play(found[2].strip())
                lender.keeps_its_promises()
            except AssertionError as wrong:
                raise AssertionError(f"{name}, line {number}: {line}\n{wrong}") from wrong
