"""What the audit costs: signing facts with the triggers and without them, in turns, on one database; and what it takes
to seal the events and to verify them.

python bench/clinic_audit.py                        SQLite, in a folder of its own
python -m tests.postgres -- python bench/clinic_audit.py    PostgreSQL
"""

import json
import os
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

ROWS, ROUNDS, LIMIT = 1500, 7, 1.5
NOW = datetime(2026, 11, 26, 8, 12, tzinfo=UTC)
CONTENT = {"time": "before", "score": 7, "not_obtainable": "", "mode": "clinic"}


def main() -> int:
    """Print the medians and their ratio; 1 when it is more than the design allows."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"FORAMEN_DATA_DIR": folder, "FORAMEN_DEMO": "yes", "FORAMEN_HTTPS": "no"}
        os.environ["FORAMEN_KEYS"] = "k1 " + "A" * 42 + "E\nindex " + "B" * 42 + "E\n"
        os.environ["DJANGO_SETTINGS_MODULE"] = "foramen.clinic.settings"
        import django

        django.setup()
        took = _measure()
    sealing = {name: round(seconds[0], 2) for name in ("seal", "verify") if (seconds := took.pop(name))}
    ratio = median(took["audited"]) / median(took["plain"])
    milliseconds = {name: round(median(seconds) / ROWS * 1000, 3) for name, seconds in took.items()}
    print(json.dumps({"ms per fact": milliseconds, "ratio": round(ratio, 2), "limit": LIMIT, "seconds": sealing}))
    return int(ratio > LIMIT)


def _measure() -> dict[str, list[float]]:
    from django.core.management import call_command
    from django.db import connection

    from foramen.clinic.records import triggers

    call_command("migrate", verbosity=0)
    about = _somebody()
    took: dict[str, list[float]] = {"plain": [], "audited": []}
    for _ in range(ROUNDS):
        with triggers.without_triggers():
            took["plain"].append(_sign(about))
        took["audited"].append(_sign(about))
    took |= _seal()
    print(connection.vendor, Path(str(connection.settings_dict["NAME"])).name, file=sys.stderr)
    connection.close()
    return took


def _seal() -> dict[str, list[float]]:
    """Seal every event that was written, then verify it."""
    from foramen.clinic.records.chain import seal_all
    from foramen.clinic.records.chain_check import verify

    begin = time.perf_counter()
    sealed = sum(one.events for one in seal_all())
    between = time.perf_counter()
    verify().require()
    print(f"{sealed} events sealed and verified", file=sys.stderr)
    return {"seal": [between - begin], "verify": [time.perf_counter() - between]}


def _somebody() -> dict[str, object]:
    from foramen.clinic.models import Patient, Person, Site

    site = Site.objects.create(code="bench", name="Bench", service="Spine", zone="Europe/Zurich")
    person = Person.objects.create(username="bench", shown_as="B. Bench", password="!")
    patient = Patient.objects.create(site=site, number="1", family_name="A", given_name="B", born=date(1970, 1, 1))
    return {"site": site, "by": person, "patient": patient}


def _sign(about: dict[str, object]) -> float:
    from django.db import transaction

    from foramen.clinic.models import Fact
    from foramen.clinic.records.context import saying

    rows = {"kind": "pain_before", "content": CONTENT, "role": "nurse", "happened_at": NOW, "recorded_at": NOW}
    begin = time.perf_counter()
    with saying({"person": "bench", "verb": "score_pain"}, NOW):
        with transaction.atomic():
            for _ in range(ROWS):
                Fact.objects.create(**about, **rows)
        return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
