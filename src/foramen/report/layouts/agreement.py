"""How readers agree: a row per finding, with the grade of each coefficient in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from foramen.kernel.rounding import rounded
from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked
from foramen.report.layouts.cells import Piece, composed, estimate_interval, estimated, everybody, numerator, one
from foramen.report.layouts.decimals import ICC_PLACES
from foramen.report.layouts.names import capital, reader
from foramen.report.layouts.notes import Notes, finished
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row
from foramen.study.display_definition import TableWanted

Grades = Sequence[tuple[str, str]]

LANDIS_KOCH: Grades = (
    ("0.81", "almost perfect"), ("0.61", "substantial"), ("0.41", "moderate"), ("0.21", "fair"), ("0.01", "slight"),
)  # fmt: skip
"""From which κ on, to two decimals, agreement has which name; below, poor (Landis and Koch, Biometrics 1977)."""

KOO_LI: Grades = (("0.90", "excellent"), ("0.75", "good"), ("0.50", "moderate"))
"""The same for intraclass correlations; below, poor (Koo and Li, Journal of Chiropractic Medicine 2016)."""

SOURCES = {
    LANDIS_KOCH: "Grades of κ by Landis and Koch 1977: to 0.00 poor, 0.01 to 0.20 slight, 0.21 to 0.40 fair, 0.41 to "
    "0.60 moderate, 0.61 to 0.80 substantial, from 0.81 almost perfect.",
    KOO_LI: "Grades of ICC by Koo and Li 2016: below 0.50 poor, from 0.50 moderate, from 0.75 good, from "
    "0.90 excellent.",
}

WEIGHTED = {"none": "κ", "linear": "κ, linear weights", "quadratic": "κ, quadratic weights"}


@dataclass(frozen=True)
class Measure:
    """A coefficient that has columns: its statistic, its head, and the grades its size has names in."""

    name: str
    head: str
    about: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    grades: Grades | None = None
    places: int | None = None
    """Decimals, where they are not the journal's for coefficients."""


KAPPA_ERROR = "cohen_kappa_standard_error"
MEASURES = (
    *(
        Measure("cohen_kappa", head, {"weights": weights}, KAPPA_ERROR, LANDIS_KOCH)
        for weights, head in WEIGHTED.items()
    ),
    Measure("fleiss_kappa", "Fleiss’ κ", {}, "fleiss_kappa_standard_error", LANDIS_KOCH),
    Measure("gwet_ac1", "AC1", {}, "gwet_ac1_standard_error"),
    Measure("krippendorff_alpha", "Krippendorff’s α"),
    Measure("icc_a_1", "ICC(A,1)", {}, None, KOO_LI, ICC_PLACES),
)


