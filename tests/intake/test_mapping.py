"""A mapping says everything that is wrong with it, each with its place; what it says of a table is done."""

import json
import tomllib
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from foramen.intake.mapping import TableMapping
from foramen.intake.mapping_checks import load_mapping
from foramen.kernel.errors import DefinitionError
from foramen.snapshot.store import open_snapshot
from tests.intake.small import LONG, ROWS, WIDE, changed, imported, manifest_of, rows_of, written

EXAMPLES = sorted((Path(__file__).parents[1] / "data").glob("*[!y].toml"))


def faults_of(folder: Path, mapping: str) -> list[tuple[str, str, str, str]]:
    path = written(folder, "mapping.toml", mapping)
    with pytest.raises(DefinitionError) as caught:
        load_mapping(path)
    assert all(str(path) in fault.where for fault in caught.value.faults)
    return [(f.where.removeprefix(f"{path}: "), f.what, f.received, f.remedy) for f in caught.value.faults]


def test_unknown_keys_suggest_the_nearest_known_one(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('shape = "wide"', 'shap = "wide"'), ("low = 0\nhigh = 120", "low = 0\nhihg = 120"))
    assert faults_of(tmp_path, mapping) == [
        ("rows.shape", "this key is required", "nothing", "add it"),
        ("rows.shap", "unknown key", "shap", "did you mean “shape”?"),
        ("variables.age.hihg", "unknown key", "hihg", "did you mean “high”?"),
    ]


def test_all_contradictions_are_reported_together(tmp_path: Path) -> None:
    mapping = changed(
        WIDE,
        ("low = 0\nhigh = 120", "low = 0.5\nhigh = 0.25"),
        ('codes = { A = "active", B = "control" }', 'codes = "arms"'),
        ('n0 = { variable = "nrs", timepoint = "before" }', 'n0 = { variable = "nsr", timepoint = "befor" }'),
        ('n1 = { variable = "nrs", timepoint = "after" }', 'n1 = { variable = "nrs" }'),
    )
    assert faults_of(tmp_path, mapping) == [
        ("variables.age", "`low` has more decimals than the variable", "0.5", "declare more `decimals`"),
        ("variables.age", "`high` has more decimals than the variable", "0.25", "declare more `decimals`"),
        ("variables.age", "`low` is above `high`", "0.5 to 0.25", "swap them"),
        ("variables.arm", "there is no such code list", "arms", "add it to [code_lists]"),
        ("columns.“n0”", "there is no such time point", "befor", "did you mean “before”?"),
        ("columns.“n0”", "there is no such variable", "nsr", "did you mean “nrs”?"),
        ("columns.“n1”", "an answer needs its `timepoint`", "", 'timepoint = "before"'),
    ]


