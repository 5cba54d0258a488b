"""Adjustments take two people, count from their day to their end, and are read as they were known on the day."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import CheckViolation, InsufficientPrivilege

from lendmill import ids
from lendmill.cli import adjustments as commands
from lendmill.db import Database
from lendmill.people.approvals.approval import DecidedAlready, NotTheProposer, OwnProposal
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.rating.adjusting import actions, queries
from lendmill.rating.adjusting.table import (
    Adjustment,
    AdjustmentOver,
    AdjustsEverybody,
    AdjustsThePast,
    NobodyConcerned,
    NoNearEnd,
    NoSoonerEnd,
    NoSuchAdjustment,
    NotExplained,
    NotYourAdjustment,
    PointsOutOfReach,
)
from lendmill.refusals import Refusal

TODAY = date(2026, 1, 1)
ASKED: dict[str, Any] = {
    "industry": "toys", "region": None, "points": -15, "from_on": date(2026, 1, 10), "until_on": date(2026, 6, 30),
    "reason": "Export duty of 25 % from January.", "source": "Customs tariff commission, notice 12",
}  # fmt: skip


ADD = """
    insert into account (account_id, sign_in_name, display_name, role, password_hash)
    values (%s, %s, %s, %s, 'none')
"""
BORROWER = """
    insert into borrower (borrower_id, kind, display_name, industry, region)
    values (%s, 'firm', 'a shop', 'toys', '浙江')
"""
DECIDE_ALONE = """
    insert into rating_adjustment_decision
        (adjustment_id, proposed_by, outcome, decided_by, decided_role, decided_on)
    values (%s, %s, 'approved', %s, 'risk-officer', '2026-01-01')
