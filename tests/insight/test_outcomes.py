"""The rating learns what became of the borrowers it let through: once, by the definition, and not from the shadow."""

import hashlib
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import polars as pl
import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege
from rating_cards import DOUBLING, PAIR, SMALL
from staff import Staff

from lender import Introduced, Lender
from lendmill import ids
from lendmill.credit.actions import publish_policy
from lendmill.credit.queries import preset_policy
from lendmill.db import Database, many, scalar
from lendmill.features.actions import keep_snapshot
from lendmill.insight.outcomes import queries
from lendmill.insight.outcomes.actions import note_outcomes, watch_model, watch_models
from lendmill.loans.changes import WriteOff
from lendmill.people.actions import register_borrower
from lendmill.people.approvals.rules import ReasonMissing
from lendmill.people.roles import Role
from lendmill.rating import actions as rating
from lendmill.rating import queries as ratings
from lendmill.rating.card import Band
from lendmill.rating.registry.actions import first_live, move
from lendmill.rating.registry.stages import NotTheirWork
from lendmill.rating.watching import queries as watched
from lendmill.rating.watching.actions import set_level
from lendmill.rating.watching.alarms import AlarmLevel
from lendmill.rating.watching.ripening import MonthCount

FIRST_ON, LATE_ON = date(2026, 1, 1), date(2026, 5, 3)  # due on 1 February, the 91st day past due is 3 May
CARD = msgspec.structs.replace(
    SMALL,
    start=SMALL.start - 2 * DOUBLING,  # good shops stand at 600 points, bad ones at 510
    bands=(Band(None, 40, 20, 0.3, 0.6), Band(580, 60, 10, 0.1, 0.3), Band(640, 100, 1, 0.0, 0.05)),
)
REPORT = {
    "auc": {"value": 0.8, "low": 0.75, "high": 0.85},
    "kept": [{"feature": "refund_share", "bins": [
        {"bin": "< 0.1", "goods": 160, "bads": 10}, {"bin": ">= 0.1", "goods": 10, "bads": 20},
    ]}],
}  # fmt: skip

DECISION = """
    insert into decision (decision_id, borrower_id, product_key, outcome, reasons, content, content_hash, decided_on)
    values (%s, %s, 'credit-line', %s, '[]', %s, %s, %s)
"""


@dataclass(frozen=True)
class Outcome:
    """A row of the outcomes."""

    borrower_id: UUID
    model_id: str
    pd: float
    defaulted: bool
    cause: str
    known_on: date


NOTED = "select array_agg(step order by done_at) from day_end_step where closes_on = %(day)s"
OUTCOMES = "select borrower_id, model_id, pd, defaulted, cause, known_on from outcome order by decision_id"


class Book:
    """A lender whose decisions were made on a card's word."""

    def __init__(self, database: Database) -> None:
        self.database, self.lender = database, Lender(database).found()
        self.model_id = database.act(rating.keep_model, CARD, REPORT)
        database.act(first_live, self.model_id, today=FIRST_ON)
        database.act(publish_policy, preset_policy(), today=FIRST_ON)

    def lends(
        self, decided_on: date = FIRST_ON, pd: float = 0.1, *, draws: bool = True, outcome: str = "approve"
    ) -> tuple[UUID, UUID | None]:
        """A borrower approved on a day, who draws on 1 January for a month."""
        borrower_id, line_id = self.lender.borrower()
        with self.database.transaction() as db:
            (decision_id,) = db.execute("select decision_id from line where line_id = %s", [line_id]).fetchone() or ()
            said = {"rating_id": str(ids.new()), "model_id": self.model_id, "points": 560, "pd": pd}
            content = json.dumps({"case": {"rating": said}})
            digest = hashlib.sha256(content.encode()).hexdigest()
            db.execute(DECISION, [decision_id, borrower_id, outcome, content, digest, decided_on])
        return borrower_id, self.lender.draw(borrower_id, line_id, 700_000) if draws else None

    def note(self, today: date) -> dict[str, int]:
        """Note what is known on a day."""
        return self.database.act(note_outcomes, today=today)

    def noted(self, day: date) -> list[str]:
        """The steps done at the end of a day, in order."""
        with self.database.transaction() as db:
            return list(scalar(db, NOTED, day=day))

    def outcomes(self) -> dict[UUID, tuple[bool, str, date]]:
        """What is noted, by borrower."""
        with self.database.transaction() as db:
            return {
                each.borrower_id: (each.defaulted, each.cause, each.known_on) for each in many(db, Outcome, OUTCOMES)
            }