@pytest.mark.parametrize(
    ("base", "old", "new", "place", "what"),
    [
        (WIDE, "[variables.age]", "[variables.row_id]", "variables.row_id", "this name is reserved"),
        (WIDE, "[variables.age]", "[variables.site]", "variables.site", "this name is reserved"),
        (
            WIDE,
            "[variables.nrs]",
            '[variables.x]\ntable="doses"\nkind="number"\n[variables.nrs]',
            "variables.x",
            "no column gives this variable",
        ),
        (WIDE, 'codes = { A = "active", B = "control" }', "", "variables.arm", "a category needs `codes`"),
        (
            WIDE,
            'codes = { A = "active"',
            'low = 1\ncodes = { A = "active"',
            "variables.arm",
            "a category has no low, high, unit or decimals",
        ),
        (WIDE, "high = 120", 'codes = { 1 = "x" }', "variables.age", "a number has no codes"),
        (
            WIDE,
            'table = "assessments"',
            'table = "items"',
            "variables.nrs",
            "items, and only items, have both `instrument` and `item`",
        ),
        (
            WIDE,
            'age = { variable = "age" }',
            'age = { variable = "age", timepoint = "after" }',
            "columns.“age”",
            "values of this table have no time point",
        ),
        (
            WIDE,
            'age = { variable = "age" }',
            'age = { variable = "age", reader = "r1" }',
            "columns.“age”",
            "a column of the table reads, and no other, says its `reader`",
        ),
        (
            WIDE,
            'age = { variable = "age" }',
            'age = { variable = "age", multiply = 10 }',
            "columns.“age”",
            "`multiply` and `source_unit` go together",
        ),
        (
            WIDE,
            'age = { variable = "age" }',
            'age = { variable = "age", timepoints = ["after"] }',
            "columns.“age”",
            "`timepoints` is for columns of a long table that follow the row",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm", round = true }',
            "columns.“arm”",
            "a category is not multiplied or rounded",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm", missing = ["A"] }',
            "columns.“arm”",
            "the same cell has two meanings: missing, suppressed or a code",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm", codes = { 1 = "activ" } }',
            "columns.“arm”",
            "the variable has no such label",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm" }\nx = { ignore = true, round = true }',
            "columns.“x”",
            "an ignored column has no other keys",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm" }\nx = {}',
            "columns.“x”",
            "the column gives nothing",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm" }\npid = { ignore = true }',
            "columns.“pid”",
            "this column identifies rows and is not kept",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm" }\nd = { role = "day" }',
            "columns.“d”",
            "a day needs its `timepoint`",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm" }\nd = { role = "date", timepoint = "after" }',
            "columns.“d”",
            "a date becomes days only if the index event has a date",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm" }\nd = { role = "mode", timepoint = "after" }',
            "columns.“d”",
            "the labels of `mode` are not declared",
        ),
        (
            WIDE,
            'arm = { variable = "arm" }',
            'arm = { variable = "arm" }\nd = { role = "day", variable = "age", timepoint = "after" }',
            "columns.“d”",
            "only assessments have a day and a mode",
        ),
        (
            LONG,
            'kind = "treatment"',
            'kind = "treatment"\nrepeats = "each_row"',
            "index_event.repeats",
            "each_row is for a wide table without a key",
        ),
        (
            WIDE,
            "[timepoints.after]",
            "[timepoints.mode]",
            "mode",
            "this name would be taken for the day or mode of an answer",
        ),
        (LONG, 'codes = ["2"]', 'codes = ["1"]', "timepoints.before", "two time points have the same code"),
        (LONG, 'codes = ["2"]', "", "timepoints.after", "the time point has no `codes`"),
        (
            LONG,
            'patient = "pid"',
            'patient = "time"',
            "time",
            "one column has two uses among patient, site, timepoint, key and date",
        ),
        (
            WIDE,
            'patient = "pid"',
            "",
            "rows",
            "give the column of the patient's number, or each_row_a_patient = true, not both",
        ),
        (
            WIDE,
            'shape = "wide"',
            'shape = "long"',
            "rows",
            "a long table names its timepoint column; a wide table has none",
        ),
        (
            WIDE,
            'constant = "North"',
            'constant = "North"\ncolumn = "x"',
            "site",
            "a site is given by one of column, constant, files",
        ),
        (
            WIDE,
            'kind = "treatment"',
            'kind = "registration"\nkey = "x"',
            "index_event",
            "a patient is registered once: a registration has no key and no repeats",
        ),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(
    tmp_path: Path, base: str, old: str, new: str, place: str, what: str
) -> None:
    assert (place, what) in [fault[:2] for fault in faults_of(tmp_path, changed(base, (old, new)))]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("[variables.arm]", "[variables.Arm]", "a name is lower case letters, digits and _, and begins with a letter"),
        (
            'variable = "arm"',
            'variable = "1arm"',
            "a name is lower case letters, digits and _, and begins with a letter",
        ),
        ("[timepoints.after]", "[timepoints.after__all]", "a name has no two _ together, and none at its end"),
    ],
)
def test_a_name_that_is_none_is_told_what_a_name_is(tmp_path: Path, old: str, new: str, what: str) -> None:
    assert what in [fault[1] for fault in faults_of(tmp_path, changed(WIDE, (old, new)))]


