"""A statistic of a results file once more from its count table, by the definition that its method names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import product
from typing import Any

from foramen.evidence.counts_folder import Counted, Table
from foramen.evidence.results_file import Row
from foramen.kernel.errors import StatisticError
from foramen.statistics.contingency import chi_square, trend
from foramen.statistics.correlation import pearson, spearman
from foramen.statistics.definitions import CHOICES
from foramen.statistics.describe import count, extremes, frequencies, mean, median, quartiles, sd
from foramen.statistics.exact import fisher, mcnemar
from foramen.statistics.icc import FORMS, bland_altman, icc
from foramen.statistics.kappa import cohen_kappa, percent_agreement
from foramen.statistics.multirater import METRICS, fleiss_kappa, gwet_ac1, krippendorff_alpha
from foramen.statistics.normality import lilliefors, shapiro
from foramen.statistics.proportions import MISSING_RULES, responder_percent, zero_event_upper_bound
from foramen.statistics.ranks import dunn, kruskal_wallis, mann_whitney
from foramen.statistics.repeated import friedman, friedman_pairs
from foramen.statistics.result import Statistic
from foramen.statistics.risk import number_needed_to_treat, odds_ratio, risk_difference, risk_ratio
from foramen.statistics.signed import wilcoxon
from foramen.statistics.student import paired_t, t_test
from foramen.statistics.sums import MomentTable, RankSums
from foramen.statistics.tables import Axis, Code, CountTable

Made = Statistic | Sequence[Statistic]


@dataclass(frozen=True, slots=True)
class Cannot:
    """Why a number is not counted again. It says nothing about the number."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refuted:
    """Why the count table that a row names cannot have given it."""

    reason: str


def recount(row: Row, counted: Counted, level: float) -> Statistic | Cannot | Refuted:
    """The statistic that the count table gives, with an interval of a confidence level."""
    if not any(_is_of(row.about, of) for of in counted.of):
        return Refuted(f"its count table is of {_words(counted.of[0]) if counted.of else 'nothing'}")
    if (reason := _unrepeatable(row)) is not None:
        return Cannot(reason)
    recipe = _RECIPES[row.name]
    if not isinstance(counted.table, recipe.kind):
        return Refuted("a table of this kind does not give it")
    try:
        return _chosen(row, recipe.made(row, counted, level))
    except StatisticError as error:
        return Refuted(f"its count table does not give it: {'; '.join(fault.what for fault in error.faults)}")


def _chosen(row: Row, definitions: Iterator[Sequence[Statistic]]) -> Statistic | Cannot | Refuted:
    """The statistic by the definition of which the row speaks."""
    about = row.about.items()
    for made in definitions:
        fitting = [found for found in made if found.name == row.name and dict(found.about).items() <= about]
        if not fitting:
            return Refuted("its count table has no such category")
        for found in fitting:
            if found.method in (ONLY, row.method):
                return found
    return Cannot("its method is none that is known here")


# --- what a table is of -------------------------------------------------------------------------------------------


def _is_of(about: Mapping[str, str], of: Mapping[str, str]) -> bool:
    """Whether a table is of what a row is about. Of two outcomes either may be the first."""
    return of.items() <= about.items() or ("against" in of and _turned(of).items() <= _named(about).items())


def _named(about: Mapping[str, str]) -> dict[str, str]:
    """With the outcome and its time point in one word, as `against` has them."""
    rest = {key: value for key, value in about.items() if key not in ("outcome", "timepoint")}
    return {**rest, "outcome": " ".join(about[key] for key in ("outcome", "timepoint") if key in about)}


def _turned(of: Mapping[str, str]) -> dict[str, str]:
    named = _named(of)
    return {**named, "outcome": named["against"], "against": named["outcome"]}


