"""The other side: the same reports as a user writes them today, with pandas, tableone, scipy, pingouin, scikit-posthocs
and statsmodels, on rows. Arguments are chosen so that definitions are those of the studies in bench/studies.

usage: stack.py trial|pars|pars_models FILE [without-tableone] [VALUES.json]
"""

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pingouin
import pyarrow.parquet
import scikit_posthocs
import scipy.stats
import statsmodels.api
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.diagnostic import lilliefors
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint
from tableone import TableOne
from values import Values, key

warnings.filterwarnings("ignore")

ODI = ("before", "month1", "month3", "month6")
VAS = ("before", "day1", "week1", "month1", "month3", "month6")
SCORES = ("age", "dose", "minutes", "nsaid_reduction")
CATEGORIES = (
    "sex", "l3", "l4", "l5", "roots", "si_side", "complication", "extravasation", "morphine_before", "morphine_month1",
    "satisfaction_procedure", "satisfaction_result",
)  # fmt: skip
NOMINAL = ("contrast", "segment", "modic1", "bme", "softtissue")
GRADED = ("disc", "facet", "meyerding", "foramen", "recess")
READERS = ("r1", "r2")
FOLLOW_UPS = ("min15", "month1")


class Report:
    """The values found, by the names our results have."""

    def __init__(self) -> None:
        self.values: Values = {}

    def put(self, name: str, about: dict[str, str], **fields: float) -> None:
        for field, value in fields.items():
            self.values[key(name, field, **about)] = float(value)


def measured(column: str) -> dict[str, str]:
    """Outcome and time point of a column of the plain file."""
    for name in ("odi", "vas", "nrs", "morphine"):
        if column.startswith(f"{name}_"):
            return {"outcome": name, "timepoint": column.removeprefix(f"{name}_")}
    return {"outcome": column}


def trial(frame: pd.DataFrame, report: Report, *, tableone: bool) -> None:
    """The whole report of seed 003."""
    frame["roots"] = pd.cut(frame["roots"], [0, 2, 4, 6], labels=["1-2", "3-4", "5-6"]).astype(str)
    if tableone:
        names = [*CATEGORIES, *SCORES]
        numbers = list(SCORES[1:])
        str(TableOne(frame, columns=names, categorical=list(CATEGORIES), groupby="arm", nonnormal=numbers, pval=True))
    arms = dict(iter(frame.groupby("arm")))
    for column in (*SCORES, *(f"odi_{at}" for at in ODI), *(f"vas_{at}" for at in VAS)):
        _number(column, arms, report)
    welch_free = scipy.stats.ttest_ind(arms["B"].age, arms["A"].age)
    about = {"analysis": "age_by_arm", "outcome": "age", "group": "B", "against": "A"}
    report.put("mean_difference", about, statistic=welch_free.statistic, p=welch_free.pvalue)
    for column in CATEGORIES:
        _category(column, frame, report)
    for name, times in (("odi", ODI), ("vas", VAS)):
        for arm, rows in arms.items():
            _over_time(name, times, rows, {"analysis": "over_time", "outcome": name, "group": arm}, report)


def _number(column: str, arms: dict[str, pd.DataFrame], report: Report) -> None:
    samples = {arm: rows[column].dropna().to_numpy(float) for arm, rows in arms.items()}
    for arm, sample in samples.items():
        about = {"analysis": "numbers", "group": arm, **measured(column)}
        quartiles = np.quantile(sample, [0.25, 0.5, 0.75], method="weibull")
        report.put("mean", about, estimate=sample.mean(), n=len(sample))
        report.put("sd", about, estimate=sample.std(ddof=1))
        for name, value in zip(("lower_quartile", "median", "upper_quartile"), quartiles, strict=True):
            report.put(name, about, estimate=value)
        report.put("lilliefors", {**about, "analysis": "normality"}, statistic=lilliefors(sample)[0])
    test = scipy.stats.mannwhitneyu(samples["B"], samples["A"], use_continuity=False, method="asymptotic")
    about = {"analysis": "numbers_by_arm", "group": "B", "against": "A", **measured(column)}
    report.put("mann_whitney", about, estimate=test.statistic, p=test.pvalue)


