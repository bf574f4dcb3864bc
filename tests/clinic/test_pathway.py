"""The order of the pathway (CLINICAL.md 4): whoever skips a step or changes two over is refused, and nothing is stored.

The sequence is written here once more, as the page of CLINICAL.md has it: the table of the program is judged by it.
"""

from collections.abc import Callable
from functools import partial
from itertools import combinations

import pytest
from django.db import transaction

from foramen.clinic.domain import pathway
from foramen.clinic.domain.errors import OutOfOrderError
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import facts_of_visit
from tests.clinic.hospital import Hospital
from tests.clinic.treatment import STEPS, Day

SEQUENCE = (
    "order", "screening", "letter_read", "arrival", "review_nurse", "level", "pain_before", "time_out_technologist",
    "needle_in", "needle_out", "pain_after", "observed", "walks", "discharge",
)  # fmt: skip
TWIN = {"review_nurse": "review_radiologist", "time_out_technologist": "time_out_radiologist"}
"""Steps that two people sign, each in the own role: neither counts alone."""

ALONGSIDE = {"plan": "level", "pregnancy": "level", "localised": "time_out_technologist", "given": "needle_out"}
"""What the table asks for beside the sequence, and after which step it stands here."""

VERBS = {
    "review_nurse": "review_screening/nurse", "level": "determine_level", "pain_before": "score_pain/before",
    "time_out_technologist": "sign_time_out/technologist", "needle_in": "needle_in", "needle_out": "needle_out",
    "pain_after": "score_pain/after", "observed": "end_observation", "walks": "test_walk", "discharge": "discharge",
}  # fmt: skip


def _facts_until(hospital: Hospital, visit: Visit, step: str, without: str = "") -> pathway.Facts:
    """Facts of everything up to a step, without it and without one other."""
    facts = facts_of_visit(visit)
    names = list(SEQUENCE[: SEQUENCE.index(step)])
    names += [TWIN[name] for name in names if name in TWIN]
    names += [kind for kind, after in ALONGSIDE.items() if after in names]
    left_out = {without, TWIN.get(without, "")}
    some = facts.last("referral")
    assert some is not None
    return pathway.Facts({name: [some] for name in names if name not in left_out})


@pytest.mark.parametrize("step", SEQUENCE[1:])
def test_a_step_is_possible_when_everything_before_it_is_done(hospital: Hospital, step: str) -> None:
    visit = hospital.visit()
    pathway.check(step, visit, _facts_until(hospital, visit, step))


@pytest.mark.requirement("ASVS V2.3.1")
@pytest.mark.parametrize("step", SEQUENCE[1:])
def test_no_earlier_step_can_be_skipped(hospital: Hospital, step: str) -> None:
    visit = hospital.visit()
    for skipped in SEQUENCE[: SEQUENCE.index(step)]:
        facts = _facts_until(hospital, visit, step, without=skipped)
        for kind in {step, TWIN.get(step, step)}:
            tried = partial(pathway.check, kind, visit, facts)
            assert _refused(tried), f"{kind} without {skipped}"


def _refused(tried: Callable[[], object]) -> bool:
    """Whether it is refused because it is not its turn; any other error is one of the test."""
    try:
        tried()
    except OutOfOrderError:
        return True
    return False


def _too_early(first: str) -> list[str]:
    """The verbs of the steps that come after another one."""
    after = SEQUENCE[SEQUENCE.index(first) + 1 :]
    return [VERBS[step] for step in after if step in VERBS]


@pytest.mark.parametrize("first", ["screening", "letter_read", "arrival"])
def test_no_step_of_the_day_comes_before_the_arrival(hospital: Hospital, first: str) -> None:
    day = Day(hospital)
    hospital.walk(day.visit, first)
    _nothing_is_stored_of(day, first)


def test_two_steps_changed_over_are_refused_and_nothing_is_stored(hospital: Hospital) -> None:
    """One day: where each step is next, everything that comes after it is tried in its place."""
    day, tried = Day(hospital).arrive(), 0
    steps = {VERBS[step]: step for step in SEQUENCE if step in VERBS}
    for name, _who, at, _content in STEPS:
        if name in steps:
            tried += _nothing_is_stored_of(day, steps[name])
        day.do(name, at=at)
    assert tried == len(list(combinations(VERBS, 2)))


