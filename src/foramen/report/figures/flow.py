"""The flow of people: who was there, who was excluded and why, who is in the analysis population, and who of them
answered. Its sums must balance.

After CONSORT (arms side by side) where the study counts from allocation, after STROBE otherwise.
"""

from collections.abc import Sequence
from itertools import pairwise

from foramen.report.body import Body, Drawing, NothingToShowError
from foramen.report.figures.answers import FollowUp, answered, check_answers, count_cell, follow_up
from foramen.report.figures.flow_chart import Arrow, Box, chart
from foramen.report.figures.flow_lines import flow_place, left_for
from foramen.report.figures.gather import each
from foramen.report.figures.panels import finished
from foramen.report.figures.theme import DOUBLE
from foramen.report.layouts.names import small
from foramen.report.material import Material
from foramen.report.table import Cell, Column, Note, Row, Value, Withheld
from foramen.statistics.flow import FlowStep
from foramen.study.population import ALL

GAP, ASIDE = 28, 40
"""Between a box and the next below, and from the main line to the box of those excluded."""

MAIN, WIDE = 300, 480
"""Width of the boxes of the main line; of the last one where it lists groups."""

MOST_ARMS = 4

INCLUDED = "in the analysis population"

Steps = Sequence[FlowStep]


def flow(material: Material) -> Drawing:
    """The flow diagram of the study."""
    lines = material.results.flow
    check_balance(lines)
    groups = [group for group in each(line.group for line in lines) if group != ALL]
    arms = material.study.index.event == "allocation" and 1 < len(groups) <= MOST_ARMS
    boxes, arrows = _consort(material, lines, groups) if arms else _strobe(material, lines, groups)
    hidden = any(line.n is None or line.excluded is None for line in lines)
    notes = (Note("Suppressed numbers are withheld by disclosure control."),) if hidden else ()
    return Drawing(_alt(material, boxes), finished([chart(boxes, arrows)]), _numbers(material, lines), notes)


def check_balance(lines: Steps) -> None:
    """Every line's n and excluded are the n before it, and the groups add up to everybody; else nothing is drawn."""
    for group in each(line.group for line in lines):
        for before, line in pairwise(_of(lines, group)):
            if None not in (before.n, line.n, line.excluded) and before.n != (line.n or 0) + (line.excluded or 0):
                raise NothingToShowError(
                    f"The flow does not balance: of {before.n} in “{before.step}” {line.excluded} are excluded and "
                    f"{line.n} are left in “{line.step}” ({'everybody' if group == ALL else group})."
                )
    everybody, *groups = [_of(lines, group)[-1].n for group in each(line.group for line in lines)]
    if groups and everybody is not None and None not in groups and sum(n or 0 for n in groups) != everybody:
        together = sum(n or 0 for n in groups)
        raise NothingToShowError(
            f"The flow does not balance: the groups add up to {together}, everybody to {everybody}."
        )


def _of(lines: Steps, group: str) -> list[FlowStep]:
    return [line for line in lines if line.group == group]


def _strobe(material: Material, lines: Steps, groups: Sequence[str]) -> tuple[list[Box], list[Arrow]]:
    """Everybody, those excluded aside, those analysed with their groups below."""
    everybody = _of(lines, ALL)
    top = Box(0, 0, MAIN, *_everybody(material, everybody[0].n, []))
    aside = _excluded(material, everybody, MAIN + ASIDE, top.bottom + GAP / 2, DOUBLE - MAIN - ASIDE)
    start = (aside.bottom + GAP / 2) if aside else top.bottom + GAP
    listed = _members(material, lines, groups)
    end = Box(0, start, WIDE if groups else MAIN, _number(material, everybody[-1].n, INCLUDED), listed)
    arrows = [Arrow(MAIN / 2, top.bottom, MAIN / 2, end.top)]
    if aside is None:
        return [top, end], arrows
    return [top, aside, end], [*arrows, Arrow(MAIN / 2, aside.middle, aside.left, aside.middle)]


def _consort(material: Material, lines: Steps, groups: Sequence[str]) -> tuple[list[Box], list[Arrow]]:
    """Everybody above, then each arm in a column: allocated, excluded, analysed."""
    width = (DOUBLE - GAP * (len(groups) - 1)) / len(groups)
    arms = [(place * (width + GAP), _of(lines, group)) for place, group in enumerate(groups)]
    top = Box((DOUBLE - MAIN) / 2, 0, MAIN, *_everybody(material, _of(lines, ALL)[0].n, [arm[0].n for _, arm in arms]))
    level = top.bottom + GAP
    given = [Box(x, level, width, _number(material, arm[0].n, f"allocated to {arm[0].group}")) for x, arm in arms]
    level = max(box.bottom for box in given) + GAP
    lost = [_excluded(material, arm, x, level, width) for x, arm in arms]
    below = [box for box in lost if box is not None]
    level = max(box.bottom for box in below) + GAP if below else level
    ends = [
        Box(x, level, width, _number(material, arm[-1].n, INCLUDED), _members(material, arm, [])) for x, arm in arms
    ]
    arrows = [Arrow(DOUBLE / 2, top.bottom, box.centre, box.top, bent=True) for box in given]
    for columns in zip(given, lost, ends, strict=True):
        column = [box for box in columns if box is not None]
        arrows += [Arrow(one.centre, one.bottom, other.centre, other.top) for one, other in pairwise(column)]
    return [top, *given, *below, *ends], arrows