def _category(column: str, frame: pd.DataFrame, report: Report) -> None:
    table = pd.crosstab(frame["arm"], frame[column])
    for arm in table.index:
        for label in table.columns:
            about = {"analysis": "categories", "group": arm, "category": str(label), **measured(column)}
            report.put("percent", about, n=table.loc[arm, label])
    if table.shape[1] > 1:
        test = scipy.stats.chi2_contingency(table, correction=False)
        about = {"analysis": "categories_by_arm", **measured(column)}
        report.put("chi_square", about, statistic=test.statistic, p=test.pvalue)


def _over_time(name: str, times: Sequence[str], rows: pd.DataFrame, about: dict[str, str], report: Report) -> None:
    complete = rows[[f"{name}_{at}" for at in times]].dropna().to_numpy(float)
    test = scipy.stats.friedmanchisquare(*complete.T)
    report.put("friedman", about, statistic=test.statistic, p=test.pvalue)
    pairs = scikit_posthocs.posthoc_siegel_friedman(complete, p_adjust="bonferroni").to_numpy()
    for i, first in enumerate(times):
        for j in range(i + 1, len(times)):
            report.put("friedman_pairs", {**about, "first": first, "second": times[j]}, p=pairs[i, j])


def pars(frame: pd.DataFrame, report: Report, *, models: bool) -> None:
    """The whole report of seed 001."""
    for at in FOLLOW_UPS:
        known = frame[f"nrs_{at}"].notna()
        frame[f"success_{at}"] = (2 * frame[f"nrs_{at}"] <= frame["nrs_before"]).astype("boolean").where(known)
    _describe_pars(frame, report)
    _pain(frame, report)
    for at in FOLLOW_UPS:
        decided = frame.dropna(subset=[f"success_{at}"])
        success = decided[f"success_{at}"].astype(bool)
        for reader in READERS:
            _by_success(decided, success, at, reader, report)
    _agreement(frame, report)
    if models:
        for at in FOLLOW_UPS:
            for reader in READERS:
                _model(frame, at, reader, report)


def _describe_pars(frame: pd.DataFrame, report: Report) -> None:
    for column in ("age", "bmi", "nrs_before", "nrs_min15", "nrs_month1"):
        sample = frame[column].dropna().to_numpy(float)
        about = {"analysis": "numbers", "group": "all", **measured(column)}
        report.put("mean", about, estimate=sample.mean(), n=len(sample))
        report.put("sd", about, estimate=sample.std(ddof=1))
        if len(sample) <= 5000:
            test = scipy.stats.shapiro(sample)
            report.put("shapiro_wilk", {**about, "analysis": "normality"}, statistic=test.statistic, p=test.pvalue)
    for column in ("sex", "level", "field"):
        for label, count in frame[column].value_counts().items():
            lower, upper = proportion_confint(count, len(frame), method="wilson")
            about = {"analysis": "categories", "group": "all", "outcome": column, "category": str(label)}
            report.put("percent", about, n=count, lower=100 * lower, upper=100 * upper)


