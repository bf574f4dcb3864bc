"""From each class at one time to each class at another."""

from collections.abc import Sequence

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked
from foramen.report.layouts.cells import count, denominator
from foramen.report.layouts.lines import left_out_rows
from foramen.report.layouts.names import capital, small
from foramen.report.layouts.notes import Notes, finished
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row, Span, Withheld
from foramen.study.analysis_definition import OutcomeAt
from foramen.study.analysis_definition import Transition as Asks
from foramen.study.display_definition import TableWanted
from foramen.study.population import ALL


def transition(material: Material, wanted: TableWanted) -> Body:
    """A matrix of counts with sums, for everybody and then for each group."""
    asked = Asked(material, wanted)
    (name, *more) = asked.need("transition", "how many went from each class to each class")
    if more:
        raise NothingToShowError("This table shows one analysis of kind transition; give each a table of its own.")
    found = list(material.entries("transition", [name]))
    if not found:
        raise NothingToShowError("The analysis has no classes to go from or to.")
    classes = list(dict.fromkeys(entry.about["category"] for entry in found))
    groups = dict.fromkeys(entry.about["group"] for entry in found)
    rows: list[Row] = []
    for group in groups:
        if len(groups) > 1:
            rows.append(Row(("All" if group == ALL else group,), kind="group"))
        rows += _matrix(asked, [e for e in found if e.about["group"] == group], classes, int(len(groups) > 1))
    rows += [_together(row, classes) for row in left_out_rows(asked, [name], [ALL], 0)]
    first, second = _asked(material, name)
    columns = [*(Column(capital(label)) for label in classes), Column("Sum")]
    spans = [Span(_when(asked, second), len(classes)), Span("", 1)]
    return finished(material, f"From: {_when(asked, first)}", columns, rows, Notes(), spans)


def _asked(material: Material, name: str) -> tuple[OutcomeAt, OutcomeAt]:
    analysis = next(a for a in material.study.analyses if a.name == name)
    assert isinstance(analysis, Asks)
    return analysis.first, analysis.second


def _when(asked: Asked, what: OutcomeAt) -> str:
    label = capital(asked.material.outcome_label(what.outcome))
    return label if what.at is None else f"{label}, {small(asked.material.timepoint_label(what.at))}"


def _matrix(asked: Asked, found: Sequence[Entry], classes: Sequence[str], level: int) -> list[Row]:
    origins = dict.fromkeys(entry.about["from_category"] for entry in found)
    at = {(entry.about["from_category"], entry.about["category"]): entry for entry in found}
    rows = []
    for origin in origins:
        line = [at[origin, label] for label in classes]
        rows.append(Row((capital(origin),), (*(count(asked, entry) for entry in line), _sum(asked, line)), level))
    sums = [_sum(asked, [at[origin, label] for origin in origins]) for label in classes]
    everybody = denominator(asked, found)
    return [*rows, Row(("Sum",), (*sums, everybody), level, "sum")]


def _sum(asked: Asked, entries: Sequence[Entry]) -> Cell:
    """What the cells add up to; not where one of them is withheld, which the sum would give away."""
    withheld = next((entry for entry in entries if entry.row.suppressed is not None), None)
    if withheld is not None:
        return (Withheld("suppressed", withheld.place),)
    return (asked.style.count(sum(entry.row.n or 0 for entry in entries)),)


def _together(row: Row, classes: Sequence[str]) -> Row:
    """A count of everybody stands below the sums."""
    return Row(row.head, (*([()] * len(classes)), *row.cells))
