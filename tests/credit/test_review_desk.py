"""The desk: what is laid there, in which order, who has it, and for how long."""

from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from credit_cases import MARKET_FACTS, TODAY, rate

from crowd import at_once
from lendmill.credit.actions import apply_at_once, ask_for_review
from lendmill.credit.applications.actions import Decided, start_application
from lendmill.credit.applications.queries import open_applications
from lendmill.credit.consents import CONSENTS
from lendmill.credit.review import actions, queries, store
from lendmill.credit.review.case import (
    LookedAtAlready,
    NothingWasAsked,
    OwnFile,
    ReviewCase,
    ReviewHeld,
    ReviewNotTaken,
    WordsMissing,
)
from lendmill.credit.review.rules import NotAReviewer
from lendmill.db import Database
from lendmill.people.command import Command
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from people.staff import Staff

ANSWERS: dict[str, Any] = {"purpose": "stock", "language": "en", "consents": [each.purpose for each in CONSENTS]}


def applied(house: Database, borrower_id: UUID, amount_cents: int = 200_000) -> Decided:
    """Somebody applies for a line and is decided."""
    answers = {**ANSWERS, "amount_cents": amount_cents}
    return house.act(
        apply_at_once, command=Command.of(str(uuid4())), borrower_id=borrower_id, product_key="credit-line",
        answers=answers, today=TODAY,
    )  # fmt: skip


def the_case(house: Database, case_id: UUID) -> ReviewCase:
    with house.transaction() as db:
        return queries.review_case(db, case_id)


def happened(house: Database, case: ReviewCase) -> list[str]:
    with house.transaction() as db:
        return [each.what for each in queries.events_of(db, case.borrower_id, case.case_id)]


@pytest.fixture
def analyst(house: Database) -> Caller:
    return Staff(house).member(Role.ANALYST)


@pytest.fixture
def other(house: Database) -> Caller:
    return Staff(house).member(Role.RISK_OFFICER)


@pytest.fixture
def referred(house: Database, shop: Any) -> ReviewCase:
    """A file that lies on the desk because the computer referred it."""
    decided = applied(house, shop("s1", grade="C"))
    assert decided.outcome == "refer"
    return the_case(house, decided.decision_id)


def test_who_has_a_file_on_the_desk_is_told_so_instead_of_getting_a_second_one(
    house: Database, referred: ReviewCase
) -> None:
    begin = partial(house.act, start_application, borrower_id=referred.borrower_id, product_key="credit-line")
    for again in (partial(applied, house, referred.borrower_id), partial(begin, today=TODAY)):
        with pytest.raises(LookedAtAlready, match=f"answered by {referred.due_on}"):
            again()
    with house.transaction() as db:
        assert [each.case_id for each in queries.cases_of(db, referred.borrower_id)] == [referred.case_id]
        assert open_applications(db, referred.borrower_id) == []


def test_what_the_computer_refers_lies_on_the_desk_with_its_reasons_and_a_day(referred: ReviewCase) -> None:
    assert (referred.why, referred.outcome, referred.status) == ("referred", "refer", "open")
    assert referred.reasons[0] == "rating-needs-review"
    assert referred.due_on == TODAY + timedelta(days=3)
    assert referred.asked_cents == 200_000


def test_what_the_computer_decides_by_itself_does_not_lie_on_the_desk(house: Database, shop: Any) -> None:
    assert applied(house, shop("s1")).outcome == "approve"
    with house.transaction() as db:
        assert queries.queue(db, TODAY, view="all") == []


def test_who_asks_for_a_person_gets_a_file_and_fifteen_days_however_often_they_ask(house: Database, shop: Any) -> None:
    borrower_id = shop("s1", grade="D")
    decided = applied(house, borrower_id)
    for words in ("the flood is over", "again"):
        house.act(ask_for_review, borrower_id=borrower_id, decision_id=decided.decision_id, words=words, today=TODAY)
    case = the_case(house, decided.decision_id)
    assert (case.why, case.outcome, case.due_on) == ("asked", "decline", TODAY + timedelta(days=15))
    with house.transaction() as db:
        told = queries.events_of(db, borrower_id, case.case_id)
    assert [(each.what, each.words) for each in told] == [("opened", "the flood is over")]


