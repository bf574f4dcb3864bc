"""The flow diagram: its sums balance or nothing is drawn."""

from itertools import pairwise

import pytest

from foramen.report.body import NothingToShowError
from foramen.report.figures.choice import flow
from foramen.report.figures.flow import check_balance
from foramen.study.definition import Index
from foramen.study.population import FlowStep
from tests.report.drawing import text
from tests.report.figure_sample import material, pars_injections, rows, with_flow, words

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


def frames(drawing):
    """Boxes by their place."""
    return rows(drawing.spec, "rect")


def test_a_cohort_has_those_excluded_aside_with_a_line_for_each_reason():
    drawing = flow(with_flow(material(), EVERYBODY))
    assert words(drawing.spec) == [
        "212 treatments", "200 analysed", "each treatment",
        "12 excluded", "3: “adult” is not so", "9: “in an arm” is not known",
    ]  # fmt: skip
    top, end, aside = frames(drawing)
    assert top["x2"] < aside["x"] and top["y2"] < aside["y"] and aside["y2"] < end["y"]


def test_the_words_of_a_box_stay_inside_it():
    drawing = flow(pars_injections())
    for row in rows(drawing.spec, "text"):
        assert any(box["x"] < row["x"] < box["x2"] and box["y"] < row["y"] < box["y2"] for box in frames(drawing))


def test_the_flow_of_the_seed():
    found = words(flow(pars_injections()).spec)
    assert {"289 patients", "155 excluded", "134 analysed"} <= set(found)


def test_arms_of_a_trial_stand_side_by_side():
    drawing = flow(with_flow(material(), [*EVERYBODY, *ARMS], index=ALLOCATION))
    found = words(drawing.spec)
    for words_of_box in (
        "107 allocated to A",
        "105 allocated to B",
        "7 excluded",
        "5 excluded",
        "2: “adult” is not so",
    ):
        assert words_of_box in found
    boxes = sorted(frames(drawing), key=lambda box: (box["y"], box["x"]))
    assert len(boxes) == 7
    for left, right in (boxes[1:3], boxes[3:5], boxes[5:7]):
        assert left["y"] == right["y"] and left["x2"] < right["x"]


def test_who_is_in_no_arm_is_counted():
    more = steps("all", ("all patients", 215, 0, None), ("adult", 209, 6, "not so"), ("in an arm", 200, 9, "not known"))
    assert "3 in no arm that is compared" in words(flow(with_flow(material(), [*more, *ARMS], index=ALLOCATION)).spec)


def test_nobody_excluded_leaves_no_box():
    drawing = flow(with_flow(material(), steps("all", ("all patients", 40, 0, None), ("adult", 40, 0, None))))
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
        flow(with_flow(material(), lines))


def test_withheld_numbers_say_so_and_are_not_checked():
    lines = [
        FlowStep("all", "all patients", 212, 0, None),
        FlowStep("all", "adult", None, None, "not so", "1 to 10"),
        FlowStep("all", "pain before", None, 30, "not so", "1 to 10"),
        FlowStep("all", "in an arm", 170, None, "not known", "1 to 10"),
    ]
    check_balance(lines)
    drawing = flow(with_flow(material(), lines))
    found = words(drawing.spec)
    assert "suppressed: “adult” is not so" in found and "30: “pain before” is not so" in found
    assert "42 excluded" in found  # 212 and 170 are both printed
    assert [text(cell) for cell in drawing.numbers.rows[1].cells] == [
        "suppressed, 1 to 10",
        "suppressed, 1 to 10",
        "not so",
    ]
    assert "withheld by disclosure control" in drawing.notes[0].text


def test_a_withheld_total_is_not_worked_out():
    lines = [
        FlowStep("all", "all patients", None, 0, None, "1 to 10"),
        FlowStep("all", "adult", 170, 20, "not so"),
    ]
    found = words(flow(with_flow(material(), lines)).spec)
    assert "Treatments: suppressed" in found and "Excluded: suppressed" in found


def test_arrows_lead_from_box_to_box():
    drawing = flow(with_flow(material(), [*EVERYBODY, *ARMS], index=ALLOCATION))
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
