"""Cells: the templates of a journal style, filled so that every number keeps its own statistic."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from string import Formatter

from foramen.report.layouts.asked import Asked, Subject
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Part, Value, Withheld
from foramen.statistics.result import Statistic
from foramen.study.display_definition import Summary

Shown = Callable[[Statistic], str]
"""Prints a number of a statistic; an empty text is a number that disclosure control took from it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A number for a template: its statistic and how it is printed, where there is something to print."""

    entry: Entry
    show: Shown


def printed(material: Material, piece: Piece) -> Part:
    """The number, or the words that stand in its place."""
    row = piece.entry.row
    if row.suppressed is not None or row.error is not None:
        return material.part(piece.entry, "")
    text = piece.show(row)
    return material.part(piece.entry, text) if text else Withheld("suppressed", piece.entry.place)


def composed(material: Material, template: str, **pieces: Piece) -> Cell:
    """A template such as “{mean} ± {sd}” as parts.

    If one number is withheld the cell says so once and shows none; if none could be computed it says that once.
    """
    rows = [piece.entry.row for piece in pieces.values()]
    withheld = [piece for piece in pieces.values() if piece.entry.row.suppressed is not None]
    if withheld or all(row.error is not None for row in rows):
        return (printed(material, (withheld or list(pieces.values()))[0]),)
    parts: list[Part] = []
    for literal, field, _, _ in Formatter().parse(template):
        parts += [literal] if literal else []
        parts += [printed(material, pieces[field])] if field else []
    return tuple(parts)


def estimated(asked: Asked, places: int) -> Shown:
    """Prints the estimate."""
    return lambda row: "" if row.estimate is None else asked.style.number(row.estimate, places)


def one(asked: Asked, entry: Entry | None, show: Shown) -> Cell:
    """A single number; nothing where there is no such statistic."""
    return () if entry is None else (printed(asked.material, Piece(entry, show)),)


def numerator(asked: Asked) -> Shown:
    """Prints how many a statistic counts."""
    return lambda row: "" if row.n is None else asked.style.count(row.n)


def everybody(asked: Asked) -> Shown:
    """Prints of how many."""
    return lambda row: "" if row.denominator is None else asked.style.count(row.denominator)


def count(asked: Asked, entry: Entry | None) -> Cell:
    """A count of units."""
    return one(asked, entry, estimated(asked, 0))


def denominator(asked: Asked, entries: Sequence[Entry | None]) -> Cell:
    """What percentages are of: the same for all of them, so one that is not withheld tells it."""
    found = sorted(filter(None, entries), key=lambda entry: entry.row.suppressed is not None)
    return one(asked, found[0] if found else None, everybody(asked))


def estimate_interval(asked: Asked, entry: Entry | None, places: int) -> Cell:
    """An estimate with its interval: one statistic, one number to open."""
    return one(asked, entry, lambda row: asked.style.estimate_text(row, places))


def share(asked: Asked, entry: Entry, bound: Entry | None = None) -> Cell:
    """“46 (46.0%)”, and with the bound where nobody has it “0 (0.0%), at most 3.6%”."""
    pieces = {
        "n": Piece(entry, numerator(asked)),
        "percent": Piece(entry, estimated(asked, asked.percent_places)),
    }
    cell = composed(asked.material, asked.style.count_percent, **pieces)
    if bound is None or entry.row.suppressed is not None:
        return cell
    return (*cell, ", ", printed(asked.material, Piece(bound, lambda row: _at_most(asked, row))))


def _at_most(asked: Asked, row: Statistic) -> str:
    return "" if row.upper is None else f"at most {asked.style.percent_text(row.upper, asked.percent_places)}"


def complement(asked: Asked, entry: Entry) -> tuple[Cell, Cell]:
    """How many of a percentage's denominator do not have it, and their percentage: the same counts."""

    def others(row: Statistic) -> str:
        return "" if row.n is None or row.denominator is None else asked.style.count(row.denominator - row.n)

    def percentage(row: Statistic) -> str:
        return "" if row.n is None else share_text(asked, row.denominator, (row.denominator or 0) - row.n)

    rest = f"{entry.row.denominator} − {entry.row.n}"
    share = f"100 × ({rest}) / {entry.row.denominator}"
    return derived(one(asked, entry, others), rest), derived(one(asked, entry, percentage), share)


def derived(cell: Cell, how: str) -> Cell:
    """The cell, its numbers saying how they follow from those of their statistic."""
    return tuple(replace(part, derived=how) if isinstance(part, Value) else part for part in cell)


def share_of(asked: Asked, entry: Entry, part: int | None, whole: Entry) -> Cell:
    """What percentage a count is of the denominator of another statistic."""
    total = whole.row.denominator
    text = share_text(asked, total, part)
    return (Value(text, entry.place, f"100 × {part} / {total}"),) if text else (Withheld("suppressed", whole.place),)


def share_text(asked: Asked, total: int | None, part: int | None) -> str:
    """A percentage of counts that a statistic holds."""
    if not total or part is None:
        return ""
    return asked.style.number(Fraction(100 * part, total), asked.percent_places)


def summary_head(asked: Asked, summary: Summary) -> str:
    """What stands before numbers summarised like this: “Mean ± SD”."""
    if summary == "mean_sd":
        return asked.style.mean_sd.format(mean="Mean", sd="SD")
    return "Median (IQR)" if summary == "median_iqr" else "Range"


IQR = "IQR, interquartile range: lower to upper quartile."


def summarised(asked: Asked, subject: Subject, group: str, summary: Summary) -> Cell:
    """Numbers of a group: “51.3 ± 8.8”, “6.0 (5.0–8.0)”, “18–86”."""
    if (failed := asked.find(subject, "describe", group=group)) is not None:
        return one(asked, failed, lambda _: "")
    names = _STATISTICS[summary]
    found = {field: asked.find(subject, name, group=group) for field, name in names.items()}
    places = asked.mean_places(subject.outcome)
    if summary != "mean_sd":
        places = asked.quantile_places(subject.outcome)
    pieces = {field: Piece(entry, estimated(asked, places)) for field, entry in found.items() if entry is not None}
    return composed(asked.material, _template(asked, summary, pieces), **pieces) if len(pieces) == len(names) else ()


_STATISTICS: dict[Summary, dict[str, str]] = {
    "mean_sd": {"mean": "mean", "sd": "sd"},
    "median_iqr": {"median": "median", "lower": "lower_quartile", "upper": "upper_quartile"},
    "range": {"lower": "minimum", "upper": "maximum"},
}


def _template(asked: Asked, summary: Summary, pieces: dict[str, Piece]) -> str:
    if summary == "mean_sd":
        return asked.style.mean_sd
    template = asked.style.median_iqr if summary == "median_iqr" else asked.style.range
    lower, upper = (piece.show(piece.entry.row) for piece in (pieces["lower"], pieces["upper"]))
    return asked.style.spanning(template, lower, upper)


def with_n(asked: Asked, cell: Cell, entry: Entry | None) -> Cell:
    """The cell, followed by “, n = 96” where some of the group have no value."""
    if entry is None or not any(isinstance(part, Value) for part in cell):
        return cell
    if entry.row.suppressed is None and entry.row.n == entry.row.denominator:
        return cell
    counted = printed(asked.material, Piece(entry, numerator(asked)))
    if isinstance(counted, Value):
        return (*cell, ", ", Value(f"n = {counted.text}", counted.row))
    return (*cell, ", n ", counted)
