"""One clinic in two databases, frozen in each: the same bytes (LCK-3)."""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model

from foramen.clinic.models import (
    Delegation,
    Fact,
    Order,
    Patient,
    Person,
    PolicyRecord,
    Referral,
    Room,
    Site,
    Task,
    Visit,
)
from tests.clinic.frozen import Clinic
from tests.clinic.hospital import Hospital
from tests.conftest import unavailable
from tests.postgres import programs, running_server

pytestmark = pytest.mark.django_db
TABLES = (Site, Room, Person, Delegation, PolicyRecord, Patient, Referral, Order, Visit, Task, Fact)
ROOT = Path(__file__).parents[2]
SEALS = frozenset({"data_key", "words", "mark", "number_mark"})
"""Columns that each installation makes for itself: keys, what is sealed with them, marks to search by."""

LOAD_AND_FREEZE = """
import pickle, sys
from datetime import date
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from django.apps import apps
from django.db import connection
call_command("migrate", verbosity=0)
from foramen.clinic.freeze import make_snapshot
from foramen.clinic.models import Site
from foramen.clinic.records.triggers import without_triggers
with without_triggers():
    for model, values in pickle.loads(Path(sys.argv[1]).read_bytes()):
        apps.get_model("clinic", model)(**values).save(force_insert=True)
told = make_snapshot(Site.objects.get(code="example"), Path(sys.argv[2]), day=date(2026, 11, 26), detail="limited")
print(connection.vendor, told.sha256)
"""


@pytest.fixture
def clinic(hospital: Hospital, tmp_path: Path) -> Clinic:
    """Some treatments, answers, corrections and withdrawals, and a name that two databases sort differently."""
    clinic = Clinic(hospital, tmp_path)
    for days, family in ((-30, "Ä"), (-20, "z"), (-10, "A"), (-9, "éa")):
        visit = clinic.treated(days=days, patient={"family_name": family})
        clinic.agree(visit.patient, days=-60)
        clinic.answer(visit, "nrs-pain", "week", days + 7, pain=-days // 10)
        clinic.say(visit, "dose", {"values": [{"quantity": "dose-area product", "value": "1.23", "unit": "Gy·cm²"}]})
    clinic.treated(of=visit, days=-1)
    clinic.withdraw(visit.patient, "new_data", days=-5)
    return clinic


def values(row: Model) -> dict[str, Any]:
    """What a row means, by column."""
    names = {field.attname for field in row._meta.concrete_fields} - SEALS
    return {name: getattr(row, name) for name in names}


def frozen_elsewhere(folder: Path, rows: Path, name: str, url: str) -> str:
    """The clinic loaded into another database and frozen there, by a process of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("FORAMEN_", "DJANGO_"))}
    settings = {
        "DJANGO_SETTINGS_MODULE": "foramen.clinic.settings", "FORAMEN_DEMO": "yes", "FORAMEN_HTTPS": "no",
        "FORAMEN_DATA_DIR": str(folder / f"data-{name}"), "FORAMEN_DATABASE_URL": url, "TZ": "Pacific/Auckland",
        "FORAMEN_KEYS": os.environ.get("FORAMEN_KEYS", ""),
    }  # fmt: skip
    (folder / f"data-{name}").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", LOAD_AND_FREEZE, str(rows), str(folder / name)], env=kept | settings, cwd=ROOT,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()[0]


@pytest.mark.soak
@pytest.mark.one_database
@pytest.mark.requirement("LCK-3")
def test_sqlite_and_postgresql_freeze_the_same_clinic_to_the_same_bytes(clinic: Clinic) -> None:
    binaries = programs()
    if binaries is None:
        unavailable("PostgreSQL (initdb and pg_ctl)")
    rows = clinic.folder / "rows"
    told = [(table.__name__, values(one)) for table in TABLES for one in table.objects.order_by("pk")]
    rows.write_bytes(pickle.dumps(told))
    assert len(told) > 100
    clinic.freeze("here", detail="limited")
    with running_server(binaries) as connection:
        socket = connection.removeprefix("host=").split()[0]
        url = f"postgresql://postgres@/postgres?host={socket}"
        assert frozen_elsewhere(clinic.folder, rows, "postgresql", url) == "postgresql"
    here = files(clinic.folder / "here")
    assert set(here) >= {"manifest.json", "rows/treatment.parquet", "assessments.parquet"}
    assert files(clinic.folder / "postgresql") == here


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
