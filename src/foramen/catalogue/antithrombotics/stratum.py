"""The bleeding stratum of a patient, for one drug of the list (CLINICAL 2.1: R1 to R8).

HIGH if any factor is answered yes, LOW only if every factor is answered no; otherwise HIGH is assumed and a person
decides. A second drug can raise the stratum and never settles what is unknown: otherwise adding a drug could turn a
DECIDE into an OK.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.listing import Taken
from foramen.catalogue.antithrombotics.renal import is_advanced
from foramen.catalogue.drugs import DrugClass
from foramen.catalogue.inputs import Answer

NEURAXIAL = ("interlaminar", "transforaminal")
COUNTING: tuple[DrugClass, ...] = ("anticoagulant", "antiplatelet", "thrombolytic")
"""Classes that count as another anticoagulant or antiplatelet (R3)."""

OLD_WHERE_UNSET = 65
"""From this age a patient is for a person to decide as long as the site has not set its own."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor, its answer, and what it was answered from."""

    id: str
    answer: Answer
    says: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """`yes` are the factors that raise it, `unknown` those nobody has answered, `two_nsaids` the other NSAIDs.
    `unborn`: there is no date of birth. `unsourced`: at a gate, and nobody recorded who answered and when."""

    yes: tuple[Factor, ...]
    unknown: tuple[Factor, ...]
    two_nsaids: tuple[str, ...]
    unborn: bool
    unsourced: bool

    @property
    def value(self) -> str:
        return "HIGH" if self.yes or self.unknown or self.two_nsaids else "LOW"

    @property
    def is_assumed(self) -> bool:
        """A drug beside (R3) and a clinician who raises it (R8) do not settle what is unknown about the patient."""
        return bool(self.unknown) and not any(factor.id not in ("R3", "R8") for factor in self.yes)

    @property
    def text(self) -> str:
        """`HIGH: cervical epidural steroid injection (R7)`."""
        why = [f"{factor.says} ({factor.id})" for factor in self.yes]
        open_ = [f"{factor.says} ({factor.id})" for factor in self.unknown] if self.is_assumed else []
        if self.two_nsaids:
            open_.append(f"a second NSAID: {', '.join(self.two_nsaids)}")
        name = "HIGH (assumed)" if open_ and not why else self.value
        said = "; ".join([*why, *(f"not known: {one}" for one in open_)])
        return f"{name}: {said}" if said else f"{name}: every factor is answered no"


def find_stratum(case: Case, taken: Taken) -> Stratum:
    """The stratum that holds for one drug of the list."""
    return _stratum(case, tuple(_factors(case, taken)), _other_nsaids(case, taken))


def _stratum(case: Case, factors: tuple[Factor, ...], two_nsaids: tuple[str, ...]) -> Stratum:
    return Stratum(
        yes=tuple(factor for factor in factors if factor.answer == "yes"),
        unknown=tuple(factor for factor in factors if factor.answer == "unknown"),
        two_nsaids=two_nsaids,
        unborn=case.inputs.patient.born is None,
        unsourced=not case.planning and not (case.inputs.bleeding.source and case.inputs.bleeding.recorded),
    )


def list_stratum(case: Case) -> tuple[Stratum, tuple[Factor, ...]]:
    """The stratum of the list as a whole with all eight factors, as a page shows them. A drug is judged by its own
    (`find_stratum`): which drug is the other one differs from drug to drug."""
    answers = {_another_drug(case, taken).answer for taken in case.listing.taken}
    unread: Answer = "unknown" if case.listing.unrecognised else "no"
    counting = [drug.name for drug in case.listing.drugs if drug.drug_class in COUNTING]
    named = f"another blood thinner: {' and '.join(counting)}" if "yes" in answers else "another blood thinner"
    raised = () if case.inputs.bleeding.raised else (Factor("R8", "no", "raised by a clinician"),)
    factors = (*_with(case, Factor("R3", "yes" if "yes" in answers else unread, named)), *raised)
    return _stratum(case, factors, ()), factors


def _factors(case: Case, taken: Taken) -> Iterator[Factor]:
    return _with(case, _another_drug(case, taken))


def _with(case: Case, another_drug: Factor) -> Iterator[Factor]:
    bleeding = case.inputs.bleeding
    yield _old_age(case)
    yield Factor("R2", bleeding.tendency, "bleeding tendency")
    yield another_drug
    yield Factor("R4", bleeding.liver_cirrhosis, "liver cirrhosis")
    yield Factor("R5", bleeding.advanced_liver_disease, "advanced liver disease")
    yield Factor("R6", _advanced_renal(case), "advanced renal disease")
    yield _procedure(case)
    if bleeding.raised:
        yield Factor("R8", "yes", f"raised by a clinician: {bleeding.raised}")


def completed_years(born: date, day: date) -> int:
    """Age in completed years; somebody born on 29 February has the birthday on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _old_age(case: Case) -> Factor:
    born, limit = case.inputs.patient.born, case.parameter("old_age_years")
    if born is None:
        return Factor("R1", "unknown", "old age, no date of birth")
    age = completed_years(born, case.day)
    if limit is not None:
        return Factor("R1", "yes" if age >= limit else "no", f"old age, {age} years, from {limit} at this site")
    text = f"old age, {age} years, and this site has not set from when"
    return Factor("R1", "unknown" if age >= OLD_WHERE_UNSET else "no", text)


def _another_drug(case: Case, taken: Taken) -> Factor:
    """R3: any other anticoagulant or antiplatelet of the list. A name nobody recognises may be one."""
    others = [drug.name for drug in case.listing.drugs if drug.name != taken.drug.name and drug.drug_class in COUNTING]
    if others:
        return Factor("R3", "yes", f"another blood thinner: {', '.join(others)}")
    if case.listing.unrecognised:
        return Factor("R3", "unknown", "another blood thinner, with a name that is not recognised")
    return Factor("R3", "no", "another blood thinner")


def _other_nsaids(case: Case, taken: Taken) -> tuple[str, ...]:
    """Whether two NSAIDs count is not printed: a person decides (A23)."""
    if taken.drug.drug_class != "nsaid":
        return ()
    return tuple(
        drug.name for drug in case.listing.drugs if drug.name != taken.drug.name and drug.drug_class == "nsaid"
    )


def _advanced_renal(case: Case) -> Answer:
    """The answer, and the measured value where the site has set a limit; the more cautious of the two."""
    told, measured = case.inputs.bleeding.advanced_renal_disease, is_advanced(case)
    if told == "yes" or measured:
        return "yes"
    return "no" if told == "no" or measured is False else "unknown"


def _procedure(case: Case) -> Factor:
    """R7, and A14 for what the source does not mention."""
    region, route, steroid = (
        region_of(case.inputs.procedure.level),
        case.inputs.procedure.route,
        case.inputs.procedure.steroid,
    )
    if region is None or route is None:
        return Factor("R7", "unknown", "cervical epidural steroid injection, level or route missing")
    if region == "cervical" and route in NEURAXIAL and steroid == "yes":
        return Factor("R7", "yes", "cervical epidural steroid injection")
    if region in ("cervical", "thoracic"):
        return Factor("R7", "unknown", f"whether a {region} {route} injection counts like a cervical epidural one")
    return Factor("R7", "no", "cervical epidural steroid injection")


REGIONS = {"C": "cervical", "T": "thoracic", "L": "lumbar", "S": "sacral"}


def region_of(level: str | None) -> str | None:
    """The region of a level. Of two regions the upper one counts: C7/T1 is cervical."""
    if level is None or level in REGIONS.values():
        return level
    return next(region for letter, region in REGIONS.items() if letter in level)
