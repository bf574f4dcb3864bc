"""Screening and hold plan: the form, its draft, the signature, what the rules say, the letter."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from foramen.catalogue.drugs import load_names
from foramen.clinic.models import Draft, Fact, Letter, Visit
from foramen.clinic.pages.screening.drugs import search
from foramen.clinic.pages.screening.forms import bound, typed_from, typed_of
from foramen.clinic.pages.screening.ruler import Ruler, draw, scale_of
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import SCREENING, Hospital
from tests.clinic.people import signed_in
from tests.clinic.treatment import EVERYBODY

APIXABAN = {
    "m1_name": "Eliquis", "m1_dose": "5 mg", "m1_frequency": "twice a day", "m1_last_dose_at": "2026-11-23T07:00",
    "m1_stopped": "yes", "m1_agreement_name": "Dr A. Sable", "m1_agreement_role": "prescriber",
    "m1_agreement_channel": "phone", "m1_agreement_at": "2026-11-11T14:20", "m1_agreement_answer": "may stop",
}  # fmt: skip
ANSWERS = {
    "no_allergies": "on", "asked_of": "patient, by phone", "confirmed_at": "2026-11-25T15:06", "tendency": "no",
    "liver_cirrhosis": "no", "advanced_liver_disease": "no", "advanced_renal_disease": "no", "no_surgery": "on",
    "no_steroids_elsewhere": "on",
    "driver": "wife, by car", "mri_accession": "MR-1", "mri_on": "2026-10-14", "mri_lumbar": "on",
}  # fmt: skip
HERON = {"family_name": "Heron", "given_name": "Josef", "sex": "male"}
IDENTITY = {"initials": "JH", "birth_year": "1979", "sex": "male"}


@pytest.fixture
def visit(hospital: Hospital) -> Visit:
    """Josef Heron, booked for tomorrow at 09:30; it is Wednesday afternoon."""
    hospital.time.at = hospital.local("15:10").replace(day=25)
    return hospital.visit(**HERON)


def client_of(hospital: Hospital, who: str) -> Client:
    return signed_in(Client(), hospital.people[who])


def address(visit: Visit, more: str = "") -> str:
    return f"/visits/{visit.pk}/screening/{more}"


def send(hospital: Hospital, visit: Visit, who: str, where: str, **entered: Any) -> HttpResponse:
    data = {"key": str(uuid4()), "patient": str(visit.patient_id)} | entered
    return client_of(hospital, who).post(address(visit, f"{where}/"), data)


def said(answer: HttpResponse) -> str:
    """The text of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def shown(hospital: Hospital, visit: Visit, who: str = "dahl") -> str:
    return said(client_of(hospital, who).get(address(visit)))


def test_from_the_form_to_the_signature_and_the_letter(hospital: Hospital, visit: Visit) -> None:
    assert send(hospital, visit, "dahl", "edit", version="0", **ANSWERS, **APIXABAN).status_code == 302
    page = shown(hospital, visit)
    assert "Not signed yet." in page
    assert "HOLD until Thu 26 Nov 10:00" in page
    assert not facts_of_visit(visit).has("screening")
    assert send(hospital, visit, "dahl", "sign", version="1", **IDENTITY).status_code == 302
    page = shown(hospital, visit)
    assert "Not signed yet." not in page
    assert "HOLD until Thu 26 Nov 10:00" in page
    assert send(hospital, visit, "dahl", "letter", language="en").status_code == 302
    letter = Letter.objects.get(visit=visit)
    assert "not acknowledged yet" in shown(hospital, visit)
    assert send(hospital, visit, "dahl", "read", number=str(letter.number), how="phone").status_code == 302
    assert "not acknowledged yet" not in shown(hospital, visit)
    assert facts_of_visit(visit).has("letter_read")