def test_who_asks_about_a_referred_file_adds_to_it(house: Database, referred: ReviewCase) -> None:
    asked = {"borrower_id": referred.borrower_id, "decision_id": referred.case_id, "today": TODAY}
    house.act(ask_for_review, **asked, words="we moved the warehouse")
    assert the_case(house, referred.case_id).why == "referred"
    assert happened(house, referred) == ["opened", "answered"]


def test_who_asks_about_an_older_decision_while_a_file_lies_on_the_desk_lays_no_second_one_there(
    house: Database, shop: Any
) -> None:
    borrower_id = shop("s1", grade="D")
    older = applied(house, borrower_id)
    with house.transaction() as db:
        rate(db, borrower_id, "C", MARKET_FACTS, TODAY)
    referred = the_case(house, applied(house, borrower_id).decision_id)
    asked = {"borrower_id": borrower_id, "decision_id": older.decision_id, "words": "look again", "today": TODAY}
    with pytest.raises(LookedAtAlready, match=f"answered by {referred.due_on}"):
        house.act(ask_for_review, **asked)
    with house.transaction() as db:
        assert [each.case_id for each in queries.cases_of(db, borrower_id)] == [referred.case_id]
        store.set_status(db, case_id=referred.case_id, borrower_id=borrower_id, status="decided")
    house.act(ask_for_review, **asked)
    assert the_case(house, older.decision_id).why == "asked"


def test_a_file_is_with_one_reviewer_until_they_hand_it_back(
    house: Database, referred: ReviewCase, analyst: Caller, other: Caller
) -> None:
    house.act(actions.take, case_id=referred.case_id, by=analyst, today=TODAY)
    with pytest.raises(ReviewHeld, match=analyst.display_name):
        house.act(actions.take, case_id=referred.case_id, by=other, today=TODAY)
    house.act(actions.hand_back, case_id=referred.case_id, by=other, today=TODAY)
    assert the_case(house, referred.case_id).held_by == analyst.account_id

    house.act(actions.hand_back, case_id=referred.case_id, by=analyst, today=TODAY)
    house.act(actions.take, case_id=referred.case_id, by=other, today=TODAY)
    assert the_case(house, referred.case_id).held_by == other.account_id
    assert happened(house, referred) == ["opened", "taken", "handed back", "taken"]


def test_a_file_whose_time_is_over_can_be_taken_by_another_and_no_longer_decided_by_the_first(
    house: Database, referred: ReviewCase, analyst: Caller, other: Caller
) -> None:
    house.act(actions.take, case_id=referred.case_id, by=analyst, today=TODAY)
    with house.transaction() as db:
        db.execute("update review_case set held_until_at = now() - interval '1 second'")
    with pytest.raises(ReviewNotTaken):
        house.act(actions.ask_for_more, case_id=referred.case_id, by=analyst, words="invoices", today=TODAY)
    house.act(actions.take, case_id=referred.case_id, by=other, today=TODAY)
    assert the_case(house, referred.case_id).held_by == other.account_id


def test_of_many_reviewers_at_once_one_has_the_file(house: Database, referred: ReviewCase) -> None:
    crowd = [Staff(house).member(Role.ANALYST) for _ in range(1)] + [
        Staff(house, names=count(n)).member(Role.RISK_OFFICER) for n in (10, 20, 30, 40, 50)
    ]
    deeds = [lambda by=by: house.act(actions.take, case_id=referred.case_id, by=by, today=TODAY) for by in crowd]
    assert at_once(deeds) == {"done": 1, "review-held": 5}
    assert happened(house, referred) == ["opened", "taken"]


