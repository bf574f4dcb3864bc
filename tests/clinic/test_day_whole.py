"""A referral goes to discharge, by the verbs alone and through every gate; a blood thinner held too short stops it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from foramen.clinic.domain.errors import GateError
from foramen.clinic.domain.verbs import VERBS, Done, perform
from foramen.clinic.models import Fact, Judgement, Letter, Order, Outgoing, Referral, Task, Visit
from tests.clinic.hospital import L5_LEFT, SCREENING, Hospital
from tests.clinic.treatment import STEPS, Day

HERON = {
    "number": "4158 2093", "family_name": "Heron", "given_name": "Josef", "born": "1957-03-02", "sex": "male",
}  # fmt: skip
REFERRAL = {
    "indication": "sciatica on the left for 4 months",
    "imaging": SCREENING["mri"], "preauthorisation": "granted", "referrer": "Dr J. Whitlow",
}  # fmt: skip
APIXABAN = {
    "name": "apixaban", "dose": "5 mg", "indication": "secondary", "last_dose_at": "2026-11-23T07:00:00+01:00",
    "stopped": True, "loading_dose": "no",
    "agreement": {
        "name": "Dr E. Marsh", "role": "prescriber", "channel": "phone", "at": "2026-11-20T10:00:00+01:00",
        "start": "2026-11-26T09:30:00+01:00", "answer": "may stop",
    },
}  # fmt: skip


class Story:
    """What people do before the patient arrives."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital = hospital

    def do(self, who: str, at: str, verb: str, subject: UUID | str, content: dict[str, Any]) -> Done:
        self.hospital.time.at = datetime.fromisoformat(f"{at}+01:00")
        return perform(self.hospital.act(who), verb, subject, VERBS[verb].content.model_validate(content, strict=False))

    def book(self, target: dict[str, str] = L5_LEFT, **screening: Any) -> Day:
        """From the registration to the acknowledged letter; the visit is on Thursday at 09:30."""
        asked = {name: said for name, said in target.items() if name != "route" or said == "coccyx"}
        site = self.hospital.site.pk
        patient = self.do("lind", "2026-11-10T08:00", "register_patient", site, HERON).key
        referral = self.do("lind", "2026-11-10T08:05", "refer", patient, REFERRAL | {"asked": [asked]}).key
        self.do("okafor", "2026-11-10T12:00", "triage", referral, {
            "decision": "accepted", "targets": [target], "modality": "fluoroscopy", "variant": "no",
        })  # fmt: skip
        order = self.do("lind", "2026-11-11T08:00", "place_order", referral, {
            "targets": [target], "modality": "fluoroscopy",
        }).key  # fmt: skip
        visit = self.do("lind", "2026-11-11T08:05", "book", order, {
            "room": self.hospital.rooms["fl1"].pk, "start": "2026-11-26T09:30", "minutes": 30,
        }).key  # fmt: skip
        self._screen(visit, screening)
        day = Day.__new__(Day)
        day.hospital, day.visit, day.room = self.hospital, Visit.objects.get(pk=visit), "fl1"
        return day

    def _screen(self, visit: str, screening: dict[str, Any]) -> None:
        """Signed on the day before, and again with what was told; then the letter."""
        at = "2026-11-25T10:00"
        signed = SCREENING | {"confirmed_at": f"{at}:00+01:00"} | screening
        self.do("dahl", at, "sign_screening", visit, {
            "screening": signed, "initials": "JH", "birth_year": 1957, "sex": "male",
        })  # fmt: skip
        number = Letter.objects.get(pk=self.do("dahl", "2026-11-25T10:05", "make_letter", visit, {}).key).number
        self.do("dahl", "2026-11-25T10:10", "acknowledge_letter", visit, {"number": number, "how": "phone"})

    def arrive(self, day: Day) -> None:
        key = day.visit.pk
        self.do("lind", "2026-11-26T08:35", "arrive", key, {"identifiers": ["name", "date of birth"]})
        self.do("dahl", "2026-11-26T08:40", "ask_list_again", key, {"changed": "no"})


LIDOCAINE = {
    "kind": "anaesthetic", "product": "lidocaine", "strength": "1 %", "volume": "1 mL", "mass": "10 mg",
}  # fmt: skip