def _pain(frame: pd.DataFrame, report: Report) -> None:
    for first, second in (("before", "min15"), ("before", "month1"), ("min15", "month1")):
        pair = frame[[f"nrs_{first}", f"nrs_{second}"]].dropna().to_numpy(float)
        test = scipy.stats.wilcoxon(pair[:, 0], pair[:, 1], method="asymptotic")
        about = {"analysis": "pain_over_time", "group": "all", "outcome": "nrs", "timepoint": second, "against": first}
        report.put("wilcoxon", about, p=test.pvalue)
    for at in FOLLOW_UPS:
        change = (100 * (frame[f"nrs_{at}"] / frame["nrs_before"] - 1)).dropna().to_numpy(float)
        about = {"analysis": "numbers", "group": "all", "outcome": "change", "timepoint": at}
        report.put("mean", about, estimate=change.mean())
        report.put("sd", about, estimate=change.std(ddof=1))
    known = frame[["nrs_before", "nrs_min15", "nrs_month1", "success_min15", "success_month1"]].dropna()
    found = pingouin.corr(known["nrs_min15"], known["nrs_month1"], method="spearman").iloc[0]
    about = {"outcome": "nrs", "timepoint": "min15", "against": "nrs month1", "group": "all", "analysis": "relief_kept"}
    report.put("spearman", about, estimate=found["r"], p=found[next(c for c in found.index if c.startswith("p"))])
    paired = mcnemar(pd.crosstab(known["success_min15"], known["success_month1"]), exact=False, correction=False)
    about = {"analysis": "success_over_time", "outcome": "success", "timepoint": "month1", "against": "min15"}
    report.put("mcnemar", {**about, "group": "all"}, statistic=paired.statistic, p=paired.pvalue)
    _transitions(known, report)


CLASSES = ("worse", "same", "under half", "half", "most", "all")


def _transitions(known: pd.DataFrame, report: Report) -> None:
    def classes(column: str) -> np.ndarray:
        relief = 1 - known[column] / known["nrs_before"]
        below = [relief < 0, relief == 0, relief < 0.5, relief < 0.75, relief < 1]
        return np.select(below, range(5), 5)

    table = pd.crosstab(classes("nrs_min15"), classes("nrs_month1"))
    table = table.reindex(index=range(6), columns=range(6), fill_value=0).to_numpy()
    for i, first in enumerate(CLASSES):
        for j, second in enumerate(CLASSES):
            about = {"analysis": "classes", "outcome": "class", "timepoint": "month1", "against": "class min15"}
            labels = {"from_category": first, "category": second, "group": "all"}
            report.put("transition", {**about, **labels}, estimate=table[i, j])


def _by_success(decided: pd.DataFrame, success: pd.Series, at: str, reader: str, report: Report) -> None:
    for finding in NOMINAL:
        table = pd.crosstab(success, decided[f"{reader}_{finding}"])
        test = scipy.stats.chi2_contingency(table, correction=False)
        about = {"analysis": f"categories_by_success_{at}", "outcome": f"{finding}_{reader}", "reader": reader}
        report.put("chi_square", about, statistic=test.statistic, p=test.pvalue)
    for finding in (*GRADED, "slip"):
        sample = decided[f"{reader}_{finding}"].to_numpy(float)
        yes = success.to_numpy()
        test = scipy.stats.mannwhitneyu(sample[yes], sample[~yes], use_continuity=False, method="asymptotic")
        about = {"analysis": f"grades_by_success_{at}", "outcome": f"{finding}_{reader}", "reader": reader}
        report.put("mann_whitney", {**about, "group": "yes", "against": "no"}, estimate=test.statistic, p=test.pvalue)


def _agreement(frame: pd.DataFrame, report: Report) -> None:
    for finding in (*NOMINAL, *GRADED):
        table = pd.crosstab(frame[f"r1_{finding}"], frame[f"r2_{finding}"]).to_numpy()
        analysis = "readers_on_grades" if finding in GRADED else "readers_on_categories"
        about = {"analysis": analysis, "finding": finding, "reader": "r1", "against": "r2"}
        _kappa(cohens_kappa(table), {**about, "weights": "none"}, report)
        if finding in GRADED:
            graded = {**about, "analysis": f"{analysis}_by_distance", "weights": "linear"}
            _kappa(cohens_kappa(table, wt="linear"), graded, report)
    slip = frame[["treatment_id", "r1_slip", "r2_slip"]].melt("treatment_id", var_name="reader", value_name="slip")
    found = pingouin.intraclass_corr(slip, targets="treatment_id", raters="reader", ratings="slip")
    absolute = found[found["Type"].isin(["ICC2", "ICC(A,1)"])].iloc[0]
    report.put(
        "icc_a_1", {"analysis": "readers_on_slip", "finding": "slip", "reader": "r1, r2"}, estimate=absolute["ICC"]
    )


