"""Which definition of a statistic is used where several are in use: presets, overridable one by one.

`foramen` is what we recommend; `spss`, `r` and `scipy` follow the defaults of those packages, down to the rules by
which they choose between an exact test and an approximation. The table “What each preset reproduces, and what not” in
docs/explanation/definitions.md says where they cannot. The functions themselves have no default: the caller names the
method, and every result carries its name.
"""

from collections.abc import Mapping

from foramen.kernel.errors import DefinitionError, Fault, raise_all

CHOICES: Mapping[str, tuple[str, ...]] = {
    "quantile": ("haverage", "type7", "type2"),
    "proportion_interval": ("wilson", "wilson_corrected", "clopper_pearson", "r"),
    "risk_difference_interval": ("newcombe", "wald", "wald_corrected"),
    "chi_square": ("pearson", "yates"),
    "mcnemar": ("exact", "mid_p", "asymptotic", "corrected", "spss"),
    "mann_whitney": ("exact_when_small", "asymptotic", "corrected", "r", "scipy"),
    "wilcoxon": ("exact_when_small", "asymptotic", "corrected", "r", "scipy"),
    "wilcoxon_zeros": ("dropped", "pratt"),
    "kruskal_pairs": ("holm", "bonferroni", "none"),
    "friedman_pairs": ("tie_corrected", "spss"),
    "friedman_adjustment": ("bonferroni", "holm", "none"),
    "spearman_p": ("t", "exact_when_small", "r"),
    "spearman_interval": ("fieller", "fisher", "bonett_wright"),
    "t": ("welch", "student"),
    "kappa_weights": ("none", "linear", "quadratic"),
    "logistic_interval": ("wald", "profile"),
    "auc_interval": ("delong", "delong_logit"),
    "mixed_df": ("satterthwaite", "normal"),
}
"""Every family in which packages differ, with the methods we have; the first is preset `foramen`."""

PRESETS: Mapping[str, Mapping[str, str]] = {
    "foramen": {family: methods[0] for family, methods in CHOICES.items()},
    "spss": {
        "mcnemar": "spss",
        "mann_whitney": "asymptotic",
        "wilcoxon": "asymptotic",
        "kruskal_pairs": "bonferroni",
        "friedman_pairs": "spss",
        "t": "student",
    },
    "r": {
        "quantile": "type7",
        "proportion_interval": "r",
        "risk_difference_interval": "wald_corrected",
        "chi_square": "yates",
        "mcnemar": "corrected",
        "mann_whitney": "r",
        "wilcoxon": "r",
        "spearman_p": "r",
        "logistic_interval": "profile",
    },
    "scipy": {
        "quantile": "type7",
        "proportion_interval": "clopper_pearson",
        "chi_square": "yates",
        "mann_whitney": "scipy",
        "wilcoxon": "scipy",
        "t": "student",
        "mixed_df": "normal",
    },
}


def resolve(preset: str, overrides: Mapping[str, str]) -> dict[str, str]:
    """The method of every family: the preset's, then the overrides. What a preset leaves open is preset `foramen`."""
    faults = [
        Fault(
            f"unknown definition for “{family}”", "definitions", method, f"one of {', '.join(CHOICES.get(family, ()))}"
        )
        for family, method in overrides.items()
        if method not in CHOICES.get(family, ())
    ]
    if preset not in PRESETS:
        faults.append(Fault("unknown preset", "preset", preset, f"one of {', '.join(PRESETS)}"))
    raise_all(DefinitionError, faults)
    return {**PRESETS["foramen"], **PRESETS[preset], **overrides}
