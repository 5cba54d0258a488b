"""A story in a real browser: an analyst states what they assume, sees the best prices, and takes a proposal away."""

from doors.browsing import DESK, PHONE, browsing, fits, needs_chromium
from doors.test_pricing_pages import FORM
from lendmill.people.roles import Role

pytestmark = needs_chromium


def test_an_analyst_works_prices_out_and_reads_them_on_a_phone_too(house) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.ANALYST)
    with browsing(house) as browser:
        for size, locale, work, head in (
            (DESK, "en-GB", "Work it out", "Best rate"), (PHONE, "zh-CN", "开始测算", "最优利率"),
        ):  # fmt: skip
            page = browser.somebody("analyst-first", "/staff/pricing", size=size, locale=locale)
            for field, value in FORM.items():
                if field == "product":
                    page.select_option("#product", value)
                else:
                    page.fill(f'[name="{field}"]', value)
            page.click(f"text={work}")
            page.wait_for_selector(f"text={head}")
            assert page.locator("figure.plot svg").count() == 3
            colours = page.locator("figure.plot svg path[stroke='var(--brand)']")
            assert colours.first.evaluate("line => getComputedStyle(line).stroke") == "rgb(26, 86, 232)"
            assert "[rate_by_grade]" in page.locator("pre").first.inner_text()
            fits(page)
