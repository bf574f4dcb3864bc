"""Which tables the plain report has: the flow, the wide description of numbers, the percentages, everything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foramen.report.numbers import df_text, interval_text, number_text, p_text
from foramen.statistics.result import Statistic
from foramen.study.population import ALL, FlowStep

DESCRIBED = (
    "n",
    "missing",
    "suppressed",
    "mean",
    "sd",
    "median",
    "lower_quartile",
    "upper_quartile",
    "minimum",
    "maximum",
)
PERCENTAGES = ("percent", "responder_percent")
SHOWN_APART = (*DESCRIBED, *PERCENTAGES)


@dataclass(frozen=True)
class Section:
    """A table of texts: `left` leading columns hold words, the others numbers. Notes stand below."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int
    notes: Sequence[str] = ()


def flow_section(flow: Sequence[FlowStep]) -> Section:
    """Everybody first, then each group; each line's n and excluded add up to the n above it."""
    rows = [
        [step.group, step.step, str(step.n), str(step.excluded or ""), step.reason or ""] for step in flow
    ]  # fmt: skip
    head = ["Group", "Step", "Left", "Excluded", "Because it was"]
    return Section("Who was analysed", head, rows, 2)


def sections(title: str, statistics: Sequence[Statistic]) -> list[Section]:
    """The tables that show all statistics of one analysis."""
    numbers = [row for row in statistics if row.name in DESCRIBED]
    described = {_subject(row) for row in numbers if row.name == "mean"}
    wide = [row for row in numbers if _subject(row) in described]
    shares = [row for row in statistics if row.name in PERCENTAGES]
    apart = {id(row) for row in (*wide, *shares)}
    others = [row for row in statistics if id(row) not in apart]
    made = []
    if wide:
        made.append(_numbers_section(title, wide))
    if shares:
        made.append(_shares_section(title, shares))
    if others:
        made.append(_others_section(title, others))
    return made


def _subject(row: Statistic) -> tuple[str, str, str]:
    about = dict(row.about)
    return about.get("outcome", ""), about.get("timepoint", ""), about.get("group", "")


def _numbers_section(title: str, statistics: Sequence[Statistic]) -> Section:
    subjects: dict[tuple[str, str, str], dict[str, Statistic]] = {}
    for row in statistics:
        subjects.setdefault(_subject(row), {})[row.name] = row
    head = ["Outcome", "Time", "Group", "n", "Missing", "Mean", "Interval", "SD", "Median", "Quartiles", "Range"]
    rows = [[*subject, *_described(found)] for subject, found in subjects.items()]
    return Section(title, head, rows, 3, _notes(statistics))


def _described(found: Mapping[str, Statistic]) -> list[str]:
    def text(name: str) -> str:
        row = found.get(name)
        return "" if row is None else _value(row)

    hidden = f" + {text('suppressed')} suppressed" if "suppressed" in found else ""
    mean = found.get("mean")
    return [
        text("n"), text("missing") + hidden, text("mean"), "" if mean is None else interval_text(mean), text("sd"),
        text("median"), _pair(text("lower_quartile"), text("upper_quartile")), _pair(text("minimum"), text("maximum")),
    ]  # fmt: skip


def _pair(low: str, high: str) -> str:
    return f"{low} to {high}" if low or high else ""


def _value(row: Statistic) -> str:
    if row.error and row.estimate is None:
        return "not computed"
    return number_text(row.estimate)


def _shares_section(title: str, statistics: Sequence[Statistic]) -> Section:
    head = ["Outcome", "Time", "Group", "Category", "n", "of", "%", "Interval"]
    rows = []
    for row in statistics:
        of = "" if row.denominator is None else str(row.denominator)
        category = dict(row.about).get("category", "yes")
        rows.append([*_subject(row), category, str(row.n), of, _percent_text(row), interval_text(row)])
    return Section(title, head, rows, 4, _notes(statistics))


def _percent_text(row: Statistic) -> str:
    return "not computed" if row.estimate is None else number_text(row.estimate)


def _others_section(title: str, statistics: Sequence[Statistic]) -> Section:
    keys = [key for key in _dimension_order(statistics) if key != "analysis"]
    head = [
        "Statistic",
        *(key.replace("_", " ").capitalize() for key in keys),
        "Estimate",
        "Interval",
        "Test",
        "df",
        "p",
        "n",
        "of",
    ]
    rows = []
    for row in statistics:
        about = dict(row.about)
        counts = ["" if count is None else str(count) for count in (row.n, row.denominator)]
        rows.append([
            row.name.replace("_", " "), *(about.get(key, "") for key in keys), _value(row), interval_text(row),
            number_text(row.statistic), df_text(row), p_text(row), *counts,
        ])  # fmt: skip
    return Section(title, head, rows, 1 + len(keys), _notes(statistics))


def _dimension_order(statistics: Sequence[Statistic]) -> list[str]:
    found = dict.fromkeys(key for row in statistics for key, value in row.about if value)
    constant_all = {
        key for key in found if key == "group" and all(dict(r.about).get("group", ALL) == ALL for r in statistics)
    }
    return [key for key in found if key not in constant_all]


def _notes(statistics: Sequence[Statistic]) -> list[str]:
    """Every method once, then every warning and error with what it belongs to."""
    methods: dict[str, dict[str, None]] = {}
    for row in statistics:
        methods.setdefault(row.method, {})[row.name.replace("_", " ")] = None
    notes = [f"{', '.join(names)}: {method}." for method, names in methods.items()]
    said: dict[str, list[str]] = {}
    for row in statistics:
        for text in filter(None, (row.warning, row.error and f"not computed: {row.error}")):
            said.setdefault(text, []).append(_where(row))
    return notes + [f"{_some(places)}: {text}." for text, places in said.items()]


def _where(row: Statistic) -> str:
    words = [value for key, value in row.about if key != "analysis" and value]
    return f"{row.name.replace('_', ' ')} ({', '.join(words)})" if words else row.name.replace("_", " ")


def _some(places: Sequence[str]) -> str:
    shown = list(dict.fromkeys(places))
    return "; ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
