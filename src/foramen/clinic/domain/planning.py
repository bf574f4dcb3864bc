"""What the rules say about a visit, stored with the verb that asked; while planning it stops nobody by itself."""

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.times import day_at, now_of, today_of
from foramen.clinic.models import Task, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rules import gates

DRIVER = "driver"
"""The task of asking who takes the patient home (G-DRIVER): a booking without an answer has it."""


def ask_rules(act: Act, visit: Visit, verb: str) -> gates.Judged:
    """Judge the plan of a visit anew and store every judgement."""
    judged = gates.judge(visit, facts_of_visit(visit), "plan", now_of(act))
    gates.store(act, visit, judged, verb)
    return judged


def ask_for_driver(act: Act, visit: Visit, *, told: bool) -> None:
    """Open, move or end the task of asking for the driver."""
    task = Task.objects.filter(visit=visit, kind=DRIVER).first()
    day = day_at(act.site, visit.start)
    opens = min(today_of(act), day)
    if task is None and not told:
        Task.objects.create(
            site=act.site, patient=visit.patient, visit=visit, kind=DRIVER, label="Ask who takes the patient home",
            due_on=day, opens_on=opens, closes_on=day,
        )  # fmt: skip
    elif task is not None and told and task.state == Task.State.OPEN:
        save_changes(task, state=Task.State.DONE, done_at=act.at)
    elif task is not None and not told:
        save_changes(task, state=Task.State.OPEN, done_at=None, due_on=day, opens_on=opens, closes_on=day)
