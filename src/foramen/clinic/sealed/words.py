"""What somebody typed in words, taken out of a content: the coded rest stays readable in the database.

In the rest a text stands as “(sealed)”; beside it the words are kept with their places. Without them, when the key of
the patient is destroyed, it reads “(erased)”.
"""

from collections.abc import Callable, Sequence
from typing import Any

SEALED, ERASED = "(sealed)", "(erased)"
Place = Sequence[str | int]
IsFree = Callable[[str], bool | None]
"""By the names on the way to a leaf, with points between: whether it is words; None: no leaf, look inside."""


def split(content: Any, is_free: IsFree) -> tuple[Any, list[tuple[Place, Any]]]:
    """The coded rest, and every text with its place. What no declaration names is taken for words."""
    words: list[tuple[Place, Any]] = []
    return _rest(content, (), "", is_free, words), words


def _rest(value: Any, place: tuple[str | int, ...], name: str, is_free: IsFree, words: list[Any]) -> Any:
    free = is_free(name) if name else None
    if free or (free is None and isinstance(value, str)):
        if not _is_empty(value):
            words.append((place, value))
        return _hidden(value)
    if free is None and isinstance(value, dict):
        return {
            key: _rest(one, (*place, key), f"{name}.{key}" if name else key, is_free, words)
            for key, one in value.items()
        }
    if free is None and isinstance(value, list):
        return [_rest(one, (*place, i), name, is_free, words) for i, one in enumerate(value)]
    return value


def _is_empty(value: Any) -> bool:
    return value in ("", [], {}) or value is None


def _hidden(value: Any) -> Any:
    """What stands in the place of words: of a list each one, of a table none."""
    if _is_empty(value):
        return value
    if isinstance(value, list):
        return [SEALED] * len(value)
    return {} if isinstance(value, dict) else SEALED


def join(rest: Any, words: Sequence[tuple[Place, Any]]) -> Any:
    """The content as it was entered."""
    whole = _copied(rest)
    for place, value in words:
        inside = whole
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = value
    return whole


def erased(rest: Any) -> Any:
    """The content without its words."""
    if isinstance(rest, dict):
        return {key: erased(one) for key, one in rest.items()}
    if isinstance(rest, list):
        return [erased(one) for one in rest]
    return ERASED if rest == SEALED else rest


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value
