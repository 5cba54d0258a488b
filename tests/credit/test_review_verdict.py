"""A person's decision: within what nobody may pass, alone or with a second person, kept, replayed, and done once."""

from itertools import count
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from credit_cases import TODAY
from test_review_desk import applied, happened, the_case

from crowd import at_once
from lendmill.credit.counters.actions import accept_counter_offer
from lendmill.credit.decisions.queries import decision, decisions_of, replay
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.notices.queries import notices_of
from lendmill.credit.review import actions as desk
from lendmill.credit.review.case import ReviewDecided, ReviewedByPerson, ReviewNotTaken
from lendmill.credit.review.verdict import actions
from lendmill.credit.review.verdict.actions import LineStands
from lendmill.credit.review.verdict.bounds import AmountOutOfBounds, MonthsOutOfBounds, NoPersonMayGrant
from lendmill.credit.review.verdict.judging import InterviewNeeded
from lendmill.credit.review.verdict.review import Verdict
from lendmill.db import Database
from lendmill.people.approvals.approval import Approval, OwnProposal
from lendmill.people.command import Command
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from people.staff import Staff

GRANT = Verdict(
    outcome="approve", reasons=("season",), words="The quarter is always quiet.", amount_cents=200_000, months_max=3
)
NO = Verdict(outcome="decline", reasons=("plan-not-carried",), words="No plan for the money.")


@pytest.fixture
def analyst(house: Database) -> Caller:
    return Staff(house).member(Role.ANALYST)


@pytest.fixture
def officer(house: Database) -> Caller:
    return Staff(house, names=count(50)).member(Role.RISK_OFFICER)


def taken(house: Database, case_id: UUID, by: Caller) -> UUID:
    """The file is with this reviewer."""
    house.act(desk.take, case_id=case_id, by=by, today=TODAY)
    return case_id


def decided(house: Database, case_id: UUID, by: Caller, verdict: Verdict = GRANT, key: str = "") -> Approval:
    """The reviewer decides."""
    key = key or str(uuid4())
    return house.act(
        actions.give_verdict, command=Command.of(key, **msgspec.to_builtins(verdict)), case_id=case_id,
        verdict=verdict, by=by, today=TODAY,
    )  # fmt: skip


def confirmed(house: Database, proposal: Approval, by: Caller) -> Approval:
    """A second person agrees."""
    return house.act(
        actions.confirm, command=Command.of(str(uuid4())), approval_id=proposal.approval_id, by=by, today=TODAY
    )


def changed(**fields: Any) -> Verdict:
    return msgspec.structs.replace(GRANT, **fields)


def rows(house: Database) -> tuple[int, ...]:
    tables = ("decision", "line", "review_verdict", "notice", "approval")
    with house.transaction() as db:
        return tuple(db.execute(f"select count(*) from {table}").fetchone()[0] for table in tables)  # type: ignore[index]


def test_a_grant_within_ones_limit_is_a_decision_of_its_own_and_opens_the_line(
    house: Database, shop: Any, analyst: Caller
) -> None:
    borrower_id = shop("s1", grade="C")
    referred = applied(house, borrower_id)
    given = decided(house, taken(house, referred.decision_id, analyst), analyst, key="once and again")
    assert (given.outcome, given.two_people) == ("alone", False)
    before = rows(house)
    assert decided(house, referred.decision_id, analyst, key="once and again") == given
    assert rows(house) == before

    with house.transaction() as db:
        newest, oldest = decisions_of(db, borrower_id)
        assert (newest.decision_id, oldest.decision_id) == (given.result_id, referred.decision_id)
        assert (newest.outcome, newest.limit_cents, newest.grade) == ("approve", 200_000, "C")
        assert newest.application_id == oldest.application_id
        assert [each.same for each in (replay(db, newest.decision_id), replay(db, oldest.decision_id))] == [True, True]
        (line,) = lines_of(db, borrower_id)
        assert (line.decision_id, line.limit_cents, line.months_max) == (newest.decision_id, 200_000, 3)
        review = newest.opened.review
        assert review is not msgspec.UNSET
        assert (review.automatic_hash, review.automatic_outcome) == (oldest.content_hash, "refer")
        (notice,) = notices_of(db, borrower_id)
        assert (notice.kind, notice.about_id) == ("review", newest.decision_id)
    file = the_case(house, referred.decision_id)
    assert (file.status, file.verdict_id, file.held_by) == ("decided", newest.decision_id, None)
    with pytest.raises(ReviewDecided):
        house.act(desk.take, case_id=file.case_id, by=analyst, today=TODAY)
    with pytest.raises(ReviewedByPerson):
        house.act(desk.ask_for_review, borrower_id=borrower_id, decision_id=newest.decision_id, today=TODAY)


