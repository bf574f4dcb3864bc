"""Pictures of the clinic for its pages: `python -m docs.clinic_pictures`. Builds a demonstration; needs Chromium."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures" / "clinic"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
PORT = 8129
ADDRESS = f"http://localhost:{PORT}"
CODE = re.compile(r"\b\d{6}\b")
NARROW, USUAL, WIDE = 390, 1440, 1920
HEIGHT = 960
START = (
    "from pathlib import Path; from foramen.cli.demo_clinic import build_clinic, serve_clinic; "
    "out = Path({folder!r}); serve_clinic(build_clinic(out), {port}, '2026-11-26T09:12')"
)

SHOTS: tuple[tuple[str, str, str, tuple[str, ...], int], ...] = (
    ("board", "dahl", "/", (), USUAL), ("board-narrow", "dahl", "/", (), NARROW), ("board-wide", "dahl", "/", (), WIDE),
    ("patient", "dahl", "/", ("Heron, Josef",), USUAL),
    ("screening", "dahl", "/", ("Heron, Josef", "Screening and hold plan"), USUAL),
    ("recovery", "dahl", "/", ("Enter score",), USUAL),
    ("history", "dahl", "/", ("Heron, Josef", "History of changes"), USUAL),
    ("treatment", "okafor", "/", ("Sorrel, Nadia", "Treatment"), USUAL),
    ("triage", "okafor", "/referrals/?q=Fern", ("^2026-[0-9]+$",), USUAL),
    ("bookings", "lind", "/bookings/", (), USUAL), ("policies", "vance", "/policies/", (), USUAL),
    ("registry", "byrd", "/registry/", (), USUAL), ("snapshot", "byrd", "/registry/", ("^Snapshot 1$",), USUAL),
    ("people", "hale", "/people/", (), USUAL), ("day-sheet", "dahl", "/board/2026-11-26/sheet/", (), USUAL),
)  # fmt: skip
"""Name, account, address, the links that are followed from there (as patterns), and width in pixels."""


@contextmanager
def demonstration() -> Iterator[None]:
    """The clinic, served to this machine until the pictures are made."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", START.format(folder=folder, port=PORT)]
        server = subprocess.Popen(command, start_new_session=True)
        try:
            _wait(server)
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(server: "subprocess.Popen[bytes]") -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise SystemExit("the demonstration does not start")
        try:
            urllib.request.urlopen(f"{ADDRESS}/sign-in/", timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the demonstration does not answer")


def sign_in(page: Any, username: str) -> None:
    """As anybody would: name, password, the code that the sign-in page shows."""
    page.goto(f"{ADDRESS}/sign-in/")
    page.fill("#id_login", username)
    page.fill("#id_password", "demonstration")
    page.click("main form button[type=submit]")
    told = CODE.search(page.locator("#main").inner_text())
    page.fill("#id_code", told[0] if told else "")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def fill_registry(page: Any) -> None:
    """A snapshot and a report on it, made by the worker that runs beside the server."""
    page.goto(f"{ADDRESS}/registry/")
    page.get_by_label(re.compile("^Limited")).check()
    page.get_by_role("button", name="Make a snapshot").click()
    page.locator("#snapshots[data-poll]").wait_for(state="detached", timeout=60_000)
    page.get_by_role("link", name="Snapshot 1", exact=True).click()
    page.get_by_role("button", name="Run Review of a spine injection service").click()
    page.get_by_role("link", name=re.compile("^Open the report")).wait_for(timeout=60_000)


PREPARED = {"byrd": fill_registry}
"""What an account does before its pictures are taken; the others find what the demonstration begins with."""


def photograph(browser: str) -> None:
    """Every picture, each with a session of the account that it belongs to."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = window.new_page(viewport={"width": USUAL, "height": HEIGHT})
        page.goto(f"{ADDRESS}/sign-in/")
        page.screenshot(path=PICTURES / "sign-in.png")
        for account in dict.fromkeys(shot[1] for shot in SHOTS):
            context = window.new_context(viewport={"width": USUAL, "height": HEIGHT})
            own = context.new_page()
            sign_in(own, account)
            if account in PREPARED:
                PREPARED[account](own)
            for name, who, where, links, width in SHOTS:
                if who == account:
                    _take(own, name, where, links, width)
            context.close()
        window.close()


def _take(page: Any, name: str, where: str, links: tuple[str, ...], width: int) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.goto(f"{ADDRESS}{where}")
    for link in links:
        page.get_by_role("link", name=re.compile(link)).first.click()
        page.wait_for_load_state()
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / f"{name}.png")


def main() -> int:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write("no Chromium here; the pictures stay as they are\n")
        return 2
    with demonstration():
        photograph(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main())