def test_reviewing_is_the_work_of_analysts_and_risk_officers(house: Database, referred: ReviewCase) -> None:
    with pytest.raises(NotAReviewer):
        house.act(actions.take, case_id=referred.case_id, by=Staff(house).member(Role.COLLECTOR), today=TODAY)


def test_what_the_house_asks_waits_for_the_seller_and_comes_back_with_their_answer(
    house: Database, referred: ReviewCase, analyst: Caller
) -> None:
    house.act(actions.take, case_id=referred.case_id, by=analyst, today=TODAY)
    house.act(actions.ask_for_more, case_id=referred.case_id, by=analyst, words="Whose van is it?", today=TODAY)
    waiting = the_case(house, referred.case_id)
    assert (waiting.status, waiting.waits_for(TODAY), waiting.held_by) == ("asked", "seller", None)
    assert waiting.waits_for(TODAY + timedelta(days=7)) == "seller"
    assert waiting.waits_for(TODAY + timedelta(days=8)) == ""
    with house.transaction() as db:
        assert queries.queue(db, TODAY) == []
        assert len(queries.queue(db, TODAY + timedelta(days=8))) == 1

    told = {"borrower_id": referred.borrower_id, "case_id": referred.case_id, "today": TODAY}
    with pytest.raises(WordsMissing):
        house.act(actions.answer, **told, words="  ")
    house.act(actions.answer, **told, words="Ours,\r\n since May")
    assert the_case(house, referred.case_id).status == "open"
    with pytest.raises(NothingWasAsked):
        house.act(actions.answer, **told, words="and more")
    with house.transaction() as db:
        assert queries.events_of(db, referred.borrower_id, referred.case_id)[-1].words == "Ours,\nsince May"


def test_who_is_tied_to_a_borrower_loses_the_file_for_good(
    house: Database, referred: ReviewCase, analyst: Caller
) -> None:
    house.act(actions.take, case_id=referred.case_id, by=analyst, today=TODAY)
    house.act(actions.tell_tie, case_id=referred.case_id, by=analyst, kind="relative", today=TODAY)
    assert the_case(house, referred.case_id).held_by is None
    with pytest.raises(OwnFile):
        house.act(actions.take, case_id=referred.case_id, by=analyst, today=TODAY)


def test_who_opened_a_file_can_be_told_later(house: Database, referred: ReviewCase) -> None:
    auditor = Staff(house).member(Role.AUDITOR)
    house.act(actions.look, case_id=referred.case_id, by=auditor, today=TODAY)
    with house.transaction() as db:
        told = queries.events_of(db, referred.borrower_id, referred.case_id)[-1]
    assert (told.what, told.by) == ("looked at", auditor.display_name)


def test_the_weightiest_file_comes_first_and_a_day_of_waiting_weighs_the_same_for_all(
    house: Database, shop: Any
) -> None:
    small, large = (
        applied(house, shop(key, grade="C"), amount).decision_id
        for key, amount in (("s1", 500_000), ("s2", 10_000_000))
    )
    with house.transaction() as db:
        assert [each.case_id for each in queries.queue(db, TODAY)] == [large, small]
        first, second = queries.queue(db, TODAY, size=1), queries.queue(db, TODAY, after=large, size=1)
        assert [each.case_id for each in (*first, *second)] == [large, small]
    heavy = the_case(house, large)
    assert heavy.priority(TODAY + timedelta(days=2)).weight - heavy.priority(TODAY).weight == 20


def test_overdue_files_are_told(house: Database, referred: ReviewCase) -> None:
    day = referred.due_on
    assert (referred.late(day), referred.late(day + timedelta(days=1))) == (False, True)
    with house.transaction() as db:
        assert queries.desk_counts(db, day + timedelta(days=1)) == queries.DeskCounts(1, 0, 1)
        assert queries.queue(db, day, view="late") == []
        assert len(queries.queue(db, day + timedelta(days=1), view="late")) == 1
