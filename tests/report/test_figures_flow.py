"""The flow diagram: its sums balance or nothing is drawn, and who is in the analysis population is not said to have
answered."""

from dataclasses import replace
from itertools import pairwise

import pytest

from foramen.report.body import NothingToShowError
from foramen.report.figures.answers import follow_up
from foramen.report.figures.choice import flow
from foramen.report.figures.flow import check_balance
from foramen.report.table import Value, Withheld
from foramen.statistics.flow import FlowStep
from foramen.study.definition import Index, Step
from tests.report.drawing import text
from tests.report.figure_sample import changed, material, pars_injections, rows, with_flow, without, words

ALLOCATION = Index(event="allocation", which="first")


def steps(group, *lines):
    """Lines of (step, n, excluded, reason)."""
    return [FlowStep(group, *line) for line in lines]


EVERYBODY = steps(
    "all", ("all patients", 212, 0, None), ("adult", 209, 3, "not so"), ("in an arm", 200, 9, "not known")
)
ARMS = [
    *steps("A", ("all patients", 107, 0, None), ("adult", 105, 2, "not so"), ("in an arm", 100, 5, "not known")),
    *steps("B", ("all patients", 105, 0, None), ("adult", 104, 1, "not so"), ("in an arm", 100, 4, "not known")),
]


def counted(lines, **study):
    """The material with this flow, and nothing described."""
    of = with_flow(material(), lines, **study)
    return replace(of, results=replace(of.results, statistics=[]))


def frames(drawing):
    """Boxes by their place."""
    return rows(drawing.spec, "rect")


def test_a_cohort_has_those_excluded_aside_with_a_line_for_each_reason():
    drawing = flow(counted(EVERYBODY))
    assert words(drawing.spec) == [
        "212 treatments", "200 in the analysis population", "each treatment",
        "12 excluded", "3 without: adult", "9 not known: in an arm",
    ]  # fmt: skip
    top, end, aside = frames(drawing)
    assert top["x2"] < aside["x"] and top["y2"] < aside["y"] and aside["y2"] < end["y"]


def test_the_words_of_a_box_stay_inside_it():
    drawing = flow(pars_injections())
    for row in rows(drawing.spec, "text"):
        assert any(box["x"] < row["x"] < box["x2"] and box["y"] < row["y"] < box["y2"] for box in frames(drawing))


def test_the_flow_of_the_seed():
    found = words(flow(pars_injections()).spec)
    assert {"289 patients", "155 excluded", "134 in the analysis population"} <= set(found)
    assert {"Pain (NRS), 0 to 10, 1 month:", "134 with an answer, 0 without"} <= set(found)


def test_arms_of_a_trial_stand_side_by_side():
    drawing = flow(counted([*EVERYBODY, *ARMS], index=ALLOCATION))
    found = words(drawing.spec)
    for words_of_box in (
        "107 allocated to A",
        "105 allocated to B",
        "7 excluded",
        "5 excluded",
        "2 without: adult",
    ):
        assert words_of_box in found
    boxes = sorted(frames(drawing), key=lambda box: (box["y"], box["x"]))
    assert len(boxes) == 7
    for left, right in (boxes[1:3], boxes[3:5], boxes[5:7]):
        assert left["y"] == right["y"] and left["x2"] < right["x"]


def test_who_is_in_no_arm_is_counted():
    more = steps("all", ("all patients", 215, 0, None), ("adult", 209, 6, "not so"), ("in an arm", 200, 9, "not known"))
    assert "3 in no arm that is compared" in words(flow(counted([*more, *ARMS], index=ALLOCATION)).spec)


def test_nobody_excluded_leaves_no_box():
    drawing = flow(counted(steps("all", ("all patients", 40, 0, None), ("adult", 40, 0, None))))
    assert len(frames(drawing)) == 2 and "excluded" not in drawing.alt


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (steps("all", ("all", 10, 0, None), ("adult", 7, 2, "not so")), "of 10 in “all” 2 are excluded and 7 are left"),
        ([*EVERYBODY, *ARMS[:3]], "the groups add up to 100, everybody to 200"),
        ([*EVERYBODY, *ARMS[:4], *steps("B", ("adult", 99, 1, None))], r"\(B\)"),
    ],
)  # fmt: skip
def test_a_flow_that_does_not_balance_is_not_drawn(lines, said):
    with pytest.raises(NothingToShowError, match=said):
        flow(counted(lines))


def test_withheld_numbers_say_so_and_are_not_checked():
    lines = [
        FlowStep("all", "all patients", 212, 0, None),
        FlowStep("all", "adult", None, None, "not so", "1 to 10"),
        FlowStep("all", "pain before", None, 30, "not so", "1 to 10"),
        FlowStep("all", "in an arm", 170, None, "not known", "1 to 10"),
    ]
    check_balance(lines)
    drawing = flow(counted(lines))
    found = words(drawing.spec)
    assert "suppressed: without: adult" in found and "30 without: pain before" in found
    assert "42 excluded" in found  # 212 and 170 are both printed
    assert [text(cell) for cell in drawing.numbers.rows[1].cells] == [
        "suppressed, 1 to 10",
        "suppressed, 1 to 10",
        "without: adult",
    ]
    assert "withheld by disclosure control" in drawing.notes[0].text


def test_a_withheld_total_is_not_worked_out():
    lines = [
        FlowStep("all", "all patients", None, 0, None, "1 to 10"),
        FlowStep("all", "adult", 170, 20, "not so"),
    ]
    found = words(flow(counted(lines)).spec)
    assert "Treatments: suppressed" in found and "Excluded: suppressed" in found


