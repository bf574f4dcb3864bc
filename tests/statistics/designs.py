"""The models of the logistic oracles: their rows, and the design they were fitted with."""

import json
from pathlib import Path

from foramen.statistics.covariate_patterns import Term
from foramen.statistics.tables import Axis, CountTable

MODELS = json.loads((Path(__file__).parents[1] / "oracles" / "logistic.json").read_text())["models"]
AXES = [Axis("age"), Axis("grade"), Axis("oedema"), Axis("slip", decimals=1), Axis("success")]
TERMS = [
    Term("age", None, "age"),
    Term("grade", 1, "grade 1"),
    Term("grade", 2, "grade 2"),
    Term("oedema", None, "oedema"),
    Term("slip", None, "slip", decimals=1),
]


def table_of(rows):
    return CountTable.build(AXES, [(cell, 1) for cell in zip(*rows.values(), strict=True)])
