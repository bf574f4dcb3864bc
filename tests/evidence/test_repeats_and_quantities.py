"""Numbers printed twice, lists, units, strengths and quantities of radiation."""

from pathlib import Path

import pytest

from foramen.evidence.units import KINDS, converted
from foramen.kernel.errors import DefinitionError
from tests.evidence.small import check, examined, facts, only, table


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("7.5", "7.5", "agrees"),
        ("7.5", "7.4", "differs"),
        ("0.006", "0.005", "differs"),
        ("47.5", "48%", "agrees"),
        ("47.4", "48%", "differs"),
        ("22.50", "22.5", "agrees"),
        ("0.500", "0.5", "agrees"),
    ],
)
def test_a_number_printed_twice(tmp_path: Path, one: str, other: str, verdict: str) -> None:
    text = facts(one=one, other=other) + check("same", quantities='[["one", "other"]]')
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.at) == (verdict, "one; other")


SHARES = """[
  { count = "a", of = "n", percent = "one" },
  { count = "b", of = "m", percent = "other" },
]"""


@pytest.mark.parametrize(
    ("one", "other", "verdict", "recomputed"),
    [
        ("7.5", "7.4", "differs", "7.5; 7.5"),
        ("7.4", "7.4", "agrees", "7.5; 7.5"),
        ("7.46%", "7.5%", "agrees", "7.46%; 7.5%"),
        ("7%", "7.5%", "agrees", "7%; 7.5%"),
        ("8%", "7.46%", "differs", "7%; 7.46%"),
    ],
)
def test_one_fraction_under_one_rounding_rule(
    tmp_path: Path, one: str, other: str, verdict: str, recomputed: str
) -> None:
    """Whether the rule is the right one is what `percent` judges."""
    text = facts(a=10, n=134, b=20, m=268, one=one, other=other) + check("same_fraction", shares=SHARES)
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.recomputed) == (verdict, recomputed)
    assert finding.reason.startswith("10 of 134 and 20 of 268: the same fraction, rounded ")


def test_two_fractions_are_not_held_against_each_other(tmp_path: Path) -> None:
    text = facts(a=10, n=134, b=11, m=134, one="7.5", other="8.2") + check("same_fraction", shares=SHARES)
    with pytest.raises(DefinitionError, match="these are different fractions"):
        examined(tmp_path, text)


@pytest.mark.parametrize(
    ("days", "hours", "verdict"), [("3", "75", "differs"), ("3", "65", "differs"), ("2", "48", "agrees")]
)
def test_days_and_hours_stand_for_themselves(tmp_path: Path, days: str, hours: str, verdict: str) -> None:
    text = facts(hours=(hours, "h"), days=(days, "days"))
    text += check("same", quantities='[["hours", "days"]]', exact="true")
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.recomputed) == (verdict, f"{hours} h; {24 * int(days)} h")


def test_columns_that_may_not_decrease(tmp_path: Path) -> None:
    rows: dict[str, list[object]] = {"right": [15, "15.0", 20], "wrong": [24, "22.0", 30], "one": [3, "", ""]}
    text = table("t", ["lower", "median", "upper"], rows)
    text += check("order", table='"t"', columns='["lower", "median", "upper"]')
    found = examined(tmp_path, text).findings
    assert [(one.at, one.verdict) for one in found] == [
        ("t, right, lower to upper", "agrees"), ("t, wrong, lower to upper", "differs"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lowest", "highest", "verdicts"), [("50%", "92%", ["agrees", "agrees"]), ("33%", "91%", ["differs", "differs"])]
)
def test_the_range_that_a_text_repeats(tmp_path: Path, lowest: str, highest: str, verdicts: list[str]) -> None:
    text = facts(low=lowest, high=highest) + table("t", ["rate"], {"a": ["83%"], "b": ["50%"], "c": ["92%"]})
    text += check("range", table='"t"', column='"rate"', lowest='"low"', highest='"high"')
    assert [one.verdict for one in examined(tmp_path, text).findings] == verdicts


@pytest.mark.parametrize(
    ("reported", "verdict", "reason"),
    [
        ('["1 week", "1 month"]', "agrees", "everything planned is reported, and nothing else"),
        ('["1 day", "1 month"]', "differs", "not reported: 1 week; not planned: 1 day"),
    ],
)
def test_what_was_planned_against_what_is_reported(tmp_path: Path, reported: str, verdict: str, reason: str) -> None:
    text = check(
        "schedule", planned='{ items = ["1 week", "1 month"], at = "Methods" }',
        reported=f'{{ items = {reported}, at = "Table 3" }}',
    )  # fmt: skip
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.reason) == (verdict, reason)


