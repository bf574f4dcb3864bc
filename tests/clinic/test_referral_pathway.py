"""Referral, triage and order: what differs is said to differ, and nothing is assumed to be the same."""

import pytest

from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, StaleError, UnknownError, WrongInputError
from foramen.clinic.domain.places import words
from foramen.clinic.facts.content import Spot
from foramen.clinic.models import Fact, Order, Patient, Referral
from tests.clinic.hospital import L5_LEFT, Hospital
from tests.clinic.journey import ACCEPTED, ASKED, DETAILS, ORDERED, Journey, told

L5_RIGHT = L5_LEFT | {"side": "right"}
S1_LEFT = L5_LEFT | {"root": "S1"}


@pytest.fixture
def journey(hospital: Hospital) -> Journey:
    return Journey(hospital)


# --- patients -------------------------------------------------------------------------------------------------------


def test_a_patient_is_registered_once(journey: Journey) -> None:
    journey.patient()
    again = journey.refused("lind", "register_patient", journey.hospital.site, DETAILS | {"family_name": "Other"})
    assert isinstance(again, WrongInputError)
    assert told(again) == [("number", "another patient here has this number")]
    assert Patient.objects.count() == 1


def test_a_birthday_in_the_future_and_a_broken_address_are_told_together(journey: Journey) -> None:
    wrong = DETAILS | {"born": "2027-01-01", "email": "heron at example"}
    error = journey.refused("lind", "register_patient", journey.hospital.site, wrong)
    assert told(error) == [("born", "nobody was born on that day"), ("email", "this is no e-mail address")]


def test_two_who_change_a_patient_do_not_overwrite_each_other(journey: Journey) -> None:
    patient = journey.patient()
    journey.do("lind", "change_patient", patient, DETAILS | {"phone": "000 111", "version": 1})
    error = journey.refused("dahl", "change_patient", patient, DETAILS | {"phone": "000 222", "version": 1})
    assert isinstance(error, StaleError)
    assert error.theirs["phone"] == "000 111"
    assert Patient.objects.get(pk=patient.pk).phone == "000 111"


# --- referral -------------------------------------------------------------------------------------------------------


def test_a_referral_waits_for_triage_with_a_number_of_its_own(journey: Journey) -> None:
    patient = journey.patient()
    first, second = (journey.referral(patient, urgency="soon") for _ in range(2))
    assert (first.number, second.number) == ("2026-0001", "2026-0002")
    assert (first.state, first.urgency, first.referrer) == ("new", "soon", "Dr J. Whitlow")
    assert Fact.objects.get(referral=first).content["asked"] == [
        {"root": "L5", "level": None, "side": "left", "route": "transforaminal"}
    ]


def test_numbers_go_on_behind_rows_that_were_brought_in(journey: Journey) -> None:
    patient = journey.patient()
    here = {"site": journey.hospital.site, "patient": patient, "received_at": journey.hospital.time.at}
    for number in ("2026-0001", "2026-0003", "2025-0009"):
        Referral.objects.create(number=number, referrer="Dr J. Whitlow", **here)
    assert [journey.referral(patient).number for _ in range(2)] == ["2026-0004", "2026-0005"]


def test_a_referrer_who_determines_the_level_names_one(journey: Journey) -> None:
    error = journey.refused("lind", "refer", journey.patient(), ASKED | {"asked": [], "decides_level": "referrer"})
    assert told(error) == [("asked", "the referrer wants to determine the level, and names none")]
    assert Referral.objects.count() == 0


def test_a_place_that_stands_twice_or_nowhere_is_refused(journey: Journey) -> None:
    error = journey.refused("lind", "refer", journey.patient(), ASKED | {"asked": [L5_LEFT, L5_LEFT, {"side": "left"}]})
    assert told(error) == [("asked.1", "this target stands twice"), ("asked.2", "this target names no place")]


# --- triage ---------------------------------------------------------------------------------------------------------


def test_only_a_radiologist_decides(journey: Journey) -> None:
    error = journey.refused("dahl", "triage", journey.referral(), ACCEPTED)
    assert isinstance(error, NotAllowedError)


def test_the_lead_is_a_radiologist(journey: Journey) -> None:
    referral = journey.referral()
    journey.do("vance", "triage", referral, ACCEPTED)
    assert Referral.objects.get(pk=referral.pk).state == "accepted"


