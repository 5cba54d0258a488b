"""Beginning to lend on one's own: the house opened, capital paid in, somebody let in, each by a command."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from lender import Lender
from lendmill.db import Database, scalar
from lendmill.funding.queries import available_cents
from lendmill.people.queries import shop_of
from lendmill.people.sign_in.actions import sign_in


@pytest.fixture
def lendmill(database_url: str, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Runs a command on the test's database; gives its exit code and what it said."""

    address = "postgresql:///?" + urlencode(conninfo_to_dict(database_url))

    def run(*words: str, stdin: str = "") -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "lendmill.cli", *words], input=stdin, capture_output=True, text=True, cwd=tmp_path,
            env={**os.environ, "LENDMILL_DATABASE_URL": address, "LENDMILL_VAR": str(tmp_path / "var")},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_house_is_opened_with_capital_and_the_shipped_terms(lendmill, database: Database) -> None:  # type: ignore[no-untyped-def]
    code, said = lendmill("open-house", "--on", "2026-03-01", "--capital", "1,000,000")
    assert (code, said.splitlines()[0]) == (0, "The house's day is 2026-01-01; 1,000,000.00 paid in.")
    assert "keeps its day" in said
    with database.transaction() as db:
        assert available_cents(db) == 500_000_000  # leverage 1 + 4 in the current licence profile
        assert scalar(db, "select count(*) from product_version") == 2
        assert scalar(db, "select count(*) from policy_version") == 1
    assert lendmill("open-house", "--on", "2026-03-01")[0] == 0
    with database.transaction() as db:
        assert available_cents(db) == 500_000_000


def test_a_seller_is_let_in_by_the_shops_name(lendmill, database: Database) -> None:  # type: ignore[no-untyped-def]
    lender = Lender(database).found()
    borrower_id, _ = lender.borrower()
    with database.transaction() as db:
        shop = shop_of(db, borrower_id)
    assert shop is not None
    code, said = lendmill("open-account", "mei", "--role", "seller", "--shop", shop.shop_key, stdin="a long secret\n")
    assert (code, said) == (0, "mei can sign in.\n")
    caller, _ = database.act(sign_in, sign_in_name="mei", password="a long secret")
    assert caller.borrower_id == borrower_id


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lendmill.cli", "portfolio"], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "LENDMILL_VAR": "/dev/null/lendmill"},
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("open-account", "mei", "--role", "boss"), "boss is not a role"),
        (("open-account", "mei", "--role", "seller"), "name it with --shop"),
        (("open-account", "mei", "--role", "admin", "--shop", "s"), "only a seller's"),
        (("open-account", "mei", "--role", "seller", "--shop", "nowhere"), "No borrower runs a shop called nowhere"),
        (("open-account", "mei", "--role", "admin"), "A password needs at least"),
        (("open-house", "--on", "2026-03-01", "--capital", "lots"), "is not an amount of money"),
        (("open-house", "--on", "2026-03-01", "--capital", "5", "--licence", "mine"), "is not a licence profile"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(lendmill, words: tuple[str, ...], sentence: str) -> None:  # type: ignore[no-untyped-def]
    code, said = lendmill(*words, stdin="short\n")
    assert code == 2
    assert sentence in " ".join(said.replace("│", " ").split())
    assert "Traceback" not in said
