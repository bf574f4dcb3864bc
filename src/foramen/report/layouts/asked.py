"""What a table was asked to show: its analyses, outcomes, time points, columns, decimals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foramen.report.body import NothingToShowError
from foramen.report.layouts.decimals import shift_places
from foramen.report.layouts.names import capital, small
from foramen.report.material import Entry, Material
from foramen.report.style import Style
from foramen.report.table import Column
from foramen.statistics.flow import FlowStep
from foramen.study.analysis_definition import GroupedBy, OutcomeAt
from foramen.study.definition import Outcome
from foramen.study.display_definition import Summary, TableWanted
from foramen.study.population import ALL

SIZED = ("missing", "n", "outside_window", "undefined")
"""Statistics whose denominator is everybody of the group."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What one analysis says of one outcome at one time point."""

    analysis: str
    outcome: str
    timepoint: str | None

    @property
    def about(self) -> dict[str, str]:
        return {"outcome": self.outcome, **({"timepoint": self.timepoint} if self.timepoint else {})}


@dataclass(frozen=True)
class Asked:
    """A wanted table with the material it is made from."""

    material: Material
    wanted: TableWanted

    @property
    def style(self) -> Style:
        return self.material.style

    @property
    def interval_head(self) -> str:
        """“95% CI”."""
        return self.style.level_text(float(self.material.study.level))

    @property
    def summaries(self) -> Sequence[Summary]:
        return self.wanted.summary or ["mean_sd"]

    def named(self, *kinds: str) -> list[str]:
        """The table's analyses of these kinds, in the order wanted; without those that a partial run left out."""
        gone = self.material.left_out()
        known = {a.name: a.kind for a in self.material.study.analyses}
        return [name for name in self.wanted.analyses if known.get(name) in kinds and name not in gone]

    def need(self, kind: str, of: str) -> list[str]:
        """The table's analyses of a kind, without which it cannot be filled."""
        found = self.named(kind)
        if not found:
            raise NothingToShowError(f"This table needs an analysis of kind {kind}: {of}.")
        return found

    def by(self, name: str) -> GroupedBy | None:
        """What an analysis groups by instead of the study's groups."""
        analysis = next(a for a in self.material.study.analyses if a.name == name)
        return getattr(analysis, "by", None)

    def by_outcome(self, name: str) -> OutcomeAt | None:
        """The outcome an analysis groups by, if by all of its classes."""
        by = self.by(name)
        return None if by is None or by.levels is not None else OutcomeAt(outcome=by.outcome, at=by.at)

    def together(self, names: Sequence[str]) -> list[str]:
        """The analyses, if all group alike: columns have one meaning."""
        if len({repr(self.by(name)) for name in names}) > 1:
            raise NothingToShowError(
                "Its analyses group by different things; give each grouping a table of its own: "
                f"{', '.join(map(self.material.analysis_title, names))}."
            )
        return list(names)

    def subjects(self, names: Sequence[str]) -> list[Subject]:
        """What the analyses describe or test, each once, in the order wanted, else in that of the results."""
        found: dict[tuple[str, str | None], Subject] = {}
        for name in names:
            for entry in self.material.of_analysis(name):
                if (outcome := entry.about.get("outcome")) is not None:
                    timepoint = entry.about.get("timepoint")
                    found.setdefault((outcome, timepoint), Subject(name, outcome, timepoint))
        outcomes = self.wanted.outcomes or dict.fromkeys(outcome for outcome, _ in found)
        times = (None, *self.in_time(time for _, time in found if time))
        return [found[key] for o in outcomes for t in times if (key := (o, t)) in found]

    def in_time(self, present: Iterable[str]) -> list[str]:
        """Time points in the order wanted, else in that of the study; each once."""
        known = set(present)
        order = self.wanted.timepoints or [t.name for t in self.material.study.timepoints]
        return [name for name in order if name in known]

    def find(self, subject: Subject, name: str, **about: str) -> Entry | None:
        """The statistic of a subject."""
        return self.material.entry(name, [subject.analysis], **subject.about, **about)

    def groups(self, names: Sequence[str]) -> list[str]:
        """Labels of the groups that the analyses tell apart, in their order."""
        own = self.material.groups()
        if own and all(self.by(name) is None for name in names):
            return own
        seen = (entry.about.get("group", ALL) for name in names for entry in self.material.of_analysis(name))
        return [label for label in dict.fromkeys(seen) if label != ALL]

    def columns(self, names: Sequence[str]) -> list[str]:
        """The groups, led by everybody where that is wanted or all there is."""
        groups = self.groups(names)
        return [ALL, *groups] if self.wanted.overall or not groups else groups

    def column(self, label: str, names: Sequence[str]) -> Column:
        """“CT” over “n = 100”."""
        return Column("All" if label == ALL else label, self._size(label, names))

    def _size(self, label: str, names: Sequence[str]) -> str:
        counted = (e for name in SIZED for e in self.material.entries(name, names, group=label))
        sizes = [e.row.denominator for e in counted if e.row.suppressed is None and e.row.denominator is not None]
        if not sizes:
            sizes = [row.n for row in self._last_of_flow(label, names) if row.n is not None]
        return f"n = {self.style.count(max(sizes))}" if sizes else "n withheld"

    def _last_of_flow(self, label: str, names: Sequence[str]) -> Sequence[FlowStep]:
        if any(self.by(name) is not None for name in names) and label != ALL:
            return []
        return [step for step in self.material.results.flow if step.group == label][-1:]

    def label(self, subject: Subject, *, time: bool = True) -> str:
        """“Pain, 0 to 10, before”."""
        label = capital(self.material.outcome_label(subject.outcome))
        at = self.time(subject.timepoint) if time else ""
        return f"{label}, {small(at)}" if at else label

    def time(self, timepoint: str | None) -> str:
        """What a time point is called; nothing where there is none, or only one in the study."""
        if timepoint is None or len(self.material.study.timepoints) < 2:
            return ""
        return self.material.timepoint_label(timepoint)

    def mean_places(self, outcome: str) -> int:
        if self.wanted.decimals.mean is not None:
            return self.wanted.decimals.mean
        return max(self.style.mean_decimals, self.material.recorded_places(outcome))

    @property
    def percent_places(self) -> int:
        wanted = self.wanted.decimals.percent
        return self.style.percent_decimals if wanted is None else wanted

    def quantile_places(self, outcome: str) -> int:
        wanted = self.wanted.decimals.quantile
        return self.material.quantile_places(outcome) if wanted is None else wanted

    def shift_places(self, outcome: str) -> int:
        """Of Hodges–Lehmann differences and changes: no fewer than the medians beside them."""
        return max(self.quantile_places(outcome), shift_places(self.material, outcome))

    def definition(self, outcome: str) -> Outcome:
        return self.material.outcome(outcome)
