"""Which statistics a table has told: shown as a number, or said by what it shows."""

from collections.abc import Iterable, Sequence

from foramen.report.body import Body
from foramen.report.layouts.notes import shown
from foramen.report.material import Entry, Material

COUNTS_OF_NOBODY = ("missing", "suppressed", "outside_window", "undefined", "left_out_incomplete", "not_grouped")
"""Counts that tables print only where there is somebody to count."""

Key = tuple[str, str, str, str]


def unshown(body: Body, analyses: Sequence[str], material: Material) -> list[int]:
    """Places of the statistics of these analyses that a table does not tell."""
    return untold(material, shown(body), analyses)


def untold(material: Material, places: Iterable[int], analyses: Sequence[str] | None = None) -> list[int]:
    """Places of statistics (of these analyses, else of all) that the numbers shown at `places` do not tell.

    Told without being shown are: a count of missing, left out or undefined that is 0, where the subject is shown; n
    where nobody is missing; of n and missing the one beside the other; what cannot be computed because nobody has a
    value, or is withheld, where another number of the same outcome, time and group says so.
    """
    told = set(places)
    entries = [material.at(place) for place in range(len(material.results.statistics))]
    seen: dict[Key, list[Entry]] = {}
    for entry in (entries[place] for place in sorted(told)):
        seen.setdefault(_key(entry), []).append(entry)
    return [
        entry.place
        for entry in entries
        if entry.place not in told
        and (analyses is None or entry.about.get("analysis") in analyses)
        and not _said(entry, seen)
    ]


def _key(entry: Entry) -> Key:
    analysis, outcome, timepoint, group = (
        entry.about.get(k, "") for k in ("analysis", "outcome", "timepoint", "group")
    )
    return analysis, outcome, timepoint, group


def _said(entry: Entry, seen: dict[Key, list[Entry]]) -> bool:
    row, beside = entry.row, seen.get(_key(entry), [])
    if row.suppressed is not None:
        return any(other.row.suppressed is not None for other in beside)
    if row.name in COUNTS_OF_NOBODY and not row.estimate:
        return bool(beside) or row.name in ("left_out_incomplete", "not_grouped")
    if row.name in ("n", "missing"):
        complete = row.name == "n" and row.n == row.denominator
        return bool(beside) and (complete or any(other.row.name in ("n", "missing") for other in beside))
    return row.error is not None and row.n == 0 and any(not other.row.n for other in beside)
