"""Small evidence documents."""

from pathlib import Path

from foramen.evidence.document import load_evidence
from foramen.evidence.examine import Examined, examine
from foramen.evidence.finding import Finding

HEAD = """\
id = "small"
title = "A small paper"
citation = "Somebody, some year"
locators = "table, row, column"
"""


def examined(folder: Path, text: str) -> Examined:
    """Check a document that consists of a head and `text`."""
    path = folder / "own.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return examine(load_evidence(path))


def facts(**printed: object) -> str:
    """[facts] with each number as printed, its name as its place; a pair is a number and its unit."""
    lines = ["[facts]"]
    for name, value in printed.items():
        text, unit = value if isinstance(value, tuple) else (value, None)
        unit_text = f', unit = "{unit}"' if unit else ""
        lines.append(f'{name} = {{ printed = "{text}", at = "{name}"{unit_text} }}')
    return "\n".join([*lines, ""])


def table(name: str, columns: list[str], rows: dict[str, list[object]]) -> str:
    """A [[tables]] entry."""
    lines = ["[[tables]]", f'name = "{name}"', f'at = "{name}"', f"columns = {columns!r}", "[tables.rows]"]
    lines += [f'"{row}" = {[str(cell) for cell in cells]!r}' for row, cells in rows.items()]
    return "\n".join([*lines, ""])


def check(kind: str, **keys: str) -> str:
    """A [[checks]] entry; values are TOML as they stand."""
    return "\n".join(["[[checks]]", f'check = "{kind}"', *(f"{key} = {value}" for key, value in keys.items()), ""])


def only(found: Examined) -> Finding:
    """The single finding of a document."""
    (finding,) = found.findings
    return finding
