"""A page that leads to several reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.report.renderers.html import render_page


@dataclass(frozen=True, slots=True)
class Listed:
    """A report of the list: the study's title and question, whose data it is of, and its folder from the page."""

    title: str
    question: str
    people: str
    folder: str


def index_page(studies: Sequence[Listed]) -> str:
    """The page as text, to be written as UTF-8."""
    return render_page("index.html.j2", scripts=[], studies=studies)
