"""The library of rules and scores: how long it takes to load all of it, and to judge a list of ten drugs.

usage: catalogue.py load | bare | judge

Each prints one line of JSON with its processor seconds, which begin after imports: one core, however busy the machine
is. `load` reads, checks and indexes every policy, its example record, the drug names, instruments and schedules, and
runs the worked examples of the last two; `bare` only parses the same files as TOML: the floor. `judge` is the median of
many evaluations of one question, by one process.
"""

import json
import sys
import time
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median

from measure import Contender, interleave

from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.drugs import load_names
from foramen.catalogue.instants import moment_of
from foramen.catalogue.instruments.library import load_instruments
from foramen.catalogue.policies import POLICIES
from foramen.catalogue.schedules.library import load_schedules
from foramen.catalogue.site_record import load_example

LIBRARY = Path(__file__).parents[1] / "src/foramen/library"
KINDS = ("policies", "drugs", "site-records", "instruments", "schedules")
ZONE = "America/Chicago"
EVALUATIONS = 200

LIMITS = {"load": 0.3, "judge": 0.005}
"""Seconds that are promised."""

DRUGS = ("aspirin", "Plavix", "Eliquis", "Xarelto", "Pradaxa", "Coumadin", "Lovenox", "Advil", "Effient", "fish oil")
"""Ten drugs of ten rows, three of them with an INR, a renal function or a risk to be looked at."""

QUESTION = {
    "zone": ZONE,
    "procedure": {"start": datetime(2026, 3, 10, 9), "level": "C6/C7", "route": "interlaminar", "steroid": "yes"},
    "patient": {"born": datetime(1950, 5, 2).date(), "thromboembolic_risk": "high"},
    "medications": {"confirmed": datetime(2026, 3, 10, 8), "asked_by": "nurse", "asked_of": "patient", "changed": "no"},
    "medicines": [{"name": name, "last_dose": datetime(2026, 3, 7, 9)} for name in DRUGS],
    "inr": [{"value": "1.4", "at": datetime(2026, 3, 10, 7)}],
}


def load() -> float:
    """Everything, as the program itself loads it."""
    begin = time.process_time()
    for policy in POLICIES.values():
        policy.in_force(load_example(policy.id))
    load_names()
    load_instruments()
    load_schedules()
    return time.process_time() - begin


def bare() -> float:
    """The same files parsed, and nothing looked at."""
    files = [path for kind in KINDS for path in (LIBRARY / kind).rglob("*.toml")]
    begin = time.process_time()
    for path in files:
        tomllib.loads(path.read_text(encoding="utf-8"))
    return time.process_time() - begin


def judge() -> float:
    """Ten drugs at the gate, the clock change in between; from plain data to the decisions."""
    in_force = ANTITHROMBOTICS.in_force(load_example(ANTITHROMBOTICS.id))
    now = moment_of(datetime(2026, 3, 10, 8, 40), ZONE, where="now")
    taken = []
    for _ in range(EVALUATIONS):
        begin = time.process_time()
        found = ANTITHROMBOTICS.gate(in_force, QUESTION, now, "needle_in")
        taken.append(time.process_time() - begin)
    if len(found.decisions) <= len(DRUGS):
        raise SystemExit(f"{len(DRUGS)} drugs gave {len(found.decisions)} decisions: {found.decisions[0].reasons}")
    return median(taken)


MODES: dict[str, Callable[[], float]] = {"load": load, "bare": bare, "judge": judge}


def catalogue_lines(folder: Path, rounds: int) -> list[str]:
    """The lines of the bench's text, medians of runs in turns."""
    contenders = {
        mode: Contender(mode, [sys.executable, str(Path(__file__)), mode], max(rounds, 5)) for mode in MODES
    }  # fmt: skip
    interleave(list(contenders.values()), folder)
    seconds = {mode: contender.median("seconds") for mode, contender in contenders.items()}
    return [
        f"- the whole library of rules and scores: {1000 * seconds['load']:.0f} ms, "
        f"{seconds['load'] / seconds['bare']:.1f} times as long as parsing the same files ({_kept('load', seconds)}); "
        f"process {contenders['load'].median('process'):.2f} s",
        f"- ten drugs judged, after loading: {1000 * seconds['judge']:.2f} ms ({_kept('judge', seconds)})",
    ]


def _kept(mode: str, seconds: dict[str, float]) -> str:
    verdict = "kept" if seconds[mode] < LIMITS[mode] else "MISSED"
    return f"limit {1000 * LIMITS[mode]:g} ms {verdict}"


if __name__ == "__main__":
    print(json.dumps({"seconds": MODES[sys.argv[1]]()}))
