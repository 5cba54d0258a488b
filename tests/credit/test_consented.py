"""A free consent: given with an application or without one, taken back by unticking it, and never needed."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from credit_cases import TODAY

from lendmill.credit import actions
from lendmill.credit.consented.actions import give_consent, take_back_consent
from lendmill.credit.consented.queries import consent_in_force
from lendmill.credit.consents import CONSENTS, FREE_CONSENTS
from lendmill.db import Database, scalar
from lendmill.people.actions import Command

NEEDED = [consent.purpose for consent in CONSENTS]
(FREE,) = [consent.purpose for consent in FREE_CONSENTS]


def in_force(house: Database, borrower_id: UUID, purpose: str = FREE) -> bool:
    with house.transaction() as db:
        return consent_in_force(db, borrower_id, purpose, TODAY) is not None


def test_ticked_in_an_application_it_holds_and_unticked_again_it_does_not(
    house: Database, shop: Callable[..., UUID]
) -> None:
    borrower_id = shop()
    application_id = house.act(
        actions.start_application, borrower_id=borrower_id, product_key="credit-line", today=TODAY
    )
    save = {"borrower_id": borrower_id, "application_id": application_id}
    house.act(actions.save_step, step=1, answers={"amount_cents": 500_000, "purpose": "stock"}, **save)
    for consents, holds in (([*NEEDED, FREE], True), (NEEDED, False), ([*NEEDED, FREE], True)):
        house.act(actions.save_step, step=2, answers={"language": "en", "consents": consents}, **save)
        assert in_force(house, borrower_id) is holds
        assert in_force(house, borrower_id, "credit-report")


def test_a_decision_needs_no_free_consent_and_keeps_one_that_was_given(
    house: Database, shop: Callable[..., UUID]
) -> None:
    for key, consents in (("s1", NEEDED), ("s2", [*NEEDED, FREE])):
        answers = {"amount_cents": 500_000, "purpose": "stock", "language": "zh-Hans", "consents": consents}
        borrower_id = shop(key)
        made = house.act(
            actions.apply_at_once, command=Command.of(key), borrower_id=borrower_id, product_key="credit-line",
            answers=answers, today=TODAY,
        )  # fmt: skip
        assert made.outcome == "approve"
        assert in_force(house, borrower_id) is (FREE in consents)


def test_given_again_it_is_the_same_and_after_taking_back_another_word_for_word(
    house: Database, shop: Callable[..., UUID]
) -> None:
    borrower_id = shop()
    give = {"borrower_id": borrower_id, "purpose": FREE, "today": TODAY}
    first = house.act(give_consent, language="zh-Hans", **give)
    assert house.act(give_consent, language="en", **give) == first
    house.act(take_back_consent, **{**give, "today": TODAY + timedelta(days=1)})
    assert in_force(house, borrower_id), "taken back from tomorrow on"
    second = house.act(give_consent, language="en", **{**give, "today": TODAY + timedelta(days=1)})
    assert second != first
    with house.transaction() as db:
        wording = scalar(db, "select wording from consent where consent_id = %(id)s", id=first)
    assert wording == FREE_CONSENTS[0].zh


def test_an_application_gone_on_with_in_one_call_takes_back_what_it_no_longer_gives(
    house: Database, shop: Callable[..., UUID]
) -> None:
    for key, consents in (("s1", NEEDED), ("s2", [*NEEDED, FREE])):
        borrower_id = shop(key)
        about = {"borrower_id": borrower_id, "product_key": "credit-line", "today": TODAY}
        save = {"borrower_id": borrower_id, "application_id": house.act(actions.start_application, **about)}
        first = {"amount_cents": 500_000, "purpose": "stock"}
        second = {"language": "en", "consents": [*NEEDED, FREE]}
        house.act(actions.save_step, step=1, answers=first, **save)
        house.act(actions.save_step, step=2, answers=second, **save)
        assert in_force(house, borrower_id)
        answers = {**first, **second, "consents": consents}
        house.act(actions.apply_at_once, command=Command.of(key), answers=answers, **about)
        assert in_force(house, borrower_id) is (FREE in consents)
        assert in_force(house, borrower_id, "credit-report")
