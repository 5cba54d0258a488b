"""The questionnaire in a real browser on a phone, interrupted in the middle. Skipped by name without Chromium."""

from datetime import UTC, datetime

from doors.browsing import browsing, fits, needs_chromium
from lendmill.people.roles import Role
from lendmill.rating.psychometrics import actions, queries

pytestmark = needs_chromium


def _answer(page, number: int) -> None:  # type: ignore[no-untyped-def]
    """Choose the first answer shown of the question with this number and go on."""
    page.wait_for_selector(f"text=第{number}题")
    fits(page)
    page.locator(".choice").nth(number % 4).click()
    page.click("main .button:has-text('下一步')")


def _answered_elsewhere(house, upto: int) -> None:  # type: ignore[no-untyped-def]
    """The questions up to a number, answered on another device meanwhile."""
    with house.database.transaction() as db:
        begun = queries.newest_attempt(db, house.seller_id)
        assert begun is not None
        answered = queries.choices(db, begun)
    for key in begun.keys[len(answered) : upto]:
        about = {"borrower_id": house.seller_id, "attempt_id": begun.attempt_id, "item_key": key}
        now = {"today": house.lender.today, "at": datetime.now(UTC)}
        house.database.act(actions.show, **about, **now)
        house.database.act(actions.answer, choice=2, language="en", client_ms=None, **about, **now)


def test_a_seller_answers_on_a_phone_is_called_away_and_sends_it(house) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.SELLER)
    with browsing(house) as browser:
        page = browser.somebody("seller-first")
        page.click("text=您怎样做生意")
        page.check("input[name=agreed]")
        page.click("text=开始")
        for number in range(1, 4):
            _answer(page, number)
        page.click("main .button:has-text('上一步')")
        page.wait_for_selector("text=第3题")
        assert page.locator("input:checked").count() == 1
        page.click("text=下一步")
        page.wait_for_selector("text=第4题")
        page.context.close()

        page = browser.somebody("seller-first", "/questionnaire")
        page.wait_for_selector("text=3 / 40")
        page.click("main .button:has-text('继续')")
        for number in range(4, 6):
            _answer(page, number)
        page.wait_for_selector("text=第6题")
        _answered_elsewhere(house, upto=39)
        page.goto(f"{browser.address}/questionnaire")
        page.click("main .button:has-text('继续')")
        _answer(page, 40)
        page.click("text=提交问卷")
        page.wait_for_selector("text=谢谢您")
    with house.database.transaction() as db:
        sent = queries.newest_attempt(db, house.seller_id, finished=True)
        assert sent is not None
        given = queries.given(db, sent)
        scores = queries.newest_result(db, house.seller_id).scores
    assert len(given) == 41
    by_hand = [given[n] for n in (0, 1, 2, 3, 4, 5, 40)]
    assert all(each.client_ms is not None and each.seconds is not None for each in by_hand)
    assert scores.traits["prudence"].answers == 7