@pytest.fixture
def book(database: Database) -> Book:
    """The book."""
    return Book(database)


def test_the_night_notes_a_default_on_the_91st_day_and_never_again(book: Book) -> None:
    late, _ = book.lends()
    book.lends(draws=False)
    book.lender.go_to(LATE_ON - timedelta(days=1))
    assert book.outcomes() == {}
    book.lender.go_to(LATE_ON)
    assert book.outcomes() == {late: (True, "late", LATE_ON)}
    assert book.note(LATE_ON) == {"defaults": 0, "paid": 0}
    book.lender.pay(late, 2_000_000)
    assert book.note(date(2027, 2, 1)) == {"defaults": 0, "paid": 0}
    assert book.outcomes() == {late: (True, "late", LATE_ON)}


def test_an_offer_of_less_that_was_taken_has_its_outcome_too(book: Book) -> None:
    late, _ = book.lends(outcome="counter")
    book.lends(outcome="counter", draws=False)
    book.lender.go_to(LATE_ON)
    assert book.outcomes() == {late: (True, "late", LATE_ON)}


NIGHT = """
import sys
from datetime import date
from lendmill.day_end import day_end
from lendmill.db import Database
with Database(sys.argv[1]) as database:
    day_end(database, through=date.fromisoformat(sys.argv[2]))
"""
HOLD_UP = """
    create function held_up() returns trigger language plpgsql
        as 'begin perform pg_advisory_xact_lock(7); return new; end';
    create trigger obstacle before insert on outcome for each row execute function held_up()
"""
HELD_UP = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"


def test_killed_while_it_notes_outcomes_the_night_notes_them_when_it_is_run_again(book: Book) -> None:
    late, _ = book.lends()
    night = LATE_ON - timedelta(days=1)
    book.lender.go_to(night)
    with psycopg.connect(book.database.url, autocommit=True) as owner:
        owner.execute(HOLD_UP)
        owner.execute("select pg_advisory_lock(7)")
        with subprocess.Popen([sys.executable, "-c", NIGHT, book.database.url, night.isoformat()]) as closing:
            while owner.execute(HELD_UP).fetchone() != (True,):
                with suppress(subprocess.TimeoutExpired):
                    pytest.fail(f"the night was over before it could be killed: {closing.wait(0.05)}")
            closing.kill()
        owner.execute("select pg_advisory_unlock(7)")
        assert (book.outcomes(), book.noted(night)) == ({}, ["cut-over", "plan", "bring-up", "accrue", "funding"])
        owner.execute("drop trigger obstacle on outcome")
    book.lender.go_to(LATE_ON)
    assert book.outcomes() == {late: (True, "late", LATE_ON)}
    assert book.noted(night)[5:] == ["outcomes", "watch", "limits", "shadow", "done"]
    book.lender.keeps_its_promises()


def test_a_write_off_before_that_day_is_a_default_of_its_own_cause(book: Book) -> None:
    borrower_id, loan_id = book.lends()
    assert loan_id is not None
    book.lender.go_to(date(2026, 3, 1))
    book.lender.change(borrower_id, loan_id, WriteOff())
    assert book.note(date(2026, 3, 1)) == {"defaults": 1, "paid": 0}
    assert book.outcomes() == {borrower_id: (True, "written-off", date(2026, 3, 1))}


def test_a_default_after_twelve_months_does_not_count_and_one_on_the_last_day_does(book: Book) -> None:
    year_before = date(2025, 5, 3)
    outside, inside = book.lends(year_before)[0], book.lends(year_before + timedelta(days=1))[0]
    book.lender.go_to(LATE_ON)
    assert book.outcomes() == {outside: (False, "", LATE_ON), inside: (True, "late", LATE_ON)}


