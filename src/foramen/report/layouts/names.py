"""What statistics are called in print."""

import re
from collections.abc import Iterable, Mapping

from foramen.report.material import Entry, Material
from foramen.study.population import ALL
from foramen.study.results import DIMENSIONS

NAMES = {
    "mann_whitney": "Mann–Whitney U", "hodges_lehmann": "Hodges–Lehmann shift", "kruskal_wallis": "Kruskal–Wallis H",
    "dunn": "Dunn", "dunn_unadjusted": "Dunn, unadjusted", "wilcoxon": "Wilcoxon signed rank",
    "friedman": "Friedman χ²", "friedman_pairs": "after Friedman",
    "friedman_pairs_unadjusted": "after Friedman, unadjusted",
    "kendall_w": "Kendall’s W", "mcnemar": "McNemar", "chi_square": "χ²", "fisher": "Fisher’s exact test",
    "cohen_kappa": "Cohen’s κ", "cohen_kappa_standard_error": "Cohen’s κ, standard error", "fleiss_kappa": "Fleiss’ κ",
    "gwet_ac1": "Gwet’s AC1", "krippendorff_alpha": "Krippendorff’s α", "shapiro_wilk": "Shapiro–Wilk W",
    "lilliefors": "Lilliefors D", "spearman": "Spearman’s ρ", "pearson": "Pearson’s r", "cox_snell_r2": "Cox–Snell R²",
    "nagelkerke_r2": "Nagelkerke R²", "aic": "AIC", "auc": "area under the ROC curve", "ppv": "PPV", "npv": "NPV",
    "hosmer_lemeshow": "Hosmer–Lemeshow", "minus_2_reml_loglik": "−2 REML log-likelihood", "sd": "SD",
    "bland_altman_bias": "Bland–Altman bias", "zero_event_upper_bound": "upper bound for none, one-sided, %",
    "left_out_incomplete": "left out, incomplete", "accuracy": "accuracy, %", "sensitivity": "sensitivity, %",
    "specificity": "specificity, %", "percent_agreement": "agreement, %", "responder_percent": "responders, %",
    "percent": "%", "suppressed": "withheld at the source", "outside_window": "answered outside the window",
    "auc_optimism": "optimism of the area", "optimism_corrected_auc": "area, corrected for optimism",
    "optimism_corrected_calibration_slope": "calibration slope, corrected for optimism", "trend": "trend, χ²",
    "gwet_ac1_standard_error": "Gwet’s AC1, standard error", "fleiss_kappa_standard_error": "Fleiss’ κ, standard error",
    "fleiss_kappa_null_standard_error": "Fleiss’ κ, standard error under the null",
    "icc_1_1": "ICC(1,1)", "icc_a_1": "ICC(A,1)", "icc_c_1": "ICC(C,1)", "icc_1_k": "ICC(1,k)", "icc_a_k": "ICC(A,k)",
    "icc_c_k": "ICC(C,k)",
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


def word(material: Material, dimension: str, text: str) -> str:
    """A word of `about` as printed: outcomes, findings and time points by their labels."""
    if dimension in ("outcome", "finding"):
        return material.outcome_label(text)
    known = material.results.manifest["snapshot"]["timepoints"]
    if dimension in TIMES and (text in known or any(t.name == text for t in material.study.timepoints)):
        return material.timepoint_label(text)
    if dimension == "term":
        return _term(material, text)
    return material.analysis_title(text) if dimension == "model" else text


def _term(material: Material, text: str) -> str:
    """A term of a model: its column by what that holds, its time points by their labels."""
    name, colon, classes = text.partition(": ")
    for columns in material.codebook.columns.values():
        if (column := columns.get(name)) is not None:
            when = [small(material.timepoint_label(column.timepoint))] if column.timepoint else []
            by = [f"reader {column.reader}"] if column.reader else []
            return ", ".join([material.variable_label(column.variable), *when, *by]) + colon + classes
    times = {t.name for t in material.study.timepoints}
    found = re.sub(r"[a-z][a-z0-9_]*", lambda m: material.timepoint_label(m[0]) if m[0] in times else m[0], text)
    return found if text.startswith("time ") or times.issuperset(text.split(", ")) else text


def _phrase(dimension: str, text: str) -> str:
    """Where a word alone would not say what it is."""
    if dimension == "against":
        return f"against {small(text)}"
    return f"from {text}" if dimension == "from_category" else text


def words(material: Material, about: Mapping[str, str], without: Iterable[str] = ()) -> list[str]:
    """All words of `about` in their order, but those of everybody together and those left out."""
    hidden = {"analysis", *without}
    return [
        _phrase(key, word(material, key, about[key]))
        for key in DIMENSIONS
        if about.get(key) and key not in hidden and not (key == "group" and about[key] == ALL)
    ]


def place_of(material: Material, entry: Entry) -> str:
    """A statistic and what it is of, in a note."""
    told_by_model = ("outcome", "timepoint") if "model" in entry.about else ()
    return ", ".join([printed_name(entry.row.name), *words(material, entry.about, without=told_by_model)])
