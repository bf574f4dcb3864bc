"""The patient's letter: what it says, what it does not say, and that a moved visit needs another one (V10)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from foramen.catalogue.instants import Moment
from foramen.clinic.domain.errors import OutOfOrderError
from foramen.clinic.models import Fact, Judgement, Letter, Outgoing, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rules.gates import judge
from tests.clinic.hospital import Hospital
from tests.clinic.journey import APIXABAN, Journey, told

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
    assert row_text(found["Ticlopidine"]).startswith("Do not stop ticlopidine (your box says Ticlid) on your own.")
    assert letter.content["day"] == "Thursday 26 November 2026"
    assert (letter.content["clock"], letter.content["be_there"]) == ("09:30", "08:45")
    assert letter.content["notes"] == [
        "Apixaban: the policy of this service asks for 75 hours, which is Monday 23 November 2026 at 06:30. If you took "
        "any after that, call us; we can often move you to a later hour.",
        "Ibuprofen: the policy of this service asks for 24 hours, which is Wednesday 25 November 2026 at 09:30. If you "
        "took any after that, call us; we can often move you to a later hour.",
    ]


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
        (APIXABAN, "Do not stop apixaban (your box says Eliquis) on your own."),
        ({"name": "aspirin", "indication": "secondary"}, "Do not stop aspirin on your own."),
        ({"name": "aspirin", "indication": "unknown"}, "Do not stop aspirin on your own."),
        ({"name": "Vesdrin 20"}, "Do not stop it on your own."),
        (ADVIL | {"to_continue": True}, "Do not stop ibuprofen (your box says Advil) on your own."),
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
    assert (letter.content["nothing"], letter.content["medicines"]) == (True, [])


def test_no_letter_before_the_screening_and_none_in_a_language_without_words(journey: Journey) -> None:
    visit = journey.visit(THURSDAY)
    assert told(journey.refused("dahl", "make_letter", visit)) == [("", "Letter: first Screening")]
    journey.screen(visit)
    error = journey.refused("dahl", "make_letter", visit, {"language": "it"})
    assert told(error) == [("language", "there are no words for letters in this language")]


# --- V10 ------------------------------------------------------------------------------------------------------------


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
    for start in ("2026-11-26T11:00:00", "2026-11-27T11:00:00", "2026-11-26T09:30:00"):
        visit.refresh_from_db()
        journey.do("lind", "move", visit, journey.slot(start, version=visit.version))
    error = journey.refused("dahl", "acknowledge_letter", visit, {"number": 1, "how": "phone"})
    assert told(error) == [("number", "there is no letter for 26 Nov 2026, 09:30")]
    letter = journey.letter(visit)
    journey.read(visit, letter.number)
    assert Letter.objects.filter(visit=visit).count() == 2
    assert Fact.objects.filter(visit=visit, kind="letter_read").count() == 1


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
    stored = Judgement.objects.get(visit=visit, verb=verb, policy="antithrombotics")
    (drug,) = (one for one in stored.content["decisions"] if one["rule"] == "AC-13")
    return datetime.fromisoformat(drug["moments"]["latest_last_dose"]["utc"])


def _letter_rule(visit: Visit) -> str:
    judged = judge(visit, facts_of_visit(visit), "arrival", Moment(visit.start, visit.site.zone))
    (found,) = (one for one in judged.decisions if one.rule == "G-LETTER")
    return found.outcome.value
