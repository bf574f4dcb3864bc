"""Decimals of numbers by what they are, so that one column of one variable has one number of them."""

from collections.abc import Iterable, Mapping

from foramen.kernel.rounding import rounded
from foramen.report.layouts.told import RANK_SUMS
from foramen.report.material import QUANTILES, Entry, Material
from foramen.report.style import without_noise

PERCENTAGES = (
    "percent", "responder_percent", "percent_agreement", "zero_event_upper_bound", "accuracy", "sensitivity",
    "specificity", "ppv", "npv", "roc_sensitivity", "roc_specificity", "calibration_observed", "calibration_expected",
    "risk_difference",
)  # fmt: skip
COUNTS = (
    "n", "missing", "suppressed", "outside_window", "undefined", "left_out_incomplete", "not_grouped", "transition",
    "units_of_persons_with_several",
)  # fmt: skip
IN_UNITS = (
    "mean", "sd", "mean_difference", "mean_change", "adjusted_mean", "adjusted_mean_difference", "bland_altman_bias",
    "bland_altman_sd", "bland_altman_lower_limit", "bland_altman_upper_limit", "residual_standard_deviation",
)  # fmt: skip
"""In the unit of the outcome."""

BETWEEN = ("hodges_lehmann", "pseudomedian")
"""Medians of differences and of their means, which lie between recorded values as a rule."""

ICC_PLACES = 3
NEEDED = 1
"""Decimals of a number needed to treat."""

MOST = 4


def places_of(material: Material, entry: Entry) -> int | None:
    """Decimals of an estimate and its bounds; None where only the numbers themselves tell: see `together`."""
    style, name = material.style, entry.row.name
    outcome = entry.about.get("outcome") or entry.about.get("finding", "")
    if name in COUNTS:
        return 0
    if name in PERCENTAGES:
        return style.percent_decimals
    if name in QUANTILES:
        return material.quantile_places(outcome)
    if name in IN_UNITS:
        return max(style.mean_decimals, material.recorded_places(outcome))
    if name in BETWEEN:
        return shift_places(material, outcome)
    if name == "number_needed_to_treat":
        return NEEDED
    return ICC_PLACES if name.startswith("icc_") else None


def rank_sums(entries: Iterable[Entry]) -> Mapping[str, int]:
    """Decimals of U and W, which are whole or half."""
    listed = list(entries)
    return {name: exact_places((e.row.estimate for e in listed if e.row.name == name), 1) for name in RANK_SUMS}


def shift_places(material: Material, outcome: str) -> int:
    """Decimals of a Hodges–Lehmann difference or change."""
    return material.recorded_places(outcome) + material.style.quantile_decimals


def together(material: Material, entries: Iterable[Entry]) -> Mapping[str, int]:
    """Decimals of the estimates of each other statistic: the journal's, and more where the smallest needs them."""
    listed = list(entries)
    found: dict[str, int] = {}
    for entry in listed:
        name, value = entry.row.name, entry.row.estimate
        if places_of(material, entry) is None and value is not None:
            found[name] = max(found.get(name, material.style.estimate_decimals), _needed(value))
    return {**found, **rank_sums(listed)}


def _needed(value: float) -> int:
    """As many as show two digits that are not 0, up to a limit."""
    size = abs(value)
    if not size or size >= 1:
        return 0
    return next((places for places in range(1, MOST) if size * 10**places >= 10), MOST)


def exact_places(values: Iterable[float | None], otherwise: int) -> int:
    """No decimals where every number is whole, as U and degrees of freedom are."""
    numbers = [without_noise(value) for value in values if value is not None]
    return 0 if all(float(rounded(value, 0)) == value for value in numbers) else otherwise