"""


@pytest.fixture
def people(database: Database) -> dict[str, Caller]:
    roles = {"ann": Role.ANALYST, "bob": Role.RISK_OFFICER, "cy": Role.RISK_OFFICER, "al": Role.AUDITOR}
    made = {name: Caller(ids.new(), name, role, None) for name, role in roles.items()}
    with database.transaction() as db:
        for name, caller in made.items():
            db.execute(ADD, [caller.account_id, name, name, caller.role.value])
        db.execute(BORROWER, [ids.new()])
    return made


def proposed(database: Database, by: Caller, today: date = TODAY, **changed: Any) -> Adjustment:
    return database.act(actions.propose, by=by, today=today, **{**ASKED, **changed})


def decided(
    database: Database,
    adjustment: Adjustment,
    by: Caller,
    outcome: str = "approved",
    today: date = TODAY,
    reason: str = "",
) -> Adjustment:
    return database.act(
        actions.decide, adjustment_id=adjustment.adjustment_id, outcome=outcome, by=by, today=today, reason=reason
    )


def in_force(database: Database, on: date) -> list[UUID]:
    with database.transaction() as db:
        return [each.adjustment_id for each in queries.in_force(db, on)]


def test_an_adjustment_counts_from_its_first_day_to_its_last_once_another_agreed(
    database: Database, people: dict[str, Caller]
) -> None:
    made = proposed(database, people["ann"])
    assert (made.state(TODAY), in_force(database, date(2026, 1, 10))) == ("waiting", [])
    with pytest.raises(OwnProposal):
        decided(database, proposed(database, people["bob"], points=5), people["bob"])
    agreed = decided(database, made, people["bob"])
    assert (agreed.state(TODAY), agreed.state(date(2026, 1, 10)), agreed.state(date(2026, 7, 1))) == (
        "to come",
        "in force",
        "over",
    )
    assert [bool(in_force(database, date(2026, *day))) for day in ((1, 9), (1, 10), (6, 30), (7, 1))] == [
        False,
        True,
        True,
        False,
    ]


def test_a_day_is_read_as_it_was_known_then(database: Database, people: dict[str, Caller]) -> None:
    made = proposed(database, people["ann"])
    decided(database, made, people["bob"], today=date(2026, 1, 20))
    assert in_force(database, date(2026, 1, 19)) == [], "agreed a day later: that day's ratings stay as they were"
    assert in_force(database, date(2026, 1, 20)) == [made.adjustment_id]

    ends = {"adjustment_id": made.adjustment_id, "until_on": date(2026, 2, 10), "reason": "The duty was lifted."}
    end = database.act(actions.propose_end, by=people["ann"], today=date(2026, 2, 1), **ends)
    assert in_force(database, date(2026, 2, 11)) == [made.adjustment_id], "an end takes another person too"
    decided(database, end, people["cy"], today=date(2026, 2, 10))
    decided(database, end, people["cy"], today=date(2026, 2, 12))
    assert in_force(database, date(2026, 2, 10)) == [made.adjustment_id]
    assert in_force(database, date(2026, 2, 11)) == []
    with database.transaction() as db:
        assert queries.adjustment(db, made.adjustment_id).state(date(2026, 2, 12)) == "ended"
    with pytest.raises(AdjustmentOver):
        database.act(
            actions.propose_end, by=people["ann"], today=date(2026, 2, 12), **(ends | {"until_on": date(2026, 3, 1)})
        )


def test_an_end_whose_day_went_by_before_it_was_agreed_is_proposed_anew(
    database: Database, people: dict[str, Caller]
) -> None:
    made = proposed(database, people["ann"])
    decided(database, made, people["bob"], today=date(2026, 1, 20))
    ends = {"adjustment_id": made.adjustment_id, "reason": "The duty was lifted.", "by": people["ann"]}
    late = database.act(actions.propose_end, until_on=date(2026, 2, 10), today=date(2026, 2, 1), **ends)
    with pytest.raises(NoSoonerEnd, match="2026-02-11 or later"):
        decided(database, late, people["cy"], today=date(2026, 2, 11))
    assert in_force(database, date(2026, 2, 11)) == [made.adjustment_id]
    decided(database, late, people["cy"], "declined", today=date(2026, 2, 11), reason="Its day went by.")
    anew = database.act(actions.propose_end, until_on=date(2026, 2, 11), today=date(2026, 2, 11), **ends)
    decided(database, anew, people["cy"], today=date(2026, 2, 11))
    assert in_force(database, date(2026, 2, 12)) == []


def test_a_decision_is_made_once(database: Database, people: dict[str, Caller]) -> None:
    made = proposed(database, people["ann"])
    declined = decided(database, made, people["bob"], "declined", reason="The notice was withdrawn.")
    assert (declined.outcome, declined.decided_why) == ("declined", "The notice was withdrawn.")
    assert decided(database, made, people["bob"], "declined", reason="The notice was withdrawn.") == declined
    with pytest.raises(DecidedAlready):
        decided(database, made, people["cy"])
    assert in_force(database, date(2026, 3, 1)) == []


def test_who_proposed_can_withdraw_and_nobody_else(database: Database, people: dict[str, Caller]) -> None:
    made = proposed(database, people["ann"])
    with pytest.raises(NotTheProposer):
        decided(database, made, people["bob"], "withdrawn")
    assert decided(database, made, people["ann"], "withdrawn").state(TODAY) == "withdrawn"


def test_the_same_proposal_sent_twice_is_one_while_it_waits(database: Database, people: dict[str, Caller]) -> None:
    first = proposed(database, people["ann"])
    assert proposed(database, people["ann"]) == first
    assert proposed(database, people["ann"], points=-14) != first
    decided(database, first, people["bob"], "declined", reason="Not convincing enough.")
    assert proposed(database, people["ann"]).adjustment_id != first.adjustment_id


REFUSED: tuple[tuple[dict[str, Any], type[Refusal]], ...] = (
    ({"industry": None}, AdjustsEverybody),
    ({"industry": "toy"}, NobodyConcerned),
    ({"region": "广东"}, NobodyConcerned),
    ({"points": 0}, PointsOutOfReach),
    ({"points": 41}, PointsOutOfReach),
    ({"from_on": date(2025, 12, 31)}, AdjustsThePast),
    ({"until_on": None}, NoNearEnd),
    ({"until_on": date(2026, 1, 9)}, NoNearEnd),
    ({"until_on": date(2027, 1, 11)}, NoNearEnd),
    ({"reason": "because"}, NotExplained),
    ({"source": " "}, NotExplained),
)


def test_what_is_refused_writes_nothing(database: Database, people: dict[str, Caller]) -> None:
    for changed, refusal in REFUSED:
        with pytest.raises(refusal):
            proposed(database, people["ann"], **changed)
    with database.transaction() as db:
        assert queries.adjustments(db) == []


def test_roles_are_held_to_their_work(database: Database, people: dict[str, Caller]) -> None:
    with pytest.raises(NotYourAdjustment):
        proposed(database, people["al"])
    made = proposed(database, people["bob"])
    for name in ("ann", "al"):
        with pytest.raises(NotYourAdjustment):
            decided(database, made, people[name])
    with pytest.raises(NoSuchAdjustment):
        database.act(actions.decide, adjustment_id=UUID(int=1), outcome="approved", by=people["cy"], today=TODAY)
    decided(database, made, people["cy"])
    with pytest.raises(NoSoonerEnd):
        database.act(
            actions.propose_end, adjustment_id=made.adjustment_id, until_on=date(2026, 6, 30), reason="It is over.",
            by=people["ann"], today=TODAY,
        )  # fmt: skip


def test_the_database_itself_keeps_one_person_from_deciding_alone(
    database: Database, people: dict[str, Caller]
) -> None:
    made = proposed(database, people["bob"])
    bob = people["bob"].account_id
    with pytest.raises(CheckViolation), database.transaction() as db:
        db.execute(DECIDE_ALONE, [made.adjustment_id, bob, bob])
    for statement in ("update rating_adjustment set points = 1", "delete from rating_adjustment_decision"):
        with pytest.raises(InsufficientPrivilege), database.transaction() as db:
            db.execute(statement)


@pytest.mark.usefixtures("people")
def test_commands_propose_list_and_agree(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path))
    commands.list_all()
    assert capsys.readouterr().out == "There is none.\n"
    first, last = "2026-01-01", "2026-03-31"
    asked: dict[str, Any] = {"points": -8, "reason": ASKED["reason"], "source": ASKED["source"], "region": "浙江"}
    commands.add(**asked, from_on=first, until_on=last, by="ann", industry="")
    told = capsys.readouterr().out
    assert "waiting  -8 points  浙江  2026-01-01 to 2026-03-31" in told
    adjustment_id = UUID(told.split()[0])
    commands.approve(adjustment_id, by="bob")
    assert "in force" in capsys.readouterr().out
    commands.end(adjustment_id, "2026-02-01", reason="It is over sooner.", by="ann")
    end_id = UUID(capsys.readouterr().out.split()[0])
    commands.decline(end_id, by="cy", reason="It is not over yet.")
    commands.list_all(in_force=True)
    assert "approved by bob on 2026-01-01" in capsys.readouterr().out
    with pytest.raises(OwnProposal):
        commands.approve(end_id, by="ann")


def test_a_form_clicked_twice_at_once_proposes_once(database: Database, people: dict[str, Caller]) -> None:
    with ThreadPoolExecutor(1) as other_click:
        with database.transaction() as db:
            first = actions.propose(db, by=people["ann"], today=TODAY, **ASKED)
            second = other_click.submit(proposed, database, people["ann"])
            with suppress(TimeoutError):
                second.result(timeout=0.5)
        assert second.result(timeout=20).adjustment_id == first.adjustment_id