def test_a_level_other_than_the_referrers_is_a_change_with_a_reason(journey: Journey) -> None:
    referral = journey.referral(decides_level="referrer")
    differs = ACCEPTED | {"targets": [L5_RIGHT]}
    error = journey.refused("okafor", "triage", referral, differs)
    assert told(error) == [
        (
            "decision",
            "the referrer determines the level, and this differs (asked: L5 root left, transforaminal; triage: L5 root "
            "right, transforaminal)",
        )
    ]
    error = journey.refused("okafor", "triage", referral, differs | {"decision": "level changed"})
    assert told(error) == [("reason", "“level changed” needs a reason")]
    journey.do("okafor", "triage", referral, differs | {"decision": "level changed", "reason": "the pain is right"})
    assert Referral.objects.get(pk=referral.pk).state == "accepted"


def test_a_root_and_a_level_are_never_taken_for_each_other(journey: Journey) -> None:
    referral = journey.referral(decides_level="referrer")
    at_level = ACCEPTED | {"targets": [{"level": "L5/S1", "side": "left", "route": "transforaminal"}]}
    assert [where for where, _ in told(journey.refused("okafor", "triage", referral, at_level))] == ["decision"]


def test_what_the_referrer_left_open_the_radiologist_says(journey: Journey) -> None:
    referral = journey.referral(asked=[{"root": "L5", "side": "left"}], decides_level="referrer")
    journey.do("okafor", "triage", referral, ACCEPTED)
    assert Referral.objects.get(pk=referral.pk).state == "accepted"


def test_a_radiologist_who_determines_the_level_needs_no_reason(journey: Journey) -> None:
    referral = journey.referral()
    journey.do("okafor", "triage", referral, ACCEPTED | {"targets": [S1_LEFT]})
    assert Referral.objects.get(pk=referral.pk).state == "accepted"


def test_a_change_that_changes_nothing_is_refused(journey: Journey) -> None:
    same = ACCEPTED | {"decision": "level changed", "reason": "as discussed"}
    error = journey.refused("okafor", "triage", journey.referral(), same)
    assert told(error) == [("decision", "nothing differs from what was asked")]


def test_to_ct_needs_a_reason_and_is_ct(journey: Journey) -> None:
    referral = journey.referral()
    error = journey.refused("okafor", "triage", referral, ACCEPTED | {"decision": "to CT"})
    assert told(error) == [("reason", "“to CT” needs a reason"), ("modality", "“to CT” is done with CT")]
    journey.do(
        "okafor", "triage", referral,
        {"decision": "to CT", "targets": [L5_LEFT], "reason": "the foramen is not seen otherwise"},
    )  # fmt: skip
    assert Fact.objects.get(referral=referral, kind="triage").content["modality"] == "CT"


def test_a_declined_referral_ends(journey: Journey) -> None:
    referral = journey.referral()
    error = journey.refused("okafor", "triage", referral, {"decision": "declined"})
    assert told(error) == [("reason", "“declined” needs a reason")]
    journey.do("okafor", "triage", referral, {"decision": "declined", "reason": "no imaging, no deficit"})
    assert Referral.objects.get(pk=referral.pk).state == "declined"
    error = journey.refused("okafor", "place_order", referral, ORDERED)
    assert isinstance(error, OutOfOrderError)
    assert told(error) == [("", "this referral is declined")]


def test_accepted_names_what_is_treated(journey: Journey) -> None:
    error = journey.refused("okafor", "triage", journey.referral(), ACCEPTED | {"targets": []})
    assert told(error) == [("targets", "an accepted referral names what is to be treated")]


def test_a_referral_is_decided_once(journey: Journey) -> None:
    error = journey.refused("ito", "triage", journey.accepted(), ACCEPTED)
    assert isinstance(error, OutOfOrderError)
    assert told(error) == [("", "this referral is accepted already")]


# --- order ----------------------------------------------------------------------------------------------------------


def test_an_order_waits_for_triage(journey: Journey) -> None:
    error = journey.refused("okafor", "place_order", journey.referral(), ORDERED)
    assert told(error) == [("", "this referral is waiting for triage")]


def test_an_order_is_for_two_unless_it_says_one(journey: Journey) -> None:
    order = journey.order()
    assert (order.quantity, order.used, order.number, order.targets_text) == (
        2, 0, "2026-0001", "L5 root left, transforaminal",
    )  # fmt: skip


@pytest.mark.parametrize("quantity", [0, 3])
def test_no_order_is_for_none_or_three(journey: Journey, quantity: int) -> None:
    with pytest.raises(ValueError, match="quantity"):
        journey.do("okafor", "place_order", journey.accepted(), ORDERED | {"quantity": quantity})


