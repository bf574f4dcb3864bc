"""Patients: found, registered, changed; one patient's page with band, timeline, treatments and steroid ledger."""

import re
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from foramen.clinic.domain.places import words as words_of
from foramen.clinic.facts.content import DrugAmount, Spot
from foramen.clinic.models import AuditEvent, Order, Patient, Visit
from foramen.clinic.pages.patients.course import course_of
from foramen.clinic.pages.patients.ledger import Given, ledger_of
from foramen.clinic.pages.patients.timeline import timeline_of
from foramen.clinic.pages.targets import short, told
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules import readiness
from tests.clinic.board_day import late, treatment_day
from tests.clinic.hospital import DEXAMETHASONE, L5_LEFT, TODAY, Hospital
from tests.clinic.lists import booked, counts, queries
from tests.clinic.people import signed_in
from tests.clinic.treatment import Day


@pytest.fixture
def nurse(hospital: Hospital, client: Client) -> Client:
    return signed_in(client, hospital.people["dahl"])


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def names(client: Client, query: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^,<]+),', client.get(f"/patients/?{query}").content.decode())


@pytest.mark.parametrize("path", ["/patients/", "/patients/?q=name"])
def test_the_list_runs_the_same_queries_however_long(hospital: Hospital, nurse: Client, path: str) -> None:
    found = counts(nurse, path, lambda n: booked(hospital, n))
    assert found == [found[0]] * 3


def test_a_patient_is_found_by_name_number_and_birth_date(hospital: Hospital, nurse: Client) -> None:
    hospital.visit("09:30", "fl1", family_name="Heron", given_name="Josef", number="4158 2093", born=date(1957, 3, 2))
    hospital.visit("10:00", "fl1", family_name="Heronbank", given_name="Ada", number="7730 5562")
    assert names(nurse, "q=heron") == ["Heron", "Heronbank"]
    for query in (
        "q=heron+jos",
        "q=2.3.1957",
        "q=41582093",
        "q=4158 2093",
        "born=1957-03-02",
        "q=josef&born=1957-03-02",
    ):
        assert names(nurse, query) == ["Heron"], query
    assert names(nurse, "q=josef&born=1957-03-03") == []
    assert names(nurse, "q=%25") == [] and names(nurse, "q=_eron") == [], "a sign is a sign, not a pattern"
    assert "Nobody here fits what was asked" in words(nurse, "/patients/?q=nobody")


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/patients/{patient}/", "overview"), ("/patients/{patient}/change/", "details"),
        ("/referrals/{referral}/", "referral"), ("/referrals/new/{patient}/", "new referral"),
        ("/orders/{order}/book/", "booking"), ("/bookings/{visit}/move/", "another slot"),
        ("/bookings/{visit}/cancel/", "cancellation"),
    ],
)  # fmt: skip
def test_opening_a_record_is_written_down_with_who_and_what(
    hospital: Hospital, nurse: Client, path: str, what: str
) -> None:
    visit = hospital.visit()
    keys = {"patient": visit.patient_id, "visit": visit.pk, "order": visit.order_id}
    assert nurse.get(path.format(**keys, referral=visit.order.referral_id)).status_code == 200
    event = AuditEvent.objects.filter(operation="read").get()
    assert event.patient == visit.patient_id
    assert (event.context["shown_as"], event.context["what"]) == ("R. Dahl", what)


def test_another_sites_patient_is_as_unknown_as_none(hospital: Hospital, client: Client) -> None:
    patient = hospital.visit().patient
    client = signed_in(client, hospital.people["elsewhere"])
    for key in (patient.pk, uuid4()):
        assert client.get(f"/patients/{key}/").status_code == 404
        assert client.get(f"/patients/{key}/change/").status_code == 404
    assert not AuditEvent.objects.filter(operation="read").exists()


@pytest.mark.parametrize(
    ("screening", "says"),
    [
        (None, "Allergies not asked yet Blood thinners not asked yet"),
        ({}, "Allergies None asked 26 Nov 08:35, R. Dahl Blood thinners None asked 26 Nov 08:35, R. Dahl"),
        ({"no_allergies": False}, "Allergies not answered asked 26 Nov 08:35, R. Dahl"),
        ({"allergies": ["Latex"], "no_allergies": False}, "Allergies Latex asked 26 Nov 08:35, R. Dahl"),
    ],
)
def test_the_band_never_shows_a_blank(
    hospital: Hospital, nurse: Client, screening: dict[str, Any] | None, says: str
) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "screening" if screening is None else "letter_read", screening=screening or {})
    assert says in words(nurse, f"/patients/{visit.patient_id}/")


