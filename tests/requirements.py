"""What is required, from `docs/requirements.toml`, and which tests say that they show it, read from their text."""

import ast
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "requirements.toml"
MARK = "requirement"

Kind = Literal["requirements", "later", "none"]
KINDS: tuple[Kind, ...] = ("requirements", "later", "none")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of them. `kind`: built, of a later part, or not applicable, and then the text says why."""

    id: str
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    source: str
    members: Sequence[Requirement]


def groups() -> Sequence[Group]:
    """Every group, in the order of the file."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return [Group(one["title"], one["source"], list(_members(one))) for one in read["group"]]


def _members(group: Mapping[str, Any]) -> Iterator[Requirement]:
    for kind in KINDS:
        for name, text in group.get(kind, {}).items():
            yield Requirement(name, text, kind)


@cache
def named_by_tests() -> Mapping[str, Sequence[str]]:
    """By requirement the tests that name it, such as tests/clinic/test_api.py::TestWriting::test_a."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT).as_posix()
        for test, ids in _marked(ast.parse(path.read_text(encoding="utf-8")), []):
            for one in ids:
                found.setdefault(one, []).append("::".join([name, *test]))
    return found


def _marked(
    node: ast.AST, inherited: Sequence[str], within: Sequence[str] = ()
) -> Iterator[tuple[Sequence[str], list[str]]]:
    """Each test below a module or a class with what it names, its own and what holds for the whole."""
    whole = [*inherited, *(one for child in ast.iter_child_nodes(node) for one in _whole(child))]
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            ids = [*whole, *(one for decorator in child.decorator_list for one in _ids(decorator))]
            if isinstance(child, ast.ClassDef):
                yield from _marked(child, ids, [*within, child.name])
            elif child.name.startswith("test_") and ids:
                yield [*within, child.name], list(dict.fromkeys(ids))


def _whole(node: ast.AST) -> list[str]:
    """What a `pytestmark` of a module or class names."""
    if isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == ["pytestmark"]:
        return [one for part in ast.walk(node.value) for one in _ids(part)]
    return []


def _ids(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Call) or ast.unparse(node.func) != f"pytest.mark.{MARK}":
        return []
    return [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
