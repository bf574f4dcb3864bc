"""Randomly drawn studies on randomly drawn snapshots: DuckDB, SQLite and the reference give the same results."""

import tempfile
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from foramen.snapshot.codebook import SUPPRESSED
from tests.study.small import EACH, PAIN, run, snapshot

PARTS = (
    PAIN.format(window="days = [20, 40]")
    + """
[[outcomes]]
name = "better"
kind = "responder"
variable = "nrs"
baseline = "before"
improvement = 1.5
timepoints = ["after"]
[[outcomes]]
name = "sex"
kind = "category"
variable = "sex"
[[outcomes]]
name = "age"
kind = "category"
variable = "age"
bands = [{ label = "young", below = 40 }, { label = "old", at_least = 40 }]
[[outcomes]]
name = "answer"
kind = "recorded"
variable = "nrs"
timepoints = ["before", "after"]
[[outcomes]]
name = "road"
kind = "category"
variable = "nrs"
role = "mode"
timepoints = ["after"]
"""
)

ANALYSES = (
    """kind = "describe"
outcomes = [{o}]
missing = "{m}"
""",
    """kind = "compare"
outcomes = ["nrs", "change", "percent"]
missing = "available"
tests = ["t", "mann_whitney", "dunn"]
""",
    """kind = "compare"
outcomes = ["half", "better"]
missing = "{f}"
tests = ["chi_square", "fisher", "risk_difference"]
""",
    """kind = "compare"
outcomes = ["nrs"]
missing = "available"
tests = ["t"]
by = {{ outcome = "half", at = "after" }}
""",
    """kind = "compare"
outcomes = ["answer", "road"]
missing = "available"
tests = ["chi_square"]
by = {{ outcome = "answer", at = "after" }}
""",
    """kind = "describe"
outcomes = ["nrs", "answer"]
missing = "available"
by = {{ outcome = "road", at = "after" }}
""",
    """kind = "within"
outcomes = ["nrs"]
missing = "complete"
tests = ["wilcoxon", "friedman", "friedman_pairs"]
""",
    """kind = "correlate"
missing = "complete"
tests = ["spearman"]
first = {{ outcome = "nrs", at = "before" }}
second = {{ outcome = "change", at = "after" }}
""",
    """kind = "logistic"
missing = "complete"
outcome = {{ outcome = "better", at = "after" }}
predictors = [{{ variable = "sex" }}, {{ variable = "nrs", at = "before" }}]
""",
    """kind = "mixed"
missing = "available"
outcome = "nrs"
covariance = "random_intercept"
""",
    """kind = "ancova"
missing = "complete"
outcome = "nrs"
at = "after"
baseline = "before"
""",
)

EVERY = '"nrs", "change", "percent", "half", "sex", "age", "answer", "road"'
GROUPS = '\n[groups]\nvariable = "arm"\nlevels = ["A", "B"]\n'
STEPS = ('{ variable = "age", at_least = 30 }', '{ variable = "nrs", at = "after", recorded = true }',
         '{ any = [{ variable = "sex", is = "male" }, { variable = "nrs", at = "before", above = 3 }] }',
         '{ not = { variable = "sex", is = "female" } }')  # fmt: skip


@st.composite
def columns(draw: st.DrawFn) -> dict[str, list[int | None]]:
    n = draw(st.integers(1, 30))

    def column(values: st.SearchStrategy[int], *, hidden: bool = True) -> list[int | None]:
        absent = st.one_of(st.none(), st.just(SUPPRESSED)) if hidden else st.none()
        present = st.one_of(values, values, values, values, absent)
        return draw(st.lists(present, min_size=n, max_size=n))

    persons = sorted(draw(st.lists(st.integers(1, n), min_size=n, max_size=n)))
    renumbered = {person: i + 1 for i, person in enumerate(dict.fromkeys(persons))}
    before = column(st.integers(0, 10))
    after, days = column(st.integers(0, 10)), column(st.integers(0, 60), hidden=False)
    # A snapshot made in memory has a column only for what somebody answered.
    answered = [v for v, day in zip(after, days, strict=True) if v is not None and day is not None]
    assume(answered and any(v is not None for v in before))
    return {
        "patient_id": [renumbered[person] for person in persons],
        "sex": column(st.integers(0, 1)),
        "age": column(st.integers(18, 90)),
        "arm": column(st.integers(0, 2)),
        "nrs__before": before,
        "nrs__after": after,
        "nrs__after__mode": [v and v % 2 for v in after],
        "nrs__after__day": [None if v is None else day for v, day in zip(after, days, strict=True)],
    }


@st.composite
def studies(draw: st.DrawFn) -> str:
    which = draw(st.sampled_from(["first", "each", "last"]))
    where = draw(st.sampled_from(["", '\nwhere = { variable = "sex", is = "male" }']))
    steps = draw(st.lists(st.sampled_from(STEPS), unique=True, max_size=3))
    text = EACH.rstrip().replace("each", which) + where + "\n" + GROUPS + PARTS
    text += "".join(f'\n[[population]]\nname = "step {i}"\nkeep = {step}\n' for i, step in enumerate(steps))
    chosen = draw(st.lists(st.sampled_from(ANALYSES), min_size=1, max_size=4, unique=True))
    missing = draw(st.sampled_from(["available", "complete", "failure"]))
    for i, analysis in enumerate(chosen):
        outcomes = '"half", "better", "answer"' if missing == "failure" else EVERY
        filled = analysis.format(m=missing, o=outcomes, f="failure" if missing == "failure" else "available")
        text += f'\n[[analyses]]\nname = "a{i}"\n{filled}\n'
    return text


@given(columns=columns(), study=studies())
@settings(max_examples=40, deadline=None)
def test_every_engine_gives_the_same_results(columns: dict[str, list[int | None]], study: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = snapshot(folder / "snapshot", columns)
        reference = run(folder, held, study, engine="reference")
        for engine in ("duckdb", "sqlite"):
            found = run(folder, held, study, engine=engine)
            assert found.flow == reference.flow
            assert found.statistics == reference.statistics
            assert found.inputs == reference.inputs
