"""The design of a linear model for repeated scores: time by group, and covariates, from moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from foramen.statistics.contrasts import Group
from foramen.statistics.moment_rows import FloatArray, MomentCells, Scale, pseudo_rows
from foramen.statistics.separation import constant_message, dependent_columns, dependent_message

_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Labels:
    """Printed names of the time points, the groups (none: one group without a name) and the covariates."""

    timepoints: tuple[str, ...]
    groups: tuple[str, ...]
    covariates: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PatientClass:
    """Patients of one group with scores at the same time points.

    `rows` is (pseudo-patients, time points observed, fixed effects + 1): each pseudo-patient's design and, last, its
    scores; the sums of products over them are those over the patients.
    """

    group: int
    observed: NDArray[np.intp]
    n: int
    rows: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedDesign:
    """What the likelihood needs. Fixed effects are in this order: intercept, time points but the first, groups but the
    first, their products (time within group), covariates. Covariates and scores are scaled. A `problem` forbids
    estimates."""

    labels: Labels
    classes: tuple[PatientClass, ...]
    score: Scale
    covariates: tuple[Scale, ...]
    denominator: int
    problem: str | None = None

    @property
    def times(self) -> int:
        return len(self.labels.timepoints)

    @property
    def effects(self) -> int:
        return self.times * max(len(self.labels.groups), 1) + len(self.covariates)

    @property
    def patients(self) -> int:
        return sum(part.n for part in self.classes)

    @property
    def observations(self) -> int:
        return sum(part.n * len(part.observed) for part in self.classes)


def cell_indicator(times: int, groups: int, time: int, group: int) -> FloatArray:
    """The fixed effects whose sum is the mean at a time point in a group, by treatment coding."""
    vector = np.zeros(times * groups)
    vector[0] = 1
    if time:
        vector[time] = 1
    if group:
        vector[times + group - 1] = 1
    if time and group:
        vector[times + groups - 1 + (group - 1) * (times - 1) + time - 1] = 1
    return vector


def effect_labels(labels: Labels) -> list[dict[str, str]]:
    """The `about` of each fixed effect in order: its term, and the time point and group it belongs to."""
    times, groups = labels.timepoints[1:], labels.groups[1:]
    found = [{"term": "(intercept)"}]
    found += [{"term": f"time {time}", "timepoint": time} for time in times]
    found += [{"term": f"group {group}", "group": group} for group in groups]
    found += [
        {"term": f"time {time} × group {group}", "timepoint": time, "group": group}
        for group in groups
        for time in times
    ]
    return found + [{"term": covariate} for covariate in labels.covariates]


def repeated_design(
    cells: MomentCells, scores: Sequence[str], covariates: Sequence[str], groups: Sequence[Group], labels: Labels
) -> RepeatedDesign:
    """Keep patients of a known group with every covariate and at least one score, and centre on them.

    The mean of a covariate is over patients, each counted once, however many scores each has.
    """
    needed = [cells.position(column) for column in covariates]
    wanted = [cells.position(column) for column in scores]
    codes = [group.code for group in groups] or [None]
    used = cells.only(
        {
            (code, observed): moment
            for (code, observed), moment in cells.cells.items()
            if code in codes and all(observed[i] for i in needed) and any(observed[i] for i in wanted)
        }
    )
    score, scales = used.scale(scores), tuple(used.scale([column]) for column in covariates)
    classes = []
    for (code, observed), moment in used.cells.items():
        times = [t for t, index in enumerate(wanted) if observed[index]]
        columns = [*covariates, *(scores[t] for t in times)]
        rows = pseudo_rows(used, moment, columns, [*scales, *[score] * len(times)])
        group = codes.index(code)
        classes.append(PatientClass(group, np.array(times), moment.n, _design_rows(rows, times, group, labels)))
    return RepeatedDesign(labels, tuple(classes), score, scales, cells.total, _problem(classes, labels))


def unobserved_pair(design: RepeatedDesign) -> tuple[str, str] | None:
    """Two time points that no patient has both of: their covariance cannot be known."""
    seen = {pair for part in design.classes for pair in combinations(part.observed.tolist(), 2)}
    for one, other in combinations(range(design.times), 2):
        if (one, other) not in seen:
            return design.labels.timepoints[one], design.labels.timepoints[other]
    return None


def _design_rows(rows: FloatArray, times: Sequence[int], group: int, labels: Labels) -> FloatArray:
    groups, k = max(len(labels.groups), 1), len(labels.covariates)
    cross = len(labels.timepoints) * groups
    made = np.zeros((len(rows), len(times), cross + k + 1))
    for place, time in enumerate(times):
        made[:, place, :cross] = np.outer(rows[:, 0], cell_indicator(len(labels.timepoints), groups, time, group))
        made[:, place, cross:-1] = rows[:, 1 : 1 + k]
        made[:, place, -1] = rows[:, 1 + k + place]
    return made


def _problem(classes: Sequence[PatientClass], labels: Labels) -> str | None:
    if not classes:
        return "nobody has every covariate and at least one score"
    present = {(part.group, time) for part in classes for time in part.observed.tolist()}
    for group, name in enumerate(labels.groups or ("",)):
        where = f" in group “{name}”" if name else ""
        if group not in {code for code, _ in present}:
            return f"nobody{where} has every covariate and at least one score"
        for time, point in enumerate(labels.timepoints):
            if (group, time) not in present:
                return f"nobody{where} has a score at “{point}”, so its mean there is unknown"
    return _degenerate(classes, labels)


def _degenerate(classes: Sequence[PatientClass], labels: Labels) -> str | None:
    """Faults of the fixed effects, seen in the plain sums of products."""
    stacked = np.vstack([part.rows.reshape(-1, part.rows.shape[2]) for part in classes])
    design, score = stacked[:, :-1], stacked[:, -1]
    gram, names = design.T @ design, [effect["term"] for effect in effect_labels(labels)]
    scores = sum(part.n * len(part.observed) for part in classes)
    if constants := np.flatnonzero(np.diag(gram) <= _NOTHING).tolist():
        return constant_message([names[i] for i in constants])
    if scores <= len(names):
        return f"{scores} scores are too few for {len(names)} fixed effects"
    if dependent := dependent_columns(gram):
        return dependent_message([names[i] for i in dependent])
    rest = score - design @ np.linalg.lstsq(design, score)[0]
    if rest @ rest <= _NOTHING * scores:
        return "the scores do not vary within groups and time points, so nothing can be estimated about chance"
    return None
