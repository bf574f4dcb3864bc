"""Corrections: attributed, justified, and nothing that was signed before is lost (COR-1, AUD-1, AUD-5, AUD-7)."""

from typing import Any

import pytest
from pydantic import ValidationError

from foramen.clinic.domain.asked import Correction, Voiding
from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, UnknownError, WrongInputError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import Fact, Order, Patient, Referral, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import BUPIVACAINE, CONTRAST, DEXAMETHASONE, L5_LEFT, Hospital

REASON = "misread on the paper form"


def pain(score: int | None, at: str = "before", **more: Any) -> dict[str, Any]:
    return {"time": at, "score": score} | more


def correct(hospital: Hospital, fact: Fact, content: dict[str, Any], who: str = "dahl") -> Fact:
    done = perform(hospital.act(who), "correct", str(fact.pk), Correction(content=content, reason=REASON))
    return Fact.objects.get(pk=done.key)


def void(hospital: Hospital, fact: Fact, who: str = "dahl") -> Fact:
    return Fact.objects.get(pk=perform(hospital.act(who), "void", str(fact.pk), Voiding(reason=REASON)).key)


@pytest.mark.requirement("AUD-1", "AUD-5", "COR-1")
def test_a_value_that_is_corrected_twice_and_made_void_leaves_four_readable_rows(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "time_out_technologist")["pain_before"]
    second = correct(hospital, signed, pain(6))
    third = correct(hospital, second, pain(5), who="vance")
    last = void(hospital, third)
    rows = Fact.objects.filter(visit=visit, kind="pain_before").order_by("id")
    assert [row.content.get("score") for row in rows] == [7, 6, 5, None]
    assert [row.corrects_id for row in rows] == [None, signed.pk, second.pk, third.pk]
    assert [str(row.by) for row in rows] == ["R. Dahl", "R. Dahl", "Dr L. Vance", "R. Dahl"]
    assert [row.reason for row in rows] == ["", REASON, REASON, REASON]
    assert [row.role for row in rows] == ["nurse", "nurse", "lead", "nurse"]
    assert (last.void, last.content) == (True, {})
    assert not facts_of_visit(visit).has("pain_before")


def test_a_correction_keeps_when_it_was_and_says_when_it_was_corrected(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "time_out_technologist")["pain_before"]
    new = correct(hospital, signed, pain(6))
    assert (new.happened_at, new.recorded_at) == (hospital.local("08:58"), hospital.time.at)


def test_what_lists_show_follows_a_correction(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "observed")
    correct(hospital, signed["pain_before"], pain(6))
    new = correct(hospital, signed["pain_after"], pain(2, "after"))
    visit.refresh_from_db()
    assert (visit.pain_before, visit.pain_after) == (6, 2)
    correct(hospital, new, pain(None, "after", not_obtainable="asleep until late"))
    visit.refresh_from_db()
    assert (visit.pain_before, visit.pain_after) == (6, None)


@pytest.mark.requirement("AUD-7", "COR-1")
@pytest.mark.parametrize("reason", ["", "misread", "..........", "         "])
def test_a_reason_is_words(reason: str) -> None:
    with pytest.raises(ValidationError):
        Correction(content=pain(6), reason=reason)
    with pytest.raises(ValidationError):
        Voiding(reason=reason)


@pytest.mark.requirement("COR-1")
def test_only_who_may_have_recorded_it_corrects_it_or_the_lead(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "time_out_technologist")
    for who in ("ferro", "okafor", "lind"):
        with pytest.raises(NotAllowedError):
            correct(hospital, signed["pain_before"], pain(6), who=who)
    with pytest.raises(NotAllowedError):
        void(hospital, signed["level"], who="moss")
    assert correct(hospital, signed["pain_before"], pain(6), who="moss").by == hospital.people["moss"]
    assert void(hospital, signed["level"], who="ito").by == hospital.people["ito"]


def test_a_fact_of_another_site_is_unknown(hospital: Hospital) -> None:
    signed = hospital.walk(hospital.visit(), "time_out_technologist")["pain_before"]
    with pytest.raises(UnknownError):
        act = hospital.act("elsewhere", site=hospital.other)
        perform(act, "correct", str(signed.pk), Correction(content=pain(6), reason=REASON))


def test_only_the_newest_is_corrected(hospital: Hospital) -> None:
    signed = hospital.walk(hospital.visit(), "time_out_technologist")["pain_before"]
    new = correct(hospital, signed, pain(6))
    with pytest.raises(OutOfOrderError, match="correct the newest one"):
        correct(hospital, signed, pain(5))
    gone = void(hospital, new)
    for fact in (new, gone):
        with pytest.raises(OutOfOrderError, match="correct the newest one"):
            void(hospital, fact)
    assert Fact.objects.filter(kind="pain_before").count() == 3


