"""Evidence documents that say something wrong: every fault at once, each with its place and a remedy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from foramen.evidence.document import AnyCheck
from foramen.evidence.examine import Examined
from foramen.kernel.errors import DefinitionError, Fault, UserError
from tests.evidence.small import check, examined, facts, table


def faults(folder: Path, text: str) -> dict[str, Fault]:
    """By place in the document."""
    with pytest.raises(DefinitionError) as error:
        examined(folder, text)
    prefix = f"{folder / 'own.toml'}: "
    assert all(fault.where.startswith(prefix) for fault in error.value.faults)
    return {fault.where.removeprefix(prefix): fault for fault in error.value.faults}


def test_an_unknown_check_is_named_with_its_place_and_the_nearest_one(tmp_path: Path) -> None:
    text = facts(p="0.5") + check("rank_test", test='"Dunn"', p='["p"]') + check("chi_sqare", p='"p"')
    found = faults(tmp_path, text)
    fault = found["checks[2].check"]
    assert (fault.what, fault.received) == ("there is no such kind", "chi_sqare")
    assert fault.remedy == "did you mean “chi_square”?"
    assert [*found] == ["checks[2].check"]


def test_everything_that_is_written_wrongly_is_told_at_once(tmp_path: Path) -> None:
    text = facts(n="12,5") + table("t", ["n", "a/b"], {"yes": [1], "no": ["about 2", 3]})
    text += check("percent", count='"n"', off='"n"', printed='["n"]') + check("sum", terms='["n", "n"]')
    text += '[[noted]]\nsays = "x"\nquotes = [{ text = "' + "word " * 15 + '", at = "p" }]\n'
    found = faults(tmp_path, text)
    assert set(found) == {
        "facts.n.printed", "tables[1]", "checks[1].of", "checks[1].off", "checks[2].sum", "noted[1].quotes[1].text",
    }  # fmt: skip
    assert "“yes” has 1 cells for 2 columns" in found["tables[1]"].what
    assert "“a/b” has a / in its name" in found["tables[1]"].what
    assert found["facts.n.printed"].received == "'12,5'"


def test_references_that_lead_nowhere_are_told_at_once(tmp_path: Path) -> None:
    text = facts(n=50) + table("t", ["n", "%"], {"yes": [1, ""]})
    text += check("percent", count='"nn"', of='"n"', printed='["t/yes/%", "t/no/n", "t/yes", "u/yes/n"]')
    text += check("percents", tables='["tt"]', groups='[{ count = "n", percent = "%", of = "m" }]')
    text += check("range", table='"t"', column='"percent"', lowest='"n"', highest='"n"')
    found = faults(tmp_path, text)
    assert {place: fault.what for place, fault in found.items()} == {
        "checks[1].count": "there is no such fact",
        "checks[1].printed[1]": "nothing is printed in this cell",
        "checks[1].printed[2]": "table “t” has no such row",
        "checks[1].printed[3]": "a cell is named by table, row and column",
        "checks[1].printed[4]": "there is no such table",
        "checks[2].tables[1]": "there is no such table",
        "checks[2].groups[1].of": "there is no such fact",
        "checks[3] (range)": "table “t” has no such column",
    }
    assert found["checks[1].count"].remedy == "did you mean “n”?"
    assert found["checks[3] (range)"].remedy == "one of n, %"


TWICE = '{ count = "n", of = "n" }'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (facts(k="1.5", n=5) + check("percent", count='"k"', of='"n"', printed='["n"]'), "a count is needed here"),
        (facts(k="5%", n=5) + check("percent", count='"k"', of='"n"', printed='["n"]'), "a count is needed here"),
        (facts(m="1.5", n=0) + check("granularity", mean='"m"', n='"n"'), "somebody in it is needed"),
        (facts(a="1") + check("same", quantities='[["a"]]'), "a quantity printed once cannot disagree"),
        (facts(a=("1", "mg"), b="1") + check("same", quantities='[["a", "b"]]'), "only some of the facts have a unit"),
        (facts(a=("1", "mg"), b=("1", "h")) + check("same", quantities='[["a", "b"]]'), "h is a unit of time, mg one"),
        (facts(a="1") + check("unit", value='"a"', unit='"kg"', low="1", high="2"), "this fact has no unit"),
        (facts(a=("1", "stone")) + check("unit", value='"a"', unit='"kg"', low="1", high="2"), "is not known here"),
        (facts(a=("1", "mGy"), b=("1", "mGy")) + check("same_quantity", compared='["a", "b"]'), "has no quantity"),
        (facts(z="2.1", p="0.04") + check("p_value", statistic='"z"', distribution='"t"', p='["p"]'), "t has 1"),
        (
            facts(n=5, p="0.5") + table("t", ["n"], {"a": [1], "b": [4]})
            + check("fisher", groups=f"[{TWICE}, {TWICE}]", tests='[{ table = "t", p = "p" }]'),
            "two groups have the same column",
        ),
        (table("t", ["n"], {"a": [1]}) * 2, "two tables are called “t”"),
        (
            facts(n=5) + table("t", ["n", "%"], {"a": [1, "20%"]})
            + check("percents", tables='["t"]', groups='[{ count = "n", of = "n" }]'), "no column of percentages",
        ),
    ],
)  # fmt: skip
def test_facts_that_a_check_cannot_use_are_refused(tmp_path: Path, text: str, says: str) -> None:
    (fault,) = faults(tmp_path, text).values()
    assert says in fault.what


def test_facts_in_no_check_are_named(tmp_path: Path) -> None:
    text = facts(used="1.0", spare="2.0") + table("t", ["n"], {"a": [1]})
    text += check("scale", values='["used"]', low="0", high="10")
    assert examined(tmp_path, text).unchecked == ("spare", "t")


# --- one of every kind ------------------------------------------------------------------------------------------------

TABLE = ["n", "m", "%", *("sensitivity", "specificity", "accuracy", "ppv", "npv")]
GROUPS = '[{ count = "n", percent = "%", of = "k" }, { count = "m", of = "k" }]'
SUMMARY = '{ mean = "a", sd = "b", n = "k" }'
EVERY = {
    "percent": {"count": '"k"', "of": '"k"', "printed": '["a"]'},
    "percents": {"tables": '["t"]', "groups": GROUPS.split(", {")[0] + "]"},
    "attainable": {"table": '"t"', "of": '"n"', "percents": '["%"]'},
    "prediction": {"table": '"t"', "rows": '["x"]', "positives": '"k"', "negatives": '"k"'},
    "sum": {"terms": '["a", "b"]', "total": '"c"'},
    "row_sum": {"table": '"t"', "rows": '["x", "y"]', "total": '"z"', "columns": '["n", "%"]'},
    "categories": {"tables": '["t"]', "groups": GROUPS},
    "chi_square": {"groups": GROUPS, "tests": '[{ table = "t", p = "a" }]'},
    "fisher": {"groups": GROUPS, "tests": '[{ table = "t", p = "a" }]'},
    "mcnemar": {"first": '"k"', "second": '"l"', "of": '"o"', "p": '"a"'},
    "t": {"group": SUMMARY, "against": SUMMARY.replace('"a"', '"c"'), "p": '"a"'},
    "pooled_mean": {"groups": '[{ mean = "a", n = "k" }, { mean = "c", n = "l" }]', "printed": '["a"]'},
    "granularity": {"mean": '"a"', "sd": '"b"', "n": '"k"'},
    "scale": {"values": '["a"]', "low": '"b"', "high": '"c"'},
    "spread": {"mean": '"a"', "sd": '"b"', "n": '"k"', "low": "0", "high": "10"},
    "correlation_interval": {"r": '"r"', "lower": '"a"', "upper": '"c"', "n": '"k"'},
    "correlation_p": {"r": '"r"', "n": '"k"', "p": '"a"'},
    "ratio_interval": {"ratio": '"a"', "lower": '"b"', "upper": '"c"', "p": '"r"'},
    "p_value": {"statistic": '"a"', "distribution": '"chi_square"', "df": "[2]", "p": '["r"]'},
    "same": {"quantities": '[["a", "b"]]'},
    "same_fraction": {
        "shares": '[{ count = "k", of = "l", percent = "a" }, { count = "k", of = "l", percent = "b" }]',
    },
    "order": {"table": '"t"', "columns": '["n", "m"]'},
    "range": {"table": '"t"', "column": '"%"', "lowest": '"a"', "highest": '"b"'},
    "schedule": {"planned": '{ items = ["x"], at = "a" }', "reported": '{ items = ["y"], at = "b" }'},
    "unit": {"value": '"bmi"', "unit": '"kg/m²"', "low": "10", "high": "100"},
    "strength": {"mass": '"mass"', "volume": '"volume"', "marketed": "[10]", "source": '"x"'},
    "product": {"factors": '["a", "b"]', "product": '"c"'},
    "same_quantity": {"compared": '["dose", "other_dose"]'},
    "rank_test": {"test": '"Dunn"', "p": '["a"]'},
    "not_printed": {"facts": '["a"]', "needs": '"x"'},
}  # fmt: skip


def every(kind: str, **changed: str) -> str:
    """A document with one check of a kind."""
    printed: dict[str, object] = {"a": "1.5", "b": "0.5", "c": "2.5", "k": 12, "l": 9, "o": 20, "r": "0.61"}
    printed |= {"bmi": ("26.1", "kg/m²"), "mass": ("5", "mg"), "volume": ("0.5", "mL")}
    for name, value in changed.items():
        old = printed.get(name)
        printed[name] = (value, old[1]) if isinstance(old, tuple) else value
    doses = "".join(
        f'{name} = {{ printed = "{changed.get(name, "1.0")}", at = "x", unit = "mGy", quantity = ["ctdivol"] }}\n'
        for name in ("dose", "other_dose")
    )
    texts = {name: value for name, value in printed.items() if name not in ("dose", "other_dose", "cell")}
    cell = changed.get("cell", "4")
    rows: dict[str, list[object]] = {
        "x": [cell, 5, "33%", "75%", "50%", "62%", "60%", "67%"], "y": [5, cell, "42%", *[""] * 5],
        "z": [3, 3, cell, *[""] * 5],
    }  # fmt: skip
    return facts(**texts) + doses + table("t", TABLE, rows) + check(kind, **EVERY[kind])


def kinds() -> Iterator[str]:
    for model in get_args(get_args(AnyCheck)[0]):
        yield from get_args(model.model_fields["check"].annotation)


def test_there_is_one_document_for_every_kind_of_check() -> None:
    assert sorted(EVERY) == sorted(kinds())


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_of_check_comes_to_a_verdict(tmp_path: Path, kind: str) -> None:
    found = examined(tmp_path, every(kind)).findings
    assert {finding.check for finding in found} == {kind}
    assert all(finding.at and finding.reason and finding.method for finding in found)


@pytest.mark.parametrize("kind", EVERY)
def test_whatever_is_printed_a_check_ends_in_a_verdict_or_in_words(tmp_path: Path, kind: str) -> None:
    """Zeros, bounds, negatives and percentages where nobody expects them: never a fault of ours."""
    used = str(EVERY[kind]).replace('"t"', '"cell"')
    for name in ("a", "b", "c", "k", "l", "o", "r", "bmi", "mass", "volume", "dose", "cell"):
        for printed in ("0", "1", "-1", "< 0.5", "9999") if f'"{name}"' in used else ():
            assert verdicts(tmp_path, every(kind, **{name: printed})) is not None


def verdicts(folder: Path, text: str) -> Any:
    try:
        found: Examined = examined(folder, text)
    except UserError as error:
        return [fault.what for fault in error.faults]
    return [finding.verdict for finding in found.findings]