def _kappa(found: Any, about: dict[str, str], report: Report) -> None:
    report.put("cohen_kappa", about, estimate=found.kappa)
    report.put("cohen_kappa_standard_error", about, estimate=found.std_kappa)


def _model(frame: pd.DataFrame, at: str, reader: str, report: Report) -> None:
    decided = frame.dropna(subset=[f"success_{at}"])
    design, labels = _design(decided, reader)
    success = decided[f"success_{at}"].astype(float).to_numpy()
    fit = statsmodels.api.Logit(success, design).fit(disp=0, tol=1e-12)
    analysis = f"model_{at}_{reader}"
    about = {"analysis": analysis, "model": analysis, "outcome": "success", "timepoint": at}
    cox_snell = 1 - np.exp(2 * (fit.llnull - fit.llf) / len(success))
    report.put("log_likelihood", about, estimate=fit.llf)
    report.put("nagelkerke_r2", about, estimate=cox_snell / (1 - np.exp(2 * fit.llnull / len(success))))
    predicted, yes = fit.predict() >= 0.5, success == 1
    report.put("accuracy", about, estimate=100 * (predicted == yes).mean())
    report.put("sensitivity", about, estimate=100 * predicted[yes].mean())
    report.put("specificity", about, estimate=100 * (~predicted[~yes]).mean())
    report.put("ppv", about, estimate=100 * yes[predicted].mean())
    report.put("npv", about, estimate=100 * (~yes[~predicted]).mean())
    limits = np.exp(fit.conf_int())
    for column, label in labels.items():
        odds, (lower, upper) = np.exp(fit.params[column]), limits.loc[column]
        found = {"estimate": odds, "lower": lower, "upper": upper, "p": fit.pvalues[column]}
        report.put("odds_ratio", {**about, "term": label}, **found)


def _design(decided: pd.DataFrame, reader: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """The columns of the model, and the name we give each term."""
    indicators = {"contrast_peri": ("contrast", "peri", "intra"), "contrast_trans": ("contrast", "trans", "intra")}
    indicators |= {"segment": ("segment", "uni", "multi")}
    indicators |= {finding: (finding, "present", "absent") for finding in ("modic1", "bme", "softtissue")}
    columns = {"const": pd.Series(1.0, decided.index)}
    columns |= {name: decided[f"{reader}_{finding}"] == level for name, (finding, level, _) in indicators.items()}
    columns |= {finding: decided[f"{reader}_{finding}"] for finding in (*GRADED, "slip")}
    labels = {name: f"{f}__{reader}: {level} against {other}" for name, (f, level, other) in indicators.items()}
    labels |= {finding: f"{finding}__{reader}" for finding in (*GRADED, "slip")}
    return pd.DataFrame(columns).astype(float), labels


def main(kind: str, file: str, *options: str) -> None:
    """Print one line of JSON: seconds after imports, peak memory, how many values."""
    begin, report = time.perf_counter(), Report()
    tableone = "without-tableone" not in options
    writers: dict[str, Callable[[pd.DataFrame], None]] = {
        "trial": lambda frame: trial(frame, report, tableone=tableone),
        "pars": lambda frame: pars(frame, report, models=False),
        "pars_models": lambda frame: pars(frame, report, models=True),
    }
    unused = {"treatment_id", "site", "procedure"} if kind == "trial" else set()
    columns = [name for name in pyarrow.parquet.read_schema(file).names if name not in unused]
    writers[kind](pd.read_parquet(file, columns=columns))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - begin, "peak_mb": peak, "values": len(report.values)}))
    for option in options:
        if option.endswith(".json"):
            Path(option).write_text(json.dumps(report.values))


if __name__ == "__main__":
    main(*sys.argv[1:])
