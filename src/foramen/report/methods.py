"""The section on statistical methods, as sentences: a paragraph for each family of statistics that a study used."""

import re
from collections.abc import Iterable, Iterator, Sequence

from foramen.report.material import Material

Phrase = tuple[str, str]
"""What a section calls a statistic, and how the definitions begin that say only the same; the rest goes in brackets."""

PHRASES: dict[str, Phrase] = {
    "t": ("a t test", r"t test for independent groups"),
    "mean_difference": ("a t test for independent groups", r"t test for independent groups"),
    "mann_whitney": ("the Mann–Whitney U test", r"Mann–Whitney U"),
    "kruskal_wallis": ("the Kruskal–Wallis test", r"Kruskal–Wallis H"),
    "dunn": ("Dunn’s test", r"Dunn"),
    "chi_square": ("Pearson’s χ² test", r"Pearson chi-square"),
    "fisher": ("Fisher’s exact test", r"Fisher's exact test"),
    "trend": ("the Cochran–Armitage test for trend", r"Cochran–Armitage trend"),
    "hodges_lehmann": ("the Hodges–Lehmann shift", r"Hodges–Lehmann shift"),
    "common_language_effect": ("the chance that a value of the first group is the higher", r".*?, (?=from U)"),
    "risk_difference": ("the difference of proportions", r"difference of risks"),
    "risk_ratio": ("the ratio of proportions", r"ratio of risks"),
    "odds_ratio": ("the odds ratio", r"cross-product odds ratio"),
    "number_needed_to_treat": ("the number needed to treat", r""),
    "mean_change": ("a paired t test", r"paired t test"),
    "wilcoxon": ("the Wilcoxon signed-rank test", r"Wilcoxon signed-rank"),
    "friedman": ("Friedman’s test", r"Friedman"),
    "friedman_pairs": ("tests of pairs of time points by Friedman’s ranks", r"mean ranks within Friedman's rows"),
    "mcnemar": ("McNemar’s test", r"McNemar's (chi-square|test)( with)?"),
    "pseudomedian": ("the Hodges–Lehmann median of changes", r"Hodges–Lehmann pseudomedian of second minus first"),
    "kendall_w": ("Kendall’s W", r"Kendall's W"),
    "model odds_ratio": ("logistic regression", r"odds ratio"),
    "likelihood_ratio": ("a likelihood-ratio test against the model without predictors", r"likelihood-ratio [^;]*"),
    "nagelkerke_r2": ("Nagelkerke’s R²", r"Nagelkerke R²"),
    "hosmer_lemeshow": ("the Hosmer–Lemeshow test", r"Hosmer–Lemeshow chi-square"),
    "auc": ("the area under the ROC curve", r""),
    "optimism_corrected_auc": ("its correction for optimism", r""),
    "accuracy": ("accuracy, sensitivity, specificity and predictive values", r"[^;]*; "),
    "adjusted_mean_difference": ("analysis of covariance", r"analysis of covariance"),
    "fixed_effect": ("a linear mixed model", r"linear mixed model"),
    "spearman": ("Spearman’s rank correlation", r"Spearman"),
    "pearson": ("Pearson’s correlation", r"Pearson"),
    "cohen_kappa": ("Cohen’s κ", r"Cohen 1960"),
    "fleiss_kappa": ("Fleiss’ κ", r"Fleiss 1971"),
    "gwet_ac1": ("Gwet’s AC1", r"Gwet 2008"),
    "krippendorff_alpha": ("Krippendorff’s α", r""),
    "icc_a_1": ("the intraclass correlation ICC(A,1)", r"ICC\(A,1\)"),
    "bland_altman_bias": ("their mean", r"mean of .*(?=, Student)"),
    "bland_altman_lower_limit": ("the limits of agreement at 1.96 SD", r"bias - 1.96 SD"),
    "shapiro_wilk": ("the Shapiro–Wilk test", r"Shapiro–Wilk W?"),
    "lilliefors": ("the Lilliefors test", r"Lilliefors D?"),
}

OTHERWISE: dict[str, Phrase] = {
    "fisher": ("the Freeman–Halton test", r"Freeman–Halton( exact)? test"),
    "adjusted_mean_difference": PHRASES["fixed_effect"],
    "fixed_effect": PHRASES["adjusted_mean_difference"],
}
"""What a statistic is called where its definition begins in this other way."""

Sentence = tuple[str, Sequence[str]]
"""How a sentence begins, and the statistics that it goes on to name."""

FAMILIES: Sequence[Sequence[Sentence]] = (
    (
        (
            "Groups were compared by",
            ("t", "mean_difference", "mann_whitney", "kruskal_wallis", "dunn", "chi_square", "fisher", "trend"),
        ),
        (
            "How much groups differ is given as",
            (
                "hodges_lehmann", "common_language_effect", "risk_difference", "risk_ratio", "odds_ratio",
                "number_needed_to_treat",
            ),
        ),
    ),
    (
        (
            "Changes over time were tested within groups by",
            ("mean_change", "wilcoxon", "friedman", "friedman_pairs", "mcnemar"),
        ),
        ("How large changes are is given as", ("pseudomedian", "kendall_w")),
    ),
    (("Pairs of measurements were tested by", ("spearman", "pearson")),),
    (
        ("A response was modelled on all its predictors together by", ("model odds_ratio",)),
        (
            "How well a model predicts was measured by",
            ("likelihood_ratio", "nagelkerke_r2", "hosmer_lemeshow", "accuracy", "auc", "optimism_corrected_auc"),
        ),
        ("Scores were modelled by", ("adjusted_mean_difference", "fixed_effect")),
    ),
    (
        (
            "Agreement of readers was measured by",
            ("cohen_kappa", "fleiss_kappa", "gwet_ac1", "krippendorff_alpha", "icc_a_1"),
        ),
        ("Differences of readers were measured by", ("bland_altman_bias", "bland_altman_lower_limit")),
    ),
    (("Whether numbers follow a normal distribution was tested by", ("shapiro_wilk", "lilliefors")),),
)  # fmt: skip
"""Paragraphs in the order of a methods section."""

