"""What may leave: results after disclosure control, or results that say they have not passed it.

`report` accepts nothing else, so that a page of unchecked numbers without its mark cannot be written.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from foramen.disclosure.blocks import STUDY, Subject
from foramen.disclosure.control import Controlled, Report, control
from foramen.disclosure.reader import APART, subject_of
from foramen.kernel.digests import digest
from foramen.kernel.errors import UserError
from foramen.statistics.flow import FlowStep
from foramen.statistics.result import Statistic
from foramen.statistics.sums import MomentTable, RankSums
from foramen.study.analyses.task import Source
from foramen.study.engines.request import (
    AllOf,
    AnyOf,
    Case,
    Column,
    Condition,
    Counts,
    Key,
    Linear,
    Moments,
    Not,
    Ranks,
    Recorded,
    Request,
    Term,
    plain,
)
from foramen.study.population import ALL, GROUP
from foramen.study.results import Results

LEAST = 3
"""The lowest threshold: below it “small” has one meaning only, and the word would be the number."""


OTHER_REASONS = "other reasons"
"""Reasons that are too small to be told one by one."""


@dataclass(frozen=True)
class Released:
    """Results in which nothing small can be read or worked out. What was withheld, and why, is in their manifest."""

    results: Results
    threshold: int


@dataclass(frozen=True)
class Internal:
    """Results as they are. `mark` stands on every page of what is made from them."""

    results: Results
    mark: str


Passed = Released | Internal

INTERNAL = "Internal: not passed through disclosure control"


def internal(results: Results) -> Internal:
    """Skip disclosure control, for eyes that may see the rows, or because nobody stands behind the rows."""
    people = results.manifest["snapshot"]["people"]
    if people == "recorded":
        return Internal(results, INTERNAL)
    return Internal(results, f"{people.capitalize()} people: disclosure control is off")


def release(results: Results, *, threshold: int = 11) -> Released:
    """Withhold every count from 1 to threshold - 1, and whatever would give one away.

    A withheld row keeps its name, place and method; its `suppressed` says why, and all its numbers are gone. A bound
    for a category that nobody has goes altogether where the category's own row is withheld: its being there would say
    0. A denominator that would give something away is gone from rows that can stand without it; their warning says so.
    Percentages are computed again from what is shown. Count tables stay only where everything in them might be shown;
    rows of the others name the question that was asked instead of the digest of the answer, because the digest of a
    small table gives it away to whoever tries the few tables that are possible.
    """
    if threshold < LEAST:
        raise UserError.single(
            "a threshold so low protects nobody", where="threshold", received=str(threshold), remedy=f"{LEAST} or more"
        )
    found = control(_report(results), threshold)
    kept = found.tables | _kept_sums(results, found, threshold)
    references = {key: _reference(results, source) for key, source in results.inputs.items() if key not in kept}
    rows = [replace(row, inputs=references.get(row.inputs or "", row.inputs)) for row in found.rows]
    shown = [row for row in rows if row.suppressed is None or row.name != "zero_event_upper_bound"]
    flow = [_released_step(*parts) for parts in zip(results.flow, found.flow, strict=True)]
    said = _said(threshold, rows, flow, tables=len(references))
    inputs = {key: source for key, source in results.inputs.items() if key in kept}
    snapshot = _released_snapshot(results.manifest["snapshot"], threshold)
    manifest = {**results.manifest, "snapshot": snapshot, "disclosure": said}
    return Released(Results(manifest, flow, shown, inputs), threshold)


def _released_snapshot(snapshot: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    """What is told of a snapshot. Small reasons for which treatments are not in it are told as one that is not small,
    and None where all together are small. How many are in it is not told here: the flow may have to withhold that."""
    reasons: Mapping[str, int] | None = snapshot.get("treatments_not_in")
    if reasons is None:
        return dict(snapshot)
    large = sorted((one for one in reasons.items() if one[1] >= threshold), key=lambda one: (-one[1], one[0]))
    rest = sum(reasons.values()) - sum(count for _, count in large)
    while 0 < rest < threshold and large:
        rest += large.pop()[1]
    if 0 < rest < threshold:
        return {**snapshot, "treatments_not_in": None}
    together = {OTHER_REASONS: rest} if rest else {}
    return {**snapshot, "treatments_not_in": {**dict(large), **together}}


def _report(results: Results) -> Report:
    narrowed = {dict(row.about).get("analysis") for row in results.statistics if row.name == "left_out_incomplete"}
    requests = [
        _request(row, results.inputs, narrow=dict(row.about).get("analysis") in narrowed) for row in results.statistics
    ]
    labels = tuple(dict.fromkeys(step.group for step in results.flow if step.group != ALL))
    tables = {key: source.table for key, source in results.inputs.items()}
    rows = results.statistics
    schemes, families, answers = _schemes(rows, requests, labels), _families(rows, requests), _answers(rows, requests)
    return Report(rows, results.flow, tables, schemes, STUDY, families, answers, GROUP)


def _request(row: Statistic, inputs: Mapping[str, Source], *, narrow: bool) -> Request | None:
    """The question behind a row, of those that its table answers: about the same thing; in an analysis of complete
    cases that with the most conditions, else that with the fewest."""
    source, about = inputs.get(row.inputs or ""), set(row.about)
    if source is None:
        return None
    fitting = [request for request, part in source.origins if set(part.items()) <= about]
    fitting = fitting or [request for request, _ in source.origins]
    return (max if narrow else min)(fitting, key=lambda request: len(_conditions(request.where)))


def _conditions(where: Condition) -> tuple[Condition, ...]:
    return where.parts if isinstance(where, AllOf) else (where,)


def _keys(request: Request | None) -> tuple[Key, ...]:
    if isinstance(request, Counts):
        return request.keys
    if isinstance(request, Moments):
        return request.groups
    return (request.group,) if isinstance(request, Ranks) and request.group else ()


def _schemes(
    rows: Sequence[Statistic], requests: Sequence[Request | None], labels: tuple[str, ...]
) -> dict[str, Hashable]:
    """How the rows of each analysis are grouped: by the groups of the study, or by an outcome."""
    schemes: dict[str, Hashable] = {}
    for row, request in zip(rows, requests, strict=True):
        analysis = dict(row.about).get("analysis", "")
        for key in _keys(request):
            if key.name == GROUP and tuple(label for _, label in key.axis.labels) != labels:
                schemes[analysis] = key.term
        schemes.setdefault(analysis, STUDY)
    return schemes


def _families(rows: Sequence[Statistic], requests: Sequence[Request | None]) -> list[list[Subject]]:
    """Subjects cut from the same recorded values: their tables answer one question."""
    families: dict[tuple[Key, ...], dict[Subject, None]] = {}
    for row, request in zip(rows, requests, strict=True):
        if row.name in ("percent", "responder_percent", "mean") and isinstance(request, Counts):
            keys = tuple(key for key in request.keys if key.name != GROUP)
            families.setdefault(keys, {})[subject_of(row)] = None
    return [list(family) for family in families.values() if len(family) > 1]


def _answers(
    rows: Sequence[Statistic], requests: Sequence[Request | None]
) -> dict[tuple[str, Subject], frozenset[Hashable]]:
    """The answers without which nobody is counted, other than those that the conditions of the study ask for."""
    found: dict[tuple[str, Subject], frozenset[Hashable]] = {}
    for row, request in zip(rows, requests, strict=True):
        if isinstance(request, Counts | Ranks) and row.name not in (*APART, "outside_window"):
            keys = request.columns if isinstance(request, Ranks) else request.keys
            terms = [key.term for key in keys if key.name != GROUP and not _asked_for(key.term, request.where)]
            place = dict(row.about).get("analysis", ""), subject_of(row)
            found.setdefault(place, frozenset(_windowed(term) or _columns(term) for term in terms))
    return found


def _columns(term: Term) -> Hashable:
    return term.name if isinstance(term, Column) else term


def _asked_for(term: Term, where: Condition) -> bool:
    """Whether whoever fulfils a condition has a value of a term, within its window if it has one."""
    answered = _answered(where, truth=True)
    if isinstance(term, Case) and (inner := _windowed(term)) is not None:
        window, name = inner
        return inner in answered or (name in answered and _implies(where, window))
    return isinstance(term, Column) and term.name in answered


def _windowed(term: Term) -> tuple[Condition, str] | None:
    """The window and the column of a term that has a value only there."""
    if isinstance(term, Case) and len(term.branches) == 1 and term.otherwise is None:
        window, inner = term.branches[0]
        return (window, inner.name) if isinstance(inner, Column) else None
    return None


def _implies(where: Condition, window: Condition) -> bool:
    return set(_conditions(window)) <= set(_conditions(where))


def _answered(condition: Condition, *, truth: bool) -> frozenset[Hashable]:
    """The columns that have a value wherever the condition is true, or wherever it is false, with their windows."""
    if isinstance(condition, Not):
        return _answered(condition.part, truth=not truth)
    if isinstance(condition, AllOf | AnyOf):
        parts = [_answered(part, truth=truth) for part in condition.parts]
        if isinstance(condition, AllOf) == truth:
            return frozenset().union(*parts)
        return frozenset.intersection(*parts) if parts else frozenset()
    if isinstance(condition, Recorded) and not truth:
        return frozenset()
    terms = [term for _, term in condition.terms] if isinstance(condition, Linear) else [condition.column]
    named = [term.name for term in terms if isinstance(term, Column)]
    windowed = [found for term in terms if (found := _windowed(term)) is not None]
    return frozenset((*named, *windowed, *(name for _, name in windowed)))


def _kept_sums(results: Results, found: Controlled, threshold: int) -> frozenset[str]:
    """Sums of enough units in each part, all of whose rows are shown, and which nothing else can be taken from."""
    sums = {key: s.table for key, s in results.inputs.items() if isinstance(s.table, RankSums | MomentTable)}
    touched = {
        before.inputs
        for before, after in zip(results.statistics, found.rows, strict=True)
        if after.suppressed is not None or before.denominator != after.denominator
    }
    columns = Counter(column for table in sums.values() for column in table.columns)
    return frozenset(
        key
        for key, table in sums.items()
        if key not in touched
        and all(columns[column] == 1 for column in table.columns)
        and not any(0 < part < threshold for part in _parts(table))
    )


def _parts(table: RankSums | MomentTable) -> list[int]:
    """How many units are in each part, and how many of each group are in none."""
    if isinstance(table, MomentTable):
        return [moment.n for _, moment in table.cells]
    ranked = {code: part.n for code, part in table.groups}
    return [*ranked.values(), *(n - ranked.get(code, 0) for code, n in table.total)]


def _reference(results: Results, source: Source) -> str:
    """Names a withheld table by what was asked of which snapshot; says nothing of the answer."""
    origins = [[plain(request), part] for request, part in source.origins]
    return digest([results.manifest["snapshot"]["sha256"], origins])


def _released_step(step: FlowStep, why: tuple[str | None, str | None]) -> FlowStep:
    of_n, of_excluded = why
    return replace(
        step,
        n=None if of_n else step.n,
        excluded=None if of_excluded else step.excluded,
        suppressed="; ".join(dict.fromkeys(filter(None, why))) or None,
    )


def _said(threshold: int, rows: Sequence[Statistic], flow: Sequence[FlowStep], *, tables: int) -> dict[str, Any]:
    """What was withheld and why, for the manifest."""
    withheld = Counter((_what(row), row.suppressed) for row in rows if row.suppressed is not None)
    withheld.update(("flow", step.suppressed) for step in flow if step.suppressed is not None)
    return {
        "threshold": threshold,
        "suppressed": [{"what": what, "why": why, "rows": rows} for (what, why), rows in withheld.items()],
        "rows_suppressed": sum(row.suppressed is not None for row in rows),
        "tables_withheld": tables,
    }


def _what(row: Statistic) -> str:
    about = dict(row.about)
    words = [about.get(key, "") for key in ("outcome", "finding", "timepoint", "model", "group")]
    return ", ".join([about.get("analysis", "all units"), *filter(None, words)])
