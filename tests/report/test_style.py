"""Journal styles: numbers as the published conventions have them."""

import re
from fractions import Fraction

import pytest

from foramen.kernel.errors import DefinitionError
from foramen.report.style import DEFAULT, Style, load_style, style_names
from foramen.statistics.result import Statistic

THIN = "\u202f"

AMA_P = {
    0.0004: "< .001", 0.001: ".001", 0.0085: ".009", 0.0096: ".010", 0.01: ".01", 0.03: ".03", 0.034: ".03",
    0.045: ".045", 0.049: ".049", 0.0496: ".0496", 0.05: ".05", 0.0501: ".05", 0.16: ".16", 0.994: ".99",
    0.996: "> .99", 1.0: "> .99",
}  # fmt: skip
"""AMA Manual of Style 19.5: two decimals from .01 on, three below; never rounded up to .05; never 0 and never 1."""

EUROPEAN_P = {
    0.0004: "< 0.001", 0.001: "0.001", 0.0085: "0.009", 0.03: "0.030", 0.0496: "0.0496", 0.29: "0.290", 0.7756: "0.776",
    0.9996: "> 0.999", 1.0: "1.000",
}  # fmt: skip
"""As tables of European Radiology print p: 0.290, 0.030, < 0.001, 1.000."""


def interval(estimate: float, lower: float | None, upper: float | None) -> Statistic:
    return Statistic(name="x", method="y", estimate=estimate, lower=lower, upper=upper)


@pytest.fixture(params=style_names())
def style(request: pytest.FixtureRequest) -> Style:
    return load_style(request.param)


def test_the_three_styles_of_the_library_are_there() -> None:
    assert style_names() == ["ama", "european_radiology", "swiss"]
    assert DEFAULT in style_names()


def test_an_unknown_style_is_refused_with_those_there_are() -> None:
    with pytest.raises(DefinitionError, match="ama, european_radiology, swiss"):
        load_style("vancouver")


@pytest.mark.parametrize(("p", "printed"), AMA_P.items())
def test_ama_p_values(p: float, printed: str) -> None:
    assert load_style("ama").p_text(p) == printed


@pytest.mark.parametrize(("p", "printed"), EUROPEAN_P.items())
def test_european_radiology_p_values(p: float, printed: str) -> None:
    assert load_style("european_radiology").p_text(p) == printed


def test_no_p_below_5_per_cent_is_printed_as_5_per_cent(style: Style) -> None:
    for thousandths in range(1, 500):
        p = thousandths / 10_000
        assert float(style.p_text(p).replace("< ", "")) < 0.05


def test_p_in_words_has_the_symbol_and_one_relation() -> None:
    assert [load_style("ama").p_words(p) for p in (0.03, 0.0001, 0.999)] == ["P = .03", "P < .001", "P > .99"]
    assert load_style("swiss").p_words(0.009) == "p = 0.009"


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("ama", ("1079", f"12{THIN}345", f"1{THIN}234{THIN}567.9", "−0.3")),
        ("european_radiology", ("1079", "12,345", "1,234,567.9", "−0.3")),
        ("swiss", ("1’079", "12’345", "1’234’567.9", "−0.3")),
    ],
)
def test_thousands_and_the_minus_sign(name: str, printed: tuple[str, ...]) -> None:
    style = load_style(name)
    found = style.count(1079), style.count(12345), style.number(1234567.89, 1), style.number(-0.25, 1)
    assert found == printed


def test_what_rounds_to_nothing_has_no_minus_sign(style: Style) -> None:
    assert style.number(-0.04, 1) == "0.0"


@pytest.mark.parametrize(
    ("held", "places", "printed"),
    [(10.274999999999999, 2, "10.28"), (0.1 + 0.2, 1, "0.3"), (1.005, 2, "1.01"), (2.675, 2, "2.68"),
     (10.2749, 2, "10.27"), (10.27499, 2, "10.27"), (-10.274999999999999, 2, "−10.28"), (1 / 3, 6, "0.333333")],
)  # fmt: skip
def test_noise_of_arithmetic_does_not_decide_how_a_number_is_rounded(
    style: Style, held: float, places: int, printed: str
) -> None:
    assert style.number(held, places) == printed


def test_a_fraction_is_rounded_exactly(style: Style) -> None:
    assert style.number(Fraction(10_274_999_999_999_999, 10**15), 2) == "10.27"


@pytest.mark.parametrize(
    ("name", "positive", "negative"),
    [
        ("ama", "6.24 (2.06-18.91)", "−0.10 (−0.30 to 0.10)"),
        ("european_radiology", "6.24 (2.06; 18.91)", "−0.10 (−0.30; 0.10)"),
        ("swiss", "6.24 (2.06 to 18.91)", "−0.10 (−0.30 to 0.10)"),
    ],
)
def test_an_interval_with_a_negative_bound_has_no_dash(name: str, positive: str, negative: str) -> None:
    style = load_style(name)
    assert style.estimate_text(interval(6.235, 2.0599, 18.911), 2) == positive
    assert style.estimate_text(interval(-0.1, -0.3, 0.1), 2) == negative


def test_quartiles_with_a_negative_bound_have_no_dash(style: Style) -> None:
    template = style.spanning(style.median_iqr, "−3.0", "−1.0")
    assert template.format(median="−2.0", lower="−3.0", upper="−1.0") == "−2.0 (−3.0 to −1.0)"


def test_open_intervals_are_said_in_words(style: Style) -> None:
    assert style.interval_text(interval(0, None, 3.62), 1) == "up to 3.6"
    assert style.estimate_text(interval(2, 1.2, None), 1) == "2.0 (from 1.2)"
    assert style.estimate_text(interval(2, None, None), 1) == "2.0"


@pytest.mark.parametrize(
    ("level", "printed"),
    [(0.95, "95% CI"), (0.99, "99% CI"), (0.975, "97.5% CI"), (0.999, "99.9% CI"), (0.9999, "99.99% CI")],
)
def test_the_head_of_intervals_says_their_level(level: float, printed: str) -> None:
    assert load_style("ama").level_text(level) == printed
    assert load_style("swiss").level_text(level) == printed.replace("%", " %")


def test_templates_name_the_numbers_that_layouts_fill_in(style: Style) -> None:
    fields = {
        "count_percent": ("n", "percent"), "mean_sd": ("mean", "sd"), "median_iqr": ("median", "lower", "upper"),
        "range": ("lower", "upper"), "estimate_interval": ("estimate", "lower", "upper"),
        "interval": ("lower", "upper"),
    }  # fmt: skip
    for name, wanted in fields.items():
        assert re.findall(r"\{(\w+)\}", getattr(style, name)) == list(wanted), name
