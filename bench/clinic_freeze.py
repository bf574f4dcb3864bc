"""How long a freeze takes beside a bare read of the rows it needs, and how much memory, in a process of its own.

usage: clinic_freeze.py [--treatments N]                             SQLite, in a folder of its own
       python -m tests.postgres -- .venv/bin/python bench/clinic_freeze.py    PostgreSQL

The limits are those of the issue: 50,000 treatments under 60 s and 500 MB.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECONDS, MEGABYTES = 60, 500
TREATMENTS = 60_200
"""So many visits are filled in; the needle went in at five of six, so that 50,000 treatments are frozen."""

DAY = date(2026, 11, 26)
SHOWN = datetime(2026, 11, 26, 8, 12, tzinfo=UTC)

RING = "k-tests " + "A" * 42 + "E\nindex " + "B" * 42 + "E\n"
"""Keys with which names are sealed, of nobody."""


def main() -> int:
    """Build and measure; 1 when a limit is not kept. `--measure` is how it calls itself."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--treatments", type=int, default=TREATMENTS)
    parser.add_argument("--measure", choices=("freeze", "bare"))
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.measure:
        return _measure(options.measure)
    with tempfile.TemporaryDirectory() as folder:
        offset = (SHOWN - datetime.now(UTC)).total_seconds()
        os.environ |= {
            "FORAMEN_DATA_DIR": folder, "FORAMEN_DEMO": "yes", "FORAMEN_HTTPS": "no",
            "FORAMEN_CLOCK_OFFSET": f"{offset:.0f}", "DJANGO_SETTINGS_MODULE": "foramen.clinic.settings",
            "FORAMEN_KEYS": RING,
        }  # fmt: skip
        return _report(options.treatments)


def _report(treatments: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections

    call_command("migrate", verbosity=0)
    facts, vendor = _fill(treatments), connection.vendor
    connections.close_all()
    frozen, bare = _in_a_process("freeze"), _in_a_process("bare")
    told = {
        "database": vendor, "facts": facts, "treatments": frozen["treatments"],
        "seconds": frozen["seconds"], "of the processor": frozen["processor"],
        "megabytes": frozen["megabytes"], "bare read, seconds": bare["seconds"],
        "ratio": round(frozen["seconds"] / bare["seconds"], 1), "load": round(os.getloadavg()[0], 1),
        "limits": [SECONDS, MEGABYTES],
    }  # fmt: skip
    print(json.dumps(told))
    return int(frozen["seconds"] > SECONDS or frozen["megabytes"] > MEGABYTES)


def _fill(treatments: int) -> int:
    """How many facts there are then: of the copies, everybody has agreed to research."""
    from clinic_rows import fill

    from foramen.clinic.demo.hospital import build_hospital
    from foramen.clinic.models import Fact, Patient
    from foramen.clinic.records.triggers import without_triggers

    hospital = build_hospital()
    fill(hospital, treatments)
    site, nurse = hospital.sites["example"], hospital.people["dahl"]
    said = {"form": "1", "language": "en", "contact": "yes", "new_data": "yes", "use": "yes"}
    early = datetime(1990, 1, 1, tzinfo=UTC)
    agreed = (
        Fact(site=site, patient_id=patient, kind="research_consent", content=said, by=nurse, role="nurse",
             happened_at=early, recorded_at=early)
        for patient in Patient.objects.filter(site=site).values_list("pk", flat=True)
    )  # fmt: skip
    with without_triggers():
        Fact.objects.bulk_create(agreed, batch_size=500)
    return Fact.objects.count()


def _in_a_process(what: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, "--measure", what], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _measure(what: str) -> int:
    import django

    django.setup()
    from foramen.clinic.freeze import make_snapshot
    from foramen.clinic.models import Site

    site, began = Site.objects.get(code="example"), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if what == "freeze":
            treatments = make_snapshot(site, Path(folder) / "out", day=DAY, detail="safe_harbor").treatments
        else:
            treatments = _read(site)
    print(json.dumps({
        "treatments": treatments, "seconds": round(time.perf_counter() - began, 1),
        "processor": round(time.process_time(), 1), "megabytes": _peak(),
    }))  # fmt: skip
    return 0


def _peak() -> int:
    """The most memory that this program had; what `getrusage` tells may be of the process that started it."""
    told = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(told.split("VmHWM:")[1].split()[0]) // 1024


def _read(site: Any) -> int:
    """The facts that a freeze reads, as the database hands them over, and nothing done with them."""
    from foramen.clinic.freeze.reading import KINDS
    from foramen.clinic.models import Fact

    rows = Fact.objects.filter(site=site, kind__in=KINDS).order_by()
    return sum(1 for _ in rows.values_list("id", "visit_id", "kind", "content", "happened_at").iterator())


if __name__ == "__main__":
    sys.exit(main())
