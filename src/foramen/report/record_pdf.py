"""A record in words as an accessible PDF (PDF/UA-1): headings and tables of text, set by typst."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from foramen.kernel.errors import OutputError


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what it says in a sentence, and a table of text. `widths` are shares of the page."""

    title: str
    head: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class PrintedRecord:
    """What is printed: a title, lines below it, and the sections. `foot` stands at the bottom of every page."""

    title: str
    lines: Sequence[str]
    foot: str
    day: date
    sections: Sequence[Section]


def record_pdf(record: PrintedRecord) -> bytes:
    """The bytes of the PDF. Letters that the fonts of the package lack are taken from the machine.

    Raises OutputError for a letter that no font of this machine has: a box in its place would hide what was written.
    """
    data = asdict(record) | {"day": [record.day.year, record.day.month, record.day.day]}
    with as_file(files("foramen.report").joinpath("print")) as folder:
        for fallback in (False, True):
            try:
                return _compiled(folder, data | {"fallback": fallback})
            except typst.TypstError as error:
                if "could not be displayed with font" not in error.message:
                    raise
    raise OutputError.single(
        "no font on this machine has a letter of the record", where="record.pdf",
        remedy="install a font with the letters of this language",
    )  # fmt: skip


def _compiled(folder: Path, data: dict[str, Any]) -> bytes:
    return typst.compile(
        folder / "record.typ", font_paths=[folder / "fonts"], ignore_system_fonts=not data["fallback"],
        sys_inputs={"record": json.dumps(data, ensure_ascii=False)}, format="pdf", pdf_standards=["ua-1"],
    )  # fmt: skip
