"""The door of the freeze: of the content of a fact, only leaves that are declared to be kept or transformed pass."""

from collections.abc import Mapping
from typing import Any

from foramen.clinic.classified import LEAVES, Drop

Tree = dict[str, "Tree | None"]


def _trees() -> dict[str, Tree]:
    """What passes of each kind, as the content is nested; None is a leaf."""
    found: dict[str, Tree] = {}
    for name, decision in LEAVES.items():
        if isinstance(decision, Drop):
            continue
        kind, *way, leaf = name.split(".")
        here = found.setdefault(kind, {})
        for step in way:
            inner = here.setdefault(step, {})
            assert inner is not None, name
            here = inner
        here[leaf] = None
    return found


_PASSING = _trees()


def picked(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a fact without any leaf that is dropped."""
    return _of(_PASSING.get(kind, {}), content)


def _of(tree: Tree, content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(inner, content[name]) for name, inner in tree.items() if name in content}


def _value(tree: Tree | None, value: Any) -> Any:
    if tree is None or value is None:
        return value
    if isinstance(value, list):
        return [_of(tree, one) for one in value]
    return _of(tree, value)
