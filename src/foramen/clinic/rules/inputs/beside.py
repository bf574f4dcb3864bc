"""What rules need beside the facts of a visit itself: earlier steroids, the other sessions of the order, the sheet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foramen.clinic.models import Fact, Letter, Visit
from foramen.clinic.records.facts import standing_facts


@dataclass(frozen=True, slots=True)
class Beside:
    """Rows of the same patient or order. `given` are facts of other visits; `sessions` other visits on the order."""

    given: Sequence[Fact] = ()
    sessions: Sequence[Visit] = ()
    sheets: Sequence[Letter] = ()


def beside_visits(visits: Iterable[Visit]) -> Mapping[Any, Beside]:
    """For each visit, by its key. Three queries for however many visits."""
    asked = list(visits)
    given = standing_facts(["given"], "site", "visit", patient__in={visit.patient_id for visit in asked})
    sessions = list(Visit.objects.filter(order__in={visit.order_id for visit in asked}).order_by("start"))
    sheets = list(Letter.objects.filter(visit__in=asked, kind=Letter.Kind.RESTART).order_by("number"))
    return {
        visit.pk: Beside(
            tuple(one for one in given if one.patient_id == visit.patient_id and one.visit_id != visit.pk),
            tuple(one for one in sessions if one.order_id == visit.order_id and one.pk != visit.pk),
            tuple(one for one in sheets if one.visit_id == visit.pk),
        )
        for visit in asked
    }
