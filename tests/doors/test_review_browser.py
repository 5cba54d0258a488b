"""The desk in a real browser: from an application that is referred to a verdict, in both languages."""

import os
from pathlib import Path

from browsing import DESK, PHONE, browsing, fits, needs_chromium

from credit.test_review_desk import applied
from doors.conftest import House, rate
from lendmill.db import Database
from lendmill.people.roles import Role


def referred(house: House) -> tuple[object, str]:
    """A seller whose application waits for a person."""
    with house.database.transaction() as db:
        rate(db, house.applicant_id, "C")
    database: Database = house.database
    return house.applicant_id, str(applied(database, house.applicant_id).decision_id)


def picture(page: object, name: str) -> None:
    """Keep a picture where somebody wants to look at one."""
    folder = os.environ.get("LENDMILL_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)  # type: ignore[attr-defined]


@needs_chromium
def test_a_file_goes_from_the_desk_to_a_verdict_and_the_seller_sees_it_on_the_phone(house: House) -> None:
    borrower_id, case = referred(house)
    house.account(Role.RISK_OFFICER)
    house.account(Role.SELLER, house.applicant_id)
    with browsing(house) as at:
        desk = at.somebody("risk-officer-first", "/staff/reviews", size=DESK, locale="en-GB")
        picture(desk, "desk-en")
        desk.click(f"a[href='/staff/reviews/{case}']")
        desk.click("button[value=take]")
        desk.fill("#meeting_url", "https://meet.example.com/room-1")
        desk.click("button[value=invite]")
        fits(desk)
        picture(desk, "file-en")

        seller = at.somebody(f"seller-{borrower_id}", f"/reviews/{case}", size=PHONE)
        fits(seller)
        picture(seller, "own-zh")
        seller.click("label.choice >> nth=2")
        seller.click("form[action$=appointment] button")
        seller.wait_for_selector("a[href^='https://meet.example.com']")
        picture(seller, "own-booked-zh")

        desk.goto(f"{at.address}/staff/reviews/{case}")
        for row in desk.query_selector_all(".question-row"):
            row.query_selector("input[value=matches]").check()
        desk.fill("#recording_ref", "REC-2026-0001")
        desk.click("button[value=close]")
        desk.fill("#amount", "2,000")
        desk.check("input[name='grant interview-agrees']")
        desk.fill("#grant-words", "All as in the record; stock seen.")
        picture(desk, "verdict-en")
        desk.click("#verdict form:first-of-type > button")
        desk.wait_for_selector("h2:has-text('Decided by a person')")
        desk.goto(f"{at.address}/language/zh-Hans?back=/staff/reviews/{case}")
        picture(desk, "decided-zh")
        seller.goto(f"{at.address}/reviews/{case}")
        seller.click("a[href^='/decisions/']")
        fits(seller)
        picture(seller, "decision-zh")
        seller.click("a[href^='/notices/']")
        fits(seller)
        picture(seller, "notice-zh")
