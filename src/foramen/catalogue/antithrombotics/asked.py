"""One drug of the list under one row of the table."""

from collections.abc import Iterator
from dataclasses import dataclass

from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.definition import Row
from foramen.catalogue.antithrombotics.inputs import Coordination, Medicine
from foramen.catalogue.antithrombotics.listing import Taken, Told
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
    indication: str = "unknown"

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
    def counted_from(self) -> Moment:
        """From when the hold counts where nobody knows one of the last doses: now, or a known one that is later."""
        doses = [self.case.dose(one.position) for one in self.taken.told]
        return max((self.case.now, *(dose.latest for dose in doses if dose is not None)))

    @property
    def check(self) -> int | None:
        """Hours of the hold. Where nobody knows what a drug is for and the row has no number, the longest of the drug's
        rows: what is unknown is never easier than what is known."""
        row = self.row
        if row.hold.check is not None or "indication" not in row.when or self.indication != "unknown":
            return row.hold.check
        return max((one.hold.check or 0 for one in self.case.policy.rows if one.drug == row.drug), default=0) or None

    @property
    def is_high(self) -> bool:
        return self.stratum is not None and self.stratum.value == "HIGH"

    @property
    def floor(self) -> int:
        """Hours from which a person may decide; the lower end of a range is not offered to stratum HIGH (A13)."""
        return (self.check if self.is_high or self.row.hold.check is None else self.row.hold.floor) or 0

    @property
    def stays(self) -> bool:
        """It is proposed not to stop the drug, and the row knows of that."""
        return self.row.stopping_not_essential and all(one.to_continue for one in self.medicines)

    @property
    def to_continue(self) -> bool:
        """It is proposed not to stop the drug, for any entry of it, whether the row knows of that or not."""
        return any(one.to_continue for one in self.medicines) and not self.row.hold.continues

    @property
    def is_stopped(self) -> bool:
        return all(one.stopped for one in self.medicines)

    @property
    def agreements(self) -> tuple[Coordination | None, ...]:
        """What the prescriber said about each entry, for this booked start; another person's word, or one for another
        start, is none."""
        return tuple(_for_this(self.case, one) for one in self.taken.told)

    @property
    def agreed(self) -> bool:
        """The prescriber has agreed to stopping, for every entry."""
        return all(one is not None and one.answer == "may stop" for one in self.agreements)

    @property
    def refused(self) -> bool:
        return any(one.coordination is not None and one.coordination.answer == "may not stop" for one in self.medicines)

    @property
    def coordinated(self) -> bool:
        return all(one is not None for one in self.agreements)

    @property
    def decided(self) -> bool:
        """The radiologist has decided about every entry, for this booked start."""
        start, for_ = self.case.times.start, self.case.times.decided_for
        return start is not None and all(for_[one.position] == start for one in self.taken.told)

    @property
    def may_instruct(self) -> bool:
        """Whether an instruction to stop may leave the service: agreed where the row asks, decided where it asks, and
        nobody against it."""
        agreed = self.agreed or not self.row.coordination
        return agreed and (self.decided or not self.row.always_decide) and not (self.refused or self.to_continue)

    @property
    def latest(self) -> Moment | None:
        """The latest permitted last dose (T3)."""
        return self.latest_by(self.row.hold.check)

    def latest_by(self, hours: int | None) -> Moment | None:
        """The latest last dose for a hold of so many hours."""
        start = self.case.times.start
        return None if start is None or not hours else latest_before(start, hours)

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
            "thromboembolic_risk": find_thromboembolic_risk(case, taken),
        }
        (row,) = (row for row in rows if holds(row.when, answers))
        yield Asked(case, taken, row, stratum if _uses_stratum(row) else None, indication)


def find_thromboembolic_risk(case: Case, taken: Taken) -> str:
    """The risk of a clot. A high one shortens a hold, so it counts only where the prescriber's record of every entry
    states it and nobody says otherwise (AC-15b)."""
    told = case.inputs.patient.thromboembolic_risk
    said = [_for_this(case, one) for one in taken.told]
    stated = {None if one is None else one.thromboembolic_risk for one in said}
    if stated == {"high"} and told != "not high":
        return "high"
    if told == "high" or "high" in stated:
        return "unknown"
    return "not high" if told == "not high" or stated == {"not high"} else "unknown"


def _for_this(case: Case, told: Told) -> Coordination | None:
    """The prescriber's word on an entry, given for the booked start of this question."""
    said, start = told.medicine.coordination, case.times.start
    if said is None or said.role != "prescriber" or start is None or case.times.agreed_for[told.position] != start:
        return None
    return said


def _indication(medicine: Medicine) -> str:
    return "unknown" if medicine.indication == "other" else medicine.indication


def _uses_stratum(row: Row) -> bool:
    """The stratum is evaluated only where a row asks for it, or prints a range (A13)."""
    return "stratum" in row.when or row.hold.is_range or row.restart.is_range