SHARES = ("percent", "responder_percent", "percent_agreement", "accuracy")
"""Percentages, of whose definitions the interval is told."""

UNSAID = re.compile(r" ?\(statistic is [^)]*\)|; logistic regression(?=, maximum|$)|for \d+ comparisons")
"""What a section leaves to the notes of its tables."""


def methods(material: Material) -> list[str]:
    """Paragraphs: who is counted and how missing answers are treated, then the definitions by family."""
    used = _used(material)
    conventions = [*_counted(material), *_missing(material), *_inference(material)]
    software = f"All statistics were computed with Foramen {material.results.manifest['foramen']}."
    paragraphs = (conventions, _description(used), *(_told(family, used) for family in FAMILIES), [software])
    return [" ".join(sentences) for sentences in paragraphs if sentences]


def _used(material: Material) -> dict[str, list[str]]:
    """The definitions of the statistics that were computed, by name; a model’s odds ratio has a name of its own."""
    used: dict[str, dict[str, None]] = {}
    for row in material.results.statistics:
        if row.error is None and row.suppressed is None:
            modelled = row.name == "odds_ratio" and "model" in dict(row.about)
            name = f"model {row.name}" if modelled else row.name
            used.setdefault(name, {})[row.method] = None
    adjusted = set(used.get("adjusted_mean_difference", ()))
    effects = [method for method in used.get("fixed_effect", ()) if method not in adjusted]
    return {name: effects if name == "fixed_effect" else list(found) for name, found in used.items()}


def _counted(material: Material) -> Iterator[str]:
    index, unit = material.study.index, material.study.unit
    if index.which == "each":
        yield f"Every {unit} was counted, also where a person had several."
    else:
        yield f"The unit of analysis was the {unit}; of a person the {index.which} {index.event} was counted."


def _missing(material: Material) -> Iterator[str]:
    """The rules for missing answers, the usual one first; others with what they are of."""
    yield "Missing answers were counted and are shown; no value was imputed."
    rules = {analysis.missing for analysis in material.study.analyses}
    if "available" in rules:
        yield "Each number is of all who gave the answers that it needs."
    if "complete" in rules:
        kinds = [KINDS[a.kind] for a in material.study.analyses if a.missing == "complete" and a.kind in KINDS]
        yield f"{_and(list(dict.fromkeys(kinds))).capitalize()} are of those with all answers alone."
    if "failure" in rules:
        failed = [
            name for a in material.study.analyses if a.missing == "failure" for name in getattr(a, "outcomes", ())
        ]
        labels = [f"“{material.outcome_label(name)}”" for name in dict.fromkeys(failed)]
        yield f"A missing answer was counted as failure for {_and(labels)}."


KINDS = {
    "describe": "some descriptions", "compare": "some comparisons", "within": "comparisons over time",
    "normality": "tests of normality", "transition": "transitions", "correlate": "correlations",
    "agreement": "agreement of readers", "logistic": "logistic models", "ancova": "analyses of covariance",
}  # fmt: skip
"""What is of complete cases, by the kind of its analysis."""


def _inference(material: Material) -> Iterator[str]:
    level = 100 * material.results.manifest["definitions"]["level"]
    yield f"Intervals have a confidence level of {level:g} %."
    if any(row.p is not None for row in material.results.statistics):
        yield "Tests are two-sided; p-values are not adjusted for the number of tests, unless it is said below."


def _description(used: dict[str, list[str]]) -> list[str]:
    """How numbers and percentages are summarised."""
    told = []
    if "mean" in used:
        told.append("Numbers were summarised by mean and standard deviation, and by median, quartiles and range.")
        told.append("Means have Student’s t interval.")
    if quartiles := used.get("lower_quartile"):
        told.append(f"Quartiles were computed as {_and(quartiles)}.")
    if shares := _intervals(method for name in SHARES for method in used.get(name, ())):
        told.append(f"Categories were summarised by counts and percentages with the {_and(shares)}.")
    if "zero_event_upper_bound" in used:
        told.append("Of what nobody had, the exact one-sided upper bound is given.")
    return told


def _intervals(found: Iterable[str]) -> list[str]:
    """“Wilson score interval” of “percent, Wilson score interval, available cases”."""
    parts = (re.search(r"[^,;]*\binterval\b[^,;]*", method) for method in found)
    return list(dict.fromkeys(part[0].strip() for part in parts if part))


def _told(family: Sequence[Sentence], used: dict[str, list[str]]) -> list[str]:
    found = (
        (lead, list(dict.fromkeys(_phrase(name, method) for name in names for method in used.get(name, ()))))
        for lead, names in family
    )
    return [f"{lead} {_and(phrases)}." for lead, phrases in found if phrases]


def _phrase(name: str, method: str) -> str:
    """“the Mann–Whitney U test (tie-corrected normal approximation, no continuity correction)”."""
    options = [PHRASES[name], *([OTHERWISE[name]] if name in OTHERWISE else [])]
    words, known = next((option for option in options if re.match(option[1], method)), options[0])
    rest = UNSAID.sub("", re.sub(f"^{known}", "", method)).strip(" ,:;")
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    plain = re.sub(r" \(([^()]*(?:\([^()]*\))?[^()]*)\)", r", \1", rest)
    return f"{words} ({plain})" if plain else words


def _and(words: Sequence[str]) -> str:
    """“a, b and c”."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
