"""Several units of one person: counted, printed, and warned of beside every interval that takes them as independent."""

from foramen.statistics.result import Statistic
from foramen.statistics.tables import CountTable
from foramen.study.definition import Study
from foramen.study.engines.request import Persons
from foramen.study.frame import Frame
from foramen.study.population import ALL, Population


def repeats_request(frame: Frame, people: Population) -> Persons | None:
    """Persons by how many of their units are analysed; none where each person can count only once."""
    study = frame.study
    if study.unit in ("patient", "treatment"):
        repeats = frame.codebook.find(frame.file, "repeats")
        if study.index.which != "each" or (repeats is not None and repeats.high == 1):
            return None
    return Persons(people.where)


def repeats_statistic(study: Study, table: CountTable) -> Statistic:
    """How many of the units analysed belong to a person with more than one of them."""
    units = f"{study.unit}s"
    found = [(rows * persons, rows) for (rows,), persons in table.cells if isinstance(rows, int)]
    several = sum(count for count, rows in found if rows > 1)
    return Statistic(
        name="units_of_persons_with_several",
        method=f"count of {units} of persons of whom more than one is analysed; denominator: all {units} analysed",
        estimate=float(several),
        n=several,
        denominator=sum(count for count, _ in found),
        inputs=table.digest,
    ).describing(group=ALL)


def repeats_warning(study: Study, several: Statistic) -> str | None:
    """What stands beside an interval, if anything must."""
    if not several.n:
        return None
    return (
        f"{several.n} of {several.denominator} {study.unit}s belong to persons with more than one and are treated as "
        "independent; the interval is too short"
    )


def with_warning(row: Statistic, text: str | None) -> Statistic:
    """The row, warned if it has an interval or a p-value."""
    inferential = row.lower is not None or row.upper is not None or row.p is not None
    return row.warned(text) if text and inferential else row
