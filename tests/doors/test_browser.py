"""A story in a real browser: a seller applies, draws and repays; the staff see it. Skipped by name without Chromium."""

from datetime import date
from functools import partial

import pytest

from doors.browsing import DESK, SMALL_PHONE, browsing, fits, needs_chromium, whole
from lendmill.people.roles import Role

pytestmark = needs_chromium


def test_a_seller_applies_draws_and_repays_and_the_staff_see_it(house) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.SELLER, house.applicant_id)
    house.account(Role.AUDITOR)
    with browsing(house) as browser:
        page = browser.somebody(f"seller-{house.applicant_id}")
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
        fits(page)
        page.click("text=确认借款 ¥7,000")
        page.wait_for_selector("[data-ask]")
        _rail_confirms(house)
        page.wait_for_selector("text=今日结清应还")

        page.click("text=全部还清")
        page.click("text=确认还款")
        page.wait_for_selector("text=还款处理中")
        _rail_confirms(house)
        page.wait_for_selector("text=还款成功 ¥7,000.00")

        desk = browser.somebody("auditor-first", f"/staff/borrowers/{house.applicant_id}", size=DESK, locale="en-GB")
        assert desk.locator("text=Approved").count() == 1
        assert desk.locator("text=Paid off").count() == 1


@pytest.mark.parametrize("size", [SMALL_PHONE, DESK], ids=["phone", "desk"])
def test_one_proposes_another_approves_and_the_seller_reads_it(house, size) -> None:  # type: ignore[no-untyped-def]
    for role in (Role.SELLER, Role.COLLECTOR, Role.RISK_OFFICER, Role.FINANCE):
        house.account(role)
    house.lender.go_to(date(2026, 2, 14))  # thirteen days late, grace ended on the fourth: ten nights of 6.30
    loan = f"/staff/borrowers/{house.seller_id}/loans/{house.loan_id}"
    with browsing(house) as browser:
        staff = partial(browser.somebody, size=size, locale="en-GB")
        collector = staff("collector-first", f"/staff/borrowers/{house.seller_id}")
        if size == DESK:
            whole(collector)
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

        finance = staff("finance-first", f"{loan}/changes/write_off")
        finance.fill("#reason", "nothing left to collect")
        finance.click("text=Show what it would do")
        finance.click("text=Propose it")
        finance.wait_for_selector("text=Proposed. Another person has to agree")

        risk = staff("risk-officer-first", "/staff/approvals")
        fits(risk)
        risk.click("text=nothing left to collect")
        risk.wait_for_selector("text=What it would do")
        fits(risk)
        risk.click("button:has-text('Approve')")
        risk.wait_for_selector("text=The change is made.")
        risk.goto(f"{browser.address}/staff/approvals")
        risk.wait_for_selector("text=Nothing waits")

        seller = browser.somebody("seller-first", f"/loans/{house.loan_id}", size=size)
        seller.wait_for_selector("text=罚息 ¥40.00已减免，无需偿还。")
        seller.wait_for_selector("text=这笔借款我们已作账务核销，但仍需偿还")
        seller.wait_for_selector("text=¥7,165.80")
        fits(seller)
    house.lender.keeps_its_promises()


def _rail_confirms(house) -> None:  # type: ignore[no-untyped-def]
    with house.database.transaction() as db:
        asked = db.execute("select instruction_id from instruction where status = 'waiting'").fetchall()
    for (instruction_id,) in asked:
        house.lender.rail_says(house.applicant_id, instruction_id, "confirmed", house.lender.today)
