"""A report as data: what every renderer gets, and all it gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foramen.report.figure import Figure
from foramen.report.style import Style
from foramen.report.table import Table


@dataclass(frozen=True)
class Fact:
    """A named line: of the report's head, or of an explanation."""

    name: str
    text: str


@dataclass(frozen=True)
class Why:
    """The explanation of one number.

    `say` is a sentence; `counts` names the count table behind it (a key of `Report.counts`, None where it may not be
    shown); `asked` is the part of the study document that asked for it, `line` where that begins.
    """

    title: str
    say: str
    facts: Sequence[Fact]
    warnings: Sequence[str] = ()
    asked: str = ""
    line: int | None = None
    counts: str | None = None


@dataclass(frozen=True)
class Report:
    """A whole report. `marks` stand on every page; `whys` explains the statistics shown, by their place in the results;
    `counts` are the count tables they rest on, by digest; `methods` are the paragraphs on statistical methods."""

    id: str
    title: str
    question: str
    marks: Sequence[str]
    stamp: Sequence[Fact]
    items: Sequence[Table | Figure]
    methods: Sequence[str]
    whys: Mapping[int, Why]
    counts: Mapping[str, Table]
    day: str
    style: Style

    def tables(self) -> list[Table]:
        return [item for item in self.items if isinstance(item, Table)]

    def figures(self) -> list[Figure]:
        return [item for item in self.items if isinstance(item, Figure)]
