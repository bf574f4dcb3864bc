"""How well models predict: a row per model."""

from collections.abc import Callable, Mapping

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked
from foramen.report.layouts.cells import one
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import p_value
from foramen.report.layouts.points import in_points
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row, Value
from foramen.study.display_definition import TableWanted

EXPLAINED = "nagelkerke_r2"
RATES = {
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "npv": "NPV",
}
AREAS = {"auc": "AUC", "optimism_corrected_auc": "AUC, corrected for optimism"}
SLOPE = "optimism_corrected_calibration_slope"
TESTED = {"likelihood_ratio": "Likelihood ratio", "hosmer_lemeshow": "Hosmer–Lemeshow"}

LEFT_OUT: Cell = ("left out",)
"""Of a model that a partial run did without; below the table stands why."""

Show = Callable[[Entry], Cell]


def performance(material: Material, wanted: TableWanted) -> Body:
    """n, explained variability, accuracy and the rest with intervals; only columns that some model has."""
    asked, notes = Asked(material, wanted), Notes()
    models = asked.need("logistic", "the models that are compared")
    columns = {
        name: (head, show)
        for name, (head, show) in _columns(asked, notes).items()
        if any(True for _ in material.entries(name, models))
    }
    if not columns:
        raise NothingToShowError("Its models have no measure of performance.")
    gone = material.left_out()
    rows = [
        Row(
            (material.analysis_title(name),),
            (LEFT_OUT, *([()] * len(columns))) if name in gone else _line(asked, name, columns),
        )
        for name in wanted.analyses
        if name in models or name in gone
    ]
    notes.say("AUC, area under the receiver operating characteristic curve; NPV and PPV, predictive values.")
    heads = [Column("n"), *(Column(head) for head, _ in columns.values())]
    return finished(material, "Model", heads, rows, notes)


def _line(asked: Asked, model: str, columns: Mapping[str, tuple[str, Show]]) -> tuple[Cell, ...]:
    """The numbers of a model; one that could not be fitted says so once."""
    found = {name: asked.material.entry(name, [model]) for name in columns}
    errors = {entry.row.error for entry in found.values() if entry is not None}
    size = _size(asked, model)
    if len(errors) == 1 and None not in errors:
        failed = next(entry for entry in found.values() if entry is not None)
        return (size, one(asked, failed, lambda _: ""), *([()] * (len(columns) - 1)))
    return (size, *(() if (e := found[name]) is None else show(e) for name, (_, show) in columns.items()))


def _columns(asked: Asked, notes: Notes) -> dict[str, tuple[str, Show]]:
    style, level, places = asked.style, asked.interval_head, asked.percent_places

    def rate(entry: Entry) -> Cell:
        return one(asked, entry, lambda row: style.estimate_text(row, places))

    def area(entry: Entry) -> Cell:
        return one(asked, entry, lambda row: style.estimate_text(row, style.estimate_decimals))

    def explained(entry: Entry) -> Cell:
        return one(asked, entry, lambda row: style.number(in_points(row).estimate or 0, places))

    return {
        EXPLAINED: ("Explained variability (Nagelkerke R²), %", explained),
        **{name: (f"{head}, % ({level})", rate) for name, head in RATES.items()},
        "auc": (f"{AREAS['auc']} ({level})", area),
        "optimism_corrected_auc": (AREAS["optimism_corrected_auc"], area),
        SLOPE: ("Calibration slope, corrected", area),
        **{name: (f"{head}, {style.p.symbol}", lambda e: p_value(asked, e, notes)) for name, head in TESTED.items()},
    }


def _size(asked: Asked, model: str) -> Cell:
    """How many the model was fitted to, of how many."""
    names = ("odds_ratio", EXPLAINED, "coefficient")
    entry = next((e for name in names for e in asked.material.entries(name, [model]) if e.row.n is not None), None)
    return fitted_to(asked, entry)


def fitted_to(asked: Asked, entry: Entry | None) -> Cell:
    """What a model rests on: “134”, or “130 of 134” where some were left out."""
    if entry is None or entry.row.suppressed is not None or entry.row.n is None:
        return () if entry is None or entry.row.error is not None else one(asked, entry, lambda _: "")
    style, row = asked.style, entry.row
    text = style.count(entry.row.n)
    if row.denominator is not None and row.denominator != row.n:
        text += f" of {style.count(row.denominator)}"
    return (Value(text, entry.place),)
