"""Takes the README's pictures from a running demonstration: `python tools/pictures.py [address] [var folder]`.

Needs Chromium. Walks the pages as a seller on a phone and as an auditor at a desk; it begins to apply and looks at the
cost of a draw, but draws nothing.
"""

import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}
PICTURES = Path("docs/pictures")


def main(address: str = "http://127.0.0.1:8000", var: str = "var") -> None:
    """Take them all."""
    accounts = json.loads((Path(var) / "demo-sign-ins.json").read_text("utf-8"))
    passwords = {each["sign_in_name"]: each["password"] for each in accounts}
    names = {each["sign_in_name"]: each["display_name"] for each in accounts}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )

        def signed_in(name: str, size: dict[str, int], locale: str) -> Page:
            return _signed_in(browser, address, name, passwords[name], size, locale)

        _borrowing(signed_in("seller2", PHONE, "zh-CN"))
        _applying(signed_in("seller", PHONE, "zh-CN"))
        _desk(signed_in("auditor", DESK, "en-GB"), address, names["seller2"])
        browser.close()


def _signed_in(browser: Browser, address: str, name: str, password: str, size: dict[str, int], locale: str) -> Page:
    page = browser.new_context(viewport=size, locale=locale, device_scale_factor=1).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/sign-in")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(PICTURES / f"{name}.png"))
    print(PICTURES / f"{name}.png")


def _borrowing(page: Page) -> None:
    _keep(page, "home")
    page.click("main a[href^='/borrow/'] >> nth=0")
    page.wait_for_selector("#amount")
    page.fill("#amount", "7000")
    page.wait_for_selector("text=确认借款 ¥7,000")
    page.locator("text=费用明细").first.evaluate("one => one.scrollIntoView()")
    _keep(page, "cost")
    page.goto(page.url.split("/borrow")[0] + "/loans")
    page.click("main a[href^='/loans/'] >> nth=0")
    _keep(page, "loan")
    page.click("a[href$='/statement']")
    _keep(page, "statement")


def _applying(page: Page) -> None:
    _keep(page, "offer")
    page.click("text=立即申请 >> nth=0")
    page.wait_for_selector("#amount")
    _keep(page, "apply")


def _desk(page: Page, address: str, borrower: str) -> None:
    page.goto(f"{address}/staff")
    _keep(page, "portfolio")
    page.goto(f"{address}/staff/borrowers")
    page.fill("input[name=search]", borrower)
    page.press("input[name=search]", "Enter")
    page.click("main table a >> nth=0")
    _keep(page, "borrower")


if __name__ == "__main__":
    main(*sys.argv[1:])
