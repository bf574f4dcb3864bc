"""Results to a report: which tables and figures there are, their numbers, and the explanation of every number."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from foramen.catalogue.document import Document
from foramen.report.body import Body, Drawing, NothingToShowError
from foramen.report.counts import counts_table
from foramen.report.document import Fact, Report
from foramen.report.figure import Figure
from foramen.report.figures.choice import FIGURES, flow
from foramen.report.figures.flow_lines import flow_line, is_flow, last_line
from foramen.report.invented import invented_note
from foramen.report.layouts.choice import LAYOUTS
from foramen.report.layouts.listing import listing_of
from foramen.report.layouts.names import capital
from foramen.report.layouts.supplement import supplements
from foramen.report.material import Material
from foramen.report.methods import methods
from foramen.report.style import DEFAULT, load_style
from foramen.report.table import Cell, Column, Failed, Note, Table, Value, Withheld
from foramen.report.why import Shown, why
from foramen.snapshot.codebook import Codebook
from foramen.study.definition import Study
from foramen.study.display_definition import FigureWanted, TableWanted
from foramen.study.population import ALL
from foramen.study.release import Internal, Passed

Item = Table | Figure

PEOPLE = {
    "reconstructed": "Reconstructed: made to have the printed numbers of a paper; what it does not print is invented. "
    "Disclosure control is off",
    "invented": "Invented: no person stands behind these rows. Disclosure control is off",
}
"""What a page says of rows that are not of recorded people."""

CURVES = ("roc_", "calibration_")
"""Points of curves stand in the table of their figure, and in results.csv; no listing needs them."""

SMALL = re.compile(r"suppressed, \d+ to \d+")
"""The one reason for withholding that stands in a cell; others stand in the explanation."""


def build_report(document: Document[Study], codebook: Codebook, passed: Passed, *, style: str | None = None) -> Report:
    """The report of a study. `style` overrides the journal style that the document names."""
    study, results = document.content, passed.results
    material = Material(study, codebook, results, load_style(style or study.style or DEFAULT))
    tables = [_table(material, wanted, i + 1) for i, wanted in enumerate(study.tables)]
    figures = [_figure(material, wanted, i + 2) for i, wanted in enumerate(study.figures)]
    asked: list[Item] = [_flow(material), *tables, *figures]
    items = [*asked, *_supplement(material, asked)]
    definition = document.path.read_text(encoding="utf-8-sig")
    whys = {place: why(material, place, shown, definition) for place, shown in _shown(items).items()}
    counts = dict.fromkeys(found.counts for found in whys.values() if found.counts)
    return Report(
        id=study.id,
        title=study.title,
        question=study.question or "",
        marks=_marks(passed),
        stamp=_stamp(material, passed),
        items=items,
        methods=methods(material),
        whys=whys,
        counts={digest: counts_table(material, digest) for digest in counts},
        day=results.manifest["snapshot"]["day"],
        style=material.style,
    )


def _table(material: Material, wanted: TableWanted, number: int) -> Table:
    empty = Table(f"table-{number}", f"Table {number}", wanted.title, "", (), ())
    left_out = _left_out(material, wanted)
    try:
        body = LAYOUTS[wanted.layout](material, wanted)
    except NothingToShowError as reason:
        return replace(empty, error="; ".join(left_out) or str(reason))
    columns = tuple(_sized(material, column, wanted.analyses) for column in body.columns)
    said = [*left_out, *([wanted.note] if wanted.note else [])]
    return _filled(material, empty, replace(body, columns=columns), said)


def _filled(material: Material, table: Table, body: Body, notes: Sequence[str] = ()) -> Table:
    """The table with the body inside; what is withheld says why in a word, what is invented is named below."""
    rows = tuple(replace(row, head=_short(row.head), cells=tuple(map(_short, row.cells))) for row in body.rows)
    filled = replace(table, stub=body.stub, columns=body.columns, rows=rows, spans=body.spans)
    said = (*body.notes, *(Note(text) for text in notes))
    return replace(filled, notes=(*said, *_withheld(material, filled), *invented_note(material, filled.statistics())))


def _short(cell: Cell) -> Cell:
    return tuple(
        replace(part, text="suppressed") if isinstance(part, Withheld) and not SMALL.fullmatch(part.text) else part
        for part in cell
    )


def _withheld(material: Material, table: Table) -> tuple[Note, ...]:
    """What “suppressed” means, where it stands in a table."""
    disclosure = material.results.manifest["disclosure"]
    if isinstance(disclosure, str) or not any(isinstance(part, Withheld) for part in table.parts()):
        return ()
    small = f"1 to {disclosure['threshold'] - 1}"
    return (Note(f"Suppressed: withheld, because a count is {small} or because it would give such a count away."),)


def _sized(material: Material, column: Column, analyses: Sequence[str]) -> Column:
    """The column with the place of what explains its “n = 100”: the last line of the flow, else a statistic."""
    if column.row is not None or not column.sub.startswith("n = "):
        return column
    labels = {label for name in analyses for label in material.group_labels(name)}
    named = (label for label in sorted(labels) if capital(label) == capital(column.head))
    group = ALL if column.head == "All" else next(named, "")
    last = last_line(material, group)
    if last is not None and column.sub == _n(material, flow_line(material, last).n):
        return replace(column, row=last)
    counts = (entry for name in ("missing", "n") for entry in material.entries(name, analyses, group=group))
    place = next((entry.place for entry in counts if column.sub == _n(material, entry.row.denominator)), None)
    return replace(column, row=place)


def _n(material: Material, n: int | None) -> str:
    return "" if n is None else f"n = {material.style.count(n)}"


def _left_out(material: Material, wanted: TableWanted | FigureWanted) -> list[str]:
    """What this table or figure lacks because the snapshot does not hold it."""
    lacking = [entry for entry in material.results.manifest["left_out"] if entry["analysis"] in wanted.analyses]
    named = [(entry["outcome"] and material.outcome_label(entry["outcome"]), entry["reason"]) for entry in lacking]
    return list(dict.fromkeys(f"{label or 'Left out'}: {reason}" for label, reason in named))


def _flow(material: Material) -> Figure:
    people = "participants" if material.study.index.event == "allocation" else f"{material.study.unit}s"
    figure = _drawn(material, 1, f"Flow of {people}", lambda: flow(material))
    return replace(figure, notes=(*_not_in(material), *figure.notes))


def _not_in(material: Material) -> tuple[Note, ...]:
    """How many treatments of a clinic are not in the snapshot from which the flow starts, and why (STROBE 13)."""
    snapshot, count = material.results.manifest["snapshot"], material.style.count
    if "treatments_not_in" not in snapshot:
        return ()
    reasons = snapshot["treatments_not_in"]
    if reasons is None:
        return (Note("Before the flow: some treatments on record are not in the snapshot; how many is withheld."),)
    if not reasons:
        return (Note("Every treatment on record is in the snapshot."),)
    why = "; ".join(f"{reason} {count(n)}" for reason, n in reasons.items())
    return (
        Note(f"Before the flow: {count(sum(reasons.values()))} treatments on record are not in the snapshot: {why}."),
    )


def _figure(material: Material, wanted: FigureWanted, number: int) -> Figure:
    figure = _drawn(material, number, wanted.title, lambda: FIGURES[wanted.kind](material, wanted))
    left_out = _left_out(material, wanted)
    if figure.error is not None and left_out:
        return replace(figure, error="; ".join(left_out), alt="; ".join(left_out))
    said = [*left_out, *([wanted.note] if wanted.note else [])]
    return replace(figure, notes=(*figure.notes, *(Note(text) for text in said)))


def _drawn(material: Material, number: int, title: str, draw: Callable[[], Drawing]) -> Figure:
    key, name = f"figure-{number}", f"Figure {number}"
    empty = Table(f"{key}-numbers", f"Numbers of {name}", title, "", (), ())
    try:
        drawing = draw()
    except NothingToShowError as reason:
        return Figure(key, name, title, str(reason), {}, empty, error=str(reason))
    table = _filled(material, empty, drawing.numbers)
    notes = (*drawing.notes, *invented_note(material, table.statistics()))
    return Figure(key, name, title, drawing.alt, drawing.spec, table, notes)


def _supplement(material: Material, items: Sequence[Item]) -> list[Table]:
    """Statistics that no table and no figure tells: nothing that was asked for is left out."""
    shown = {place for item in items for place in _table_of(item).statistics() if not is_flow(material, place)}
    titled = {
        title: [place for place in places if not material.at(place).row.name.startswith(CURVES)]
        for title, places in supplements(material, shown).items()
    }
    return [
        _filled(material, Table(f"table-s{i + 1}", f"Table S{i + 1}", title, "", (), ()), listing_of(material, places))
        for i, (title, places) in enumerate((title, places) for title, places in titled.items() if places)
    ]


def _table_of(item: Item) -> Table:
    return item if isinstance(item, Table) else item.table


def _shown(items: Iterable[Item]) -> dict[int, Shown]:
    """Everything that has an explanation, with all texts that it is printed as."""
    found: dict[int, Shown] = {}
    for table in map(_table_of, items):
        heads = (Value(column.sub, column.row) for column in table.columns if column.row is not None)
        for part in (*table.parts(), *heads):
            if isinstance(part, Value | Withheld | Failed):
                shown = found.setdefault(part.row, Shown())
                shown.texts[part.text] = None
                if isinstance(part, Value) and part.derived:
                    shown.derived[f"{part.text} = {part.derived}"] = None
    return found


def _marks(passed: Passed) -> list[str]:
    people = passed.results.manifest["snapshot"]["people"]
    return [PEOPLE.get(people, passed.mark)] if isinstance(passed, Internal) else []


def _stamp(material: Material, passed: Passed) -> list[Fact]:
    manifest = material.results.manifest
    study, snapshot = manifest["study"], manifest["snapshot"]
    return [
        Fact("Snapshot", f"{snapshot['day']}, {snapshot['sha256'][:12]}"),
        Fact("Origin", snapshot["origin"]),
        Fact("Study definition", f"{study['id']}, version {study['version']}, {study['sha256'][:12]}"),
        Fact("Counted", f"each {study['unit']}; {study['index']['which']} {study['index']['event']} of a person"),
        Fact("Run", f"{manifest['engine']}, Foramen {manifest['foramen']}"),
        Fact("Release", _release(passed)),
    ]


def _release(passed: Passed) -> str:
    if isinstance(passed, Internal):
        return passed.mark
    withheld = passed.results.manifest["disclosure"]["rows_suppressed"]
    return f"passed disclosure control, threshold {passed.threshold}; {withheld} numbers withheld"
