"""Adjusted means and their differences: analyses of covariance and mixed models, a block for each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked
from foramen.report.layouts.cells import count, estimate_interval, estimated, one
from foramen.report.layouts.decimals import together
from foramen.report.layouts.lines import LEFT_OUT, matters
from foramen.report.layouts.names import capital, pair, small, term
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import p_value
from foramen.report.layouts.performance import fitted_to
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row
from foramen.study.analysis_definition import Ancova, Mixed
from foramen.study.display_definition import TableWanted
from foramen.study.population import ALL

KINDS = {"ancova", "mixed"}

MEAN, DIFFERENCE, CHANGE = "mean", "difference", "change"
"""What columns hold; a difference and a change have a p beside them."""

MODELLED = ("adjusted_mean", "adjusted_mean_difference", "fixed_effect")

Line = tuple[str, Mapping[str, Cell]]
"""A line's head and its cells by column; the p of a column under its name with “p”."""


@dataclass(frozen=True)
class Model:
    """One model while its lines are made."""

    asked: Asked
    analysis: Ancova | Mixed

    @property
    def entries(self) -> Sequence[Entry]:
        return self.asked.material.of_analysis(self.analysis.name)

    def _of(self, name: str, **about: str) -> list[Entry]:
        return list(self.asked.material.entries(name, [self.analysis.name], **about))

    @property
    def head(self) -> str:
        """What is modelled, and when where that is one time."""
        label = capital(self.asked.material.outcome_label(self.analysis.outcome))
        at = self.asked.time(self.analysis.at) if isinstance(self.analysis, Ancova) else ""
        return f"{label}, {small(at)}" if at else label

    @property
    def groups(self) -> list[str]:
        """The reference first; none in a model of one group."""
        return list(dict.fromkeys(e.about["group"] for e in self._of("adjusted_mean") if "group" in e.about))

    @property
    def times(self) -> list[str | None]:
        """The time points of a mixed model; a single one, not named, of an analysis of covariance."""
        if isinstance(self.analysis, Ancova):
            return [None]
        return list(dict.fromkeys(e.about.get("timepoint") for e in self._of("adjusted_mean")))

    def lines(self) -> Iterator[Line]:
        modelled = [entry for name in MODELLED for entry in self._of(name)]
        if modelled and all(entry.row.error is not None for entry in modelled):
            yield "Adjusted means", {MEAN: one(self.asked, modelled[0], lambda _: "")}
            return
        for time in self.times:
            yield from self._at(time)
        yield from self._slopes()
        yield "Analysed, n", {MEAN: fitted_to(self.asked, next(iter(modelled), None))}
        lost = self.asked.material.entry(LEFT_OUT, [self.analysis.name], group=ALL)
        if matters(lost):
            yield "Left out, an answer missing", {MEAN: count(self.asked, lost)}
        for entry in self._of("residual_standard_deviation"):
            yield "Residual standard deviation", {MEAN: one(self.asked, entry, estimated(self.asked, self._places))}

    @property
    def _places(self) -> int:
        return self.asked.mean_places(self.analysis.outcome)

    def _at(self, time: str | None) -> Iterator[Line]:
        """One time point: a line for each group, then the differences that are not against the reference."""
        about = {} if time is None or isinstance(self.analysis, Ancova) else {"timepoint": time}
        label = self.asked.material.timepoint_label(time) if about and time else ""
        if not self.groups:
            yield label, self._alone(about)
            return
        reference, *others = self.groups
        lead = f"{label}, " if label else ""
        yield f"{lead}{reference} (reference)", {MEAN: self._mean(**about, group=reference)}
        for group in others:
            found = {MEAN: self._mean(**about, group=group)}
            found |= self._difference(DIFFERENCE, self._of("adjusted_mean_difference", **about, group=group,
                                                           against=reference))  # fmt: skip
            yield f"{lead}{group}", found | self._difference(CHANGE, self._interaction(about, group))
        for entry in self._of("adjusted_mean_difference", **about):
            if entry.about["against"] != reference:
                words = pair(entry.about["group"], entry.about["against"])
                yield f"{lead}{words}", self._difference(DIFFERENCE, [entry])

    def _alone(self, about: Mapping[str, str]) -> dict[str, Cell]:
        """A time point of a single group, and what changed since the first."""
        changed = [e for e in self._of("fixed_effect", **about) if about and e.about["term"].startswith("time ")]
        return {MEAN: self._mean(**about), **self._difference(CHANGE, changed)}

    def _interaction(self, about: Mapping[str, str], group: str) -> list[Entry]:
        """By how much the change since the first time point differs from that of the reference."""
        return [e for e in self._of("fixed_effect", **about, group=group) if "timepoint" in e.about and about]

    def _mean(self, **about: str) -> Cell:
        found = self._of("adjusted_mean", **about)
        return estimate_interval(self.asked, found[0] if found else None, self._places)

    def _difference(self, column: str, found: Sequence[Entry], places: int | None = None) -> dict[str, Cell]:
        """An estimate with its interval, and p; what failed says so once."""
        if not found:
            return {}
        entry = found[0]
        cell = estimate_interval(self.asked, entry, self._places if places is None else places)
        untested = entry.row.error is not None or entry.row.suppressed is not None
        return {column: cell, f"{column} p": () if untested else p_value(self.asked, entry)}

    def _slopes(self) -> Iterator[Line]:
        """What one unit more of the score before, or of a covariate, adds."""
        repeated = isinstance(self.analysis, Mixed)
        effects = self._of("fixed_effect")
        found = [e for e in effects if "group" not in e.about and not (repeated and "timepoint" in e.about)]
        for entry in found:
            places = together(self.asked.material, [entry]).get("fixed_effect", self.asked.style.estimate_decimals)
            if entry.about["term"] != "(intercept)":
                yield self._slope(entry.about["term"]), self._difference(DIFFERENCE, [entry], places)

    def _slope(self, name: str) -> str:
        material = self.asked.material
        if isinstance(self.analysis, Ancova) and name == "the baseline":
            return f"Per unit of the score {small(material.timepoint_label(self.analysis.baseline))}"
        words = term(material, name)
        return capital(words) if ": " in words else f"Per unit of {small(words)}"


