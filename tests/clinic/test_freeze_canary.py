"""A patient with a mark of their own in every field that may name anybody: no byte of the snapshot has one (DEI-1)."""

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from foramen.clinic.classified import FIELDS, LEAVES, Drop
from foramen.clinic.facts.kinds import KINDS
from foramen.clinic.freeze.reading import KINDS as READ
from foramen.clinic.models import Fact, Person, Referral, Room, Site, Task, Visit
from tests.clinic.frozen import Clinic
from tests.clinic.hospital import Hospital

pytestmark = pytest.mark.django_db

BORN = date(1931, 3, 17)
MARKS = {
    "names": "Zqfamily", "geography": "Zqstreet 5, 99501", "dates": "1931-03-17", "phone": "0911 555 0177",
    "fax": "0911 555 0178", "e-mail": "zq@canary.example", "social security": "756.9217.0769.85",
    "record number": "7731 4409", "plan number": "ZQPLAN-1", "account": "ZQACCT-2", "certificate": "ZQCERT-3",
    "vehicle": "ZQ 4471 VN", "device": "ZQDEV-SN-5", "URL": "https://zq.example/p", "IP": "203.0.113.77",
    "biometric": "ZQFINGER-6", "photograph": "ZQFACE-7.jpg", "other code": "ZQCODE-8",
}  # fmt: skip
"""One mark for each of the 18 kinds of the Safe Harbor method."""

OTHER_MARKS = ("zqgiven", "zqwords", "zqstaff", "zqreferrer", "zqhospital", "zqtask", "zqvisit")
WORDS = "Zqwords " + " ".join(MARKS.values())