@pytest.mark.parametrize("kind", ["time_out_technologist", "time_out_radiologist", "needle_in", "needle_out"])
def test_what_the_server_timed_is_neither_corrected_nor_void(hospital: Hospital, kind: str) -> None:
    signed = hospital.walk(hospital.visit(), "pain_after")[kind]
    count = Fact.objects.count()
    for change in (lambda: correct(hospital, signed, {}, who="vance"), lambda: void(hospital, signed, who="vance")):
        with pytest.raises((OutOfOrderError, NotAllowedError), match="the server timed it"):
            change()
    assert Fact.objects.count() == count


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (pain(11), "score"),
        (pain(6) | {"colour": "red"}, "colour"),
        (pain(None), ""),
        (pain(6, "after"), "time"),
        (pain(7) | {"not_obtainable": "", "mode": "clinic"}, ""),
    ],
)
def test_a_content_that_cannot_be_is_refused_at_its_field(
    hospital: Hospital, content: dict[str, Any], field: str
) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "time_out_technologist")["pain_before"]
    with pytest.raises(WrongInputError) as caught:
        correct(hospital, signed, content)
    assert [fault.where for fault in caught.value.faults] == [field]
    assert facts_of_visit(visit).last("pain_before").fact == signed


@pytest.mark.parametrize("kind", ["screening", "consent", "level"])
def test_until_the_needle_is_in_these_are_signed_anew(hospital: Hospital, kind: str) -> None:
    signed = hospital.walk(hospital.visit(), "needle_in")[kind]
    with pytest.raises(OutOfOrderError, match="sign it again"):
        correct(hospital, signed, signed.content, who="vance")


def test_a_screening_is_corrected_after_the_needle_with_the_checks_of_a_screening(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "pain_after")["screening"]
    told = signed.content | {"no_allergies": False, "allergies": ["latex"]}
    assert correct(hospital, signed, told).content["allergies"] == ["latex"]
    newest = facts_of_visit(visit).last("screening").fact
    with pytest.raises(WrongInputError) as caught:
        correct(hospital, newest, told | {"allergies": []})
    assert [fault.where for fault in caught.value.faults] == ["allergies"]


def test_what_a_time_out_rests_on_takes_it_away_when_it_is_void(hospital: Hospital) -> None:
    """H02: the plan gets the next number, so that consent and time-out of the old one no longer hold."""
    visit = hospital.visit()
    signed = hospital.walk(visit, "needle_in")
    void(hospital, signed["level"], who="okafor")
    visit.refresh_from_db()
    facts = facts_of_visit(visit)
    assert visit.plan == 2
    assert facts.last("time_out_radiologist").fact.content["plan"] == 1
    assert facts.last("consent").fact.content["plan"] == 1


def test_before_the_time_out_a_void_answer_leaves_the_plan(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "time_out_technologist")
    void(hospital, signed["level"], who="okafor")
    visit.refresh_from_db()
    assert visit.plan == 1


def test_a_void_plan_is_followed_by_the_next_number(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "arrival")
    plan = signed.get("plan") or hospital.walk(hospital.visit("10:00"), "consent")["plan"]
    with pytest.raises(OutOfOrderError, match="it has the next number"):
        correct(hospital, plan, plan.content, who="okafor")
    void(hospital, plan, who="okafor")
    assert Visit.objects.get(pk=plan.visit_id).plan == 2


def test_after_the_needle_nothing_takes_the_time_out_away(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "needle_out")
    correct(hospital, signed["pregnancy"], {"answer": "cannot be pregnant", "reason": "after the menopause"})
    visit.refresh_from_db()
    assert visit.plan == 1


def test_what_the_way_home_rests_on_is_corrected_not_void(hospital: Hospital) -> None:
    visit = hospital.visit()
    signed = hospital.walk(visit, "observed")
    Visit.objects.filter(pk=visit.pk).update(state=Visit.State.RECOVERY)
    with pytest.raises(OutOfOrderError, match="what comes next rests on it"):
        void(hospital, signed["pain_before"])
    correct(hospital, signed["pain_before"], pain(6))
    assert void(hospital, signed["pain_after"]).void


def test_an_arrival_of_the_wrong_patient_is_taken_back_until_something_rests_on_it(hospital: Hospital) -> None:
    visit = hospital.visit()
    arrival = hospital.walk(visit, "list_again")["arrival"]
    Visit.objects.filter(pk=visit.pk).update(state=Visit.State.ARRIVED)
    void(hospital, arrival)
    visit.refresh_from_db()
    assert (visit.state, facts_of_visit(visit).has("arrival")) == ("booked", False)
    other = hospital.visit("10:00")
    with pytest.raises(OutOfOrderError, match="what comes next rests on it"):
        void(hospital, hospital.walk(other, "time_out_technologist")["arrival"])


