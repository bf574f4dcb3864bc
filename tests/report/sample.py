"""A report made by hand that has everything a renderer must print. People and numbers are invented."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from foramen.report.document import Fact, Report, Why
from foramen.report.figure import Figure
from foramen.report.style import load_style
from foramen.report.table import Column, Failed, Mark, Note, Row, Span, Table, Value, Withheld

RELIEF = hashlib.sha256(b"relief at 1 month").hexdigest()
PAIN = hashlib.sha256(b"pain before, by group").hexdigest()
ASKED = '[[analyses]]\nname = "responders"\nkind = "proportion"\noutcome = "half_gone"\ntimepoint = "month_1"\n'


class Numbers:
    """Hands out numbers and keeps why each stands there, in the order of the results."""

    def __init__(self) -> None:
        self.whys: dict[int, Why] = {}

    def value(self, text: str, name: str, n: int = 1079, of: int = 1245, counts: str | None = None) -> Value:
        """A number with its interval, method, n and denominator."""
        facts = (
            Fact("Estimate", text),
            Fact("Method", "Wilson score interval" if counts == RELIEF else "moments of the count table"),
            Fact("n", f"{n:,}"),
            Fact("Denominator", f"{of:,}, {of - n:,} missing"),
            Fact("Snapshot", "b7d204ee19aa"),
            Fact("Study definition", "51f0c3a877d4"),
        )
        warnings = ("By phone 59.2 %, by link 53.0 %: the two cannot be told apart from who chose them.",) * (n < 1000)
        say = f"{name}: {text}, from {n:,} of {of:,} people."
        return Value(text, self._keep(Why(name, say, facts, warnings, ASKED, 41, counts)))

    def withheld(self, text: str, name: str) -> Withheld:
        """A number that must not be seen."""
        say = "Fewer than 11 people stand behind this number."
        return Withheld(text, self._keep(Why(name, say, (Fact("Threshold", "11"),), (), ASKED, 41)))

    def failed(self, name: str, reason: str) -> Failed:
        """A number that does not exist."""
        return Failed("not computed", reason, self._keep(Why(name, reason, (Fact("n", "0"),), (), ASKED, 41)))

    def _keep(self, why: Why) -> int:
        self.whys[len(self.whys)] = why
        return len(self.whys) - 1


def sample_report() -> Report:
    """Two tables with numbers, one that could not be filled, two figures, one of them empty."""
    numbers = Numbers()
    items = (_who(numbers), _responders(numbers), _scores(numbers), _missing_table(), _missing_figure())
    return Report(
        id="lumbar-root-relief",
        title="Does relief after 15 minutes tell us about 1 month? Lumbar root injections, 2022 to 2026",
        question="Among adults with a first lumbar root injection, does pain at 15 minutes foretell pain at 1 month?",
        marks=("Internal: not passed through disclosure control", "Invented people: disclosure control is off"),
        stamp=(
            Fact("Snapshot", "2026-11-01, b7d204ee19aa"),
            Fact("Study definition", "version 3, 51f0c3a877d4"),
            Fact("Run", "DuckDB, Foramen 0.1.0; reference engine: all 214 counts equal"),
            Fact("Release", "threshold 11, 2 numbers withheld"),
        ),
        items=items,
        methods=(
            "Proportions have 95% Wilson intervals. Groups were compared with χ² or, where expected counts were small, "
            "Fisher's exact test.",
            "People without a score at 1 month are counted and shown; none was imputed.",
        ),
        whys=numbers.whys,
        counts={RELIEF: _relief_counts(), PAIN: _pain_counts()},
        day="2026-11-01",
        style=load_style("european_radiology"),
    )


def _who(numbers: Numbers) -> Table:
    value = numbers.value
    columns = (Column("Analysed", "n = 1,079"), Column("No score at 1 month", "n = 166"), Column("Std. difference"))

    def mean(name: str, texts: Sequence[str], counts: str | None = None) -> Row:
        first, first_sd, second, second_sd, difference = texts
        left = (value(first, f"{name}, mean", counts=counts), " ± ", value(first_sd, f"{name}, SD", counts=counts))
        right = (value(second, f"{name}, mean", 166), " ± ", value(second_sd, f"{name}, SD", 166))
        return Row((f"{name}, mean ± SD",), (left, right, (value(difference, f"{name}, difference"),)))

    def share(name: str, n: str, percent: str, other: str, other_percent: str) -> Row:
        left = (value(n, f"{name}, n"), " (", value(percent, f"{name}, %", counts=RELIEF), "%)")
        right = (value(other, f"{name}, n", 166), " (", value(other_percent, f"{name}, %", 166), "%)")
        return Row((f"{name}, n (%)",), (left, right, ("NA",)), level=1)

    rows = (
        mean("Age, years", ("57.8", "14.1", "54.9", "15.0", "0.20")),
        mean("Pain before, 0 to 10", ("6.8", "1.6", "6.9", "1.7", "−0.06"), counts=PAIN),
        Row(("missing, n",), ((value("37", "Missing"),), (value("12", "Missing"),), ()), level=1),
        Row(("Drug", Mark("a")), kind="group"),
        share("Dexamethasone 10 mg", "1,046", "96.9", "155", "93.4"),
        Row(
            ("Another steroid or another dose, whatever the letter of the referrer had asked for, n (%)",),
            (
                (value("33", "Another steroid, n"), " (", value("3.1", "Another steroid, %", counts=RELIEF), "%)"),
                (numbers.withheld("suppressed, 1 to 10", "Another steroid, n"),),
                (numbers.withheld("suppressed", "Another steroid, difference"),),
            ),
            level=1,
        ),
        Row(("Local anaesthetic alone",), ((numbers.failed("Local anaesthetic", "Nobody got it."),), (), ()), level=2),
        Row(("All, n",), ((value("1,079", "All"),), (value("166", "All", 166),), ()), kind="sum"),
    )
    notes = (
        Note("What was drawn up, not what was ordered; κ ≥ 0.61 between the two sources.", "a"),
        Note("Std. difference: difference of means over the pooled standard deviation. NA: does not apply."),
    )
    counted = (replace(columns[0], row=value("n = 1,079", "Analysed").row), *columns[1:])
    return Table("table-1", "Table 1", "Who was analysed, who was lost", "Characteristic", counted, rows, (), notes)


def _responders(numbers: Numbers) -> Table:
    heads = ("n", "% (95% interval)", "n", "% (95% interval)", "p")
    columns = (Column("With score"), *(Column(head, align="left" if head[0] == "%" else "right") for head in heads))
    spans = (Span("", 1), Span("15 minutes", 2), Span("1 month", 2), Span("", 1))

    def line(name: str, n: int, texts: Sequence[str], **kind: Any) -> Row:
        early, share, interval, late, late_share, late_interval, p = texts

        def value(text: str, what: str, counts: str | None = None) -> Value:
            return numbers.value(text, f"{name}: {what}", n, counts=counts)

        return Row(
            (name,),
            (
                (value(f"{n:,}", "with score"),),
                (value(early, "at least half gone at 15 minutes, n"),),
                (value(share, "at least half gone at 15 minutes, %", RELIEF), f" ({interval})"),
                (value(late, "at least half gone at 1 month, n"),),
                (value(late_share, "at least half gone at 1 month, %", RELIEF), f" ({late_interval})"),
                (value(p, "McNemar p"), Mark("b")) if p == "< 0.001" else (value(p, "McNemar p"),),
            ),
            **kind,
        )

    small = numbers.withheld("suppressed, would give away L1 and L2", "L3: at least half gone at 1 month, n")
    rows = (
        line("All", 1079, ("502", "46.5", "43.6; 49.5", "595", "55.1", "52.2; 58.1", "< 0.001"), kind="sum"),
        Row(("By root",), kind="group"),
        Row(("L3",), ((numbers.value("101", "L3: with score", 101),), (), (), (small,), (small,), ()), level=1),
        line("L4", 249, ("112", "45.0", "38.9; 51.2", "131", "52.6", "46.4; 58.7", "0.089"), level=1),
        line("L5", 490, ("238", "48.6", "44.2; 53.0", "281", "57.3", "52.9; 61.7", "0.006"), level=1),
        line("S1", 226, ("101", "44.7", "38.4; 51.2", "125", "55.3", "48.8; 61.6", "0.024"), level=1),
    )
    notes = (Note("From 15 minutes to 1 month 243 people gained and 150 lost a relief of at least half.", "b"),)
    title = "At least half of the pain gone, by root and by time, among people who answered at both times"
    return Table("table-2", "Table 2", title, "Root", columns, rows, spans, notes)


POINTS = (
    ("Before", 0, "Dexamethasone", "6.8", 6.7, 6.9), ("15 min", 1, "Dexamethasone", "3.1", 3.0, 3.3),
    ("1 month", 2, "Dexamethasone", "3.0", 2.8, 3.1), ("Before", 0, "Another steroid", "6.9", 6.4, 7.4),
    ("15 min", 1, "Another steroid", "3.6", 2.9, 4.3), ("1 month", 2, "Another steroid", "3.9", 3.1, 4.7),
)  # fmt: skip


def _scores(numbers: Numbers) -> Figure:
    rows = []
    for group in ("Dexamethasone", "Another steroid"):
        cells = [
            (numbers.value(mean, f"{group}, {time}: mean", counts=PAIN), f" ({low} to {high})")
            for time, _, drug, mean, low, high in POINTS
            if drug == group
        ]
        rows.append(Row((group,), tuple(cells)))
    columns = (Column("Before"), Column("15 min"), Column("1 month"))
    table = Table(
        "figure-1-table", "Figure 1", "Pain by drug and time, mean (95% interval)", "Drug", columns, tuple(rows)
    )
    alt = (
        "Mean pain falls from 6.8 to 3.1 within 15 minutes and is 3.0 at 1 month after dexamethasone; "
        "with another steroid it is 6.9, 3.6 and 3.9."
    )
    notes = (Note("Bars are 95% intervals of the mean."),)
    return Figure("figure-1", "Figure 1", "Pain before, at 15 minutes and at 1 month", alt, _spec(), table, notes)


def _spec() -> dict[str, Any]:
    values = [
        {"time": t, "at": at, "drug": drug, "mean": float(mean), "low": low, "high": high}
        for t, at, drug, mean, low, high in POINTS
    ]
    x = {
        "field": "time",
        "type": "ordinal",
        "sort": ["Before", "15 min", "1 month"],
        "title": None,
        "axis": {"labelAngle": 0},
    }
    y = {"field": "mean", "type": "quantitative", "scale": {"domain": [0, 10]}, "title": "Pain, 0 to 10"}
    colour = {"domain": ["Dexamethasone", "Another steroid"], "range": ["#0b5468", "#b4540a"]}
    color = {"field": "drug", "type": "nominal", "scale": colour, "legend": None}
    shape = {
        "field": "drug",
        "type": "nominal",
        "scale": {"domain": colour["domain"], "range": ["circle", "square"]},
        "legend": None,
    }
    tooltip = [
        {"field": "drug", "title": "Drug"},
        {"field": "time", "title": "Time"},
        {"field": "mean", "title": "Mean"},
    ]
    last = {"filter": "datum.at == 2"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 520, "height": 240, "background": "white",
        "data": {"values": values},
        "encoding": {"x": x},
        "layer": [
            {"mark": "rule", "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": color}},
            {"mark": "line", "encoding": {"y": y, "color": color}},
            {"mark": {"type": "point", "filled": True, "size": 70},
             "encoding": {"y": y, "color": color, "shape": shape, "tooltip": tooltip}},
            {"mark": {"type": "text", "align": "left", "dx": 10}, "transform": [last],
             "encoding": {"y": y, "color": color, "text": {"field": "drug"}}},
        ],
    }  # fmt: skip


def _missing_table() -> Table:
    reason = "The snapshot has no column contrast_pattern, which the readers fill in."
    return Table("table-3", "Table 3", "Contrast patterns by reader", "Pattern", (), (), error=reason)


def _missing_figure() -> Figure:
    table = Table("figure-2-table", "Figure 2", "Agreement of two readers", "Reader 1", (), ())
    reason = "Only one reader read these cases."
    return Figure("figure-2", "Figure 2", "Agreement of two readers", "", {}, table, error=reason)


def _relief_counts() -> Table:
    lines = (
        ("Gone, 100 %", 230),
        ("75 to 99 %", 115),
        ("50 to 74 %", 250),
        ("1 to 49 %", 193),
        ("No change", 238),
        ("Worse", 53),
    )
    rows = [Row((name,), ((str(n),),)) for name, n in lines]
    rows.append(Row(("With score",), (("1,079",),), kind="sum"))
    key = f"counts-{RELIEF[:12]}"
    return Table(key, "", "Relief at 1 month", "Relief", (Column("People"),), tuple(rows))


def _pain_counts() -> Table:
    rows = [Row((str(score),), ((str(7 * (11 - abs(7 - score))),), (str(11 - abs(7 - score)),))) for score in range(11)]
    columns = (Column("Analysed"), Column("No score at 1 month"))
    return Table(f"counts-{PAIN[:12]}", "", "Pain before, 0 to 10, by group", "Pain", columns, tuple(rows))