def test_what_is_signed_is_what_was_typed(hospital: Hospital, visit: Visit) -> None:
    more = {
        "no_allergies": "", "allergies": "Latex\nPenicillin", "renal_measure": "eGFR", "renal_value": "71",
        "renal_on": "2026-11-03", "inr1_value": "1.1", "inr1_at": "2026-11-25T08:00", "inr1_report": "L-1",
        "m2_name": "omega 3", "m2_last_dose_on": "2026-11-24", "m3_name": "Aleve", "m3_last_dose_unknown": "on",
    }  # fmt: skip
    send(hospital, visit, "dahl", "edit", version="0", **ANSWERS | APIXABAN | more)
    assert send(hospital, visit, "dahl", "sign", version="1", **IDENTITY).status_code == 302
    told: Any = facts_of_visit(visit).last("screening").content
    assert told.allergies == ["Latex", "Penicillin"]
    assert [(one.name, one.last_dose_unknown) for one in told.medicines] == [
        ("Eliquis", False), ("omega 3", False), ("Aleve", True),
    ]  # fmt: skip
    assert told.medicines[0].last_dose_at == hospital.local("07:00").replace(day=23)
    assert told.medicines[0].agreement.start == visit.start
    assert str(told.medicines[1].last_dose_on) == "2026-11-24"
    assert (told.renal.value, told.inr[0].value, told.mri.regions) == ("71", "1.1", ["lumbar"])
    with timezone.override("Europe/Zurich"):
        typed = typed_from(told)
        form = bound(typed)
        assert form.is_valid(), form.errors
    assert typed["m1_last_dose_at"] == "2026-11-23T07:00", "a new form begins with what stands"


@pytest.mark.requirement("H01")
@pytest.mark.parametrize("wrong", [{"initials": "NS"}, {"birth_year": "1978"}, {"sex": "female"}, {"initials": ""}])
def test_nothing_is_signed_for_somebody_else(hospital: Hospital, visit: Visit, wrong: dict[str, str]) -> None:
    send(hospital, visit, "dahl", "edit", version="0", **ANSWERS, **APIXABAN)
    answer = send(hospital, visit, "dahl", "sign", version="1", **IDENTITY | wrong)
    assert answer.status_code == 422
    assert not facts_of_visit(visit).has("screening")


@pytest.mark.parametrize(("missing", "says"), [
    ("no_allergies", "Allergies"), ("no_surgery", "Earlier surgery"), ("asked_of", "who answered"),
    ("confirmed_at", "gone through"),
])  # fmt: skip
def test_an_answer_that_is_missing_is_not_signed(hospital: Hospital, visit: Visit, missing: str, says: str) -> None:
    answers = {name: value for name, value in (ANSWERS | APIXABAN).items() if name != missing}
    send(hospital, visit, "dahl", "edit", version="0", **answers)
    answer = send(hospital, visit, "dahl", "sign", version="1", **IDENTITY)
    assert answer.status_code == 422
    assert says.casefold() in said(answer).casefold()
    assert not facts_of_visit(visit).has("screening")


@pytest.mark.parametrize("inr", ["1,1", "11", "1.1%"])
def test_an_inr_is_read_with_its_point(hospital: Hospital, visit: Visit, inr: str) -> None:
    entered = ANSWERS | APIXABAN | {"inr1_value": inr, "inr1_at": "2026-11-25T08:00"}
    send(hospital, visit, "dahl", "edit", version="0", **entered)
    assert send(hospital, visit, "dahl", "sign", version="1", **IDENTITY).status_code == 422
    assert not facts_of_visit(visit).has("screening")


@pytest.mark.requirement("T6")
def test_a_time_that_does_not_exist_is_refused_and_one_that_is_twice_is_asked(hospital: Hospital, visit: Visit) -> None:
    gap, fold = {"m1_last_dose_at": "2026-03-29T02:30"}, {"m1_last_dose_at": "2026-10-25T02:30"}
    for typed, says in ((gap, "does not exist"), (fold, "occurs twice")):
        send(hospital, visit, "dahl", "edit", version=str(Draft.objects.count() and 1), **ANSWERS | APIXABAN | typed)
        page = client_of(hospital, "dahl").get(address(visit, "edit/")).content.decode()
        assert says in page
        assert ("the second time" in page) == (typed is fold)
        assert send(hospital, visit, "dahl", "sign", version="1", **IDENTITY).status_code == 422
    with timezone.override("Europe/Zurich"):
        later = bound(typed_of(ANSWERS | APIXABAN | fold | {"m1_last_dose_at_which": "later"}))
        assert later.is_valid()
        assert later.cleaned_data["m1_last_dose_at"].isoformat() == "2026-10-25T01:30:00+00:00"


def test_of_two_who_save_the_same_draft_the_second_sees_both(hospital: Hospital, visit: Visit) -> None:
    send(hospital, visit, "dahl", "edit", version="0", **ANSWERS)
    send(hospital, visit, "moss", "edit", version="1", **ANSWERS | {"driver": "taxi"})
    answer = send(hospital, visit, "dahl", "edit", version="1", **ANSWERS | {"driver": "daughter", "no_surgery": ""})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "daughter" in page
    assert "taxi" in page
    assert Draft.objects.get(visit=visit).content["driver"] == "taxi"
    merged = ANSWERS | {"driver": "daughter"}
    assert send(hospital, visit, "dahl", "edit", version="2", **merged).status_code == 302
    assert Draft.objects.get(visit=visit).content["driver"] == "daughter"


