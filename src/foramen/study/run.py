"""Run a study on a snapshot: plan every analysis, answer the requests, compute, assemble the results."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from foramen import __version__
from foramen.catalogue.document import Document, load_document
from foramen.kernel.errors import DefinitionError, Fault, raise_all
from foramen.snapshot.store import Snapshot
from foramen.statistics.definitions import resolve
from foramen.statistics.result import Statistic
from foramen.study.analyses.plan import Planned, plan_analyses, plan_partly
from foramen.study.analyses.task import Context, Desk
from foramen.study.definition import Study
from foramen.study.engines.choice import open_engine
from foramen.study.engines.engine import Rows
from foramen.study.engines.request import Request
from foramen.study.frame import Frame
from foramen.study.held import falling_away, lacks, together_by_cause
from foramen.study.planner import Planner
from foramen.study.population import Population, population
from foramen.study.references import inner_faults
from foramen.study.repeats import repeats_request, repeats_statistic, repeats_warning, with_warning
from foramen.study.results import Results

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """A study resolved against a snapshot: nothing has been counted yet."""

    document: Document[Study]
    snapshot: Snapshot
    context: Context
    planned: Planned

    @property
    def study(self) -> Study:
        return self.document.content


def load_study(path: Path) -> Document[Study]:
    """Read a study document; what it says about itself is checked here, its variables by `plan_study`."""
    document = load_document(path, Study)
    _raise_in(path, inner_faults(document.content))
    return document


def _raise_in(path: Path, faults: Iterable[Fault]) -> None:
    """Raise every fault once, each with the document it is in."""
    placed = dict.fromkeys(faults)
    raise_all(DefinitionError, [replace(f, where=f"{path}: {f.where}" if f.where else str(path)) for f in placed])


def plan_study(document: Document[Study], snapshot: Snapshot, *, partial: bool = False) -> Plan:
    """Resolve everything the study names against the snapshot; every fault found is in the one error raised.

    With `partial`, an analysis loses what the snapshot does not hold; the rest is run, and the results say what is left
    out and why. Whom a study counts is never partial.
    """
    study = document.content
    frame = Frame(study, snapshot.codebook, snapshot.manifest["index_event"])
    if not snapshot.has_unit(frame.file):
        _raise_in(document.path, [Fault(f"the snapshot has no rows per {frame.file}", "unit", study.unit)])
    people, faults = population(frame)
    context = Context(frame, people, resolve(study.preset, study.definitions), snapshot.row_count(frame.file))
    found = lacks(context)
    planned = plan_partly(context, found) if partial else plan_analyses(context)
    faults = [*faults, *planned.faults]
    if not partial:
        faults = [*faults, *(lack.fault for lack in found), *falling_away(study, found)]
    _raise_in(document.path, together_by_cause(faults))
    return Plan(document, snapshot, context, planned)


def run_study(
    plan: Plan, *, engine: str, cache: Path | None = None, progress: Progress = lambda _done, _of: None
) -> Results:
    """Count what the plan needs and compute every statistic. `progress` is told requests done and requests in all."""
    people, frame = plan.context.population, plan.context.frame
    rows = Rows(plan.snapshot.rows_file(frame.file), plan.snapshot.rows_digest(frame.file), people.selection)
    opened = open_engine(engine, rows)
    try:
        planner = Planner(opened, rows, cache)
        _send(planner, plan, progress)
        desk = Desk(planner.ask)
        flow = people.flow(desk.counts(people.flow_request))
        statistics, warning = _repeats(frame, people, desk)
        for name, tasks in plan.planned.analyses:
            for task in tasks:
                statistics += [with_warning(row, warning).describing(analysis=name) for row in task.finish(desk)]
    finally:
        opened.close()
    return Results(_manifest(plan, engine), flow, statistics, desk.inputs)


def _send(planner: Planner, plan: Plan, progress: Progress) -> None:
    requests: list[Request] = [plan.context.population.flow_request]
    if (several := repeats_request(plan.context.frame, plan.context.population)) is not None:
        requests.append(several)
    requests += [request for _, tasks in plan.planned.analyses for task in tasks for request in task.requests]
    needed = planner.prepare(requests)
    for i, request in enumerate(needed):
        progress(i, len(needed))
        planner.send(request)
    progress(len(needed), len(needed))


def _repeats(frame: Frame, people: Population, desk: Desk) -> tuple[list[Statistic], str | None]:
    request = repeats_request(frame, people)
    if request is None:
        return [], None
    table = desk.counts(request)
    desk.keep(table, request)
    row = repeats_statistic(frame.study, table)
    return [row], repeats_warning(frame.study, row)


def _manifest(plan: Plan, engine: str) -> dict[str, Any]:
    study, snapshot = plan.study, plan.snapshot
    return {
        "kind": "results",
        "foramen": __version__,
        "engine": engine,
        "study": {
            "id": study.id,
            "title": study.title,
            "version": study.version,
            "unit": study.unit,
            "index": {"event": study.index.event, "which": study.index.which},
            "sha256": plan.document.digest,
        },
        "definitions": {"preset": study.preset, "level": float(study.level), **plan.context.methods},
        "snapshot": {
            "sha256": snapshot.digest,
            "origin": snapshot.manifest["origin"],
            "day": snapshot.manifest["day"],
            "people": snapshot.manifest["people"],
            "timepoints": {t["name"]: t["label"] for t in snapshot.manifest["timepoints"]},
            **_left_behind(snapshot),
        },
        "left_out": [asdict(entry) for entry in plan.planned.left_out],
        "disclosure": "internal: not passed through disclosure control",
    }


def _left_behind(snapshot: Snapshot) -> dict[str, Any]:
    """What a clinic tells of its treatments that are not in the snapshot, by reason."""
    told = snapshot.manifest.get("frozen", {}).get("told")
    return {} if told is None else {"treatments_not_in": told["treatments_not_in"]}