@dataclass(frozen=True)
class Agreement:
    """The table while its rows are made."""

    asked: Asked
    names: Sequence[str]
    measures: Sequence[Measure]
    notes: Notes

    def columns(self) -> Iterator[Column]:
        level = self.asked.interval_head
        yield Column("n")
        if self._has("percent_agreement"):
            yield Column(f"Agreement, % ({level})")
        for measure in self.measures:
            yield Column(f"{measure.head} ({level})" if measure.name != "krippendorff_alpha" else measure.head)
            if measure.error:
                yield Column("SE")
            if measure.grades:
                yield Column("Grade", align="left")
        if self._has("bland_altman_bias"):
            yield from (Column(f"Bias ({level})"), Column("Limits of agreement"))

    def _has(self, name: str) -> bool:
        return self.asked.material.entry(name, self.names) is not None

    def rows(self) -> list[Row]:
        entries = [entry for name in self.names for entry in self.asked.material.of_analysis(name)]
        rows: list[Row] = []
        for finding in dict.fromkeys(e.about["finding"] for e in entries if "finding" in e.about):
            own = [entry for entry in entries if entry.about.get("finding") == finding]
            readers = dict.fromkeys(_readers(entry) for entry in own)
            label = capital(self.asked.material.outcome_label(finding))
            if len(readers) > 1:
                rows.append(Row((label,), kind="group"))
            for pair in readers:
                found = [entry for entry in own if _readers(entry) == pair]
                head = _together(pair) if len(readers) > 1 else label
                rows.append(Row((head,), tuple(self._cells(found)), int(len(readers) > 1)))
        return rows

    def _cells(self, found: Sequence[Entry]) -> Iterator[Cell]:
        yield self._seen(found)
        if self._has("percent_agreement"):
            yield estimate_interval(self.asked, _first(found, "percent_agreement"), self.asked.percent_places)
        for measure in self.measures:
            entry = _first(found, measure.name, **measure.about)
            places = self.asked.style.estimate_decimals if measure.places is None else measure.places
            yield estimate_interval(self.asked, entry, places)
            if measure.error:
                error = _first(found, measure.error, **measure.about)
                yield one(self.asked, error, estimated(self.asked, places))
            if measure.grades:
                yield self._grade(entry, measure.grades, places)
        if self._has("bland_altman_bias"):
            yield from self._limits(found)

    def _seen(self, found: Sequence[Entry]) -> Cell:
        """How many cases all these readers saw: the denominator of a percentage, the n of anything else."""
        percent = _first(found, "percent_agreement")
        if percent is not None:
            return one(self.asked, percent, everybody(self.asked))
        known = [entry for entry in found if entry.row.n is not None and entry.row.error is None]
        return one(self.asked, (known or list(found))[0], numerator(self.asked))

    def _grade(self, entry: Entry | None, grades: Grades, places: int) -> Cell:
        """The word belongs to the number beside it, rounded as the grades are printed."""
        if entry is None or entry.row.estimate is None or entry.row.suppressed is not None:
            return ()
        self.notes.say(SOURCES[grades])
        return (grade(entry.row.estimate, grades, places),)

    def _limits(self, found: Sequence[Entry]) -> Iterator[Cell]:
        """Bias, and the limits as a pair; both limits are statistics of their own."""
        bias = _first(found, "bland_altman_bias")
        lower, upper = (_first(found, f"bland_altman_{side}_limit") for side in ("lower", "upper"))
        places = self.asked.style.estimate_decimals
        yield estimate_interval(self.asked, bias, places)
        if lower is None or upper is None:
            yield ()
            return
        pieces = {
            "lower": Piece(lower, estimated(self.asked, places)),
            "upper": Piece(upper, estimated(self.asked, places)),
        }
        yield composed(self.asked.material, "{lower} to {upper}", **pieces)


def grade(value: float, grades: Grades, places: int = 2) -> str:
    """The name of an agreement of this size; it is rounded first, so that a printed number has the printed name."""
    size = float(rounded(value, places))
    return next((name for limit, name in grades if size >= float(limit)), "poor")


def _readers(entry: Entry) -> tuple[str, ...]:
    """Who is compared, as the row says it: “r1” against “r2, r3”, or all of them in one word."""
    about = (entry.about.get("reader", ""), entry.about.get("against", ""))
    return tuple(reader(name) for words in about for name in words.split(", ") if name)


def _together(names: Sequence[str]) -> str:
    """“reader 1, reader 2 and reader 3”."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _first(found: Sequence[Entry], name: str, **about: str) -> Entry | None:
    wanted = about.items()
    return next((e for e in found if e.row.name == name and wanted <= e.about.items()), None)


def agreement(material: Material, wanted: TableWanted) -> Body:
    """Percentage, κ plain and weighted, ICC and the rest, for each finding and each readers compared."""
    asked, notes = Asked(material, wanted), Notes()
    names = asked.need("agreement", "of readers on findings")
    measures = [m for m in MEASURES if material.entry(m.name, names, **m.about) is not None]
    table = Agreement(asked, names, measures, notes)
    rows = table.rows()
    if not rows:
        raise NothingToShowError("Its analyses compare no readers.")
    if any(measure.name == "icc_a_1" for measure in measures):
        notes.say("ICC(A,1): intraclass correlation, two-way, absolute agreement, single measures.")
    return finished(material, "Finding", list(table.columns()), rows, notes)
