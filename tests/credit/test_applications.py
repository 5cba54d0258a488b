"""An application from its first step to its line, kept for ever and made again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from credit_cases import MARKET_FACTS, TODAY, rate

from lendmill import ids
from lendmill.credit import actions, queries
from lendmill.credit.applications.application import (
    AnswerWrong,
    ApplicationClosed,
    ConsentMissing,
    NoSuchApplication,
    StepTooEarly,
)
from lendmill.credit.consents import CONSENTS
from lendmill.credit.decisions.queries import NoSuchDecision
from lendmill.credit.lines.line import LineOpenAlready
from lendmill.db import Database, scalar
from lendmill.people.actions import Command, CommandReused, NotAnIdentity
from lendmill.people.queries import borrower
from lendmill.people.seal import Seal
from lendmill.products.queries import NoSuchProduct, preset

SEAL = Seal(b"the secret of a test house")
ADULT = "11010519491231002X"
FIRST: dict[str, Any] = {"amount_cents": 500_000, "purpose": "stock"}
SECOND: dict[str, Any] = {"language": "zh-Hans", "consents": [consent.purpose for consent in CONSENTS]}


def filled_in(house: Database, borrower_id: UUID, product_key: str = "credit-line", **first: Any) -> UUID:
    """An application with both steps done."""
    application_id = house.act(actions.start_application, borrower_id=borrower_id, product_key=product_key, today=TODAY)
    for step, answers in ((1, {**FIRST, **first}), (2, SECOND)):
        house.act(actions.save_step, borrower_id=borrower_id, application_id=application_id, step=step, answers=answers)
    return application_id


def submitted(house: Database, borrower_id: UUID, application_id: UUID, key: str = "k", **more: Any) -> actions.Decided:
    """The decision on it."""
    return house.act(
        actions.submit,
        command=Command.of(key, application_id=application_id, **more),
        borrower_id=borrower_id,
        application_id=application_id,
        today=TODAY,
        **more,
    )


def counts(house: Database) -> tuple[int, ...]:
    """How many decisions, lines and commands there are."""
    with house.transaction() as db:
        tables = ("select count(*) from decision", "select count(*) from line", "select count(*) from command")
        return tuple(scalar(db, statement) for statement in tables)


def test_an_approved_application_is_a_line_at_once(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    application_id = filled_in(house, borrower_id)
    made = submitted(house, borrower_id, application_id)
    assert (made.outcome, made.limit_cents, made.reasons) == ("approve", 500_000, ())
    assert len(made.findings) == 53
    with house.transaction() as db:
        (line,) = queries.lines_of(db, borrower_id)
        assert (line.line_id, line.decision_id, line.limit_cents) == (made.line_id, made.decision_id, 500_000)
        assert (line.months_max, line.product_version, line.opened_on) == (12, 2, TODAY)
        kept = queries.decision(db, made.decision_id)
        assert (kept.outcome, kept.grade, kept.limit_cents, kept.reasons) == ("approve", "A", 500_000, [])
        assert kept.opened.case.rating is not None
        assert kept.opened.case.rating.model_digest == "d1"
        assert kept.opened.case.facts_as_of_on == TODAY
        application = queries.application(db, borrower_id, application_id)
        assert (application.status, application.decision_id) == ("decided", made.decision_id)
        assert queries.replay(db, made.decision_id).same
        (row,) = queries.applications_page(db)
        assert (row.shop_key, row.outcome, row.amount_cents, row.limit_cents) == ("s1", "approve", 500_000, 500_000)


def test_a_declined_application_opens_nothing_and_tells_every_reason(
    house: Database, shop: Callable[..., UUID]
) -> None:
    borrower_id = shop(grade="D", facts={"days_since_sale": 91, "refund_rate_90": 0.6})
    made = submitted(house, borrower_id, filled_in(house, borrower_id))
    assert (made.outcome, made.line_id, made.limit_cents) == ("decline", None, 0)
    assert made.reasons == ("inactive", "many-refunds", "rating-too-low")
    with house.transaction() as db:
        assert queries.lines_of(db, borrower_id) == []
        story = queries.why(db, made.decision_id, "zh-Hans")
        english = queries.why(db, made.decision_id, "en")
    assert "✗ 近90天退款率：60.0%，要求不高于50.0%，拒绝" in story
    assert "✗ Share of 90 days' sales given back: 60.0%, allowed at most 50.0%, declines" in english
    assert "  - 店铺信用评级未达到本产品要求。" in story


def test_a_referred_application_waits_for_a_person(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop(grade="C")
    made = submitted(house, borrower_id, filled_in(house, borrower_id, amount_cents=300_000))
    assert (made.outcome, made.line_id, made.limit_cents) == ("refer", None, 300_000)
    assert made.reasons == ("rating-needs-review",)


def test_the_same_key_decides_once_and_serves_no_other_request(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    application_id = filled_in(house, borrower_id)
    first = submitted(house, borrower_id, application_id)
    assert submitted(house, borrower_id, application_id) == first
    before = counts(house)
    with pytest.raises(CommandReused):
        submitted(house, borrower_id, application_id, amount_cents=400_000)
    with pytest.raises(ApplicationClosed, match="decided already"):
        submitted(house, borrower_id, application_id, key="another")
    assert counts(house) == before == (1, 1, 1)


def test_steps_come_in_order_and_can_be_taken_up_again(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    start = {"borrower_id": borrower_id, "product_key": "credit-line", "today": TODAY}
    application_id = house.act(actions.start_application, **start)
    assert house.act(actions.start_application, **start) == application_id
    save = {"borrower_id": borrower_id, "application_id": application_id}
    with pytest.raises(StepTooEarly, match="Step 2 cannot be filled in before step 1"):
        house.act(actions.save_step, step=2, answers=SECOND, **save)
    with pytest.raises(StepTooEarly, match="Step 3 cannot be filled in before step 1"):
        submitted(house, borrower_id, application_id)
    assert house.act(actions.save_step, step=1, answers=FIRST, **save).step == 2
    with pytest.raises(StepTooEarly, match="Step 3 cannot be filled in before step 2"):
        submitted(house, borrower_id, application_id)
    assert house.act(actions.save_step, step=2, answers=SECOND, **save).step == 3
    again = house.act(actions.save_step, step=1, answers={**FIRST, "amount_cents": 200_000}, **save)
    assert (again.step, again.amount_cents, again.answers["language"]) == (3, 200_000, "zh-Hans")
    with house.transaction() as db:
        assert [each.application_id for each in queries.open_applications(db, borrower_id)] == [application_id]
    assert submitted(house, borrower_id, application_id).limit_cents == 200_000
    assert counts(house) == (1, 1, 1)


@pytest.mark.parametrize(
    ("step", "answers", "told"),
    [
        (1, {**FIRST, "amount_cents": 99_999}, "an amount from 1,000.00 to 1,000,000.00 yuan"),
        (1, {**FIRST, "amount_cents": 100_000_001}, "an amount from 1,000.00 to 1,000,000.00 yuan"),
        (1, {**FIRST, "amount_cents": "500000"}, "amount_cents is '500000'"),
        (1, {**FIRST, "amount_cents": True}, "amount_cents is True"),
        (1, {"amount_cents": 500_000}, "purpose is None, but must be one of stock, advertising"),
        (1, {**FIRST, "purpose": "a house"}, "purpose is 'a house'"),
        (1, {**FIRST, "yearly_sales_cents": -1}, "yearly_sales_cents is -1"),
        (3, FIRST, "step is 3, but must be 1 or 2"),
        (0, FIRST, "step is 0, but must be 1 or 2"),
    ],
)
def test_a_wrong_answer_is_told_and_changes_nothing(
    house: Database, shop: Callable[..., UUID], step: int, answers: dict[str, Any], told: str
) -> None:
    borrower_id = shop()
    application_id = filled_in(house, borrower_id)
    with house.transaction() as db:
        before = queries.application(db, borrower_id, application_id)
    with pytest.raises(AnswerWrong) as refused:
        house.act(actions.save_step, borrower_id=borrower_id, application_id=application_id, step=step, answers=answers)
    assert told in str(refused.value)
    with house.transaction() as db:
        assert queries.application(db, borrower_id, application_id) == before


def test_consents_are_kept_word_for_word_in_the_language_they_were_read_in(
    house: Database, shop: Callable[..., UUID]
) -> None:
    borrower_id = shop()
    filled_in(house, borrower_id)
    with house.transaction() as db:
        kept = db.execute("select purpose, language, wording from consent order by consent_id").fetchall()
    assert kept == [(consent.purpose, "zh-Hans", consent.zh) for consent in CONSENTS]


def test_without_every_consent_there_is_no_decision(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    application_id = house.act(
        actions.start_application, borrower_id=borrower_id, product_key="credit-line", today=TODAY
    )
    save = {"borrower_id": borrower_id, "application_id": application_id}
    house.act(actions.save_step, step=1, answers=FIRST, **save)
    for given, language, refusal in (
        (["shop-record", "automated-decision"], "en", ConsentMissing),
        ([], "en", ConsentMissing),
        (None, "en", AnswerWrong),
        (SECOND["consents"], "fr", AnswerWrong),
        ([*SECOND["consents"], "everything"], "en", AnswerWrong),
    ):
        with pytest.raises(refusal):
            house.act(actions.save_step, step=2, answers={"language": language, "consents": given}, **save)
    with house.transaction() as db:
        assert scalar(db, "select count(*) from consent") == 0
        assert queries.application(db, borrower_id, application_id).step == 2


def test_an_identity_number_is_checked_and_never_written_into_the_answers(
    house: Database, shop: Callable[..., UUID]
) -> None:
    borrower_id = shop(vouched=False, born_on=date(1949, 12, 31))
    application_id = filled_in(house, borrower_id)
    save = {"borrower_id": borrower_id, "application_id": application_id, "step": 2, "seal": SEAL}
    with pytest.raises(NotAnIdentity):
        house.act(actions.save_step, answers={**SECOND, "identity_no": "123"}, **save)
    house.act(actions.save_step, answers={**SECOND, "identity_no": ADULT}, **save)
    with house.transaction() as db:
        assert borrower(db, borrower_id).identity_verified
        answers = str(queries.application(db, borrower_id, application_id).answers)
    assert ADULT not in answers


def test_an_unverified_identity_is_declined(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop(vouched=False)
    made = submitted(house, borrower_id, filled_in(house, borrower_id))
    assert (made.outcome, made.reasons) == ("decline", ("identity-not-verified",))


def test_a_line_open_already_needs_no_application(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    submitted(house, borrower_id, filled_in(house, borrower_id))
    with pytest.raises(LineOpenAlready):
        house.act(actions.start_application, borrower_id=borrower_id, product_key="credit-line", today=TODAY)


def test_a_line_opened_meanwhile_ends_the_application_without_a_decision(
    house: Database, shop: Callable[..., UUID]
) -> None:
    borrower_id = shop(grade="D")
    application_id = filled_in(house, borrower_id)
    house.act(
        actions.open_line,
        borrower_id=borrower_id,
        decision_id=ids.new(),
        product=preset("credit-line"),
        limit_cents=100_000,
        grade="A",
        today=TODAY,
    )
    with pytest.raises(LineOpenAlready):
        submitted(house, borrower_id, application_id)
    assert counts(house) == (0, 1, 0)


def test_two_products_share_their_limit(house: Database, shop: Callable[..., UUID]) -> None:
    facts = {"sales_monthly_mean": 3_000_000.0, "sales_net_90": 9_000_000.0, "settlement_90": 0.0}
    borrower_id = shop(grade="AAA", facts=facts)
    first = submitted(house, borrower_id, filled_in(house, borrower_id, amount_cents=70_000_000), key="a")
    second = filled_in(house, borrower_id, "order-loan", amount_cents=70_000_000)
    assert first.limit_cents == 70_000_000
    made = submitted(house, borrower_id, second, key="b")
    assert (made.outcome, made.limit_cents, made.line_id) == ("counter", 30_000_000, None)


def test_all_three_steps_can_be_taken_in_one_call(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    ask = {
        "command": Command.of("m-1", amount_cents=500_000),
        "borrower_id": borrower_id,
        "product_key": "credit-line",
        "answers": {**FIRST, **SECOND},
        "today": TODAY,
    }
    first = house.act(actions.apply_at_once, **ask)
    assert (first.outcome, first.limit_cents) == ("approve", 500_000)
    assert house.act(actions.apply_at_once, **ask) == first
    assert counts(house) == (1, 1, 1)


def test_a_withdrawn_application_is_over_and_another_can_begin(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    application_id = filled_in(house, borrower_id)
    house.act(actions.withdraw, borrower_id=borrower_id, application_id=application_id)
    with pytest.raises(ApplicationClosed, match="withdrawn already"):
        submitted(house, borrower_id, application_id)
    assert filled_in(house, borrower_id) != application_id
    assert counts(house) == (0, 0, 0)


def test_somebody_elses_application_and_decision_are_not_there(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id, other_id = shop("s1"), shop("s2")
    application_id = filled_in(house, borrower_id)
    made = submitted(house, borrower_id, application_id)
    with house.transaction() as db:
        with pytest.raises(NoSuchApplication):
            queries.application(db, other_id, application_id)
        with pytest.raises(NoSuchDecision):
            queries.decision(db, made.decision_id, other_id)
        with pytest.raises(NoSuchDecision):
            queries.why(db, made.decision_id, "en", other_id)
        with pytest.raises(NoSuchDecision):
            queries.decision(db, ids.new())
    with pytest.raises(NoSuchProduct):
        house.act(actions.start_application, borrower_id=other_id, product_key="gold", today=TODAY)


def test_a_rating_of_tomorrow_is_not_known_today(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop(grade="A")
    with house.transaction() as db:
        rate(db, borrower_id, "D", MARKET_FACTS, TODAY + timedelta(days=1))
    assert submitted(house, borrower_id, filled_in(house, borrower_id)).outcome == "approve"


def test_an_old_rating_refers(house: Database, shop: Callable[..., UUID]) -> None:
    fresh = shop("s1", rated_on=TODAY - timedelta(days=35))
    stale = shop("s2", rated_on=TODAY - timedelta(days=36))
    assert submitted(house, fresh, filled_in(house, fresh)).outcome == "approve"
    made = submitted(house, stale, filled_in(house, stale))
    assert (made.outcome, made.reasons) == ("refer", ("facts-unknown", "rating-unknown", "sales-unknown"))


@pytest.mark.parametrize(
    "statement",
    [
        "update decision set outcome = 'approve'",
        "delete from decision",
        "truncate decision cascade",
        "update policy_version set version = 9",
        "delete from product_version",
        "update consent set wording = ''",
        "select decision_id from decision for update",
        "insert into decision (decision_id, borrower_id, product_key, outcome, reasons, decided_on, content,"
        " content_hash)"
        " select gen_random_uuid(), borrower_id, product_key, outcome, reasons, decided_on, content || ' ',"
        " content_hash"
        " from decision",
    ],
)
def test_what_was_decided_cannot_be_changed(house: Database, shop: Callable[..., UUID], statement: str) -> None:
    borrower_id = shop()
    made = submitted(house, borrower_id, filled_in(house, borrower_id))
    with house.transaction() as db:
        before = queries.decision(db, made.decision_id)
    with (
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)),
        house.transaction() as db,
    ):
        db.execute(statement)
    with house.transaction() as db:
        assert queries.decision(db, made.decision_id) == before
        assert queries.replay(db, made.decision_id).same


def test_a_borrower_can_ask_for_a_person(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id, other_id = shop("s1", grade="D"), shop("s2")
    made = submitted(house, borrower_id, filled_in(house, borrower_id))
    wish = {"decision_id": made.decision_id, "words": "请人工复核", "today": TODAY}
    for _ in range(2):
        house.act(actions.ask_for_review, borrower_id=borrower_id, **wish)
    with pytest.raises(NoSuchDecision):
        house.act(actions.ask_for_review, borrower_id=other_id, **wish)
    with house.transaction() as db:
        assert db.execute("select borrower_id, words from review_wish").fetchall() == [(borrower_id, "请人工复核")]
