"""Printed tables against the results of a template run on its reconstructed cohort, number by number."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import foramen.library
from foramen.intake.table import import_table
from foramen.kernel.rounding import rounded
from foramen.snapshot.store import open_snapshot
from foramen.statistics.result import Statistic
from foramen.study.results import Results
from foramen.study.run import Plan, load_study, plan_study

LIBRARY = Path(foramen.library.__file__ or "").parent


def planned(name: str, folder: Path) -> Plan:
    """The library's template of this name, resolved against its cohort."""
    cohort = LIBRARY / "cohorts" / name
    import_table([cohort / "cohort.csv"], cohort / "mapping.toml", folder, quarantine=None, progress=lambda *_: None)
    return plan_study(load_study(LIBRARY / "studies" / name / "study.toml"), open_snapshot(folder))


def unnamed_columns(plan: Plan) -> set[str]:
    """Variables of a template that its README does not name among the columns needed."""
    readme = (plan.document.path.parent / "README.md").read_text(encoding="utf-8")
    study = plan.study
    used = {outcome.variable for outcome in study.outcomes} | {step.keep.variable or "" for step in study.population}
    used |= {p.variable for a in study.analyses for p in getattr(a, "predictors", ())}
    return {name for name in used if f"`{name}`" not in readme}


def one(found: Results, name: str, **about: str) -> Statistic:
    """The only statistic of this name about this."""
    (row,) = [r for r in found.statistics if r.name == name and about.items() <= dict(r.about).items()]
    return row


def number(found: Results, name: str, **about: str) -> float:
    value = one(found, name, **about).estimate
    assert value is not None
    return value


@dataclass(frozen=True)
class Cell:
    """What is printed where, as text, and the numbers we have for it in the same order; none if we have none."""

    table: str
    locator: str
    printed: str
    found: tuple[float, ...] | None

    @property
    def matches(self) -> bool:
        if self.found is None:
            return False
        numbers = re.findall(r"[−-]?\d+(?:\.\d+)?", self.printed.replace("–", " "))
        if self.printed.startswith("<"):
            return len(self.found) == 1 and self.found[0] < float(numbers[0])
        ours = [rounded(v, len(n.partition(".")[2])) for v, n in zip(self.found, numbers, strict=True)]
        return ours == [n.replace("−", "-") for n in numbers]


def count_and_percent(table: str, locator: str, printed: str, row: Statistic) -> list[Cell]:
    """A cell such as "46 (46.0%)" as two: the count and the percentage."""
    count, percent = printed.rstrip(")").split(" (")
    assert row.n is not None
    assert row.estimate is not None
    return [
        Cell(table, f"{locator}, n", count, (float(row.n),)),
        Cell(table, f"{locator}, %", percent, (row.estimate,)),
    ]


def median_and_quartiles(found: Results, *, divided_by: int = 1, **about: str) -> tuple[float, ...]:
    return tuple(number(found, name, **about) / divided_by for name in ("median", "lower_quartile", "upper_quartile"))


def p_value(found: Results, name: str, **about: str) -> tuple[float]:
    p = one(found, name, **about).p
    assert p is not None
    return (p,)


def assert_printed(paper: str, cells: Iterable[Cell], excluded: Mapping[str, str]) -> None:
    """Everything matches but what is excluded by name, which must not match, and says how many per table."""
    listed = list(cells)
    keys = [f"{cell.table}: {cell.locator}" for cell in listed]
    assert [key for key, n in Counter(keys).items() if n > 1] == []
    printed, matched = Counter(c.table for c in listed), Counter(c.table for c in listed if c.matches)
    for table, n in sorted(printed.items()):
        sys.stdout.write(f"{paper}, {table}: {matched[table]} / {n} printed cells matched\n")
    for key, reason in excluded.items():
        sys.stdout.write(f"{paper}, excluded, {key}: {reason}\n")
    wrong = {key for key, cell in zip(keys, listed, strict=True) if not cell.matches}
    assert wrong == set(excluded)
