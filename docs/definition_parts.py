"""What the pages of policies, instruments and schedules have in common: head, sources, what a site sets."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from docs.markdown import code, table
from foramen.catalogue.definition import Definition, Parameter, Source
from foramen.catalogue.document import Document
from foramen.catalogue.instants import day_text
from foramen.catalogue.shelf import Kind, versions

LIBRARY = "src/foramen/library"


def place(kind: Kind, document: Document[Any]) -> str:
    """Where the file stands in the repository."""
    return f"{LIBRARY}/{kind}/{document.content.id}/{document.content.version}.toml"


def head(kind: Kind, document: Document[Any], *further: Sequence[str]) -> str:
    """Identity, digest and review as a table; then the sources."""
    content: Definition = document.content
    earlier = [one for one in versions(kind, content.id) if one != content.version]
    rows = [
        ["id and version", f"{code(content.id)} {content.version}"],
        ["file", code(place(kind, document))],
        ["digest of its content", code(document.digest)],
        ["review by", day_text(content.review_by)],
        *([["other versions", ", ".join(earlier)]] if earlier else []),
        *([["takes the place of", content.supersedes]] if content.supersedes else []),
        *further,
    ]
    return f"{table(['', ''], rows)}\n\n{sources(content.sources)}"


def sources(listed: Iterable[Source]) -> str:
    lines = [f"{code(one.key)}: {one.citation}{f'; {one.locator}' if one.locator else ''}" for one in listed]
    return bullets("Sources, by the key under which they are cited:", lines)


def bullets(opening: str, lines: Iterable[str]) -> str:
    """A list under an opening line; nothing, if there is nothing to list."""
    listed = "\n".join(f"- {' '.join(line.split())}" for line in lines)
    return "\n\n".join(part for part in (opening, listed) if part) if listed else ""


def parameters(listed: Sequence[Parameter], opening: str) -> str:
    """What the source does not print: its range, what happens while it is not set, what others use."""
    rows = [[code(one.name), one.about, span(one), one.unset, one.suggestion] for one in listed]
    heads = ["name", "what it decides", "may be", "while it is not set", "others, shown and never preset"]
    return f"## What a site sets\n\n{opening}\n\n{table(heads, rows)}" if rows else ""


def span(parameter: Parameter) -> str:
    """The values a record may set, with their unit."""
    least, most = parameter.lowest, parameter.highest
    known = [f"from {least}" if least is not None else "", f"to {most}" if most is not None else "", parameter.unit]
    return " ".join(part for part in known if part)


DEEP = 1
"""Sections of a question are told one by one down to this level; of lists below it their length is enough."""


def entered(value: Any, depth: int = 0) -> str:
    """What was entered, in a line: `start 2026-03-10 09:00, level L4/L5`."""
    if isinstance(value, dict):
        told = {name.replace("_", " "): part for name, part in value.items() if part is not None}
        return ", ".join(_pair(name, part, depth) for name, part in told.items())
    if isinstance(value, (list, tuple)):
        several = "; " if _has_sections(value) else ", "
        return several.join(entered(one, depth) for one in value) if value else "an empty list"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(":00") + f"{value: %z}".rstrip()
    text = value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
    return f"{text[:12]}…" if re.fullmatch("[0-9a-f]{64}", text) else text


def _has_sections(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(isinstance(one, dict) for one in value)


def _pair(name: str, value: Any, depth: int) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    if _has_sections(value) and depth >= DEEP:
        return f"{len(value)} {name}"
    if isinstance(value, dict) or _has_sections(value):
        return f"{name} ({entered(value, depth + 1)})"
    return f"{name} {entered(value, depth)}"


def entries(name: str, value: Any) -> Iterator[str]:
    """One line per section of a question, one per entry where there are several."""
    listed = value if isinstance(value, list) else [value]
    for number, one in enumerate(listed, start=1):
        label = name.replace("_", " ") + (f" {number}" if len(listed) > 1 else "")
        yield f"{label}: {entered(one)}"


def joined(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
