"""What a mapping must satisfy beyond its schema: every fault of the whole document, each with its place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from foramen.catalogue.document import Document, load_document
from foramen.intake.mapping import ColumnMapping, TableMapping, VariableMapping
from foramen.intake.mapping_texts import text_faults
from foramen.kernel.errors import DefinitionError, Fault, raise_all
from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import MODE

SITE = "site"
"""The variable that every imported snapshot has beside the declared ones."""


def load_mapping(path: Path) -> Document[TableMapping]:
    """Read a mapping; all faults of its schema are reported together, then all faults of its content."""
    document = load_document(path, TableMapping)
    faults = (Fault(f.what, f"{path}: {f.where}", f.received, f.remedy) for f in content_faults(document.content))
    raise_all(DefinitionError, faults)
    return document


def content_faults(mapping: TableMapping) -> Iterator[Fault]:
    """Everything in the document that contradicts itself."""
    for name, variable in mapping.variables.items():
        yield from _variable_faults(mapping, name, variable)
    for header, column in mapping.columns.items():
        yield from _column_faults(mapping, f"columns.“{header}”", column)
    yield from text_faults(mapping)
    yield from _slot_faults(mapping)
    yield from _key_faults(mapping)
    yield from _timepoint_faults(mapping)


def _variable_faults(mapping: TableMapping, name: str, variable: VariableMapping) -> Iterator[Fault]:
    where = f"variables.{name}"
    if name in dictionary().reserved() | {SITE}:
        yield Fault("this name is reserved", where, name, "another name")
    if variable.kind == "category":
        yield from _category_faults(mapping, where, variable)
    else:
        yield from _number_faults(where, variable)
    if (variable.table == "items") != (variable.instrument is not None and variable.item is not None):
        yield Fault("items, and only items, have both `instrument` and `item`", where)
    used = [c for c in mapping.columns.values() if c.variable == name]
    if not used and name != MODE:
        yield Fault("no column gives this variable", where, remedy=f'add variable = "{name}" to a column, or remove it')
    if name == MODE and (variable.table, variable.kind) != ("assessments", "category"):
        yield Fault("`mode` is the category that says how assessments were answered", where)


def _category_faults(mapping: TableMapping, where: str, variable: VariableMapping) -> Iterator[Fault]:
    yield from _list_faults(mapping, where, variable.codes)
    if not mapping.codes_of(variable.codes) and variable.codes is None:
        yield Fault("a category needs `codes`", where, remedy='codes = { 1 = "male", 2 = "female" }')
    if variable.low is not None or variable.high is not None or variable.unit or variable.decimals:
        yield Fault("a category has no low, high, unit or decimals", where, remedy="remove them")


def _number_faults(where: str, variable: VariableMapping) -> Iterator[Fault]:
    if variable.codes is not None:
        yield Fault("a number has no codes", where, remedy='kind = "category", or remove them')
    bounds = [(key, bound) for key, bound in (("low", variable.low), ("high", variable.high)) if bound is not None]
    for key, bound in bounds:
        if Decimal(bound).scaleb(variable.decimals) % 1:
            yield Fault(f"`{key}` has more decimals than the variable", where, str(bound), "declare more `decimals`")
    if len(bounds) == 2 and bounds[0][1] > bounds[1][1]:
        yield Fault("`low` is above `high`", where, f"{bounds[0][1]} to {bounds[1][1]}", "swap them")


def _list_faults(mapping: TableMapping, where: str, codes: object) -> Iterator[Fault]:
    if isinstance(codes, str) and codes not in mapping.code_lists:
        yield Fault(
            "there is no such code list", where, codes, _near(codes, mapping.code_lists, "add it to [code_lists]")
        )


def _column_faults(mapping: TableMapping, where: str, column: ColumnMapping) -> Iterator[Fault]:
    if column.ignore:
        if column != ColumnMapping(ignore=True):
            yield Fault("an ignored column has no other keys", where, remedy="remove them, or remove ignore")
        return
    yield from _list_faults(mapping, where, column.codes)
    for name in [column.timepoint, *(column.timepoints or [])]:
        if name is not None and name not in mapping.timepoints:
            yield Fault("there is no such time point", where, name, _near(name, mapping.timepoints, "declare it"))
    if column.timepoints is not None and (mapping.rows.shape == "wide" or column.timepoint is not None):
        yield Fault("`timepoints` is for columns of a long table that follow the row", where, remedy="use `timepoint`")
    variable = mapping.variables.get(column.variable or "")
    if column.variable is not None and variable is None:
        remedy = _near(column.variable, mapping.variables, "declare it under [variables]")
        yield Fault("there is no such variable", where, column.variable, remedy)
    elif column.role != "value":
        yield from _answer_faults(mapping, where, column, variable)
    elif variable is None:
        yield Fault("the column gives nothing", where, remedy='variable = "…", or ignore = true')
    else:
        yield from _value_faults(mapping, where, column, variable)


def _answer_faults(
    mapping: TableMapping, where: str, column: ColumnMapping, variable: VariableMapping | None
) -> Iterator[Fault]:
    """A column that holds the day or mode of an answer; without a variable it is of all at the time point."""
    if variable is not None and variable.table != "assessments":
        yield Fault("only assessments have a day and a mode", where, variable.table)
    if column.timepoint is None and mapping.rows.shape == "wide":
        remedy = "of which time point it is; it is of every answer there if `variable` is left out"
        yield Fault(f"a {column.role} needs its `timepoint`", where, remedy=remedy)
    if column.role == "date" and mapping.index_event.date is None:
        yield Fault(
            "a date becomes days only if the index event has a date", where, remedy="`date` under [index_event]"
        )
    if mapping.rows.shape == "wide" and not _assessed(mapping, column):
        yield Fault("nothing is assessed at this time point", where, column.timepoint or "")
    if column.role == "mode" and MODE not in mapping.variables:
        yield Fault("the labels of `mode` are not declared", where, remedy=f"add [variables.{MODE}]")


def _assessed(mapping: TableMapping, answer: ColumnMapping) -> bool:
    """Whether some column gives the assessment whose day or mode another column says."""
    for column in mapping.columns.values():
        variable = mapping.variables.get(column.variable or "")
        same = column.timepoint == answer.timepoint and answer.variable in (None, column.variable)
        if column.role == "value" and same and variable is not None and variable.table == "assessments":
            return True
    return False


def _value_faults(
    mapping: TableMapping, where: str, column: ColumnMapping, variable: VariableMapping
) -> Iterator[Fault]:
    entry = dictionary().tables[variable.table]
    for key, unit in (("reader", "read"), ("target", "target")):
        if (getattr(column, key) is not None) != (entry.unit == unit):
            yield Fault(f"a column of the table {unit}s, and no other, says its `{key}`", where, variable.table)
    timed = variable.table in ("assessments", "items")
    if timed and column.timepoint is None and mapping.rows.shape == "wide":
        yield Fault("an answer needs its `timepoint`", where, remedy='timepoint = "before"')
    if column.timepoint is not None and (entry.shape != "observation" or variable.table == "doses"):
        yield Fault("values of this table have no time point", where, variable.table, "remove `timepoint`")
    numeric = column.multiply is not None or column.source_unit is not None or column.round
    if variable.kind == "category" and numeric:
        yield Fault("a category is not multiplied or rounded", where, remedy="remove multiply, source_unit, round")
    if column.variable == MODE:
        yield Fault("a column that says how assessments were answered is no value", where, remedy='role = "mode"')
    if (column.multiply is None) != (column.source_unit is None):
        yield Fault("`multiply` and `source_unit` go together", where, remedy='source_unit = "cm", multiply = 10')
    if column.multiply == 0:
        yield Fault("`multiply` is zero", where)
    yield from _code_faults(mapping, where, column, variable)


def _code_faults(
    mapping: TableMapping, where: str, column: ColumnMapping, variable: VariableMapping
) -> Iterator[Fault]:
    labels = mapping.codes_of(variable.codes)
    codes = mapping.codes_of(column.codes) or labels
    if column.codes is not None and variable.kind == "number":
        yield Fault("a number has no codes", where, remedy="remove them")
    for label in set(codes.values()) - set(labels.values()):
        yield Fault("the variable has no such label", where, label, _near(label, labels.values(), "add it there"))
    missing = {*mapping.source.missing, *column.missing}
    suppressed = {*mapping.source.suppressed, *column.suppressed}
    for token in sorted((missing & suppressed) | ((missing | suppressed) & set(codes))):
        yield Fault("the same cell has two meanings: missing, suppressed or a code", where, token, "keep one of them")


def _slot_faults(mapping: TableMapping) -> Iterator[Fault]:
    """Two columns for one place in the snapshot."""
    slots = Counter(
        (c.variable, c.timepoint, c.reader, c.target, c.role) for c in mapping.columns.values() if not c.ignore
    )
    for header, c in mapping.columns.items():
        if not c.ignore and slots[(c.variable, c.timepoint, c.reader, c.target, c.role)] > 1:
            yield Fault(
                "another column gives the same variable at the same time point, reader and target",
                f"columns.“{header}”",
                c.variable or c.role,
                "give each its own, or ignore = true for one",
            )


def _key_faults(mapping: TableMapping) -> Iterator[Fault]:
    keys = mapping.key_columns()
    index = mapping.index_event
    if index.repeats == "each_row" and (index.key is not None or mapping.rows.shape == "long"):
        yield Fault("each_row is for a wide table without a key", "index_event.repeats", remedy="remove it")
    for header in keys:
        if header in mapping.columns and header != mapping.site.column:
            yield Fault("this column identifies rows and is not kept", f"columns.“{header}”", remedy="remove it here")
    for header, n in Counter(keys).items():
        if n > 1:
            yield Fault("one column has two uses among patient, site, timepoint, key and date", header)


def _timepoint_faults(mapping: TableMapping) -> Iterator[Fault]:
    readers = {column.reader for column in mapping.columns.values()}
    for name in sorted({*mapping.timepoints, *(reader for reader in readers if reader is not None)} & {"day", "mode"}):
        yield Fault("this name would be taken for the day or mode of an answer", name, name, "another name")
    if mapping.rows.shape == "wide":
        return
    codes = Counter(code for timepoint in mapping.timepoints.values() for code in timepoint.codes)
    for name, timepoint in mapping.timepoints.items():
        if not timepoint.codes:
            yield Fault("the time point has no `codes`", f"timepoints.{name}", remedy="what its column says for it")
        for code in timepoint.codes:
            if codes[code] > 1:
                yield Fault("two time points have the same code", f"timepoints.{name}", code)


def _near(word: str, known: Iterable[str] | Mapping[str, object], otherwise: str) -> str:
    found = get_close_matches(word, list(known), n=1)
    return f"did you mean “{found[0]}”?" if found else otherwise
