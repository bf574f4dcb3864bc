"""Units that checks convert. A unit is written as papers write it: kg/m^2 or kg/m², h or hours."""

from difflib import get_close_matches
from fractions import Fraction

from foramen.kernel.errors import DefinitionError

KINDS: dict[str, dict[str, Fraction]] = {
    kind: {unit: Fraction(size) for unit, size in units.items()}
    for kind, units in {
        "mass per area": {"kg/m²": "1", "kg/cm²": "10000", "g/m²": "0.001", "g/cm²": "10"},
        "time": {"min": "1/60", "h": "1", "day": "24", "week": "168"},
        "mass": {"µg": "0.001", "mg": "1", "g": "1000", "kg": "1000000"},
        "volume": {"µL": "0.001", "mL": "1", "cm³": "1", "L": "1000"},
        "length": {"mm": "1", "cm": "10", "m": "1000"},
        "dose": {"µGy": "0.001", "mGy": "1", "cGy": "10", "dGy": "100", "Gy": "1000"},
        "dose by area": {
            "mGy·cm²": "1", "cGy·cm²": "10", "dGy·cm²": "100", "Gy·cm²": "1000", "µGy·m²": "10", "mGy·m²": "10000",
            "Gy·m²": "10000000",
        },
        "dose by length": {"mGy·cm": "1", "Gy·cm": "1000"},
        "effective dose": {"µSv": "0.001", "mSv": "1", "Sv": "1000"},
    }.items()
}  # fmt: skip
"""How much of the kind's base unit each unit is."""

SPELLINGS = {"minutes": "min", "hour": "h", "hours": "h", "days": "day", "weeks": "week",
             "cc": "mL", "ml": "mL", "ug": "µg", "mcg": "µg", "uL": "µL", "uGy": "µGy"}  # fmt: skip


def converted(unit: str, other: str) -> Fraction:
    """How much of `other` one `unit` is. Refuses units that are not known or of another kind."""
    (kind, size), (wanted, base) = _known(unit), _known(other)
    if kind != wanted:
        raise DefinitionError.single(
            f"{unit} is a unit of {kind}, {other} one of {wanted}", received=unit, remedy="compare like with like"
        )
    return size / base


def _known(unit: str) -> tuple[str, Fraction]:
    name = unit.replace("^2", "²").replace("^3", "³").replace("*", "·").replace("mGy cm", "mGy·cm").strip()
    name = SPELLINGS.get(name, name)
    for kind, units in KINDS.items():
        if name in units:
            return kind, units[name]
    names = [known for units in KINDS.values() for known in units]
    near = get_close_matches(name, names, n=1)
    raise DefinitionError.single(
        "a unit that is not known here", received=unit,
        remedy=f"did you mean {near[0]}?" if near else f"one of {', '.join(names)}",
    )  # fmt: skip
