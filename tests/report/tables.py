"""Parts of small study documents that ask for tables, and the rows they are made from."""

HEAD = """
id = "small"
title = "A small study"
unit = "treatment"
[index]
event = "treatment"
which = "each"
"""

GROUPS = '[groups]\nvariable = "arm"\nlevels = ["A", "B"]\n'

TIMES = """
[[timepoints]]
name = "before"
[[timepoints]]
name = "after"
label = "1 month"
{window}
[[timepoints]]
name = "late"
label = "1 year"
"""

NRS = '[[outcomes]]\nname = "nrs"\nlabel = "Pain"\nkind = "score"\nvariable = "nrs"\ntimepoints = ["before", "after"]\n'
HALF = """
[[outcomes]]
name = "half"
label = "Half of the pain gone"
kind = "responder"
variable = "nrs"
baseline = "before"
relief_percent = 50
timepoints = ["after", "late"]
"""
CLASSES = """
[[outcomes]]
name = "class"
label = "Relief"
kind = "category"
variable = "nrs"
baseline = "before"
bands_of = "relief_percent"
timepoints = ["after", "late"]
bands = [{ label = "less", below = 50 }, { label = "half", at_least = 50, below = 100 }, { label = "gone", is = 100 }]
"""
SEX = '[[outcomes]]\nname = "sex"\nlabel = "Sex"\nkind = "category"\nvariable = "sex"\n'
AGE = '[[outcomes]]\nname = "age"\nlabel = "Age, years"\nkind = "score"\nvariable = "age"\n'


def analysis(name: str, kind: str, outcomes: str, *more: str, missing: str = "available") -> str:
    listed = ", ".join(f'"{outcome}"' for outcome in outcomes.split())
    lines = [f'name = "{name}"', f'kind = "{kind}"', f'missing = "{missing}"', f"outcomes = [{listed}]", *more]
    return "\n".join(["[[analyses]]", *lines, ""])


def table(layout: str, analyses: str, *more: str) -> str:
    listed = ", ".join(f'"{name}"' for name in analyses.split())
    return "\n".join(["[[tables]]", 'title = "T"', f'layout = "{layout}"', f"analyses = [{listed}]", *more, ""])


COLUMNS: dict[str, list[int | None]] = {
    "sex": [0, 0, 1, 1, 0, 1, None, 1],
    "age": [30, 40, 50, 60, 45, 55, 65, None],
    "arm": [0, 0, 0, 0, 1, 1, 1, 1],
    "nrs__before": [8, 8, 6, 4, 8, 6, 0, 5],
    "nrs__after": [4, 0, 6, None, 8, 3, 0, 2],
    "nrs__late": [2, 8, 1, None, 6, 0, 0, None],
}