@pytest.mark.parametrize("kind", ["referral", "order", "triage"])
def test_what_a_row_has_moved_on_with_is_not_void(hospital: Hospital, kind: str) -> None:
    visit = hospital.visit()
    fact = Fact.objects.get(patient=visit.patient, kind=kind)
    with pytest.raises(OutOfOrderError, match="correct it"):
        void(hospital, fact, who="vance")


def test_a_corrected_order_is_another_plan_for_every_visit_to_come(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "time_out_technologist")
    fact = Fact.objects.get(patient=visit.patient, kind="order")
    content = fact.content | {"modality": "CT"}
    with pytest.raises(WrongInputError) as caught:
        correct(hospital, fact, content, who="okafor")
    assert [fault.where for fault in caught.value.faults] == ["modality"]
    correct(hospital, fact, fact.content | {"quantity": 1}, who="okafor")
    visit.refresh_from_db()
    assert (Order.objects.get(pk=visit.order_id).quantity, visit.plan) == (1, 2)
    Order.objects.filter(pk=visit.order_id).update(used=1)
    with pytest.raises(OutOfOrderError, match="a session was done"):
        correct(hospital, Fact.objects.filter(kind="order").latest("id"), fact.content, who="okafor")


def test_a_triage_is_corrected_until_there_is_an_order(hospital: Hospital) -> None:
    visit = hospital.visit()
    triage = Fact.objects.get(patient=visit.patient, kind="triage")
    declined = {"decision": "declined", "reason": "no root is pressed"}
    with pytest.raises(OutOfOrderError, match="an order rests on this triage"):
        correct(hospital, triage, declined, who="okafor")
    referral = Referral.objects.create(
        site=hospital.site, patient=Patient.objects.get(), number="R-9", received_at=hospital.time.at,
        referrer="Dr J. Whitlow", state="accepted",
    )  # fmt: skip
    alone = hospital.sign(
        visit, "triage", "07:00", Role.RADIOLOGIST, triage.content, referral=referral, order=None, visit=None
    )
    correct(hospital, alone, declined, who="okafor")
    referral.refresh_from_db()
    assert referral.state == "declined"


def test_what_was_given_is_corrected_and_judged_again(hospital: Hospital) -> None:
    visit = hospital.visit()
    given = hospital.walk(visit, "needle_out")["given"]
    wrong = given.content | {"drugs": [DEXAMETHASONE | {"mass": "100 mg"}, BUPIVACAINE, CONTRAST]}
    with pytest.raises(WrongInputError):
        correct(hospital, given, wrong, who="okafor")
    with pytest.raises(WrongInputError, match="another target"):
        correct(hospital, given, given.content | {"number": 2}, who="okafor")
    half = {"volume": "0.5 mL", "mass": "5 mg"}
    new = correct(
        hospital,
        given,
        {"number": 1, "spot": L5_LEFT, "drugs": [DEXAMETHASONE | half, BUPIVACAINE, CONTRAST]},
        who="okafor",
    )
    assert new.content["drugs"][0]["mass"] == "5 mg"


def test_a_correction_that_is_sent_twice_is_made_once(hospital: Hospital) -> None:
    signed = hospital.walk(hospital.visit(), "time_out_technologist")["pain_before"]
    act = hospital.act("dahl")
    wanted = Correction(content=pain(6), reason=REASON)
    first = perform(act, "correct", str(signed.pk), wanted)
    again = perform(act, "correct", str(signed.pk), wanted)
    assert (again.key, again.again) == (first.key, True)
    assert Fact.objects.filter(kind="pain_before").count() == 2


def test_another_place_that_a_correction_names_is_a_deviation_of_the_new_fact(hospital: Hospital) -> None:
    visit = hospital.visit()
    given = hospital.walk(visit, "needle_out")["given"]
    new = correct(hospital, given, given.content | {"spot": L5_LEFT | {"side": "right"}}, who="okafor")
    noted = Fact.objects.get(visit=visit, kind="deviation")
    assert (noted.content["given"], noted.content["adverse"], noted.content["reason"]) == (new.pk, True, REASON)
    assert "L5 root right" in noted.content["what"]
    typed = noted.content | {"given": 0, "reason": "the mark had been washed off"}
    corrected = correct(hospital, noted, typed, who="okafor")
    assert (corrected.content["given"], corrected.content["reason"]) == (new.pk, "the mark had been washed off")
