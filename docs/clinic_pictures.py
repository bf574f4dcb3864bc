"""Pictures of the clinic for its pages: `python -m docs.clinic_pictures`. Builds the demonstration and needs Chromium."""

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
START = (
    "from pathlib import Path; from foramen.cli.demo_clinic import build_clinic, serve_clinic; "
    "out = Path({folder!r}); serve_clinic(build_clinic(out), {port}, '2026-11-26T09:12')"
)

SHOTS: tuple[tuple[str, str, str, int, bool], ...] = (
    ("board", "dahl", "/", USUAL, False), ("board-narrow", "dahl", "/", NARROW, False),
    ("board-wide", "dahl", "/", WIDE, False), ("patients", "dahl", "/patients/?q=Heron", USUAL, False),
    ("patient", "dahl", "Heron, Josef", USUAL, False), ("treatment", "okafor", "Sorrel, Nadia", USUAL, False),
    ("referrals", "okafor", "/referrals/", USUAL, False), ("bookings", "lind", "/bookings/", USUAL, False),
    ("policies", "vance", "/policies/", USUAL, False), ("people", "hale", "/people/", USUAL, False),
    ("day-sheet", "dahl", "/board/2026-11-26/sheet/", USUAL, False),
)  # fmt: skip
"""Name, account, address or the patient whose page it is, width, and whether the whole page is taken."""


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


def photograph(browser: str) -> None:
    """Every picture, each with a session of the account that it belongs to."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = window.new_page(viewport={"width": USUAL, "height": 1000})
        page.goto(f"{ADDRESS}/sign-in/")
        page.screenshot(path=PICTURES / "sign-in.png")
        for account in dict.fromkeys(shot[1] for shot in SHOTS):
            context = window.new_context(viewport={"width": USUAL, "height": 1000})
            own = context.new_page()
            sign_in(own, account)
            for name, who, where, width, whole in SHOTS:
                if who == account:
                    _take(own, name, where, width, whole=whole)
            context.close()
        window.close()


def _take(page: Any, name: str, where: str, width: int, *, whole: bool) -> None:
    page.set_viewport_size({"width": width, "height": 1000 if width > NARROW else 844})
    page.goto(f"{ADDRESS}{where if where.startswith('/') else '/'}")
    if not where.startswith("/"):
        page.get_by_role("link", name=where, exact=False).first.click()
        page.wait_for_load_state()
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


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