def test_a_draft_that_changed_is_not_signed(hospital: Hospital, visit: Visit) -> None:
    send(hospital, visit, "dahl", "edit", version="0", **ANSWERS, **APIXABAN)
    send(hospital, visit, "moss", "edit", version="1", **ANSWERS | APIXABAN | {"m1_last_dose_at": "2026-11-24T07:00"})
    answer = send(hospital, visit, "dahl", "sign", version="1", **IDENTITY)
    assert answer.status_code == 422
    assert "has changed since this page was shown" in said(answer)


@pytest.mark.requirement("H01")
def test_a_form_of_another_patient_is_refused(hospital: Hospital, visit: Visit) -> None:
    other = hospital.visit(start="10:00", family_name="Ash")
    for where in ("edit", "sign", "letter", "read"):
        answer = send(hospital, visit, "dahl", where, version="0", patient=str(other.patient_id), **ANSWERS)
        assert answer.status_code == 409, where
    assert (Draft.objects.count(), Fact.objects.filter(visit=visit).count()) == (0, 0)


@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_who_sees_and_who_screens(hospital: Hospital, visit: Visit, role: Role) -> None:
    seeing = role in (Role.NURSE, Role.TECHNOLOGIST, Role.RADIOLOGIST, Role.LEAD, Role.COORDINATOR)
    who = EVERYBODY[role]
    assert client_of(hospital, who).get(address(visit)).status_code == (200 if seeing else 403)
    saved = send(hospital, visit, who, "edit", version="0", **ANSWERS).status_code
    assert (saved == 302) == (role in (Role.NURSE, Role.RADIOLOGIST, Role.LEAD))
    assert Draft.objects.filter(visit=visit).exists() == (saved == 302)


def test_another_site_gets_the_404_of_an_unknown_visit(hospital: Hospital, visit: Visit) -> None:
    assert client_of(hospital, "elsewhere").get(address(visit)).status_code == 404
    assert client_of(hospital, "elsewhere").get(f"/visits/{uuid4()}/screening/").status_code == 404


def test_a_change_judges_every_drug_anew_and_stores_nothing(hospital: Hospital, visit: Visit) -> None:
    earlier = ANSWERS | APIXABAN | {"m1_last_dose_at": "2026-11-23T06:30"}
    for entered, wanted in ((ANSWERS | APIXABAN, "HOLD until Thu 26 Nov 10:00"), (earlier, "OK")):
        page = said(send(hospital, visit, "dahl", "judge", **entered))
        assert wanted in page
    assert Draft.objects.count() == 0


def test_the_page_names_source_printed_text_and_resolved_value(hospital: Hospital, visit: Visit) -> None:
    send(hospital, visit, "dahl", "edit", version="0", **ANSWERS, **APIXABAN)
    page = shown(hospital, visit)
    assert "“3 days or 75 h”" in page
    assert "75 h from last dose to needle" in page
    assert "Table 1, Eliquis" in page
    assert "Mon 23 Nov 06:30" in page, "the latest permitted last dose"
    assert "Time zone data" in page


def test_none_has_to_be_said(hospital: Hospital, visit: Visit) -> None:
    send(hospital, visit, "dahl", "edit", version="0", **ANSWERS | {"no_medicines": "on"})
    assert "No antithrombotic, NSAID or supplement; the patient said so." in shown(hospital, visit)
    nothing = {name: value for name, value in ANSWERS.items() if name != "no_allergies"}
    send(hospital, visit, "dahl", "edit", version="1", **nothing)
    page = shown(hospital, visit)
    assert "No antithrombotic, NSAID or supplement; the patient said so." not in page
    assert "Allergies not answered" in page


@pytest.mark.parametrize(("text", "exact", "names"), [
    ("Eliquis", True, ["Eliquis"]), ("eliq", False, ["Eliquis"]), ("ves", False, []), ("el", False, []),
    ("apixiban", False, []),
])  # fmt: skip
def test_drugs_are_found_by_their_first_letters_and_never_guessed(text: str, exact: bool, names: list[str]) -> None:
    found = search(load_names(), text)
    assert (found.exact, [one.name for one in found.names]) == (exact, names)


