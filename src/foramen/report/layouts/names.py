"""What statistics are called in print."""

import re
from collections.abc import Iterable, Mapping

from foramen.report.material import Entry, Material
from foramen.study.population import ALL
from foramen.study.results import DIMENSIONS

NAMES = {
    "n": "with a value", "mann_whitney": "Mann–Whitney U", "hodges_lehmann": "Hodges–Lehmann difference",
    "common_language_effect": "chance of the higher value in the first group", "kruskal_wallis": "Kruskal–Wallis H",
    "dunn": "Dunn", "dunn_unadjusted": "Dunn, unadjusted", "wilcoxon": "Wilcoxon signed rank",
    "pseudomedian": "Hodges–Lehmann change", "friedman": "Friedman χ²", "friedman_pairs": "after Friedman",
    "friedman_pairs_unadjusted": "after Friedman, unadjusted", "kolmogorov_smirnov": "Kolmogorov–Smirnov D",
    "kendall_w": "Kendall’s W", "mcnemar": "McNemar", "chi_square": "χ²", "fisher": "Fisher’s exact test",
    "t": "t test", "paired_t": "paired t test", "ancova": "analysis of covariance", "model_fit": "fit of the model",
    "cohen_kappa": "Cohen’s κ", "cohen_kappa_standard_error": "Cohen’s κ, standard error", "fleiss_kappa": "Fleiss’ κ",
    "gwet_ac1": "Gwet’s AC1", "krippendorff_alpha": "Krippendorff’s α", "shapiro_wilk": "Shapiro–Wilk W",
    "lilliefors": "Lilliefors D", "spearman": "Spearman’s ρ", "pearson": "Pearson’s r", "cox_snell_r2": "Cox–Snell R²",
    "nagelkerke_r2": "Nagelkerke R²", "aic": "AIC", "auc": "area under the ROC curve", "ppv": "PPV, %", "npv": "NPV, %",
    "hosmer_lemeshow": "Hosmer–Lemeshow", "minus_2_reml_loglik": "−2 REML log-likelihood", "sd": "SD",
    "log_likelihood": "log-likelihood", "coefficient_standard_error": "coefficient, standard error",
    "bland_altman_bias": "mean difference of the readers", "bland_altman_sd": "SD of the readers’ differences",
    "bland_altman_lower_limit": "lower limit of agreement", "bland_altman_upper_limit": "upper limit of agreement",
    "zero_event_upper_bound": "at most, where nobody had it, %", "risk_difference": "difference, percentage points",
    "left_out_incomplete": "left out, an answer missing", "accuracy": "accuracy, %", "sensitivity": "sensitivity, %",
    "specificity": "specificity, %", "percent_agreement": "agreement, %", "responder_percent": "responders, %",
    "percent": "%", "suppressed": "withheld at the source", "outside_window": "answered outside the window",
    "undefined": "baseline 0, change undefined", "not_grouped": "in no group",
    "units_of_persons_with_several": "of persons with more than one", "bootstrap_optimism": "bootstrap of the fit",
    "auc_optimism": "optimism of the area", "optimism_corrected_auc": "area, corrected for optimism",
    "optimism_corrected_calibration_slope": "calibration slope, corrected for optimism", "trend": "trend, χ²",
    "gwet_ac1_standard_error": "Gwet’s AC1, standard error", "fleiss_kappa_standard_error": "Fleiss’ κ, standard error",
    "fleiss_kappa_null_standard_error": "Fleiss’ κ, standard error under the null",
    "icc_1_1": "ICC(1,1)", "icc_a_1": "ICC(A,1)", "icc_c_1": "ICC(C,1)", "icc_1_k": "ICC(1,k)", "icc_a_k": "ICC(A,k)",
    "icc_c_k": "ICC(C,k)", "roc": "ROC curve", "roc_sensitivity": "ROC curve, sensitivity, %",
    "roc_specificity": "ROC curve, specificity, %", "calibration_observed": "calibration, observed, %",
    "fixed_effect": "effect", "calibration_expected": "calibration, expected, %",
    "variance_component": "variance or covariance",
}  # fmt: skip
"""Printed names where a statistic's own name, with spaces, would not be what the field writes."""

TIMES = ("timepoint", "first", "second", "against")
"""Dimensions that may name a time point; another word in them has no label there and prints as it is."""


def printed_name(name: str) -> str:
    """What a statistic is called in a table."""
    return NAMES.get(name, name.replace("_", " "))


def capital(text: str) -> str:
    """With a capital first letter, the rest as it is; a Greek symbol stays small."""
    return text[:1].upper() + text[1:] if text[:1].isascii() else text