@pytest.mark.parametrize(("unit", "verdict"), [("kg/m^2", "agrees"), ("kg/m²", "agrees"), ("kg/cm^2", "differs")])
def test_a_unit_in_which_nobody_lives(tmp_path: Path, unit: str, verdict: str) -> None:
    text = facts(bmi=("26.1", unit)) + check("unit", value='"bmi"', unit='"kg/m²"', low="10", high="100")
    finding = only(examined(tmp_path, text))
    assert finding.verdict == verdict
    assert ("so kg/m² is meant" in finding.reason) is (verdict == "differs")


@pytest.mark.parametrize(
    ("unit", "other", "factor"),
    [
        ("Gy·m²", "mGy·cm²", 10**7),
        ("dGy·cm²", "mGy·cm²", 100),
        ("µGy·m²", "mGy·cm²", 10),
        ("cc", "mL", 1),
        ("week", "h", 168),
    ],
)
def test_units_convert_as_the_hazard_log_says(unit: str, other: str, factor: int) -> None:
    assert converted(unit, other) == factor


def test_every_unit_converts_to_its_kind_and_to_no_other() -> None:
    firsts = {kind: next(iter(units)) for kind, units in KINDS.items()}
    for kind, units in KINDS.items():
        for unit in units:
            assert converted(unit, unit) == 1
            for other, base in firsts.items():
                if other != kind:
                    with pytest.raises(DefinitionError, match="is a unit of"):
                        converted(unit, base)


@pytest.mark.parametrize(("mass", "verdict"), [("2", "differs"), ("20", "agrees")])
def test_a_mass_that_no_strength_of_the_product_gives(tmp_path: Path, mass: str, verdict: str) -> None:
    text = facts(mass=(mass, "mg"), volume=("0.5", "mL"))
    text += check("strength", mass='"mass"', volume='"volume"', marketed="[10, 20, 40]", source='"label"')
    finding = only(examined(tmp_path, text))
    assert finding.verdict == verdict
    assert finding.reason.endswith("0.5 mL hold 5, 10, 20 mg")


@pytest.mark.parametrize(("product", "verdict"), [("10", "agrees"), ("12", "differs")])
def test_a_printed_product(tmp_path: Path, product: str, verdict: str) -> None:
    text = facts(a="1.0", b="10", c=product) + check("product", factors='["a", "b"]', product='"c"')
    assert only(examined(tmp_path, text)).verdict == verdict


def doses(tmp_path: Path, one: tuple[str, str], other: tuple[str, str]) -> list[tuple[str, str]]:
    lines = ["[facts]"]
    for name, (quantity, unit) in (("one", one), ("other", other)):
        lines.append(f'{name} = {{ printed = "352.0", at = "{name}", unit = "{unit}", quantity = ["{quantity}"] }}')
    text = "\n".join([*lines, check("same_quantity", compared='["one", "other"]')])
    return [(finding.at, finding.verdict) for finding in examined(tmp_path, text).findings]


def test_doses_of_one_quantity_may_be_compared_whatever_their_unit(tmp_path: Path) -> None:
    found = doses(tmp_path, ("dose_area_product", "Gy·cm²"), ("dose_area_product", "mGy·cm²"))
    assert {verdict for _, verdict in found} == {"agrees"}


def test_dose_area_product_and_ctdivol_may_not_even_in_one_unit(tmp_path: Path) -> None:
    found = doses(tmp_path, ("dose_area_product", "mGy"), ("ctdivol", "mGy"))
    assert found == [("one; other", "differs"), ("one", "differs"), ("other", "agrees")]


def test_what_is_not_printed_cannot_be_checked(tmp_path: Path) -> None:
    text = facts(kappa="0.94") + check("not_printed", facts='["kappa"]', needs='"the agreement table"')
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.reason) == ("cannot be checked", "needs the agreement table")