def _nothing_is_stored_of(day: Day, first: str) -> int:
    """Try every step that comes after the one that is next. How many there were."""
    before, state = day.stored(), day.now.state
    for name in _too_early(first):
        assert _refused(partial(day.do, name)), f"{name} before {first}"
        assert (day.stored(), day.now.state) == (before, state), f"{name} before {first}"
    return len(_too_early(first))


def test_a_visit_that_is_cancelled_takes_no_step(hospital: Hospital) -> None:
    """One day: before each step the visit is cancelled, the step is tried, and the cancelling taken back."""
    day = Day(hospital).arrive()
    for name, _who, at, _content in STEPS:
        hospital.time.at = hospital.local(at)
        with transaction.atomic():
            Visit.objects.filter(pk=day.visit.pk).update(state=Visit.State.CANCELLED)
            before = day.stored()
            assert _refused(partial(day.do, name)), name
            assert day.stored() == before, name
            transaction.set_rollback(True)
        day.do(name, at=at)
    assert day.now.state == Visit.State.HOME


def test_what_happens_once_is_recorded_once(hospital: Hospital) -> None:
    day = Day(hospital).walk("nothing")
    for kind in ("needle_in", "needle_out", "discharge", "arrival"):
        with pytest.raises(OutOfOrderError):
            pathway.check(kind, day.now, day.facts)
            pytest.fail(f"{kind} a second time")


def test_nothing_before_the_needle_changes_once_it_is_in(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    for kind in ("screening", "plan", "consent", "level", "pain_before", "time_out_radiologist"):
        with pytest.raises(OutOfOrderError, match="too late"):
            pathway.check(kind, day.now, day.facts)
            pytest.fail(f"{kind} with the needle in")


def test_the_screening_may_be_signed_anew_until_the_needle_is_in(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    pathway.check("screening", day.now, day.facts)
    day.do("needle_in")
    with pytest.raises(OutOfOrderError):
        pathway.check("screening", day.now, day.facts)


@pytest.mark.parametrize("verb", ["sign_time_out/technologist", "sign_time_out/radiologist"])
def test_no_time_out_in_a_room_with_x_rays_before_pregnancy_was_asked(hospital: Hospital, verb: str) -> None:
    day = Day(hospital).walk("sign_time_out/technologist", ask_pregnancy=None)
    with pytest.raises(OutOfOrderError, match="Pregnancy"):
        day.do(verb)


@pytest.mark.parametrize(("modality", "asks"), [("fluoroscopy", True), ("CT", True), ("ultrasound", False)])
@pytest.mark.parametrize("kind", ["time_out_technologist", "time_out_radiologist", "localised", "needle_in"])
def test_pregnancy_is_asked_before_x_rays_and_not_before_ultrasound(
    hospital: Hospital, modality: str, asks: bool, kind: str
) -> None:
    visit = hospital.visit()
    visit.room.modality = modality
    missing = pathway.missing_before(kind, visit, facts_of_visit(visit))
    assert ("pregnancy" in missing) == asks


def test_an_adverse_event_can_be_told_of_a_visit_that_was_cancelled(hospital: Hospital) -> None:
    day = Day(hospital)
    Visit.objects.filter(pk=day.visit.pk).update(state=Visit.State.CANCELLED)
    day.do(
        "report_adverse_event", who="dahl", what="fall at home", grade=2, onset="2026-11-26T07:00:00+01:00",
        outcome="recovering", relation="unrelated",
    )  # fmt: skip
    assert day.facts.has("adverse_event")


def test_a_whole_day_from_the_plan_to_the_way_home(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    seen = [day.now.state]
    for name, _who, at, _content in STEPS:
        day.do(name, at=at)
        if seen[-1] != day.now.state:
            seen.append(day.now.state)
    assert seen == ["arrived", "ready", "room", "recovery", "home"]
    assert Fact.objects.filter(visit=day.visit, kind="discharge").count() == 1
