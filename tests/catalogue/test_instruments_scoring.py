"""Scores agree with scorers written apart from the program: on every answer pattern of small instruments and on random
patterns of the large ones. A score is whole or there is none."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.catalogue.instruments.change import Response, relief_percent, respond
from foramen.catalogue.instruments.definition import Instrument, Score, Threshold
from foramen.catalogue.instruments.library import load_instrument, load_instrument_file
from foramen.catalogue.instruments.scoring import NotScored, Result, Scored, score
from foramen.kernel.errors import DataError

Pattern = list[Any]

ODI, RMDQ, QBPDS, NRS, VAS = (
    load_instrument(name).content for name in ("odi", "rmdq", "qbpds", "nrs-pain", "vas-pain")
)

SMALL = """
id = "small"
version = "2026-11-20"
title = "Small"
abbreviation = "small"
about = "For tests."
refers_to = "now"
language = "en"
wording = "site"
licence = "none"
review_by = 2030-01-01
sources = [{ key = "T", citation = "this test" }]
items = [{ id = "a", values = "v" }, { id = "b", values = "v" }, { id = "c", values = "v" }]
examples = [{ says = "nothing answered", answers = {}, expect = [{ score = "s", none = "too_few_answers" }] }]

[[value_sets]]
VALUES

[[scores]]
id = "s"
title = "S"
KIND
direction = "higher_is_worse"
missing = { minimum_answered = MINIMUM, rule = "r", printed = "p", source = "T" }
"""

SCALE = 'kind = "scale"\nid = "v"\nlowest = 0\nhighest = 3'
YES_NO = 'kind = "choice"\nid = "v"\noptions = [{ code = "yes" }, { code = "no" }]'
KINDS: dict[str, tuple[str, str, int, list[Any]]] = {
    "sum": (SCALE, 'kind = "sum"\nlowest = 0\nhighest = 9', 3, [0, 1, 2, 3]),
    "percent_of_answered": (SCALE, 'kind = "percent_of_answered"\nlowest = 0\nhighest = 100', 2, [0, 1, 2, 3]),
    "count_of_yes": (YES_NO, 'kind = "count_of_yes"\nlowest = 0\nhighest = 3', 3, ["yes", "no"]),
    "value": (SCALE, 'kind = "value"\nitems = ["b"]\nlowest = 0\nhighest = 3', 1, [0, 1, 2, 3]),
}


def small(folder: Path, kind: str) -> Instrument:
    values, rule, minimum, _ = KINDS[kind]
    text = SMALL.replace("VALUES", values).replace("KIND", rule).replace("MINIMUM", str(minimum))
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return load_instrument_file(path).content


def naive_small(kind: str, pattern: Pattern) -> Fraction | None:
    """The rule of each kind, with no part of the program."""
    a, b, c = pattern
    if kind == "value":
        return None if b is None else Fraction(b)
    if kind == "percent_of_answered":
        there = [x for x in (a, b, c) if x is not None]
        if len(there) < 2:
            return None
        possible = {2: 6, 3: 9}[len(there)]
        return Fraction(sum(there) * 100, possible)
    if None in (a, b, c):
        return None
    if kind == "sum":
        return Fraction(a + b + c)
    return Fraction(len([x for x in (a, b, c) if x == "yes"]))


def given_by(names: Iterable[str], pattern: Pattern) -> dict[str, Any]:
    return {name: answer for name, answer in zip(names, pattern, strict=True) if answer is not None}


def value(result: Result) -> Fraction | None:
    return result.value if isinstance(result, Scored) else None


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_pattern_of_a_small_instrument(kind: str, tmp_path: Path) -> None:
    instrument, answers = small(tmp_path, kind), [*KINDS[kind][3], None]
    for pattern in product(answers, repeat=3):
        (result,) = score(instrument, given_by("abc", list(pattern)))
        assert value(result) == naive_small(kind, list(pattern)), pattern


SATISFACTION = {"very_satisfied": 5, "satisfied": 4, "neither": 3, "unsatisfied": 2, "very_unsatisfied": 1}


def test_every_answer_pattern_of_satisfaction() -> None:
    instrument = load_instrument("satisfaction-5").content
    for procedure, result in product([*SATISFACTION, None], repeat=2):
        found = score(instrument, given_by(("procedure", "result"), [procedure, result]))
        assert [value(one) for one in found] == [SATISFACTION.get(str(procedure)), SATISFACTION.get(str(result))]


def test_every_number_of_the_scale_is_its_own_score_and_no_other_is_taken() -> None:
    for pain in range(-3, 14):
        if 0 <= pain <= 10:
            assert value(score(NRS, {"pain": pain})[0]) == value(score(NRS, {"pain": str(pain)})[0]) == pain
        else:
            with pytest.raises(DataError):
                score(NRS, {"pain": pain})


def naive_odi(sections: Pattern) -> Fraction | None:
    points = possible = 0
    for section in sections:
        if section is not None:
            points += section
            possible += 5
    return None if possible < 45 else Fraction(100 * points, possible)


def naive_rmdq(statements: Pattern) -> Fraction | None:
    count = 0
    for statement in statements:
        if statement is None:
            return None
        count += statement == "yes"
    return Fraction(count)


def naive_qbpds(activities: Pattern) -> Fraction | None:
    return None if any(one is None for one in activities) else Fraction(sum(activities))


LARGE: list[tuple[Instrument, int, list[Any], Callable[[Pattern], Fraction | None]]] = [
    (ODI, 10, [0, 1, 2, 3, 4, 5], naive_odi),
    (RMDQ, 24, ["yes", "no"], naive_rmdq),
    (QBPDS, 20, [0, 1, 2, 3, 4, 5], naive_qbpds),
]


@pytest.mark.parametrize(("instrument", "items", "answers", "naive"), LARGE, ids=["odi", "rmdq", "qbpds"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_random_patterns_of_the_large_instruments(
    instrument: Instrument, items: int, answers: list[Any], naive: Callable[[Pattern], Fraction | None], data: Any
) -> None:
    pattern = data.draw(st.lists(st.sampled_from(answers), min_size=items, max_size=items))
    for gap in data.draw(st.lists(st.integers(0, items - 1), max_size=3)):
        pattern[gap] = None
    (result,) = score(instrument, given_by([f"q{i}" for i in range(1, items + 1)], pattern))
    assert value(result) == naive(pattern)
    assert result.answered == items - pattern.count(None)
    if isinstance(result, NotScored):
        assert result.reason == "too_few_answers"
        assert f"{result.answered} of {items} items answered" in result.says


@settings(max_examples=100, deadline=None)
@given(
    sections=st.lists(st.integers(0, 5), min_size=10, max_size=10), raised=st.integers(0, 9), missing=st.integers(0, 9)
)
def test_a_worse_answer_never_gives_a_better_score(sections: list[int], raised: int, missing: int) -> None:
    answers = {f"q{i}": one for i, one in enumerate(sections, 1) if i - 1 != missing or raised == missing}
    worse = dict(answers)
    worse[f"q{raised + 1}"] = 5
    assert (value(score(ODI, worse)[0]) or 0) >= (value(score(ODI, answers)[0]) or 0)


@settings(max_examples=100, deadline=None)
@given(
    morphine=st.one_of(st.none(), st.decimals(0, 1000, places=1)),
    tramadol=st.one_of(st.none(), st.decimals(0, 1000, places=1)),
    factor=st.one_of(st.none(), st.sampled_from([Decimal("0.1"), Decimal("0.2")])),
)
def test_opioids_are_never_added_up_without_both_amounts_and_a_factor(
    morphine: Decimal | None, tramadol: Decimal | None, factor: Decimal | None
) -> None:
    instrument = load_instrument("analgesic-use").content
    answers = given_by(("morphine", "tramadol"), [morphine, tramadol])
    site = {} if factor is None else {"tramadol_factor": factor}
    nsaid, opioid = score(instrument, answers, site)
    assert isinstance(nsaid, NotScored)
    if morphine is None or tramadol is None:
        assert isinstance(opioid, NotScored)
        assert opioid.reason == "too_few_answers"
    elif tramadol and factor is None:
        assert isinstance(opioid, NotScored)
        assert opioid.reason == "factor_not_set"
    else:
        assert value(opioid) == Fraction(morphine) + Fraction(tramadol) * Fraction(factor or 0)


def test_what_trial_003_prints_of_analgesics_is_what_comes_out() -> None:
    """Table 5: a reduction of NSAIDs by 70 %, opioids of 0, 10 and 20 mg oral morphine equivalent."""
    instrument = load_instrument("analgesic-use").content
    before, after = (score(instrument, {"nsaid": mg, "morphine": 20, "tramadol": 0}) for mg in (100, 30))
    assert relief_percent(value(before[0]) or 0, value(after[0]) or 0) == 70
    assert isinstance(after[1], Scored)
    assert after[1].text == "20.0"


def test_side_effects_are_counted_and_none_is_an_answer() -> None:
    instrument = load_instrument("infiltration-outcome").content
    codes = ["more_pain", "flush", "poor_sleep", "faint", "something_else"]
    for chosen in product([False, True], repeat=5):
        picked = [code for code, one in zip(codes, chosen, strict=True) if one] or ["none"]
        assert value(score(instrument, {"side_effects": picked})[1]) == sum(chosen)
    assert value(score(instrument, {})[1]) is None


def test_odi_is_rounded_half_up_for_print_and_kept_exact() -> None:
    (result,) = score(ODI, given_by([f"q{i}" for i in range(1, 11)], [2, 2, 2, 2, 2, 2, 2, 2, 0, None]))
    assert isinstance(result, Scored)
    assert (result.value, result.text, result.points, result.maximum) == (Fraction(1600, 45), "35.6", 16, 45)


# --- change -------------------------------------------------------------------------------------------------------


def threshold(instrument: Instrument, name: str, which: int = 0) -> tuple[Threshold, Score]:
    one = instrument.scores[which]
    return next(found for found in one.thresholds if found.id == name), one


def naive_half(before: int | None, after: int | None) -> Response:
    """The integer test of the definition: 2 * (baseline - followup) >= baseline, baseline above 0."""
    if before is None:
        return Response.MISSING
    if before == 0:
        return Response.UNDEFINED
    if after is None:
        return Response.MISSING
    return Response.REACHED if 2 * (before - after) >= before else Response.NOT_REACHED


@pytest.mark.parametrize(("instrument", "top"), [(NRS, 10), (VAS, 100)], ids=["nrs", "vas"])
def test_half_relieved_is_the_integer_test_for_every_pair(instrument: Instrument, top: int) -> None:
    half, one = threshold(instrument, "half_relieved")
    results: Mapping[int | None, Result | None] = {
        step: score(instrument, {} if step is None else {"pain": step})[0] for step in (None, *range(top + 1))
    }
    for before, after in product(results, repeat=2):
        assert respond(half, one, results[before], results[after]) == naive_half(before, after), (before, after)
    assert respond(half, one, results[5], None) == Response.MISSING


def test_relief_is_exact_negative_when_worse_and_undefined_from_zero() -> None:
    assert relief_percent(3, 2) == Fraction(100, 3)
    assert relief_percent(4, 6) == -50
    assert relief_percent(0, 0) is None
    assert relief_percent(0, 5) is None


def test_points_count_in_the_direction_of_the_score() -> None:
    minimal, odi = threshold(ODI, "minimal_important")
    before, better, worse = (score(ODI, {f"q{i}": step for i in range(1, 11)})[0] for step in (3, 2, 4))
    assert respond(minimal, odi, before, better) == Response.REACHED
    assert respond(minimal, odi, before, worse) == Response.NOT_REACHED
    satisfied, one = threshold(load_instrument("satisfaction-4").content, "satisfied")
    for answer, expected in (("satisfied", Response.REACHED), ("unsatisfied", Response.NOT_REACHED)):
        found = score(load_instrument("satisfaction-4").content, {"procedure": answer})[0]
        assert respond(satisfied, one, None, found) == expected


def test_scores_of_different_instruments_do_not_meet() -> None:
    half, one = threshold(NRS, "half_relieved")
    with pytest.raises(DataError, match="different instruments"):
        respond(half, one, score(NRS, {"pain": 5})[0], score(VAS, {"pain": 50})[0])