def test_who_paid_is_noted_when_twelve_months_are_over_if_they_drew(book: Book) -> None:
    good = book.lends()[0]
    book.lends(draws=False)
    assert book.note(date(2026, 12, 31)) == {"defaults": 0, "paid": 0}
    assert book.note(date(2027, 1, 1)) == {"defaults": 0, "paid": 1}
    assert book.outcomes() == {good: (False, "", date(2027, 1, 1))}
    assert book.note(date(2027, 1, 1)) == {"defaults": 0, "paid": 0}


def test_decisions_still_open_are_counted_by_month_with_what_they_were_given(book: Book) -> None:
    book.lends(date(2025, 12, 1), pd=0.1)
    book.lends(date(2025, 12, 31), pd=0.3)
    book.lends(FIRST_ON, pd=0.05)
    book.lends(FIRST_ON, draws=False)
    with book.database.transaction() as db:
        assert queries.open_months(db, book.model_id, FIRST_ON) == [
            MonthCount(date(2025, 12, 1), 2, pytest.approx(0.2), 0), MonthCount(FIRST_ON, 1, 0.05, 0),
        ]  # fmt: skip
        assert queries.open_months(db, "another", FIRST_ON) == []


def test_outcomes_are_never_changed_and_a_default_has_a_cause(book: Book) -> None:
    book.lends()
    book.note(date(2027, 1, 1))
    for statement in ("update outcome set defaulted = true", "delete from outcome"):
        with pytest.raises(InsufficientPrivilege), book.database.transaction() as db:
            db.execute(statement.encode())
    with book.database.transaction() as db:
        db.execute("reset role")
        with pytest.raises(CheckViolation), db.transaction():
            db.execute("update outcome set defaulted = true")


def shops(book: Book, good: int, bad: int, rated_on: date = FIRST_ON) -> None:
    """Sellers whose shops are rated on a day by the live card and whatever is in its shadow."""
    keys = [f"shop-of-{n}" for n in range(good + bad)]
    for n, key in enumerate(keys):
        seller = Introduced(key, region="浙江" if n % 2 else "广东", kind="firm" if n < good else "person")
        book.database.act(register_borrower, seller=seller, today=FIRST_ON)
    frame = pl.DataFrame(
        {
            "shop_key": keys,
            "months_active": [20.0] * good + [1.0] * bad,
            "refund_share": [0.05] * good + [0.5] * bad,
            "sales_net_365": [50_000.0] * good + [500_000.0] * bad,
        }
    )
    snapshot_id = book.database.act(keep_snapshot, frame, as_of_on=rated_on)
    book.database.act(rating.rate_all, CARD, frame, today=rated_on, snapshot_id=snapshot_id)


def test_the_figures_of_a_card_are_worked_out_and_kept(book: Book) -> None:
    shops(book, good=60, bad=40)
    book.lends(date(2024, 12, 1), pd=0.2)
    book.note(FIRST_ON)
    found = book.database.act(watch_model, today=FIRST_ON, model_id=book.model_id)
    told = {(each.figure, each.about): each for each in found}
    assert told["unknown", ""].value == 0
    assert (told["psi", ""].counted, told["psi", ""].alarm) == (100, "alarm")
    assert (told["csi", "refund_share"].counted, told["csi", "refund_share"].alarm) == (100, "alarm")
    assert told["calibration", "2024-12"].expected == pytest.approx(0.2)
    assert (told["auc", ""].value, told["auc", ""].counted) == (None, 1)
    assert (told["impact", "kind: person"].value, told["impact", "kind: person"].alarm) == (0.0, "alarm")
    assert told["impact", "region: 浙江"].counted == 50
    assert told["approval", "size: below 100,000"].value == 1
    assert told["impact", "size: 100,000 to 1 million"].value == 0
    assert (told["protected", ""].value, told["protected", ""].alarm) == (0, "")
    with book.database.transaction() as db:
        assert watched.last_watched(db, book.model_id) == FIRST_ON
        kept = {(each.figure, each.about): each for each in watched.figures(db, book.model_id, FIRST_ON)}
    assert kept == told


def test_figures_worked_out_again_take_the_place_of_the_days_and_other_days_stay(book: Book) -> None:
    shops(book, good=60, bad=0)
    later = FIRST_ON + timedelta(days=30)
    for today in (FIRST_ON, FIRST_ON, later):
        book.database.act(watch_models, today=today)
    with book.database.transaction() as db:
        psi = watched.history(db, book.model_id, "psi")
    assert [each.watched_on for each in psi] == [FIRST_ON, later]
    assert psi[0].value == psi[1].value


