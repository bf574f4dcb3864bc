"""A small study that asks for every kind of figure, and how to read a specification."""

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from foramen.report.body import Drawing
from foramen.report.figures.choice import FIGURES
from foramen.report.material import Material
from foramen.snapshot.codebook import Variable
from foramen.snapshot.store import open_snapshot
from foramen.statistics.flow import FlowStep
from foramen.statistics.result import Statistic
from foramen.study.display_definition import FigureWanted
from tests.report.drawing import cohort, made, run_document
from tests.study.small import snapshot

VARIABLES = (
    Variable("age", "patients", "number", label="Age", unit="years", low=0, high=120),
    Variable("arm", "treatments", "category", labels=("CT", "Fluoroscopy")),
    Variable("nrs", "assessments", "number", low=0, high=10, better="lower", label="Pain, 0 to 10"),
    Variable("walk", "assessments", "number", low=0, high=900, better="higher", label="Walking distance", unit="m"),
    Variable("grade", "reads", "category", labels=("none", "mild", "severe"), label="Bone oedema"),
)

STUDY = """
id = "figures"
title = "Every figure"
unit = "treatment"

[index]
event = "treatment"
which = "each"

[groups]
variable = "arm"

[[population]]
name = "18 years or older"
keep = { variable = "age", at_least = 18 }

[[timepoints]]
name = "before"
label = "Before"
[[timepoints]]
name = "after"
label = "15 min"
[[timepoints]]
name = "late"
label = "1 month"

[[outcomes]]
name = "nrs"
kind = "score"
variable = "nrs"
timepoints = ["before", "after", "late"]
[[outcomes]]
name = "walk"
kind = "score"
variable = "walk"
timepoints = ["before", "late"]
[[outcomes]]
name = "half"
label = "At least half of the pain gone"
kind = "responder"
variable = "nrs"
baseline = "before"
relief_percent = 50
timepoints = ["after", "late"]
[[outcomes]]
name = "never"
label = "Pain above 10"
kind = "responder"
variable = "nrs"
at_least = 11
timepoints = ["late"]
[[outcomes]]
name = "relief"
label = "Pain relief"
kind = "category"
variable = "nrs"
baseline = "before"
bands_of = "relief_percent"
timepoints = ["after", "late"]
bands = [
  { label = "worse", below = 0 }, { label = "none", is = 0 }, { label = "some", above = 0, below = 50 },
  { label = "half or more", at_least = 50, below = 100 }, { label = "all", is = 100 },
]

[[analyses]]
name = "scores"
kind = "describe"
outcomes = ["nrs", "walk"]
missing = "available"
[[analyses]]
name = "responders"
kind = "describe"
outcomes = ["half", "never"]
missing = "available"
[[analyses]]
name = "compared"
kind = "compare"
outcomes = ["half"]
missing = "available"
tests = ["risk_difference"]
[[analyses]]
name = "classes"
kind = "describe"
outcomes = ["relief"]
missing = "complete"
[[analyses]]
name = "moves"
kind = "transition"
missing = "complete"
first = { outcome = "relief", at = "after" }
second = { outcome = "relief", at = "late" }
[[analyses]]
name = "model"
title = "Relief after 1 month"
kind = "logistic"
missing = "complete"
outcome = { outcome = "half", at = "late" }
predictors = [{ variable = "age" }, { variable = "grade", reader = "r1" }]
[[analyses]]
name = "readers"
kind = "agreement"
findings = ["grade"]
readers = ["r1", "r2"]
measures = ["cohen_kappa", "percent_agreement"]
missing = "available"

[[figures]]
title = "Means"
kind = "trajectory"
analyses = ["scores"]
[[figures]]
title = "Medians"
kind = "trajectory"
centre = "median"
analyses = ["scores"]
outcomes = ["nrs"]
[[figures]]
title = "Boxes"
kind = "box_plot"
analyses = ["scores"]
outcomes = ["nrs"]
[[figures]]
title = "Moves"
kind = "alluvial"
analyses = ["moves"]
[[figures]]
title = "Odds ratios"
kind = "forest"
analyses = ["model"]
[[figures]]
title = "Percentages"
kind = "forest"
analyses = ["responders"]
[[figures]]
title = "ROC"
kind = "roc"
analyses = ["model"]
[[figures]]
title = "Calibration"
kind = "calibration"
analyses = ["model"]
[[figures]]
title = "Readers"
kind = "agreement_matrix"
analyses = ["readers"]
[[figures]]
title = "Classes"
kind = "bars"
analyses = ["classes"]
"""

