"""Texts of definitions for the screen: folded to a width, listed under a heading."""

from collections.abc import Iterable, Iterator
from textwrap import fill

WIDTH = 100
"""Columns that texts are folded to."""


def folded(text: str, indent: str = "") -> str:
    """A text in lines; those after the first of a list entry stand under its words."""
    return fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  " * text.startswith("- "))


def listed(heading: str, texts: Iterable[str]) -> Iterator[str]:
    """A heading and its entries, or nothing where there are none."""
    entries = [folded(f"- {text}", "  ") for text in texts]
    if entries:
        yield f"\n{heading}"
        yield from entries