def test_an_allergy_turns_its_cell_red(hospital: Hospital, nurse: Client) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "letter_read", screening={"allergies": ["Latex"], "no_allergies": False})
    assert "band__alert--stop" in nurse.get(f"/patients/{visit.patient_id}/").content.decode()


@pytest.mark.parametrize(("until", "says"), [
    ("time_out_technologist", "Visit Thu 26 Nov 09:30, L5 root left"),
    ("needle_in", "In room since 09:07 L5 root left"), ("pain_after", "Recovery since 09:20 L5 root left"),
])  # fmt: skip
def test_the_band_says_where_the_patient_is_and_since_when(
    hospital: Hospital, nurse: Client, until: str, says: str
) -> None:
    step = {"time_out_technologist": "sign_time_out", "pain_after": "score_pain/after"}.get(until, until)
    visit = Day(hospital).walk(step).visit
    assert says in words(nurse, f"/patients/{visit.patient_id}/")
    assert says in words(nurse, f"/visits/{visit.pk}/treatment/")


CLOPIDOGREL = {
    "name": "clopidogrel", "dose": "75 mg", "indication": "secondary", "loading_dose": "no", "stopped": True,
    "last_dose_at": "2026-11-18T08:00:00+01:00",
    "agreement": {
        "name": "Dr E. Marsh", "role": "prescriber", "channel": "phone", "at": "2026-11-12T10:00:00+01:00",
        "start": "2026-11-26T09:30:00+01:00", "answer": "may stop",
    },
}  # fmt: skip


def test_the_band_tells_the_stratum_before_the_needle_and_the_restart_after_it(
    hospital: Hospital, nurse: Client
) -> None:
    """The policy restarts 75 mg of clopidogrel 12 h after needle-out (CLINICAL.md, AC-15a): 09:20 makes 21:20."""
    day = Day(hospital).arrive(no_medicines=False, medicines=[CLOPIDOGREL], thromboembolic_risk="not high")
    pages = (f"/patients/{day.visit.patient_id}/", f"/visits/{day.visit.pk}/screening/")
    for page in pages:
        assert "clopidogrel last Wed 18 Nov 08:00. Bleeding stratum LOW" in words(nurse, page)
    day.walk("score_pain/after")
    for page in (pages[0], f"/visits/{day.visit.pk}/treatment/"):
        assert "clopidogrel last Wed 18 Nov 08:00; restart not before today 21:20" in words(nurse, page)


def steroid(product: str, mass: str, on: date = TODAY, *, planned: bool = False) -> Given:
    drug = DrugAmount(kind="steroid", product=product, strength="10 mg/mL", volume="1 mL", mass=mass)
    return Given(on, Spot(**L5_LEFT), drug, planned)


def test_steroids_are_counted_in_methylprednisolone(hospital: Hospital) -> None:
    """0.75 mg dexamethasone = 4 mg triamcinolone = 4 mg methylprednisolone; the example of the design."""
    given = [
        steroid("dexamethasone", "10 mg", date(2026, 9, 2)), steroid("triamcinolone", "40 mg", date(2026, 6, 17)),
        steroid("dexamethasone", "10 mg", date(2026, 3, 11)), steroid("dexamethasone", "10 mg", date(2026, 1, 14)),
        steroid("dexamethasone", "10 mg", planned=True),
    ]  # fmt: skip
    ledger = ledger_of(TODAY, given)
    assert (ledger.first, ledger.last) == (date(2025, 11, 27), TODAY)
    assert (ledger.given, ledger.with_plan, ledger.uncounted) == ("200 mg", "253 mg", 0)
    assert [one.equivalent_text for one in ledger.rows] == ["53.3 mg", "53.3 mg", "40 mg", "53.3 mg", "53.3 mg"]
    assert [one.factor_text for one in ledger.rows][1:3] == ["× 5.33", "× 1"]
    assert given[0].equivalent == Fraction(160, 3)


