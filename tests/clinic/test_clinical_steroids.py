"""H10 and H12: which steroid goes where by whichever way it is entered, and what a patient has had in twelve months."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from foramen.catalogue.decision import Decision, Moment, Occasion
from foramen.clinic.api.tokens import make_token, scopes
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Draft, PolicyRecord, Visit
from foramen.clinic.pages.screening.forms import typed_from
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.gates import judge
from foramen.kernel.digests import text_digest
from tests.clinic.hospital import BUPIVACAINE, CONTRAST, L5_LEFT, SCREENING, Hospital
from tests.clinic.journey import IDENTITY, SCREENED, Journey, told
from tests.clinic.people import signed_in
from tests.clinic.test_api import Api
from tests.clinic.test_rules_policies import text_of
from tests.clinic.treatment import Day

DEPO = {"kind": "steroid", "product": "methylprednisolone acetate", "strength": "40 mg/mL"}
DEPO_40 = DEPO | {"volume": "1 mL", "mass": "40 mg"}
DEPO_41 = DEPO | {"volume": "1.025 mL", "mass": "41 mg"}
DEXAMETHASONE = {
    "kind": "steroid", "product": "dexamethasone", "strength": "10 mg/mL", "volume": "1 mL", "mass": "10 mg",
}  # fmt: skip
MIDLINE = {"level": "L4/L5", "side": "midline", "route": "interlaminar"}
THERE = {"on": "2026-10-02", "product": "methylprednisolone acetate", "mass": "40 mg", "where": "Lake Practice, told"}


def limit_of(hospital: Hospital, mg: int) -> None:
    """The site sets the limit of twelve months."""
    text = text_of("steroids") + f"\n[parameters]\nsteroid_year_limit_mg = {mg}\n"
    PolicyRecord.objects.filter(site=hospital.site, policy="steroids").update(text=text, text_sha256=text_digest(text))


def year(
    hospital: Hospital, plan: dict[str, Any], occasion: Occasion = "time_out", earlier: bool = False, **screening: Any
) -> Decision:
    """What ST-10 says about a session; `earlier`: 40 mg were given here a month ago."""
    visit = hospital.visit()
    target = L5_LEFT | {"drugs": [plan, BUPIVACAINE, CONTRAST]}
    hospital.walk(visit, "time_out_technologist", screening=SCREENING | screening, plan={"targets": [target]})
    if earlier:
        _given_before(hospital, visit)
    judged = judge(visit, facts_of_visit(visit), occasion, Moment(hospital.local("09:07"), "Europe/Zurich"))
    (found,) = (one for one in judged.decisions if one.rule == "ST-10")
    return found


def _given_before(hospital: Hospital, visit: Visit) -> None:
    then = hospital.local("09:30") - timedelta(days=30)
    before = Visit.objects.create(
        site=visit.site, order=visit.order, patient=visit.patient, room=visit.room, number="V-0", start=then,
        state=Visit.State.HOME, state_at=then, needle_in_at=then, needle_out_at=then, targets_text="",
    )  # fmt: skip
    content = {"number": 1, "spot": MIDLINE, "drugs": [DEPO_40]}
    hospital.sign(before, "given", "09:30", Role.RADIOLOGIST, content, days=-30)


@pytest.mark.requirement("H12")
@pytest.mark.parametrize(("drug", "outcome"), [(DEPO_40, "OK"), (DEPO_41, "DECIDE")])
def test_h12_two_sessions_here_are_added_up(hospital: Hospital, drug: dict[str, Any], outcome: str) -> None:
    """40 + 40 mg of methylprednisolone are within 80 mg, 40 + 41 mg are not."""
    limit_of(hospital, 80)
    found = year(hospital, drug, earlier=True)
    assert found.outcome.value == outcome
    assert found.override is None or found.override.name == "O1"


@pytest.mark.requirement("H12")
@pytest.mark.parametrize(("drug", "outcome"), [(DEPO_40, "OK"), (DEPO_41, "DECIDE")])
def test_h12_what_another_clinic_gave_counts_too(hospital: Hospital, drug: dict[str, Any], outcome: str) -> None:
    limit_of(hospital, 80)
    found = year(hospital, drug, no_steroids_elsewhere=False, steroids_elsewhere=[THERE])
    assert found.outcome.value == outcome
    assert any("Lake Practice" in line and "2 October 2026" in line for line in found.information)


@pytest.mark.requirement("H12")
@pytest.mark.parametrize(("occasion", "outcome"), [("plan", "HOLD"), ("time_out", "DECIDE"), ("needle_in", "DECIDE")])
def test_h12_as_long_as_nobody_has_asked_a_person_decides(hospital: Hospital, occasion: Occasion, outcome: str) -> None:
    """The records of this house alone are no answer, also where they are empty and no limit is set."""
    found = year(hospital, DEXAMETHASONE, occasion, no_steroids_elsewhere=False)
    assert (found.outcome.value, found.override and found.override.name) == (outcome, "O1")
    assert found.reasons[0].startswith("Nobody has asked what steroids the patient has had elsewhere")


def test_h12_what_is_here_is_no_answer_for_elsewhere(hospital: Hospital) -> None:
    limit_of(hospital, 80)
    assert year(hospital, DEPO_40, earlier=True, no_steroids_elsewhere=False).outcome.value == "DECIDE"


def test_h12_an_amount_that_nobody_knows_is_not_nought(hospital: Hospital) -> None:
    limit_of(hospital, 80)
    unknown = THERE | {"mass": None}
    found = year(hospital, DEXAMETHASONE, no_steroids_elsewhere=False, steroids_elsewhere=[unknown])
    assert found.outcome.value == "DECIDE"


def test_h12_older_than_twelve_months_no_longer_counts(hospital: Hospital) -> None:
    limit_of(hospital, 80)
    old = [THERE | {"on": "2025-11-26"}, THERE]
    assert year(hospital, DEPO_40, no_steroids_elsewhere=False, steroids_elsewhere=old).outcome.value == "OK"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"steroids_elsewhere": [THERE]}, "steroids_elsewhere"),
        ({"no_steroids_elsewhere": False, "steroids_elsewhere": [THERE | {"on": "2026-11-27"}]},
         "steroids_elsewhere.0.on"),
    ],
)  # fmt: skip
def test_h12_an_answer_that_cannot_be_is_not_signed(hospital: Hospital, changes: dict[str, Any], where: str) -> None:
    journey = Journey(hospital)
    visit = journey.visit()
    error = journey.refused("dahl", "sign_screening", visit, IDENTITY | {"screening": SCREENED | changes})
    assert [one for one, _ in told(error)] == [where]


# --- H10 ------------------------------------------------------------------------------------------------------------

NECK = {"root": "C6", "side": "left", "route": "transforaminal"}
CHEST = {"root": "T8", "side": "left", "route": "transforaminal"}
PARTICULATE = ("methylprednisolone acetate", "triamcinolone", "betamethasone")


@pytest.mark.requirement("H10")
@pytest.mark.parametrize("product", PARTICULATE)
@pytest.mark.parametrize("spot", [NECK, CHEST], ids=["cervical", "thoracic"])
@pytest.mark.parametrize("way", ["verb", "api"])
def test_h10_no_way_plans_a_particulate_steroid_for_a_foramen_of_neck_or_chest(
    hospital: Hospital, product: str, spot: dict[str, str], way: str
) -> None:
    day = Day(hospital).arrive()
    hospital.time.at = hospital.local("08:41")
    drug = {"kind": "steroid", "product": product, "strength": "40 mg/mL", "volume": "0.25 mL", "mass": "10 mg"}
    plan = {"number": 1, "targets": [spot | {"drugs": [drug]}]}
    why = "the MRI shows this root to be the cause"
    if way == "verb":
        with pytest.raises(WrongInputError) as refused:
            day.do("plan_session", **plan, act={"why": why})
        assert [one.received for one in refused.value.faults] == ["ST-TYPE"]
    else:
        api = Api(make_token(hospital.people["okafor"], hospital.site, "ward", scopes(), 30))
        answer = api.post(f"visit/{day.visit.pk}/plan_session?why={quote(why)}", plan)
        assert answer.status_code == 422
        assert [one["received"] for one in answer.json()["faults"]] == ["ST-TYPE"]
    assert not day.facts.has("plan")


@pytest.mark.requirement("H10")
@pytest.mark.parametrize(
    ("spot", "outcome", "override"),
    [
        (NECK, "STOP", "O0"), (CHEST, "STOP", "O0"), (L5_LEFT, "STOP", "O2"),
        (L5_LEFT | {"root": "S1"}, "STOP", "O2"), (MIDLINE, "DECIDE", "O1"),
        ({"side": "midline", "route": "caudal"}, "DECIDE", "O1"),
        ({"level": "L4/L5", "side": "left", "route": "facet"}, "DECIDE", "O1"),
        ({"side": "left", "route": "sacroiliac"}, "DECIDE", "O1"),
        ({"level": "L5", "side": "left", "route": "pars"}, "DECIDE", "O1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("product", PARTICULATE)
@pytest.mark.parametrize("occasion", ["time_out", "discharge"])
def test_h10_each_place_at_the_plan_and_as_given(
    hospital: Hospital, spot: dict[str, str], outcome: str, override: str, product: str, occasion: Occasion
) -> None:
    """3.1, every row with a particulate steroid; dexamethasone is in order in each (test of the catalogue)."""
    visit = hospital.visit()
    drug = {"kind": "steroid", "product": product, "strength": "40 mg/mL", "volume": "0.25 mL", "mass": "10 mg"}
    until, at = ("time_out_technologist", "09:07") if occasion == "time_out" else ("discharge", "09:58")
    hospital.walk(visit, until, plan={"targets": [spot | {"drugs": [drug]}]}, given={"spot": spot, "drugs": [drug]})
    judged = judge(visit, facts_of_visit(visit), occasion, Moment(hospital.local(at), "Europe/Zurich"))
    (found,) = (one for one in judged.decisions if one.rule == "ST-TYPE")
    assert (found.outcome.value, found.override and found.override.name) == (outcome, override)


# --- what people see ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told_so", "shown", "not_shown"),
    [
        ({"no_steroids_elsewhere": False, "steroids_elsewhere": [THERE]}, "Lake Practice, told", "Nobody has asked"),
        ({"no_steroids_elsewhere": False}, "Nobody has asked yet what other clinics gave", "Lake Practice"),
        ({}, "No steroid of these twelve months is known", "Nobody has asked yet"),
    ],
    ids=["some", "not asked", "none"],
)
def test_h12_the_ledger_of_a_patient_shows_what_other_clinics_gave(
    hospital: Hospital, client: Client, told_so: dict[str, Any], shown: str, not_shown: str
) -> None:
    visit = hospital.visit()
    hospital.sign(visit, "screening", "08:35", Role.NURSE, SCREENING | told_so)
    nurse = signed_in(client, hospital.people["dahl"], hospital.site)
    page = nurse.get(f"/patients/{visit.patient_id}/").content.decode()
    assert shown in page
    assert not_shown not in page


def test_h12_the_form_of_the_screening_asks_for_them_and_keeps_what_was_typed(
    hospital: Hospital, client: Client
) -> None:
    visit = hospital.visit()
    nurse = signed_in(client, hospital.people["dahl"], hospital.site)
    row = {"product": "methylprednisolone acetate", "mass": "40 mg", "on": "2026-10-02", "where": "Lake Practice"}
    typed = {f"steroid3_{name}": value for name, value in row.items()}
    sent = {"key": str(uuid4()), "patient": str(visit.patient_id), "version": "0", "no_allergies": "on"} | typed
    assert nurse.post(f"/visits/{visit.pk}/screening/edit/", sent).status_code == 302
    draft = Draft.objects.get(visit=visit)
    assert {name: draft.content[name] for name in typed} == typed
    page = nurse.get(f"/visits/{visit.pk}/screening/").content.decode()
    assert "2 Oct 2026 methylprednisolone acetate 40 mg, Lake Practice" in page
    told_there = {"no_steroids_elsewhere": False, "steroids_elsewhere": [THERE]}
    signed = ScreeningSigned.model_validate(SCREENING | told_there, strict=False)
    assert typed_from(signed)["steroid1_mass"] == "40 mg"
