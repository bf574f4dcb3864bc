"""Disclosure control of a whole report: its rows, its flow and the count tables behind them."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from foramen.disclosure.blocks import Subject
from foramen.disclosure.cells import Input, Judge
from foramen.disclosure.curves import judge_curves
from foramen.disclosure.ledger import Line
from foramen.disclosure.links import tie_alike, tie_everything
from foramen.disclosure.protect import protect
from foramen.disclosure.reader import FlowLine, Reader, read_flow
from foramen.disclosure.withhold import reason, released
from foramen.statistics.result import Statistic


@dataclass(frozen=True)
class Report:
    """What is to be published.

    `schemes` says by analysis how its rows are grouped and `flow_scheme` how the flow is, `families` which subjects are
    cut from the same recorded values. `answers` names by analysis and subject the answers that one must have given to
    be counted, other than those that the study's own conditions ask for; none: nobody can be missing. `grouping` is the
    name of an axis of groups.
    """

    rows: Sequence[Statistic]
    flow: Sequence[FlowLine]
    tables: Mapping[str, Input]
    schemes: Mapping[str, Hashable]
    flow_scheme: Hashable
    families: Sequence[Sequence[Subject]]
    answers: Mapping[tuple[str, Subject], Hashable]
    grouping: str


@dataclass(frozen=True)
class Controlled:
    """What may be published: the rows, for each line of the flow why its n and its excluded are withheld (None: shown),
    and the digests of the count tables that may go with it."""

    rows: Sequence[Statistic]
    flow: Sequence[tuple[str | None, str | None]]
    tables: frozenset[str]


def control(report: Report, threshold: int) -> Controlled:
    """Withhold what is small, what would give it away, and what is not known to be safe."""
    reader = Reader(report.rows, report.schemes)
    flow = read_flow(reader.ledger, report.flow, report.flow_scheme)
    judge = Judge(reader, threshold, report.grouping)
    lines = _lines(report, judge, threshold)
    tables = _table_lines(report, judge, lines)
    reader.tie({place for place, asked in report.answers.items() if not asked})
    tie_everything(reader.ledger, [*reader.blocks.values()], report.families)
    tie_alike(reader.ledger, [*reader.blocks.values()], report.answers)
    printed = [*lines, *(line for pair in flow for line in pair), *tables.values()]
    found = protect(reader.ledger, printed, threshold)
    reasons = [reason(line, reader.ledger, found) for line in lines]
    rows = [released(*parts, found) for parts in zip(report.rows, lines, reasons, strict=True)]
    shown = [(reason(n, reader.ledger, found), reason(out, reader.ledger, found)) for n, out in flow]
    kept = _kept(
        report.rows, rows, {key for key, line in tables.items() if found.withheld.keys().isdisjoint(line.needs)}
    )
    return Controlled(rows, shown, kept)


def _lines(report: Report, judge: Judge, threshold: int) -> list[Line]:
    """A line for each row. What compares groups comes last: it asks how the groups are described."""
    tables = [report.tables.get(row.inputs or "") for row in report.rows]
    order = sorted(range(len(tables)), key=lambda place: judge.compares_groups(tables[place]))
    made = {place: judge.line(report.rows[place], tables[place]) for place in order}
    return judge_curves(judge.reader, [made[place] for place in range(len(tables))], threshold)


def _table_lines(report: Report, judge: Judge, lines: Sequence[Line]) -> dict[str, Line]:
    """A line for each count table that may be published."""
    found: dict[str, Line | None] = {}
    for row, line in zip(report.rows, lines, strict=True):
        digest = row.inputs or ""
        if digest in report.tables and digest not in found and row.n is not None:
            found[digest] = judge.table_line(row, line, report.tables[digest])
    return {digest: line for digest, line in found.items() if line is not None}


def _kept(before: Sequence[Statistic], after: Sequence[Statistic], tables: set[str]) -> frozenset[str]:
    """Tables of which every number that was made is shown as it was."""
    changed = {
        row.inputs
        for row, out in zip(before, after, strict=True)
        if (row.estimate, row.n, row.denominator) != (out.estimate, out.n, out.denominator)
    }
    return frozenset(digest for digest in tables if digest not in changed)
