"""The whole house at work on a small simulated market, over a rail that loses answers, refuses and comes late."""

from datetime import date
from pathlib import Path

import pytest

from lender import broken_promises
from lendmill.credit import queries as credit
from lendmill.db import Database, run, scalar
from lendmill.insight.queries import portfolio
from lendmill.lab import main_job
from lendmill.lab.main_job import OtherDemonstration, OtherHouse, Scale
from lendmill.people.queries import house_day
from lendmill.settings import load

TODAY = date(2026, 3, 1)
MANNERS = ("--silent", "0.15", "--late", "0.1", "--refused", "0.05", "--wrong", "0.03")

MISHAPS = """
    select count(*) filter (where status = 'unknown' and tries > 1) > 0
       and count(*) filter (where status = 'failed') > 0
       and count(*) filter (where status = 'confirmed' and tries > 1) > 0
       and count(*) filter (where status = 'confirmed' and value_on > asked_on) > 0
      from instruction
"""


def test_the_main_job_keeps_every_promise_every_evening(database: Database, tmp_path: Path) -> None:
    settings = load({"LENDMILL_VAR": str(tmp_path)})
    evenings: list[date] = []

    def evening(day: date) -> None:
        evenings.append(day)
        with database.transaction() as db:
            broken_promises(db)
            run(db, "update instruction set next_try_at = now() where status = 'unknown'")

    with database.transaction() as db:
        run(db, "update house set today_on = %(day)s", day=date(2026, 1, 20))
    scale = Scale(sellers=130, season_days=40, rail_manners=MANNERS, evening=evening)
    main_job.run(database, settings, lambda *_: None, today=TODAY, scale=scale)

    assert evenings[0] == date(2026, 1, 20)
    assert len(evenings) == 41
    with database.transaction() as db:
        assert house_day(db) == TODAY
        book = portfolio(db, TODAY)
        assert book.drawn_loans > 20
        assert book.closed > 0
        assert scalar(db, MISHAPS), "the rail behaved too well for this test to mean anything"
        outcomes = {kept.outcome for kept in credit.every_decision(db)}
        assert outcomes >= {"approve", "decline"}
        approved = [kept for kept in credit.every_decision(db) if kept.outcome == "approve"]
        assert len(approved) > 10
        assert all(credit.replay(db, kept.decision_id).same for kept in approved)
        lines = scalar(db, "select count(*) from line_item")

    main_job.run(database, settings, lambda *_: None, today=date(2026, 6, 1), scale=scale)
    with database.transaction() as db:
        assert (house_day(db), scalar(db, "select count(*) from line_item")) == (TODAY, lines)
    with pytest.raises(OtherDemonstration):
        main_job.run_invoices(database, settings, _two_firms(tmp_path), lambda *_: None)
    with pytest.raises(OtherHouse):
        main_job.run(database, load({"LENDMILL_VAR": str(tmp_path / "other")}), lambda *_: None, today=TODAY)


def _two_firms(folder: Path) -> Path:
    made = folder / "firms"
    made.mkdir()
    (made / "firms.csv").write_text(
        "firm,name,rating,default\nE1,***贸易有限公司,A,0\nE2,***建材有限公司,D,1\n", "utf-8"
    )
    (made / "invoices.csv").write_text(INVOICES, "utf-8")
    return made


INVOICES = """\
firm,side,invoice_no,date,counterparty,amount,tax,total,void
E1,sale,1,2019-12-01,B1,100.00,13.00,113.00,0
E2,purchase,2,2019-12-02,A1,100.00,13.00,113.00,0
"""


FIRMS = Path(__file__).parents[3] / "shared" / "data" / "cumcm2020c"


@pytest.mark.skipif(not FIRMS.exists(), reason="the 425 firms' invoices are not on this machine")
def test_the_invoices_of_the_425_firms_go_through_to_drawn_loans_and_a_portfolio(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as db:
        run(db, "update house set today_on = '2020-01-22'")
    settings = load({"LENDMILL_VAR": str(tmp_path)})
    main_job.run_invoices(database, settings, FIRMS, lambda *_: None, scale=Scale(season_days=30))
    with database.transaction() as db:
        broken_promises(db)
        assert scalar(db, "select count(*) from borrower") == 425
        assert scalar(db, "select count(distinct borrower_id) from rating") == 425
        assert scalar(db, "select count(*) from offer") > 50
        assert scalar(db, "select count(*) from decision where outcome = 'approve'") > 40
        book = portfolio(db, house_day(db))
    assert (book.drawn_loans, book.outstanding_cents) > (40, 0)
