"""One drug of the list under one row of the table."""

from collections.abc import Iterator
from dataclasses import dataclass

from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.definition import Row
from foramen.catalogue.antithrombotics.inputs import Medicine
from foramen.catalogue.antithrombotics.listing import Taken
from foramen.catalogue.antithrombotics.renal import find_renal_function
from foramen.catalogue.antithrombotics.stratum import Stratum, find_stratum
from foramen.catalogue.antithrombotics.times import Dose
from foramen.catalogue.antithrombotics.totality import holds
from foramen.catalogue.decision import Override
from foramen.catalogue.instants import Moment, latest_before


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row is asked about: the drug with all its entries, and the stratum if the row uses it."""

    case: Case
    taken: Taken
    row: Row
    stratum: Stratum | None

    @property
    def name(self) -> str:
        return self.taken.drug.name

    @property
    def medicines(self) -> tuple[Medicine, ...]:
        return self.taken.medicines

    @property
    def dose(self) -> Dose | None:
        """The latest last dose of all entries; unknown as soon as one is."""
        doses = [self.case.dose(one.position) for one in self.taken.told]
        known = [dose for dose in doses if dose is not None]
        if len(known) < len(doses) or not known:
            return None
        return Dose(max(dose.latest for dose in known), max(dose.earliest for dose in known))

    @property
    def is_high(self) -> bool:
        return self.stratum is not None and self.stratum.value == "HIGH"

    @property
    def floor(self) -> int:
        """Hours from which a person may decide; the lower end of a range is not offered to stratum HIGH (A13)."""
        return (self.row.hold.check if self.is_high else self.row.hold.floor) or 0

    @property
    def stays(self) -> bool:
        """It is proposed not to stop the drug, and the row knows of that."""
        return self.row.stopping_not_essential and all(one.to_continue for one in self.medicines)

    @property
    def is_stopped(self) -> bool:
        return all(one.stopped for one in self.medicines)

    @property
    def agreed(self) -> bool:
        """The prescriber has agreed to stopping, for every entry."""
        return all(one.coordination is not None and one.coordination.answer == "may stop" for one in self.medicines)

    @property
    def refused(self) -> bool:
        return any(one.coordination is not None and one.coordination.answer == "may not stop" for one in self.medicines)

    @property
    def coordinated(self) -> bool:
        return all(one.coordination is not None for one in self.medicines)

    @property
    def decided(self) -> bool:
        return all(one.decided is not None for one in self.medicines)

    @property
    def may_instruct(self) -> bool:
        """Whether an instruction to stop may leave the service: agreed where the row asks, decided where it asks."""
        return (self.agreed or not self.row.coordination) and (self.decided or not self.row.always_decide)

    @property
    def latest(self) -> Moment | None:
        """The latest permitted last dose (T3)."""
        start, check = self.case.times.start, self.row.hold.check
        return None if start is None or not check else latest_before(start, check)

    @property
    def hold_override(self) -> Override:
        return Override.O2 if self.row.coordination else Override.O1


def find_asked(case: Case, taken: Taken) -> Iterator[Asked]:
    """The row of a drug for each answer that its entries give; one, unless they differ in what it is taken for."""
    rows = [row for row in case.policy.rows if row.drug == taken.drug.name]
    if not rows:
        (row,) = (row for row in case.policy.rows if row.drug_class == taken.drug.drug_class)
        yield Asked(case, taken, row, None)
        return
    stratum = find_stratum(case, taken)
    for indication in dict.fromkeys(_indication(one) for one in taken.medicines):
        answers = {
            "indication": indication,
            "stratum": stratum.value,
            "renal_function": find_renal_function(case).value,
            "thromboembolic_risk": case.inputs.patient.thromboembolic_risk,
        }
        (row,) = (row for row in rows if holds(row.when, answers))
        yield Asked(case, taken, row, stratum if _uses_stratum(row) else None)


def _indication(medicine: Medicine) -> str:
    return "unknown" if medicine.indication == "other" else medicine.indication


def _uses_stratum(row: Row) -> bool:
    """The stratum is evaluated only where a row asks for it, or prints a range (A13)."""
    return "stratum" in row.when or row.hold.is_range or row.restart.is_range
