"""Who has no mode of an answer: those who did not answer, and those of whom only the mode is not known."""

from collections.abc import Callable, Mapping, Sequence

from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import count
from foramen.report.layouts.lines import matters, not_grouped
from foramen.report.material import Entry
from foramen.report.table import Cell, Value
from foramen.study.population import ALL

NO_ANSWER = "No answer"
UNKNOWN = "Answered, mode not known"
EITHER = "No answer, or mode not known"

Aside = tuple[str, Callable[[Subject], Cell]]


def by_answer(asked: Asked, subjects: Sequence[Subject]) -> list[Aside]:
    """Columns for those whose answers have no mode. All subjects are grouped alike, so what holds of one holds of all.

    How many answered is what another number of the results says of the same variable at the same time. Where none
    does, or where disclosure control keeps one of the two small counts back, both stand in one column.
    """
    without = [(subject, entry) for subject in subjects if (entry := not_grouped(asked, subject)) is not None]
    if not without:
        return []

    def together(subject: Subject) -> Cell:
        return count(asked, not_grouped(asked, subject))

    subject, lost = without[0]
    unknown = _mode_unknown(asked, subject, lost)
    if unknown is None:
        return [(EITHER, together)]
    if not unknown:
        return [(NO_ANSWER, together)]
    silent = (lost.row.n or 0) - unknown
    if any(0 < size < _threshold(asked) for size in (unknown, silent)):
        return [(EITHER, together)]
    answered = f"{(lost.row.denominator or 0) - (lost.row.n or 0) + unknown} answers"
    known = f"({lost.row.denominator} − {lost.row.n}) with a mode"
    first = Value(asked.style.count(unknown), lost.place, f"{answered} − {known}")
    second = Value(asked.style.count(silent), lost.place, f"{lost.row.n} − {unknown} answered in a mode not known")
    return [(UNKNOWN, lambda _: (first,)), (NO_ANSWER, lambda _: (second,))]


def _mode_unknown(asked: Asked, subject: Subject, lost: Entry) -> int | None:
    """How many answered in a way that was not recorded; None where that cannot be told."""
    answered = _answered(asked, subject, lost)
    if answered is None or answered.row.n is None or lost.row.n is None or lost.row.denominator is None:
        return None
    unknown = answered.row.n - (lost.row.denominator - lost.row.n)
    return unknown if 0 <= unknown <= lost.row.n else None


def _answered(asked: Asked, subject: Subject, lost: Entry) -> Entry | None:
    """A count of all answers of the variable at the time that the mode is of, among the same people."""
    by = asked.by(subject.analysis)
    assert by is not None
    material, variable = asked.material, asked.definition(by.outcome).variable
    plain = ("score", "count", "recorded")
    outcomes = [o for o in material.study.outcomes if o.variable == variable and o.kind in plain and o.role == "value"]
    for outcome in outcomes:
        name = "responder_percent" if outcome.kind == "recorded" else "n"
        for entry in material.entries(name, outcome=outcome.name, group=ALL, **({"timepoint": by.at} if by.at else {})):
            if matters(entry) and entry.row.denominator == lost.row.denominator:
                return entry
    return None


def _threshold(asked: Asked) -> int:
    """Below which disclosure control shows no count; 0 where it is off."""
    disclosure = asked.material.results.manifest["disclosure"]
    return int(disclosure["threshold"]) if isinstance(disclosure, Mapping) else 0
