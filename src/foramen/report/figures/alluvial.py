"""Alluvial diagram: how many go from each class at one time point to each class at the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from foramen.report.body import Body, Drawing, NothingToShowError
from foramen.report.figures.alluvial_chart import Bracket, Stage, chart
from foramen.report.figures.gather import each, why_not
from foramen.report.figures.order import worst_first
from foramen.report.figures.panels import finished
from foramen.report.figures.ribbons import Counts, Sizes, Totals, filled
from foramen.report.figures.words import cell, share_text
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Note, Row
from foramen.study.analysis_definition import OutcomeAt, Transition
from foramen.study.definition import Band, Outcome
from foramen.study.display_definition import FigureWanted
from foramen.study.population import ALL

Shares = Mapping[str, Entry]

WITHHELD = (
    "Hatched ribbons hold withheld counts. They, and classes without a number, are drawn from the totals: how high "
    "they are says nothing of the counts."
)


@dataclass(frozen=True)
class Step:
    """From one stage to the next: the counts by label, best first, and how many people go."""

    first: OutcomeAt
    second: OutcomeAt
    sources: list[str]
    targets: list[str]
    cells: Mapping[tuple[str, str], Entry]
    total: int

    @property
    def counts(self) -> Counts:
        """From each source to each target; None where withheld."""
        return [[_count(self.cells[source, target]) for target in self.targets] for source in self.sources]


def alluvial(material: Material, wanted: FigureWanted) -> Drawing:
    """One column of nodes per time point, heights in proportion to people; ribbons have the colour of their origin."""
    steps = _steps(material, wanted)
    first, *_ = steps
    ats = [first.first, *(step.second for step in steps)]
    shares = [_shares(material, steps[max(i - 1, 0)], at) for i, at in enumerate(ats)]
    sizes = [
        filled(step.counts, _totals(step.sources, shares[i]), _totals(step.targets, shares[i + 1]), step.total)
        for i, step in enumerate(steps)
    ]
    stages = [_stage(material, steps, sizes, shares, i) for i in range(len(ats))]
    known = [[[count is not None for count in line] for line in step.counts] for step in steps]
    notes = [Note("Heights are in proportion to people. Ribbons have the colour of the class that they come from.")]
    if not all(flag for step in known for line in step for flag in line):
        notes.append(Note(WITHHELD))
    if len({step.total for step in steps}) > 1:
        people = ", then ".join(material.style.count(step.total) for step in steps)
        notes.append(Note(f"Each step counts those who have both of its answers: {people}."))
    spec = finished([chart(stages, sizes, known, [_says(material, step) for step in steps])])
    return Drawing(_alt(material, steps, stages), spec, _numbers(material, steps, shares), tuple(notes))


def _count(entry: Entry) -> int | None:
    return None if why_not(entry) else entry.row.n


def _steps(material: Material, wanted: FigureWanted) -> list[Step]:
    asked = [a for name in wanted.analyses for a in material.study.analyses if a.name == name]
    steps = [_step(material, analysis) for analysis in asked if isinstance(analysis, Transition)]
    if not steps:
        raise NothingToShowError("An alluvial diagram needs an analysis of kind transition.")
    for one, other in pairwise(steps):
        if one.second != other.first:
            raise NothingToShowError("The transitions do not follow one another: each has to begin where one ended.")
    return steps


def _step(material: Material, analysis: Transition) -> Step:
    entries = list(material.entries("transition", [analysis.name], group=ALL))
    total = next((e.row.denominator for e in entries if e.row.denominator is not None), None)
    if not total:
        raise NothingToShowError("There are no counts to draw: nobody has both answers, or all counts are withheld.")
    cells = {(e.about["from_category"], e.about["category"]): e for e in entries}
    sources = _best_first(material, analysis.first, each(source for source, _ in cells))
    targets = _best_first(material, analysis.second, each(target for _, target in cells))
    return Step(analysis.first, analysis.second, sources, targets, cells, total)


def _best_first(material: Material, at: OutcomeAt, labels: list[str]) -> list[str]:
    return labels[::-1] if worst_first(material, material.outcome(at.outcome)) else labels


def _shares(material: Material, step: Step, at: OutcomeAt) -> Shares:
    """The percentages of the classes, where they are among the results, for the same people and not withheld."""
    timepoint = {"timepoint": at.at} if at.at else {}
    found: dict[str, dict[str, Entry]] = {}
    for entry in material.entries("percent", None, outcome=at.outcome, group=ALL, **timepoint):
        if entry.row.denominator == step.total:
            found.setdefault(entry.about["analysis"], {})[entry.about["category"]] = entry
    return max(found.values(), key=len, default={})


def _totals(labels: Sequence[str], shares: Shares) -> Totals:
    return [shares[label].row.n if label in shares else None for label in labels]


def _stage(
    material: Material, steps: Sequence[Step], sizes: Sequence[Sizes], shares: Sequence[Shares], place: int
) -> Stage:
    """The nodes of a time point: as high as those who arrive, or those who leave if they are more."""
    arriving, leaving = steps[place - 1] if place else None, steps[place] if place < len(steps) else None
    step = arriving or leaving
    assert step is not None
    labels = step.targets if arriving else step.sources
    lines = [list(zip(*step.counts, strict=True)), step.counts][not arriving]
    sums = [_sum(line) for line in lines]
    printed = _totals(labels, shares[place])
    totals = [own if own is not None else total for own, total in zip(printed, sums, strict=True)]
    heights = [0.0] * len(labels)
    if arriving:
        heights = [sum(column) for column in zip(*sizes[place - 1], strict=True)]
    if leaving:
        heights = [max(a, sum(b)) for a, b in zip(heights, sizes[place], strict=True)]
    at = step.second if arriving else step.first
    head = material.timepoint_label(at.at) if at.at else material.outcome_label(at.outcome)
    numbers = [share_text(material, total, step.total) for total in totals]
    return Stage(head, labels, numbers, heights, _brackets(material, step, at, labels, totals))


def _brackets(
    material: Material, step: Step, at: OutcomeAt, labels: Sequence[str], totals: Sequence[int | None]
) -> tuple[Bracket, ...]:
    """The classes above and below the threshold of a responder of the study, if one cuts between classes."""
    for responder in material.study.outcomes:
        above = _reaching(material.outcome(at.outcome), responder, at)
        cut = sum(label in above for label in labels)
        if above and set(labels[:cut]) == above and cut < len(labels):
            share = "half" if responder.relief_percent == 50 else f"{responder.relief_percent} %"
            reached = _responders(material, responder, at, step.total)
            reached = _sum(totals[:cut]) if reached is None else reached
            number = share_text(material, reached, step.total)
            rest = share_text(material, None if reached is None else step.total - reached, step.total)
            return (
                Bracket(f"At least {share} gone", 0, cut, number),
                Bracket(f"Less than {share}", cut, len(labels), rest),
            )
    return ()


def _responders(material: Material, responder: Outcome, at: OutcomeAt, total: int) -> int | None:
    """How many respond, where that is among the results for the same people."""
    about = {"outcome": responder.name, "timepoint": at.at or "", "group": ALL}
    rows = (entry.row for entry in material.entries("responder_percent", None, **about))
    return next((row.n for row in rows if row.denominator == total and row.n is not None), None)


def _reaching(outcome: Outcome, responder: Outcome, at: OutcomeAt) -> set[str]:
    """The labels of the bands in which one responds; none where the two do not measure the same."""
    bound = responder.relief_percent
    same = (outcome.variable, outcome.baseline, outcome.reader) == (
        responder.variable,
        responder.baseline,
        responder.reader,
    )
    if bound is None or outcome.bands_of != "relief_percent" or not same or at.at not in responder.timepoints:
        return set()
    if all(band.at_least != bound for band in outcome.bands or []):
        return set()
    return {band.label for band in outcome.bands or [] if _from(band) >= bound}


def _from(band: Band) -> float:
    """Where a band begins."""
    bounds = (band.is_, band.at_least, band.above)
    return next((float(bound) for bound in bounds if bound is not None), -float("inf"))


def _sum(totals: Sequence[int | None]) -> int | None:
    return None if None in totals else sum(total or 0 for total in totals)


def _says(material: Material, step: Step) -> list[list[str]]:
    """What the tooltip of each ribbon says."""
    one, other = (material.timepoint_label(at.at) if at.at else "" for at in (step.first, step.second))
    numbers = {cell: _number(material, entry) for cell, entry in step.cells.items()}
    return [
        [f"{one} {source}, {other} {target}: {numbers[source, target]}" for target in step.targets]
        for source in step.sources
    ]


def _number(material: Material, entry: Entry) -> str:
    count = _count(entry)
    return "suppressed" if count is None else material.style.count(count)


def _alt(material: Material, steps: Sequence[Step], stages: Sequence[Stage]) -> str:
    """The nodes of every stage, the brackets, and the five largest ribbons of each step."""
    people = material.style.count(steps[0].total)
    parts = [f"Alluvial diagram of {people} {material.study.unit}s."]
    for stage in stages:
        listed = "; ".join(f"{label} {number}" for label, number in zip(stage.labels, stage.numbers, strict=True))
        halves = "".join(f" {bracket.words}: {bracket.number}." for bracket in stage.brackets)
        parts.append(f"{stage.head}: {listed}.{halves}")
    for step, (before, after) in zip(steps, pairwise(stages), strict=True):
        known = [(count, cell) for cell, entry in step.cells.items() if (count := _count(entry))]
        largest = sorted(known, key=lambda found: -found[0])[:5]
        listed = "; ".join(f"{source} to {target} {material.style.count(n)}" for n, (source, target) in largest)
        parts.append(f"Largest ribbons from {before.head} to {after.head}: {listed}.")
    return " ".join(parts)


def _numbers(material: Material, steps: Sequence[Step], shares: Sequence[Shares]) -> Body:
    """From each class to each class, with the totals where they are known."""
    targets = each(target for step in steps for target in step.targets)
    rows: list[Row] = []
    for i, step in enumerate(steps):
        if len(steps) > 1:
            heads = (material.timepoint_label(at.at or "") for at in (step.first, step.second))
            rows.append(Row((" to ".join(heads),), kind="group"))
        for source, counts in zip(step.sources, step.counts, strict=True):
            cells = [_cell(material, step.cells.get((source, target))) for target in targets]
            rows.append(Row((source,), (*cells, _total(material, shares[i].get(source), _sum(counts)))))
        columns = dict(zip(step.targets, zip(*step.counts, strict=True), strict=True))
        sums = [_total(material, shares[i + 1].get(t), _sum(columns[t])) if t in columns else () for t in targets]
        rows.append(Row(("All",), (*sums, (material.style.count(step.total),)), kind="sum"))
    stub = material.timepoint_label(steps[0].first.at or "") if len(steps) == 1 else "From"
    return Body(stub, (*(Column(target) for target in targets), Column("All")), tuple(rows))


def _cell(material: Material, entry: Entry | None) -> Cell:
    return cell(material, entry, "" if entry is None else _number(material, entry))


def _total(material: Material, share: Entry | None, total: int | None) -> Cell:
    """The number of a class: that of its percentage, else the sum of what is printed."""
    if share is not None:
        return cell(material, share, material.style.count(share.row.n or 0))
    return ("not known" if total is None else material.style.count(total),)