WANTED = (
    "trajectory", "medians", "box_plot", "alluvial", "forest", "percentages", "roc", "calibration", "agreement_matrix",
    "bars",
)  # fmt: skip
"""What the figures of the study are called in tests, in their order."""


def people(count: int = 120) -> dict[str, list[int | None]]:
    """Invented people: pain falls, more in one arm, and less with oedema; two readers who mostly agree."""
    drawn = random.Random(7)
    names = (
        "age",
        "arm",
        "nrs__before",
        "nrs__after",
        "nrs__late",
        "walk__before",
        "walk__late",
        "grade__r1",
        "grade__r2",
    )
    columns: dict[str, list[int | None]] = {name: [] for name in names}
    for _ in range(count):
        arm, grade = drawn.randrange(2), drawn.choice((0, 0, 1, 1, 2))
        before = drawn.randint(3, 9)
        after = min(10, max(0, round(before * drawn.choice((0, 0.3, 0.5, 0.7, 1, 1.2)))))
        late = min(10, max(0, round(after * drawn.choice((0, 0.5, 1, 1.3)) + grade - arm)))
        walk = drawn.randint(20, 400)
        row = (
            drawn.randint(16, 85), arm, before, after, late if drawn.random() > 0.1 else None, walk,
            walk + 30 * (10 - late), grade, grade if drawn.random() > 0.2 else drawn.randrange(3),
        )  # fmt: skip
        for name, value in zip(names, row, strict=True):
            columns[name].append(value)
    return columns


@cache
def material(style: str = "european_radiology") -> Material:
    """The study, run."""
    with tempfile.TemporaryDirectory() as folder:
        held = snapshot(Path(folder) / "snapshot", people(), VARIABLES)
        return made(Path(folder), held, STUDY, style=style)


@cache
def pars_injections() -> Material:
    """The library's study of pars injections on its cohort."""
    import foramen.library

    with tempfile.TemporaryDirectory() as folder:
        cohort(Path(folder) / "snapshot", "pars-injections")
        study = Path(foramen.library.__file__).parent / "studies" / "pars-injections" / "study.toml"
        return run_document(study, open_snapshot(Path(folder) / "snapshot"))


@cache
def _figure(name: str) -> Drawing:
    return asking(name)


def figure(name: str, of: Material | None = None) -> Drawing:
    """One of the study's figures, by its name in `WANTED`."""
    return _figure(name) if of is None else asking(name, of)


def asking(name: str, of: Material | None = None, **changes: Any) -> Drawing:
    """The same figure, asked for in another way."""
    of = of or material()
    wanted: FigureWanted = of.study.figures[WANTED.index(name)].model_copy(update=changes)
    return FIGURES[wanted.kind](of, wanted)


def changed(of: Material, change: Any) -> Material:
    """The material with other statistics: `change` is asked for each row."""
    return replace(of, results=replace(of.results, statistics=[change(row) for row in of.results.statistics]))


def withheld(row: Statistic, why: str = "1 to 10") -> Statistic:
    """A row as disclosure control leaves it."""
    return Statistic(name=row.name, method=row.method, about=row.about, inputs=row.inputs, suppressed=why)


def without(of: Material, *names: str, **about: str) -> Material:
    """The material with the statistics of these names, and these words in `about`, withheld."""

    def change(row: Statistic) -> Statistic:
        return withheld(row) if row.name in names and about.items() <= dict(row.about).items() else row

    return changed(of, change)


def with_flow(of: Material, lines: Sequence[FlowStep], **study: Any) -> Material:
    """The material with another flow and another study document."""
    return replace(of, results=replace(of.results, flow=lines), study=of.study.model_copy(update=study))


def layers(spec: Mapping[str, Any], data: Any = None) -> Iterator[dict[str, Any]]:
    """Every mark of a specification: its mark, encoding, and rows, of all panels in order."""
    data = spec.get("data", data)
    for key in ("layer", "concat", "hconcat", "vconcat"):
        for part in spec.get(key, ()):
            yield from layers(part, data)
    if "mark" in spec:
        yield {**spec, "rows": data["values"] if data else []}


def marks(spec: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The layers with one type of mark."""
    return [layer for layer in layers(spec) if layer["mark"]["type"] == kind]


def rows(spec: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The rows of all layers with one type of mark."""
    return [row for layer in marks(spec, kind) for row in layer["rows"]]


def words(spec: Mapping[str, Any]) -> list[str]:
    """Every text drawn."""
    found = [row["text"] for row in rows(spec, "text")]
    return [text if isinstance(text, str) else " ".join(text) for text in found]


def estimates(of: Material, name: str, **about: str) -> list[float | None]:
    return [entry.row.estimate for entry in of.entries(name, None, **about)]