def _members(material: Material, lines: Steps, groups: Sequence[str]) -> list[str]:
    """Who is in the analysis population, by group if there are several here, and how many of them have answered."""
    followed = follow_up(material)
    said = {group: _answers(material, lines, followed, group) for group in groups or [lines[0].group]}
    listed = [
        f"{_counted(material, _of(lines, group)[-1].n, group)}{f': {said[group]}' if said[group] else ''}"
        for group in groups
    ] or [words for words in said.values() if words]
    if followed is None or not any(said.values()):
        return listed
    label, time = material.outcome_label(followed.outcome), material.timepoint_label(followed.times[-1])
    return [f"{label}, {small(time)}:", *listed]


def _answers(material: Material, lines: Steps, followed: FollowUp | None, group: str) -> str:
    """“149 with an answer, 51 without”, at the last time point; nothing where nobody is asked."""
    found = None if followed is None else answered(material, followed, followed.times[-1], group)
    if found is None:
        return ""
    check_answers(_of(lines, group)[-1].n, "everybody" if group == ALL else group, *found)
    given, absent = (_count(material, count.number) for count in found)
    return f"{given} with an answer, {absent} without"


def _everybody(material: Material, n: int | None, arms: Sequence[int | None]) -> tuple[str, list[str]]:
    """Head and lines of the first box: how many, which event of a person is counted, and who is in no arm."""
    index = material.study.index
    lines = [f"{index.which} {index.event}" + ("" if index.which == "each" else " of a person")]
    if n is not None and None not in arms and arms and (others := n - sum(arm or 0 for arm in arms)):
        lines.append(f"{material.style.count(others)} in no arm that is compared")
    return _number(material, n, f"{material.study.unit}s"), lines


def _excluded(material: Material, steps: Steps, left: float, top: float, width: float) -> Box | None:
    """Those who left, a line for each reason; no box where nobody did."""
    left_at = [step for step in steps[1:] if step.excluded is None or step.excluded]
    if not left_at:
        return None
    first, last = steps[0].n, steps[-1].n
    total = None if first is None or last is None else first - last
    reasons = [_counted(material, step.excluded, left_for(material, step)) for step in left_at]
    return Box(left, top, width, _number(material, total, "excluded"), reasons, aside=True)


def _count(material: Material, n: int | None) -> str:
    return "suppressed" if n is None else material.style.count(n)


def _counted(material: Material, n: int | None, what: str) -> str:
    """“48 no pain assessment”; without the number “suppressed: no pain assessment”."""
    return f"suppressed: {what}" if n is None else f"{material.style.count(n)} {what}"


def _number(material: Material, n: int | None, words: str) -> str:
    """“155 excluded”; without the number “Excluded: suppressed”."""
    return f"{words[:1].upper()}{words[1:]}: suppressed" if n is None else f"{material.style.count(n)} {words}"


def _alt(material: Material, boxes: Sequence[Box]) -> str:
    parts = [box.head + (f" ({'; '.join(box.lines)})" if box.lines else "") for box in boxes]
    return f"Flow of {material.study.unit}s: {'; then '.join(parts)}."


def _numbers(material: Material, lines: Steps) -> Body:
    """Every line of the flow, by group, and those with and without an answer at each time point."""
    rows: list[Row] = []
    groups, followed = each(line.group for line in lines), follow_up(material)
    level = int(len(groups) > 1)
    for group in groups:
        rows += [Row((group if group != ALL else "Everybody",), kind="group")] if level else []
        rows += [_line(material, i, line, level) for i, line in enumerate(lines) if line.group == group]
        rows += _answer_rows(material, followed, group, level) if followed is not None else []
    said = "Who has an answer, and who has none, is counted among those of the last step above."
    notes = (Note(said),) if followed is not None else ()
    return Body("Step", (Column("Stay"), Column("Leave"), Column("Reason", align="left")), tuple(rows), notes=notes)


def _line(material: Material, place: int, line: FlowStep, level: int) -> Row:
    reason = left_for(material, line) if line.excluded is None or line.excluded else ""
    cells = (_linked(material, place, line.n), _linked(material, place, line.excluded), (reason,))
    return Row((line.step,), cells, level)


def _linked(material: Material, line: int, n: int | None) -> Cell:
    """A number of a line, which opens the line's own explanation."""
    place = flow_place(material, line)
    if n is not None:
        return (Value(material.style.count(n), place),)
    why = material.results.flow[line].suppressed
    return (Withheld(f"suppressed, {why}" if why else "suppressed", place),)


def _answer_rows(material: Material, of: FollowUp, group: str, level: int) -> list[Row]:
    rows = []
    for time in of.times:
        if (found := answered(material, of, time, group)) is not None:
            head = f"{material.outcome_label(of.outcome)}, {small(material.timepoint_label(time))}: answered"
            rows.append(Row((head,), (*(count_cell(material, count) for count in found), ("no answer",)), level))
    return rows
