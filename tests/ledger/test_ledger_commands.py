"""The books on the command line: statements of account, a borrower's entries, and closing a period."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from play import DAY, MOVE, anything, paid_in
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from lendmill.cli.ledger import commands
from lendmill.db import Database, Db
from lendmill.ledger.accounts import Account
from lendmill.ledger.actions import ClosedAlready, post
from lendmill.ledger.entry import credit, debit
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account

JAN_2, JAN_3 = date(2026, 1, 2), date(2026, 1, 3)
DAYS_DONE = "insert into day_end_step (closes_on, step, counts) values ('2026-01-01', 'done', '{}')"
BY_HAND = """
    insert into line_item (entry_id, n, account, unit, amount, value_on, booked_on)
    select entry_id, 9, '1001', 'CNY', 5, booked_on, booked_on
      from entry
     where booked_on = '2026-01-01'
"""


@pytest.fixture
def lendmill(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs a command on a house at its second day, with capital from both days and something dated back."""

    def booked(db: Db) -> None:
        db.execute(DAYS_DONE)
        back = debit(Account.CASH, "CNY", 40), credit(Account.CAPITAL, "CNY", 40)
        post(db, [anything(*back, value_on=DAY, booked_on=JAN_2)])
        for role in (Role.FINANCE, Role.AUDITOR):
            open_account(db, sign_in_name=role.value, display_name=role.value, role=role, password="correct horse")

    database.act(paid_in, 100, DAY)
    database.act(paid_in, 20, JAN_2)
    database.act(booked)
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(commands, list(words))


def test_a_statement_of_account_is_told_line_by_line(lendmill: Callable[..., Result]) -> None:
    told = lendmill("ledger", "statement", "1001", "--first", str(JAN_2), "--last", str(JAN_2))
    assert told.exit_code == 0, told.output
    rows = list(csv.DictReader(told.output.splitlines()))
    assert [(row["booked_on"], row["value_on"], row["what"], row["amount"], row["balance"]) for row in rows] == [
        ("", "", "opening", "", "100"),
        (str(JAN_2), str(JAN_2), "capital paid in", "20", "120"),
        (str(JAN_2), str(DAY), "anything", "40", "160"),
        ("", "", "closing", "", "160"),
    ]


def test_the_books_are_closed_once_and_checked_afterwards(lendmill: Callable[..., Result], database: Database) -> None:
    done = lendmill("ledger", "close", str(DAY), "--by", "finance")
    assert done.exit_code == 0, done.output
    assert "Closed through 2026-01-01: 1 entry, fingerprint " in done.output
    assert isinstance(lendmill("ledger", "close", str(DAY), "--by", "finance").exception, ClosedAlready)
    checked = lendmill("ledger", "closings", "--check")
    assert checked.exit_code == 0
    assert "still so" in checked.output
    with database.transaction() as db:
        db.execute(BY_HAND)
    checked = lendmill("ledger", "closings", "--check")
    assert checked.exit_code == 1
    assert "THE BOOKS SAY SOMETHING ELSE NOW" in checked.output


@pytest.mark.parametrize("by", ["auditor", "nobody"])
def test_only_finance_closes_the_books(lendmill: Callable[..., Result], by: str) -> None:
    refused = lendmill("ledger", "close", str(DAY), "--by", by)
    assert refused.exit_code == 2
    assert f"{by} is nobody who may close the books" in " ".join(refused.output.split())
    assert "2026" not in lendmill("ledger", "closings").output


def test_the_trial_balance_of_a_past_day_is_told(lendmill: Callable[..., Result], database: Database) -> None:
    with database.transaction() as db:
        db.execute(MOVE, {"day": JAN_3})
    told = lendmill("trial-balance", "--as-of", str(DAY))
    assert told.exit_code == 0, told.output
    first = told.output.splitlines()[0]
    assert first.split() == ["1001", *["cash", "at", "the", "payment", "rail"], "存放支付渠道款项", "1.00000000", "CNY"]