def test_arrows_lead_from_box_to_box():
    drawing = flow(counted([*EVERYBODY, *ARMS], index=ALLOCATION))
    heads = [row for row in rows(drawing.spec, "line") if row["i"] == 0]
    tops = {(box["x"] + box["x2"]) / 2: [] for box in frames(drawing)}
    for box in frames(drawing):
        tops[(box["x"] + box["x2"]) / 2].append(box["y"])
    assert len(heads) == 6
    for head in heads:
        middle = min(tops, key=lambda x: abs(x - head["x"]))
        assert abs(middle - head["x"]) < 0.2 and any(abs(head["y"] - y) < 0.2 for y in tops[middle])


def test_flows_of_real_studies_balance():
    for of in (material(), pars_injections()):
        check_balance(of.results.flow)
        lines = [line for line in of.results.flow if line.group == "all"]
        assert all(a.n == b.n + b.excluded for a, b in pairwise(lines))


def test_the_last_box_says_who_answered_the_last_time_and_what():
    """The sample’s people of 18 years or older, by arm: 10 % have no score at 1 month."""
    drawing = flow(material())
    found = words(drawing.spec)
    last = {line.group: line.n for line in material().results.flow}
    for group in ("CT", "Fluoroscopy"):
        (n,) = (e.row for e in material().entries("n", ["scores"], outcome="nrs", timepoint="late", group=group))
        assert 0 < n.n < last[group]
        assert f"{last[group]} {group}: {n.n} with an answer, {last[group] - n.n} without" in found
    assert "Pain, 0 to 10, 1 month:" in found and "analysed" not in drawing.alt


def test_every_time_point_has_a_line_in_the_table_and_its_numbers_open_their_statistics():
    body = flow(material()).numbers
    start = next(i for i, row in enumerate(body.rows) if row.head == ("CT",))
    lines = [row for row in body.rows[start:] if "answered" in row.head[0]][:3]
    assert [row.head[0] for row in lines] == [
        f"Pain, 0 to 10, {time}: answered" for time in ("before", "15 min", "1 month")
    ]
    statistics = material().results.statistics
    for row in lines:
        ((given,), (absent,), (reason,)) = row.cells
        assert (statistics[given.row].name, statistics[absent.row].name, reason) == ("n", "missing", "no answer")
        assert int(given.text) + int(absent.text) == statistics[given.row].denominator


def test_the_outcome_is_the_first_that_is_described_at_the_last_time_point():
    followed = follow_up(material())
    assert (followed.analysis, followed.outcome, list(followed.times)) == ("scores", "nrs", ["before", "after", "late"])
    early = material().study.analyses[0].model_copy(update={"timepoints": ["before"]})
    study = material().study.model_copy(update={"analyses": [early, *material().study.analyses[1:]]})

    def later(row):
        about = dict(row.about)
        return replace(row, name="gone") if about["analysis"] == "scores" and about["timepoint"] != "before" else row

    assert follow_up(replace(changed(material(), later), study=study)).outcome == "half"


def test_without_an_n_those_with_an_answer_are_what_is_left():
    def no_n(row):
        return replace(row, name="gone") if row.name == "n" else row

    body = flow(changed(material(), no_n)).numbers
    given = next(row.cells[0][0] for row in body.rows if row.head == ("Pain, 0 to 10, 1 month: answered",))
    missing = material().results.statistics[given.row]
    assert isinstance(given, Value) and missing.name == "missing"
    assert given.derived == f"{missing.denominator} − {int(missing.estimate)}"


def test_answers_that_do_not_add_up_to_the_population_are_not_drawn():
    def one_more(row):
        return replace(row, estimate=row.estimate + 1) if row.name == "missing" else row

    with pytest.raises(NothingToShowError, match=r"in the analysis population \d+ have an answer and \d+ have none"):
        flow(changed(material(), one_more))


def test_withheld_answers_are_not_worked_out_from_the_population():
    late = {"outcome": "nrs", "timepoint": "late", "group": "CT"}
    drawing = flow(without(material(), "n", "missing", **late))
    assert any(text.endswith("CT: suppressed with an answer, suppressed without") for text in words(drawing.spec))
    start = next(i for i, row in enumerate(drawing.numbers.rows) if row.head == ("CT",))
    row = next(row for row in drawing.numbers.rows[start:] if row.head == ("Pain, 0 to 10, 1 month: answered",))
    assert all(isinstance(part, Withheld) for cell in row.cells[:2] for part in cell)


def test_those_who_leave_are_called_what_the_study_calls_them():
    adult = Step(name="adult", keep={"variable": "age", "at_least": 18}, excluded_as="under 18 years")
    of = counted(EVERYBODY, population=[adult])
    drawing = flow(of)
    assert {"3 under 18 years", "9 not known: in an arm"} <= set(words(drawing.spec))
    assert text(drawing.numbers.rows[1].cells[2]) == "under 18 years"
    unknown = [replace(line, reason="not known" if line.reason else None) for line in EVERYBODY]
    assert "3 not known: adult" in words(flow(counted(unknown, population=[adult])).spec)


def test_the_step_of_the_groups_reads_as_what_it_is():
    lines = steps("all", ("all patients", 9, 0, None), ("in a group that is compared", 7, 2, "not so"))
    assert "2 in no group that is compared" in words(flow(counted(lines)).spec)
    unknown = [*lines[:1], replace(lines[1], reason="not known")]
    assert "2 group not known" in words(flow(counted(unknown)).spec)


def test_each_number_of_a_line_opens_the_line():
    of = material()
    body, count = flow(of).numbers, len(of.results.statistics)
    own = [part.row for row in body.rows for cell in row.cells for part in cell if getattr(part, "row", 0) >= count]
    assert own == [count + i for i in range(len(of.results.flow)) for _ in ("stay", "leave")]
