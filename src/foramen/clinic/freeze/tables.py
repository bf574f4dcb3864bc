"""The tables of a snapshot while they grow, and then as codes with the layout that they imply."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from foramen.clinic.freeze.answers import ASKED, FOLLOWED, RIGHT_BEFORE_AND_AFTER, TIMEPOINTS, Answer
from foramen.clinic.freeze.variables import VARIABLES, Described
from foramen.snapshot.codebook import Column, Variable
from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import MODE, Layout, answer_columns, value_columns
from foramen.snapshot.observed import conform, observed_layout

FINEST = 4
"""Decimals that a dose may have; unless some dose needs them, the code book has fewer."""

ALWAYS = (*RIGHT_BEFORE_AND_AFTER, *FOLLOWED)
"""Time points at which every snapshot has a pain score, if only missing ones."""

Lists = dict[str, list[Any]]


_TEXTS = pa.dictionary(pa.int32(), pa.string())


@dataclass(slots=True)
class Growing:
    """Rows as they come; every so often they are packed, which takes a tenth of the space."""

    lists: dict[str, Lists] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    packed: dict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    patients: int = 0
    treatments: int = 0

    def add(self, table: str, row: Mapping[str, Any]) -> None:
        """A row of a table, by column."""
        columns = self.lists[table]
        for name, value in row.items():
            columns[name].append(value)

    def pack(self) -> None:
        for name, columns in self.lists.items():
            schema = pa.schema([(column, _kind(name, column)) for column in columns])
            self.packed[name].append(pa.table(dict(columns), schema=schema))
        self.lists.clear()

    def whole(self, name: str) -> pa.Table | None:
        """Everything of a table."""
        return pa.concat_tables(self.packed[name]).unify_dictionaries() if name in self.packed else None


def _kind(table: str, column: str) -> pa.DataType:
    """Texts as a dictionary; numbers as wide as they may be until the layout knows better."""
    described = _BY_NAME.get(column)
    of_table = described is not None and described.kind == "category" and not _is_observed(table)
    texts = column in ("variable", "timepoint") or of_table
    return _TEXTS if texts else pa.int64() if table == "doses" else pa.int32()


def _is_observed(table: str) -> bool:
    """Whether a table has a row for each answer, with its code, and not a column for each variable."""
    return dictionary().tables[table].shape == "observation"


_BY_NAME = {one.name: one for one in VARIABLES}


def answer_row(index: int, one: Answer) -> dict[str, Any]:
    return {
        "index_id": index, "variable": one.variable, "timepoint": one.timepoint, "code": one.code, "day": one.day,
        "mode": one.mode,
    }  # fmt: skip


def event_row(index: int, variable: str, code: int) -> dict[str, Any]:
    return {"index_id": index, "variable": variable, "timepoint": None, "code": code}


def dose_code(value: Decimal) -> int:
    """A dose with the most decimals that there may be."""
    return int(value.scaleb(FINEST))


def coded(growing: Growing, described: Sequence[Described]) -> tuple[dict[str, pa.Table], list[Variable]]:
    """The tables as codes, and the variables with the labels and decimals that occur."""
    tables = {name: found for name in dictionary().tables if (found := growing.whole(name)) is not None}
    variables = []
    for one in described:
        labels, decimals = one.labels or (), one.decimals
        if one.table == "doses":
            tables["doses"], decimals = _with_fewer_decimals(tables.get("doses"), one.name)
        elif one.kind == "category" and one.table in tables and not _is_observed(one.table):
            tables[one.table], labels = _encoded(tables[one.table], one)
        variables.append(one.variable(labels, decimals))
    return {name: table for name, table in tables.items() if table.num_rows}, variables


def _encoded(table: pa.Table, one: Described) -> tuple[pa.Table, tuple[str, ...]]:
    texts = table[one.name].cast(pa.string())
    labels = one.labels or _labels(pc.unique(texts).to_pylist(), one.order)
    codes = pc.index_in(texts, value_set=pa.array(labels, pa.string()))
    return table.set_column(table.schema.get_field_index(one.name), one.name, codes), labels


def _labels(found: Iterable[str | None], order: Sequence[str]) -> tuple[str, ...]:
    """What occurs, in the order that is declared and then of the alphabet."""
    occurring = {label for label in found if label is not None}
    known = [label for label in order if label in occurring]
    return (*known, *sorted(occurring - set(known)))


_NO_DOSES = pa.table({
    "index_id": pa.array([], pa.int64()), "variable": pa.array([], _TEXTS), "timepoint": pa.array([], _TEXTS),
    "code": pa.array([], pa.int64()),
})  # fmt: skip


def _with_fewer_decimals(doses: pa.Table | None, name: str) -> tuple[pa.Table, int]:
    """The doses with as few decimals of one quantity as hold every value exactly."""
    table = _NO_DOSES if doses is None else doses
    own = pc.equal(table["variable"].cast(pa.string()), name)
    codes = pc.filter(table["code"], own).to_pylist()
    decimals = next(n for n in range(FINEST + 1) if all(code % 10 ** (FINEST - n) == 0 for code in codes))
    fewer = pc.if_else(own, pc.divide(table["code"], 10 ** (FINEST - decimals)), table["code"])
    return table.set_column(table.schema.get_field_index("code"), "code", fewer), decimals


def laid_out(tables: Mapping[str, pa.Table], variables: Sequence[Variable]) -> tuple[Layout, dict[str, pa.Table]]:
    """The layout, in which every time point of the follow-up has its columns, and the tables brought to its types."""
    observed = observed_layout(tables, variables, "treatment", TIMEPOINTS)
    present = _present(tables.get("assessments"))
    columns = tuple(column for one in variables for column in _columns(one, present))
    layout = replace(observed, columns=columns, dated=True)
    return layout, {name: conform(layout, name, table) for name, table in tables.items()}


def _present(assessments: pa.Table | None) -> set[tuple[str, str]]:
    """Variables and time points of which there is an answer."""
    if assessments is None:
        return set()
    pairs = pa.table({"v": assessments["variable"], "t": assessments["timepoint"]}).group_by(["v", "t"]).aggregate([])
    return set(zip(pairs["v"].to_pylist(), pairs["t"].to_pylist(), strict=True))


def _columns(variable: Variable, present: set[tuple[str, str]]) -> Iterator[Column]:
    entry = dictionary().tables[variable.table]
    if entry.unit == "target" or variable.name == MODE:
        return
    if variable.table != "assessments":
        yield from value_columns(variable)
        return
    for value in value_columns(variable, timepoints=_timepoints(variable.name, present)):
        yield value
        if variable.name.startswith("nrs") and variable.name != "nrs_missing":
            yield from answer_columns(value, ("day", "mode"))


def _timepoints(name: str, present: set[tuple[str, str]]) -> list[str]:
    if not name.startswith("nrs"):
        return ["questionnaire"]
    return [at for at in ASKED if (name in ("nrs", "nrs_missing") and at in ALWAYS) or (name, at) in present]
