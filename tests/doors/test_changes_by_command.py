"""Changes of a loan on the command line: previewed, proposed, decided by a second person, listed."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from lender import Lender
from lendmill.cli import approvals, changes
from lendmill.db import Database
from lendmill.people.approvals.approval import OwnProposal
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account

WHY = ("--reason", "flood in the warehouse")


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with three members of staff."""
    lender = Lender(database).found()
    for role in (Role.COLLECTOR, Role.FINANCE, Role.RISK_OFFICER):
        database.act(
            open_account, sign_in_name=role.value, display_name=role.value, role=role, password="correct horse"
        )
    return lender


@pytest.fixture
def loan(lender: Lender) -> tuple[UUID, UUID]:
    """A borrower, whose shop is `shop-0`, and their loan of 7,000.00."""
    borrower_id, line_id = lender.borrower()
    return borrower_id, lender.draw(borrower_id, line_id, 700_000)


@pytest.fixture
def lendmill(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command on the house."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))

    def run(group: str, *words: object) -> Result:
        return CliRunner().invoke(
            {"changes": changes, "approvals": approvals}[group].commands, [group, *map(str, words)]
        )

    return run


def test_a_fee_is_previewed_then_charged_by_one_person(lender: Lender, loan, lendmill) -> None:  # type: ignore[no-untyped-def]
    borrower_id, loan_id = loan
    seen = lendmill("changes", "preview", "shop-0", loan_id, "charge_fee", "amount=20.00")
    assert re.search(r"^fees +0\.00 +20\.00  \*$", seen.output, re.MULTILINE), seen.output
    assert "one person is enough" in seen.output
    assert lender.loan(borrower_id, loan_id).fees_cents == 0
    for _ in range(2):
        made = lendmill("changes", "propose", "shop-0", loan_id, "charge_fee", "amount=20.00", "--by", "finance",
                        "--key", "a-fee", *WHY)  # fmt: skip
        assert made.exit_code == 0, made.output
        assert "made, one person is enough" in made.output
    assert lender.loan(borrower_id, loan_id).fees_cents == 2_000
    told = lendmill("changes", "list", "shop-0", loan_id).output
    assert "charged" in told
    assert "alone" in told


def test_a_write_off_waits_until_another_agrees(lender: Lender, loan, lendmill) -> None:  # type: ignore[no-untyped-def]
    borrower_id, loan_id = loan
    assert lendmill("approvals", "list").output == "Nothing waits.\n"
    asked = lendmill("changes", "propose", "shop-0", loan_id, "write_off", "--by", "finance", *WHY)
    found = re.search(r"approval (\S+): waits for a second person", asked.output)
    assert found, asked.output
    waiting = lendmill("approvals", "list").output
    assert found[1] in waiting
    assert "flood in the warehouse" in waiting
    own = lendmill("approvals", "approve", found[1], "--by", "finance")
    assert isinstance(own.exception, OwnProposal)
    done = lendmill("approvals", "approve", found[1], "--by", "risk-officer")
    assert "approved on 2026-01-01" in done.output
    assert lender.loan(borrower_id, loan_id).status == "written-off"
    assert lendmill("approvals", "list").output == "Nothing waits.\n"


def test_a_proposal_is_declined_with_a_reason_or_taken_back(lender: Lender, loan, lendmill) -> None:  # type: ignore[no-untyped-def]
    borrower_id, loan_id = loan
    for words, outcome in (
        (("decline", "--by", "risk-officer", "--reason", "they pay next week"), "declined"),
        (("withdraw", "--by", "collector"), "withdrawn"),
    ):
        asked = lendmill("changes", "propose", "shop-0", loan_id, "agree_settlement", "amount=6000",
                         "until_on=2026-02-01", "--by", "collector", *WHY)  # fmt: skip
        found = re.search(r"approval (\S+):", asked.output)
        assert found, asked.output
        assert outcome in lendmill("approvals", words[0], found[1], *words[1:]).output
    assert lender.loan(borrower_id, loan_id).settlement_until_on is None
    assert "they pay next week" in lendmill("changes", "list", "shop-0", loan_id).output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shop-9", "waive", "fees=1.00"), "No borrower runs a shop called shop-9"),
        (("shop-0", "waive", "fees"), "fees is no field"),
    ],
)
def test_what_cannot_be_read_is_told(loan, lendmill, words: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    shop, *change = words
    told = lendmill("changes", "preview", shop, loan[1], *change)
    assert told.exit_code == 2
    assert said in " ".join(told.output.split())


def test_every_kind_is_listed_with_who_may_propose_it(lendmill: Callable[..., Result]) -> None:
    told = lendmill("changes", "kinds").output
    assert re.search(r"^waive +fees penalty interest +one person up to 500\.00 +collector, risk-officer$", told, re.M)
    assert re.search(r"^write_off +- +two people +finance, risk-officer$", told, re.M)
