"""A mapping made ready to run: one converter per source column, and the place in the snapshot its codes go to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

from foramen.intake import reasons
from foramen.intake.converters import (
    CodeConverter,
    Converter,
    DateConverter,
    DayConverter,
    KeyConverter,
    NumberConverter,
    NumberRule,
    labelled,
    scaled,
)
from foramen.intake.mapping import ColumnMapping, TableMapping, VariableMapping
from foramen.intake.mapping_checks import SITE
from foramen.snapshot.codebook import Column, Variable
from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import MODE, IndexEvent, Timepoint, answer_columns, value_columns

Role = Literal["value", "day", "date", "mode"]


@dataclass(frozen=True)
class Field:
    """A source column that is kept. `variable` is None for a day or mode of all assessments at the time point.

    `follows_row` says that the time point is the row's; `asked` are then the positions of the time points it may have.
    """

    header: str
    converter: Converter
    variable: Variable | None
    role: Role = "value"
    timepoint: str | None = None
    follows_row: bool = False
    asked: frozenset[int] = frozenset()
    reader: str | None = None
    target: int | None = None

    @property
    def wide(self) -> bool:
        """Whether its codes may need 64 bits: a number without a declared range."""
        v = self.variable
        bounded = v is not None and v.low is not None and v.high is not None and max(-v.low, v.high) < 2**31 - 1
        return self.role == "value" and v is not None and v.kind == "number" and not bounded


@dataclass(frozen=True)
class Plan:
    """Everything the import needs from the mapping."""

    mapping: TableMapping
    variables: tuple[Variable, ...]
    fields: tuple[Field, ...]
    timepoints: tuple[Timepoint, ...]
    patient: KeyConverter
    site: KeyConverter
    key: KeyConverter
    date: DateConverter
    timepoint: CodeConverter
    items: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def index_event(self) -> IndexEvent:
        return self.mapping.index_event.kind

    @property
    def long(self) -> bool:
        return self.mapping.rows.shape == "long"

    @property
    def dated(self) -> bool:
        return self.mapping.index_event.date is not None

    def site_of(self, file: Path) -> str | None:
        """The site of a whole file, or None when a column says it."""
        site = self.mapping.site
        return site.files[file.name] if site.files is not None else site.constant

    def columns(self) -> tuple[Column, ...]:
        """The columns of the treatment row file: the site, then each variable at its time points or by its readers."""
        readers = self.readers()
        found = [Column(SITE, SITE)]
        for variable in self.variables:
            entry = dictionary().tables[variable.table]
            if entry.unit == "target" or variable.name == MODE:
                continue
            times = self._times(variable) if entry.shape == "observation" else [None]
            for value in value_columns(variable, timepoints=times, readers=readers):
                found += [value, *answer_columns(value, self._roles(variable, value.timepoint))]
        return tuple(found)

    def readers(self) -> tuple[str, ...]:
        """Every reader in the mapping, in its order."""
        return tuple(dict.fromkeys(f.reader for f in self.fields if f.reader is not None))

    def assessed(self) -> list[Variable]:
        return [v for v in self.variables if v.table == "assessments" and v.name != MODE]

    def _times(self, variable: Variable) -> list[str | None]:
        names = [timepoint.name for timepoint in self.timepoints]
        values = [f for f in self.fields if f.variable == variable and f.role == "value"]
        used = {time for f in values for time in self._field_times(f)}
        return [name for name in [*names, None] if name in used]

    def _field_times(self, one: Field) -> set[str | None]:
        return {self.timepoints[i].name for i in one.asked} if one.follows_row else {one.timepoint}

    def _roles(self, variable: Variable, timepoint: str | None) -> Iterator[Literal["day", "mode"]]:
        if variable.table != "assessments":
            return
        for role, names in (("day", ("day", "date")), ("mode", ("mode",))):
            if any(f.role in names and self._concerns(f, variable, timepoint) for f in self.fields):
                yield "day" if role == "day" else "mode"

    def _concerns(self, one: Field, variable: Variable, timepoint: str | None) -> bool:
        return one.variable in (None, variable) and timepoint in self._field_times(one)


def make_plan(mapping: TableMapping) -> Plan:
    """The plan of a mapping whose content has been checked."""
    variables = {name: _variable(mapping, name, v) for name, v in mapping.variables.items()}
    columns = {header: c for header, c in mapping.columns.items() if not c.ignore}
    missing = {*mapping.source.missing, *mapping.source.suppressed}
    positions = {code: i for i, t in enumerate(mapping.timepoints.values()) for code in t.codes}
    return Plan(
        mapping,
        tuple(variables.values()),
        tuple(_field(mapping, variables, header, column) for header, column in columns.items()),
        tuple(Timepoint(name, t.label, t.day) for name, t in mapping.timepoints.items()),
        KeyConverter(None, missing, reasons.NO_PATIENT, reasons.NO_PATIENT),
        KeyConverter(mapping.site.codes, missing, reasons.NO_SITE, reasons.UNKNOWN_SITE),
        KeyConverter(None, missing, reasons.NO_INDEX_KEY, reasons.NO_INDEX_KEY),
        DateConverter(mapping.source.dates, missing),
        CodeConverter(positions, (), (), reasons.UNKNOWN_TIMEPOINT),
        {name: (v.instrument, v.item) for name, v in mapping.variables.items() if v.instrument and v.item},
    )


def _variable(mapping: TableMapping, name: str, v: VariableMapping) -> Variable:
    labels = tuple(dict.fromkeys(mapping.codes_of(v.codes).values()))
    low, high = scaled(v.low, v.decimals), scaled(v.high, v.decimals)
    return Variable(name, v.table, v.kind, v.label, v.unit, v.decimals, labels, low, high, v.better)


def _field(mapping: TableMapping, variables: dict[str, Variable], header: str, column: ColumnMapping) -> Field:
    variable = variables[column.variable] if column.variable is not None else None
    entry = dictionary().tables[variable.table] if variable is not None else dictionary().tables["assessments"]
    timed = entry.shape == "observation" and entry.name != "doses"
    follows = mapping.rows.shape == "long" and timed and column.timepoint is None
    names = list(mapping.timepoints)
    asked = frozenset(names.index(name) for name in column.timepoints or names) if follows else frozenset[int]()
    converter = _converter(mapping, variables, column, variable)
    return Field(
        header, converter, variable, column.role, column.timepoint, follows, asked, column.reader, column.target
    )


def _converter(
    mapping: TableMapping, variables: dict[str, Variable], column: ColumnMapping, variable: Variable | None
) -> Converter:
    missing = {*mapping.source.missing, *column.missing}
    suppressed = {*mapping.source.suppressed, *column.suppressed}
    if column.role == "day":
        return DayConverter(missing | suppressed, ())
    if column.role == "date":
        return DateConverter(mapping.source.dates, missing | suppressed)
    described = variables[MODE] if column.role == "mode" else variable
    if described is None or described.kind == "category":
        return _code_converter(mapping, column, described or variables[MODE], missing, suppressed)
    rule = NumberRule(
        described.decimals,
        Fraction(column.multiply if column.multiply is not None else 1),
        described.low,
        described.high,
        column.round,
        mapping.source.decimal,
    )
    return NumberConverter(rule, missing, suppressed)


def _code_converter(
    mapping: TableMapping, column: ColumnMapping, variable: Variable, missing: set[str], suppressed: set[str]
) -> Converter:
    codes = mapping.codes_of(column.codes) or mapping.codes_of(mapping.variables[variable.name].codes)
    if column.role == "mode":
        missing, suppressed = missing | suppressed, set()
    return CodeConverter(labelled(codes, variable.labels), missing, suppressed, reasons.UNKNOWN_CODE)