def test_an_order_that_differs_from_the_triage_names_both(journey: Journey) -> None:
    error = journey.refused("okafor", "place_order", journey.accepted(), ORDERED | {"targets": [L5_RIGHT]})
    assert told(error) == [
        (
            "targets",
            "order and triage differ: the order says L5 root right, transforaminal, the triage says L5 root left, "
            "transforaminal",
        )
    ]


def test_one_target_more_than_decided_is_a_difference(journey: Journey) -> None:
    error = journey.refused("okafor", "place_order", journey.accepted(), ORDERED | {"targets": [L5_LEFT, S1_LEFT]})
    assert [where for where, _ in told(error)] == ["targets"]


def test_another_modality_than_decided_is_refused(journey: Journey) -> None:
    error = journey.refused("okafor", "place_order", journey.accepted(), ORDERED | {"modality": "CT"})
    assert told(error) == [("modality", "order and triage differ: the order says CT, the triage says fluoroscopy")]


def test_an_order_names_root_side_and_approach(journey: Journey) -> None:
    error = journey.refused("okafor", "place_order", journey.accepted(), ORDERED | {"targets": [{"root": "L5"}]})
    assert told(error) == [("targets.0", "this target leaves something open")]


def test_one_open_order_for_a_referral(journey: Journey) -> None:
    order = journey.order()
    error = journey.refused("okafor", "place_order", order.referral, ORDERED)
    assert told(error) == [("", "order 2026-0001 on this referral is open")]
    assert Order.objects.count() == 1


def test_an_add_on_waits_from_the_moment_it_is_asked(journey: Journey) -> None:
    order = journey.order()
    journey.do("dahl", "ask_add_on", order, {"reason": "acute"})
    order.refresh_from_db()
    assert order.waiting_since == journey.hospital.time.at
    error = journey.refused("dahl", "ask_add_on", order)
    assert told(error) == [("", "this patient waits for a slot already")]


def test_a_repeat_is_decided_after_a_first_session(journey: Journey) -> None:
    error = journey.refused(
        "okafor", "decide_repeat", journey.order(), {"decision": "repeat", "reason": "half as much pain"}
    )
    assert isinstance(error, OutOfOrderError)
    assert told(error) == [("", "there has been no session on this order yet")]


def test_a_nurse_suggests_and_does_not_decide(journey: Journey) -> None:
    error = journey.refused("dahl", "decide_repeat", journey.order(), {"decision": "repeat", "reason": "patient asks"})
    assert isinstance(error, NotAllowedError)


@pytest.mark.parametrize(
    ("name", "content"),
    [("refer", ASKED), ("triage", ACCEPTED), ("place_order", ORDERED), ("ask_add_on", {})],
)
def test_rows_of_another_site_are_unknown(journey: Journey, name: str, content: dict[str, object]) -> None:
    order = journey.order()
    subject = {"refer": order.patient, "ask_add_on": order}.get(name, order.referral)
    person = journey.hospital.people["vance"]
    hospital = journey.hospital
    from foramen.clinic.models import Delegation

    Delegation.objects.create(person=person, site=hospital.other, role="lead", first_day="2025-01-01")
    error = journey.refused("vance", name, subject, content, site=hospital.other)
    assert isinstance(error, UnknownError)


# --- places in words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spots", "expected"),
    [
        ([L5_LEFT], "L5 root left, transforaminal"),
        ([L5_LEFT, S1_LEFT], "L5 and S1 roots left, transforaminal, 2 targets"),
        ([L5_LEFT, L5_RIGHT], "L5 root both sides, transforaminal, 2 targets"),
        ([L5_LEFT, S1_LEFT | {"side": "right"}], "L5 root left and S1 root right, transforaminal, 2 targets"),
        ([{"level": "L4/L5", "side": "midline", "route": "interlaminar"}], "L4/L5 midline, interlaminar"),
        (
            [{"level": level, "side": "right", "route": "facet"} for level in ("L4/L5", "L5/S1")],
            "L4/L5 and L5/S1 right, facet, 2 targets",
        ),
        ([{"side": "left", "route": "sacroiliac"}], "SI joint left, sacroiliac"),
        ([{"side": "midline", "route": "caudal"}], "sacral hiatus midline, caudal"),
        (
            [L5_LEFT, {"level": "L4/L5", "side": "midline", "route": "interlaminar"}],
            "L4/L5 midline, interlaminar; L5 root left, transforaminal, 2 targets",
        ),
    ],
)  # fmt: skip
def test_targets_in_words(spots: list[dict[str, str]], expected: str) -> None:
    assert words([Spot.model_validate(one) for one in spots]) == expected
