"""The conversation by video: invited, booked, moved, missed, answered question by question, and closed once."""

from datetime import datetime
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from credit_cases import TODAY
from test_review_desk import applied, happened, the_case
from test_review_verdict import GRANT, confirmed, decided, taken

from crowd import at_once
from lendmill.credit.decisions.queries import decision, replay
from lendmill.credit.review.case import ReviewDecided, ReviewNotTaken
from lendmill.credit.review.interview import actions, queries
from lendmill.credit.review.interview.interview import (
    InterviewArranged,
    InterviewOver,
    InterviewStillToCome,
    MovedTooOften,
    NoSuchInterview,
    NoSuchInterviewQuestion,
    NotAFinding,
    QuestionsOpen,
)
from lendmill.credit.review.interview.slots import slots
from lendmill.credit.review.queries import events_of
from lendmill.credit.review.verdict.judging import IdentityNotConfirmed
from lendmill.db import Database
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from people.staff import Staff

LINK = "https://meet.example.com/room"
FREE = slots(TODAY)


@pytest.fixture
def officer(house: Database) -> Caller:
    return Staff(house).member(Role.RISK_OFFICER)


def invited(house: Database, borrower_id: UUID, by: Caller) -> tuple[UUID, UUID]:
    """A referred file that is with a reviewer, and the conversation its borrower is invited to."""
    case_id = taken(house, applied(house, borrower_id).decision_id, by)
    return case_id, house.act(actions.invite, case_id=case_id, by=by, meeting_url=LINK, today=TODAY)


def booked(house: Database, interview_id: UUID, at: datetime, **who: Any) -> queries.Interview:
    return house.act(actions.book, interview_id=interview_id, starts_at=at, today=TODAY, **who)


def answered(house: Database, interview_id: UUID, by: Caller, **otherwise: str) -> None:
    """Everything matches, but for what is said otherwise, by topic."""
    with house.transaction() as db:
        asked = queries.interview(db, interview_id).asked
    findings = {each.key: (otherwise.get(each.topic, "matches"), "seen") for each in asked}
    house.act(actions.answer, interview_id=interview_id, by=by, findings=findings, today=TODAY)


def test_a_borrower_chooses_an_hour_moves_it_three_times_and_then_speaks_to_the_reviewer(
    house: Database, shop: Any, officer: Caller
) -> None:
    borrower_id, stranger_id = shop("s1", grade="C"), shop("s2")
    case_id, interview_id = invited(house, borrower_id, officer)
    with pytest.raises(InterviewArranged):
        house.act(actions.invite, case_id=case_id, by=officer, meeting_url=LINK, today=TODAY)
    with pytest.raises(NoSuchInterview):
        booked(house, interview_id, FREE[0], borrower_id=stranger_id)
    for n in (0, 0, 1, 2, 3):  # the same hour again is no move
        assert booked(house, interview_id, FREE[n], borrower_id=borrower_id).starts_at == FREE[n]
    with pytest.raises(MovedTooOften):
        booked(house, interview_id, FREE[4], borrower_id=borrower_id)
    assert booked(house, interview_id, FREE[5], by=officer).moves == 4
    with house.transaction() as db:
        assert FREE[5] not in queries.free_slots(db, officer.account_id, TODAY)
        assert [each.starts_at for each in queries.appointments(db, officer.account_id)] == [FREE[5]]
    assert happened(house, the_case(house, case_id)).count("moved") == 4


def test_who_did_not_come_is_invited_again_and_a_closed_conversation_stays_as_it_is(
    house: Database, shop: Any, officer: Caller
) -> None:
    borrower_id = shop("s1", grade="C")
    case_id, first = invited(house, borrower_id, officer)
    booked(house, first, FREE[0], borrower_id=borrower_id)
    house.act(actions.missed, interview_id=first, by=officer, today=TODAY)
    again = house.act(actions.invite, case_id=case_id, by=officer, meeting_url=LINK, today=TODAY)
    booked(house, again, FREE[0], borrower_id=borrower_id)  # the hour that was missed is free again

    with pytest.raises(QuestionsOpen):
        house.act(actions.close, interview_id=again, by=officer, recording_ref="REC-1", today=TODAY)
    for wrong, finding in (("no such", "matches"), ("purpose", "perhaps")):
        with pytest.raises((NoSuchInterviewQuestion, NotAFinding)):
            house.act(actions.answer, interview_id=again, by=officer, findings={wrong: (finding, "")}, today=TODAY)
    answered(house, again, officer, purpose="differs")
    answered(house, again, officer)  # found otherwise later, that counts
    close = partial(house.act, actions.close, interview_id=again, by=officer, recording_ref="REC-1", today=TODAY)
    with pytest.raises(InterviewStillToCome):
        close(words=" ")
    close(words="they called a day earlier")
    with house.transaction() as db:
        assert "they called a day earlier" in [each.words for each in events_of(db, borrower_id, case_id)]
    with pytest.raises(InterviewOver):
        answered(house, again, officer)
    with house.transaction() as db:
        kept = queries.interviews_of(db, borrower_id, case_id)
        assert [(each.status, each.recording_ref) for each in kept] == [("held", "REC-1"), ("missed", "")]
        assert {each.finding for each in queries.answers_of(db, borrower_id, again).values()} == {"matches"}