@pytest.mark.parametrize(("limit", "over"), [(None, False), (107, False), (106, True)])
def test_a_yearly_limit_counts_what_is_planned(limit: int | None, over: bool) -> None:
    rows = [steroid("dexamethasone", "10 mg"), steroid("dexamethasone", "10 mg", planned=True)]
    assert ledger_of(TODAY, rows, limit).over_limit is over


def test_what_is_older_than_twelve_months_is_not_in_the_ledger() -> None:
    rows = [steroid("dexamethasone", "10 mg", date(2025, 11, day)) for day in (26, 27)]
    assert [one.on for one in ledger_of(TODAY, rows).rows] == [date(2025, 11, 27)]


@pytest.mark.parametrize(("product", "mass"), [("wonderolone", "10 mg"), ("dexamethasone", "a bit")])
def test_a_steroid_that_nobody_knows_is_counted_and_not_summed(product: str, mass: str) -> None:
    odd = steroid("dexamethasone", "10 mg").drug.model_copy(update={"product": product, "mass": mass})
    ledger = ledger_of(TODAY, [Given(TODAY, Spot(**L5_LEFT), odd), steroid("methylprednisolone", "40 mg")])
    assert (ledger.given, ledger.uncounted) == ("40 mg", 1)
    assert ledger.rows[0].equivalent_text == "not counted" or ledger.rows[1].equivalent_text == "not counted"


def test_the_page_tells_treatment_steroid_dose_and_follow_up(hospital: Hospital, nurse: Client) -> None:
    visit = treatment_day(hospital)["Plover"]
    hospital.sign(visit, "dose", "08:30", Role.TECHNOLOGIST, {
        "values": [{"quantity": "dose-area product", "value": "642", "unit": "mGy·cm²"}],
    })  # fmt: skip
    page = words(nurse, f"/patients/{visit.patient_id}/")
    assert "26 Nov 2026 Fluoroscopy 1 L5 root left , transforaminal" in page
    assert "dexamethasone 10 mg; bupivacaine 2.5 mg 642 mGy·cm² 7 3 23 Nov" in page
    assert "53 mg methylprednisolone equivalent, given" in page
    assert "0.75 mg dexamethasone = 4 mg methylprednisolone" in page
    assert "NA this service has set no yearly limit" in page
    assert "1 of 2 used. None is booked." in page
    for says in ("Consent, L5 root left, transforaminal", "MRI MR-1", "Referral by Dr J. Whitlow"):
        assert says in page


def test_the_order_shows_what_is_used_and_what_is_next(hospital: Hospital, nurse: Client) -> None:
    visit = treatment_day(hospital)["Heron"]
    answer = nurse.get(f"/patients/{visit.patient_id}/").content.decode()
    assert "<small>today, L5 root</small>" in answer and "<small>not booked</small>" in answer
    assert "0 of 2 used." in answer and "The next is planned today." in answer
    assert "Move to 10:00, this room" in answer
    assert "Mon 10 May 2027" in answer, "180 days after the order of 11 November"


def test_words_of_near_treatments_do_not_lie_on_each_other(hospital: Hospital) -> None:
    first = hospital.visit("10:00", "fl1")
    others = [hospital.visit("10:00", "fl2"), hospital.visit("10:00", "ct")]
    for months, visit in zip((10, 9, 8), (first, *others), strict=True):
        at = hospital.local("10:00") - timedelta(days=30 * months)
        Visit.objects.filter(pk=visit.pk).update(patient=first.patient, needle_in_at=at, start=at)
    shown = timeline_of(course_of(first.patient, TODAY))
    assert shown is not None and len(shown.treated) == 3
    spans = [
        (one.text_x, one.text_x + 100) if one.anchor == "start" else (one.text_x - 100, one.text_x)
        for one in shown.treated if one.lines
    ]  # fmt: skip
    lines = [one.x for one in shown.treated]
    assert spans and all(not (low < x < high) for low, high in spans for x in lines)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_a_patient_with_nothing_yet_has_a_page(hospital: Hospital, nurse: Client) -> None:
    patient = Patient.objects.create(
        site=hospital.site, number="1", family_name="New", given_name="One", born="1990-01-01", sex="other"
    )
    page = words(nurse, f"/patients/{patient.pk}/")
    for says in ("not asked yet", "none booked", "Nothing has been treated or planned yet", "There is no order"):
        assert says in page


