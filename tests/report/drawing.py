"""Tables as plain text that a reader can hold beside a printed one, and what every laid-out table must keep."""

import re
from collections.abc import Iterator
from fractions import Fraction
from importlib.resources import as_file, files
from pathlib import Path
from textwrap import dedent

from foramen.intake.table import import_table
from foramen.report.body import Body
from foramen.report.layouts.choice import LAYOUTS
from foramen.report.material import Material
from foramen.report.style import Style, load_style
from foramen.report.table import Cell, Column, Failed, Mark, Part, Row, Value, Withheld
from foramen.snapshot.store import Snapshot, open_snapshot
from foramen.statistics.result import Statistic
from foramen.study.run import load_study, plan_study, run_study

SHARES = ("risk_difference", "nagelkerke_r2")
"""Statistics from 0 to 1 that tables print as percentages."""


def made(folder: Path, held: Snapshot, text: str, *, style: str = "european_radiology") -> Material:
    """A study given as TOML, run on a snapshot."""
    path = folder / "study.toml"
    path.write_text(dedent(text), encoding="utf-8")
    return run_document(path, held, style=style)


def run_document(path: Path, held: Snapshot, *, style: str = "european_radiology") -> Material:
    document = load_study(path)
    results = run_study(plan_study(document, held), engine="duckdb")
    return Material(document.content, held.codebook, results, load_style(style))


def laid_out(material: Material, table: int = 0) -> Body:
    """One of the tables that the study wants, checked for what holds of every table."""
    wanted = material.study.tables[table]
    body = LAYOUTS[wanted.layout](material, wanted)
    check(body, material)
    return body


def cohort(folder: Path, name: str) -> Snapshot:
    """A cohort of the library as a snapshot."""
    with as_file(files("foramen.library")) as library:
        own = library / "cohorts" / name
        import_table([own / "cohort.csv"], own / "mapping.toml", folder, quarantine=None, progress=lambda *_: None)
    return open_snapshot(folder)


def parts(body: Body) -> Iterator[Part]:
    return (part for row in body.rows for cell in (row.head, *row.cells) for part in cell)


def check(body: Body, material: Material) -> None:
    """Cells fit columns, spans cover them, marks have notes, and every number is one of its own statistic."""
    assert body.rows
    for row in body.rows:
        assert row.head
        assert row.cells == () if row.kind == "group" else len(row.cells) == len(body.columns), row
    assert not body.spans or sum(span.columns for span in body.spans) == len(body.columns)
    marks = {part.text for part in parts(body) if isinstance(part, Mark)}
    assert marks == {note.mark for note in body.notes if note.mark}
    assert all(note.text.strip() for note in body.notes)
    for part in parts(body):
        if isinstance(part, Value | Withheld | Failed):
            judge(part, material.results.statistics[part.row], material.style)


def judge(part: Value | Withheld | Failed, row: Statistic, style: Style) -> None:
    """A withheld statistic shows no number; a failed one says why; every digit printed is one of the statistic's."""
    if row.suppressed is not None:
        assert isinstance(part, Withheld) and row.suppressed in (part.text.removeprefix("suppressed, "), row.suppressed)
    elif isinstance(part, Withheld):
        assert None in (row.n, row.denominator)
    elif isinstance(part, Failed):
        assert part.reason == row.error
    elif part.derived:
        assert set(re.findall(r"\d+", part.derived)) & {str(row.n), str(row.denominator)}, (part, row)
        (text,) = _numbers(part.text, style)
        assert _rounds(_follows(part.derived), text), (part, row)
    elif part.text != "not recorded":
        numbers = list(_numbers(part.text, style))
        assert numbers, part
        for text in numbers:
            assert any(_rounds(known, text) for known in _known(row)), (text, part, row)


def _follows(how: str) -> Fraction:
    """What “100 × (134 − 56) / 134” comes to; words beside the numbers are passed over."""
    numbers = re.sub(r"[a-z ]+", "", how).replace("×", "*").replace("−", "-")
    return Fraction(eval(re.sub(r"(\d+)", r"Fraction(\1)", numbers), {"Fraction": Fraction}))  # noqa: S307


def _numbers(text: str, style: Style) -> Iterator[str]:
    """Every number of a printed text, in plain digits."""
    plain = text.replace(style.minus, "-").replace(style.thousands, "") if style.thousands else text
    yield from re.findall(r"(?<![\d.])(?:(?<![\d)] )-|(?<=[ (])-|^-)?\d*\.?\d+", plain)


def _known(row: Statistic) -> Iterator[Fraction]:
    """The numbers of a statistic, as they are and as percentages; the bounds of p that print as “< 0.001”."""
    degrees = row.df if isinstance(row.df, tuple) else (row.df,)
    for value in (row.estimate, row.lower, row.upper, row.statistic, row.p, row.n, row.denominator, *degrees):
        if value is not None:
            yield Fraction(str(value))
            if row.name in SHARES:
                yield 100 * Fraction(str(value))
    if row.n is not None and row.denominator:
        yield Fraction(row.denominator - row.n)
        yield Fraction(100 * (row.denominator - row.n), row.denominator)
        yield Fraction(100 * row.n, row.denominator)
    if row.name == "number_needed_to_treat":
        yield from (-Fraction(str(value)) for value in (row.estimate, row.lower, row.upper) if value is not None)
        yield from map(Fraction, re.findall(r"\d+\.\d", row.warning or ""))
    if row.p is not None:
        yield from (bound for bound in (Fraction(1, 1000), Fraction(999, 1000), Fraction(99, 100)))


def _rounds(value: Fraction, text: str) -> bool:
    """Whether a number prints as a text, but for the noise of arithmetic beyond twelve digits."""
    places = len(text.partition(".")[2])
    printed = Fraction(text if not text.startswith("-.") else text.replace("-.", "-0."))
    return abs(value - printed) <= Fraction(1, 2 * 10**places) + abs(value) / 10**12


def drawn(body: Body) -> str:
    """Heads, rows and notes with a bar between columns; a raised letter as ^a."""
    spans = ["", *(text for span in body.spans for text in [span.text, *([""] * (span.columns - 1))])]
    heads = [body.stub, *(_head(column) for column in body.columns)]
    rows = [line(row, len(heads)) for row in body.rows]
    lines = [*([spans] if body.spans else []), heads, *rows]
    widths = [max(len(texts[i]) for texts in lines) for i in range(len(heads))]
    texts = [" | ".join(t.ljust(w) for t, w in zip(texts, widths, strict=True)).rstrip(" |") for texts in lines]
    return "\n".join([*texts, *(f"{note.mark + ' ' if note.mark else ''}{note.text}" for note in body.notes)])


def line(row: Row, width: int) -> list[str]:
    """A row's texts, the head indented."""
    texts = ["  " * row.level + text(row.head), *map(text, row.cells)]
    return texts + [""] * (width - len(texts))


def _head(column: Column) -> str:
    return f"{column.head}, {column.sub}" if column.sub else column.head


def text(cell: Cell) -> str:
    return "".join(
        f"^{part.text}" if isinstance(part, Mark) else part if isinstance(part, str) else part.text for part in cell
    )


def column(body: Body, number: int) -> dict[str, str]:
    """A column of cells by the heads of their rows."""
    return {text(row.head): text(row.cells[number]) for row in body.rows if row.cells}
