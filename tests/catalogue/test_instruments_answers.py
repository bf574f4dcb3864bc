"""Answers are read strictly: what is none is refused, with the field, what was received and what to enter."""

from decimal import Decimal
from typing import Any

import pytest

from foramen.catalogue.instruments.answers import read_answers
from foramen.catalogue.instruments.library import load_instrument
from foramen.catalogue.instruments.scoring import score
from foramen.kernel.errors import DataError

NRS, OUTCOME, ANALGESICS = (
    load_instrument(name).content for name in ("nrs-pain", "infiltration-outcome", "analgesic-use")
)


@pytest.mark.parametrize(
    ("entered", "what", "received"),
    [
        (5.5, "no whole number", "5.5"),
        (Decimal("5.5"), "no whole number", "5.5"),
        (5.0, "no whole number", "5.0"),
        (float("nan"), "no whole number", "nan"),
        (Decimal("NaN"), "no whole number", "NaN"),
        (Decimal("sNaN"), "no whole number", "sNaN"),
        (float("inf"), "no whole number", "inf"),
        ("５", "no whole number", "'５' (fullwidth digit five)"),
        ("٥", "no whole number", "'٥' (arabic-indic digit five)"),
        ("1٠", "no whole number", "(arabic-indic digit zero)"),
        ("²", "no whole number", "'²'"),
        ("5,5", "no whole number", "'5,5'"),
        ("05", "no whole number", "'05'"),
        ("5 ", "no whole number", "'5 '"),
        ("5\u200b", "no whole number", r"'5\u200b'"),
        ("1e1", "no whole number", "'1e1'"),
        ("five", "no whole number", "'five'"),
        (True, "no whole number", "true"),
        ([5], "no whole number", "[5]"),
        (11, "not between 0 and 10", "11"),
        (-1, "not between 0 and 10", "-1"),
        ("-1", "not between 0 and 10", "-1"),
        pytest.param(10**5000, "not between 0 and 10", "a number of more than 30 digits", id="5001 digits"),
        ("", "blank", "''"),
        ("\t ", "blank", "'\\t '"),
    ],
)
def test_what_is_no_step_of_the_scale_is_refused(entered: Any, what: str, received: str) -> None:
    with pytest.raises(DataError) as refused:
        read_answers(NRS, {"pain": entered})
    (fault,) = refused.value.faults
    assert fault.where == "answers.pain"
    assert what in fault.what
    assert received in fault.received
    assert "enter a whole number from 0 to 10, in the digits 0 to 9" in fault.remedy


@pytest.mark.parametrize(
    ("entered", "what"),
    [
        ("12,5", "no number"),
        ("１２", "no number"),
        (float("nan"), "no number"),
        (Decimal("Infinity"), "no number"),
        (True, "no number"),
        (-1, "not between 0 and 1000 mg per day"),
        (1000.1, "not between 0 and 1000 mg per day"),
        (Decimal("10.25"), "more than 1 decimal"),
        (Decimal("100.0000000000000000000000000000000001"), "more than 1 decimal"),
        (Decimal("1e-999999999"), "more than 1 decimal"),
        (" ", "blank"),
    ],
)
def test_what_is_no_amount_is_refused(entered: Any, what: str) -> None:
    with pytest.raises(DataError) as refused:
        read_answers(ANALGESICS, {"nsaid": entered})
    assert what in refused.value.faults[0].what
    assert "from 0 to 1000 mg per day" in refused.value.faults[0].remedy


@pytest.mark.parametrize("entered", [75, 75.0, "75", "75.0", Decimal("75.000"), Decimal("7.5e1")])
def test_one_amount_can_be_written_in_several_ways(entered: Any) -> None:
    assert read_answers(ANALGESICS, {"nsaid": entered}).values == {"nsaid": 75}


@pytest.mark.parametrize("zero", [0, "0", Decimal("-0.0"), Decimal("0E-999999999")])
def test_zero_is_zero(zero: Any) -> None:
    assert read_answers(ANALGESICS, {"nsaid": zero}).values == {"nsaid": 0}


@pytest.mark.parametrize(
    ("answers", "what", "remedy"),
    [
        ({"change": "Much better"}, "none of the options", "did you mean “much_better”?"),
        ({"change": 2}, "none of the options", "enter one of gone, much_better"),
        ({"side_effects": []}, "an empty list does not say whether there were none", 'enter ["none"]'),
        ({"side_effects": "none"}, "a list of options is needed", 'enter ["none"]'),
        ({"side_effects": ["none", "faint"]}, "“none” stands beside others", 'either ["none"] alone'),
        ({"side_effects": ["faint", "faint"]}, "an option stands twice", "each option once"),
        ({"side_effects": ["fainted"]}, "none of the options", "did you mean “faint”?"),
        ({"again": True}, "none of the options", "enter one of yes, not_sure, no"),
        ({"agian": "yes"}, "has no such item", "did you mean “again”?"),
    ],
)
def test_what_is_none_of_the_options_is_refused(answers: dict[str, Any], what: str, remedy: str) -> None:
    with pytest.raises(DataError) as refused:
        score(OUTCOME, answers)
    (fault,) = refused.value.faults
    assert what in fault.what
    assert remedy in fault.remedy


def test_all_faults_come_together_and_good_answers_do_not_save_bad_ones() -> None:
    with pytest.raises(DataError) as refused:
        score(OUTCOME, {"change": "gone", "side_effects": [], "satisfaction": "", "agian": "yes"})
    assert [fault.where for fault in refused.value.faults] == [
        "answers.agian", "answers.side_effects", "answers.satisfaction",
    ]  # fmt: skip


def test_an_item_without_an_answer_is_not_answered() -> None:
    assert read_answers(OUTCOME, {"change": None, "again": "yes"}).values == {"again": "yes"}


@pytest.mark.parametrize(
    ("site", "what"),
    [
        ({"tramadol": Decimal("0.2")}, "no such parameter"),
        ({"tramadol_factor": Decimal("NaN")}, "no number"),
        ({"tramadol_factor": True}, "no number"),
        ({"tramadol_factor": 2}, "out of range"),
    ],
)
def test_what_a_site_cannot_set_is_refused(site: dict[str, Any], what: str) -> None:
    with pytest.raises(DataError, match=what):
        score(ANALGESICS, {"tramadol": 50, "morphine": 0}, site)
