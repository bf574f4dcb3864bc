"""Predictors of success: counts with and without it, each alone, then all together in a model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import count, denominator, estimate_interval, share, summarised, summary_head
from foramen.report.layouts.lines import absent_rows, left_out_rows, not_grouped
from foramen.report.layouts.names import capital, small
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import COUNTS, FAILED, MEANS, RANKS, p_value
from foramen.report.layouts.performance import fitted_to
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row, Span
from foramen.snapshot.codebook import Variable, column_name
from foramen.study.analysis_definition import Logistic, OutcomeAt, Predictor
from foramen.study.display_definition import TableWanted

REFERENCE: Cell = ("1 (reference)",)


@dataclass(frozen=True)
class Block:
    """One model with the descriptions and comparisons by the same outcome; or these alone."""

    success: OutcomeAt
    model: Logistic | None
    described: Sequence[str]
    compared: Sequence[str]
    elsewhere: Sequence[Predictor]
    """What other models of the table hold: of two readers, each has the own findings in the own block."""


@dataclass(frozen=True)
class Predictors:
    """The rows of a block. Cells are: each group, who is in none, p alone, odds ratio, p in the model."""

    asked: Asked
    block: Block
    groups: Sequence[str]
    notes: Notes
    apart: bool
    alone: bool
    modelled: bool

    @property
    def more(self) -> int:
        """Columns beside those of the groups."""
        return self.apart + self.alone + 2 * self.modelled

    def rows(self, level: int) -> Iterator[Row]:
        subjects = self.asked.subjects([*self.block.described, *self.block.compared])
        used: list[Subject] = []
        for predictor in self.block.model.predictors if self.block.model else ():
            subject = next((s for s in subjects if self._is(s, predictor)), None)
            used += [subject] if subject else []
            yield from self._variable(subject, predictor, level)
        for subject in subjects:
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
            head = f"{self._label(subject, predictor)}, {self.asked.style.count_head}"
            if (ratio := self._term(predictor)) is not None:
                self.notes.say("Of grades, the odds ratio is that of one grade more.")
            yield Row((head,), self._cells(subject, [()] * len(self.groups), ratio), level)
            for label in classes:
                yield self._class(subject, predictor, label, level + 1)
        if subject is not None and subject.analysis in self.block.described:
            yield from absent_rows(self.asked, subject, self.groups, self.more, level=level + 1)

    def _label(self, subject: Subject | None, predictor: Predictor | None) -> str:
        if subject is not None:
            return self.asked.label(subject)
        assert predictor is not None
        material = self.asked.material
        when = [small(material.timepoint_label(predictor.at))] if predictor.at else []
        by = [f"reader {predictor.reader}"] if predictor.reader else []
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
        head, cells = self._label(subject, predictor), list[Cell]([()] * len(self.groups))
        if subject is not None and self.asked.find(subject, "mean") is not None:
            head += f", {small(summary_head(self.asked, summary))}"
            cells = [summarised(self.asked, subject, group, summary) for group in self.groups]
        elif subject is not None and self.asked.find(subject, "responder_percent") is not None:
            head += f", {self.asked.style.count_head}"
            found = [self.asked.find(subject, "responder_percent", group=group) for group in self.groups]
            cells = [share(self.asked, entry) if entry else () for entry in found]
        return Row((head,), self._cells(subject, cells, self._term(predictor)), level)

    def _class(self, subject: Subject | None, predictor: Predictor | None, label: str, level: int) -> Row:
        cells: list[Cell] = []
        for group in self.groups:
            entry = self.asked.find(subject, "percent", category=label, group=group) if subject else None
            cells.append(share(self.asked, entry) if entry else ())
        reference, term = self._reference(predictor), self._term(predictor, label)
        ratio = [REFERENCE, ()] if label == reference and self.modelled else self._ratio(term)
        blank: list[Cell] = [()] * (self.apart + self.alone)
        return Row((capital(label),), (*cells, *blank, *ratio), level)

    def _cells(self, subject: Subject | None, groups: Sequence[Cell], term: Entry | None) -> tuple[Cell, ...]:
        """The first line of a variable: what it is by group, its own p, and its odds ratio if it is a number."""
        outside = not_grouped(self.asked, subject) if subject and self.apart else None
        aside: list[Cell] = [count(self.asked, outside)] if self.apart else []
        own: list[Cell] = [self._p(subject)] if self.alone else []
        return (*groups, *aside, *own, *self._ratio(term))

    def _p(self, subject: Subject | None) -> Cell:
        """Every test of the variable alone."""
        cell: Cell = ()
        for name in (*COUNTS, *RANKS, *MEANS, *FAILED) if subject else ():
            assert subject is not None
            for entry in self.asked.material.entries(name, self.block.compared, **subject.about):
                cell = (*cell, *(["; "] if cell else []), *p_value(self.asked, entry, self.notes))
        return cell

    def _ratio(self, term: Entry | None) -> list[Cell]:
        if not self.modelled:
            return []
        places = self.asked.style.estimate_decimals
        return [estimate_interval(self.asked, term, places), p_value(self.asked, term) if term else ()]

    def _reference(self, predictor: Predictor | None) -> str | None:
        variable = self._variable_of(predictor)
        if predictor is None or variable is None or not variable.labels or predictor.as_ == "number":
            return None
        return predictor.reference or variable.labels[0]

    def _term(self, predictor: Predictor | None, label: str | None = None) -> Entry | None:
        """The odds ratio of a number, or of a class against the reference."""
        if predictor is None or self.block.model is None:
            return None
        term = column_name(predictor.variable, timepoint=predictor.at, reader=predictor.reader)
        if label is not None:
            term += f": {label} against {self._reference(predictor)}"
        return self.asked.material.entry("odds_ratio", [self.block.model.name], term=term)

    def _fitted(self, level: int) -> Iterator[Row]:
        """How many the model rests on, of how many."""
        model = self.block.model
        entry = self.asked.material.entry("odds_ratio", [model.name]) if model else None
        if entry is not None:
            blank: list[Cell] = [()] * (len(self.groups) + self.more - 2)
            yield Row(("In the model, n",), (*blank, fitted_to(self.asked, entry), ()), level)


def predictors(material: Material, wanted: TableWanted) -> Body:
    """A block per model, or per outcome that predictors were described by."""
    asked, notes = Asked(material, wanted), Notes()
    blocks = _blocks(asked)
    described = [name for block in blocks for name in block.described]
    groups = list(dict.fromkeys(label for name in described for label in asked.groups([name])))
    subjects = asked.subjects(described)
    apart = any(not_grouped(asked, subject) for subject in subjects)
    alone, modelled = any(block.compared for block in blocks), any(block.model for block in blocks)
    rows: list[Row] = []
    tables = [Predictors(asked, block, groups, notes, apart, alone, modelled) for block in blocks]
    for table in tables:
        if len(blocks) > 1:
            rows += [Row((_title(asked, table.block),), kind="group"), *_sizes(table)]
        rows += table.rows(int(len(blocks) > 1))
    used = [*described, *(name for block in blocks for name in block.compared)]
    rows += left_out_rows(asked, used, groups, tables[0].more)
    columns, spans = _heads(asked, blocks, groups, apart=apart, alone=alone, modelled=modelled)
    return finished(material, "Predictor", columns, rows, notes, spans)


def _blocks(asked: Asked) -> list[Block]:
    known = {a.name: a for a in asked.material.study.analyses if isinstance(a, Logistic)}
    models = [known[name] for name in asked.named("logistic")]
    grouped = [name for name in asked.named("describe", "compare") if asked.by(name) is not None]
    if not models and not grouped:
        raise NothingToShowError(
            "This table needs an analysis of kind logistic, or of kind describe or compare `by` the outcome to predict."
        )
    alone = dict.fromkeys(by for name in grouped if (by := asked.by(name)) is not None)
    predicted = [model.outcome for model in models]
    found = [*zip(predicted, models, strict=True), *((by, None) for by in alone if by not in predicted)]
    return [_block(asked, success, model, models, grouped) for success, model in found]


def _block(
    asked: Asked, success: OutcomeAt, model: Logistic | None, models: Sequence[Logistic], grouped: Sequence[str]
) -> Block:
    names = [name for name in grouped if asked.by(name) == success]
    described = [name for name in names if name in asked.named("describe")]
    elsewhere = [predictor for other in models if other is not model for predictor in other.predictors]
    return Block(success, model, described, [name for name in names if name not in described], elsewhere)


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
    found = (table.asked.material.entry("missing", described, group=group) for group in table.groups)
    blank: list[Cell] = [()] * table.more
    return [Row(("n",), (*(denominator(table.asked, [entry]) for entry in found), *blank), 1)]


def _heads(
    asked: Asked, blocks: Sequence[Block], groups: Sequence[str], *, apart: bool, alone: bool, modelled: bool
) -> tuple[list[Column], list[Span]]:
    symbol = asked.style.p.symbol
    own = [asked.column(g, blocks[0].described) if len(blocks) == 1 else Column(g) for g in groups]
    columns = [*(Column(capital(column.head), column.sub) for column in own), *([Column("Outcome missing")] * apart)]
    successes = list(dict.fromkeys(_success(asked, block.success) for block in blocks))
    spans = [Span(successes[0] if len(successes) == 1 else "Success", len(groups))] if groups else []
    spans += [Span("", 1)] * apart
    if alone:
        columns.append(Column(symbol))
        spans.append(Span("Alone", 1))
    if modelled:
        columns += [Column(f"OR ({asked.interval_head})"), Column(symbol)]
        spans.append(Span("Together", 2))
    return columns, spans
