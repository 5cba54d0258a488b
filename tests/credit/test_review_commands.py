"""The review desk by command: what is printed, what it leaves behind, and what is said to whoever types it wrong."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from credit_cases import TODAY
from test_crowd import count
from test_review_desk import applied, the_case
from typer.testing import Result

from lendmill import ids
from lendmill.api.reviews import NothingWaits
from lendmill.credit.actions import ask_for_review
from lendmill.credit.review.case import NoSuchReview, NoSuchTie, OwnFile, ReviewHeld, ReviewNotTaken, WordsMissing
from lendmill.credit.review.rules import NotAReviewer
from lendmill.credit.review.verdict.bounds import AmountOutOfBounds, MonthsOutOfBounds
from lendmill.credit.review.verdict.review import NoSuchOutcome, ReasonCodesWrong
from lendmill.db import Database
from lendmill.money import NotAnAmount
from lendmill.people.approvals.approval import OwnProposal
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.refusals import Refusal

LAST = TODAY + timedelta(days=3)
WAITS = TODAY + timedelta(days=7)
BECAUSE = ("--reason", "season", "--words", "All as in the record.")


@pytest.fixture(autouse=True)
def staff(house: Database) -> None:
    """An analyst, a risk officer, another one, and a clerk of the books."""
    for name, role in (("ana", Role.ANALYST), ("rita", Role.RISK_OFFICER), ("ron", Role.RISK_OFFICER),
                       ("fay", Role.FINANCE)):  # fmt: skip
        house.act(
            open_account, sign_in_name=name, display_name=name.title(), role=role, password="correct horse battery"
        )


@pytest.fixture
def case(house: Database, shop: Callable[..., UUID]) -> UUID:
    """A file of 2,000 yuan that the computer referred."""
    return applied(house, shop("s1", grade="C")).decision_id


def test_the_list_tells_what_waits_by_when_and_why(typed: Callable[..., Result], house: Database, case: UUID) -> None:
    weight = the_case(house, case).priority(TODAY).weight
    told = typed("reviews", "list").output
    assert told == (
        f"{case}  {weight:>4}  credit-line  2,000.00 yuan  referred\n"
        f"    Silk and tea  due by {LAST}  rating-needs-review\n"
    )
    assert typed("reviews", "list", "--view", "waiting").output == "No file waits.\n"
    assert typed("reviews", "list", "--view", "all").output == told
    wrong = typed("reviews", "list", "--view", "mine and yours")
    assert (wrong.exit_code, "Choose one of" in wrong.output) == (2, True)


def test_a_file_is_taken_asked_about_handed_back_and_each_deed_is_in_its_story(
    typed: Callable[..., Result], house: Database, case: UUID
) -> None:
    assert typed("reviews", "take", case, "--by", "ana").output == f"file {case}: take\n"
    assert typed("reviews", "hand-back", case, "--by", "ana").output == f"file {case}: hand-back\n"
    assert the_case(house, case).holder is None
    typed("reviews", "take", case, "--by", "ana")
    assert typed("reviews", "ask", case, "--by", "ana", "--words", "Which season?").output == f"file {case}: ask\n"
    assert the_case(house, case).status == "asked"
    assert "No file waits." not in typed("reviews", "list", "--view", "waiting").output
    shown = typed("reviews", "show", case, "--by", "rita").output.splitlines()
    assert shown[0].startswith(f"{case}  credit-line  ")
    assert shown[1] == "  the computer said refer: rating-needs-review"
    assert shown[2].startswith("  today it says refer; a person may grant ")
    assert [line.split("  ")[2:] for line in shown if line.startswith(f"  {TODAY}")] == [
        ["opened"], ["taken", "Ana"], ["handed back", "Ana"], ["taken", "Ana"], ["asked", "Ana", "Which season?"],
        ["looked at", "Rita"],
    ]  # fmt: skip


def test_who_tells_a_tie_lets_the_file_go_and_cannot_take_it_again(
    typed: Callable[..., Result], house: Database, case: UUID
) -> None:
    typed("reviews", "take", case, "--by", "ana")
    assert typed("reviews", "tie", case, "--by", "ana", "--kind", "relative").output == f"file {case}: tie\n"
    again = typed("reviews", "take", case, "--by", "ana")
    assert isinstance(again.exception, OwnFile)
    assert the_case(house, case).holder is None
    assert typed("reviews", "take", case, "--by", "rita").exit_code == 0


def test_a_verdict_of_one_person_is_a_decision_and_opens_the_line(
    typed: Callable[..., Result], house: Database, case: UUID
) -> None:
    typed("reviews", "take", case, "--by", "ana")
    given = ("reviews", "verdict", case, "approve", "--by", "ana", *BECAUSE, "--amount", "2,000", "--months", 3,
             "--condition", "guarantor", "--key", "a key of ours")  # fmt: skip
    told = typed(*given)
    decision_id = UUID(told.output.split()[1].removesuffix(":"))
    assert told.output == f"decision {decision_id}: approve\n"
    assert typed(*given).output == told.output
    assert count(house, f"select count(*) from line where decision_id = '{decision_id}'") == 1
    assert the_case(house, case).status == "decided"
    assert typed("reviews", "list").output == "No file waits.\n"
    overrides = typed("reviews", "overrides").output
    assert overrides.startswith("1 verdict; of 1 grant the outcome is not known yet.\n")


def test_against_the_computer_a_second_person_confirms_or_sends_back_or_it_is_withdrawn(
    typed: Callable[..., Result], house: Database, shop: Callable[..., UUID]
) -> None:
    declined = applied(house, borrower_id := shop("s1", grade="D"))
    house.act(ask_for_review, borrower_id=borrower_id, decision_id=declined.decision_id, words="", today=TODAY)
    case = declined.decision_id

    def proposed() -> str:
        typed("reviews", "take", case, "--by", "ana")
        told = typed("reviews", "verdict", case, "approve", "--by", "ana", *BECAUSE, "--amount", "2000", "--months", 3)
        approval_id = told.output.split()[1].removesuffix(":")
        assert told.output == f"approval {approval_id}: waits for a second person until {WAITS}\n"
        assert the_case(house, case).status == "second"
        return approval_id

    assert typed("reviews", "withdraw", case, "--by", "ana").exception.__class__ is NothingWaits
    first = proposed()
    assert isinstance(typed("reviews", "confirm", case, "--by", "ana").exception, OwnProposal)
    assert typed("reviews", "withdraw", case, "--by", "ana").output == f"approval {first}: withdrawn\n"
    second = proposed()
    sent = typed("reviews", "send-back", case, "--by", "rita", "--reason", "Ask for the lease.")
    assert sent.output == f"approval {second}: declined\n"
    assert count(house, "select count(*) from line") == 0
    third = proposed()
    assert typed("reviews", "confirm", case, "--by", "rita").output == f"approval {third}: approved\n"
    assert count(house, "select count(*) from line") == 1
    assert the_case(house, case).status == "decided"


WRONG: list[tuple[tuple[Any, ...], type[Refusal]]] = [
        (("take", "{case}", "--by", "fay"), NotAReviewer),
        (("take", "{case}", "--by", "rita"), ReviewHeld),
        (("ask", "{case}", "--by", "ana", "--words", " "), WordsMissing),
        (("tie", "{case}", "--by", "ana", "--kind", "cousin"), NoSuchTie),
        (("verdict", "{case}", "approve", "--by", "rita", *BECAUSE, "--amount", "2000"), ReviewNotTaken),
        (("verdict", "{case}", "perhaps", "--by", "ana", *BECAUSE), NoSuchOutcome),
        (("verdict", "{case}", "approve", "--by", "ana", "--reason", "mood", "--words", "x"), ReasonCodesWrong),
        (("verdict", "{case}", "approve", "--by", "ana", *BECAUSE, "--amount", "20000000000"), AmountOutOfBounds),
        (("verdict", "{case}", "approve", "--by", "ana", *BECAUSE, "--amount", "2000", "--months", "99"),
         MonthsOutOfBounds),
        (("verdict", "{case}", "approve", "--by", "ana", *BECAUSE, "--amount", "much"), NotAnAmount),
        (("confirm", "{case}", "--by", "rita"), NothingWaits),
        (("show", "{other}", "--by", "ana"), NoSuchReview),
]  # fmt: skip


def test_what_cannot_be_done_is_told_and_nothing_is_done(
    typed: Callable[..., Result], house: Database, case: UUID
) -> None:
    typed("reviews", "take", case, "--by", "ana")
    before = count(house, "select count(*) from review_event")
    for words, refusal in WRONG:
        wrong = typed("reviews", *(str(word).format(case=case, other=ids.new()) for word in words))
        assert (wrong.exit_code, type(wrong.exception)) == (1, refusal), words
        assert count(house, "select count(*) from review_event") == before
