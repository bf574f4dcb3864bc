"""The order of the pathway, as data: what has to be recorded before a step, and after what it is too late.

Every verb that records a fact of a visit asks `check` first, whoever calls it. What the rules say comes on top
(`rules.gates`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.clinic.domain.errors import OutOfOrderError
from foramen.clinic.models import Modality, Visit
from foramen.clinic.records.facts import Facts
from foramen.kernel.errors import Fault

CLOSED = (Visit.State.CANCELLED, Visit.State.ABORTED)
X_RAY = (Modality.FLUOROSCOPY, Modality.CT)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `needs` are kinds of facts that have to stand; `until` are kinds after which only a correction helps;
    `again` says whether it may be recorded anew, as an answer that is asked again; `x_ray` whether pregnancy has to
    be asked before it where the room has X-rays; `closed` whether it may be told of a visit that will not go on."""

    kind: str
    label: str
    needs: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    again: bool = False
    x_ray: bool = False
    closed: bool = False


_HERE = ("order", "screening", "letter_read", "arrival")
_REVIEWED = (*_HERE, "review_nurse", "review_radiologist")
_TALKED = (*_REVIEWED, "level")
_READY = (*_TALKED, "plan", "pain_before")
_SIGNED = (*_READY, "time_out_technologist", "time_out_radiologist")
_IN = (*_SIGNED, "needle_in")
_OUT = (*_IN, "needle_out")
_OBSERVED = (*_OUT, "pain_after", "observed")

STEPS = {
    step.kind: step
    for step in (
        Step("screening", "Screening", ("order",), ("needle_in",), again=True),
        Step("list_again", "Medicines asked again", ("order", "screening", "arrival"), ("needle_in",), again=True),
        Step("letter_read", "Letter", ("order", "screening"), ("needle_in",), again=True),
        Step("arrival", "Arrived", ("order", "screening", "letter_read"), ("needle_in",)),
        Step("mri_review", "MRI looked at", ("order",), ("needle_in",), again=True),
        Step("consent", "Consent", ("order", "plan"), ("needle_in",), again=True),
        Step("consent_again", "Consent asked again", ("consent", "arrival"), ("needle_in",), again=True),
        Step("pregnancy", "Pregnancy asked", ("arrival",), ("needle_in",), again=True),
        Step("review_nurse", "ABCD, nurse", _HERE, ("needle_in",), again=True),
        Step("review_radiologist", "ABCD, radiologist", _HERE, ("needle_in",), again=True),
        Step("level", "Level and side", _REVIEWED, ("needle_in",), again=True),
        Step("plan", "Plan", ("order",), ("needle_in",), again=True),
        Step("pain_before", "Pain before", _TALKED, ("needle_in",), again=True),
        Step("time_out_technologist", "Time-out, technologist", _READY, ("needle_in",), again=True, x_ray=True),
        Step("time_out_radiologist", "Time-out, radiologist", _READY, ("needle_in",), again=True, x_ray=True),
        Step("localised", "Skin marked", _SIGNED, ("needle_in",), again=True, x_ray=True),
        Step("needle_in", "Needle-in", (*_SIGNED, "localised"), x_ray=True),
        Step("given", "Given", _IN, ("discharge",), again=True),
        Step("dose", "Radiation dose", _IN),
        Step("needle_out", "Needle-out", _IN),
        Step("pain_after", "Pain after", _OUT, ("discharge",), again=True),
        Step("observation_event", "Event in recovery", _OUT, ("discharge",), again=True),
        Step("observed", "Observed", (*_OUT, "pain_after"), ("discharge",), again=True),
        Step("walks", "Walks", _OBSERVED, ("discharge",), again=True),
        Step("way_home", "Way home", ("order", "screening"), ("discharge",), again=True),
        Step("instructions", "Instructions", _OUT, ("discharge",), again=True),
        Step("discharge", "Home", (*_OBSERVED, "walks", "given")),
        Step("broken_off", "Broken off", ("arrival",), ("needle_out",)),
        Step("deviation", "Deviation", ("order",), again=True, closed=True),
        Step("adverse_event", "Adverse event", ("order",), again=True, closed=True),
        Step("assessment", "Answers", ("order",), again=True),
    )
}
"""What a gate asks for in its own words, such as consent, an MRI or a way home, is no need here: the gate says STOP or
DECIDE with its rule, and that judgement is stored."""

SAID_ALOUD = {*STEPS["time_out_radiologist"].needs, "pregnancy", "consent_again", "list_again", "mri_review"} - {
    "pain_before", "letter_read",
}  # fmt: skip
"""What a time-out rests on. A change of it before the needle takes the time-out and the consent of the plan with it; a
new answer takes the time-out."""

SEQUENCE = (
    "order", "screening", "letter_read", "arrival", "review_radiologist", "level", "pain_before",
    "time_out_radiologist", "needle_in", "needle_out", "pain_after", "observed", "walks", "discharge",
)  # fmt: skip
"""The steps that the page of a treatment shows, in their order."""


def check(kind: str, visit: Visit, facts: Facts) -> None:
    """Raise OutOfOrderError with everything that stands in the way of recording this step now."""
    step, faults = STEPS[kind], list[Fault]()
    if visit.state in CLOSED and not step.closed:
        raise OutOfOrderError.single(
            f"this visit is {Visit.State(visit.state).label}", remedy="book a new visit on the order"
        )
    missing = [label_of(name) for name in missing_before(kind, visit, facts)]
    if missing:
        faults.append(Fault(f"{step.label}: first {', '.join(missing)}", remedy="record what is missing, in order"))
    passed = [STEPS[name].label for name in step.until if facts.has(name)]
    if passed:
        faults.append(Fault(f"{step.label}: too late after {passed[0]}", remedy="correct the record, with a reason"))
    if facts.has(kind) and not step.again:
        faults.append(Fault(f"{step.label} is recorded already", remedy="correct the record, with a reason"))
    if faults:
        raise OutOfOrderError(*faults)


def missing_before(kind: str, visit: Visit, facts: Facts) -> Sequence[str]:
    """The kinds that have to stand before a step and do not, in their order."""
    step = STEPS[kind]
    asked = ("pregnancy",) if step.x_ray and visit.room.modality in X_RAY else ()
    return tuple(name for name in (*step.needs, *asked) if not facts.has(name))


def label_of(kind: str) -> str:
    """A step in the words of pages."""
    return STEPS[kind].label if kind in STEPS else kind.replace("_", " ").capitalize()