def test_from_its_day_on_a_conversation_is_kept_without_a_word_and_hours_lie_within_the_promised_answer(
    house: Database, shop: Any, officer: Caller
) -> None:
    borrower_id = shop("s1", grade="C")
    case_id, interview_id = invited(house, borrower_id, officer)
    with house.transaction() as db:
        due_on = the_case(house, case_id).due_on
        offered = queries.free_slots(db, officer.account_id, TODAY, due_on)
        assert {at.date() for at in offered} == {at.date() for at in FREE if at.date() <= due_on}
        assert offered != FREE == queries.free_slots(db, officer.account_id, TODAY, TODAY)  # too late for any of them
    booked(house, interview_id, FREE[0], borrower_id=borrower_id)
    answered(house, interview_id, officer)
    on = FREE[0].date()
    house.act(actions.close, interview_id=interview_id, by=officer, recording_ref="REC-2", today=on)
    with house.transaction() as db:
        assert queries.interview(db, interview_id).held_on == on


def test_only_who_has_the_file_fills_in_the_checklist(house: Database, shop: Any, officer: Caller) -> None:
    _, interview_id = invited(house, shop("s1", grade="C"), officer)
    other = Staff(house, names=count(30)).member(Role.ANALYST)
    with pytest.raises(ReviewNotTaken):
        answered(house, interview_id, other)


def test_what_was_found_feeds_the_decision_and_is_kept_in_it(house: Database, shop: Any, officer: Caller) -> None:
    case_id, interview_id = invited(house, shop("s1", grade="C"), officer)
    answered(house, interview_id, officer, stock="differs")
    house.act(actions.close, interview_id=interview_id, by=officer, recording_ref="REC-7", today=TODAY)
    proposal = decided(house, case_id, officer)
    assert proposal.two_people  # the interview differs, so that one person is not enough
    second = Staff(house, names=count(40)).member(Role.RISK_OFFICER)
    made = confirmed(house, proposal, second)
    with house.transaction() as db:
        kept = decision(db, made.result_id)  # type: ignore[arg-type]
        assert replay(db, kept.decision_id).same
    held = kept.opened.review.interview  # type: ignore[union-attr]
    assert held is not None
    assert (held.recording_ref, {each.topic for each in held.found if each.finding == "differs"}) == (
        "REC-7",
        {"stock"},
    )
    (found,) = [each for each in kept.opened.decision.findings if each.rule == "interview: stock"]
    assert (found.verdict, found.effect, found.reason) == ("fail", "refer", "interview-differs")


def test_nobody_is_granted_anything_whose_identity_did_not_match(house: Database, shop: Any, officer: Caller) -> None:
    case_id, interview_id = invited(house, shop("s1", grade="C"), officer)
    answered(house, interview_id, officer, identity="not answered")
    house.act(actions.close, interview_id=interview_id, by=officer, recording_ref="", today=TODAY)
    with pytest.raises(IdentityNotConfirmed):
        decided(house, case_id, officer, GRANT)


def test_one_half_hour_of_a_reviewer_goes_to_one_of_those_who_choose_it_at_once(
    house: Database, shop: Any, officer: Caller
) -> None:
    people = [shop(f"s{n}", grade="C") for n in range(4)]
    asked = {each: invited(house, each, officer)[1] for each in people}
    deeds = [lambda who=who: booked(house, asked[who], FREE[3], borrower_id=who) for who in people]
    assert at_once(deeds) == {"done": 1, "slot-taken": 3}


def test_a_verdict_calls_off_what_was_still_to_come(house: Database, shop: Any, officer: Caller) -> None:
    borrower_id = shop("s1", grade="C")
    case_id, interview_id = invited(house, borrower_id, officer)
    booked(house, interview_id, FREE[0], borrower_id=borrower_id)
    decided(house, case_id, officer)
    with house.transaction() as db:
        assert queries.interview(db, interview_id).status == "called off"
    with pytest.raises(ReviewDecided):
        booked(house, interview_id, FREE[1], borrower_id=borrower_id)
