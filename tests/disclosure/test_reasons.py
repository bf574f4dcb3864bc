"""Remarks lose their counts and keep their sense."""

import pytest

from foramen.disclosure.reasons import WITHHELD_REMARK, Reasons, without_counts


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (None, None),
        ("3 missing left out", "some missing left out"),
        ("3 missing left out; 2 suppressed left out", "some missing left out; some suppressed left out"),
        (
            "1,204 of 3,000 treatments belong to persons with more than one; the interval is too short",
            "some treatments belong to persons with more than one; the interval is too short",
        ),
        (
            "4 left out: baseline 0 or below, relative change undefined",
            "some left out: baseline 0 or below, relative change undefined",
        ),
        ("2 of 8 expected counts are below 5", "some expected counts are below 5"),
        ("the correlation is perfect: no interval", "the correlation is perfect: no interval"),
        ("predictions within 1/4096 on the logit scale count as ties",) * 2,
        ("p is at most 0.05, yet the interval holds 0: the two are different approximations",) * 2,
        ("nobody has “L4/5” of level: left out",) * 2,
        ("only 7 distinct values among 23: the ties alone make this test reject", WITHHELD_REMARK),
        ("only 2 groups of different risk can be formed; the test needs three",
         f"{WITHHELD_REMARK}; the test needs three"),
        ("12 complete rows are too few for 5 parameters", WITHHELD_REMARK),
        ("something said only since yesterday about 4 people", WITHHELD_REMARK),
    ],
)  # fmt: skip
def test_a_remark_without_its_counts(said: str | None, left: str | None) -> None:
    assert without_counts(said) == left


def test_reasons_name_the_threshold_and_nothing_else() -> None:
    words = Reasons(5)
    assert words.small == "1 to 4"
    assert words.gives_away == "would give away a number from 1 to 4"
    assert words.together.startswith(words.gives_away)
    assert words.few == "from fewer than 5"
