"""What a row gives away beyond the numbers that it prints: the cells of the count table behind it.

A test or an effect of a small table is a function of its cells that can be turned round, so such a row is shown only if
each cell might be shown. A summary of numbers is not turned round as long as it is of enough units; a number with at
most three different values is a category by another name and is judged as one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from foramen.disclosure.blocks import MISSING, RECORDED, SUPPRESSED, UNITS, Block, Group
from foramen.disclosure.ledger import Line, Number
from foramen.disclosure.reader import Reader
from foramen.disclosure.reasons import UNKNOWN, UNSEEN, Reasons
from foramen.disclosure.rules import Rule, rule_of
from foramen.statistics.result import Statistic
from foramen.statistics.sums import MomentTable, RankSums
from foramen.statistics.tables import Axis, Cell, Code, CountTable

Input = CountTable | RankSums | MomentTable

FEW_VALUES = 3
"""A number with so many different values or fewer is judged as a category: mean, deviation and n give its counts."""

OF_A_TABLE = 0.001
"""What a count table is worth to the reader of a report: it goes before any number does."""

TABULAR = (Rule.NUMBERS, Rule.EXTREME, Rule.CELLS, Rule.MODEL)
"""Rules of rows that say more than the numbers they print."""


@dataclass(frozen=True)
class Judge:
    """Makes the lines of a report with the tables behind them. `grouping` is the name of the axis of groups."""

    reader: Reader
    threshold: int
    grouping: str

    def compares_groups(self, table: Input | None) -> bool:
        return isinstance(table, CountTable) and self.grouping in [axis.name for axis in table.axes]

    def line(self, row: Statistic, table: Input | None) -> Line:
        """What a row prints and gives away, or why it is ruled out. Rows that compare groups come after all others."""
        rule = rule_of(row)
        if row.error is None and (row.n is None or row.denominator is None):
            return Line(ruled=UNSEEN if rule else UNKNOWN)
        if row.name == "percent_agreement" and isinstance(table, CountTable):
            self.reader.block(row).put(None, UNITS, table.total)
        if rule not in TABULAR or row.n is None:
            return self.reader.line(row)
        if isinstance(table, CountTable) and self.compares_groups(table):
            return self._between_groups(row, table, rule)
        line = self.reader.line(row)
        if table is None:
            return replace(line, ruled=UNSEEN)
        if rule is Rule.MODEL:
            return self._model(row, line, table)
        if not isinstance(table, CountTable):
            return line
        if rule is Rule.CELLS or all(_is_category(table, i) for i in range(len(table.axes))):
            line = self._cells(row, line, table)
        return self._extreme(row, line, table) if rule is Rule.EXTREME else line

    def table_line(self, row: Statistic, line: Line, table: Input) -> Line | None:
        """What a whole table shows, as a line that is worth little; None where it may not be shown whatever else is.

        Kept are tables of one thing, by group or not, and tables of what was counted together, if all have a value.
        """
        counts = table.cells if isinstance(table, CountTable) else ()
        if not counts or any(count < self.threshold for _, count in counts):
            return None
        assert isinstance(table, CountTable)
        grouped = self.compares_groups(table)
        if rule_of(row) is Rule.COUNT and row.name not in ("n", "missing", "suppressed", "transition"):
            return Line(line.shows, weight=OF_A_TABLE)
        if len(table.axes) - grouped == 1:
            return Line(self._whole(row, table), weight=OF_A_TABLE)
        if grouped or table.complete() != table or rule_of(row) is Rule.MODEL:
            return None
        return replace(self._cells(row, line, table), n=(), denominator=(), own=None, weight=OF_A_TABLE)

    def _whole(self, row: Statistic, table: CountTable) -> tuple[Number, ...]:
        """Every cell of a table of one thing, those without a value among them."""
        parts = [(self.reader.group(row), table)]
        if self.compares_groups(table):
            axis, scheme = table.axis(self.grouping), self.reader.schemes[dict(row.about).get("analysis", "")]
            parts = [((scheme, label), table.slice(axis.name, code)) for code, label in axis.labels]
        block, shown = self.reader.block_of(_of_one_thing(row), ""), list[Number]()
        for group, part in parts:
            found, recorded = dict(part.cells), part.complete().total
            missing = found.get((None,), 0)
            shown += self._values(block, group, part)
            shown += [block.put(group, RECORDED, recorded), block.put(group, UNITS, part.total)]
            shown.append(block.put(group, MISSING, missing))
            if withheld := part.total - recorded - missing:
                shown.append(block.put(group, SUPPRESSED, withheld))
        return tuple(shown)

    def _extreme(self, row: Statistic, line: Line, table: CountTable) -> Line:
        ends = table.complete().cells
        if not ends:
            return line
        _, held = ends[0] if row.name == "minimum" else ends[-1]
        few = Reasons(self.threshold).extreme if held < self.threshold else None
        return replace(line, ruled=few, weight=line.weight / 2)

    def _between_groups(self, row: Statistic, table: CountTable, rule: Rule) -> Line:
        """It needs what each of its groups needs, under the names that the descriptions of the groups have. Units that
        are in no group may be in its denominator.
        """
        about, axis = dict(row.about), table.axis(self.grouping)
        asked = [about[key] for key in ("group", "against") if key in about]
        recorded, cells = list[Number](), list[Number]()
        units, of_these = list[Number](), list[Number]()
        block = self.reader.block_of(_of_one_thing(row), "")
        for code, label in axis.labels:
            group: Group = (self.reader.schemes[about.get("analysis", "")], label)
            part = table.slice(axis.name, code)
            enough, everybody = block.put(group, RECORDED, part.complete().total), block.put(group, UNITS, part.total)
            turned = rule is Rule.CELLS or _is_category(part, 0)
            own = self._values(block, group, part) if turned else self._described(block, group)
            units.append(everybody)
            if not asked or label in asked:
                recorded.append(enough)
                cells += own
                of_these.append(everybody)
        if row.denominator != sum(self.reader.ledger.count(number) for number in of_these):
            of_these = [block.put(None, UNITS, table.total), *units]
        return Line((*recorded, *cells), None, tuple(recorded), denominator=tuple(of_these))

    def _values(self, block: Block, group: Group, part: CountTable) -> list[Number]:
        """The cells of one axis, under the names that the rows of percentages have."""
        (axis,), found = part.axes, dict(part.cells)
        binary = [label for _, label in axis.labels] == ["no", "yes"]
        partition = "answers" if binary else "categories" if axis.labels else "values"
        codes = part.levels(axis.name)
        return [block.put(group, _state(axis, code), found.get((code,), 0), partition=partition) for code in codes]

    def _described(self, block: Block, group: Group) -> list[Number]:
        """The percentages of the same thing: a rank test of grades says something of each grade."""
        return [
            other.counts[group][state]
            for other in self.reader.blocks.values()
            if other.subject == block.subject and group in other.counts
            for state in other.partitions.get("categories", ())
            if state in other.counts[group]
        ]

    def _cells(self, row: Statistic, line: Line, table: CountTable) -> Line:
        """A table of one group: of one thing, of two times, or of several readers."""
        block, group = self.reader.block(row), self.reader.group(row)
        if len(table.axes) == 1:
            return replace(line, needs=(*line.needs, *self._values(block, group, table)))
        cells = [
            block.put(group, tuple(map(_state, table.axes, cell)), count, partition="cells")
            for cell, count in table.complete().cells
        ]
        return replace(line, needs=(*line.needs, *cells))

    def _model(self, row: Statistic, line: Line, table: Input) -> Line:
        """Enough units in each part, more than are spent on terms, and more patterns than terms by as many: else its
        coefficients are the counts of the patterns. A term that sets few against others has no row."""
        terms = {dict(other.about).get("term") for other in self.reader.rows if _of_one_model(row, other)} - {None}
        words = Reasons(self.threshold)
        assert row.n is not None
        if row.n >= self.threshold > row.n - len(terms):
            return replace(line, ruled=words.few)
        parts = _parts_of_model(table)
        if isinstance(table, CountTable) and len(_patterns(table)) - len(terms) < self.threshold:
            parts = [*parts, *(count for _, count in table.complete().cells)]
        if any(0 < count < self.threshold for count in parts):
            return replace(line, ruled=words.gives_away)
        few = any(0 < count < self.threshold for count in _levels_of_term(row, table))
        return replace(line, ruled=words.few if few else None)


def _state(axis: Axis, code: Code) -> str:
    return axis.label(code) if axis.labels else f"= {code}"


def _is_category(table: CountTable, place: int) -> bool:
    """Whether an axis has labels, or so few values that they are classes."""
    hidden = {None, table.axes[place].suppressed}
    values = {cell[place] for cell, _ in table.cells} - hidden
    return bool(table.axes[place].labels) or len(values) <= FEW_VALUES


def _of_one_thing(row: Statistic) -> Statistic:
    """The row without the group it is held against: what is counted in each group is one thing."""
    return replace(row, about=tuple(pair for pair in row.about if pair[0] != "against"))


def _of_one_model(row: Statistic, other: Statistic) -> bool:
    return other.inputs == row.inputs and dict(other.about).get("model") == dict(row.about).get("model")


def _parts_of_model(table: Input) -> Sequence[int]:
    """How many have the outcome and how many do not; how many are in each group, at each time."""
    if isinstance(table, MomentTable):
        return _parts_of_moments(table)
    if isinstance(table, RankSums):
        return [part.n for _, part in table.groups]
    return [count for _, count in table.complete().margin_at([len(table.axes) - 1]).cells]


def _patterns(table: CountTable) -> set[Cell]:
    """The combinations of covariates that somebody has; the outcome is the last axis."""
    return {cell[:-1] for cell, _ in table.complete().cells}


def _levels_of_term(row: Statistic, table: Input) -> Iterable[int]:
    """How many have the level of a category that a term is of, and how many the level it is set against."""
    term = dict(row.about).get("term", "")
    if not isinstance(table, CountTable):
        return []
    levels = [
        (f"{axis.name}: {axis.label(code)} against ", f" against {axis.label(code)}", axis.name, count)
        for place, axis in enumerate(table.axes[:-1])
        for (code,), count in table.complete().margin_at([place]).cells
        if axis.labels
    ]
    return [
        n for of, to, name, n in levels if term.startswith(of) or (term.startswith(f"{name}: ") and term.endswith(to))
    ]


def _parts_of_moments(table: MomentTable) -> list[int]:
    found: dict[tuple[object, int], int] = {}
    for (group, observed), moment in table.cells:
        for column, there in enumerate((*observed, all(observed))):
            if there:
                found[group, column] = found.get((group, column), 0) + moment.n
    return list(found.values())
