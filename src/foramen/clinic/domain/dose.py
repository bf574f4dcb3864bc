"""The radiation of a session, typed by hand: a quantity and a unit, never a bare number."""

from collections.abc import Iterator
from decimal import Decimal

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.late import check_reason
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.procedure import DOSE_UNITS, DoseTyped, DoseValue, dose_in_base
from foramen.clinic.models import Fact, Modality, Visit
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.kernel.errors import Fault, raise_all

WHO = frozenset({Role.TECHNOLOGIST, *DOCTORS})
QUANTITIES: dict[str, tuple[str, ...]] = {
    Modality.FLUOROSCOPY: ("dose-area product", "air kerma at the reference point", "fluoroscopy time"),
    Modality.CT: ("CTDIvol", "dose-length product"),
}
"""What the machine of a room tells. Ultrasound has no radiation."""

PLAUSIBLE: dict[str, tuple[Decimal, Decimal]] = {
    "dose-area product": (Decimal(1), Decimal(100_000)),
    "air kerma at the reference point": (Decimal("0.1"), Decimal(1000)),
    "fluoroscopy time": (Decimal(1), Decimal(1800)),
    "CTDIvol": (Decimal("0.1"), Decimal(500)),
    "dose-length product": (Decimal(1), Decimal(5000)),
}
"""Lowest and highest value in mGy·cm², mGy, s, mGy and mGy·cm that is taken without asking. Proposals; no source prints
them. They are wide: they find a wrong unit, not a high dose."""


@verb("type_dose", says="Type the radiation dose", on=Visit, content=DoseTyped, late=True, roles=WHO)
def type_dose(act: Act, visit: Visit, content: DoseTyped) -> Fact:
    """Stored as typed. A value that is hardly possible is stored only with a reason."""
    begin(act, visit, "dose")
    raise_all(WrongInputError, impossible(visit, content))
    if unlikely := list(_unlikely(content)):
        if not act.why:
            raise WrongInputError(*unlikely)
        check_reason(act, "say why this value is right")
    fact = sign(act, visit, "dose", content, act.role_for(WHO))
    finish(act, visit)
    return fact


def impossible(visit: Visit, content: DoseTyped) -> Iterator[Fault]:
    told = QUANTITIES.get(visit.room.modality, ())
    seen: set[str] = set()
    for i, one in enumerate(content.values):
        if one.quantity not in told:
            remedy = f"one of {', '.join(told)}" if told else "this room has no radiation"
            yield Fault(f"{visit.room.name} does not tell this", f"values.{i}.quantity", one.quantity, remedy)
        if one.unit not in DOSE_UNITS[one.quantity]:
            remedy = f"one of {', '.join(DOSE_UNITS[one.quantity])}"
            yield Fault(f"this is no unit of {one.quantity}", f"values.{i}.unit", one.unit, remedy)
        if one.quantity in seen:
            yield Fault("this quantity stands twice", f"values.{i}.quantity", one.quantity, "enter the one that holds")
        seen.add(one.quantity)


def _unlikely(content: DoseTyped) -> Iterator[Fault]:
    for i, one in enumerate(content.values):
        if not _is_plausible(one):
            value, unit = dose_in_base(one)
            yield Fault(
                f"look again: {one.value} {one.unit} is {value.normalize():f} {unit}, which is hardly possible",
                f"values.{i}.value", f"{one.value} {one.unit}", "correct value or unit, or say why it is right",
            )  # fmt: skip


def _is_plausible(one: DoseValue) -> bool:
    lowest, highest = PLAUSIBLE[one.quantity]
    return lowest <= dose_in_base(one)[0] <= highest
