"""A story in a real browser: a seller applies, draws and repays; the staff see it. Skipped by name without Chromium."""

import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import date

import pytest
import uvicorn

from lendmill.people.roles import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium")
PASSWORD = "correct horse battery"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def address(house) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """The doors on a real port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(house.app, log_level="error", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def _sign_in(page, address: str, name: str) -> None:  # type: ignore[no-untyped-def]
    page.goto(f"{address}/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_a_seller_applies_draws_and_repays_and_the_staff_see_it(house, address: str) -> None:  # type: ignore[no-untyped-def]
    from playwright.sync_api import sync_playwright

    house.account(Role.SELLER, house.applicant_id)
    house.account(Role.AUDITOR)
    troubles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda told: troubles.append(told.text) if "Content Security" in told.text else None)

        _sign_in(page, address, f"seller-{house.applicant_id}")
        page.click("text=立即申请 >> nth=0")
        page.fill("#amount", "12000")
        page.click("text=采购备货")
        page.click("text=下一步")
        for box in page.locator("input[type=checkbox]").all():
            box.check()
        page.click("text=下一步")
        page.click("text=提交申请")
        page.wait_for_selector("text=审批通过")

        page.click("text=立即借款")
        page.fill("#amount", "7000")
        page.click("label:has-text('1个月')")
        page.wait_for_selector("text=¥7,130.20")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "nothing hangs over the edge"
        page.click("text=确认借款 ¥7,000")
        page.wait_for_selector("[data-ask]")
        _rail_confirms(house)
        page.wait_for_selector("text=今日结清应还")

        page.click("text=全部还清")
        page.click("text=确认还款")
        page.wait_for_selector("text=还款处理中")
        _rail_confirms(house)
        page.wait_for_selector("text=还款成功 ¥7,000.00")

        desk = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
        desk.set_default_timeout(30_000)
        _sign_in(desk, address, "auditor-first")
        desk.goto(f"{address}/staff/borrowers/{house.applicant_id}")
        assert desk.locator("text=Approved").count() == 1
        assert desk.locator("text=Paid off").count() == 1
        browser.close()
    assert troubles == []


@pytest.mark.parametrize("size", [{"width": 360, "height": 780}, {"width": 1280, "height": 800}], ids=["phone", "desk"])
def test_one_proposes_another_approves_and_the_seller_reads_it(house, address: str, size) -> None:  # type: ignore[no-untyped-def]
    from playwright.sync_api import sync_playwright

    for role in (Role.SELLER, Role.COLLECTOR, Role.RISK_OFFICER, Role.FINANCE):
        house.account(role)
    house.lender.go_to(date(2026, 2, 14))  # thirteen days late, grace ended on the fourth: ten nights of 6.30
    loan, troubles = f"/staff/borrowers/{house.seller_id}/loans/{house.loan_id}", list[str]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )

        def somebody(name: str, path: str, locale: str = "en-GB"):  # type: ignore[no-untyped-def]
            page = browser.new_context(viewport=size, locale=locale).new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", lambda told: troubles.append(told.text) if "Content Security" in told.text else None)
            _sign_in(page, address, name)
            page.goto(address + path)
            return page

        def fits(page) -> None:  # type: ignore[no-untyped-def]
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "nothing hangs over the edge"

        collector = somebody("collector-first", f"/staff/borrowers/{house.seller_id}")
        collector.click(f"a[href='{loan}']")
        fits(collector)
        collector.click("text=Waive fees, penalty or interest")
        collector.fill("#penalty_cents", "999")
        collector.fill("#reason", "flood in the warehouse")
        collector.click("text=Show what it would do")
        collector.wait_for_selector("[role=alert]")
        assert collector.input_value("#penalty_cents") == "999"
        collector.fill("#penalty_cents", "40")
        collector.click("text=Show what it would do")
        collector.wait_for_selector("#preview tr.changed:has-text('¥23.00')")
        fits(collector)
        collector.click("text=Make the change")
        collector.wait_for_selector("text=The change is made.")

        finance = somebody("finance-first", f"{loan}/changes/write_off")
        finance.fill("#reason", "nothing left to collect")
        finance.click("text=Show what it would do")
        finance.click("text=Propose it")
        finance.wait_for_selector("text=Proposed. Another person has to agree")

        risk = somebody("risk-officer-first", "/staff/approvals")
        fits(risk)
        risk.click("text=nothing left to collect")
        risk.wait_for_selector("text=What it would do")
        fits(risk)
        risk.click("button:has-text('Approve')")
        risk.wait_for_selector("text=The change is made.")
        risk.goto(f"{address}/staff/approvals")
        risk.wait_for_selector("text=Nothing waits")

        seller = somebody("seller-first", f"/loans/{house.loan_id}", "zh-CN")
        seller.wait_for_selector("text=罚息 ¥40.00已减免，无需偿还。")
        seller.wait_for_selector("text=这笔借款我们已作账务核销，但仍需偿还")
        seller.wait_for_selector("text=¥7,165.80")
        fits(seller)
        browser.close()
    assert troubles == []
    house.lender.keeps_its_promises()


def _rail_confirms(house) -> None:  # type: ignore[no-untyped-def]
    with house.database.transaction() as db:
        asked = db.execute("select instruction_id from instruction where status = 'waiting'").fetchall()
    for (instruction_id,) in asked:
        house.lender.rail_says(house.applicant_id, instruction_id, "confirmed", house.lender.today)
