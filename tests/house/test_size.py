"""Functions at most 40 lines, files at most 400; exceptions are listed with a reason."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "src/foramen/clinic/migrations"
"""Written by Django from the models, which are held to these lengths themselves."""

SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if not path.is_relative_to(GENERATED))

LONG_FUNCTIONS: dict[str, str] = {}
"""path:function -> why it may be longer."""


def functions(path: Path) -> list[tuple[str, int]]:
    """(path:name, lines without the docstring) of every function."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            documented = ast.get_docstring(node) is not None
            docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
            lines = (node.end_lineno or 0) - node.lineno + 1 - docstring
            found.append((f"{path.relative_to(ROOT)}:{node.name}", lines))
    return found


def test_functions_are_short() -> None:
    sizes = [size for path in SOURCES for size in functions(path)]
    assert [entry for entry in sizes if entry[1] > 40 and entry[0] not in LONG_FUNCTIONS] == []
    assert median(lines for _, lines in sizes) <= 8


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
