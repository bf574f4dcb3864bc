"""Random rows and random requests within the engines' vocabulary, for Hypothesis."""

from hypothesis import strategies as st

from foramen.snapshot.codebook import SUPPRESSED
from foramen.statistics.tables import Axis
from foramen.study.engines.request import (
    AllOf,
    AnyOf,
    Binned,
    Case,
    Column,
    Compare,
    Condition,
    Counts,
    Difference,
    Key,
    Linear,
    Moments,
    Not,
    OneOf,
    Persons,
    Ranks,
    Recorded,
    Scores,
)

CATEGORIES = ("arm", "sex")
SCORES = ("nrs__before", "nrs__after", "nrs__late")
ALL = (*CATEGORIES, *SCORES)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, int | None]]:
    """Up to 30 index events of a few people; values may be missing or suppressed."""
    category = st.one_of(st.none(), st.integers(0, 2), st.just(SUPPRESSED))
    score = st.one_of(st.none(), st.integers(-3, 120), st.just(SUPPRESSED))
    drawn = draw(st.lists(st.tuples(st.integers(1, 8), *[category] * 2, *[score] * 3), max_size=30))
    seen: dict[int, int] = {}
    made = []
    for row_id, (patient, *values) in enumerate(sorted(drawn, key=lambda row: row[0]), 1):
        seen[patient] = seen.get(patient, 0) + 1
        keys = {"row_id": row_id, "patient_id": patient, "sequence": seen[patient]}
        made.append(keys | dict(zip(ALL, values, strict=True)))
    return made


columns = st.builds(Column, st.sampled_from(ALL), st.sampled_from([None, SUPPRESSED]))
numbers = st.builds(Column, st.sampled_from(SCORES), st.just(SUPPRESSED))
small = st.integers(-5, 60)
windowed = st.builds(
    Case, st.tuples(st.tuples(st.builds(Compare, numbers, st.sampled_from(["<=", ">="]), small), numbers)).map(tuple)
)
leaves = st.one_of(
    st.builds(Compare, st.one_of(columns, windowed), st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), small),
    st.builds(Linear, st.lists(st.tuples(st.integers(-100, 100), numbers), min_size=1, max_size=3).map(tuple), small),
    st.builds(Recorded, st.one_of(columns, windowed)),
    st.builds(OneOf, st.one_of(columns, windowed), st.lists(small, min_size=1, max_size=3).map(tuple)),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)
differences = st.builds(Difference, numbers, numbers)
weighted = st.lists(st.tuples(st.integers(-100, 100), numbers), min_size=1, max_size=3).map(tuple)
bins = st.builds(Binned, weighted, small, st.sampled_from([1, 4, 1024]))
results = st.one_of(columns, differences, bins, st.none(), small)
cases = st.builds(Case, st.lists(st.tuples(conditions, results), min_size=1, max_size=3).map(tuple), results)
number_cases = st.builds(
    Case, st.lists(st.tuples(conditions, numbers), min_size=1, max_size=2).map(tuple), st.one_of(numbers, st.none())
)
flags = st.builds(lambda when: Case(((when, 1), (Not(when), 0))), conditions)
filters = st.one_of(st.just(AllOf()), conditions)


def _keys(terms: st.SearchStrategy, low: int, high: int) -> st.SearchStrategy[tuple[Key, ...]]:
    def named(chosen: list) -> tuple[Key, ...]:
        return tuple(Key(Axis(f"key{i}"), term, size) for i, (term, size) in enumerate(chosen))

    sized = st.tuples(terms, st.sampled_from([None, 3, 500]))
    return st.lists(sized, min_size=low, max_size=high).map(named)


any_term = st.one_of(columns, differences, cases)
number_term = st.one_of(numbers, differences, bins, number_cases)
counts = st.builds(Counts, _keys(any_term, 0, 3), filters)
ranks = st.builds(
    Ranks, st.one_of(st.none(), st.builds(Key, st.just(Axis("arm")), any_term)), _keys(number_term, 2, 3), filters
)
moments = st.builds(Moments, _keys(any_term, 0, 2), _keys(number_term, 1, 3), filters)


@st.composite
def scores(draw: st.DrawFn) -> Scores:
    design = draw(_keys(number_term, 1, 3))
    beta = draw(st.lists(st.floats(-0.1, 0.1), min_size=len(design) + 1, max_size=len(design) + 1))
    outcome = Key(Axis("success"), draw(flags))
    return Scores(outcome, design, tuple(beta), bits=20, where=draw(filters))


persons = st.builds(Persons, filters)
requests = st.one_of(counts, persons, ranks, moments, scores())
