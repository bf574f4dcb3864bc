"""A results.json that stands alone: what its numbers say about each other, and that it lacks its counts."""

import copy
import json
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import rankdata

from foramen.evidence.examine import Examined
from foramen.evidence.results_check import examine_results
from foramen.kernel.errors import DataError
from foramen.statistics.contingency import chi_square
from foramen.statistics.describe import describe
from foramen.statistics.exact import fisher
from foramen.statistics.icc import icc
from foramen.statistics.kappa import cohen_kappa
from foramen.statistics.proportions import percent, zero_event_upper_bound
from foramen.statistics.ranks import dunn, kruskal_wallis, mann_whitney
from foramen.statistics.repeated import friedman, friedman_pairs
from foramen.statistics.result import Statistic
from foramen.statistics.student import t_test
from foramen.statistics.sums import RankSum, RankSums
from foramen.statistics.tables import Axis, CountTable
from tests.evidence.runs import BACK_PAIN, Found, results_of


@pytest.fixture(scope="module")
def trial() -> Found:
    """results.json of the back-pain trial, as the program writes it."""
    found: Found = json.loads(json.dumps(results_of(BACK_PAIN).to_json()))
    return found


def checked(folder: Path, results: Found) -> Examined:
    path = folder / "results.json"
    path.write_text(json.dumps(results), encoding="utf-8")
    return examine_results(path)


def test_our_own_results_are_in_order(trial: Found, tmp_path: Path) -> None:
    found = checked(tmp_path, trial)
    assert found.differing == ()
    assert {one.check for one in found.findings} >= {
        "flow", "count", "percent", "interval", "p_value", "log10_p", "sum", "order", "scale",
    }  # fmt: skip
    rows = [one for one in trial["statistics"] if one["name"] not in ("percent", "responder_percent")]
    assert [one.reason for one in found.findings if one.verdict == "cannot be checked"] == [
        "the counts were not there: only the file was given, without its folder"
    ] * len(rows)


def row(results: Found, name: str, **about: str) -> dict[str, Any]:
    return next(r for r in results["statistics"] if r["name"] == name and about.items() <= r["about"].items())


def _percent(results: Found) -> None:
    row(results, "percent")["estimate"] += 1


def _count(results: Found) -> None:
    row(results, "percent")["n"] += 1


def _too_many(results: Found) -> None:
    row(results, "mann_whitney")["n"] = row(results, "mann_whitney")["denominator"] + 1


def _limit(results: Found) -> None:
    row(results, "responder_percent")["upper"] += 0.1


def _interval(results: Found) -> None:
    row(results, "mean_difference")["lower"] = row(results, "mean_difference")["upper"]


def _p_of_t(results: Found) -> None:
    row(results, "mean_difference").update(p=0.04, log10_p=None)


def _p_of_chi_square(results: Found) -> None:
    row(results, "chi_square").update(p=0.04, log10_p=None)


def _log(results: Found) -> None:
    row(results, "wilcoxon")["log10_p"] -= 1


def _median(results: Found) -> None:
    row(results, "median")["estimate"] = row(results, "maximum")["estimate"] + 1


def _mean(results: Found) -> None:
    row(results, "mean").update(estimate=-5.0, lower=None, upper=None)


def _missing(results: Found) -> None:
    row(results, "missing")["estimate"] += 1


def _flow(results: Found) -> None:
    results["flow"][1]["excluded"] += 1


def _groups(results: Found) -> None:
    last = results["flow"][-1]
    last["n"], last["excluded"] = last["n"] - 1, last["excluded"] + 1


def _doses(results: Found) -> None:
    row(results, "mean_difference")["about"].update(outcome="dose_dap", against="dose_ctdivol")


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (_percent, {"percent"}), (_limit, {"percent"}), (_count, {"percent", "sum"}), (_too_many, {"count"}),
        (_interval, {"interval"}), (_p_of_t, {"p_value"}), (_p_of_chi_square, {"p_value"}), (_log, {"log10_p"}),
        (_median, {"order"}), (_mean, {"scale"}), (_missing, {"sum"}), (_flow, {"flow"}), (_groups, {"flow"}),
        (_doses, {"same_quantity"}),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)  # fmt: skip
def test_a_number_that_was_changed_is_found(
    trial: Found, tmp_path: Path, spoil: Callable[[Found], None], check: set[str]
) -> None:
    spoiled = copy.deepcopy(trial)
    spoil(spoiled)
    assert {one.check for one in checked(tmp_path, spoiled).differing} == check


def results(*rows: Statistic) -> Found:
    return {"flow": [], "statistics": [row.to_json() for row in rows]}


def rank_sums(rows: list[tuple[int, ...]]) -> RankSums:
    ranks = [[int(2 * rank) for rank in rankdata(values)] for values in rows]
    sums = tuple(map(sum, zip(*ranks, strict=True)))
    part = RankSum(len(rows), sums, sum(rank * rank for line in ranks for rank in line))
    return RankSums.build(("v0", "v1", "v2"), {None: part}, {None: len(rows)})


