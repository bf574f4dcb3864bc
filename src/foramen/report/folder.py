"""From results to a folder: through disclosure control, rendered, written. Commands and the clinic share it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foramen.catalogue.document import Document
from foramen.report.assemble import build_report
from foramen.report.files import report_files
from foramen.report.formats import USUAL, Format
from foramen.snapshot.codebook import Codebook
from foramen.study.definition import Study
from foramen.study.outputs import write_results
from foramen.study.release import Passed, internal, release
from foramen.study.results import Results

THRESHOLD = 11
"""Smallest count that may be shown; the rule of the Centers for Medicare and Medicaid Services and of PCORnet."""


@dataclass(frozen=True)
class Wish:
    """How a run is to be shown: to whom, in which formats (the usual ones if none), in which journal's style; and
    whether it may do without what the snapshot does not hold."""

    internal: bool = False
    threshold: int = THRESHOLD
    formats: Sequence[Format] = USUAL
    style: str | None = None
    partial: bool = False


def write_report(document: Document[Study], codebook: Codebook, results: Results, out: Path, wish: Wish) -> Passed:
    """Write the folder of a study that was run on a snapshot; returns what stands in it."""
    passed = _passed(results, wish)
    report = build_report(document, codebook, passed, style=wish.style)
    write_results(passed, out, files=report_files(report, wish.formats))
    return passed


def _passed(results: Results, wish: Wish) -> Passed:
    """Disclosure control protects people: rows that nobody stands behind need none."""
    if wish.internal or results.manifest["snapshot"]["people"] != "recorded":
        return internal(results)
    return release(results, threshold=wish.threshold)
