"""Results to a report: which tables and figures there are, their numbers, and the explanation of every number."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from foramen.catalogue.document import Document
from foramen.report.body import Body, Drawing, NothingToShowError
from foramen.report.counts import counts_table
from foramen.report.document import Fact, Report
from foramen.report.figure import Figure
from foramen.report.figures.choice import FIGURES, flow
from foramen.report.layouts.choice import LAYOUTS
from foramen.report.layouts.coverage import untold
from foramen.report.layouts.listing import listing_of
from foramen.report.layouts.names import printed_name
from foramen.report.material import Material
from foramen.report.style import DEFAULT, load_style
from foramen.report.table import Failed, Note, Table, Value, Withheld
from foramen.report.why import why
from foramen.snapshot.codebook import Codebook
from foramen.study.definition import Study
from foramen.study.display_definition import FigureWanted, TableWanted
from foramen.study.release import Internal, Passed

Item = Table | Figure

PEOPLE = {
    "reconstructed": "Reconstructed: rows made to have the printed numbers of a paper. Disclosure control is off",
    "invented": "Invented: no person stands behind these rows. Disclosure control is off",
}
"""What a page says of rows that are not of recorded people."""


CURVES = ("roc_", "calibration_")
"""Points of curves: their methods name the point, and say nothing that the curve’s own statistic does not."""


def build_report(document: Document[Study], codebook: Codebook, passed: Passed, *, style: str | None = None) -> Report:
    """The report of a study. `style` overrides the journal style that the document names."""
    study, results = document.content, passed.results
    material = Material(study, codebook, results, load_style(style or study.style or DEFAULT))
    tables = [_table(material, wanted, i + 1) for i, wanted in enumerate(study.tables)]
    figures = [_figure(material, wanted, i + 2) for i, wanted in enumerate(study.figures)]
    asked: list[Item] = [_flow(material), *tables, *figures]
    items = [*asked, *_supplement(material, asked)]
    definition = document.path.read_text(encoding="utf-8-sig")
    whys = {place: why(material, place, text, definition) for place, text in _shown(items)}
    counts = dict.fromkeys(found.counts for found in whys.values() if found.counts)
    return Report(
        id=study.id,
        title=study.title,
        question=study.question or "",
        marks=_marks(passed),
        stamp=_stamp(material, passed),
        items=items,
        methods=_methods(material),
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
    return _filled(empty, body, [*left_out, *([wanted.note] if wanted.note else [])])


def _filled(table: Table, body: Body, notes: Sequence[str] = ()) -> Table:
    said = (*body.notes, *(Note(text) for text in notes))
    return replace(table, stub=body.stub, columns=body.columns, rows=body.rows, spans=body.spans, notes=said)


def _left_out(material: Material, wanted: TableWanted | FigureWanted) -> list[str]:
    """What this table or figure lacks because the snapshot does not hold it."""
    lacking = [entry for entry in material.results.manifest["left_out"] if entry["analysis"] in wanted.analyses]
    named = [(entry["outcome"] and material.outcome_label(entry["outcome"]), entry["reason"]) for entry in lacking]
    return list(dict.fromkeys(f"{label or 'Left out'}: {reason}" for label, reason in named))


def _flow(material: Material) -> Figure:
    title = "Flow of participants" if material.study.index.event == "allocation" else "Who was analysed"
    return _drawn(1, title, lambda: flow(material))


def _figure(material: Material, wanted: FigureWanted, number: int) -> Figure:
    figure = _drawn(number, wanted.title, lambda: FIGURES[wanted.kind](material, wanted))
    left_out = _left_out(material, wanted)
    if figure.error is not None and left_out:
        return replace(figure, error="; ".join(left_out), alt="; ".join(left_out))
    said = [*left_out, *([wanted.note] if wanted.note else [])]
    return replace(figure, notes=(*figure.notes, *(Note(text) for text in said)))


def _drawn(number: int, title: str, draw: Callable[[], Drawing]) -> Figure:
    key, name = f"figure-{number}", f"Figure {number}"
    empty = Table(f"{key}-numbers", f"Numbers of {name}", title, "", (), ())
    try:
        drawing = draw()
    except NothingToShowError as reason:
        return Figure(key, name, title, str(reason), {}, empty, error=str(reason))
    return Figure(key, name, title, drawing.alt, drawing.spec, _filled(empty, drawing.numbers), drawing.notes)


def _supplement(material: Material, items: Sequence[Item]) -> list[Table]:
    """Statistics that no table and no figure tells, by analysis: nothing that was asked for is left out."""
    shown = {place for item in items for place in _table_of(item).statistics()}
    left: dict[str, list[int]] = {}
    for place in untold(material, shown):
        left.setdefault(material.at(place).about.get("analysis", ""), []).append(place)
    titles = {a.name: a.title or a.name.replace("_", " ").capitalize() for a in material.study.analyses}
    return [
        _filled(
            Table(f"table-s{i + 1}", f"Table S{i + 1}", titles.get(name, "Units of one person"), "", (), ()),
            listing_of(material, places),
        )
        for i, (name, places) in enumerate(left.items())
    ]


def _table_of(item: Item) -> Table:
    return item if isinstance(item, Table) else item.table


def _shown(items: Iterable[Item]) -> Iterable[tuple[int, str]]:
    """Every statistic shown with the text it is first printed as."""
    found: dict[int, str] = {}
    for item in items:
        for part in _table_of(item).parts():
            if isinstance(part, Value | Withheld | Failed):
                found.setdefault(part.row, part.text)
    return found.items()


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


def _methods(material: Material) -> list[str]:
    """What a methods section has to say: every definition used, once, with the quantities it is of."""
    used: dict[str, dict[str, None]] = {}
    for row in material.results.statistics:
        if row.error is None and row.suppressed is None and not row.name.startswith(CURVES):
            used.setdefault(row.method, {})[printed_name(row.name)] = None
    level = material.results.manifest["definitions"]["level"]
    first = (
        f"Intervals have a confidence level of {100 * level:g} %. Tests are two-sided unless their name says otherwise."
    )
    return [first, *(f"{', '.join(names)}: {method}." for method, names in used.items())]
