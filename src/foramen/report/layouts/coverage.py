"""Which statistics a table has told: shown as a number, or said by what it shows."""

from collections.abc import Iterable, Sequence

from foramen.report.body import Body
from foramen.report.layouts.lines import nobody
from foramen.report.layouts.notes import SEVERAL
from foramen.report.layouts.told import told
from foramen.report.material import QUANTILES, Entry, Material

BOUND = "zero_event_upper_bound"
CURVES = ("roc_sensitivity", "roc_specificity", "calibration_observed", "calibration_expected")
"""Points of curves: a figure that shows one of them draws them all."""

SUMMARIES = ("mean", "sd", *QUANTILES)

Key = tuple[str, ...]


def unshown(body: Body, analyses: Sequence[str], material: Material) -> list[int]:
    """Places of the statistics of these analyses that a table does not tell."""
    return untold(material, told(material, body.rows), analyses)


def untold(material: Material, places: Iterable[int], analyses: Sequence[str] | None = None) -> list[int]:
    """Places of statistics (of these analyses, else of all) that the numbers told at `places` do not tell.

    `places` are those of `told`, which leaves out what only its p-value was shown of; places after those of the
    statistics, as the lines of the flow have, are passed over. Told without being shown are:

    - a count of missing, left out or undefined that is 0: no line says so;
    - n where nobody is missing, of n and missing the one beside the other, and both where the supplement lists another
      number of the same subject with its n and denominator;
    - what cannot be computed for a reason that another number of the same subject gives, here or in the supplement;
    - what is withheld, where another number of the same outcome, time and group says so;
    - points of a curve of which others are drawn;
    - how frequent an answer that nobody gave may be: an answer is no event;
    - how many units are of persons with several: a note of every table says it.
    """
    entries = [material.at(place) for place in range(len(material.results.statistics))]
    shown = {place for place in places if place < len(entries)}
    seen: dict[Key, list[Entry]] = {}
    for entry in (entries[place] for place in sorted(shown)):
        for key in (_key(entry), _failed(entry), _curve(entry)):
            seen.setdefault(key, []).append(entry)
    listed = {_key(entry) for entry in entries if entry.place not in shown and _has_sizes(entry)}
    left = []
    for entry in entries:
        asked = analyses is None or entry.about.get("analysis") in analyses
        if asked and entry.place not in shown and not _said(material, entry, seen, listed):
            left.append(entry.place)
            seen.setdefault(_failed(entry), []).append(entry)
    return left


def _key(entry: Entry) -> Key:
    return tuple(entry.about.get(k, "") for k in ("analysis", "outcome", "timepoint", "group"))


def _failed(entry: Entry) -> Key:
    return ("failed", *_key(entry), entry.row.error or "")


def _curve(entry: Entry) -> Key:
    return "curve", _key(entry)[0], entry.row.name


def _has_sizes(entry: Entry) -> bool:
    """Whether a number says of how many it is, and how many there are."""
    row = entry.row
    return row.name in SUMMARIES and row.error is None and None not in (row.n, row.denominator)


def _said(material: Material, entry: Entry, seen: dict[Key, list[Entry]], listed: set[Key]) -> bool:
    row, beside = entry.row, seen.get(_key(entry), [])
    if row.suppressed is not None:
        return any(other.row.suppressed is not None for other in beside)
    if nobody(entry) or row.name == SEVERAL:
        return True
    if row.name in CURVES and row.error is None:
        return _curve(entry) in seen
    if row.name == BOUND:
        return _of_answers(material, entry)
    if row.name in ("n", "missing"):
        complete = row.name == "n" and row.n == row.denominator
        counted = complete or any(other.row.name in ("n", "missing") for other in beside)
        return (bool(beside) and counted) or _key(entry) in listed
    if row.error is not None and _failed(entry) in seen:
        return True
    return row.error is not None and row.n == 0 and any(not other.row.n for other in beside)


def _of_answers(material: Material, entry: Entry) -> bool:
    """Whether a bound is of how many answered."""
    name = entry.about.get("outcome")
    return any(outcome.name == name and outcome.kind == "recorded" for outcome in material.study.outcomes)