def adjusted(material: Material, wanted: TableWanted) -> Body:
    """Adjusted means by group, differences against the reference, and what the baseline and covariates add."""
    asked, notes = Asked(material, wanted), Notes()
    names = asked.named(*KINDS)
    models = [Model(asked, a) for a in material.study.analyses if isinstance(a, Ancova | Mixed) and a.name in names]
    models = [model for model in sorted(models, key=lambda m: names.index(m.analysis.name)) if model.entries]
    if not models:
        raise NothingToShowError("Its analyses have no adjusted means.")
    blocks = [(model, list(model.lines())) for model in models]
    used = [name for name in (MEAN, DIFFERENCE, CHANGE) if any(name in cells for _, b in blocks for _, cells in b)]
    keys = [key for name in used for key in ([name] if name == MEAN else [name, f"{name} p"])]
    rows: list[Row] = []
    for model, lines in blocks:
        rows.append(Row((model.head,), kind="group"))
        rows += [Row((head,), tuple(cells.get(key, ()) for key in keys), 1) for head, cells in lines]
        notes.say(*dict.fromkeys(f"{capital(e.row.method)}." for e in model.entries if e.row.name in MODELLED))
    if any("Per unit" in head for _, lines in blocks for head, _ in lines):
        notes.say("Per unit: how much higher the score is where this is one unit higher.")
    return finished(material, "Score", _heads(asked, models, keys), rows, notes)


def _heads(asked: Asked, models: Sequence[Model], keys: Sequence[str]) -> list[Column]:
    level, symbol = asked.interval_head, asked.style.p.symbol
    references = _only(model.groups[0] for model in models if model.groups)
    firsts = _only(asked.material.timepoint_label(t) for m in models for t in m.times[:1] if t)
    since = f" since {small(firsts)}" if firsts else " since the first time"
    grouped = any(model.groups for model in models)
    heads = {
        MEAN: Column(f"Adjusted mean ({level})"),
        DIFFERENCE: Column(f"Difference ({level})", f"against {references}" if references else ""),
        CHANGE: Column(f"{'Difference of change' if grouped else 'Change'}{since} ({level})"),
    }
    return [heads.get(key, Column(symbol)) for key in keys]


def _only(words: Iterable[str]) -> str:
    """The word, where it is the same for all."""
    found = set(words)
    return found.pop() if len(found) == 1 else ""
