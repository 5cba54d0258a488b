"""A story in a real browser: a wholesale member applies on a small phone, stops in between, and takes what there is."""

import os
from pathlib import Path
from typing import Any

from doors.browsing import browsing, fits, needs_chromium
from doors.conftest import rate
from lender import Introduced
from lendmill.people.actions import register_borrower
from lendmill.people.roles import Role

pytestmark = needs_chromium
SMALLEST = {"width": 360, "height": 640}
PICTURES = os.environ.get("LENDMILL_TEST_PICTURES")  # a folder to look at the pages in


def seen(page: Any, name: str) -> None:
    """The page fits the screen; and a picture of it, where somebody wants to look."""
    fits(page)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_a_whole_application_on_a_small_phone(house: Any) -> None:
    seller = Introduced("shop-wholesale", name="义乌小商品批发", kind="firm", wholesale=True)
    borrower_id = house.database.act(register_borrower, seller=seller, today=house.lender.today, vouched=True)
    with house.database.transaction() as db:
        db.execute("update borrower set member_since_on = '2024-01-01' where borrower_id = %s", [borrower_id])
        rate(db, borrower_id, "A")
    house.account(Role.SELLER, borrower_id)
    with browsing(house) as browser:
        phone = browser.somebody(f"seller-{borrower_id}", size=SMALLEST)
        seen(phone, "home")
        phone.click("text=立即申请 >> nth=0")
        phone.wait_for_selector("#amount")
        seen(phone, "amount")
        phone.fill("#amount", "500000")
        phone.click("label.choice >> nth=0")
        phone.click("main form button")
        phone.wait_for_selector("#sales_year")
        seen(phone, "who")
        phone.goto(browser.address)  # left in the middle, and taken up again
        phone.click('a[href^="/apply/"]')
        for consent in phone.query_selector_all("label.consent"):
            if "可选" not in consent.inner_text():
                consent.click()
        phone.click("main form .actions button")
        phone.wait_for_selector("text=请填写年销售额")
        seen(phone, "figures missing")
        phone.fill("#sales_year", "1,200,000")
        phone.click("main form .actions button")
        phone.wait_for_selector("text=填报于")
        seen(phone, "check")
        phone.click("main form .actions button")
        phone.wait_for_selector("text=可授信额度低于您的申请金额")
        seen(phone, "less")
        phone.click("button[value=accept]")
        phone.wait_for_selector("text=立即借款")
        seen(phone, "open")
