"""A new version in a real browser: brought in, put right, proposed, and let go live. Skipped without Chromium."""

from importlib.resources import files
from pathlib import Path

from credit_cases import POLICY

from doors.browsing import DESK, PHONE, browsing, fits, needs_chromium
from lendmill.people.roles import Role
from lendmill.products.queries import preset

pytestmark = needs_chromium
LINE = preset("credit-line")
NEXT = LINE.version + 1


def test_an_analyst_brings_in_a_version_and_an_officer_lets_it_go_live(house, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.ANALYST)
    house.account(Role.RISK_OFFICER)
    text = (files("lendmill.products") / "presets" / "credit-line.toml").read_text("utf-8")
    text = text.replace(f"version = {LINE.version}", f"version = {NEXT}", 1)
    wrong, right = tmp_path / "wrong.toml", tmp_path / "right.toml"
    wrong.write_text(text.replace("grace_days = 3", "grace_days = 300"), "utf-8")
    right.write_text(text.replace("grace_days = 3", "grace_days = 5"), "utf-8")
    with browsing(house) as browser:
        analyst = browser.somebody("analyst-first", "/staff/policies", size=DESK, locale="en")
        analyst.select_option("#kind", "products")
        analyst.set_input_files("#file", wrong)
        analyst.click("text=Keep as a draft")
        analyst.wait_for_selector("text=from 0 to 90")
        fits(analyst)
        analyst.select_option("#kind", "products")
        analyst.set_input_files("#file", right)
        analyst.click("text=Keep as a draft")
        analyst.wait_for_selector("text=The grace rises from 3 days to 5 days")
        analyst.select_option("#to", "live")
        analyst.fill("#why-propose", "more time after a holiday")
        analyst.click("button:has-text('Propose')")
        analyst.wait_for_selector("text=You can only take it back")

        officer = browser.somebody("risk-officer-first", "/staff/policies", size=PHONE)
        fits(officer)
        officer.click(f"text=(credit-line) {NEXT}")
        officer.wait_for_selector("text=宽限期由 3 天 升至 5 天")
        fits(officer)
        officer.click("button:has-text('同意')")
        officer.wait_for_selector(".badge.good")

        analyst.goto(f"{browser.address}/staff/policies/policies/standard/{POLICY.version}")
        fits(analyst)