def test_two_columns_for_one_place_are_both_named(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('timepoint = "after" }', 'timepoint = "before" }'))
    assert [fault[0] for fault in faults_of(tmp_path, mapping)] == ["columns.“n0”", "columns.“n1”"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_satisfy_the_published_schema(example: Path) -> None:
    data = tomllib.loads(example.read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(data, default=str))
    jsonschema.validate(plain, TableMapping.model_json_schema())


def test_units_are_converted_and_rounded_as_declared(tmp_path: Path) -> None:
    mapping = changed(
        WIDE,
        ("low = 0\nhigh = 120", 'unit = "mm"\ndecimals = 1\nlow = 0\nhigh = 120'),
        (
            'age = { variable = "age" }',
            'age = { variable = "age", source_unit = "inch", multiply = 25.4, round = true }',
        ),
    )
    content = "pid,age,arm,n0,n1\n1,1.23,A,8,3\n2,0.001968504,A,8,3\n3,-0,A,8,3\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    assert rows_of(snapshot, "age") == [(312,), (1,), (0,)]


@pytest.mark.parametrize(("said", "kept"), [("", "recorded"), *((w, w) for w in ("reconstructed", "invented"))])
def test_whether_people_exist_stands_in_the_manifest(tmp_path: Path, said: str, kept: str) -> None:
    mapping = changed(WIDE, ('origin = "made up"', f'origin = "made up"\npeople = "{said}"')) if said else WIDE
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", ROWS), mapping=mapping)
    assert open_snapshot(snapshot).manifest["people"] == manifest_of(snapshot)["people"] == kept


def test_people_who_neither_exist_nor_are_made_up_are_refused(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('origin = "made up"', 'origin = "made up"\npeople = "invent"'))
    remedy = "did you mean “invented”?"
    assert faults_of(tmp_path, mapping) == [("people", "this word is not known here", "'invent'", remedy)]


def test_missing_and_suppressed_cells_are_kept_apart(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('age = { variable = "age" }', 'age = { variable = "age", missing = ["999"] }'))
    content = "pid,age,arm,n0,n1\n1,999,A,NA,*\n2, * ,A,,3\n3,7,NA,0,0\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    columns = open_snapshot(snapshot).codebook.columns["treatment"]
    found = {name: (c.low, c.high, c.missing, c.suppressed) for name, c in columns.items()}
    assert found["age"] == (7, 7, 1, 1)
    assert found["nrs__before"] == (0, 0, 2, 0)
    assert found["nrs__after"] == (0, 3, 0, 1)
    assert found["arm"] == (0, 0, 1, 0)


def test_columns_may_be_ignored_one_by_one_or_all(tmp_path: Path) -> None:
    file = written(
        tmp_path, "data.csv", ROWS.replace("pid", "extra,pid").replace("\n7", "\nx,7").replace("\n2", "\ny,2")
    )
    for change in (
        ("[columns]", "[columns]\nextra = { ignore = true }"),
        ("[source]", '[source]\nother_columns = "ignore"'),
    ):
        snapshot, _ = imported(tmp_path, file, mapping=changed(WIDE, change))
        assert rows_of(snapshot, "age") == [(61,), (50,)]


SLIP = """
[variables.slip]
table = "reads"
kind = "category"
codes = { 0 = "no", 1 = "yes" }
"""
SLIP_COLUMNS = """
s1 = { variable = "slip", reader = "r1" }
s2 = { variable = "slip", reader = "r2", codes = { J = "yes", N = "no" } }
"""
LEVEL = """
[variables.level]
table = "targets"
kind = "category"
codes = { 4 = "L4", 5 = "L5" }
"""


def test_source_codes_may_differ_between_columns_of_one_variable(tmp_path: Path) -> None:
    mapping = changed(
        WIDE,
        ("[variables.nrs]", f"{SLIP}\n[variables.nrs]"),
        ("[columns]", f"[columns]\n{SLIP_COLUMNS}"),
    )
    content = "pid,age,arm,n0,n1,s1,s2\n1,7,A,8,3,1,N\n2,7,A,8,3,0,J\n3,7,A,8,3,,\n4,7,A,8,3,,J\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    assert rows_of(snapshot, "slip__r1", "slip__r2") == [(1, 0), (0, 1), (None, None), (None, 1)]
    reads = [(1, 1, 0, 1), (2, 1, 1, 0), (3, 2, 0, 0), (4, 2, 1, 1), (5, 4, 1, 1)]
    assert rows_of(snapshot, "row_id", "index_id", "reader", "slip", unit="read") == reads
    assert open_snapshot(snapshot).codebook.variables["reader"].labels == ("r1", "r2")


def test_targets_have_rows_of_their_own(tmp_path: Path) -> None:
    mapping = changed(
        WIDE,
        ("[variables.nrs]", f"{LEVEL}\n[variables.nrs]"),
        ("[columns]", '[columns]\nl1 = { variable = "level", target = 1 }\nl2 = { variable = "level", target = 2 }'),
    )
    content = "pid,age,arm,n0,n1,l1,l2\n2,7,A,8,3,5,4\n1,8,B,8,3,4,\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    assert rows_of(snapshot, "row_id", "index_id", "target", "level", "age", unit="target") == [
        (1, 1, 1, 0, 8),
        (2, 2, 1, 1, 7),
        (3, 2, 2, 0, 7),
    ]
    assert "level" not in open_snapshot(snapshot).codebook.columns["treatment"]


def test_bounds_are_exact_decimals(tmp_path: Path) -> None:
    mapping = load_mapping(
        written(tmp_path, "mapping.toml", changed(WIDE, ("high = 120", "high = 119.9\ndecimals = 1")))
    )
    assert mapping.content.variables["age"].high == Decimal("119.9")
