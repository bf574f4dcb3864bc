"""Open source files by their format and check their headers against the mapping."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from foramen.intake.cells import Notation
from foramen.intake.columnar import open_columnar
from foramen.intake.delimited import DelimitedSource, open_delimited, other_delimiter
from foramen.intake.excel import open_excel
from foramen.intake.mapping import TableMapping
from foramen.intake.source import DAMAGE, Source, damaged
from foramen.kernel.digests import file_digest
from foramen.kernel.errors import DataError, Fault, UserError, raise_all

_FORMATS = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xlsx",
    ".parquet": "parquet",
}  # fmt: skip


def open_sources(files: Sequence[Path], mapping: TableMapping) -> list[Source]:
    """Every file with its header checked; the faults of all files are reported together."""
    faults = list(_list_faults(files, mapping))
    sources: list[Source] = []
    for path in files:
        try:
            source = _open(path, mapping)
        except UserError as error:
            faults.extend(error.faults)
            continue
        except DAMAGE as error:
            faults.extend(damaged(path, error).faults)
            continue
        faults.extend(_header_faults(source, mapping))
        sources.append(source)
    faults.extend(_same_content([source.path for source in sources]))
    raise_all(DataError, faults)
    return sources


def _open(path: Path, mapping: TableMapping) -> Source:
    source = mapping.source
    if path.stat().st_size == 0:
        raise DataError.single("the file is empty", where=path.name, received="0 bytes", remedy="another file")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    suffix = suffixes[-2] if suffixes[-1:] == [".gz"] and len(suffixes) > 1 else (suffixes or [""])[-1]
    kind = source.format or _FORMATS.get(suffix)
    if kind is None:
        raise DataError.single(
            "the format cannot be told from the name",
            where=path.name,
            received=suffix or "no extension",
            remedy=f"one of {', '.join(_FORMATS)}, or `format` under [source]",
        )
    notation = Notation(source.decimal, source.dates)
    if kind == "xlsx":
        return open_excel(path, source.sheet, notation)
    if kind == "parquet":
        return open_columnar(path, notation, mapping.wanted_columns())
    return open_delimited(path, source.delimiter or ("\t" if kind == "tsv" else ","), source.encoding)


def _list_faults(files: Sequence[Path], mapping: TableMapping) -> Iterator[Fault]:
    if not files:
        yield Fault("no file is given", remedy="foramen import table FILE … --mapping MAP.toml --out DIR")
    for name, n in Counter(path.name for path in files).items():
        if n > 1:
            yield Fault(
                "two files have the same name", name, remedy="rename one: the manifest tells them apart by name"
            )
    for path in files:
        if mapping.site.files is not None and path.name not in mapping.site.files:
            yield Fault("the mapping names no site for this file", path.name, remedy="add it to `files` under [site]")


def _same_content(paths: Sequence[Path]) -> Iterator[Fault]:
    """A file given twice under two names: its rows would count twice."""
    sizes = Counter(path.stat().st_size for path in paths)
    seen: dict[str, str] = {}
    for path in paths:
        if sizes[path.stat().st_size] > 1:
            first = seen.setdefault(file_digest(path), path.name)
            if first != path.name:
                yield Fault("two files are the same, byte by byte", path.name, f"a copy of {first}", "give it once")


def _header_faults(source: Source, mapping: TableMapping) -> Iterator[Fault]:
    """The header's cells are shown only once it is clear that they are headers and not a patient's values."""
    header, where = source.header, f"{source.path.name}, row 1"
    named = {*mapping.key_columns(), *mapping.columns}
    wanted = mapping.wanted_columns()
    if not named & set(header):
        yield _strange_header(source, where)
        return
    for name, n in Counter(header).items():
        if n > 1 and (name in wanted or mapping.source.other_columns == "refuse"):
            yield Fault("two columns have the same header", where, f"“{name}”, {n} times", "rename one in the source")
    for name in wanted:
        if name not in header:
            near = get_close_matches(name, [h for h in header if h not in named], n=1)
            remedy = f"did you mean “{near[0]}”?" if near else "correct the header in the mapping, or remove it there"
            yield Fault("the file has no such column", where, f"“{name}” in the mapping", remedy)
    if mapping.source.other_columns == "refuse":
        for position, name in enumerate(header, 1):
            if name not in named:
                shown = f"“{name}”" if name else f"no header above column {position}"
                remedy = 'add it with ignore = true, or set other_columns = "ignore" under [source]'
                yield Fault("the mapping does not say what to do with this column", where, shown, remedy)


def _strange_header(source: Source, where: str) -> Fault:
    if isinstance(source, DelimitedSource) and source.header[0].lower().startswith("sep="):
        return Fault("the first row is no header", where, "a line that names the delimiter", "remove that line")
    if isinstance(source, DelimitedSource) and len(source.header) == 1:
        other = other_delimiter(source.header[0], source.delimiter)
        if other is not None:
            received = f"one column, with {other} inside its header"
            return Fault("the delimiter is another one", where, received, "set `delimiter` under [source]")
    return Fault(
        "none of the mapped columns is in the first row",
        where,
        f"{len(source.header)} cells, not shown in case they are values",
        "the first row must be the header; check that file and mapping belong together",
    )
