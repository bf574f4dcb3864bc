"""Treatments to freeze, made without the verbs, and a snapshot read back in the words of its labels."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from foramen.clinic.freeze import Detail, Told, make_snapshot
from foramen.clinic.models import Fact, Patient, Visit
from foramen.clinic.rights.roles import Role
from foramen.snapshot.codebook import SUPPRESSED
from foramen.snapshot.store import open_snapshot, rows_name
from tests.clinic.hospital import STORY, TODAY, Hospital

YES = {"contact": "yes", "new_data": "yes", "use": "yes"}
VERSION = "2026-11-20"


class Clinic:
    """A hospital whose treatments are frozen."""

    def __init__(self, hospital: Hospital, folder: Path) -> None:
        self.hospital, self.folder, self._count = hospital, folder, 0

    def treated(
        self, *, days: int = 0, of: Visit | None = None, age: int | None = 47, room: str = "fl1", until: str = "",
        same_order: bool = True,
        patient: Mapping[str, Any] | None = None, **instead: Any,
    ) -> Visit:  # fmt: skip
        """A visit with the needle in, `days` from today; `of`: of the same patient and order as another."""
        hospital = self.hospital
        visit = hospital.visit(room=room, start=f"{8 + self._count % 8}:{'00' if self._count < 8 else '30'}",
                               **(patient or {}))  # fmt: skip
        self._count += 1
        if of is not None:
            visit.patient, visit.order = of.patient, of.order if same_order else visit.order
        visit.start += timedelta(days=days)
        visit.age, visit.needle_in_at = age, hospital.local("09:11") + timedelta(days=days)
        visit.save()
        self._walk(visit, days, until, instead)
        return visit

    def _walk(self, visit: Visit, days: int, until: str, instead: Mapping[str, Any]) -> None:
        for kind, at, role, content in STORY:
            if kind == until:
                break
            if instead.get(kind, content) is None:
                continue
            self.hospital.sign(visit, kind, at, role, content | instead.get(kind, {}), days=days)

    def say(self, visit: Visit, kind: str, content: dict[str, Any], *, days: int = 0, at: str = "11:00") -> Fact:
        """Another fact of a visit."""
        return self.hospital.sign(visit, kind, at, Role.NURSE, content, days=days)

    def agree(self, patient: Patient, *, days: int = -1, **scopes: str) -> Fact:
        """A signed consent to research; `scopes` are those that differ from yes."""
        content = {"form": "1", "language": "en", **YES, **scopes}
        return self._about(patient, "research_consent", content, days)

    def withdraw(self, patient: Patient, *scopes: str, days: int = 0) -> Fact:
        content = {"scopes": list(scopes), "told_by": "by phone"}
        return self._about(patient, "research_withdrawn", content, days)

    def answer(self, visit: Visit, instrument: str, timepoint: str, days: int, /, **answers: Any) -> Fact:
        """An answered questionnaire, so many days after today."""
        beside = {name: answers.pop(name) for name in ("proxy", "recalled", "mode") if name in answers}
        content = {"instrument": instrument, "version": VERSION, "timepoint": timepoint, "answers": answers,
                   "mode": "phone"}  # fmt: skip
        return self.say(visit, "assessment", content | beside, days=days)

    def freeze(self, name: str = "snapshot", *, day: date = TODAY, detail: Detail = "safe_harbor") -> Told:
        return make_snapshot(self.hospital.site, self.folder / name, day=day, detail=detail)

    def rows(self, unit: str = "treatment", name: str = "snapshot") -> list[dict[str, Any]]:
        """The rows of a snapshot, each value in the words of its label."""
        return labelled(self.folder / name, unit)

    def _about(self, patient: Patient, kind: str, content: dict[str, Any], days: int) -> Fact:
        at = self.hospital.local("09:00") + timedelta(days=days)
        return self.sign(patient, kind, content, at)

    def sign(self, patient: Patient, kind: str, content: dict[str, Any], at: datetime) -> Fact:
        return Fact.objects.create(
            site=patient.site, patient=patient, kind=kind, content=content, by=self.hospital.people["dahl"],
            role="nurse", happened_at=at, recorded_at=at,
        )  # fmt: skip


def labelled(folder: Path, unit: str = "treatment") -> list[dict[str, Any]]:
    snapshot = open_snapshot(folder)
    book = snapshot.codebook
    table = pq.read_table(folder / rows_name(unit))
    found = []
    for row in table.to_pylist():
        told = {}
        for name, code in row.items():
            column = book.columns[unit].get(name)
            labels = () if column is None else book.variables[_labels_of(column)].labels
            told[name] = labels[code] if labels and code is not None and code != SUPPRESSED else code
        found.append(told)
    return found


def _labels_of(column: Any) -> str:
    return "mode" if column.role == "mode" else str(column.variable) if column.role == "value" else "sequence"