def test_every_family_of_tests_follows_its_own_distribution(tmp_path: Path) -> None:
    """Ours by the statistics that ours have: none is held against the wrong distribution."""
    arms = CountTable.build([Axis("arm"), Axis("score")], {(a, s): 1 + (a * s) % 5 for a in range(3) for s in range(7)})
    pairs = CountTable.build([Axis("one"), Axis("two")], {(a, b): 2 + 9 * (a == b) for a in range(3) for b in range(3)})
    visits = rank_sums([(5, 4, 2)] * 9 + [(6, 6, 3)] * 8 + [(4, 5, 1)] * 7 + [(3, 1, 2)] * 4)
    two = CountTable.build(arms.axes, [(cell, n) for cell, n in arms.cells if cell[0] < 2])
    rows = [
        chi_square(two, method="pearson"), fisher(pairs), kruskal_wallis(arms), *dunn(arms, method="bonferroni"),
        *mann_whitney(two, method="asymptotic", group=1, against=0),
        t_test(two, method="welch", group=1, against=0, level=0.95),
        *cohen_kappa(pairs, weights="none", level=0.95), *icc(pairs, level=0.95), *friedman(visits, group=None),
        *friedman_pairs(visits, group=None, method="spss", adjust="bonferroni"),
        *describe(two.margin("score"), quantile="haverage", level=0.95),
    ]  # fmt: skip
    found = checked(tmp_path, results(*rows))
    assert found.differing == ()
    followed = {one.at.split(" ")[0] for one in found.findings if (one.check, one.verdict) == ("p_value", "agrees")}
    assert followed >= {
        "chi_square", "kruskal_wallis", "dunn", "dunn_unadjusted", "mann_whitney", "mean_difference", "cohen_kappa",
        "icc_a_1", "friedman", "friedman_pairs", "friedman_pairs_unadjusted",
    }  # fmt: skip


def test_a_bound_for_no_event_is_no_percentage_of_its_counts(tmp_path: Path) -> None:
    table = CountTable.from_rows(event=[0] * 40)
    found = checked(tmp_path, results(zero_event_upper_bound(table, level=0.95)))
    assert found.differing == ()


def test_what_was_withheld_or_not_computed_is_not_judged(tmp_path: Path) -> None:
    hidden = Statistic(name="percent", method="percent, Wilson score interval", suppressed="fewer than 11 people")
    failed = Statistic(name="mean", method="arithmetic mean", n=0, denominator=3, error="nobody has a recorded value")
    shown = percent("percent", 20, 50, level=0.95, method="wilson").describing(category="yes")
    found = checked(tmp_path, results(hidden.describing(category="no"), failed, shown))
    assert found.differing == ()
    (withheld,) = [one for one in found.findings if one.verdict == "cannot be checked"]
    assert (withheld.check, withheld.reason) == ("withheld", "withheld: fewer than 11 people")


def test_a_withheld_line_of_the_flow_cannot_be_checked(tmp_path: Path) -> None:
    flow = [
        {"group": "all", "step": "all", "n": 40, "excluded": 0, "reason": None},
        {"group": "all", "step": "adults", "n": None, "excluded": None, "reason": "not so"},
    ]
    found = checked(tmp_path, {"flow": flow, "statistics": []})
    assert [one.verdict for one in found.findings] == ["cannot be checked"]


def test_categories_that_lose_people_are_found(tmp_path: Path) -> None:
    rows = [
        percent("percent", n, 100, level=0.95, method="wilson").describing(outcome="satisfaction", category=str(i))
        for i, n in enumerate((0, 6, 63, 27))
    ]
    (finding,) = checked(tmp_path, results(*rows)).differing
    assert (finding.check, finding.printed, finding.recomputed) == ("sum", "100", "96")


def test_a_bound_beside_events_is_found(tmp_path: Path) -> None:
    table = CountTable.from_rows(event=[0] * 40)
    spoiled = results(zero_event_upper_bound(table, level=0.95))
    spoiled["statistics"][0]["n"] = 2
    (finding,) = checked(tmp_path, spoiled).differing
    assert (finding.check, finding.printed, finding.recomputed) == ("percent", "0", "5")


def test_a_folder_without_counts_is_a_file_alone(trial: Found, tmp_path: Path) -> None:
    checked(tmp_path, trial)
    assert examine_results(tmp_path).findings == examine_results(tmp_path / "results.json").findings


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "this is not JSON"),
        ("[1, 2]", "this is no results.json of Foramen"),
        ('{"facts": {}}', "this is no results.json of Foramen"),
        ('{"flow": [{"group": 1}], "statistics": [3]}', "this is not as Foramen writes it"),
    ],
)
def test_another_file_is_refused_in_words(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        examine_results(path)
    assert {fault.what for fault in error.value.faults} == {says}


@pytest.mark.parametrize(("number", "value"), [("n", -1), ("n", 10**400), ("n", 2.5), ("df", 0.0), ("p", math.inf)])
def test_a_number_that_foramen_never_writes_is_refused_with_its_place(
    tmp_path: Path, number: str, value: object
) -> None:
    spoiled = results(percent("percent", 20, 50, level=0.95, method="wilson"))
    spoiled["statistics"][0][number] = value
    with pytest.raises(DataError) as error:
        checked(tmp_path, spoiled)
    (fault,) = error.value.faults
    assert fault.where.endswith(f"results.json: statistics[1].{number}")


def test_whatever_numbers_stand_in_a_file_the_check_comes_to_a_verdict(trial: Found, tmp_path: Path) -> None:
    """Also such as cannot be, which any program may have written."""
    random.seed(6)
    extreme = (0.0, -1.0, 1.0, 2.0, 1e308, -1e308, 5e-324, -0.0, 1e15, None)
    for _ in range(10):
        spoiled = copy.deepcopy(trial)
        for one in spoiled["statistics"]:
            one[random.choice(("estimate", "lower", "upper", "level", "statistic", "p", "log10_p"))] = random.choice(
                extreme
            )
            one[random.choice(("n", "denominator"))] = random.choice((0, 1, 2**53, None))
            one["df"] = random.choice((None, 1e-6, 1.0, 2.0**53, [1.0, 2.0], [1e-6, 1e15], [], [1.0]))
        assert checked(tmp_path, spoiled).differing


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        examine_results(tmp_path / "nothing.json")
