"""From an analysis of the document to the tasks that answer it."""

from collections.abc import Sequence

from foramen.study.analyses.agreement import agreement_tasks
from foramen.study.analyses.association import correlate_tasks, transition_tasks
from foramen.study.analyses.compare import compare_tasks
from foramen.study.analyses.describe import describe_tasks, normality_tasks
from foramen.study.analyses.logistic import logistic_tasks
from foramen.study.analyses.scores import ancova_tasks, mixed_tasks
from foramen.study.analyses.task import Context, Task
from foramen.study.analyses.within import within_tasks
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


def plan_analysis(context: Context, analysis: Asked, where: str) -> Sequence[Task]:
    """The tasks of one analysis; faults name their place in the document."""
    match analysis:
        case Describe():
            return describe_tasks(context, analysis, where)
        case Compare():
            return compare_tasks(context, analysis, where)
        case Within():
            return within_tasks(context, analysis, where)
        case Normality():
            return normality_tasks(context, analysis, where)
        case Transition():
            return transition_tasks(context, analysis, where)
        case Correlate():
            return correlate_tasks(context, analysis, where)
        case Agreement():
            return agreement_tasks(context, analysis, where)
        case Logistic():
            return logistic_tasks(context, analysis, where)
        case Mixed():
            return mixed_tasks(context, analysis, where)
        case Ancova():
            return ancova_tasks(context, analysis, where)
