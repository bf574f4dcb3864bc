"""The lines of the flow as numbers: where each is explained, and what it is called that people left for."""

from foramen.report.material import Material
from foramen.statistics.flow import FlowStep

UNGROUPED = "in a group that is compared"
"""The step that the study itself adds for its groups."""

NOT_KNOWN = "not known"


def flow_place(material: Material, line: int) -> int:
    """Where a line of the flow is explained: lines are counted on after the statistics."""
    return len(material.results.statistics) + line


def is_flow(material: Material, place: int) -> bool:
    """Whether a place is that of a line of the flow, not of a statistic."""
    return place >= len(material.results.statistics)


def flow_line(material: Material, place: int) -> FlowStep:
    """The line explained at a place."""
    return material.results.flow[place - len(material.results.statistics)]


def last_line(material: Material, group: str) -> int | None:
    """Where the last line of a group is explained: who of it is in the analysis population."""
    lines = [i for i, line in enumerate(material.results.flow) if line.group == group]
    return flow_place(material, lines[-1]) if lines else None


def left_for(material: Material, line: FlowStep) -> str:
    """What those who left at a line are called: by the study, else by what they are without."""
    named, unknown = {step.name: step.excluded_as for step in material.study.population}, line.reason == NOT_KNOWN
    if line.step == UNGROUPED and UNGROUPED not in named:
        return "group not known" if unknown else "in no group that is compared"
    if unknown:
        return f"not known: {line.step}"
    return named.get(line.step) or f"without: {line.step}"