def _words(of: Mapping[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in of.items()) or "everybody"


def _unrepeatable(row: Row) -> str | None:
    """Why a number is not counted again although its table is there."""
    if "model" in row.about:
        return "a fitted model is not fitted again here"
    if row.name == "undefined" and "against" in row.about:
        return "which of the values are baselines does not stand in the count table"
    return None if row.name in _RECIPES else "this statistic is not counted again here"


# --- statistics that are counts -----------------------------------------------------------------------------------

ONLY = ""
"""The method of what has one definition only."""


def _units(found: int, denominator: int) -> Statistic:
    return Statistic(name="", method=ONLY, estimate=float(found), n=found, denominator=denominator)


def _flagged(table: CountTable, *, code: int) -> Statistic:
    """The units with a code on the one axis, of all."""
    return _units(dict(table.cells).get((code,), 0), table.total)


def _not_grouped(table: CountTable) -> Statistic:
    return _units(table.total - table.complete().total, table.total)


def _undefined(table: CountTable) -> Statistic:
    """The units whose baseline, the first axis, is known and not above 0."""
    hidden = table.axes[0].suppressed
    lost = sum(n for (code, *_), n in table.cells if isinstance(code, int) and code <= 0 and code != hidden)
    return _units(lost, table.total)


def _of_persons(table: CountTable) -> Statistic:
    """Units of persons who have several; a cell counts the persons that have so many units."""
    units = [(each * persons, each) for (each,), persons in table.cells if isinstance(each, int)]
    return _units(sum(n for n, each in units if each > 1), sum(n for n, _ in units))


def _transition(table: CountTable, *, from_category: str | None, category: str | None) -> Statistic:
    """From a class on the first axis to one on the second, of all units with both."""
    used = table.complete()
    codes = [_code(table, place, label) for place, label in enumerate((from_category, category))]
    return _units(dict(used.cells).get(tuple(codes), 0), used.total)


def _bound(table: CountTable, *, level: float, category: str | None) -> Statistic:
    """How frequent an event may be that nobody had, or a category that nobody has."""
    if category is None:
        return zero_event_upper_bound(table, level=level)
    code = _code(table, 0, category)
    asked = table.recode(table.axes[0].name, Axis("has it", suppressed=-1), lambda other: _is(other, code, table))
    return zero_event_upper_bound(asked, level=level)


def _is(other: Code, code: Code, table: CountTable) -> Code:
    if other is None or other == table.axes[0].suppressed:
        return None if other is None else -1
    return int(other == code)


def _trend(table: CountTable) -> Statistic:
    return trend(table, scores=range(len(table.levels(table.axes[0].name))))


def _code(table: CountTable, place: int, label: str | None) -> Code:
    """The code that has a label on an axis."""
    axis = table.axes[place]
    for code in table.levels(axis.name):
        if axis.label(code) == label:
            return code
    raise StatisticError.single(f"there is no “{label}” among {axis.name}")


# --- recipes ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _made(function: Callable[..., Made], table: Table, **options: Any) -> tuple[Statistic, ...]:
    """Rows that were made together are asked for one after the other."""
    made = function(table, **options)
    return (made,) if isinstance(made, Statistic) else tuple(made)


@dataclass(frozen=True)
class _Recipe:
    """Which function makes a statistic, and what it has to be told.

    `choices` are the methods that may be meant, by argument; `about` are dimensions that it takes as they are; `pair`:
    it takes the codes of the group and of the one it is against; `grouped`: it takes the code of the group.
    """

    function: Callable[..., Made]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    level: bool = False
    pair: bool = False
    grouped: bool = False
    kind: type[Table] = CountTable

    def made(self, row: Row, counted: Counted, level: float) -> Iterator[Sequence[Statistic]]:
        """What each definition that may be meant gives; one that the method rules out comes late, as exact tests take
        their time."""
        known: dict[str, Code | float] = {"level": level} if self.level else {}
        known |= {name: row.about.get(name) for name in self.about}
        known |= self._groups(row, counted)
        for chosen in product(*(_likely(methods, row.method) for methods in self.choices.values())):
            made = _made(self.function, counted.table, **known, **dict(zip(self.choices, chosen, strict=True)))
            yield [_as_named(found, row) for found in made]

    def _groups(self, row: Row, counted: Counted) -> dict[str, Code]:
        if self.grouped:
            return {"group": _group(row, counted)}
        if not self.pair or not isinstance(counted.table, CountTable):
            return {}
        return {name: _code(counted.table, 0, row.about.get(name)) for name in ("group", "against")}


def _group(row: Row, counted: Counted) -> Code:
    for code, label in counted.groups:
        if label == row.about.get("group"):
            return code
    raise StatisticError.single("there is no such group")


def _likely(methods: Sequence[str], words: str) -> list[str]:
    return sorted(methods, key=lambda method: ("exact" in method) != ("exact" in words))


def _as_named(found: Statistic, row: Row) -> Statistic:
    """A count has the name of the row that it was made for."""
    return found if found.name else replace(found, name=row.name)


_METHODS = {family: {"method": methods} for family, methods in CHOICES.items()}
_RANKED = {"method": CHOICES["wilcoxon"], "zeros": CHOICES["wilcoxon_zeros"]}
_SPEARMAN = {"p_method": CHOICES["spearman_p"], "method": CHOICES["spearman_interval"]}
_RESPONDERS = {**_METHODS["proportion_interval"], "missing": tuple(MISSING_RULES)}
_FRIEDMAN = {"method": CHOICES["friedman_pairs"], "adjust": CHOICES["friedman_adjustment"]}

_BY_NAMES: Mapping[str, _Recipe] = {
    "n missing suppressed": _Recipe(count),
    "mean": _Recipe(mean, level=True),
    "sd": _Recipe(sd),
    "median": _Recipe(median, _METHODS["quantile"]),
    "lower_quartile upper_quartile": _Recipe(quartiles, _METHODS["quantile"]),
    "minimum maximum": _Recipe(extremes),
    "percent": _Recipe(frequencies, _METHODS["proportion_interval"], level=True),
    "responder_percent": _Recipe(responder_percent, _RESPONDERS, level=True),
    "zero_event_upper_bound": _Recipe(_bound, about=("category",), level=True),
    "shapiro_wilk": _Recipe(shapiro),
    "lilliefors": _Recipe(lilliefors),
    "outside_window": _Recipe(partial(_flagged, code=1)),
    "left_out_incomplete": _Recipe(partial(_flagged, code=0)),
    "not_grouped": _Recipe(_not_grouped),
    "undefined": _Recipe(_undefined),
    "units_of_persons_with_several": _Recipe(_of_persons),
    "transition": _Recipe(_transition, about=("from_category", "category")),
    "chi_square": _Recipe(chi_square, _METHODS["chi_square"]),
    "fisher": _Recipe(fisher),
    "trend": _Recipe(_trend),
    "kruskal_wallis": _Recipe(kruskal_wallis),
    "dunn dunn_unadjusted": _Recipe(dunn, _METHODS["kruskal_pairs"]),
    "mann_whitney common_language_effect hodges_lehmann": _Recipe(
        mann_whitney, _METHODS["mann_whitney"], level=True, pair=True
    ),
    "mean_difference": _Recipe(t_test, _METHODS["t"], level=True, pair=True),
    "risk_difference": _Recipe(risk_difference, _METHODS["risk_difference_interval"], level=True, pair=True),
    "risk_ratio": _Recipe(risk_ratio, level=True, pair=True),
    "odds_ratio": _Recipe(odds_ratio, level=True, pair=True),
    "number_needed_to_treat": _Recipe(
        number_needed_to_treat, _METHODS["risk_difference_interval"], level=True, pair=True
    ),
    "mean_change": _Recipe(paired_t, level=True),
    "wilcoxon pseudomedian": _Recipe(wilcoxon, _RANKED, level=True),
    "mcnemar": _Recipe(mcnemar, _METHODS["mcnemar"]),
    "spearman": _Recipe(spearman, _SPEARMAN, level=True),
    "pearson": _Recipe(pearson, level=True),
    "percent_agreement": _Recipe(percent_agreement, _METHODS["proportion_interval"], level=True),
    "cohen_kappa cohen_kappa_standard_error": _Recipe(cohen_kappa, {"weights": CHOICES["kappa_weights"]}, level=True),
    "gwet_ac1 gwet_ac1_standard_error": _Recipe(gwet_ac1, level=True),
    "fleiss_kappa fleiss_kappa_standard_error fleiss_kappa_null_standard_error": _Recipe(fleiss_kappa, level=True),
    "krippendorff_alpha": _Recipe(krippendorff_alpha, {"metric": METRICS}),
    "bland_altman_bias bland_altman_sd bland_altman_lower_limit bland_altman_upper_limit": _Recipe(
        bland_altman, level=True
    ),
    "friedman kendall_w": _Recipe(friedman, grouped=True, kind=RankSums),
    "friedman_pairs friedman_pairs_unadjusted": _Recipe(friedman_pairs, _FRIEDMAN, grouped=True, kind=RankSums),
    " ".join(f"icc_{form}" for form in FORMS): _Recipe(icc, level=True, kind=MomentTable),
}

_RECIPES = {name: recipe for names, recipe in _BY_NAMES.items() for name in names.split()}
