"""People at the doors in a real browser: each signs in on a screen of their own, and no page may complain."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium")
PASSWORD = "correct horse battery"
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}


@contextmanager
def open_doors(house: Any) -> Iterator[str]:
    """The house's doors on a real port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(house.app, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class Browsing:
    """A browser before the doors, and what its pages complained of."""

    def __init__(self, address: str, browser: Any) -> None:
        self.address, self.browser = address, browser
        self.troubles: list[str] = []

    def somebody(self, name: str, path: str = "", *, size: dict[str, int] = PHONE, locale: str = "zh-CN") -> Any:
        """Somebody who has signed in and looks at a page."""
        page = self.browser.new_context(viewport=size, locale=locale).new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda told: self.troubles.append(told.text) if "Content Security" in told.text else None)
        page.goto(f"{self.address}/sign-in")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(lambda url: "sign-in" not in url)
        if path:
            page.goto(self.address + path)
        return page


@contextmanager
def browsing(house: Any) -> Iterator[Browsing]:
    """A browser before the house's open doors; in the end no page has complained."""
    from playwright.sync_api import sync_playwright

    with open_doors(house) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        found = Browsing(address, browser)
        yield found
        browser.close()
    assert found.troubles == []


CUT_OFF = (
    "() => [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"
)


def whole(page: Any) -> None:
    """No table is wider than its card: every column is seen without moving it."""
    assert page.evaluate(CUT_OFF) == []


def fits(page: Any) -> None:
    """Nothing hangs over the edge of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
