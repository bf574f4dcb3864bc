"""Texts of a mapping that could never be found in a file: cells and headers are read without blanks at their ends."""

from collections.abc import Iterable, Iterator, Mapping

from foramen.intake.mapping import TableMapping
from foramen.kernel.errors import Fault


def text_faults(mapping: TableMapping) -> Iterator[Fault]:
    """Headers, cells and labels with blanks at their ends, or with nothing in them."""
    if mapping.source.delimiter in ('"', "\r", "\n", "\0"):
        yield Fault("this cannot stand between cells", "source.delimiter", remedy='";", ",", "|" or "\\t"')
    for where, header in _headers(mapping):
        if not header.strip():
            yield Fault("a column without a header cannot be read", where, f"“{header}”", "name it in the source")
        elif header != header.strip():
            what, remedy = "headers are read without blanks at their ends", f"write “{header.strip()}”"
            yield Fault(what, where, f"“{header}”", remedy)
    for where, cell in _cells(mapping):
        if cell.strip() and cell != cell.strip():
            yield Fault("cells are read without blanks at their ends", where, f"“{cell}”", f"write “{cell.strip()}”")
    for where, codes in _code_lists(mapping):
        if any(not code.strip() for code in codes):
            yield Fault("an empty cell is always missing, and no code", where, "an empty code", "remove it")
    for where, label in _labels(mapping):
        if label != label.strip() or not label:
            yield Fault("a label is empty or has blanks at its ends", where, f"“{label}”", "a label to be read")


def _headers(mapping: TableMapping) -> Iterator[tuple[str, str]]:
    yield from ((f"columns.“{name}”", name) for name, column in mapping.columns.items() if not column.ignore)
    yield from ((f"key column “{name}”", name) for name in mapping.key_columns())


def _cells(mapping: TableMapping) -> Iterator[tuple[str, str]]:
    lists: list[tuple[str, Iterable[str]]] = list(_code_lists(mapping))
    lists += [("source.missing", mapping.source.missing), ("source.suppressed", mapping.source.suppressed)]
    lists += [(f"timepoints.{name}", timepoint.codes) for name, timepoint in mapping.timepoints.items()]
    for header, column in mapping.columns.items():
        lists += [(f"columns.“{header}”", column.missing), (f"columns.“{header}”", column.suppressed)]
    return ((where, cell) for where, cells in lists for cell in cells)


def _code_lists(mapping: TableMapping) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield from ((f"code_lists.{name}", codes) for name, codes in mapping.code_lists.items())
    yield from ((f"variables.{name}", v.codes) for name, v in mapping.variables.items() if isinstance(v.codes, dict))
    yield from ((f"columns.“{name}”", c.codes) for name, c in mapping.columns.items() if isinstance(c.codes, dict))
    yield from [("site.codes", mapping.site.codes)] if mapping.site.codes is not None else []


def _labels(mapping: TableMapping) -> Iterator[tuple[str, str]]:
    yield from ((where, label) for where, codes in _code_lists(mapping) for label in codes.values())
    yield from (("site.files", label) for label in (mapping.site.files or {}).values())
    yield from [("site.constant", mapping.site.constant)] if mapping.site.constant is not None else []