def _for_69(content: dict[str, Any]) -> dict[str, Any]:
    """Josef Heron is 69: lidocaine, and why."""

    def drugs(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [LIDOCAINE if one["kind"] == "anaesthetic" else one for one in told]

    changed = dict(content)
    if "targets" in content and "drugs" in content["targets"][0]:
        target = content["targets"][0]
        changed["targets"] = [target | {"drugs": drugs(target["drugs"]), "choice_reason": "lives on the third floor"}]
    if "drugs" in content:
        changed["drugs"] = drugs(content["drugs"])
    return changed


def _at(content: dict[str, Any], target: dict[str, str]) -> dict[str, Any]:
    """The same said of another target."""
    side = {"side": target["side"]}
    said = {"targets": [target], "spot": target, "imaging": [side], "patient_says": [side]}
    changed = content | {name: said[name] for name in said if name in content}
    if "targets" in content and "drugs" in content["targets"][0]:
        changed["targets"] = [target | {"drugs": content["targets"][0]["drugs"]}]
    return changed


def through(day: Day, target: dict[str, str] | None = None) -> list[str]:
    """The steps of the day, and the states of the visit. What is for the radiologist, the radiologist decides."""
    seen = [str(day.now.state)]
    for name, _who, at, usual in STEPS:
        content = _at(usual, target) if target else usual
        day.hospital.time.at = day.hospital.local(at)
        try:
            day.do(name, **_for_69(content))
        except GateError as refused:
            assert {one["outcome"] for one in refused.decisions} == {"DECIDE"}, f"{name}: {refused}"
            for one in refused.decisions:
                day.override(one)
            day.do(name, **_for_69(content))
        if seen[-1] != day.now.state:
            seen.append(str(day.now.state))
    return seen


def test_a_referral_goes_to_discharge(hospital: Hospital) -> None:
    story = Story(hospital)
    day = story.book()
    assert day.now.state == Visit.State.BOOKED
    story.arrive(day)
    assert through(day) == ["arrived", "ready", "room", "recovery", "home"]
    assert Referral.objects.get(pk=day.visit.order.referral_id).state == "accepted"
    assert Order.objects.get(pk=day.visit.order_id).used == 1
    assert set(Task.objects.filter(visit=day.visit, state="open").values_list("kind", flat=True)) == {
        "two_days",
        "week",
    }
    assert Letter.objects.filter(visit=day.visit, kind="procedure").count() == 1
    assert Outgoing.objects.filter(content__letter=str(Letter.objects.get(kind="procedure").pk)).count() == 1
    assert not Fact.objects.filter(visit=day.visit, late=True).exists()
    gates = set(Judgement.objects.filter(visit=day.visit).values_list("occasion", flat=True))
    assert gates == {"plan", "arrival", "time_out", "needle_in", "discharge"}


def test_a_coccyx_goes_from_the_referral_to_discharge(hospital: Hospital) -> None:
    story = Story(hospital)
    coccyx = {"side": "midline", "route": "coccyx"}
    day = story.book(coccyx)
    assert day.visit.targets_text == "coccyx midline"
    story.arrive(day)
    assert through(day, coccyx) == ["arrived", "ready", "room", "recovery", "home"]
    (given,) = day.facts.each("given")
    assert given.fact.content["spot"] == {"root": None, "level": None} | coccyx
    assert not day.facts.has("override"), "no gate stood in the way of the coccyx"


def test_a_blood_thinner_held_too_short_is_stopped_before_the_needle(hospital: Hospital) -> None:
    """Apixaban, 74 h 30 min at 09:30: HOLD until 10:00 (AC-13). At 10:00 it passes."""
    story = Story(hospital)
    day = story.book(no_medicines=False, medicines=[APIXABAN])
    story.arrive(day)
    with pytest.raises(AssertionError, match="AC-13"):
        through(day)
    assert not day.facts.has("time_out_technologist")
    held = Judgement.objects.filter(visit=day.visit, verb="sign_time_out", policy="antithrombotics").latest("asked_at")
    assert held.outcome == "HOLD"
    until = {one["until"]["utc"] for one in held.content["decisions"] if one["rule"] == "AC-13"}
    assert until == {"2026-11-26T09:00:00+00:00"}
    hospital.time.at = hospital.local("09:59")
    with pytest.raises(GateError, match="AC-13"):
        day.do("sign_time_out/technologist")
    hospital.time.at = hospital.local("10:00")
    day.do("sign_time_out/technologist")
    assert day.facts.has("time_out_technologist")


def test_the_second_session_starts_from_nothing(hospital: Hospital) -> None:
    """RP-2: nothing is copied as answered; the order has one left, and then none."""
    story = Story(hospital)
    day = story.book()
    story.arrive(day)
    through(day)
    order = Order.objects.get(pk=day.visit.order_id)
    assert (order.used, order.quantity, order.state) == (1, 2, "open")
    story.do("okafor", "2026-12-03T09:00", "decide_repeat", order.pk, {
        "decision": "repeat", "reason": "half the pain, pain back after 5 days",
    })  # fmt: skip
    again = story.do("lind", "2026-12-10T09:05", "book", order.pk, {
        "room": hospital.rooms["fl1"].pk, "start": "2026-12-17T09:30", "minutes": 30,
        "radiologist": hospital.people["okafor"].pk,
    })  # fmt: skip
    kinds = set(Fact.objects.filter(visit=again.key).values_list("kind", flat=True))
    assert kinds == set()