def test_the_night_watches_a_card_that_rated_since_and_each_card_once_a_month(book: Book) -> None:
    days = "select array_agg(distinct watched_on order by watched_on) from model_watch"
    book.lender.go_to(date(2026, 1, 3))
    with book.database.transaction() as db:
        assert scalar(db, days) == [date(2026, 1, 2)], "a card of which nothing is kept is watched at once"
    shops(book, good=40, bad=40, rated_on=date(2026, 1, 3))
    book.lender.go_to(date(2026, 2, 2))
    with book.database.transaction() as db:
        assert scalar(db, days) == [date(2026, 1, 2), date(2026, 1, 4), date(2026, 2, 1)]
        (psi,) = {each.alarm for each in watched.history(db, book.model_id, "psi")}
        told = {row[0]: row[1] for row in db.execute(
            "select closes_on, counts from day_end_step where step = 'watch' and counts ->> 'cards' = '1'"
        )}  # fmt: skip
    assert psi == "alarm"
    assert [told[on]["alarms"] > 0 for on in sorted(told)] == [False, True, True]


def test_a_house_without_a_policy_closes_its_days_though_a_card_is_live(database: Database) -> None:
    lender = Lender(database).found()
    database.act(first_live, database.act(rating.keep_model, CARD, REPORT), today=FIRST_ON)
    lender.go_to(date(2026, 1, 2))
    with database.transaction() as db:
        assert scalar(db, "select counts from day_end_step where step = 'watch'") == {"cards": 1, "alarms": 0}


def test_a_card_in_the_shadow_is_watched_by_what_it_would_have_said(book: Book) -> None:
    tried = book.database.act(rating.keep_model, msgspec.structs.replace(PAIR, bands=CARD.bands), REPORT)
    analyst = Staff(book.database).member(Role.ANALYST)
    book.database.act(move, model_id=tried, to_stage="shadow", reason="to be tried", by=analyst, today=FIRST_ON)
    shops(book, good=40, bad=40)
    found = book.database.act(watch_models, today=FIRST_ON)
    assert set(found) == {book.model_id, tried}
    told = {(each.figure, each.about): each for each in found[tried]}
    assert told["psi", ""].counted == 80
    live = {(each.figure, each.about): each for each in found[book.model_id]}
    assert told["csi", "refund_share"] == live["csi", "refund_share"], "two cards that read one table alike"
    with book.database.transaction() as db:
        both = watched.points_count(db, tried, FIRST_ON)
        model = ratings.model(db, tried)
    sellers = ({"months_active": 20.0, "refund_share": 0.05}, {"months_active": 1.0, "refund_share": 0.5})
    assert both == {model.card.rate(facts).points: 40 for facts in sellers}


def test_a_house_sets_its_own_levels_with_a_reason(book: Book) -> None:
    staff = Staff(book.database)
    officer, analyst = staff.member(Role.RISK_OFFICER), staff.member(Role.ANALYST)
    asked = {"figure": "psi", "watch": 9.0, "alarm": 10.0, "reason": "a young house", "today": FIRST_ON}
    for wrong, refusal in (({"by": analyst}, NotTheirWork), ({"by": officer, "reason": ""}, ReasonMissing)):
        with pytest.raises(refusal):
            book.database.act(set_level, **{**asked, **wrong})  # type: ignore[arg-type]
    assert book.database.act(set_level, by=officer, **asked) == AlarmLevel("psi", 9.0, 10.0)  # type: ignore[arg-type]
    shops(book, good=60, bad=40)
    found = book.database.act(watch_model, today=FIRST_ON, model_id=book.model_id)
    assert next(each.alarm for each in found if each.figure == "psi") == ""
    with book.database.transaction() as db:
        assert watched.levels(db)["psi"].watch == 9.0
        assert watched.levels(db)["csi"].watch == 0.1


def test_the_definition_of_default_is_the_houses_own() -> None:
    domain = Path(__file__).parents[2] / "docs" / "words.md"
    assert f"{queries.DEFAULT_FROM_DAYS} contractual days past due" in domain.read_text(encoding="utf-8")
