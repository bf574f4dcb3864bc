"""What stands on paper, in which order, below which headings, and on which kind of page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from foramen.report.document import Fact, Report
from foramen.report.figure import Figure
from foramen.report.renderers.paper import with_reasons
from foramen.report.renderers.widths import Fit, fit
from foramen.report.table import Table

Item = Table | Figure

METHODS = "Statistical methods"


@dataclass(frozen=True, slots=True)
class Prose:
    """Text of a report: paragraphs, then named lines."""

    paragraphs: Sequence[str] = ()
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A table, a figure or text in its place, below `heading` where it is the first there.

    `fit` is of a table that has columns; `figure` is what a table has the numbers of.
    """

    heading: str
    item: Item | Prose
    fit: Fit | None = None
    figure: Figure | None = None


def pages(report: Report) -> Iterator[tuple[bool, list[Placed]]]:
    """Runs of items on upright pages and on turned ones (True), in the order of the report."""
    for turned, items in groupby(_placed(report), lambda placed: placed.fit is not None and placed.fit.turned):
        yield turned, list(items)


def _placed(report: Report) -> Iterator[Placed]:
    """What an article has first; what stands behind it, and what the report was made from, at the end."""
    yield from _section("Results", [item for item in report.items if not _supplementary(item)], report)
    if report.methods:
        yield Placed(METHODS, Prose(report.methods))
    yield from _section("Supplementary tables", [item for item in report.items if _supplementary(item)], report)
    yield from _numbers(report)
    if report.stamp:
        yield Placed("Provenance", Prose(facts=report.stamp))


def _section(heading: str, items: Sequence[Item], report: Report) -> Iterator[Placed]:
    for place, item in enumerate(items):
        yield _fitted(Placed("" if place else heading, item), report)


def _numbers(report: Report) -> Iterator[Placed]:
    drawn = [figure for figure in report.figures() if figure.error is None]
    for place, figure in enumerate(drawn):
        numbers = replace(figure.table, number=f"Numbers of {figure.number}", title=figure.title)
        heading = "" if place else "Numbers behind the figures"
        yield _fitted(Placed(heading, numbers, figure=figure), report)


def _supplementary(item: Item) -> bool:
    """Tables of what no other table shows have a letter before their number."""
    return re.search(r" S\d+$", item.number) is not None


def _fitted(placed: Placed, report: Report) -> Placed:
    if not isinstance(placed.item, Table) or placed.item.error is not None:
        return placed
    table = with_reasons(placed.item)
    return replace(placed, item=table, fit=fit(table, report.style.fonts))
