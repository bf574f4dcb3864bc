"""How many there were of each class: treatments by month, patients by referrer."""

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import count, denominator, numerator, one
from foramen.report.layouts.lines import absent_rows, left_out_rows, not_grouped
from foramen.report.layouts.names import capital
from foramen.report.layouts.notes import Notes, finished
from foramen.report.material import Material
from foramen.report.table import Cell, Column, Row
from foramen.study.display_definition import TableWanted


def volume(material: Material, wanted: TableWanted) -> Body:
    """A row per class with its count in each group, and their sum."""
    asked = Asked(material, wanted)
    described = asked.together(asked.need("describe", "of a category, such as the month"))
    groups = asked.columns(described)
    subjects = [s for s in asked.subjects(described) if asked.find(s, "percent") is not None]
    if not subjects:
        raise NothingToShowError("This table needs an analysis of kind describe of a category, such as the month.")
    apart = any(not_grouped(asked, subject) for subject in subjects)
    rows: list[Row] = []
    for subject in subjects:
        several = len(subjects) > 1
        rows += [Row((asked.label(subject),), kind="group")] if several else []
        rows += _block(asked, subject, groups, int(several), apart=apart)
    rows += left_out_rows(asked, described, groups, int(apart))
    columns = [asked.column(label, described) for label in groups] + [Column("In no group")] * apart
    stub = asked.label(subjects[0]) if len(subjects) == 1 else "Class"
    return finished(material, stub, columns, rows, Notes())


def _block(asked: Asked, subject: Subject, groups: list[str], level: int, *, apart: bool) -> list[Row]:
    found = list(asked.material.entries("percent", [subject.analysis], **subject.about))
    at = {(entry.about["category"], entry.about.get("group")): entry for entry in found}
    classes = list(dict.fromkeys(entry.about["category"] for entry in found))

    def line(label: str) -> tuple[Cell, ...]:
        entries = (at.get((label, group)) for group in groups)
        return tuple(one(asked, entry, numerator(asked)) for entry in entries)

    totals = [denominator(asked, [at.get((label, group)) for label in classes]) for group in groups]
    aside: list[Cell] = [count(asked, not_grouped(asked, subject))] if apart else []
    rows = [Row((capital(label),), (*line(label), *([()] * apart)), level) for label in classes]
    absent = absent_rows(asked, subject, groups, int(apart), level=level)
    return [*rows, Row(("Sum",), (*totals, *aside), level, "sum"), *absent]
