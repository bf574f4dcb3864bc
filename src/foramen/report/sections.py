"""Which tables the plain report has: the flow, the wide description of numbers, the percentages, everything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from foramen.report.numbers import df_text, fixed_text, interval_text, number_text, p_text
from foramen.statistics.result import Statistic
from foramen.study.population import ALL, FlowStep
from foramen.study.results import DIMENSIONS

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


INTERVAL = "Interval"

OBVIOUS = ("n", "missing", "suppressed", "minimum", "maximum")
"""Statistics whose method needs no note."""

SAME = {"first": "timepoint", "second": "timepoint", "against": "timepoint"}
"""Dimensions that may name a time point; another word in them has no label there and prints as it is."""

HEADINGS = {"timepoint": "Time", "from_category": "From", "category": "Category"}

Labels = Mapping[tuple[str, str], str]
"""Printed names by dimension and name: what an outcome or a time point of the document is called."""


@dataclass(frozen=True)
class Section:
    """A table of texts: `left` leading columns hold words, the others numbers. Notes stand below."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int
    notes: Sequence[str] = ()


NAMES = {
    "mann_whitney": "Mann–Whitney U", "hodges_lehmann": "Hodges–Lehmann shift", "kruskal_wallis": "Kruskal–Wallis H",
    "dunn": "Dunn", "dunn_unadjusted": "Dunn, unadjusted", "wilcoxon": "Wilcoxon signed rank", "friedman": "Friedman",
    "friedman_pairs": "after Friedman", "friedman_pairs_unadjusted": "after Friedman, unadjusted",
    "kendall_w": "Kendall’s W", "mcnemar": "McNemar", "chi_square": "χ²", "fisher": "Fisher’s exact test",
    "cohen_kappa": "Cohen’s κ", "cohen_kappa_standard_error": "Cohen’s κ, standard error", "fleiss_kappa": "Fleiss’ κ",
    "gwet_ac1": "Gwet’s AC1", "krippendorff_alpha": "Krippendorff’s α", "shapiro_wilk": "Shapiro–Wilk W",
    "lilliefors": "Lilliefors D", "spearman": "Spearman’s ρ", "pearson": "Pearson’s r", "cox_snell_r2": "Cox–Snell R²",
    "nagelkerke_r2": "Nagelkerke R²", "aic": "AIC", "auc": "area under the ROC curve", "ppv": "PPV", "npv": "NPV",
    "hosmer_lemeshow": "Hosmer–Lemeshow", "minus_2_reml_loglik": "−2 REML log-likelihood", "sd": "SD",
    "bland_altman_bias": "Bland–Altman bias", "zero_event_upper_bound": "upper bound for none, one-sided, %",
    "left_out_incomplete": "left out, incomplete", "accuracy": "accuracy, %", "sensitivity": "sensitivity, %",
    "specificity": "specificity, %", "percent_agreement": "agreement, %",
    "icc_1_1": "ICC(1,1)", "icc_a_1": "ICC(A,1)", "icc_c_1": "ICC(C,1)", "icc_1_k": "ICC(1,k)", "icc_a_k": "ICC(A,k)",
    "icc_c_k": "ICC(C,k)",
}  # fmt: skip
"""Printed names where a statistic's own name, with spaces, would not be what the field writes."""


def printed_name(name: str) -> str:
    """What a statistic is called in a table."""
    return NAMES.get(name, name.replace("_", " "))


def flow_section(flow: Sequence[FlowStep]) -> Section:
    """Everybody first, then each group; each line's n and excluded add up to the n above it."""
    rows = [[step.group, step.step, step.reason or "", str(step.excluded or ""), str(step.n)] for step in flow]
    return Section(["Group", "Step", "Because it was", "Excluded", "Left"], rows, 3)


def sections(statistics: Sequence[Statistic], labels: Labels) -> list[Section]:
    """The tables that show all statistics of one analysis: numbers described, percentages, everything else."""
    described = {_subject(row) for row in statistics if row.name == "mean"}
    shared = {_subject(row) for row in statistics if row.name in PERCENTAGES}
    wide = [row for row in statistics if row.name in DESCRIBED and _subject(row) in described]
    shares = [row for row in statistics if row.name in (*PERCENTAGES, "missing") and _subject(row) in shared]
    shown = {id(row) for row in (*wide, *shares)}
    others = [row for row in statistics if id(row) not in shown]
    tables = [(_numbers_section, wide), (_shares_section, shares), (_others_section, others)]
    return [_with_level(_without_empty(make(rows, labels)), rows) for make, rows in tables if rows]


def _with_level(section: Section, statistics: Sequence[Statistic]) -> Section:
    """The heading of intervals says their confidence level."""
    levels = {row.level for row in statistics if row.level is not None}
    if len(levels) != 1:
        return section
    (level,) = levels
    named = f"{number_text(round(100 * level, 6))} % interval"
    return replace(section, head=[named if text == INTERVAL else text for text in section.head])


def _without_empty(section: Section) -> Section:
    """Leave out columns in which nothing stands."""
    used = [i for i in range(len(section.head)) if any(row[i] for row in section.rows)]
    rows = [[row[i] for i in used] for row in section.rows]
    return Section([section.head[i] for i in used], rows, sum(i < section.left for i in used), section.notes)


