"""Loans told day by day in plain text, played on a real house; all promises are checked after each line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from lender import Lender
from lendmill.db import Database, scalar
from lendmill.loans import queries
from lendmill.loans.receipts.queries import ReceiptView
from lendmill.money import cents
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

    def pay(self, amount: str, name: str | None, way: str | None, day: str | None) -> None:
        """Money comes in."""
        self.last = self.lender.pay(
            self.borrower_id, cents(amount), date.fromisoformat(day) if day else None,
            self.loans[name].loan_id if name else None, "prepay" if way else "next-due",
        )  # fmt: skip

    def settled(self, listed: str) -> None:
        """What the last payment settled."""
        assert self.last is not None
        found = {
            "interest": self.last.interest_cents, "penalty": self.last.penalty_cents, "fees": self.last.fees_cents,
            "principal": self.last.principal_cents, "back": self.last.refunded_cents,
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

    def late(self, name: str, days: str) -> None:
        """How many days past due a loan is."""
        assert self.lender.loan(self.borrower_id, self.loans[name].loan_id).days_past_due == int(days)

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

DRAW = rf"({AMOUNT}) (on-demand|interest-first) for (\d+) months?"
VERBS: list[tuple[str, Callable[..., None]]] = [
    (rf"draws {DRAW} as (\w+)", Player.draw),
    (rf"asks for {DRAW} as (\w+)", Player.ask),
    (rf"is refused {DRAW}: ([\w-]+)", Player.refused),
    (r"rail says (confirmed|failed|unknown) for (\w+)(?: dated (\S+))?", Player.rail),
    (rf"pays ({AMOUNT})(?: on (\w+))?( ahead from the end)?(?: dated (\S+))?", Player.pay),
    (rf"which settles ((?:\w+ {AMOUNT}(?:, )?)+)", Player.settled),
    (rf"(\w+) owes ((?:\w+ {AMOUNT}(?:, )?)+)", Player.owes),
    (r"(\w+) is (\d+) days? late", Player.late),
    (r"(\w+) is (paying|running|closed|failed)", Player.stands),
    (r"(\w+) was closed on (\S+)", Player.ended),
    (rf"({AMOUNT}) left to draw", Player.left),
    (rf"({AMOUNT}) sent back", Player.back),
]


def _amounts(listed: str) -> dict[str, int]:
    return {name: cents(amount) for name, amount in re.findall(rf"(\w+) ({AMOUNT})", listed)}


def test_there_are_stories() -> None:
    assert len(STORIES) >= 8


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story(path: Path, database: Database) -> None:
    _play(path.name, path.read_text(encoding="utf-8"), database)


def test_the_life_of_one_loan_in_the_readme_is_true(database: Database) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (story,) = re.findall(r"^```story\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    _play("README.md", story, database)


def _play(name: str, text: str, database: Database) -> None:
    told = [line.strip() for line in text.splitlines()]
    limit = next(re.fullmatch(rf"A line of ({AMOUNT})\.", line) for line in told if line.startswith("A line of"))
    assert limit is not None
    lender = Lender(database).found()
    player = Player(lender, *lender.borrower(cents(limit[1])))
    for number, line in enumerate(told, start=1):
        if found := re.fullmatch(r"(\d{4}-\d\d-\d\d)  ?(.+)", line):
            lender.go_to(date.fromisoformat(found[1]))
            try:
                player.play(found[2].strip())
                lender.keeps_its_promises()
            except AssertionError as wrong:
                raise AssertionError(f"{name}, line {number}: {line}\n{wrong}") from wrong