def test_the_timeline_holds_what_the_table_holds(hospital: Hospital) -> None:
    visit = treatment_day(hospital)["Plover"]
    late(visit, "2 days", 1)
    shown = timeline_of(course_of(visit.patient, TODAY))
    assert shown is not None
    assert [(one.score, one.y) for one in shown.points] == [(7, 129.0), (3, 189.0)]
    assert [one.lines[0] for one in shown.treated] == ["26 Nov, today"]
    assert not shown.treated[0].planned and len(shown.contacts) == 2
    assert shown.line == f"M{shown.points[0].x:g} 129L{shown.points[1].x:g} 189"
    assert all(58 <= one.x <= 956 for one in (*shown.points, *shown.treated, *shown.contacts))
    assert shown.ticks[0].label.endswith("2026") and sum(one.width for one in shown.ticks) == pytest.approx(898, abs=1)


def test_a_long_course_names_every_third_month(hospital: Hospital) -> None:
    first = hospital.visit("10:00", "fl1")
    Visit.objects.filter(pk=first.pk).update(needle_in_at=hospital.local("10:00").replace(year=2024))
    shown = timeline_of(course_of(first.patient, TODAY))
    assert shown is not None and len(shown.ticks) > 14
    assert [bool(one.label) for one in shown.ticks[:4]] == [True, False, False, True]


def test_the_page_runs_the_same_queries_however_many_visits(hospital: Hospital, nurse: Client) -> None:
    """As long as nothing has to be asked anew: the course itself is five queries."""
    first = booked(hospital, 0)
    one = len(queries(nurse, f"/patients/{first.patient_id}/"))
    for n in (1, 2, 3):
        other = booked(hospital, n)
        Visit.objects.filter(pk=other.pk).update(patient=first.patient, order=first.order)
        Order.objects.filter(pk=other.order_id).update(patient=first.patient)
        readiness.refresh(Visit.objects.get(pk=other.pk))
    assert len(queries(nurse, f"/patients/{first.patient_id}/")) == one


def test_details_are_changed_from_the_version_that_was_seen(hospital: Hospital, nurse: Client) -> None:
    patient = hospital.visit().patient
    path = f"/patients/{patient.pk}/change/"
    sent = {
        "number": patient.number, "family_name": "Sorrel-Heron", "given_name": "Nadia", "born": "1979-06-14",
        "sex": "female", "phone": "000 111", "email": "", "language": "de", "version": 1, "patient": patient.pk,
    }  # fmt: skip
    assert nurse.post(path, sent | {"key": uuid4()}).status_code == 302
    patient.refresh_from_db()
    assert (patient.family_name, patient.language, patient.version) == ("Sorrel-Heron", "de", 2)
    assert nurse.post(path, sent | {"key": uuid4()}).status_code == 409
    answer = nurse.post(path, sent | {"key": uuid4(), "version": 2, "born": "2030-01-01"})
    assert answer.status_code == 422 and "obody was born on that day" in answer.content.decode()
    assert 'value="2030-01-01"' in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("L5 root left, transforaminal", [("L5 root left", "transforaminal")]),
        ("L5 and S1 roots left, transforaminal, 2 targets", [("L5 and S1 roots left", "transforaminal, 2 targets")]),
        ("L4/L5 both sides, facet, 2 targets", [("L4/L5 both sides", "facet, 2 targets")]),
        (
            "L5 root left and S1 root right, transforaminal; SI joint left, sacroiliac, 3 targets",
            [("L5 root left and S1 root right", "transforaminal"), ("SI joint left", "sacroiliac, 3 targets")],
        ),
        ("L4/L5, interlaminar", [("L4/L5, interlaminar", "")]),
        ("3 targets", [("3 targets", "")]),
    ],
)  # fmt: skip
def test_targets_are_told_in_parts(text: str, parts: list[tuple[str, str]]) -> None:
    assert [(one.short, one.rest) for one in told(text)] == parts


def test_the_words_of_an_order_are_told_apart_again() -> None:
    spots = [Spot(level="L4/L5", side=side, route="facet") for side in ("left", "right")]
    found = told(words_of(spots))
    assert [[(one.where, one.side) for one in part.pieces] for part in found] == [[("L4/L5", "both")]]
    assert short(words_of(spots)) == "L4/L5 both sides"


def test_dexamethasone_of_the_story_is_the_one_of_the_ledger() -> None:
    assert Given(TODAY, Spot(**L5_LEFT), DrugAmount(**DEXAMETHASONE)).text == "dexamethasone 10 mg"
