"""What the bench prints: one table per report, and the checks beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from measure import Contender

TITLES = {
    "trial": "Trial: the whole report of seed 003",
    "pars": "Cohort: the whole report of seed 001 without its models",
    "pars_models": "Cohort: the whole report of seed 001 with its four regressions",
}
HEAD = "| rows | | report s | process s | cpu s | peak MB | × Foramen | × scan |\n|---|---|---|---|---|---|---|---|"


@dataclass
class Comparison:
    """Everybody on one report at one size; `shared` values were compared, the largest difference is at `where`."""

    study: str
    size: int
    contenders: Sequence[Contender]
    shared: int = 0
    worst: float = 0.0
    where: str = ""
    wrong: list[str] = field(default_factory=list)

    def named(self, name: str) -> Contender:
        return next(contender for contender in self.contenders if contender.name == name)


def comparison_tables(comparisons: Sequence[Comparison]) -> list[str]:
    """A section per report: times, ratios, and how far the shared values are apart."""
    sections = []
    for study, title in TITLES.items():
        parts = [comparison for comparison in comparisons if comparison.study == study]
        lines = [line for comparison in parts for line in _lines(comparison)]
        agreed = [_agreement(comparison) for comparison in parts if comparison.shared]
        sections.append("\n".join([f"## {title}", "", HEAD, *lines, "", *agreed]))
    return sections


def _lines(comparison: Comparison) -> list[str]:
    ours = comparison.named("Foramen").median("seconds")
    scan = comparison.named("scan of the row file").median("seconds")
    lines = []
    for contender in comparison.contenders:
        seconds = contender.median("seconds")
        rest = [f"{contender.median(what):.2f}" for what in ("process", "cpu")] + [f"{contender.median('peak_mb'):.0f}"]
        numbers = [f"{seconds:.3f}", *rest, f"{seconds / ours:.2f}", f"{seconds / scan:.1f}"]
        lines.append(" | ".join([f"| {comparison.size:,}", contender.name, *numbers]) + " |")
    return lines


def _agreement(comparison: Comparison) -> str:
    verdict = f"{len(comparison.wrong)} differ" if comparison.wrong else "all agree"
    return (
        f"- {comparison.size:,} rows: {comparison.shared} shared values, {verdict}; "
        f"largest relative difference {comparison.worst:.0e} ({comparison.where})"
    )
