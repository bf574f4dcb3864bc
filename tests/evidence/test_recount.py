"""Every statistic by every definition there is: known by the words of its method, and found when it is changed."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from foramen.evidence.results_check import examine_results
from foramen.statistics.contingency import chi_square, trend
from foramen.statistics.correlation import pearson, spearman
from foramen.statistics.definitions import CHOICES
from foramen.statistics.describe import count, describe, frequencies
from foramen.statistics.exact import fisher, mcnemar
from foramen.statistics.icc import bland_altman, icc
from foramen.statistics.kappa import cohen_kappa, percent_agreement
from foramen.statistics.multirater import METRICS, fleiss_kappa, gwet_ac1, krippendorff_alpha
from foramen.statistics.normality import lilliefors, shapiro
from foramen.statistics.proportions import responder_percent, zero_event_upper_bound
from foramen.statistics.ranks import dunn, kruskal_wallis, mann_whitney
from foramen.statistics.repeated import friedman, friedman_pairs
from foramen.statistics.result import Statistic
from foramen.statistics.risk import number_needed_to_treat, odds_ratio, risk_difference, risk_ratio
from foramen.statistics.signed import wilcoxon
from foramen.statistics.student import paired_t, t_test
from foramen.statistics.sums import Moment, MomentTable, RankSum, RankSums
from foramen.statistics.tables import Axis, CountTable
from foramen.study.analyses.task import LEFT_OUT, UNDEFINED, count_row
from tests.evidence.runs import Found, made, read, write

L = 0.95
YES = ((0, "no"), (1, "yes"))
ARMS = Axis("the group", labels=((0, "A"), (1, "B"), (2, "C")))
GRADES = ((0, "none"), (1, "mild"), (2, "severe"))


def drawn(axes: Sequence[Axis], sizes: Sequence[int], n: int, *, missing: int = 0) -> CountTable:
    """Random counts, the same every time; some of the last axis are missing."""
    random.seed(n)
    cells = [tuple(random.randrange(size) for size in sizes) for _ in range(n)]
    return CountTable.build(axes, [((*cell[:-1], None) if i < missing else cell, 1) for i, cell in enumerate(cells)])


def two(table: CountTable) -> CountTable:
    return CountTable(table.axes, tuple((cell, n) for cell, n in table.cells if cell[0] != 2))


VALUES = drawn([Axis("the value", 1)], [40], 60, missing=3)
CLASSES = drawn([Axis("the value", labels=(*GRADES, (3, "deadly")))], [3], 50, missing=2)
BINARY = drawn([Axis("the value", labels=YES)], [2], 41, missing=4)
HIDDEN = CountTable.build([Axis("the value", suppressed=-9)], {(1,): 4, (2,): 5, (-9,): 3, (None,): 2})
NONE = CountTable.build([Axis("the value", labels=YES)], {(0,): 38, (None,): 2})
SCORES = drawn([ARMS, Axis("the value")], [3, 11], 60, missing=4)
MANY = drawn([ARMS, Axis("the value")], [3, 11], 500)
UNTIED = CountTable.build([ARMS, Axis("the value", 1)], {(i % 2, i * i): 1 for i in range(14)})
CROSSED = drawn([ARMS, Axis("the value", labels=GRADES)], [3, 3], 45, missing=2)
RESPONSES = drawn([ARMS, Axis("the value", labels=YES)], [3, 2], 70, missing=3)
PAIRS = drawn([Axis("first"), Axis("second")], [11, 11], 40, missing=3)
UNTIED_PAIRS = CountTable.build([Axis("first"), Axis("second")], {(i, (i * 5) % 9 * 7): 1 for i in range(9)})
CHANGES = drawn([Axis("first", labels=YES), Axis("second", labels=YES)], [2, 2], 60, missing=2)
MOVES = drawn([Axis("first", labels=GRADES), Axis("second", labels=GRADES)], [3, 3], 60, missing=2)
READS = drawn([Axis("r1", labels=GRADES), Axis("r2", labels=GRADES)], [3, 3], 50, missing=2)
THREE_READS = drawn([Axis(name, labels=GRADES) for name in ("r1", "r2", "r3")], [3, 3, 3], 50, missing=2)
MEASURED = drawn([Axis("r1", 1), Axis("r2", 1)], [30, 30], 40)
RANKS = RankSums.build(("t0", "t1", "t2"), {1: RankSum(20, (70, 90, 80), 1110)}, {1: 23, 0: 4})
MOMENTS = MomentTable.build(
    ("r1", "r2"), (0, 0), (), {((), (True, True)): Moment(12, (60, 66), (330, 345, 381))}
)  # fmt: skip

PAIR = {"group": 1, "against": 0}


def moved(one: str, other: str) -> Statistic:
    code = {label: code for code, label in GRADES}
    n = dict(MOVES.cells)[code[one], code[other]]
    row = Statistic(name="transition", method="count of units", estimate=float(n), n=n, inputs=MOVES.digest,
                    denominator=MOVES.complete().total)  # fmt: skip
    return row.describing(from_category=one, category=other)


NOBODY_DIED = replace(
    zero_event_upper_bound(drawn([Axis("event")], [1], 50, missing=2), level=L), inputs=CLASSES.digest
)
NOBODY_DIED = NOBODY_DIED.describing(category="deadly")

FLAG = CountTable.build([Axis("is complete")], {(0,): 7, (1,): 30})
BASELINES = CountTable.build(
    [Axis("nrs__before", suppressed=-9), Axis("nrs__after")],
    {(0, 3): 2, (0, None): 1, (5, 2): 9, (None, 2): 4, (-9, 1): 6},
)

Case = tuple[CountTable | RankSums | MomentTable, Sequence[Statistic]]

CASES: dict[str, Case] = {
    "counts": (HIDDEN, count(HIDDEN)),
    "nobody in a class": (CLASSES, [NOBODY_DIED]),
    "no event": (NONE, [zero_event_upper_bound(NONE, level=L)]),
    "normality": (VALUES, [shapiro(VALUES), lilliefors(VALUES)]),
    "trend": (RESPONSES, [trend(RESPONSES, scores=range(3))]),
    "fisher": (CROSSED, [fisher(CROSSED)]),
    "fisher of four": (two(RESPONSES), [fisher(two(RESPONSES))]),
    "kruskal_wallis": (SCORES, [kruskal_wallis(SCORES)]),
    "ratios": (RESPONSES, [risk_ratio(RESPONSES, **PAIR, level=L), odds_ratio(RESPONSES, **PAIR, level=L)]),
    "paired_t": (PAIRS, [paired_t(PAIRS, level=L)]),
    "pearson": (PAIRS, [pearson(PAIRS, level=L)]),
    "readers": (READS, [*gwet_ac1(READS, level=L), *fleiss_kappa(READS, level=L)]),
    "three readers": (THREE_READS, [*gwet_ac1(THREE_READS, level=L), *fleiss_kappa(THREE_READS, level=L)]),
    "bland_altman": (MEASURED, bland_altman(MEASURED, level=L)),
    "icc": (MOMENTS, icc(MOMENTS, level=L)),
    "friedman": (RANKS, [row.describing(group="B") for row in friedman(RANKS, group=1)]),
    "transitions": (MOVES, [moved("none", "mild"), moved("mild", "none")]),
    "left out": (FLAG, [count_row("left_out_incomplete", LEFT_OUT, 7, FLAG, {})]),
    "outside": (FLAG, [count_row("outside_window", "count of answers", 30, FLAG, {})]),
    "undefined": (BASELINES, [count_row("undefined", UNDEFINED, 3, BASELINES, {})]),
    **{
        f"alpha {metric}": (THREE_READS, [krippendorff_alpha(THREE_READS, metric=metric)]) for metric in METRICS
    },
    **{f"quantile {m}": (VALUES, describe(VALUES, quantile=m, level=L)) for m in CHOICES["quantile"]},
    **{
        f"percent {m}, {missing}": (BINARY, [responder_percent(BINARY, level=L, method=m, missing=missing)])
        for m in CHOICES["proportion_interval"] for missing in ("available", "failure")
    },
    **{f"frequencies {m}": (CLASSES, frequencies(CLASSES, level=L, method=m)) for m in CHOICES["proportion_interval"]},
    **{
        f"percent_agreement {m}": (READS, [percent_agreement(READS, level=L, method=m)])
        for m in CHOICES["proportion_interval"]
    },
    **{
        f"risks {m}": (RESPONSES, [risk_difference(RESPONSES, **PAIR, level=L, method=m),
                                   number_needed_to_treat(RESPONSES, **PAIR, level=L, method=m)])
        for m in CHOICES["risk_difference_interval"]
    },
    **{f"chi_square {m}": (two(RESPONSES), [chi_square(two(RESPONSES), method=m)]) for m in CHOICES["chi_square"]},
    **{f"mcnemar {m}": (CHANGES, [mcnemar(CHANGES, method=m)]) for m in CHOICES["mcnemar"]},
    **{
        f"mann_whitney {m}, {name}": (table, mann_whitney(table, method=m, **PAIR, level=L))
        for m in CHOICES["mann_whitney"] for name, table in {"few": SCORES, "many": MANY, "untied": UNTIED}.items()
    },
    **{
        f"wilcoxon {m}, {zeros}, {name}": (table, wilcoxon(table, method=m, zeros=zeros, level=L))
        for m in CHOICES["wilcoxon"] for zeros in CHOICES["wilcoxon_zeros"]
        for name, table in {"tied": PAIRS, "untied": UNTIED_PAIRS}.items()
    },
    **{f"dunn {m}": (SCORES, dunn(SCORES, method=m)) for m in CHOICES["kruskal_pairs"]},
    **{
        f"friedman pairs {m}, {adjust}": (
            RANKS, [row.describing(group="B") for row in friedman_pairs(RANKS, group=1, method=m, adjust=adjust)]
        )
        for m in CHOICES["friedman_pairs"] for adjust in CHOICES["friedman_adjustment"]
    },
    **{
        f"spearman {p}, {m}, {name}": (table, [spearman(table, method=m, p_method=p, level=L)])
        for p in CHOICES["spearman_p"] for m in CHOICES["spearman_interval"]
        for name, table in {"tied": PAIRS, "untied": UNTIED_PAIRS}.items()
    },
    **{f"t {m}": (SCORES, [t_test(SCORES, method=m, **PAIR, level=L)]) for m in CHOICES["t"]},
    **{f"kappa {m}": (READS, cohen_kappa(READS, weights=m, level=L)) for m in CHOICES["kappa_weights"]},
}  # fmt: skip

REQUEST = {"is": "Ranks", "group": {"axis": {"name": "the group", "decimals": 0, "labels": [[0, "A"], [1, "B"]],
                                             "suppressed": None, "divisor": 1}}}  # fmt: skip

FIELDS = ("estimate", "lower", "upper", "statistic", "df", "p", "log10_p", "n", "denominator")


def verdicts(folder: Path) -> list[tuple[str, str]]:
    return [(one.verdict, one.reason) for one in examine_results(folder).findings if one.check == "counts"]


@pytest.mark.parametrize("name", CASES)
def test_a_statistic_is_known_by_its_method_and_its_number(tmp_path: Path, name: str) -> None:
    table, rows = CASES[name]
    folder = made(tmp_path / "results", table, rows, **(REQUEST if isinstance(table, RankSums) else {}))
    assert [row.error for row in rows] == [None] * len(rows)
    assert [verdict for verdict, _ in verdicts(folder)] == ["agrees"] * len(rows)
    for field in FIELDS:
        results = read(folder)
        changed = [spoil(row, field) for row in results["statistics"]]
        write(tmp_path / "spoiled", results)
        if not (tmp_path / "spoiled/counts").exists():
            (tmp_path / "spoiled/counts").symlink_to(folder / "counts")
        assert [verdict == "differs" for verdict, _ in verdicts(tmp_path / "spoiled")] == changed


def spoil(row: Found, field: str) -> bool:
    """Change the number by one part in a million, a whole one by 1; false if there is none."""
    if row[field] is None:
        return False
    whole = field in ("n", "denominator") or row[field] == 0
    if isinstance(row[field], list):
        row[field] = [row[field][0], row[field][1] + 1]
    else:
        row[field] += 1 if whole else row[field] * 1e-6
    return True


def test_the_group_of_rank_sums_is_found_by_its_label(tmp_path: Path) -> None:
    rows = [row.describing(group="A") for row in friedman(RANKS, group=1)]
    found = verdicts(made(tmp_path / "results", RANKS, rows, **REQUEST))
    assert {verdict for verdict, _ in found} == {"differs"}


def test_a_table_of_another_shape_cannot_have_given_a_number(tmp_path: Path) -> None:
    row = chi_square(two(RESPONSES), method="pearson")
    (found,) = verdicts(made(tmp_path / "results", BINARY, [replace(row, inputs=BINARY.digest)]))
    assert found[0] == "differs"
    assert found[1].startswith("its count table does not give it: ")


def test_fishers_test_by_other_random_tables_is_not_said_to_differ(tmp_path: Path) -> None:
    table = drawn([Axis("the group"), Axis("the value")], [7, 7], 400)
    ours, others = fisher(table), fisher(table, draws=99, seed=7)
    assert ours.method != others.method
    found = verdicts(made(tmp_path / "results", table, [ours, others]))
    assert [verdict for verdict, _ in found] == ["agrees", "cannot be checked"]