def test_what_no_person_may_grant_is_refused_and_nothing_is_written(
    house: Database, shop: Any, analyst: Caller
) -> None:
    borrower_id = shop("s1", grade="C")
    case_id = taken(house, applied(house, borrower_id).decision_id, analyst)
    before = rows(house)
    with pytest.raises(MonthsOutOfBounds):
        decided(house, case_id, analyst, changed(months_max=99))
    with pytest.raises(AmountOutOfBounds):
        decided(house, case_id, analyst, changed(amount_cents=200_000_000_000))
    with house.transaction() as db:
        db.execute("update borrower set banned = true")
    with pytest.raises(NoPersonMayGrant, match="not banned"):
        decided(house, case_id, analyst)
    with house.transaction() as db:
        db.execute("update borrower set banned = false, born_on = '2010-01-01'")
    with pytest.raises(NoPersonMayGrant, match="youngest age"):
        decided(house, case_id, analyst)
    assert rows(house) == before
    decided(house, case_id, analyst, NO)
    assert the_case(house, case_id).verdict_outcome == "decline"


def test_against_the_computer_it_takes_a_second_person_who_is_another(
    house: Database, shop: Any, officer: Caller
) -> None:
    borrower_id = shop("s1", grade="D")
    declined = applied(house, borrower_id)
    assert declined.outcome == "decline"
    house.act(desk.ask_for_review, borrower_id=borrower_id, decision_id=declined.decision_id, today=TODAY)
    case_id = taken(house, declined.decision_id, officer)
    proposal = decided(house, case_id, officer)
    assert proposal.state(TODAY) == "waiting"
    assert (the_case(house, case_id).status, len(rows(house))) == ("second", 5)
    with pytest.raises(OwnProposal):
        house.act(actions.confirm, command=Command.of("c1"), approval_id=proposal.approval_id, by=officer, today=TODAY)
    second = Staff(house, names=count(70)).member(Role.RISK_OFFICER)
    made = house.act(
        actions.confirm, command=Command.of("c2"), approval_id=proposal.approval_id, by=second, today=TODAY
    )
    with house.transaction() as db:
        kept = decision(db, made.result_id)  # type: ignore[arg-type]
        assert (kept.outcome, len(lines_of(db, borrower_id)), replay(db, kept.decision_id).same) == ("approve", 1, True)
        override, seconded_by = db.execute("select override, seconded_by from review_verdict").fetchone()  # type: ignore[misc]
        assert (override, seconded_by) == ("up", second.account_id)
        kinds = [each.kind for each in notices_of(db, borrower_id)]
    assert kinds == ["review", "declined"]
    assert happened(house, the_case(house, case_id))[-2:] == ["proposed", "decided"]


def test_a_second_person_sends_a_file_back_and_it_can_be_decided_again(
    house: Database, shop: Any, analyst: Caller, officer: Caller
) -> None:
    borrower_id = shop("s1", grade="D")
    declined = applied(house, borrower_id)
    house.act(desk.ask_for_review, borrower_id=borrower_id, decision_id=declined.decision_id, today=TODAY)
    case_id = taken(house, declined.decision_id, analyst)
    proposal = decided(house, case_id, analyst)
    house.act(
        actions.send_back, command=Command.of("back"), approval_id=proposal.approval_id, by=officer, today=TODAY,
        reason="Show me the invoices first.",
    )  # fmt: skip
    assert the_case(house, case_id).status == "open"
    taken(house, case_id, analyst)
    again = decided(house, case_id, analyst)
    house.act(actions.withdraw_verdict, command=Command.of("w"), approval_id=again.approval_id, by=analyst, today=TODAY)
    assert happened(house, the_case(house, case_id))[-5:] == ["proposed", "sent back", "taken", "proposed", "withdrawn"]
    decided(house, taken(house, case_id, analyst), analyst, NO)
    with house.transaction() as db:
        assert [each.outcome for each in decisions_of(db, borrower_id)] == ["decline", "decline"]
        assert lines_of(db, borrower_id) == []


def test_of_many_verdicts_at_once_one_counts(house: Database, shop: Any, analyst: Caller) -> None:
    borrower_id = shop("s1", grade="C")
    case_id = taken(house, applied(house, borrower_id).decision_id, analyst)
    deeds = [lambda: decided(house, case_id, analyst) for _ in range(4)]
    deeds += [lambda: decided(house, case_id, analyst, NO) for _ in range(2)]
    told = at_once(deeds)
    assert (told["done"], sum(told.values())) == (1, 6)
    with house.transaction() as db:
        assert len(decisions_of(db, borrower_id)) == 2
        assert len(lines_of(db, borrower_id)) <= 1


def test_a_file_that_is_not_ones_own_is_not_decided(
    house: Database, shop: Any, analyst: Caller, officer: Caller
) -> None:
    case_id = taken(house, applied(house, shop("s1", grade="C")).decision_id, analyst)
    with pytest.raises(ReviewNotTaken):
        decided(house, case_id, officer)


def test_a_large_grant_needs_a_conversation(house: Database, shop: Any, officer: Caller) -> None:
    borrower_id = shop("s1", grade="C", facts={"sales_monthly_mean": 4_000_000.0, "sales_net_90": 12_000_000.0})
    asked = applied(house, borrower_id, 30_000_000)
    assert asked.outcome == "refer"
    case_id = taken(house, asked.decision_id, officer)
    with pytest.raises(InterviewNeeded):
        decided(house, case_id, officer, changed(amount_cents=20_000_100))
    assert decided(house, case_id, officer, changed(amount_cents=20_000_000)).two_people


