"""“Why this number”: everything a statistic or a line of the flow carries, in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from foramen.report.document import Fact, Why
from foramen.report.figures.flow_lines import UNGROUPED, flow_line, is_flow, left_for
from foramen.report.layouts.names import capital, printed_name, word
from foramen.report.material import Entry, Material
from foramen.report.sentences import grouped_by, outcome_at, say
from foramen.statistics.flow import FlowStep
from foramen.statistics.result import Statistic
from foramen.study.population import ALL
from foramen.study.results import DIMENSIONS

LISTED = 3
"""Most texts that a title lists."""


@dataclass
class Shown:
    """How one statistic is printed: its texts in their order, and what those that are not its own follow from."""

    texts: dict[str, None] = field(default_factory=dict)
    derived: dict[str, None] = field(default_factory=dict)


def why(material: Material, place: int, shown: Shown, definition: str) -> Why:
    """The explanation of what is at a place, printed as `shown`; `definition` is the study document’s text."""
    if is_flow(material, place):
        return _why_left(material, flow_line(material, place), shown, definition)
    entry = material.at(place)
    line, asked = asked_by(definition, entry.about.get("analysis"))
    return Why(
        title=title(shown.texts),
        say=" ".join([say(material, entry), *(f"{text}." for text in shown.derived)]),
        facts=[Fact(name, text) for name, text in _facts(material, entry) if text],
        warnings=entry.row.warning.split("; ") if entry.row.warning else [],
        asked=asked,
        line=line,
        counts=entry.row.inputs if entry.row.inputs in material.results.inputs else None,
    )


def title(texts: Iterable[str]) -> str:
    """“Why 56 or 41.8?”: all that a number is printed as."""
    listed = list(texts)
    return f"Why {' or '.join(listed[:LISTED])}{' …' if len(listed) > LISTED else ''}?"


def _facts(material: Material, entry: Entry) -> Iterable[tuple[str, str]]:
    row = entry.row
    yield "Quantity", capital(printed_name(row.name))
    for dimension in DIMENSIONS:
        if text := entry.about.get(dimension):
            name = "Time point" if dimension == "timepoint" else dimension.replace("_", " ").capitalize()
            yield name, _word(material, entry.about, dimension, text)
    yield "Estimate", _full(row.estimate)
    if row.level is not None and (row.lower is not None or row.upper is not None):
        yield "Interval", f"{_full(row.lower) or 'open'} to {_full(row.upper) or 'open'}, {100 * row.level:g} %"
    yield "Method", in_words(material, row.method)
    yield "Test statistic", _full(row.statistic)
    yield "Degrees of freedom", _degrees(row)
    yield "p", _full(row.p)
    yield "n", _full(row.n)
    yield "Denominator", _full(row.denominator)
    yield "Counts", short(row.inputs or "")
    yield from _digests(material)


def _digests(material: Material) -> Iterable[tuple[str, str]]:
    manifest = material.results.manifest
    yield "Study definition", short(manifest["study"]["sha256"])
    yield "Snapshot", short(manifest["snapshot"]["sha256"])


def short(digest: str) -> str:
    """As much of a digest as a person compares; the whole of it stands in results.json."""
    return digest[:12]


def _word(material: Material, about: Mapping[str, str], dimension: str, text: str) -> str:
    """A word of `about` in the labels of study and snapshot; a group with what it is a group of."""
    if dimension == "analysis":
        return material.analysis_title(text)
    if dimension == "group":
        return _group(material, about.get("analysis", ""), text)
    if dimension == "against" and text in material.group_labels(about.get("analysis", "")):
        return _group(material, about.get("analysis", ""), text)
    return word(material, "reader" if dimension == "against" and "finding" in about else dimension, text)


def _group(material: Material, analysis: str, group: str) -> str:
    """“At least half of the pain gone, 15 minutes: no”; “Guidance: CT”."""
    if group == ALL:
        return "everybody together"
    if (by := grouped_by(material, analysis)) is not None:
        return f"{outcome_at(material, by.outcome, by.at)}: {group}"
    groups = material.study.groups
    return f"{material.variable_label(groups.variable)}: {group}" if groups and group in material.groups() else group


def in_words(material: Material, method: str) -> str:
    """A method with the columns that it names as what they hold: “Slip, reader 1”."""
    return re.sub(r"\b[a-z][a-z0-9_]*__[a-z0-9_]+\b", lambda found: word(material, "term", found[0]), method)


def _full(value: float | None) -> str:
    """As many digits as a reader could want to check."""
    return "" if value is None else f"{value:.10g}"


def _degrees(row: Statistic) -> str:
    return " and ".join(map(_full, row.df)) if isinstance(row.df, tuple) else _full(row.df)


def _why_left(material: Material, line: FlowStep, shown: Shown, definition: str) -> Why:
    """The explanation of a line of the flow: who stays, who leaves and for what, and what asked for it."""
    place, asked = _asked_step(material, line, definition)
    facts = [
        ("Group", "everybody together" if line.group == ALL else line.group),
        ("Step", line.step),
        ("Stay", _full(line.n)),
        ("Leave", _full(line.excluded)),
        ("Reason", left_for(material, line) if line.reason else ""),
        *_digests(material),
    ]
    named = [Fact(name, text) for name, text in facts if text]
    return Why(title(shown.texts), _said_of_step(material, line), named, asked=asked, line=place)


def _said_of_step(material: Material, line: FlowStep) -> str:
    if line.suppressed is not None:
        return f"Withheld by disclosure control: {line.suppressed}."
    count, unit = material.style.count, material.study.unit
    who = "" if line.group == ALL else f" of the group “{line.group}”"
    before = (line.n or 0) + (line.excluded or 0)
    if line.step == f"all {unit}s":
        index = material.study.index
        counted = f"each {index.event}" if index.which == "each" else f"of a person the {index.which} {index.event}"
        return f"{count(before)} {unit}s{who} are in the snapshot; {counted} counts."
    if not line.reason:
        return f"All {count(before)} {unit}s{who} stay at “{line.step}”."
    left = f"{count(line.excluded or 0)} of {count(before)} {unit}s{who} leave here"
    return f"{left}, {left_for(material, line)}; {count(line.n or 0)} stay."


def _asked_step(material: Material, line: FlowStep, definition: str) -> tuple[int | None, str]:
    """The part of the document that asked for a step: its `[[population]]`, the groups, or the index event."""
    names = [step.name for step in material.study.population]
    if line.step in names:
        return _part(definition, r"\[\[\s*population\s*\]\]", names.index(line.step))
    return _part(definition, r"\[\s*groups\s*\]" if line.step == UNGROUPED else r"\[\s*index\s*\]", 0)


def asked_by(definition: str, analysis: str | None) -> tuple[int | None, str]:
    """The `[[analyses]]` part of a document that has this name, with the number of its first line."""
    named = re.compile(rf"""^\s*name\s*=\s*["']{re.escape(analysis or "")}["']""")
    for line, part in _parts(definition, r"\[\[\s*analyses\s*\]\]"):
        if analysis and any(named.match(text) for text in part):
            return line, "\n".join(part).strip()
    return None, ""


def _part(definition: str, head: str, place: int) -> tuple[int | None, str]:
    """The part with this head at a place among those that have it."""
    found = list(_parts(definition, head))[place : place + 1]
    return (found[0][0], "\n".join(found[0][1]).strip()) if found else (None, "")


def _parts(definition: str, head: str) -> Iterable[tuple[int, Sequence[str]]]:
    """The parts of a document with a head: the number of their first line, and their lines."""
    lines = definition.splitlines()
    starts = [i for i, line in enumerate(lines) if line.strip().startswith("[")]
    for start in starts:
        if re.fullmatch(head, lines[start].split("#")[0].strip()):
            end = next((i for i in starts if i > start and not lines[i].startswith((" ", "\t"))), len(lines))
            yield start + 1, lines[start:end]
