"""Every statistic on a line of its own: the supplement, and what no other layout fits."""

from collections.abc import Callable, Iterable, Sequence

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.names import capital, printed_name, words
from foramen.report.layouts.notes import Notes, finished
from foramen.report.material import Entry, Material
from foramen.report.style import Style
from foramen.report.table import Cell, Column, Row, Value
from foramen.statistics.result import Statistic
from foramen.study.display_definition import TableWanted
from foramen.study.population import ALL

SUBJECT = ("analysis", "outcome", "finding", "timepoint", "group", "model")
"""What stands in the head over lines of one subject; other words stand in the lines."""

OBVIOUS = ("n", "missing", "suppressed", "minimum", "maximum")
"""Statistics whose method needs no note."""

ESTIMATE, INTERVAL = "Estimate", "Interval"

SMALLEST = 0.0005
"""What three decimals would print as 0."""

Show = Callable[[Statistic], str]

NAMED_FIRST = ("percent", "zero_event_upper_bound", "transition")
"""Statistics whose class says more than their name."""


def listing(material: Material, wanted: TableWanted) -> Body:
    """All statistics of the analyses, of the outcomes and time points wanted."""
    found = (entry for name in wanted.analyses for entry in material.of_analysis(name))
    places = [entry.place for entry in found if _is_wanted(wanted, entry)]
    if not places:
        raise NothingToShowError("Its analyses have no statistic of the outcomes and time points wanted.")
    return listing_of(material, places)


def _is_wanted(wanted: TableWanted, entry: Entry) -> bool:
    """A statistic of no outcome or no time point is one of all of them."""
    asked = {"outcome": wanted.outcomes, "timepoint": wanted.timepoints}
    return all(names is None or entry.about.get(key) in (None, *names) for key, names in asked.items())


def listing_of(material: Material, places: Sequence[int]) -> Body:
    """The statistics at these places of the results, under a head for each subject, with their methods below."""
    entries = [material.at(place) for place in places]
    subjects: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        subjects.setdefault(tuple(entry.about.get(key, "") for key in SUBJECT), []).append(entry)
    several = len({entry.about.get("analysis") for entry in entries}) > 1
    shows = _shows(material.style)
    used = [head for head, show in shows.items() if any(show(entry.row) for entry in entries)]
    rows: list[Row] = []
    for found in subjects.values():
        rows.append(Row((_head(material, found[0], several=several),), kind="group"))
        rows += [_line(material, [shows[head] for head in used], entry) for entry in found]
    level = material.style.level_text(float(material.study.level))
    columns = [Column(level if head == INTERVAL else head) for head in used or [ESTIMATE]]
    return finished(material, "Statistic", columns, rows, _methods(entries))


def _head(material: Material, entry: Entry, *, several: bool) -> str:
    """The subject of the lines that follow."""
    own = {key: text for key, text in entry.about.items() if key in SUBJECT}
    named = words(material, own, without=("model",))
    if several and (analysis := entry.about.get("analysis")):
        named.insert(0, material.analysis_title(analysis))
    everybody = ["all"] if entry.about.get("group") == ALL and not named else []
    return capital(", ".join(named or everybody or ["everything together"]))


def _line(material: Material, shows: Sequence[Show], entry: Entry) -> Row:
    """A statistic that is withheld or failed says so in the first cell; its counts stand where they may."""
    others = words(material, entry.about, without=SUBJECT)
    name = printed_name(entry.row.name)
    named = [*others, name] if entry.row.name in NAMED_FIRST else [name, *others]
    cells: list[Cell] = [(Value(text, entry.place),) if (text := show(entry.row)) else () for show in shows]
    if entry.row.suppressed is not None or entry.row.error is not None:
        cells = [(material.part(entry, ""),), *cells[1:]]
    return Row((capital(", ".join(named)),), tuple(cells or [()]), 1)


def _shows(style: Style) -> dict[str, Show]:
    """Columns with what they print of a statistic."""
    return {
        ESTIMATE: lambda row: _estimate(style, row),
        INTERVAL: lambda row: style.interval_text(row, _interval_places(row)),
        "Test statistic": lambda row: _number(style, row.statistic),
        "df": lambda row: _degrees(style, row),
        style.p.symbol: lambda row: "" if row.p is None else style.p_text(row.p),
        "n": lambda row: "" if row.n is None else style.count(row.n),
        "of": lambda row: "" if row.denominator is None else style.count(row.denominator),
    }


def _estimate(style: Style, row: Statistic) -> str:
    """U and W are both what is estimated and what is tested; once is enough. A failure stands in this column."""
    if row.estimate is None:
        return "not computed" if row.error or row.suppressed else ""
    return "" if row.estimate == row.statistic else _number(style, row.estimate)


def _number(style: Style, value: float | None) -> str:
    """Whole numbers as they are; otherwise one decimal from 100, two from 1, three below."""
    if value is None:
        return ""
    if value and abs(value) < SMALLEST:
        return f"{value:.2g}".replace("-", style.minus).replace(".", style.decimal)
    return style.number(value, _places(value))


def _places(value: float) -> int:
    if value == int(value):
        return 0
    return 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3


def _interval_places(row: Statistic) -> int:
    """As the estimate, or as the larger bound where that needs more."""
    bounds = [abs(bound) for bound in (row.lower, row.upper) if bound is not None]
    return max(_places(row.estimate or 0), _places(max(bounds, default=0)))


def _degrees(style: Style, row: Statistic) -> str:
    if isinstance(row.df, tuple):
        return " and ".join(_number(style, part) for part in row.df)
    return _number(style, row.df)


def _methods(entries: Iterable[Entry]) -> Notes:
    """Every method once, with the statistics it is of."""
    methods: dict[str, dict[str, None]] = {}
    for entry in entries:
        if entry.row.name not in OBVIOUS:
            methods.setdefault(entry.row.method, {})[printed_name(entry.row.name)] = None
    notes = Notes()
    notes.say(*(f"{capital(', '.join(names))}: {method}." for method, names in methods.items()))
    return notes