def test_who_was_granted_too_little_may_get_more_and_never_less(house: Database, shop: Any, analyst: Caller) -> None:
    borrower_id = shop("s1")
    less = applied(house, borrower_id, 2_000_000)
    assert less.outcome == "counter"
    line = house.act(
        accept_counter_offer, command=Command.of("yes"), borrower_id=borrower_id, decision_id=less.decision_id,
        today=TODAY,
    )  # fmt: skip
    assert line.limit_cents == 1_600_000
    house.act(desk.ask_for_review, borrower_id=borrower_id, decision_id=less.decision_id, today=TODAY)
    case_id = taken(house, less.decision_id, analyst)
    with pytest.raises(LineStands):
        decided(house, case_id, analyst, NO)
    for wrong_cents in (1_500_000, 2_000_100):
        with pytest.raises(AmountOutOfBounds):
            decided(house, case_id, analyst, changed(amount_cents=wrong_cents, months_max=12))
    proposal = decided(house, case_id, analyst, changed(amount_cents=2_000_000, months_max=12))
    assert proposal.two_people
    second = Staff(house, names=count(70)).member(Role.RISK_OFFICER)
    house.act(actions.confirm, command=Command.of("c2"), approval_id=proposal.approval_id, by=second, today=TODAY)
    with house.transaction() as db:
        assert [(each.line_id, each.limit_cents) for each in lines_of(db, borrower_id)] == [(line.line_id, 2_000_000)]


def test_nobody_grants_more_than_was_asked(house: Database, shop: Any, analyst: Caller) -> None:
    referred = applied(house, shop("s1", grade="C"), 100_000)
    assert referred.outcome == "refer"
    case_id = taken(house, referred.decision_id, analyst)
    for too_much in (100_001, 100_000_000):
        with pytest.raises(AmountOutOfBounds, match=f"From 100000 to 100000 cents .*, not {too_much}"):
            decided(house, case_id, analyst, changed(amount_cents=too_much))
    given = decided(house, case_id, analyst, changed(amount_cents=100_000))
    with house.transaction() as db:
        kept = decision(db, given.result_id)  # type: ignore[arg-type]
        assert (kept.limit_cents, replay(db, kept.decision_id).same) == (100_000, True)


def test_who_was_answered_by_a_person_applies_again_whichever_decision_they_ask_about(
    house: Database, shop: Any, analyst: Caller
) -> None:
    borrower_id = shop("s1", grade="C")
    referred = applied(house, borrower_id)
    decided(house, taken(house, referred.decision_id, analyst), analyst, NO)
    before = happened(house, the_case(house, referred.decision_id))
    with house.transaction() as db:
        newest = decisions_of(db, borrower_id)[0].decision_id
    for decision_id in (referred.decision_id, newest):
        with pytest.raises(ReviewedByPerson):
            house.act(
                desk.ask_for_review, borrower_id=borrower_id, decision_id=decision_id, words="Again.", today=TODAY
            )
    assert happened(house, the_case(house, referred.decision_id)) == before


def test_a_verdict_whose_connection_is_cut_before_its_end_leaves_nothing_and_can_be_given_again(
    house: Database, shop: Any, analyst: Caller
) -> None:
    borrower_id = shop("s1", grade="C")
    case_id = taken(house, applied(house, borrower_id).decision_id, analyst)
    before = rows(house)
    command = Command.of("cut off", **msgspec.to_builtins(GRANT))

    def cut_off() -> None:
        with house.transaction() as db:
            actions.give_verdict(db, command=command, case_id=case_id, verdict=GRANT, by=analyst, today=TODAY)
            with house.transaction() as other:
                other.execute("reset role")
                other.execute("select pg_terminate_backend(%s)", [db.info.backend_pid])
            db.execute("select 1")

    with pytest.raises(psycopg.OperationalError):
        cut_off()
    assert rows(house) == before
    file = the_case(house, case_id)
    assert (file.status, file.held_by) == ("open", analyst.account_id)
    assert decided(house, case_id, analyst, key="cut off").outcome == "alone"
    assert rows(house) == tuple(a + b for a, b in zip(before, (1, 1, 1, 1, 1), strict=True))


def test_a_cap_reached_while_a_verdict_waits_is_held_when_it_is_confirmed(
    house: Database, shop: Any, officer: Caller
) -> None:
    borrower_id = shop("s1", grade="D")
    declined = applied(house, borrower_id)
    house.act(desk.ask_for_review, borrower_id=borrower_id, decision_id=declined.decision_id, today=TODAY)
    proposal = decided(house, taken(house, declined.decision_id, officer), officer)
    with house.transaction() as db:
        db.execute("update borrower set banned = true where borrower_id = %s", [borrower_id])
    second = Staff(house, names=count(70)).member(Role.RISK_OFFICER)
    with pytest.raises(NoPersonMayGrant):
        confirmed(house, proposal, second)
    with house.transaction() as db:
        assert lines_of(db, borrower_id) == []
    assert the_case(house, declined.decision_id).status == "second"
