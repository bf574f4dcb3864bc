"""The plain report: one HTML file, complete, that opens from a disk without any network."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from foramen.report.sections import Labels, Section, flow_section, sections
from foramen.snapshot.codebook import Codebook
from foramen.statistics.result import Statistic
from foramen.study.definition import Study
from foramen.study.results import Results


def plain_report(study: Study, codebook: Codebook, results: Results) -> str:
    """The page as text. Tables follow the document's `tables`, or one per analysis where none are asked for."""
    style = files("foramen.report").joinpath("plain.css").read_text(encoding="utf-8")
    labels = _labels(study, codebook, results.manifest)
    body = [_section("flow", "Who was analysed", [flow_section(results.flow)])]
    general = [row for row in results.statistics if "analysis" not in dict(row.about)]
    titled = [*_titled(study, results.statistics), *([("Units of one person", general)] if general else [])]
    for title, statistics in titled:
        body.append(_section(f"table-{len(body)}", title, _tables(statistics, labels)))
    return PAGE.format(
        style_hash=_hash(style),
        style=style,
        title=escape(study.title),
        header=_header(study, results.manifest),
        main="\n".join(body),
        footer=_footer(results.manifest),
    )


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{style_hash}'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
{header}
<main>
{main}
</main>
{footer}
</body>
</html>
"""


def _labels(study: Study, codebook: Codebook, manifest: Mapping[str, Any]) -> Labels:
    """What the study calls its outcomes and time points, else what the snapshot calls them."""
    labels: dict[tuple[str, str], str] = {}
    for outcome in study.outcomes:
        variable = codebook.variables.get(outcome.variable)
        own = variable.label if variable is not None and outcome.kind in ("score", "count", "category") else ""
        unit = (
            f", {variable.unit}"
            if variable is not None and variable.unit and own and outcome.kind != "category"
            else ""
        )
        if text := outcome.label or (own and own + unit):
            labels["outcome", outcome.name] = text
    planned = {name: label for name, label in manifest["snapshot"]["timepoints"].items() if label}
    for timepoint in study.timepoints:
        if text := timepoint.label or planned.get(timepoint.name, ""):
            labels["timepoint", timepoint.name] = text
    return labels


def _tables(statistics: Sequence[Statistic], labels: Labels) -> list[Section]:
    """The tables of each analysis apart: two analyses may describe the same outcome by different rules."""
    analyses = dict.fromkeys(dict(row.about).get("analysis") for row in statistics)
    parts = ([row for row in statistics if dict(row.about).get("analysis") == name] for name in analyses)
    return [section for part in parts for section in sections(part, labels)]


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _titled(study: Study, statistics: Sequence[Statistic]) -> list[tuple[str, list[Statistic]]]:
    by_analysis: dict[str, list[Statistic]] = {analysis.name: [] for analysis in study.analyses}
    for row in statistics:
        if (name := dict(row.about).get("analysis")) is not None:
            by_analysis[name].append(row)
    named = {a.name: a.title or a.name.replace("_", " ").capitalize() for a in study.analyses}
    titled = [(t.title, [row for name in t.analyses for row in by_analysis[name]]) for t in study.tables]
    shown = {name for table in study.tables for name in table.analyses}
    return titled + [(named[name], rows) for name, rows in by_analysis.items() if name not in shown]


def _header(study: Study, manifest: Mapping[str, Any]) -> str:
    question = f'<p class="question">{escape(study.question)}</p>' if study.question else ""
    index = manifest["study"]["index"]
    facts = {
        "Study": f"{study.id}, version {study.version}",
        "Counted": f"each {study.unit}; {index['which']} {index['event']} of a person",
        "Snapshot": f"{manifest['snapshot']['origin']}, {manifest['snapshot']['day']}",
        "Engine": f"{manifest['engine']}, Foramen {manifest['foramen']}",
        "Definitions": f"preset {manifest['definitions']['preset']}",
    }
    cells = "".join(f"<div><dt>{name}</dt><dd>{escape(text)}</dd></div>" for name, text in facts.items())
    return (
        f'<header><p class="mark">Internal: not passed through disclosure control</p>\n<h1>{escape(study.title)}</h1>'
        f"{question}\n<dl>{cells}</dl></header>"
    )


def _section(anchor: str, title: str, tables: Sequence[Section]) -> str:
    shown = "\n".join(_table(table, title, i + 1) for i, table in enumerate(tables)) or "<p>Nothing was asked for.</p>"
    return f'<section><h2 id="{anchor}">{escape(title)}</h2>\n{shown}</section>'


def _table(table: Section, title: str, place: int) -> str:
    head = "".join(_cell("th", text, i < table.left, 'scope="col"') for i, text in enumerate(table.head))
    rows = "\n".join(
        "<tr>" + "".join(_cell("td", text, i < table.left) for i, text in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in table.notes)
    listed = f'<ul class="notes">{notes}</ul>' if notes else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}, table {place}">'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>\n{listed}"
    )


def _cell(tag: str, text: str, word: bool, attributes: str = "") -> str:
    kind = "" if word else ' class="number"'
    return f"<{tag}{' ' + attributes if attributes else ''}{kind}>{escape(text)}</{tag}>"


def _footer(manifest: Mapping[str, Any]) -> str:
    methods = [f"{k.replace('_', ' ')}: {v}".replace("_", " ") for k, v in manifest["definitions"].items()]
    return (
        f"<footer><p>Definitions in force — {escape('; '.join(methods))}.</p>"
        f"<p>Study definition <code>{manifest['study']['sha256']}</code>, snapshot "
        f"<code>{manifest['snapshot']['sha256']}</code>. Every number, its method and its count table: results.json, "
        "results.csv, counts/.</p></footer>"
    )
