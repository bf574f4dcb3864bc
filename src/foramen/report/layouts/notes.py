"""Notes below a table: letters for tests, warnings, and why a number could not be computed."""

import re
from collections.abc import Sequence
from dataclasses import replace

from foramen.report.body import Body
from foramen.report.layouts.names import capital, place_of
from foramen.report.layouts.told import parts_of, tells_interval, tells_p
from foramen.report.material import Material
from foramen.report.table import Column, Mark, Note, Row, Span, Table, Value
from foramen.statistics.result import Statistic
from foramen.statistics.risk import THROUGH_INFINITY

ON_A_LINE = re.compile(r"(^|; )(\d+|some) (missing|suppressed) (left out|counted as failure)(?=;|$)")
"""Warnings that the table has lines for."""

REPEATS = re.compile(
    r"(^|; )(\d+ of \d+|some) \w+ belong to persons with more than one and are treated as [^;]*; [^;]*"
)
"""The warning on every interval and p where persons have several units; a table says it once, of what it shows."""

SEVERAL = "units_of_persons_with_several"

WORDING = (
    (re.compile(r"^(1 of \d+ differences) are\b"), r"\1 is"),
    (re.compile(r"^(1 of \d+ expected counts) are\b"), r"\1 is"),
    (re.compile(r"^nobody has (.*) of the value: left out$"), r"nobody has \1, which is left out"),
    (re.compile(r"^1 subjects (.*) are\b"), r"1 subject \1 is"),
    (re.compile(r"^(1 of \d+ resamples could not be fitted) (.*) and are\b"), r"\1 \2 and is"),
)
"""Warnings whose count is one, and what stands for a column of a count table."""

COUNTED = re.compile(r"^\d[\d,]*( of \d[\d,]*)?|^")
"""The count that a warning begins with, if it does."""

NAMED_PLACES = 3


class Notes:
    """Collects the notes of a table while its rows are made."""

    def __init__(self) -> None:
        self._marked: dict[str, str] = {}
        self._plain: dict[str, None] = {}

    def mark(self, text: str) -> Mark:
        """The letter of a note; the same text has the same letter."""
        return Mark(self._marked.setdefault(text, _letter(len(self._marked))))

    def say(self, *texts: str) -> None:
        """A note without a letter, once."""
        self._plain.update(dict.fromkeys(texts))

    def listed(self) -> list[Note]:
        marked = [Note(text, letter) for text, letter in self._marked.items()]
        return [*marked, *(Note(text) for text in self._plain)]


def _letter(place: int) -> str:
    """a to z, then aa to zz."""
    first, second = divmod(place, 26)
    return ("" if not first else chr(96 + first)) + chr(97 + second)


def finished(
    material: Material,
    stub: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    notes: Notes,
    spans: Sequence[Span] = (),
) -> Body:
    """The inside of a table, with what has to be said of the numbers that it shows."""
    body = Body(stub, tuple(columns), tuple(rows), tuple(spans))
    said = [Note(text) for text in (*cautions(material, body.rows), *several(material, body.rows))]
    return replace(body, notes=(*notes.listed(), *said))


def shown(body: Body) -> list[int]:
    """Places of the statistics that a table shows, in reading order."""
    return Table("", "", "", body.stub, body.columns, body.rows).statistics()


def cautions(material: Material, rows: Sequence[Row]) -> list[str]:
    """Warnings and errors of the numbers shown, each once, with what it belongs to unless that is every one of them.

    Those that say the same of other counts stand in one note. Nothing is said of an interval that is not shown.
    """
    inferred = _inferred(material, rows)
    said: dict[str, dict[int, str]] = {}
    for place, interval in inferred.items():
        entry = material.at(place)
        for text in _said_of(entry.row, interval=interval):
            said.setdefault(text, {})[place] = place_of(material, entry)
    tested = {place for place, interval in inferred.items() if interval or material.at(place).row.p is not None}
    together: dict[str, list[tuple[str, str]]] = {}
    for text, where in said.items():
        named = "" if where.keys() == tested and len(where) > 1 else f" ({_some(list(dict.fromkeys(where.values())))})"
        together.setdefault(re.sub(r"\d[\d.,]*", "#", text), []).append((text, named))
    return [f"{capital(_joined(texts))}." for texts in together.values()]


def _joined(texts: Sequence[tuple[str, str]]) -> str:
    """Remarks that differ in their counts: “2 of 8 differences are zero (T1); 3 of 8 (T2)”."""
    (first, named), *others = texts
    same = COUNTED.sub("", first)
    rest = (COUNTED.match(text)[0] if COUNTED.sub("", text) == same else text for text, _ in others)  # type: ignore[index]
    return "; ".join([first + named, *(text + where for text, (_, where) in zip(rest, others, strict=True))])


def _inferred(material: Material, rows: Sequence[Row]) -> dict[int, bool]:
    """Places of the statistics shown, in reading order, and whether their interval is."""
    found: dict[int, bool] = {}
    for part in parts_of(rows):
        interval = isinstance(part, Value) and tells_interval(material.style, material.at(part.row).row, part.text)
        found[part.row] = found.get(part.row, False) or interval
    return found


def _said_of(row: Statistic, *, interval: bool) -> list[str]:
    """What is left to say: an error, else warnings that neither a line nor a cell of the table has said."""
    if row.error:
        return [f"not computed: {row.error}"]
    rest = REPEATS.sub("", ON_A_LINE.sub("", row.warning or "")).removeprefix("; ")
    unshown = not interval and (row.name == "mean" or row.lower is not None or row.upper is not None)
    said = [text for text in rest.split("; ") if THROUGH_INFINITY not in text]
    said = [_worded(text) for text in said if not (unshown and "interval" in text)]
    return ["; ".join(said)] if any(said) else []


def _worded(text: str) -> str:
    for pattern, said in WORDING:
        text = pattern.sub(said, text)
    return text


def several(material: Material, rows: Sequence[Row]) -> list[str]:
    """That units of one person are taken as independent, and what that does to the numbers shown; nothing else."""
    entry = material.entry(SEVERAL)
    if entry is None or (entry.row.suppressed is None and not entry.row.n):
        return []
    unit, style = f"{material.study.unit}s", material.style
    count = f"Some {unit}"
    if entry.row.n is not None and entry.row.denominator is not None:
        count = f"{style.count(entry.row.n)} of {style.count(entry.row.denominator)} {unit}"
    first = f"{count} are of persons with more than one and are treated as independent"
    parts = [part for part in parts_of(rows) if isinstance(part, Value)]
    short = any(tells_interval(style, material.at(part.row).row, part.text) for part in parts)
    small = any(tells_p(style, material.at(part.row).row, part.text) for part in parts)
    effects = ["intervals are too short"] * short + ["p-values are too small"] * small
    return [f"{first}: {' and '.join(effects)}." if effects else f"{first}."]


def _some(places: Sequence[str]) -> str:
    more = len(places) - NAMED_PLACES
    return "; ".join(places[:NAMED_PLACES]) + (f"; and {more} more" if more > 0 else "")
