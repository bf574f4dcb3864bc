"""The task that a deviation leaves behind which may harm the patient: a radiologist follows it."""

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.times import today_of
from foramen.clinic.models import Task, Visit
from foramen.clinic.records.versions import save_changes

KIND = "adverse deviation"
"""Of a visit there is one, opened again with each further deviation. It outlives the visit: nothing makes it void."""


def ask_to_follow(act: Act, visit: Visit, what: str) -> None:
    """Open the task, due today, or add to it what happened."""
    task, today = Task.objects.filter(visit=visit, kind=KIND).first(), today_of(act)
    if task is not None:
        told = [*task.content.get("deviations", ()), what]
        save_changes(task, state=Task.State.OPEN, done_at=None, content=task.content | {"deviations": told})
        return
    content = {"for": visit.radiologist.username if visit.radiologist else "", "deviations": [what]}
    Task.objects.create(
        site=visit.site, patient=visit.patient, visit=visit, kind=KIND, content=content,
        label="Radiologist: follow the patient after a deviation", due_on=today, opens_on=today, closes_on=today,
    )  # fmt: skip
