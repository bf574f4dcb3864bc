"""Who is in a snapshot and what it says of a treatment, against facts that were signed for it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foramen.clinic.facts.kinds import KINDS
from foramen.clinic.freeze.procedures import steroid_total
from foramen.clinic.freeze.substances import Substance, substance
from foramen.clinic.models import Fact, Order, Patient, Task, Visit
from foramen.clinic.records.facts import record_instead
from foramen.clinic.records.triggers import without_triggers
from foramen.clinic.rights.roles import Role
from foramen.kernel.errors import SnapshotError
from foramen.snapshot.codebook import SUPPRESSED
from foramen.snapshot.store import open_snapshot
from tests.clinic.frozen import Clinic
from tests.clinic.hospital import BUPIVACAINE, DEXAMETHASONE, L5_LEFT, Hospital
from tests.clinic.treatment import Day

pytestmark = pytest.mark.django_db
MUCH_BETTER = {"change": "much_better", "side_effects": ["flush"], "satisfaction": "neither", "again": "yes"}


@pytest.fixture
def clinic(hospital: Hospital, tmp_path: Path) -> Clinic:
    return Clinic(hospital, tmp_path)


def corrected(clinic: Clinic, old: Fact, **changes: Any) -> None:
    """Set right by the nurse, or void where nothing is said."""
    act = clinic.hospital.act("dahl")
    content = KINDS[old.kind].model_validate(old.content | changes, strict=False) if changes else None
    record_instead(act, old, Role.NURSE, "typed wrong, as the sheet shows", content)


@pytest.mark.requirement("DEI-1", "LCK-1")
def test_every_treatment_is_in_or_counted_with_the_reason(clinic: Clinic) -> None:
    """Six patients whose answers about research are all there are."""
    never = clinic.treated()
    refused, agreed = clinic.treated(), clinic.treated()
    taken_back, stopped, came_back = clinic.treated(), clinic.treated(days=-40), clinic.treated(days=-40)
    clinic.agree(refused.patient, use="no")
    for visit in (agreed, taken_back):
        clinic.agree(visit.patient)
    for visit in (stopped, came_back):
        clinic.agree(visit.patient, days=-60)
        clinic.withdraw(visit.patient, "new_data", days=-20)
        clinic.treated(of=visit, days=-10)
    clinic.withdraw(taken_back.patient, "use", "new_data", days=1)
    clinic.agree(came_back.patient, days=-5)
    told = clinic.freeze()
    assert (told.patients, told.treatments) == (3, 4)
    assert told.not_in == {"never asked": 1, "new data withdrawn": 1, "use refused": 1, "use withdrawn": 1}
    assert sum(told.not_in.values()) + told.treatments == Visit.objects.count()
    assert never.patient_id not in {visit.patient_id for visit in (agreed, stopped, came_back)}


@pytest.mark.requirement("DEI-7")
def test_an_answer_after_new_data_was_withdrawn_is_out_and_says_so(clinic: Clinic) -> None:
    visit = clinic.treated(days=-20)
    clinic.agree(visit.patient, days=-30)
    clinic.answer(visit, "nrs-pain", "two_days", -18, pain=4)
    clinic.withdraw(visit.patient, "new_data", days=-15)
    clinic.answer(visit, "nrs-pain", "week", -13, pain=9)
    told = clinic.freeze()
    row = clinic.rows()[0]
    assert (row["nrs__two_days"], row["nrs__week"]) == (4, None)
    assert row["nrs_missing__week"] == "consent ended"
    assert row["withdrawal"] == 5
    assert told.answers_not_in == {"recorded after consent ended": 1}


def test_facts_count_as_they_stand_and_a_correction_is_of_when_it_was_first_recorded(clinic: Clinic) -> None:
    visit = clinic.treated(days=-3)
    clinic.agree(visit.patient, days=-30)
    event = clinic.say(visit, "observation_event", {"what": "felt faint"}, days=-3)
    clinic.withdraw(visit.patient, "new_data", days=-2)
    corrected(clinic, Fact.objects.get(visit=visit, kind="pain_before"), score=5)
    corrected(clinic, event)
    clinic.freeze()
    row = clinic.rows()[0]
    assert (row["nrs__before"], row["nrs__after"]) == (5, 3)
    assert row["observation"] == "without an event"


def test_a_session_broken_off_with_the_needle_in_is_kept_and_flagged(clinic: Clinic) -> None:
    whole, broken = clinic.treated(), clinic.treated(until="given")
    before = clinic.treated(until="needle_in")
    clinic.say(broken, "broken_off", {"stage": "with the needle in", "reason": "vasovagal"}, at="09:13")
    clinic.say(before, "broken_off", {"stage": "before the needle", "reason": "fever"}, at="09:00")
    for visit in (whole, broken, before):
        clinic.agree(visit.patient)
    told = clinic.freeze()
    assert (told.treatments, told.not_in) == (2, {})
    rows = {row["broken_off"]: row for row in clinic.rows()}
    assert rows["yes"]["procedure"] == rows["no"]["procedure"] == "lumbar transforaminal epidural"
    assert (rows["yes"]["targets_given"], rows["no"]["targets_given"]) == (0, 1)
    assert (rows["yes"]["steroid_total"], rows["no"]["steroid_total"]) == (None, 10_000)
    assert rows["yes"]["complication_until_discharge"] is None


@pytest.mark.requirement("EST-2", "EST-3")
def test_a_repeat_injection_at_week_three_is_an_event_between_and_no_missing_answer(clinic: Clinic) -> None:
    first = clinic.treated(days=-30)
    clinic.treated(of=first, days=-9, screening={
        "no_steroids_elsewhere": False,
        "steroids_elsewhere": [{"on": "2026-11-01", "product": "Kenalog", "where": "another practice"}],
    })  # fmt: skip
    clinic.agree(first.patient, days=-40)
    clinic.answer(first, "nrs-pain", "two_weeks", -15, pain=6)
    clinic.freeze()
    one, two = clinic.rows()
    assert [(row["sequence"], row["repeats"], row["index_day"], row["of_set"]) for row in (one, two)] == [
        (1, 2, 0, "first injection"), (2, 2, 21, "repeat injection"),
    ]  # fmt: skip
    assert (one["repeat_injection"], two["repeat_injection"]) == (21, None)
    assert (one["other_steroid"], two["other_steroid"]) == (5, None)
    assert (one["nrs__two_weeks"], one["nrs__two_weeks__day"], one["nrs__two_weeks__mode"]) == (6, 15, "phone")
    assert one["nrs_missing__two_weeks"] is None


def test_an_injection_on_a_new_order_is_a_first_one(clinic: Clinic) -> None:
    first = clinic.treated(days=-60)
    clinic.treated(of=first, days=-5, same_order=False)
    clinic.agree(first.patient, days=-90)
    clinic.freeze()
    assert [(row["sequence"], row["of_set"]) for row in clinic.rows()] == [
        (1, "first injection"),
        (2, "first injection"),
    ]


@pytest.mark.requirement("DEI-1")
def test_ages_above_89_are_90_and_no_arithmetic_tells_more(clinic: Clinic) -> None:
    ages: dict[str, list[Any]] = {"89": [89], "90": [90], "104": [104], "unknown": [None], "turned": [88, 91]}
    for given in ages.values():
        first = clinic.treated(days=-40, age=given[0])
        clinic.agree(first.patient, days=-50)
        for age in given[1:]:
            clinic.treated(of=first, days=-10, age=age)
    clinic.freeze()
    found = sorted(str([row["age"] for row in clinic.rows() if row["patient_id"] == n]) for n in range(1, 6))
    assert found == sorted(["[89]", "[90]", "[90]", "[None]", f"[{SUPPRESSED}, 90]"])
    assert "90 means 90 or more" in open_snapshot(clinic.folder / "snapshot").codebook.variables["age"].label


@pytest.mark.requirement("DEI-1")
def test_year_and_month_are_those_of_the_sites_calendar_and_only_the_year_is_safe_harbor(clinic: Clinic) -> None:
    """23:30 UTC on 31 December is the new year in Zurich; 26 hours apart over the change of clocks is one day."""
    zurich = {"new year": "2025-12-31T23:30:00+00:00", "spring": "2026-03-28T23:30:00+01:00"}
    for at in zurich.values():
        visit = clinic.treated()
        clinic.agree(visit.patient, days=-400)
        moved(visit, datetime.fromisoformat(at))
    second = clinic.treated(of=visit)
    moved(second, datetime.fromisoformat("2026-03-30T00:30:00+02:00"))
    clinic.freeze()
    clinic.freeze("limited", detail="limited")
    assert sorted(row["period"] for row in clinic.rows()) == ["2026", "2026", "2026"]
    assert sorted(row["month"] for row in clinic.rows(name="limited")) == ["2026-01", "2026-03", "2026-03"]
    assert sorted(row["index_day"] for row in clinic.rows()) == [0, 0, 2]
    assert "month" not in open_snapshot(clinic.folder / "snapshot").codebook.variables
    manifest = open_snapshot(clinic.folder / "limited").manifest
    assert "not Safe Harbor" in manifest["title"] and "not Safe Harbor" in manifest["origin"]


def moved(visit: Visit, at: datetime) -> None:
    """Everything about a visit at another time; the triggers that refuse this are not of this test."""
    with without_triggers():
        shift = at - Fact.objects.get(visit=visit, kind="needle_in").happened_at
        for fact in Fact.objects.filter(visit=visit):
            Fact.objects.filter(pk=fact.pk).update(
                happened_at=fact.happened_at + shift, recorded_at=fact.recorded_at + shift
            )


@pytest.mark.requirement("LCK-1")
def test_doses_are_exact_and_never_meet(clinic: Clinic) -> None:
    area, plain, tomography = clinic.treated(), clinic.treated(), clinic.treated(room="ct")
    clinic.say(area, "dose", {"values": [
        {"quantity": "dose-area product", "value": "1.23456", "unit": "Gy·cm²"} | {"value": "1.2345"},
        {"quantity": "fluoroscopy time", "value": "1.5", "unit": "min"},
    ]})  # fmt: skip
    clinic.say(plain, "dose", {"values": [{"quantity": "dose-area product", "value": "80", "unit": "cGy·cm²"}]})
    clinic.say(tomography, "dose", {"values": [
        {"quantity": "CTDIvol", "value": "4.0", "unit": "mGy"},
        {"quantity": "dose-length product", "value": "55", "unit": "mGy·cm"},
    ]})  # fmt: skip
    for visit in (area, plain, tomography):
        clinic.agree(visit.patient)
    clinic.freeze()
    book = open_snapshot(clinic.folder / "snapshot").codebook
    names = ("dose_area_product", "fluoroscopy_time", "air_kerma", "ctdi_vol", "dose_length_product")
    assert [book.variables[name].decimals for name in names] == [1, 0, 0, 0, 0]
    found = sorted(tuple(row[name] for name in names) for row in clinic.rows() if row["guidance"] == "fluoroscopy")
    assert found == [(8000, None, None, None, None), (12345, 90, None, None, None)]
    assert [tuple(row[name] for name in names) for row in clinic.rows() if row["guidance"] == "CT"] == [
        (None, None, None, 4, 55)
    ]


@pytest.mark.requirement("DEI-4")
def test_drugs_are_substances_in_micrograms_and_what_was_typed_stays_behind(clinic: Clinic) -> None:
    drugs = [DEXAMETHASONE | {"product": "Dexa of Mrs Quillon"}, BUPIVACAINE | {"product": " MARCAINE "}]
    both = [L5_LEFT, {"root": "L5", "side": "right", "route": "transforaminal"}]
    visit = clinic.treated(given={"drugs": drugs, "no_contrast": "allergy"})
    clinic.say(visit, "given", {"number": 2, "spot": both[1], "drugs": [DEXAMETHASONE | {"mass": "0.4 mg"}]})
    clinic.agree(visit.patient)
    clinic.freeze()
    one, two = clinic.rows("target")
    wanted = ("target", "root", "side", "approach", "steroid", "steroid_mass", "anaesthetic", "contrast")
    assert [one[name] for name in wanted] == [1, "L5", "left", "transforaminal", "other", 10_000, "bupivacaine", "none"]
    assert [two[name] for name in wanted] == [
        2, "L5", "right", "transforaminal", "dexamethasone", 400, "none", "none",
    ]  # fmt: skip
    assert clinic.rows()[0]["steroid_total"] is None
    assert not [path for path in clinic.folder.rglob("*.*") if b"Quillon" in path.read_bytes()]


def test_the_first_questionnaire_counts_by_the_thresholds_of_the_instrument(clinic: Clinic) -> None:
    visit, silent = clinic.treated(days=-20), clinic.treated(days=-20)
    for one in (visit, silent):
        clinic.agree(one.patient, days=-30)
    clinic.answer(visit, "infiltration-outcome", "week", -13, **MUCH_BETTER | {"change": "much_worse"})
    clinic.answer(visit, "infiltration-outcome", "two_days", -18, **MUCH_BETTER)
    told = clinic.freeze()
    names = ("improved", "satisfied", "again", "side_effect", "interval")
    rows = [tuple(row[f"{name}__questionnaire"] for name in names) for row in clinic.rows()]
    assert sorted(rows, key=str) == [(1, 0, 1, "side effect", 2), (None, None, None, None, None)]
    assert told.apart == {"questionnaires after the first": 1}


def test_answers_from_memory_and_of_others_stand_apart_and_every_missing_score_has_its_reason(clinic: Clinic) -> None:
    visit = clinic.treated(days=-9, pain_before={"score": None, "not_obtainable": "asleep"}, pain_after=None)
    clinic.agree(visit.patient, days=-30)
    clinic.answer(visit, "nrs-pain", "two_days", -2, pain=8, recalled=True)
    clinic.answer(visit, "nrs-pain", "week", -2, pain=6, proxy=True)
    task(visit, "two_weeks", "open", closes=9)
    task(visit, "one_month", "not reached", closes=-1)
    told = clinic.freeze()
    row = clinic.rows()[0]
    assert [row[f"nrs__{at}"] for at in ("before", "after", "two_days", "week", "two_weeks")] == [None] * 5
    assert (row["nrs_recalled__two_days"], row["nrs_proxy__week"]) == (8, 6)
    reasons = [row[f"nrs_missing__{at}"] for at in ("before", "after", "two_days", "week", "two_weeks", "one_month")]
    assert reasons == [
        "not obtainable", "not asked", "only from memory", "only by somebody else", "not due yet", "not reached",
    ]  # fmt: skip
    assert told.apart == {"pain answered by somebody else": 1, "pain answered from memory": 1}


def task(visit: Visit, kind: str, state: str, closes: int) -> None:
    on = date(2026, 11, 26)
    Task.objects.create(
        site=visit.site, patient=visit.patient, visit=visit, kind=kind, label=kind, due_on=on, opens_on=on,
        closes_on=on + timedelta(days=closes), state=state,
    )  # fmt: skip


@pytest.mark.requirement("H32")
def test_nobody_having_told_a_complication_is_unknown_until_somebody_asked(clinic: Clinic) -> None:
    silent, asked, harmed = clinic.treated(days=-9), clinic.treated(days=-9), clinic.treated(days=-9)
    for visit in (silent, asked, harmed):
        clinic.say(visit, "discharge", {"left_with": "somebody"}, days=-9, at="10:00")
        clinic.agree(visit.patient, days=-30)
    clinic.answer(asked, "nrs-pain", "two_days", -7, pain=2)
    for grade, relation, days in ((1, "probable", -8), (3, "unrelated", -8), (2, "possible", -6)):
        event = {"what": "headache", "grade": grade, "outcome": "recovered", "relation": relation,
                 "onset": (clinic.hospital.local("12:00") + timedelta(days=days)).isoformat()}  # fmt: skip
        clinic.say(harmed, "adverse_event", event, days=-5)
    clinic.freeze()
    names = ("complication", "complication_until_discharge", "complication_day", "complication_relation")
    assert sorted((tuple(row[name] for name in names) for row in clinic.rows()), key=str) == [
        ("moderate", "none", 3, "possible"), ("none", "none", None, None), (None, "none", None, None),
    ]  # fmt: skip


@pytest.mark.requirement("H32")
def test_only_a_contact_of_the_follow_up_that_may_be_used_says_that_somebody_asked(clinic: Clinic) -> None:
    """Who drives home was asked as well, and a call after consent had ended brought what nobody may use."""
    driven, called, ended = clinic.treated(days=-9), clinic.treated(days=-9), clinic.treated(days=-9)
    for visit in (driven, called, ended):
        clinic.agree(visit.patient, days=-30)
    clinic.withdraw(ended.patient, "new_data", days=-8)
    for visit, kind in ((driven, "driver"), (called, "two_days"), (ended, "two_days")):
        task(visit, kind, "done", closes=-6)
    Task.objects.update(done_at=clinic.hospital.local("12:00") - timedelta(days=7))
    clinic.freeze()
    names = ("asked_after", "complication", "nrs_missing__two_days", "withdrawal")
    assert sorted((tuple(row[name] for name in names) for row in clinic.rows()), key=str) == [
        ("no", None, "consent ended", 1), ("no", None, "not planned", None),
        ("yes", "none", "contact without a score", None),
    ]  # fmt: skip


@pytest.mark.requirement("DEI-7")
def test_a_needle_set_right_after_consent_ended_is_of_when_it_was_first_recorded(clinic: Clinic) -> None:
    visit = clinic.treated(days=-3)
    clinic.agree(visit.patient, days=-30)
    clinic.withdraw(visit.patient, "new_data", days=-2)
    act, needle = clinic.hospital.act("dahl"), Fact.objects.get(visit=visit, kind="needle_in")
    content = KINDS["needle_in"].model_validate(needle.content, strict=False)
    record_instead(act, needle, Role.NURSE, "typed wrong, as the sheet shows", content)
    told = clinic.freeze()
    assert (told.treatments, told.not_in) == (1, {})


def test_steroids_that_no_policy_knows_are_no_sum(clinic: Clinic) -> None:
    """They may be of two substances, which cannot be added."""
    one, other = ({"kind": "steroid", "product": name, "mass": "4 mg"} for name in ("Product A", "Product B"))
    assert substance([one, other], "steroid") == Substance("other", None)
    assert substance([one, one], "steroid") == Substance("other", 8000)
    target = {"steroid": "other", "steroid_mass": 4000}
    assert [steroid_total(rows) for rows in ([target], [target, target])] == [4000, None]


def test_nothing_to_freeze_is_refused_in_one_line_and_leaves_nothing(clinic: Clinic) -> None:
    clinic.treated()
    with pytest.raises(SnapshotError, match="no treatment that may be frozen") as refused:
        clinic.freeze()
    assert refused.value.faults[0].received == "never asked 1"
    assert list(clinic.folder.iterdir()) == []
    assert Order.objects.count() == 1


@pytest.mark.requirement("LCK-3")
def test_frozen_again_the_bytes_are_equal_and_a_changed_row_changes_them(clinic: Clinic) -> None:
    for days in (-3, -2):
        visit = clinic.treated(days=days)
        clinic.agree(visit.patient, days=-30)
    first, again = clinic.freeze("first"), clinic.freeze("again")
    assert first == again
    assert files(clinic.folder / "first") == files(clinic.folder / "again")
    corrected(clinic, Fact.objects.get(visit=visit, kind="pain_after"), score=4)
    assert clinic.freeze("changed").sha256 != first.sha256


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.requirement("LCK-1")
@pytest.mark.parametrize(("demonstration", "people"), [(True, "invented"), (False, "recorded")])
def test_the_manifest_says_who_is_in_and_what_was_in_force(
    clinic: Clinic, settings: Any, demonstration: bool, people: str
) -> None:
    settings.FORAMEN_DEMO = demonstration
    visit = clinic.treated()
    clinic.agree(visit.patient)
    told = clinic.freeze()
    manifest = open_snapshot(clinic.folder / "snapshot").manifest
    assert manifest["people"] == people
    assert manifest["day"] == "2026-11-26"
    assert manifest["frozen"]["told"] == told.to_json() and manifest["frozen"]["detail"] == "safe_harbor"
    assert {one["policy"] for one in manifest["frozen"]["in_force"]["policy_records"]} >= {
        "steroids",
        "antithrombotics",
    }
    assert told.sha256 == open_snapshot(clinic.folder / "snapshot").digest
    assert datetime.now(UTC).isoformat()[:16] not in str(manifest)


@pytest.mark.parametrize(("born", "age"), [(date(1979, 11, 26), 47), (date(1979, 11, 27), 46), (date(1976, 2, 29), 50)])
def test_needle_in_keeps_the_age_of_the_day_and_nothing_else_of_the_birth(
    hospital: Hospital, born: date, age: int
) -> None:
    """On the birthday itself the year is complete; the freeze reads this number and never the date."""
    day = Day(hospital)
    patient = Patient.objects.get(pk=day.visit.patient_id)
    patient.born = born
    patient.save()
    day.walk("record_given")
    assert day.now.age == age
