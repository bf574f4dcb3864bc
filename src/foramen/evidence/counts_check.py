"""The numbers of a results file against the count tables on which they rest."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from foramen.evidence.counts_folder import FOLDER, CountsFolder
from foramen.evidence.finding import Finding
from foramen.evidence.recount import Cannot, Refuted, recount
from foramen.evidence.results_file import ResultsFile, Row
from foramen.evidence.row_check import finding

CHECK = "counts"
EXACT = 1e-9
"""Relative difference between two honest computations from the same counts, whatever the machine."""
NOTHING = 1e-12
"""What is as good as 0, except in a p-value."""

NUMBERS = ("estimate", "lower", "upper", "level", "statistic", "df", "p", "log10_p", "n", "denominator")
COMPANIONS = ("n", "denominator")
"""What disclosure control takes from a row that can stand without it."""


def counts_findings(counts: CountsFolder) -> Iterator[Finding]:
    """Whether each file holds what its name says: one finding for all that do, and one for each other."""
    method = "digest of the content"
    if counts.tables:
        yield Finding(
            check="digest", at=FOLDER, printed=f"{len(counts.tables)} files", verdict="agrees", method=method,
            reason="each holds what its name says",
        )  # fmt: skip
    for name, fault in counts.faults.items():
        yield Finding(
            check="digest", at=f"{FOLDER}/{name}.json", printed=name, verdict="differs", method=method, reason=fault
        )  # fmt: skip


def counts_of_row(row: Row, results: ResultsFile, counts: CountsFolder | None) -> Finding | str:
    """What the count table says of a row, or why it can say nothing."""
    if counts is None and not results.released:
        return "the counts were not there: only the file was given, without its folder"
    counted = counts.tables.get(row.inputs or "") if counts else None
    if counted is None:
        return _absent(row, results, counts)
    found = recount(row, counted, results.level(row))
    if isinstance(found, Cannot):
        return found.reason
    if isinstance(found, Refuted):
        return found.reason if row.error else finding(CHECK, row, row.main, False, found.reason)
    if row.error is not None and found.error is not None:
        return found.error
    return _compared(row, found.to_json(), released=results.released)


def _absent(row: Row, results: ResultsFile, counts: CountsFolder | None) -> str:
    if row.inputs is None:
        return "it names no count table"
    if counts and row.inputs in counts.faults:
        return "its count table is not what its name says"
    if results.released:
        return "its count table is not there: disclosure control withheld it, or it was left behind"
    return f"its count table is not in the folder “{FOLDER}”"


def _compared(row: Row, exact: Mapping[str, Any], *, released: bool) -> Finding:
    """Every number of the row; what was withheld beside others is not missed."""
    given = row.model_dump(include={*NUMBERS})
    asked = [name for name in NUMBERS if not (released and name in COMPANIONS and given[name] is None)]
    wrong = [name for name in asked if not _equal(given[name], exact[name], 0 if name == "p" else NOTHING)]
    reason = f"counted again from {str(row.inputs)[:12]}….json" + (f": {exact['error']}" if exact["error"] else "")
    if not wrong:
        return finding(CHECK, row, row.main, True, reason, row.main)
    texts = [_texts(given[name], exact[name]) for name in wrong]
    printed, recomputed = (
        ", ".join(f"{name} {pair[side]}" for name, pair in zip(wrong, texts, strict=True)) for side in (0, 1)
    )
    return finding(CHECK, row, printed, False, reason, recomputed)


def _equal(one: Any, other: Any, nothing: float) -> bool:
    """The same number, both the same two, or neither there."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_equal(*pair, nothing) for pair in zip(one, other, strict=True))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=EXACT, abs_tol=nothing)
    return one is None and other is None


def _texts(one: Any, other: Any) -> tuple[str, str]:
    """Both numbers in as few digits as tell them apart."""
    short = (_short(one), _short(other))
    return short if short[0] != short[1] else (repr(one), repr(other))


def _short(number: Any) -> str:
    if isinstance(number, list):
        return " and ".join(map(_short, number))
    return "none" if number is None else f"{number:.6g}"
