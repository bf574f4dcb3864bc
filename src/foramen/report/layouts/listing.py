"""Every statistic on a line of its own: the supplement, and what no other layout fits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from foramen.kernel.rounding import rounded
from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.adjusted import KINDS, adjusted
from foramen.report.layouts.decimals import exact_places, places_of, together
from foramen.report.layouts.lines import nobody
from foramen.report.layouts.names import capital, printed_name, words
from foramen.report.layouts.needed import needed_interval, needed_text
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.points import in_points
from foramen.report.layouts.told import RANK_SUMS
from foramen.report.material import OF_TWO_GROUPS, Entry, Material
from foramen.report.style import Style
from foramen.report.table import Cell, Column, Row, Value
from foramen.statistics.result import Statistic
from foramen.study.display_definition import TableWanted
from foramen.study.population import ALL

SUBJECT = ("analysis", "outcome", "finding", "timepoint", "group", "model")
"""What stands in the head over lines of one subject; other words stand in the lines."""

OBVIOUS = ("n", "missing", "suppressed", "minimum", "maximum")
"""Statistics whose method needs no note."""

ESTIMATE, INTERVAL, TEST, DEGREES = "Estimate", "Interval", "Test statistic", "df"

NAMED_FIRST = ("percent", "zero_event_upper_bound", "transition")
"""Statistics whose class says more than their name."""


def listing(material: Material, wanted: TableWanted) -> Body:
    """All statistics of the analyses, of the outcomes and time points wanted; adjusted means have a table of theirs."""
    kinds = {analysis.kind for analysis in material.study.analyses if analysis.name in wanted.analyses}
    if kinds <= KINDS:
        return adjusted(material, wanted)
    found = [entry for name in wanted.analyses for entry in material.of_analysis(name) if _is_wanted(wanted, entry)]
    if not found:
        raise NothingToShowError("Its analyses have no statistic of the outcomes and time points wanted.")
    return listing_of(material, [entry.place for entry in found if not nobody(entry)] or [found[0].place])


def _is_wanted(wanted: TableWanted, entry: Entry) -> bool:
    """A statistic of no outcome or no time point is one of all of them."""
    asked = {"outcome": wanted.outcomes, "timepoint": wanted.timepoints}
    return all(names is None or entry.about.get(key) in (None, *names) for key, names in asked.items())


def listing_of(material: Material, places: Sequence[int]) -> Body:
    """The statistics at these places of the results, under a head for each subject, with their methods below."""
    return Lines(material, [material.at(place) for place in places]).body()


@dataclass(frozen=True)
class Lines:
    """A list of statistics while its rows are made."""

    material: Material
    entries: Sequence[Entry]

    @cached_property
    def _free(self) -> Mapping[str, int]:
        return together(self.material, self.entries)

    @cached_property
    def _tests(self) -> Mapping[str, int]:
        """Decimals of test statistics, by the name of the statistic; exact rank sums are whole or half."""
        exact = {name: exact_places(self._of(name), 1) for name in RANK_SUMS if self._halves(name)}
        names = dict.fromkeys(entry.row.name for entry in self.entries)
        return {**dict.fromkeys(names, self.material.style.estimate_decimals), **exact}

    def _of(self, name: str) -> list[float]:
        return [e.row.statistic for e in self.entries if e.row.name == name and e.row.statistic is not None]

    def _halves(self, name: str) -> bool:
        return all(float(2 * value).is_integer() for value in self._of(name))

    @cached_property
    def _df(self) -> Mapping[str, int]:
        """Decimals of degrees of freedom, by the name of the statistic: none where all of them are whole."""
        found: dict[str, list[float]] = {}
        for entry in self.entries:
            df = entry.row.df if isinstance(entry.row.df, tuple) else (entry.row.df,)
            found.setdefault(entry.row.name, []).extend(number for number in df if number is not None)
        return {name: exact_places(numbers, 1) for name, numbers in found.items()}

    def body(self) -> Body:
        shows = self._shows()
        used = [head for head, show in shows.items() if any(show(entry) for entry in self.entries)]
        analyses = dict.fromkeys(entry.about.get("analysis", "") for entry in self.entries)
        rows: list[Row] = []
        for name in analyses:
            own = [entry for entry in self.entries if entry.about.get("analysis", "") == name]
            if len(analyses) > 1:
                rows.append(Row((self.material.analysis_title(name),), kind="group"))
            rows += self._subjects(own, [shows[head] for head in used], int(len(analyses) > 1))
        level = self.material.style.level_text(float(self.material.study.level))
        columns = [Column(level if head == INTERVAL else head) for head in used or [ESTIMATE]]
        return finished(self.material, "Statistic", columns, rows, _methods(self.entries))

    def _subjects(self, entries: Sequence[Entry], shows: Sequence[Callable[[Entry], str]], level: int) -> list[Row]:
        subjects: dict[tuple[str, ...], list[Entry]] = {}
        for entry in entries:
            subjects.setdefault(_subject(entry), []).append(entry)
        rows: list[Row] = []
        for found in subjects.values():
            head = self._head(found[0])
            if len(found) == 1:
                rows.append(Row((f"{head}: {self._name(found[0])}",), self._cells(shows, found[0]), level))
            else:
                rows.append(Row((head,), level=level, kind="group"))
                rows += [Row((capital(self._name(e)),), self._cells(shows, e), level + 1) for e in found]
        return rows

    def _head(self, entry: Entry) -> str:
        """The subject of the lines that follow; of a single one in the line itself."""
        compared = ("against",) if entry.row.name in OF_TWO_GROUPS else ()
        about = {key: text for key, text in entry.about.items() if key in (*SUBJECT, *compared, "reader")}
        if "finding" in about:
            about.pop("reader", None)
        named = words(self.material, about, without=("model",))
        everybody = "All" if entry.about.get("group") == ALL else self.material.analysis_title(entry.about["analysis"])
        return capital(", ".join(named or [everybody]))

    def _name(self, entry: Entry) -> str:
        """The statistic, with the words that the subject does not say."""
        hidden = (*SUBJECT, *(() if "finding" in entry.about else ("reader",)))
        compared = ("against",) if entry.row.name in OF_TWO_GROUPS else ()
        others = words(self.material, entry.about, without=(*hidden, *compared))
        name = printed_name(entry.row.name)
        return ", ".join([*others, name] if entry.row.name in NAMED_FIRST else [name, *others])

    def _cells(self, shows: Sequence[Callable[[Entry], str]], entry: Entry) -> tuple[Cell, ...]:
        """A statistic that is withheld or failed says so in the first cell; its counts stand where they may."""
        cells: list[Cell] = [(Value(text, entry.place),) if (text := show(entry)) else () for show in shows]
        if entry.row.suppressed is not None or entry.row.error is not None:
            cells = [(self.material.part(entry, ""),), *cells[1:]]
        return tuple(cells or [()])

    def _shows(self) -> dict[str, Callable[[Entry], str]]:
        """Columns with what they print of a statistic."""
        style = self.material.style
        return {
            ESTIMATE: self._estimate,
            INTERVAL: self._interval,
            TEST: lambda e: _number(style, e.row.statistic, self._tests[e.row.name]),
            DEGREES: lambda e: _degrees(style, e.row, self._df[e.row.name]),
            style.p.symbol: lambda e: "" if e.row.p is None else style.p_text(e.row.p),
            "n": lambda e: "" if e.row.n is None else style.count(e.row.n),
            "of": lambda e: "" if e.row.denominator is None else style.count(e.row.denominator),
        }

    def _places(self, entry: Entry) -> int:
        fixed = places_of(self.material, entry)
        return self._free.get(entry.row.name, self.material.style.estimate_decimals) if fixed is None else fixed

    def _estimate(self, entry: Entry) -> str:
        """U and W are both what is estimated and what is tested; once is enough. A failure stands in this column."""
        row, style = _in_print(entry.row), self.material.style
        if row.estimate is None:
            return "not computed" if row.error or row.suppressed else ""
        if row.name == "number_needed_to_treat":
            return needed_text(style, row)
        return "" if row.estimate == row.statistic else _number(style, row.estimate, self._places(entry))

    def _interval(self, entry: Entry) -> str:
        row, style = _in_print(entry.row), self.material.style
        if row.name == "number_needed_to_treat":
            return needed_interval(style, row)
        return style.interval_text(row, self._places(entry))


def _subject(entry: Entry) -> tuple[str, ...]:
    compared = entry.about.get("against", "") if entry.row.name in OF_TWO_GROUPS else ""
    reader = "" if "finding" in entry.about else entry.about.get("reader", "")
    return (*(entry.about.get(key, "") for key in SUBJECT), compared, reader)


def _in_print(row: Statistic) -> Statistic:
    """A difference of risks in percentage points."""
    return in_points(row) if row.name == "risk_difference" else row


def _number(style: Style, value: float | None, places: int) -> str:
    """With so many decimals; what they would print as 0 by its first digits."""
    if value is None:
        return ""
    if value and not float(rounded(value, places)) and abs(value) < 10**-places / 2:
        return f"{value:.2g}".replace("-", style.minus).replace(".", style.decimal)
    return style.number(value, places)


def _degrees(style: Style, row: Statistic, places: int) -> str:
    if isinstance(row.df, tuple):
        return " and ".join(_number(style, part, places) for part in row.df)
    return _number(style, row.df, places)


def _methods(entries: Iterable[Entry]) -> Notes:
    """Every method once, with the statistics it is of; a name that the method begins with is not said again."""
    methods: dict[str, dict[str, None]] = {}
    for entry in entries:
        if entry.row.name not in OBVIOUS:
            methods.setdefault(entry.row.method, {})[printed_name(entry.row.name)] = None
    notes = Notes()
    for method, names in methods.items():
        listed = ", ".join(names)
        again = method.lower().replace("'", "’").startswith(listed.lower())
        notes.say(f"{capital(method if again else f'{listed}: {method}')}.")
    return notes
