"""Predictors of success: counts with and without it, each alone, then all together in a model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from foramen.report.body import Body
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import count, denominator, estimate_interval, share, summarised, summary_head
from foramen.report.layouts.lines import absent_rows, left_out_rows, not_grouped
from foramen.report.layouts.names import capital, reader, small
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import COUNTS, FAILED, MEANS, RANKS, p_value, test_cell
from foramen.report.layouts.performance import fitted_to
from foramen.report.layouts.predictor_blocks import Block, blocks_of
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row, Span
from foramen.snapshot.codebook import Variable, column_name
from foramen.study.analysis_definition import Logistic, OutcomeAt, Predictor
from foramen.study.display_definition import TableWanted

REFERENCE: Cell = ("1 (reference)",)


@dataclass(frozen=True)
class Shape:
    """Which columns a table has: groups, who is in none, odds ratio alone, p alone, odds ratio and p together."""

    groups: Sequence[str]
    apart: bool
    ratio: bool
    alone: bool
    modelled: bool

    @property
    def more(self) -> int:
        """Columns beside those of the groups."""
        return self.apart + self.ratio + (self.ratio or self.alone) + 2 * self.modelled


@dataclass(frozen=True)
class Predictors:
    """The rows of a block."""

    asked: Asked
    block: Block
    shape: Shape
    notes: Notes

    @cached_property
    def _subjects(self) -> list[Subject]:
        return self.asked.subjects([*self.block.described, *self.block.compared])

    def rows(self, level: int) -> Iterator[Row]:
        used: list[Subject] = []
        for predictor in self.block.predictors:
            subject = next((s for s in self._subjects if self._is(s, predictor)), None)
            used += [subject] if subject else []
            yield from self._variable(subject, predictor, level)
        for subject in self._subjects:
            if subject not in used and not any(self._is(subject, predictor) for predictor in self.block.elsewhere):
                yield from self._variable(subject, None, level)
        yield from self._fitted(level)

    def _is(self, subject: Subject, predictor: Predictor) -> bool:
        """Whether a description is of a predictor as it is: the same variable, reader and time, in no other classes."""
        outcome = self.asked.definition(subject.outcome)
        plain = outcome.kind in ("score", "count", "category") and not outcome.bands and outcome.role == "value"
        found = (outcome.variable, outcome.reader, subject.timepoint)
        return plain and found == (predictor.variable, predictor.reader, predictor.at)

    def _variable(self, subject: Subject | None, predictor: Predictor | None, level: int) -> Iterator[Row]:
        classes = self._classes(subject, predictor)
        if not classes:
            yield self._number(subject, predictor, level)
        else:
            counted = self.shape.groups and subject is not None and subject.analysis in self.block.described
            head = self._label(subject, predictor) + (f", {self.asked.style.count_head}" if counted else "")
            if self._term(self.block.model, predictor) or self._term(self.block.single(predictor), predictor):
                self.notes.say("Of grades, the odds ratio is that of one grade more.")
            yield Row((head,), self._cells(subject, [()] * len(self.shape.groups), predictor), level)
            for label in classes:
                yield self._class(subject, predictor, label, level + 1)
        if subject is not None and subject.analysis in self.block.described:
            yield from absent_rows(self.asked, subject, self.shape.groups, self.shape.more, level=level + 1)

    def _label(self, subject: Subject | None, predictor: Predictor | None) -> str:
        if subject is not None:
            return self.asked.label(subject)
        assert predictor is not None
        material = self.asked.material
        when = [small(material.timepoint_label(predictor.at))] if predictor.at else []
        by = [reader(predictor.reader)] if predictor.reader else []
        return ", ".join([material.variable_label(predictor.variable), *when, *by])

    def _classes(self, subject: Subject | None, predictor: Predictor | None) -> list[str]:
        """The classes described, else those a model tells apart; none of a number."""
        if subject is not None:
            found = self.asked.material.entries("percent", [subject.analysis], **subject.about)
            if classes := list(dict.fromkeys(entry.about["category"] for entry in found)):
                return classes
        variable = self._variable_of(predictor)
        coded = predictor is not None and predictor.as_ != "number"
        return list(variable.labels) if variable is not None and coded else []

    def _variable_of(self, predictor: Predictor | None) -> Variable | None:
        return self.asked.material.codebook.variables.get(predictor.variable) if predictor else None

    def _number(self, subject: Subject | None, predictor: Predictor | None, level: int) -> Row:
        summary = self.asked.summaries[0]
        head, cells = self._label(subject, predictor), list[Cell]([()] * len(self.shape.groups))
        if subject is not None and self.asked.find(subject, "mean") is not None:
            head += f", {small(summary_head(self.asked, summary))}"
            cells = [summarised(self.asked, subject, group, summary) for group in self.shape.groups]
        elif subject is not None and self.asked.find(subject, "responder_percent") is not None:
            head += f", {self.asked.style.count_head}"
            found = [self.asked.find(subject, "responder_percent", group=group) for group in self.shape.groups]
            cells = [share(self.asked, entry) if entry else () for entry in found]
        return Row((head,), self._cells(subject, cells, predictor), level)

    def _class(self, subject: Subject | None, predictor: Predictor | None, label: str, level: int) -> Row:
        cells: list[Cell] = []
        for group in self.shape.groups:
            entry = self.asked.find(subject, "percent", category=label, group=group) if subject else None
            cells.append(share(self.asked, entry) if entry else ())
        aside: list[Cell] = [()] * self.shape.apart
        single, model = self.block.single(predictor), self.block.model
        alone = self._class_ratio(single, predictor, label) if self.shape.ratio else [()] * self.shape.alone
        together = self._class_ratio(model, predictor, label) if self.shape.modelled else []
        return Row((capital(label),), (*cells, *aside, *alone, *together), level)

    def _class_ratio(self, model: Logistic | None, predictor: Predictor | None, label: str) -> list[Cell]:
        if model is not None and label == self._reference(predictor):
            return [REFERENCE, ()]
        return self._ratio(self._term(model, predictor, label))

    def _cells(self, subject: Subject | None, groups: Sequence[Cell], predictor: Predictor | None) -> tuple[Cell, ...]:
        """The first line of a variable: what it is by group, its own effect and p, its odds ratio if it is a number."""
        outside = not_grouped(self.asked, subject) if subject and self.shape.apart else None
        aside: list[Cell] = [count(self.asked, outside)] if self.shape.apart else []
        alone = self._alone(subject, predictor)
        together = self._ratio(self._term(self.block.model, predictor)) if self.shape.modelled else []
        return (*groups, *aside, *alone, *together)

    def _alone(self, subject: Subject | None, predictor: Predictor | None) -> list[Cell]:
        """The odds ratio of a model of nothing else; where there is none, the p of a test."""
        single = self.block.single(predictor)
        if single is not None:
            return self._ratio(self._term(single, predictor))
        if not (self.shape.alone or self.shape.ratio):
            return []
        return [*([()] * self.shape.ratio), self._tested(subject)]

    def _tested(self, subject: Subject | None) -> Cell:
        """The p of a test of the variable alone."""
        if subject is None:
            return ()
        names = (*COUNTS, *RANKS, *MEANS, *FAILED)
        found = [e for n in names for e in self.asked.material.entries(n, self.block.compared, **subject.about)]
        return test_cell(self.asked, found, self.notes)

    def _ratio(self, term: Entry | None) -> list[Cell]:
        """An odds ratio and its p; what failed says so once."""
        if term is None:
            return [(), ()]
        cell = estimate_interval(self.asked, term, self.asked.style.estimate_decimals)
        return [cell, () if term.row.error is not None else p_value(self.asked, term)]

    def _reference(self, predictor: Predictor | None) -> str | None:
        variable = self._variable_of(predictor)
        if predictor is None or variable is None or not variable.labels or predictor.as_ == "number":
            return None
        return predictor.reference or variable.labels[0]

    def _term(self, model: Logistic | None, predictor: Predictor | None, label: str | None = None) -> Entry | None:
        """The odds ratio of a number, or of a class against the reference."""
        if predictor is None or model is None:
            return None
        term = column_name(predictor.variable, timepoint=predictor.at, reader=predictor.reader)
        if label is not None:
            term += f": {label} against {self._reference(predictor)}"
        return self.asked.material.entry("odds_ratio", [model.name], term=term)

    def _fitted(self, level: int) -> Iterator[Row]:
        """How many the model rests on, of how many."""
        model = self.block.model
        entry = self.asked.material.entry("odds_ratio", [model.name]) if model else None
        if entry is not None:
            blank: list[Cell] = [()] * (len(self.shape.groups) + self.shape.more - 2)
            yield Row(("In the model, n",), (*blank, fitted_to(self.asked, entry), ()), level)


def predictors(material: Material, wanted: TableWanted) -> Body:
    """A block per model, or per outcome that predictors were described by."""
    asked, notes = Asked(material, wanted), Notes()
    blocks = blocks_of(asked)
    shape = _shape(asked, blocks)
    tables = [Predictors(asked, block, shape, notes) for block in blocks]
    rows: list[Row] = []
    for table in tables:
        if len(blocks) > 1:
            rows += [Row((_title(asked, table.block),), kind="group"), *_sizes(table)]
        rows += table.rows(int(len(blocks) > 1))
    used = [name for block in blocks for name in (*block.described, *block.compared)]
    rows += left_out_rows(asked, used, shape.groups, shape.more)
    columns, spans = _heads(asked, blocks, shape)
    return finished(material, "Predictor", columns, rows, notes, spans)


def _shape(asked: Asked, blocks: Sequence[Block]) -> Shape:
    described = [name for block in blocks for name in block.described]
    groups = list(dict.fromkeys(label for name in described for label in asked.groups([name])))
    return Shape(
        groups,
        apart=any(not_grouped(asked, subject) for subject in asked.subjects(described)),
        ratio=any(block.singles for block in blocks),
        alone=any(block.compared for block in blocks),
        modelled=any(block.model for block in blocks),
    )


def _title(asked: Asked, block: Block) -> str:
    return asked.material.analysis_title(block.model.name) if block.model else _success(asked, block.success)


def _success(asked: Asked, success: OutcomeAt) -> str:
    label = capital(asked.material.outcome_label(success.outcome))
    at = asked.time(success.at)
    return f"{label}, {small(at)}" if at else label


def _sizes(table: Predictors) -> list[Row]:
    """Where several blocks share the columns, how many each has in them."""
    described = table.block.described
    if not described:
        return []
    found = (table.asked.material.entry("missing", described, group=group) for group in table.shape.groups)
    blank: list[Cell] = [()] * table.shape.more
    return [Row(("n",), (*(denominator(table.asked, [entry]) for entry in found), *blank), 1)]


def _heads(asked: Asked, blocks: Sequence[Block], shape: Shape) -> tuple[list[Column], list[Span]]:
    symbol, ratio = asked.style.p.symbol, Column(f"OR ({asked.interval_head})")
    groups = shape.groups
    own = [asked.column(g, blocks[0].described) if len(blocks) == 1 else Column(g) for g in groups]
    columns = [*(Column(capital(column.head), column.sub) for column in own)]
    columns += [Column("Outcome missing")] * shape.apart
    successes = list(dict.fromkeys(_success(asked, block.success) for block in blocks))
    spans = [Span(successes[0] if len(successes) == 1 else "Success", len(groups))] if groups else []
    spans += [Span("", 1)] * shape.apart
    if shape.ratio or shape.alone:
        alone = [*([ratio] * shape.ratio), Column(symbol)]
        columns += alone
        spans.append(Span("Alone", len(alone)))
    if shape.modelled:
        columns += [ratio, Column(symbol)]
        spans.append(Span("Together", 2))
    return columns, spans
