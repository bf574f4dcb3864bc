"""Several units of one person: counted, printed, and warned of beside every interval that takes them as independent."""

from foramen.statistics.result import Statistic
from foramen.statistics.tables import Axis, CountTable
from foramen.study.definition import Study
from foramen.study.engines.request import Column, Counts, Key
from foramen.study.population import ALL, Population

_REPEATS = Axis("repeats")


def repeats_request(study: Study, people: Population) -> Counts | None:
    """Units by how many index events their person has; none where each person counts once."""
    if study.unit in ("patient", "treatment") and study.index.which != "each":
        return None
    return Counts((Key(_REPEATS, Column("repeats")),), people.where)


def repeats_statistic(study: Study, table: CountTable) -> Statistic:
    """How many units belong to a person with more than one index event."""
    several = sum(count for (repeats,), count in table.cells if isinstance(repeats, int) and repeats > 1)
    units = f"{study.unit}s"
    return Statistic(
        name="units_of_persons_with_several",
        method=f"count of {units} of persons with more than one {study.index.event}; denominator: all {units}",
        estimate=float(several),
        n=several,
        denominator=table.total,
        inputs=table.digest,
    ).describing(group=ALL)


def repeats_warning(study: Study, several: Statistic) -> str | None:
    """What stands beside an interval, if anything must."""
    if study.unit in ("target", "read"):
        return f"several {study.unit}s of one person are treated as independent; the interval is too short"
    if several.n:
        return (
            f"{several.n} of {several.denominator} {study.unit}s belong to persons with more than one and are treated "
            "as independent; the interval is too short"
        )
    return None


def with_warning(row: Statistic, text: str | None) -> Statistic:
    """The row, warned if it has an interval or a p-value."""
    inferential = row.lower is not None or row.upper is not None or row.p is not None
    return row.warned(text) if text and inferential else row