def poisoned(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content with every mark in each leaf that a freeze must not read; what is not there is put there."""
    content = json.loads(json.dumps(content))
    for name, decision in LEAVES.items():
        of, _, path = name.partition(".")
        if of == kind and isinstance(decision, Drop):
            _put(content, path.split("."), f"{WORDS} {name}")
    return content


def _put(content: dict[str, Any], path: list[str], mark: str) -> None:
    first, *rest = path
    if not rest:
        content[first] = mark
        return
    inner = content.setdefault(first, {})
    for one in inner if isinstance(inner, list) else [inner]:
        if isinstance(one, dict):
            _put(one, rest, mark)


@pytest.fixture
def canary(hospital: Hospital, tmp_path: Path) -> Clinic:
    """A treatment with its follow-up, and a mark in everything about it."""
    clinic = Clinic(hospital, tmp_path / "Frozen")
    (tmp_path / "Frozen").mkdir()
    named = {"family_name": MARKS["names"], "given_name": "Zqgiven", "born": BORN, "number": MARKS["record number"],
             "phone": MARKS["phone"], "email": MARKS["e-mail"]}  # fmt: skip
    visit = clinic.treated(days=-90, age=95, patient=named)
    clinic.agree(visit.patient, days=-110)
    clinic.answer(visit, "nrs-pain", "week", -83, pain=4)
    for kind, content in EXTRA.items():
        clinic.say(visit, kind, content, days=-89)
    _mark_facts(visit)
    _mark_rows(visit)
    return clinic


EXTRA: dict[str, dict[str, Any]] = {
    "broken_off": {"stage": "with the needle in", "reason": "fainted"},
    "deviation": {"what": "another needle", "reason": "none left"},
    "observation_event": {"what": "felt faint"},
    "adverse_event": {"what": "headache", "grade": 2, "onset": "2026-09-01T10:00:00+00:00", "outcome": "recovered",
                      "relation": "possible"},
    "discharge": {"left_with": "a friend"},
    "dose": {"values": [{"quantity": "dose-area product", "value": "1.2", "unit": "Gy·cm²"}]},
}  # fmt: skip


def _mark_facts(visit: Visit) -> None:
    """Every fact again, with the marks, as the last word of its kind; and the marks in every product."""
    for fact in list(Fact.objects.filter(patient=visit.patient)):
        content = poisoned(fact.kind, fact.content)
        for drug in content.get("drugs", ()):
            drug["product"] = f"{drug['product']} {WORDS}"
        Fact.objects.create(
            site=fact.site, patient=fact.patient, referral=fact.referral, order=fact.order, visit=fact.visit,
            kind=fact.kind, content=content, by=fact.by, role=fact.role, happened_at=fact.happened_at,
            recorded_at=fact.recorded_at, reason=WORDS, corrects=fact,
        )  # fmt: skip


def _mark_rows(visit: Visit) -> None:
    """Staff, referrer, room, site and the texts of lists."""
    _set(Person, shown_as="Zqstaff", last_name="Zqstaff", email=MARKS["e-mail"])
    _set(Referral, referrer="Zqreferrer")
    _set(Room, name=MARKS["device"])
    _set(Site, name="Zqhospital", parameters={"address": MARKS["geography"]})
    _set(Visit, targets_text=WORDS[:200], number="ZQVISIT-9", readiness={"words": WORDS})
    on = date(2026, 11, 20)
    Task.objects.create(
        site=visit.site, patient=visit.patient, visit=visit, kind="week", label="Zqtask", due_on=on, opens_on=on,
        closes_on=on, content={"words": WORDS}, state="done",
    )  # fmt: skip


def _set(model: Any, **values: Any) -> None:
    """Each row by itself: a column that is sealed is not set by a statement."""
    for row in model.objects.all():
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def everything(folder: Path) -> str:
    """Every byte of every file, the names of the files, and what is compressed in Parquet, as one text."""
    told = []
    for path in sorted(folder.rglob("*")):
        told.append(str(path.relative_to(folder)))
        if path.is_file():
            told.append(path.read_bytes().decode("latin-1"))
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            told += [str(table.to_pydict()), str(table.schema), str(pq.read_metadata(path).to_dict())]
    return "\n".join(told)


@pytest.mark.requirement("DEI-1", "DEI-4")
@pytest.mark.parametrize("detail", ["safe_harbor", "limited"])
def test_no_mark_of_any_kind_is_in_any_byte(canary: Clinic, detail: Any) -> None:
    told = canary.freeze(detail=detail)
    assert (told.treatments, told.not_in) == (1, {})
    text = everything(canary.folder).casefold()
    assert [kind for kind, mark in MARKS.items() if mark.casefold() in text] == []
    assert [mark for mark in OTHER_MARKS if mark in text] == []
    assert canary.rows()[0]["age"] == 90


def test_every_mark_was_there_to_be_found(canary: Clinic) -> None:
    """The test above fails where one is: the facts that a freeze reads hold every one of them."""
    stored = list(Fact.objects.filter(kind__in=READ, corrects__isnull=False))
    held = json.dumps([one.content for one in stored])
    assert [kind for kind, mark in MARKS.items() if mark not in held] == []
    dropped = {name for name, decision in LEAVES.items() if isinstance(decision, Drop)}
    reached = {name for name in dropped if name.split(".")[0] in {one.kind for one in stored} and name in held}
    assert {name.split(".")[0] for name in reached} == {
        kind for kind in READ if any(name.startswith(f"{kind}.") for name in dropped) and kind in KINDS
    } - {"override"}  # fmt: skip


@pytest.mark.requirement("DEI-1")
def test_no_element_of_a_date_but_the_year_leaves(canary: Clinic) -> None:
    canary.freeze()
    text = everything(canary.folder)
    day = canary.hospital.local("09:11") - timedelta(days=90)
    for at in (day, datetime(BORN.year, BORN.month, BORN.day)):
        for form in ("%Y-%m-%d", "%Y-%m", "%d.%m.%Y", "%Y%m%d", "%m/%d/%Y"):
            assert at.strftime(form) not in text, form
    assert str(BORN.year) not in json.dumps(json.loads((canary.folder / "snapshot/manifest.json").read_text()))


@pytest.mark.requirement("DEI-2")
def test_no_code_is_made_from_the_person(canary: Clinic) -> None:
    """Hashes of what is known of the person, and the keys of the rows, are searched for as texts and as numbers."""
    canary.freeze()
    patient = Visit.objects.get().patient
    text = everything(canary.folder).casefold()
    known = [patient.number, patient.family_name, f"{patient.family_name}{patient.given_name}", str(patient.born)]
    known += [one.replace(" ", "") for one in known]
    codes = [str(patient.pk), patient.pk.hex, str(patient.pseudonym), patient.pseudonym.hex, str(patient.pk.int)]
    for way in ("md5", "sha1", "sha256", "sha512", "blake2b"):
        codes += [hashlib.new(way, one.encode()).hexdigest() for one in known]
    codes += [str(visit.pk) for visit in Visit.objects.all()] + [visit.pk.hex for visit in Visit.objects.all()]
    assert [code for code in codes if code[:12] in text] == []
    assert [row["patient_id"] for row in canary.rows()] == [1]


def test_patients_are_numbered_by_chance_and_not_as_they_came(hospital: Hospital, tmp_path: Path) -> None:
    clinic = Clinic(hospital, tmp_path)
    visits = [clinic.treated(age=20 + n) for n in range(6)]
    for visit in visits:
        clinic.agree(visit.patient)
    clinic.freeze()
    by_pseudonym = sorted(visits, key=lambda visit: visit.patient.pseudonym.hex)
    assert [row["age"] for row in clinic.rows()] == [visit.age for visit in by_pseudonym]


def test_the_freeze_asks_the_database_for_no_column_that_is_dropped(
    canary: Clinic, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20) as queries:
        canary.freeze()
    asked = " ".join(one["sql"].partition(" FROM ")[0] for one in queries)
    dropped = [name for name, decision in FIELDS.items() if isinstance(decision, Drop)]
    columns = [f'"clinic_{model}"."{field}"' for model, _, field in (name.partition(".") for name in dropped)]
    assert [column for column in columns if column in asked] == []
    assert '"clinic_fact"."content"' in asked