def _subject(row: Statistic) -> tuple[str, str, str]:
    about = dict(row.about)
    return about.get("outcome", ""), about.get("timepoint", ""), about.get("group", "")


def _printed(subject: tuple[str, str, str], labels: Labels) -> list[str]:
    keys = ("outcome", "timepoint", "group")
    return [labels.get((key, word), word) for key, word in zip(keys, subject, strict=True)]


def _numbers_section(statistics: Sequence[Statistic], labels: Labels) -> Section:
    subjects: dict[tuple[str, str, str], dict[str, Statistic]] = {}
    for row in statistics:
        subjects.setdefault(_subject(row), {})[row.name] = row
    head = ["Outcome", "Time", "Group", "n", "Missing", "Mean", INTERVAL, "SD", "Median", "Quartiles", "Range"]
    rows = [[*_printed(subject, labels), *_described(found)] for subject, found in subjects.items()]
    return Section(head, rows, 3, _notes(statistics, labels))


def _described(found: Mapping[str, Statistic]) -> list[str]:
    def text(name: str, places: int | None = None) -> str:
        row = found.get(name)
        return "" if row is None else _value(row, places)

    hidden = f" + {text('suppressed')} suppressed" if "suppressed" in found else ""
    mean = found.get("mean")
    return [
        text("n"), text("missing") + hidden, text("mean", 2), interval_text(mean, 2) if mean else "", text("sd", 2),
        text("median"), _pair(text("lower_quartile"), text("upper_quartile")), _pair(text("minimum"), text("maximum")),
    ]  # fmt: skip


def _pair(low: str, high: str) -> str:
    return f"{low} to {high}" if low or high else ""


def _value(row: Statistic, places: int | None = None) -> str:
    if row.error and row.estimate is None:
        return "not computed"
    return number_text(row.estimate) if places is None else fixed_text(row.estimate, places)


def _shares_section(statistics: Sequence[Statistic], labels: Labels) -> Section:
    head = ["Outcome", "Time", "Group", "Category", "n", "of", "%", INTERVAL]
    rows = []
    for row in statistics:
        subject = _printed(_subject(row), labels)
        if row.name == "missing":
            rows += (
                [[*subject, "missing", number_text(row.estimate), str(row.denominator), "", ""]] if row.estimate else []
            )
            continue
        category = dict(row.about).get("category", "yes")
        rows.append([*subject, category, str(row.n), str(row.denominator), _value(row, 1), interval_text(row, 1)])
    return Section(head, rows, 4, _notes(statistics, labels))


def _others_section(statistics: Sequence[Statistic], labels: Labels) -> Section:
    present = {key for row in statistics for key, value in row.about if value}
    keys = [key for key in DIMENSIONS if key in present and key != "analysis"]
    everybody = all(dict(row.about).get("group", ALL) == ALL for row in statistics)
    models = {dict(row.about).get("model") for row in statistics}
    keys = [key for key in keys if not (key == "group" and everybody) and not (key == "model" and len(models) == 1)]
    names = [HEADINGS.get(key, key.replace("_", " ").capitalize()) for key in keys]
    head = ["Statistic", *names, "Estimate", INTERVAL, "Test statistic", "df", "p", "n", "of"]
    rows = [[*_named(row, keys, labels), *_tested(row)] for row in statistics]
    return Section(head, rows, 1 + len(keys), _notes(statistics, labels))


def _named(row: Statistic, keys: Sequence[str], labels: Labels) -> list[str]:
    about = dict(row.about)
    words = ((SAME.get(key, key), about.get(key, "")) for key in keys)
    return [printed_name(row.name), *(labels.get(pair, pair[1]) for pair in words)]


def _tested(row: Statistic) -> list[str]:
    counts = ["" if count is None else str(count) for count in (row.n, row.denominator)]
    # U and W are both what is estimated and what is tested; once is enough.
    estimate = "" if row.statistic is not None and row.statistic == row.estimate else _value(row)
    return [estimate, interval_text(row), number_text(row.statistic), df_text(row), p_text(row), *counts]


def _notes(statistics: Sequence[Statistic], labels: Labels) -> list[str]:
    """Every method once, then every warning and error with what it belongs to."""
    methods: dict[str, dict[str, None]] = {}
    said: dict[str, dict[str, None]] = {}
    for row in statistics:
        if row.name not in OBVIOUS:
            methods.setdefault(row.method, {})[printed_name(row.name)] = None
        for text in filter(None, (row.warning, row.error and f"not computed: {row.error}")):
            said.setdefault(text, {})[_where(row, labels)] = None
    notes = [f"{', '.join(names)}: {method}." for method, names in methods.items()]
    return notes + [f"{_some(list(places))}: {text}." for text, places in said.items()]


def _where(row: Statistic, labels: Labels) -> str:
    words = [labels.get((SAME.get(key, key), value), value) for key, value in row.about if key != "analysis" and value]
    return f"{row.name.replace('_', ' ')} ({', '.join(words)})" if words else printed_name(row.name)


def _some(places: Sequence[str]) -> str:
    return "; ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
