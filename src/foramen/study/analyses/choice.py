"""From an analysis of the document to the tasks that answer it. Only the kinds that a study asks for are imported."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from foramen.study.analyses.task import Context, Task
from foramen.study.analysis_definition import (
    Agreement,
    Ancova,
    Compare,
    Correlate,
    Describe,
    Logistic,
    Mixed,
    Normality,
    Transition,
    Within,
)

Asked = Describe | Compare | Within | Normality | Transition | Correlate | Agreement | Logistic | Mixed | Ancova

_MODULES: Mapping[type[Asked], str] = {
    Describe: "describe",
    Normality: "describe",
    Compare: "compare",
    Within: "within",
    Correlate: "association",
    Transition: "association",
    Agreement: "agreement",
    Logistic: "logistic",
    Mixed: "scores",
    Ancova: "scores",
}
"""Where the tasks of each kind are made; the function there is named for the kind."""


def plan_analysis(context: Context, analysis: Asked, where: str) -> Sequence[Task]:
    """The tasks of one analysis; faults name their place in the document."""
    module = import_module(f"foramen.study.analyses.{_MODULES[type(analysis)]}")
    plan: Callable[[Context, Asked, str], Sequence[Task]] = getattr(module, f"{analysis.kind}_tasks")
    return plan(context, analysis, where)
