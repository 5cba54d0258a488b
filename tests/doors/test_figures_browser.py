"""A story in a real browser: a seller states figures on a phone, the staff ask the tax office and see both sides."""

import threading
from collections.abc import Iterator

import pytest

from doors.browsing import DESK, SMALL_PHONE, browsing, fits, needs_chromium
from lendmill import jobs
from lendmill.lab.identities import firm_number
from lendmill.outside.parties.over_http import HttpParty
from lendmill.outside.simulating import played
from lendmill.people.actions import lock_borrower, verify_identity
from lendmill.people.roles import Role

pytestmark = needs_chromium


@pytest.fixture
def tax_office(house) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """A worker that carries questions to a simulated tax office."""
    stop = threading.Event()
    with played("lendmill.outside.parties.simulated_parties") as url:
        tax = HttpParty("tax", f"{url}/tax")
        worker = threading.Thread(
            target=jobs.run_enquirer, args=(house.database, {"tax": tax}, house.app.state.seal, stop)
        )
        worker.start()
        yield
        stop.set()
        worker.join()
        tax.close()


@pytest.mark.usefixtures("tax_office")
def test_a_seller_states_figures_and_the_staff_hold_them_against_the_tax_office(house) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.SELLER, house.applicant_id)
    house.account(Role.ANALYST)

    def numbered(db) -> None:  # type: ignore[no-untyped-def]
        lock_borrower(db, house.applicant_id)
        verify_identity(db, borrower_id=house.applicant_id, identity_no=firm_number(7), seal=house.app.state.seal)

    house.database.act(numbered)
    with browsing(house) as browser:
        seller = browser.somebody(f"seller-{house.applicant_id}", size=SMALL_PHONE)
        seller.click("text=填报经营数据，可加快审批")
        seller.fill("#sales_year", "1,200,000")
        seller.fill("#top1_share", "40")
        seller.click("text=保存，稍后继续")
        seller.wait_for_selector("text=草稿已保存")
        seller.goto(f"{browser.address}/")
        seller.goto(f"{browser.address}/figures")
        assert seller.input_value("#sales_year") == "1,200,000"
        seller.fill("#top2_share", "70")
        seller.click("text=确认数据")
        seller.wait_for_selector("text=第二大客户的占比不能高于第一大客户")
        fits(seller)
        seller.fill("#top2_share", "20")
        seller.click("text=确认数据")
        seller.wait_for_selector("text=第1版")
        fits(seller)
        seller.click("text=本人自愿同意")
        seller.wait_for_selector("text=撤回 >> nth=0")

        desk = browser.somebody("analyst-first", f"/staff/borrowers/{house.applicant_id}", size=DESK, locale="en-GB")
        desk.click("text=Stated figures, third parties")
        desk.wait_for_selector("text=¥1,200,000 >> nth=0")
        desk.click("#tax button")
        desk.wait_for_selector("#tax >> text=Asked on")
        for _ in range(40):
            if desk.locator("#tax .badge:has-text('Answered')").count():
                break
            desk.reload()
        desk.click("#tax summary")
        desk.wait_for_selector("#tax >> text=Filing of value-added tax >> nth=0")
        desk.click("#bureau button")
        desk.wait_for_selector("text=has not agreed that the Credit bureau is asked")
