"""Numbers of different analyses that hang together, in reports made by hand."""

from dataclasses import dataclass

import pytest

from foramen.disclosure.blocks import STUDY
from foramen.disclosure.control import Controlled, Report, control
from foramen.statistics.result import Statistic, about
from foramen.statistics.tables import CountTable


@dataclass(frozen=True)
class Step:
    """A line of a flow."""

    group: str
    step: str
    n: int
    excluded: int = 0
    reason: str | None = None


def controlled(rows: list[Statistic], flow: list[Step], tables: dict[str, CountTable], schemes: dict) -> Controlled:
    known = {dict(row.about).get("analysis", ""): STUDY for row in rows} | schemes
    return control(Report(rows, flow, tables, known, STUDY, [], {}, "the group"), 11)


def share(name: str, n: int, denominator: int, **dimensions: str) -> Statistic:
    row = Statistic(name=name, method="percent", estimate=100 * n / denominator, n=n, denominator=denominator)
    return Statistic(**{f: getattr(row, f) for f in row.__slots__} | {"about": about(**dimensions), "inputs": name})


def nobody_missing(people: int, **dimensions: str) -> Statistic:
    return Statistic(name="missing", method="", estimate=0.0, n=people, denominator=people).describing(**dimensions)


@pytest.mark.requirement("DEI-5", "H28")
def test_an_analysis_of_almost_everybody_does_not_give_the_others_away() -> None:
    """97 of 100 were read by both readers: the three are nobody's number, and can be counted."""
    table = CountTable.from_matrix({0: [40, 0], 1: [17, 40]}, [0, 1], row="r1", column="r2")
    row = share("percent_agreement", 80, 97, analysis="reads", finding="grade", reader="r1", against="r2")
    out = controlled([row], [Step("all", "all reads", 100)], {"percent_agreement": table}, {})
    (released,) = out.rows
    assert (released.denominator == 97) != (out.flow[0][0] is None)


def test_a_group_made_by_an_outcome_does_not_give_the_outcome_away() -> None:
    """60 answered yes and 4 no: neither the answers nor the sizes of the groups that they make may be printed."""
    rows = [
        share("responder_percent", 60, 64, analysis="relief", outcome="half", group="all"),
        nobody_missing(64, analysis="relief", outcome="half", group="all"),
    ]
    for group, female, male in (("yes", 30, 30), ("no", 4, 0)):
        for category, n in (("female", female), ("male", male)):
            dimensions = {"analysis": "sex", "outcome": "sex", "group": group, "category": category}
            rows.append(share("percent", n, female + male, **dimensions))
        rows.append(nobody_missing(female + male, analysis="sex", outcome="sex", group=group))
    out = controlled(rows, [Step("all", "all units", 64)], {}, {"sex": "by half"})
    shown = [row for row in out.rows if row.suppressed is None]
    everybody = {row.n for row in shown if dict(row.about)["group"] == "all"} | {
        64 for why, _ in out.flow if why is None
    }
    answered_yes = {60 for row in shown if dict(row.about)["group"] == "yes" and 60 in (row.n, row.denominator)}
    assert not (64 in everybody and answered_yes)


@pytest.mark.parametrize("step", [(), (Step("all", "kept", 97, 3, "not so"),)])
def test_few_excluded_are_withheld_with_one_of_the_lines_around_them(step: tuple[Step, ...]) -> None:
    flow = [Step("all", "all units", 100), *step]
    out = controlled([], flow, {}, {})
    assert [why for _, why in out.flow] == [None, *["1 to 10" for _ in step]]
    assert sum(why is not None for why, _ in out.flow) == len(step)
