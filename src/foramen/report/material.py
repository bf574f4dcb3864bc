"""What layouts and figures take their numbers from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from foramen.kernel.rounding import rounded
from foramen.report.style import Style
from foramen.report.table import Failed, Part, Value, Withheld
from foramen.snapshot.codebook import Codebook, Variable
from foramen.statistics.result import Statistic
from foramen.study.definition import Outcome, Study
from foramen.study.results import Results

QUANTILES = ("median", "lower_quartile", "upper_quartile", "minimum", "maximum")

OF_TWO_GROUPS = (
    "mann_whitney", "hodges_lehmann", "common_language_effect", "mean_difference", "t", "dunn", "dunn_unadjusted",
    "risk_difference", "risk_ratio", "odds_ratio", "number_needed_to_treat", "adjusted_mean_difference",
)  # fmt: skip
"""Statistics of one group against another; against something else the word is a time point, an outcome or a reader."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A statistic with its place in the results."""

    place: int
    row: Statistic
    about: Mapping[str, str]


@dataclass(frozen=True)
class Material:
    """A study and what was found: results that have passed disclosure control, or are marked as internal."""

    study: Study
    codebook: Codebook
    results: Results
    style: Style

    @cached_property
    def _by_name(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for place, row in enumerate(self.results.statistics):
            found.setdefault(row.name, []).append(Entry(place, row, dict(row.about)))
        return found

    @cached_property
    def _by_analysis(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for place in range(len(self.results.statistics)):
            found.setdefault((entry := self.at(place)).about.get("analysis", ""), []).append(entry)
        return found

    def of_analysis(self, name: str) -> Sequence[Entry]:
        """Every statistic of an analysis, in the order of the results."""
        return self._by_analysis.get(name, ())

    def entries(self, name: str, analyses: Sequence[str] | None = None, **about: str) -> Iterator[Entry]:
        """Statistics of a name whose `about` has these words, in the order of the results."""
        for entry in self._by_name.get(name, ()):
            if analyses is not None and entry.about.get("analysis") not in analyses:
                continue
            if all(entry.about.get(key) == word for key, word in about.items()):
                yield entry

    def entry(self, name: str, analyses: Sequence[str] | None = None, **about: str) -> Entry | None:
        """The first of `entries`, if there is one."""
        return next(self.entries(name, analyses, **about), None)

    def part(self, entry: Entry, text: str) -> Part:
        """The number of a statistic as printed, or that it is withheld or could not be computed."""
        if entry.row.suppressed is not None:
            return Withheld(f"suppressed, {entry.row.suppressed}", entry.place)
        if entry.row.error is not None:
            return Failed("not computed", entry.row.error, entry.place)
        return Value(text, entry.place)

    def at(self, place: int) -> Entry:
        """The statistic at a place of the results."""
        row = self.results.statistics[place]
        return Entry(place, row, dict(row.about))

    def left_out(self) -> dict[str, str]:
        """Analyses that a partial run did without, each with the reason."""
        entries = self.results.manifest["left_out"]
        return {entry["analysis"]: entry["reason"] for entry in entries if entry["outcome"] is None}

    def analysis_title(self, name: str) -> str:
        """What the study calls an analysis."""
        return next((a.title for a in self.study.analyses if a.name == name and a.title), _spoken(name))

    def outcome(self, name: str) -> Outcome:
        """The study's outcome of this name; documents are checked, so there is one."""
        return next(outcome for outcome in self.study.outcomes if outcome.name == name)

    def variable(self, outcome: str) -> Variable | None:
        """What an outcome is measured in; a finding of readers is a variable itself."""
        declared = next((o for o in self.study.outcomes if o.name == outcome), None)
        return self.codebook.variables.get(declared.variable if declared else outcome)

    def recorded_places(self, outcome: str) -> int:
        """Decimals of what was measured; a percent change has none of its own."""
        variable = self.variable(outcome)
        return 0 if variable is None or self._relative(outcome) else variable.decimals

    def quantile_places(self, outcome: str) -> int:
        """Decimals of medians, quartiles and extremes: as recorded, and more where one of them lies between two values.

        The same wherever the variable is printed: one number in another table does not change its decimals there.
        """
        recorded, between = self.recorded_places(outcome), self._between
        return recorded + self.style.quantile_decimals * ((self.variable(outcome), self._relative(outcome)) in between)

    @cached_property
    def _between(self) -> set[tuple[Variable | None, bool]]:
        """Variables, or percent changes of them, of which some quantile was not recorded as such."""
        found = (entry for name in QUANTILES for entry in self._by_name.get(name, ()))
        return {
            (self.variable(outcome), self._relative(outcome))
            for entry in found
            if (outcome := entry.about.get("outcome", "")) and not _prints(entry, self.recorded_places(outcome))
        }

    def _relative(self, outcome: str) -> bool:
        return any(o.name == outcome and o.kind == "percent_change" for o in self.study.outcomes)

    def group_labels(self, analysis: str) -> set[str]:
        """Labels of the groups that an analysis tells apart or compares."""
        return self._group_labels.get(analysis, set())

    @cached_property
    def _group_labels(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, entries in self._by_analysis.items():
            compared = {e.about["against"] for e in entries if e.row.name in OF_TWO_GROUPS and "against" in e.about}
            found[name] = compared | {entry.about["group"] for entry in entries if "group" in entry.about}
        return found

    def groups(self) -> list[str]:
        """Labels of the groups compared, in order; none without groups."""
        groups = self.study.groups
        if groups is None:
            return []
        return list(groups.levels or self.codebook.variables[groups.variable].labels)

    def outcome_label(self, name: str) -> str:
        """What the study calls an outcome, else what the snapshot calls its variable, with the unit."""
        outcome = next((o for o in self.study.outcomes if o.name == name), None)
        if outcome is None:
            return self.variable_label(name)
        if outcome.label:
            return outcome.label
        if outcome.kind not in ("score", "count", "category") or outcome.role == "mode":
            return _spoken(name)
        return self.variable_label(outcome.variable, unit=outcome.kind != "category")

    def variable_label(self, name: str, *, unit: bool = True) -> str:
        """What the snapshot calls a variable, with its unit."""
        variable = self.codebook.variables.get(name)
        if variable is None:
            return _spoken(name)
        label = variable.label or _spoken(name)
        return f"{label}, {variable.unit}" if unit and variable.unit else label

    def timepoint_label(self, name: str) -> str:
        """What the study calls a time point, else what the snapshot calls it."""
        planned = self.results.manifest["snapshot"]["timepoints"].get(name)
        own = next((t.label for t in self.study.timepoints if t.name == name), None)
        return own or planned or _spoken(name)


def _prints(entry: Entry, places: int) -> bool:
    """Whether a number prints exactly with so many decimals."""
    value = entry.row.estimate
    return value is None or float(rounded(value, places)) == value


def _spoken(name: str) -> str:
    return name.replace("_", " ").capitalize()
