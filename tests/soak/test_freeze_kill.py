"""A freeze that is killed at any moment leaves no folder or a whole one, and the same bytes when it is made again."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from foramen.snapshot.store import open_snapshot

pytestmark = pytest.mark.soak

BUILD = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from foramen.clinic.demo.hospital import build_hospital
build_hospital()
"""
FREEZE = """
import os, sys
from datetime import date
from pathlib import Path
import django
django.setup()
from foramen.clinic.freeze import make_snapshot
from foramen.clinic.models import Site
for line in sys.stdin:
    if (child := os.fork()) == 0:
        site = Site.objects.get(code="example")
        make_snapshot(site, Path(line.strip()), day=date(2026, 11, 26), detail="safe_harbor")
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Loads the clinic once, and freezes into each folder that it is told in a child of its own."""

KILLS = 50
RING = "k-tests " + "A" * 42 + "E\nindex " + "B" * 42 + "E\n"
"""Keys with which names are sealed, of nobody."""


def settings(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("FORAMEN_", "DJANGO_"))}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "foramen.clinic.settings", "FORAMEN_DEMO": "yes", "FORAMEN_HTTPS": "no",
        "FORAMEN_DATA_DIR": str(folder / "data"), "FORAMEN_KEYS": RING,
    }  # fmt: skip


class Freezer:
    """Freezes in children, which can be killed."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", FREEZE], env=settings(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def freeze(self, out: Path, kill_after: float | None = None) -> int:
        """The exit code of a freeze; negative where it was killed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{out}\n")
        self._process.stdin.flush()
        child = self._told()
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return self._told()

    def end(self) -> None:
        self._process.communicate()

    def _told(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@pytest.mark.requirement("LCK-4")
def test_a_killed_freeze_leaves_nothing_or_everything(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    subprocess.run([sys.executable, "-c", BUILD], env=settings(tmp_path), check=True)
    freezer, chance, target = Freezer(tmp_path), random.Random(1), tmp_path / "target"
    assert freezer.freeze(tmp_path / "first") == 0
    before = time.monotonic()
    assert freezer.freeze(tmp_path / "whole") == 0
    needed = time.monotonic() - before
    whole = open_snapshot(tmp_path / "whole").digest
    target.mkdir()
    killed = half_way = 0
    for attempt in range(KILLS):
        out = target / f"try{attempt}"
        killed += freezer.freeze(out, chance.random() * needed) == -signal.SIGKILL
        half_way += any(path.suffix == ".partial" for path in target.iterdir())
        assert not out.exists() or open_snapshot(out).digest == whole
    assert killed > KILLS // 3 and half_way
    for attempt in range(KILLS):
        assert freezer.freeze(target / f"try{attempt}") == 0
    freezer.end()
    assert {open_snapshot(target / f"try{attempt}").digest for attempt in range(KILLS)} == {whole}
    assert not list(target.glob(".*"))
