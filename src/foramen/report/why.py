"""“Why this number”: everything a statistic carries, in words."""

import re
from collections.abc import Iterable

from foramen.report.document import Fact, Why
from foramen.report.layouts.names import printed_name
from foramen.report.material import Material
from foramen.statistics.result import Statistic
from foramen.study.results import DIMENSIONS

PROPORTIONS = (
    "percent", "responder_percent", "accuracy", "sensitivity", "specificity", "ppv", "npv", "percent_agreement",
)  # fmt: skip
"""Statistics whose `n` is a numerator: the units that have what is counted."""

COUNTED = ("n", "missing", "suppressed", "left_out_incomplete", "outside_window", "undefined", "not_grouped")
"""Statistics that are themselves a count of their denominator."""


def why(material: Material, place: int, shown: str, definition: str) -> Why:
    """The explanation of the statistic at a place, printed as `shown`; `definition` is the study document’s text."""
    row = material.results.statistics[place]
    about = dict(row.about)
    line, asked = asked_by(definition, about.get("analysis"))
    return Why(
        title=f"Why {shown}?",
        say=_sentence(row, material.study.unit),
        facts=[Fact(name, text) for name, text in _facts(material, row) if text],
        warnings=row.warning.split("; ") if row.warning else [],
        asked=asked,
        line=line,
        counts=row.inputs if row.inputs in material.results.inputs else None,
    )


def _sentence(row: Statistic, unit: str) -> str:
    if row.suppressed is not None:
        return f"Withheld by disclosure control: {row.suppressed}."
    if row.error is not None:
        return f"Could not be computed: {row.error}."
    if row.n is None or row.denominator is None:
        return f"{printed_name(row.name)[:1].upper()}{printed_name(row.name)[1:]}."
    if row.name in PROPORTIONS or row.name in COUNTED:
        return f"{row.n} of {_of(row.denominator, unit)}."
    left = row.denominator - row.n
    rest = f"; {left} without what it needs {'is' if left == 1 else 'are'} not in it" if left else ""
    return f"From {row.n} of {_of(row.denominator, unit)}{rest}."


def _of(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _facts(material: Material, row: Statistic) -> Iterable[tuple[str, str]]:
    about = dict(row.about)
    manifest = material.results.manifest
    yield "Quantity", printed_name(row.name)
    for dimension in DIMENSIONS:
        if word := about.get(dimension):
            yield dimension.replace("_", " ").capitalize(), _word(material, dimension, word)
    yield "Estimate", _full(row.estimate)
    if row.level is not None and (row.lower is not None or row.upper is not None):
        yield "Interval", f"{_full(row.lower) or 'open'} to {_full(row.upper) or 'open'}, {100 * row.level:g} %"
    yield "Method", row.method
    yield "Test statistic", _full(row.statistic)
    yield "Degrees of freedom", _degrees(row)
    yield "p", _full(row.p)
    yield "n", _full(row.n)
    yield "Denominator", _full(row.denominator)
    yield "Counts", short(row.inputs or "")
    yield "Study definition", short(manifest["study"]["sha256"])
    yield "Snapshot", short(manifest["snapshot"]["sha256"])


def short(digest: str) -> str:
    """As much of a digest as a person compares; the whole of it stands in results.json."""
    return digest[:12]


def _word(material: Material, dimension: str, word: str) -> str:
    if dimension in ("outcome", "finding"):
        return material.outcome_label(word)
    return material.timepoint_label(word) if dimension in ("timepoint", "first", "second") else word


def _full(value: float | None) -> str:
    """As many digits as a reader could want to check."""
    return "" if value is None else f"{value:.10g}"


def _degrees(row: Statistic) -> str:
    return " and ".join(map(_full, row.df)) if isinstance(row.df, tuple) else _full(row.df)


def asked_by(definition: str, analysis: str | None) -> tuple[int | None, str]:
    """The `[[analyses]]` part of a document that has this name, with the number of its first line."""
    lines = definition.splitlines()
    starts = [i for i, line in enumerate(lines) if line.strip().startswith("[")]
    heads = [i for i in starts if re.fullmatch(r"\[\[\s*analyses\s*\]\]", lines[i].split("#")[0].strip())]
    named = re.compile(rf"""^\s*name\s*=\s*["']{re.escape(analysis or "")}["']""")
    for start in heads:
        end = next((i for i in starts if i > start and not lines[i].startswith((" ", "\t"))), len(lines))
        part = lines[start:end]
        if analysis and any(named.match(line) for line in part):
            return start + 1, "\n".join(part).strip()
    return None, ""
