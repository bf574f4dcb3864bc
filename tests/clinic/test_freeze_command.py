"""`foramen freeze`, `foramen snapshot verify` and a study on what was frozen, as a registry analyst does it."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from foramen.cli.commands import app
from foramen.clinic.domain.errors import NotAllowedError, UnknownError, WrongInputError
from foramen.clinic.freeze.by_hand import Wanted, freeze_by_hand
from foramen.clinic.models import AuditEvent, Freeze
from foramen.kernel.errors import DefinitionError, SnapshotError
from foramen.snapshot.store import open_snapshot
from tests.clinic.frozen import Clinic
from tests.clinic.hospital import Hospital

pytestmark = pytest.mark.django_db
PASSWORD = "a-password-for-tests"
STUDIES = Path(__file__).parents[2] / "src/foramen/library/studies"


@pytest.fixture
def clinic(hospital: Hospital, tmp_path: Path) -> Clinic:
    clinic = Clinic(hospital, tmp_path)
    visit = clinic.treated(days=-3)
    clinic.agree(visit.patient, days=-30)
    for account in ("byrd", "dahl", "vance"):
        hospital.people[account].set_password(PASSWORD)
        hospital.people[account].save()
    return clinic


def freeze(clinic: Clinic, account: str = "byrd", password: str = PASSWORD, **changes: Any) -> Freeze:
    wanted = {"site": "example", "out": clinic.folder / "out"} | changes
    return freeze_by_hand(Wanted(**wanted), account, password)[0]


@pytest.mark.requirement("DEI-6", "LCK-1")
def test_an_analyst_makes_a_snapshot_with_an_event_and_a_row(clinic: Clinic) -> None:
    one, two = freeze(clinic), freeze(clinic, "vance", out=clinic.folder / "second")
    assert (one.number, two.number, one.state, one.day) == (1, 2, "done", date(2026, 11, 26))
    assert one.sha256 == open_snapshot(clinic.folder / "out").digest
    assert (one.told["treatments"], one.told["elsewhere"], str(one.asked_by)) == (1, True, "N. Byrd")
    events = AuditEvent.objects.filter(operation="export").order_by("pk")
    assert [(one.context["shown_as"], one.context["role"]) for one in events] == [
        ("N. Byrd", "analyst"), ("Dr L. Vance", "lead"),
    ]  # fmt: skip


@pytest.mark.requirement("DEI-6")
@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"account": "dahl"}, NotAllowedError, "your roles at this site do not include this"),
        ({"password": "guessed"}, NotAllowedError, "account and password do not belong together"),
        ({"account": "nobody"}, NotAllowedError, "account and password do not belong together"),
        ({"site": "moon"}, UnknownError, "there is no such site"),
        ({"site": "lake"}, NotAllowedError, "your roles at this site do not include this"),
        ({"day": date(2026, 11, 27)}, WrongInputError, "this day is still to come"),
    ],
)
def test_nobody_else_makes_one_and_nothing_is_left(
    clinic: Clinic, changes: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        freeze(clinic, **changes)
    assert (list(clinic.folder.iterdir()), Freeze.objects.count()) == ([], 0)
    assert not AuditEvent.objects.filter(operation="export").exists()
    wrong = says.startswith("account and password")
    assert AuditEvent.objects.filter(operation="failed").count() == int(wrong)


@pytest.mark.requirement("LCK-1")
def test_verify_names_the_file_with_one_flipped_byte_and_one_that_was_added(clinic: Clinic) -> None:
    made = freeze(clinic)
    folder = clinic.folder / "out"
    assert verify(folder, made.sha256) == (0, "")
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
        code, said = verify(folder, made.sha256)
        assert code == 1 and str(path.relative_to(folder)) in said
        path.write_bytes(whole)
    (folder / "notes.txt").write_text("mine")
    assert "notes.txt: this file is not of the snapshot" in verify(folder, made.sha256)[1]


def verify(folder: Path, digest: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["snapshot", "verify", str(folder), "--digest", digest])
    if isinstance(done.exception, SnapshotError):
        return 1, str(done.exception)
    return done.exit_code, str(done.exception or "")


def varied(clinic: Clinic) -> None:
    """Two years, two ways of guidance and two procedures: enough for every comparison of the templates."""
    for days, room, route in (
        (-400, "fl1", "transforaminal"),
        (-20, "ct", "interlaminar"),
        (-20, "ct", "transforaminal"),
    ):
        visit = clinic.treated(days=days, room=room, given={"spot": {"level": "L4/L5", "side": "left", "route": route}})
        clinic.agree(visit.patient, days=-500)
        clinic.answer(visit, "nrs-pain", "week", days + 7, pain=2)


def study(clinic: Clinic, what: str, name: str, *more: str) -> Any:
    document = str(STUDIES / name / "study.toml")
    return CliRunner().invoke(app, ["study", what, document, "--snapshot", str(clinic.folder / "out"), *more])


def test_a_snapshot_holds_what_the_templates_name_but_the_months(clinic: Clinic) -> None:
    varied(clinic)
    freeze(clinic)
    assert study(clinic, "check", "infiltration-outcomes").exit_code == 0
    refused = study(clinic, "check", "service-review").exception
    assert isinstance(refused, DefinitionError)
    assert [fault.received for fault in refused.faults if "no such variable" in fault.what] == ["month"]
    freeze(clinic, detail="limited")
    assert study(clinic, "check", "service-review").exit_code == 0


@pytest.mark.soak
@pytest.mark.parametrize(("name", "lacking"), [("service-review", ["month"]), ("infiltration-outcomes", [])])
def test_the_templates_run_on_a_frozen_snapshot(clinic: Clinic, name: str, lacking: list[str]) -> None:
    """Without months the review says so and makes what is left."""
    varied(clinic)
    freeze(clinic)
    done = study(clinic, "run", name, "--out", str(clinic.folder / "results"), "--partial", "--quiet")
    assert done.exit_code == 0, done.exception
    left_out = [line for line in done.output.splitlines() if "left out" in line]
    assert left_out == [f"  left out: volume: the snapshot has no such variable: {one}" for one in lacking]
    assert (clinic.folder / "results" / "report.html").is_file()


@pytest.mark.one_database
def test_the_command_asks_for_the_password_and_refuses_in_one_line(tmp_path: Path) -> None:
    """Without a database there is nothing to freeze; a password never stands in the arguments."""
    command = [str(Path(sys.executable).with_name("foramen")), "freeze", "--site", "x", "--person", "y", "--out", "z"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FORAMEN_", "DJANGO_"))}
    done = subprocess.run(
        command, capture_output=True, text=True, input="secret\n", cwd=tmp_path,
        env=kept | {"FORAMEN_DATA_DIR": str(tmp_path / "none"), "FORAMEN_HTTPS": "no"},
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and "secret" not in done.stderr
    assert list(tmp_path.iterdir()) == []