def test_the_search_says_that_nothing_is_guessed(hospital: Hospital) -> None:
    page = said(client_of(hospital, "dahl").get("/drugs/?q=vesd"))
    assert "Nothing is guessed" in page


@pytest.mark.parametrize(("elapsed", "asked", "others", "low", "high", "unit"), [
    (74.5, 75, None, 66, 78, "h"), (169.5, 120, (240, 336), 0, 15 * 24, "d"), (26, 24, None, 0, 36, "h"),
])  # fmt: skip
def test_the_ruler_shows_the_hours_that_decide(
    elapsed: float, asked: int, others: tuple[int, int] | None, low: int, high: int, unit: str
) -> None:
    from datetime import timedelta

    scale = scale_of(Ruler("r", "drug", timedelta(hours=elapsed), asked, "policy", "slot", others))
    assert (scale.low, scale.high, scale.unit) == (low, high, unit)


@pytest.mark.parametrize(("others", "says"), [
    ((120, 120), "other sources: 5 d"), ((120, 168), "other sources: 5-7 d"), ((12, 24), "other sources: 12-24 h"),
])  # fmt: skip
def test_other_sources_that_ask_one_value_say_it_once(others: tuple[int, int], says: str) -> None:
    from datetime import timedelta

    drawn = draw(Ruler("r", "warfarin", timedelta(hours=130), 120, "policy: 5 d", "slot", others))
    assert f">{says}</text>" in drawn


def test_a_signed_screening_is_changed_by_signing_anew(hospital: Hospital, visit: Visit) -> None:
    hospital.sign(visit, "screening", "08:35", Role.NURSE, SCREENING, days=-2)
    page = client_of(hospital, "dahl").get(address(visit, "edit/")).content.decode()
    assert "husband, by car" in page, "the form begins with what stands"
    answers = ANSWERS | {"no_medicines": "on", "driver": "taxi"}
    send(hospital, visit, "dahl", "edit", version="0", **answers)
    assert facts_of_visit(visit).last("screening").content.driver == "husband, by car"
    send(hospital, visit, "dahl", "sign", version="1", **IDENTITY)
    assert facts_of_visit(visit).last("screening").content.driver == "taxi"


def test_the_same_number_of_queries_for_one_medicine_and_for_three(
    hospital: Hospital, visit: Visit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(hospital, "dahl")
    send(hospital, visit, "dahl", "edit", version="0", **ANSWERS, **APIXABAN)
    client.get(address(visit))
    with CaptureQueriesContext(connection) as captured:
        client.get(address(visit))
    first = len(captured)
    more = {"m2_name": "Advil", "m2_last_dose_at": "2026-11-24T07:00", "m3_name": "Plavix", "m3_dose": "75 mg"}
    send(hospital, visit, "dahl", "edit", version="1", **ANSWERS, **APIXABAN, **more)
    with django_assert_num_queries(first):
        client.get(address(visit))


def test_moving_the_visit_ends_the_hold_and_the_letter(hospital: Hospital, visit: Visit) -> None:
    send(hospital, visit, "dahl", "edit", version="0", **ANSWERS, **APIXABAN)
    send(hospital, visit, "dahl", "sign", version="1", **IDENTITY)
    send(hospital, visit, "dahl", "letter", language="en")
    page = client_of(hospital, "dahl").get(address(visit)).content.decode()
    form = re.search(r'<form class="row" method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    assert "Move visit to 10:00" in form[2]
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]))
    client_of(hospital, "dahl").post(form[1], sent)
    visit.refresh_from_db()
    assert visit.start == hospital.local("10:00")
    page = shown(hospital, visit)
    assert "Hold plan for Thu 26 Nov 2026, 10:00" in page
    assert "No letter is in force for Thu 26 Nov 10:00" in page, "a moved visit needs a new letter (V10)"


def test_nothing_is_held_against_a_list_of_today_before_the_arrival(hospital: Hospital, visit: Visit) -> None:
    """Whether it has changed since is asked of a patient who is here; a STOP for everybody is read by nobody."""
    assert "Nobody has asked for the list of medicines yet" in shown(hospital, visit)
    hospital.time.at = hospital.local("08:00")
    answers = ANSWERS | {"no_medicines": "on", "confirmed_at": "2026-11-26T07:55"}
    assert send(hospital, visit, "dahl", "edit", version="0", **answers).status_code == 302
    page = shown(hospital, visit)
    assert "No antithrombotic, NSAID or supplement; the patient said so." in page
    assert "Nobody has asked for the list of medicines yet" not in page
    assert "STOP The list of medicines" not in page
