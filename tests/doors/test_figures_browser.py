"""A story in a real browser: a seller states figures on a phone, the staff ask the tax office and see both sides."""

import shutil
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from lendmill import jobs
from lendmill.lab.identities import firm_number
from lendmill.outside.parties.over_http import HttpParty
from lendmill.outside.simulating import played
from lendmill.people.actions import lock_borrower, verify_identity
from lendmill.people.roles import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium")
PASSWORD = "correct horse battery"
PHONE = {"width": 360, "height": 780}


@pytest.fixture
def address(house) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """The doors on a real port, and a worker that carries questions to simulated parties."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(house.app, log_level="error", ws="none", lifespan="on"))
    thread, stop = threading.Thread(target=server.run, kwargs={"sockets": [listening]}), threading.Event()
    thread.start()
    with played("lendmill.outside.parties.simulated_parties") as url:
        tax = HttpParty("tax", f"{url}/tax")
        worker = threading.Thread(
            target=jobs.run_enquirer, args=(house.database, {"tax": tax}, house.app.state.seal, stop)
        )
        worker.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        stop.set()
        worker.join()
        tax.close()
    server.should_exit = True
    thread.join()


def test_a_seller_states_figures_and_the_staff_hold_them_against_the_tax_office(house, address: str) -> None:  # type: ignore[no-untyped-def]
    from playwright.sync_api import sync_playwright

    house.account(Role.SELLER, house.applicant_id)
    house.account(Role.ANALYST)

    def numbered(db) -> None:  # type: ignore[no-untyped-def]
        lock_borrower(db, house.applicant_id)
        verify_identity(db, borrower_id=house.applicant_id, identity_no=firm_number(7), seal=house.app.state.seal)

    house.database.act(numbered)
    troubles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )

        def somebody(name: str, size, locale: str):  # type: ignore[no-untyped-def]
            page = browser.new_context(viewport=size, locale=locale).new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", lambda told: troubles.append(told.text) if "Content Security" in told.text else None)
            page.goto(f"{address}/sign-in")
            page.fill("#name", name)
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_url(lambda url: "sign-in" not in url)
            return page

        seller = somebody(f"seller-{house.applicant_id}", PHONE, "zh-CN")
        seller.click("text=填报经营数据，可加快审批")
        seller.fill("#sales_year", "1,200,000")
        seller.fill("#top1_share", "40")
        seller.click("text=保存，稍后继续")
        seller.wait_for_selector("text=草稿已保存")
        seller.goto(f"{address}/")
        seller.goto(f"{address}/figures")
        assert seller.input_value("#sales_year") == "1,200,000"
        seller.fill("#top2_share", "70")
        seller.click("text=确认数据")
        seller.wait_for_selector("text=第二大客户的占比不能高于第一大客户")
        assert seller.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "nothing hangs over the edge"
        seller.fill("#top2_share", "20")
        seller.click("text=确认数据")
        seller.wait_for_selector("text=第1版")
        assert seller.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "nothing hangs over the edge"
        seller.click("text=本人自愿同意")
        seller.wait_for_selector("text=撤回 >> nth=0")

        desk = somebody("analyst-first", {"width": 1280, "height": 900}, "en-GB")
        desk.goto(f"{address}/staff/borrowers/{house.applicant_id}")
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
        browser.close()
    assert troubles == []