def small(text: str) -> str:
    """With a small first letter inside a line, unless the word is an abbreviation or a symbol such as T0 or ODI."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if len(first) > 1 and first[1:].islower() else text


def reader(text: str) -> str:
    """“reader 1”, of readers that the snapshot calls r1, r2; another name as it is."""
    number = re.fullmatch(r"r(\d+)", text)
    return f"reader {number[1] if number else text}"


def pair(group: str, against: str) -> str:
    """Two groups that are compared, the one that is looked at first."""
    return f"{group} vs {against}"


def word(material: Material, dimension: str, text: str) -> str:
    """A word of `about` as printed: outcomes, findings, time points and readers by their labels."""
    if dimension in ("outcome", "finding"):
        return material.outcome_label(text)
    known = material.results.manifest["snapshot"]["timepoints"]
    if dimension in TIMES and (text in known or any(t.name == text for t in material.study.timepoints)):
        return material.timepoint_label(text)
    if dimension == "term":
        return term(material, text)
    if dimension == "reader":
        return " and ".join(map(reader, text.split(", ")))
    if dimension == "against":
        return _outcome_at(material, text)
    return material.analysis_title(text) if dimension == "model" else text


def _outcome_at(material: Material, text: str) -> str:
    """What a number is set against, where that is an outcome and its time point: “Pain, 1 month”."""
    name, _, at = text.partition(" ")
    if not any(outcome.name == name for outcome in material.study.outcomes):
        return text
    return ", ".join([material.outcome_label(name), *([small(material.timepoint_label(at))] if at else [])])


def term(material: Material, text: str) -> str:
    """A term of a model: its column by what that holds, its time points by their labels."""
    name, colon, classes = text.partition(": ")
    for columns in material.codebook.columns.values():
        if (column := columns.get(name)) is not None:
            when = [small(material.timepoint_label(column.timepoint))] if column.timepoint else []
            by = [reader(column.reader)] if column.reader else []
            unit = not classes
            return ", ".join([material.variable_label(column.variable, unit=unit), *when, *by]) + colon + classes
    if text == "(intercept)":
        return "intercept"
    times = {t.name for t in material.study.timepoints}
    if times.issuperset(text.split(", ")):
        return " and ".join(map(material.timepoint_label, text.split(", ")))
    found = re.sub(r"[a-z][a-z0-9_]*", lambda m: material.timepoint_label(m[0]) if m[0] in times else m[0], text)
    return found if text.startswith("time ") else text


def group_words(material: Material, about: Mapping[str, str]) -> list[str]:
    """The group, and what it is compared with; of groups that are a yes or a no, of what."""
    group, against = about.get("group", ALL), about.get("against")
    if group == ALL:
        return []
    compared = against is not None and against in material.group_labels(about.get("analysis", ""))
    words = pair(group, against) if compared and against is not None else group
    analysis = next((a for a in material.study.analyses if a.name == about.get("analysis")), None)
    by = getattr(analysis, "by", None)
    if by is None or group not in ("yes", "no"):
        return [words]
    at = [small(material.timepoint_label(by.at))] if by.at and len(material.study.timepoints) > 1 else []
    return [f"{', '.join([small(material.outcome_label(by.outcome)), *at])}: {words}"]


def words(material: Material, about: Mapping[str, str], without: Iterable[str] = ()) -> list[str]:
    """All words of `about` in their order, but those of everybody together and those left out."""
    hidden = {"analysis", *without}
    labels = material.group_labels(about.get("analysis", ""))
    together = (about.get("group", ALL) != ALL and about.get("against") in labels) or "finding" in about
    found: list[str] = []
    for key in DIMENSIONS:
        if not about.get(key) or key in hidden or (key == "against" and together):
            continue
        said = group_words(material, about) if key == "group" else [_phrase(material, about, key)]
        found += said if key != "reader" or not any(said[0] in text for text in found) else []
    return found


def _phrase(material: Material, about: Mapping[str, str], key: str) -> str:
    """A word, where it alone would not say what it is with what says it."""
    text = word(material, key, about[key])
    if key == "reader" and "finding" in about and about.get("against"):
        return f"{text} and {word(material, 'reader', about['against'])}"
    if key == "against":
        return f"against {small(text)}"
    return {"from_category": f"from {text}", "point": f"point {text}"}.get(key, text)


def place_of(material: Material, entry: Entry) -> str:
    """A statistic and what it is of, in a note."""
    told_by_model = ("outcome", "timepoint") if "model" in entry.about else ()
    return ", ".join([printed_name(entry.row.name), *words(material, entry.about, without=told_by_model)])
