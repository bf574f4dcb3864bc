"""Pages in a real browser: `browser_page(person)` gives a page at the live server, signed in.

Nothing may be said on its console and nothing asked for elsewhere; axe must find nothing serious. With
FORAMEN_PICTURES=folder, `picture` leaves a picture of the page there at each width of the design.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from foramen.clinic.models import Person, Site
from tests.clinic.people import signed_in

WIDTHS = (390, 1440, 1920)
"""A phone, a desk, a wall: the widths at which pages are looked at."""

HEIGHT = 1000
SERIOUS = ("serious", "critical")
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""What Chromium itself says when a page is answered with 403, 409 or 422; it is the page that is looked at then."""

BrowserPage = Callable[..., Page]


@pytest.fixture
def browser_page(browser: Browser, live_server: object) -> Iterator[BrowserPage]:
    """`browser_page(person, site=None, width=1440, script=True)`; without a person nobody has signed in. Each call is
    another browser of another person. What went wrong on any of them fails the test at its end."""
    opened, wrong = [], []

    def open_page(
        person: Person | None = None, site: Site | None = None, width: int = 1440, *, script: bool = True
    ) -> Page:
        address = str(live_server)
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": HEIGHT}, java_script_enabled=script,
            reduced_motion="reduce",
        )  # fmt: skip
        opened.append(context)
        if person is not None:
            cookie = signed_in(Client(), person, site).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page = context.new_page()
        page.on("console", lambda said: wrong.extend(_complaint(said)))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: wrong.extend(_elsewhere(asked, address)))
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not wrong, "\n".join(wrong)


def _complaint(said: ConsoleMessage) -> list[str]:
    return [] if said.text.startswith(REFUSED) else [said.text]


def _elsewhere(asked: Request, address: str) -> list[str]:
    parts = urlsplit(asked.url)
    return [] if parts.scheme == "data" or parts.netloc == urlsplit(address).netloc else [f"asked for {asked.url}"]


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical: the rule and the elements."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found if one["impact"] in SERIOUS]


def too_wide(page: Page) -> list[str]:
    """What makes the page wider than the window; tables scroll inside themselves."""
    found: list[str] = page.evaluate(WIDE)
    return found


WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) { return []; }
  const all = [...document.body.querySelectorAll("*")];
  const wide = all.filter((one) => one.getBoundingClientRect().right > room + 0.5).slice(0, 8);
  return [`${document.documentElement.scrollWidth} px`, ...wide.map((one) => `${one.tagName}.${one.className}`)];
}"""


def check_page(page: Page, name: str, widths: tuple[int, ...] = WIDTHS) -> None:
    """At each width: nothing serious, no scrolling sideways, and a picture where pictures are wanted."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        picture(page, f"{name}-{width}")
        assert too_wide(page) == [], f"{name} at {width} px"
    assert serious(page) == []


def picture(page: Page, name: str) -> None:
    """A picture of the whole page in the folder named by FORAMEN_PICTURES; without it, nothing."""
    if folder := os.environ.get("FORAMEN_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
