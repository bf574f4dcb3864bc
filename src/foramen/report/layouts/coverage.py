"""Which statistics a table has told: shown as a number, or said by what it shows."""

from collections.abc import Iterable, Sequence

from foramen.report.body import Body
from foramen.report.layouts.notes import SEVERAL
from foramen.report.layouts.told import told
from foramen.report.material import Entry, Material

COUNTS_OF_NOBODY = ("missing", "suppressed", "outside_window", "undefined", "left_out_incomplete", "not_grouped")
"""Counts that tables print only where there is somebody to count."""

BOUND = "zero_event_upper_bound"
CURVES = ("roc_sensitivity", "roc_specificity", "calibration_observed", "calibration_expected")
"""Points of curves: a figure that shows one of them draws them all."""

Key = tuple[str, ...]


def unshown(body: Body, analyses: Sequence[str], material: Material) -> list[int]:
    """Places of the statistics of these analyses that a table does not tell."""
    return untold(material, told(material, body.rows), analyses)


def untold(material: Material, places: Iterable[int], analyses: Sequence[str] | None = None) -> list[int]:
    """Places of statistics (of these analyses, else of all) that the numbers told at `places` do not tell.

    `places` are those of `told`, which leaves out what only its p-value was shown of. Told without being shown are: a
    count of missing, left out or undefined that is 0, where the subject is shown; n where nobody is missing; of n and
    missing the one beside the other; what cannot be computed for a reason that another number of the same analysis and
    subject gives, or is withheld, where another number of the same outcome, time and group says so; points of a curve
    of which others are drawn; how frequent an answer that nobody gave may be, because an answer is no event; and how
    many units are of persons with several, which a note of every table says.
    """
    shown = set(places)
    entries = [material.at(place) for place in range(len(material.results.statistics))]
    seen: dict[Key, list[Entry]] = {}
    for entry in (entries[place] for place in sorted(shown)):
        for key in (_key(entry), _failed(entry), _curve(entry)):
            seen.setdefault(key, []).append(entry)
    return [
        entry.place
        for entry in entries
        if entry.place not in shown
        and (analyses is None or entry.about.get("analysis") in analyses)
        and not _said(material, entry, seen)
    ]


def _key(entry: Entry) -> Key:
    return tuple(entry.about.get(k, "") for k in ("analysis", "outcome", "timepoint", "group"))


def _failed(entry: Entry) -> Key:
    return ("failed", *_key(entry), entry.row.error or "")


def _curve(entry: Entry) -> Key:
    return "curve", _key(entry)[0], entry.row.name


def _said(material: Material, entry: Entry, seen: dict[Key, list[Entry]]) -> bool:
    row, beside = entry.row, seen.get(_key(entry), [])
    if row.suppressed is not None:
        return any(other.row.suppressed is not None for other in beside)
    if row.name in CURVES and row.error is None:
        return _curve(entry) in seen
    if row.name in (SEVERAL, BOUND):
        return row.name == SEVERAL or _of_answers(material, entry)
    if row.name in COUNTS_OF_NOBODY and not row.estimate:
        return bool(beside) or row.name in ("left_out_incomplete", "not_grouped")
    if row.name in ("n", "missing"):
        complete = row.name == "n" and row.n == row.denominator
        return bool(beside) and (complete or any(other.row.name in ("n", "missing") for other in beside))
    if row.error is not None and _failed(entry) in seen:
        return True
    return row.error is not None and row.n == 0 and any(not other.row.n for other in beside)


def _of_answers(material: Material, entry: Entry) -> bool:
    """Whether a bound is of how many answered."""
    name = entry.about.get("outcome")
    return any(outcome.name == name and outcome.kind == "recorded" for outcome in material.study.outcomes)
