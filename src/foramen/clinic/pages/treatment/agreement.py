"""What order, consent, images, patient and time-out say about each target, side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from foramen.catalogue.gates.places import agrees
from foramen.clinic.domain.places import BY_ROUTE, place_of
from foramen.clinic.facts.content import Spot
from foramen.clinic.facts.day import ConsentSigned, LevelDetermined, TimeOutSigned
from foramen.clinic.pages.treatment import spine
from foramen.clinic.pages.treatment.record import Record
from foramen.clinic.records.facts import Known
from foramen.clinic.rules.inputs.before_needle import is_overtaken

NOTHING = "–"
SIGNATURES = ("time_out_technologist", "time_out_radiologist")


@dataclass(frozen=True, slots=True)
class Agreement:
    """One target with what every source says about it. `outcome` is OK, STOP or later."""

    number: int
    where: str
    side: str
    beside: str
    key: str
    order: str
    consent: str
    imaging: str
    patient: str
    time_out: str
    outcome: str
    says: str


def agreements(record: Record) -> Iterator[Agreement]:
    """A row for each target of the plan; before there is one, for each that was ordered."""
    consent = record.facts.content("consent", ConsentSigned)
    level = record.facts.content("level", LevelDetermined)
    signed = _signed(record)
    targets: Sequence[Spot] = record.planned or record.ordered
    for n, target in enumerate(targets, start=1):
        said = (
            _about(target, n, record.ordered), _about(target, n, consent.targets if consent else ()),
            _about(target, n, level.imaging if level else ()), _about(target, n, level.patient_says if level else ()),
            target if signed else None,
        )  # fmt: skip
        outcome, says = _together(target, said)
        order, consented, imaging, patient, time_out = map(_short, said)
        yield Agreement(
            number=n, where=_where(target), side=target.side or "", beside=_beside(target),
            key=spine.key_of(place_of(target)), order=order, consent=consented, imaging=imaging, patient=patient,
            time_out=time_out, outcome=outcome, says=says,
        )  # fmt: skip


def _signed(record: Record) -> bool:
    """Both have signed a time-out for the plan in force, and nothing that it rests on came after it."""
    return all(_holds(record, record.facts.last(kind)) for kind in SIGNATURES)


def _holds(record: Record, signed: Known | None) -> bool:
    if signed is None or not isinstance(signed.content, TimeOutSigned):
        return False
    return signed.content.plan == record.plan_number and not is_overtaken(record.facts, signed.fact)


def _about(target: Spot, n: int, said: Sequence[Spot]) -> Spot | None:
    """What a source says about a target: the place that agrees with it, else the one in the same row."""
    same = next((one for one in said if agrees(place_of(one), place_of(target))), None)
    return same or (said[n - 1] if n <= len(said) else None)


def _together(target: Spot, said: Sequence[Spot | None]) -> tuple[str, str]:
    if any(one is not None and not agrees(place_of(one), place_of(target)) for one in said):
        return "STOP", "STOP, they differ"
    return ("later", "later") if None in said else ("OK", "OK, all agree")


def _short(said: Spot | None) -> str:
    if said is None:
        return NOTHING
    return " ".join(part for part in (said.root or said.level or "", said.side or "") if part) or NOTHING


def _where(target: Spot) -> str:
    return f"{target.root} root" if target.root else target.level or BY_ROUTE.get(target.route or "", "")


def _beside(target: Spot) -> str:
    """Approach and foramen, in the words of the map."""
    drawn = spine.targets().get(spine.key_of(place_of(target)))
    foramen = drawn.name.partition(f", {target.route}, ")[2] if drawn else ""
    route = "" if target.route == _where(target) else target.route or ""
    return ", ".join(part for part in (route, foramen) if part)
