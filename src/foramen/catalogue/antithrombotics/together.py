"""Rows that are told as one. The entries of one drug, and the drugs of one tablet, are stopped and started together:
the earliest last dose, the latest restart, and no instruction unless every row allows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from foramen.catalogue.antithrombotics.asked import Asked
from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.instants import Moment, end_of_day


@dataclass(frozen=True, slots=True)
class Together:
    """The rows, at least one."""

    rows: tuple[Asked, ...]

    @property
    def case(self) -> Case:
        return self.rows[0].case

    @property
    def name(self) -> str:
        return " and ".join(dict.fromkeys(one.name for one in self.rows))

    @property
    def box(self) -> str:
        """The drug by its generic name, with the name on the patient's box."""
        generic = {one.name.casefold() for one in self.rows}
        told = {one.position: one.medicine.name for asked in self.rows for one in asked.taken.told}
        others = [name for name in dict.fromkeys(told.values()) if name.casefold() not in generic]
        return f"{self.name} (your box says {' or '.join(others)})" if others else self.name

    @property
    def elsewhere(self) -> str | None:
        """The zone of the patient, where it is another than that of the site."""
        zone = self.case.inputs.patient.zone
        return None if zone == self.case.inputs.zone else zone

    @property
    def is_continued(self) -> bool:
        return all(one.row.hold.continues for one in self.rows)

    @property
    def is_stopped(self) -> bool:
        return all(one.is_stopped for one in self.rows)

    @property
    def is_left_to_people(self) -> bool:
        """No number, a refusal, or a proposal to go on: nothing about stopping is told."""
        return any(
            one.to_continue or one.refused or not (one.row.hold.check or one.row.hold.continues) for one in self.rows
        )

    @property
    def may_instruct(self) -> bool:
        return all(one.may_instruct for one in self.rows)

    @property
    def hours(self) -> int:
        """The longest hold."""
        return max(one.row.hold.check or 0 for one in self.rows)

    @property
    def drug_free_days(self) -> int:
        return max(one.row.hold.drug_free_days or 0 for one in self.rows)

    @property
    def latest(self) -> Moment | None:
        """The latest permitted last dose by elapsed hours and by the clock (T3)."""
        return min((one.latest for one in self.rows if one.latest is not None), default=None)

    @property
    def last_day(self) -> date | None:
        """The day of the last dose as patients are told: the drug-free days lie between it and the procedure (T7)."""
        days = self.drug_free_days
        return self.case.day - timedelta(days=days + 1) if days else None

    @property
    def last_dose_by(self) -> Moment | None:
        """The last dose by the instruction: the end of that day, for a patient elsewhere the end that comes first, or
        the latest permitted instant if that is earlier."""
        latest, day = self.latest, self.last_day
        if latest is None or day is None:
            return latest
        zones = [latest.zone, *([self.elsewhere] if self.elsewhere else [])]
        return min(latest, *(Moment(end_of_day(day, zone).utc, latest.zone) for zone in zones))

    @property
    def is_told_by_day(self) -> bool:
        """The day alone says it: at any hour of it, in the one zone there is."""
        by, day = self.last_dose_by, self.last_day
        return by is not None and day is not None and not self.elsewhere and end_of_day(day, by.zone) == by


def put_together(found: Sequence[Sequence[Asked]]) -> tuple[Together, ...]:
    """For the rows of each drug, everything that is told with them: what shares an entry of the list."""
    groups: list[tuple[set[int], list[int]]] = []
    for i, rows in enumerate(found):
        positions, members = {one.position for one in rows[0].taken.told}, [i]
        for group in [group for group in groups if group[0] & positions]:
            positions, members = positions | group[0], [*group[1], *members]
            groups.remove(group)
        groups.append((positions, members))
    of_drug = {i: _all_rows(found, members) for _, members in groups for i in members}
    return tuple(of_drug[i] for i in range(len(found)))


def _all_rows(found: Sequence[Sequence[Asked]], members: Iterable[int]) -> Together:
    return Together(tuple(one for i in sorted(members) for one in found[i]))
