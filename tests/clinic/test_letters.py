"""The patient's letter: what it says, what it does not say, and that a moved visit needs another one (V10)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from foramen.catalogue.instants import Moment
from foramen.clinic.domain.errors import OutOfOrderError
from foramen.clinic.domain.letters import procedure_letter, restart_sheet
from foramen.clinic.models import AuditEvent, Fact, Judgement, Letter, Outgoing, Person, PolicyRecord, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.gates import judge
from tests.clinic.hospital import Hospital
from tests.clinic.journey import APIXABAN, Journey, told
from tests.clinic.people import signed_in

THURSDAY = "2026-11-26T09:30:00"
AGREED = {
    "name": "Dr A. Sable", "role": "prescriber", "channel": "phone", "at": "2026-11-11T14:20:00+01:00",
    "start": "2026-11-26T09:30:00+01:00", "answer": "may stop",
}  # fmt: skip
ADVIL = {"name": "Advil", "frequency": "when needed"}
WARFARIN_HERE = {"name": "warfarin", "indication": "secondary"}
HERE = {"identifiers": ["name", "date of birth"]}


@pytest.fixture
def journey(hospital: Hospital) -> Journey:
    """Two weeks before the injection."""
    found = Journey(hospital)
    found.at("2026-11-12T15:10")
    return found


def rows(letter: Letter) -> dict[str, Any]:
    return {one["name"]: one for one in letter.content["medicines"]}


def row_text(row: dict[str, Any]) -> str:
    """A row of the table as it is read: a word for each day, or the sentence that stands across all of them."""
    return row["wait"] or " ".join(one["word"] for one in row["cells"])


# --- what it says ---------------------------------------------------------------------------------------------------


def test_the_letter_of_the_screens(journey: Journey) -> None:
    """Apixaban agreed, ibuprofen when needed with a high stratum, celecoxib, ticlopidine not agreed."""
    visit = journey.visit(THURSDAY)
    journey.screen(visit, tendency="yes", medicines=[
        APIXABAN | {"agreement": AGREED}, ADVIL, {"name": "Celebrex"}, {"name": "Ticlid", "indication": "secondary"},
    ])  # fmt: skip
    letter = journey.letter(visit)
    assert [f"{one['weekday']} {one['day']}" for one in letter.content["days"]] == [
        "Sat 21", "Sun 22", "Mon 23", "Tue 24", "Wed 25", "Thu 26",
    ]  # fmt: skip
    found = rows(letter)
    assert (row_text(found["Apixaban"]), found["Apixaban"]["box"]) == ("take last none none none none", "Eliquis")
    assert row_text(found["Ibuprofen"]) == "may may may last none none"
    assert row_text(found["Celecoxib"]) == "take take take take take take"
    assert row_text(found["Ticlopidine"]).startswith(
        "Do not stop ticlopidine on your own. The doctor who prescribed it has to agree first"
    )
    assert letter.content["day"] == "Thursday 26 November 2026"
    assert (letter.content["clock"], letter.content["be_there"]) == ("09:30", "08:45")
    assert letter.content["check"] == (
        "For your own check, the policy of this service asks for: apixaban 75 hours, which is Monday 23 November 2026 "
        "at 06:30; ibuprofen 24 hours, which is Wednesday 25 November 2026 at 09:30. If you took any after that, call "
        "us; we can often move you to a later hour."
    )


def test_the_letter_names_the_policy_it_rests_on(journey: Journey) -> None:
    visit = journey.visit(THURSDAY)
    journey.screen(visit)
    letter = journey.letter(visit)
    stored = Judgement.objects.get(visit=visit, verb="make_letter", policy="antithrombotics")
    policy = letter.content["policy"]
    assert (policy["version"], policy["sha256"], policy["record_sha256"]) == (
        stored.policy_version, stored.policy_sha256, stored.record_sha256,
    )  # fmt: skip
    assert letter.content["site"]["nurse_line"] == "000 000 00 00"
    assert Outgoing.objects.filter(kind="letter", content={"letter": str(letter.pk)}).count() == 1


@pytest.mark.parametrize(
    ("medicine", "sentence"),
    [
        (APIXABAN, "Do not stop apixaban on your own."),
        ({"name": "aspirin", "indication": "secondary"}, "Do not stop aspirin on your own."),
        ({"name": "aspirin", "indication": "unknown"}, "Do not stop aspirin on your own."),
        ({"name": "Vesdrin 20"}, "Do not stop it on your own."),
        (ADVIL | {"to_continue": True}, "Do not stop ibuprofen on your own."),
        (APIXABAN | {"agreement": AGREED | {"answer": "may not stop"}}, "Do not stop apixaban"),
        (APIXABAN | {"agreement": AGREED | {"start": "2026-11-25T09:30:00+01:00"}}, "Do not stop apixaban"),
    ],
)
def test_nobody_is_told_to_stop_what_is_not_decided(
    journey: Journey, medicine: dict[str, Any], sentence: str
) -> None:  # fmt: skip
    visit = journey.visit(THURSDAY)
    journey.screen(visit, tendency="yes", medicines=[medicine])
    (row,) = journey.letter(visit).content["medicines"]
    assert row["wait"].startswith(sentence)
    assert row["cells"] == []
    assert "ake the last" not in str(row)


def test_a_decision_that_the_policy_asks_for_lets_the_instruction_leave(journey: Journey) -> None:
    """AC-01b: four days for aspirin after an event, once the radiologist has decided and the prescriber agreed."""
    visit = journey.visit(THURSDAY, radiologist=str(journey.hospital.people["okafor"].pk))
    decided = {"name": "okafor", "at": "2026-11-12T15:00:00+01:00", "start": AGREED["start"], "words": "four days"}
    aspirin = {"name": "aspirin", "indication": "secondary", "agreement": AGREED, "decided": decided}
    journey.screen(visit, "okafor", medicines=[aspirin])
    (row,) = journey.letter(visit).content["medicines"]
    assert row_text(row) == "take last none none none none none"


def test_a_patient_who_takes_nothing_has_a_letter_too(journey: Journey) -> None:
    visit = journey.visit(THURSDAY)
    journey.screen(visit, medicines=[], no_medicines=True)
    letter = journey.letter(visit)
    assert letter.content["nothing"].startswith("You told us that you take no blood thinner")
    assert letter.content["medicines"] == []


def test_no_letter_before_the_screening_and_none_in_a_language_without_words(journey: Journey) -> None:
    visit = journey.visit(THURSDAY)
    assert told(journey.refused("dahl", "make_letter", visit)) == [("", "Letter: first Screening")]
    journey.screen(visit)
    error = journey.refused("dahl", "make_letter", visit, {"language": "it"})
    assert told(error) == [("language", "there are no words for letters in this language")]


@pytest.mark.parametrize(
    ("name", "made", "expected"),
    [
        ("warfarin", "2026-11-12T15:10", "take last none none none none none none"),
        ("prasugrel", "2026-11-12T15:10", "take last none none none none none none none none none none none"),
        ("Lovenox", "2026-11-12T15:10", "take last none"),
        ("Eliquis", "2026-11-24T08:00", "none none none"),
    ],
)
def test_as_many_days_as_the_hold_has_and_none_that_is_over(
    journey: Journey, name: str, made: str, expected: str
) -> None:
    visit = journey.visit(THURSDAY)
    journey.screen(visit, medicines=[{"name": name, "indication": "secondary", "agreement": AGREED}])
    journey.at(made)
    letter = journey.letter(visit)
    (row,) = letter.content["medicines"]
    assert row_text(row) == expected
    assert len(letter.content["days"]) == len(expected.split())
    assert letter.content["days"][-1]["date"] == "2026-11-26"


def test_where_the_hour_counts_it_stands_in_the_table(journey: Journey) -> None:
    visit = journey.visit(THURSDAY)
    journey.screen(visit, medicines=[{"name": "Lovenox", "indication": "secondary", "agreement": AGREED}])
    (row,) = journey.letter(visit).content["medicines"]
    assert row["cells"] == [{"word": "take"}, {"word": "last", "until": "09:30"}, {"word": "none"}]


def test_without_a_policy_in_force_there_is_no_letter_at_all(journey: Journey) -> None:
    """One that leaves the medicines out would say that they may be taken."""
    visit = journey.visit(THURSDAY)
    journey.screen(visit)
    PolicyRecord.objects.filter(policy="antithrombotics").update(state="superseded")
    error = journey.refused("dahl", "make_letter", visit)
    assert isinstance(error, OutOfOrderError)
    assert told(error) == [("", "no letter can be made")]
    assert Letter.objects.count() == 0


# --- V10 ------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("V10", "H06")
def test_v10_a_visit_moved_a_day_earlier(journey: Journey) -> None:
    """Every hold is worked out anew, the letter that was read no longer holds, and nobody gets past it."""
    visit = journey.visit(THURSDAY)
    journey.screen(visit, medicines=[APIXABAN | {"agreement": AGREED}])
    first = journey.letter(visit)
    journey.read(visit, 1)
    latest = _latest(visit, "make_letter")
    assert latest == datetime(2026, 11, 23, 5, 30, tzinfo=UTC)

    visit.refresh_from_db()
    journey.do("lind", "move", visit, journey.slot("2026-11-25T09:30:00", version=visit.version))
    visit.refresh_from_db()
    assert _latest(visit, "move") == datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
    assert _letter_rule(visit) == "STOP"

    error = journey.refused("dahl", "acknowledge_letter", visit, {"number": 1, "how": "phone"})
    assert told(error) == [("number", "there is no letter for 25 Nov 2026, 09:30")]
    journey.at("2026-11-25T08:40")
    error = journey.refused("dahl", "arrive", visit, HERE)
    assert isinstance(error, OutOfOrderError)
    assert told(error) == [("", "the letter for 25 Nov 2026, 09:30 has not been acknowledged")]

    journey.at("2026-11-13T08:00")
    second = journey.letter(visit)
    assert (second.number, second.start) == (2, visit.start)
    error = journey.refused("dahl", "acknowledge_letter", visit, {"number": 1, "how": "phone"})
    assert told(error) == [("number", "letter 1 is not in force: letter 2 is")]
    journey.read(visit, 2)
    visit.refresh_from_db()
    assert _letter_rule(visit) == "OK"
    journey.at("2026-11-25T08:45")
    journey.do("dahl", "arrive", visit, HERE)
    first.refresh_from_db()
    assert (first.number, first.start) == (1, datetime(2026, 11, 26, 8, 30, tzinfo=UTC))


def test_the_agreement_for_another_start_does_not_carry_over_into_the_new_letter(journey: Journey) -> None:
    visit = journey.visit(THURSDAY)
    journey.screen(visit, medicines=[APIXABAN | {"agreement": AGREED}])
    assert row_text(rows(journey.letter(visit))["Apixaban"]) == "take last none none none none"
    visit.refresh_from_db()
    journey.do("lind", "move", visit, journey.slot("2026-11-25T09:30:00", version=visit.version))
    assert rows(journey.letter(visit))["Apixaban"]["wait"].startswith("Do not stop apixaban")


def test_three_moves_need_one_new_letter_that_counts_on(journey: Journey) -> None:
    visit = journey.visit(THURSDAY)
    journey.screen(visit)
    journey.letter(visit)
    latest = []
    for day, start in enumerate(("2026-11-26T11:00:00", "2026-11-27T11:00:00", "2026-11-26T09:30:00"), start=13):
        journey.at(f"2026-11-{day}T08:00")
        visit.refresh_from_db()
        journey.do("lind", "move", visit, journey.slot(start, version=visit.version))
        latest.append(_latest(visit, "move"))
    assert [f"{one:%d %H:%M}" for one in latest] == ["23 07:00", "24 07:00", "23 05:30"]
    error = journey.refused("dahl", "acknowledge_letter", visit, {"number": 1, "how": "phone"})
    assert told(error) == [("number", "there is no letter for 26 Nov 2026, 09:30")]
    letter = journey.letter(visit)
    journey.read(visit, letter.number)
    assert Letter.objects.filter(visit=visit).count() == 2
    assert Fact.objects.filter(visit=visit, kind="letter_read").count() == 1


@pytest.mark.requirement("H06")
def test_a_letter_made_anew_has_to_be_read_anew(journey: Journey) -> None:
    visit = journey.visit(THURSDAY)
    journey.screen(visit)
    journey.read(visit, journey.letter(visit).number)
    assert journey.letter(visit).number == 2
    journey.at("2026-11-26T08:45")
    assert told(journey.refused("dahl", "arrive", visit, HERE)) == [
        ("", "the letter for 26 Nov 2026, 09:30 has not been acknowledged")
    ]


def _latest(visit: Visit, verb: str) -> datetime:
    stored = Judgement.objects.filter(visit=visit, verb=verb, policy="antithrombotics").order_by("-asked_at").first()
    assert stored is not None
    (drug,) = (one for one in stored.content["decisions"] if one["rule"] == "AC-13")
    return datetime.fromisoformat(drug["moments"]["latest_last_dose"]["utc"])


def _letter_rule(visit: Visit) -> str:
    judged = judge(visit, facts_of_visit(visit), "arrival", Moment(visit.start, visit.site.zone))
    (found,) = (one for one in judged.decisions if one.rule == "G-LETTER")
    return found.outcome.value


# --- the other sheets -----------------------------------------------------------------------------------------------


def recovered(hospital: Hospital, **instead: Any) -> Visit:
    """A visit of today with the needle out."""
    visit = hospital.visit("09:10")
    hospital.walk(visit, "discharge", **instead)
    hospital.time.at = hospital.local("10:05")
    return visit


def test_the_restart_sheet_has_the_instants_of_the_policy_and_no_others(hospital: Hospital) -> None:
    """Needle-out 09:20 on 26 November: clopidogrel 75 mg without a loading dose after 12 hours, usually after 24."""
    clopidogrel = {
        "name": "Plavix", "dose": "75 mg", "indication": "secondary", "last_dose_on": "2026-11-18", "stopped": True,
        "loading_dose": "no", "agreement": AGREED | {"start": "2026-11-26T09:10:00+01:00"},
    }  # fmt: skip
    visit = recovered(hospital, screening={"no_medicines": False, "medicines": [clopidogrel]})
    sheet = restart_sheet(hospital.act("dahl"), visit, "en")
    (row,) = sheet.content["restarts"]
    assert (row["drug"], row["earliest"]) == ("clopidogrel", "2026-11-26T20:20:00+00:00")
    assert row["earliest_told"]["text"] == "Thu 26 November 2026, 21:20 (Europe/Zurich)"
    assert (sheet.kind, sheet.number, sheet.content["needle"]) == ("restart", 1, {"in": "09:11", "out": "09:20"})
    assert restart_sheet(hospital.act("dahl"), visit, "en").number == 2


def test_who_stopped_nothing_has_nothing_to_start_again(hospital: Hospital) -> None:
    visit = recovered(hospital)
    assert restart_sheet(hospital.act("dahl"), visit, "en").content["restarts"] == []


def test_the_referrer_learns_what_was_done(hospital: Hospital) -> None:
    visit = recovered(hospital)
    hospital.sign(
        visit, "dose", "09:21", Role.TECHNOLOGIST,
        {"values": [{"quantity": "dose-area product", "value": "82.4", "unit": "cGy·cm²"}]},
    )  # fmt: skip
    said = procedure_letter(hospital.act("dahl"), visit).content
    assert said["order"] == {"number": "O-1", "session": 1, "of": 2}
    assert (said["to"], said["indication"], said["radiologist"]) == ("Dr J. Whitlow", "sciatica", "Dr H. Okafor")
    assert said["targets_given"] == [
        {
            "place": "L5 root left, transforaminal", "needle": "", "contrast_spread": "along the root",
            "drugs": [
                "dexamethasone 10 mg/mL, 1 mL, 10 mg", "bupivacaine 0.25 %, 1 mL, 2.5 mg",
                "iopamidol 300 mg I/mL, 0.5 mL, 150 mg I",
            ],
            "note": "", "left_out": [],
        }
    ]  # fmt: skip
    assert (said["pain_before"], said["pain_after"]) == ("7 of 10", "3 of 10")
    assert said["dose"] == ["dose-area product: 82.4 cGy·cm²"]


def test_a_missing_score_is_said_to_be_missing_and_is_not_nought(hospital: Hospital) -> None:
    visit = recovered(hospital, pain_after={"score": None, "not_obtainable": "asleep"}, pain_before=None)
    said = procedure_letter(hospital.act("dahl"), visit).content
    assert (said["pain_before"], said["pain_after"]) == ("not recorded", "not obtainable: asleep")


# --- as they print --------------------------------------------------------------------------------------------------


def page_of(letter: Letter, client: Client, person: Person) -> str:
    response = signed_in(client, person).get(f"/letters/{letter.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_letter_prints_the_table_and_says_when_it_no_longer_holds(journey: Journey, client: Client) -> None:
    nurse, visit = journey.hospital.people["dahl"], journey.visit(THURSDAY)
    journey.screen(visit, medicines=[APIXABAN | {"agreement": AGREED}, {"name": "Vesdrin 20"}])
    letter = journey.letter(visit)
    page = page_of(letter, client, nurse)
    assert page.count('<td class="none') == 4
    assert 'class="take take--last">last' in page
    assert '<td class="wait" colspan="6">Do not stop it on your own. We are asking your doctors' in page
    assert "valid only for Thursday 26 November 2026, 09:30" in page
    assert "No longer valid" not in page
    visit.refresh_from_db()
    journey.do("lind", "move", visit, journey.slot("2026-11-26T11:00:00", version=visit.version))
    assert "The visit was moved; a new letter has to be made." in page_of(letter, client, nurse)
    journey.letter(visit)
    assert "Number 2 has taken its place." in page_of(letter, client, nurse)


def test_a_letter_of_another_site_is_not_found_and_reading_leaves_a_trace(journey: Journey, client: Client) -> None:
    visit = journey.visit(THURSDAY)
    journey.screen(visit)
    letter = journey.letter(visit)
    page_of(letter, client, journey.hospital.people["dahl"])
    assert AuditEvent.objects.filter(operation="read", patient=visit.patient_id).count() == 1
    for who, status in (("elsewhere", 404), ("stone", 403), ("hale", 403)):
        client = signed_in(Client(), journey.hospital.people[who])
        assert client.get(f"/letters/{letter.pk}/").status_code == status


def test_the_other_sheets_print(hospital: Hospital, client: Client) -> None:
    visit = recovered(hospital)
    sheet = page_of(restart_sheet(hospital.act("dahl"), visit, "en"), client, hospital.people["dahl"])
    assert "No medicine was stopped for this injection" in sheet
    assert "trouble with bladder or bowel" in sheet
    letter = page_of(procedure_letter(hospital.act("dahl"), visit), client, hospital.people["dahl"])
    assert "dexamethasone 10 mg/mL, 1 mL, 10 mg" in letter
    assert "Before: <b>7 of 10</b>. After: <b>3 of 10</b>." in letter
