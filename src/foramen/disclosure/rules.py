"""What each row of results may give away, by its name. A name that is not here is withheld."""

from collections.abc import Mapping
from enum import Enum

from foramen.statistics.result import Statistic


class Rule(Enum):
    """How a row is judged."""

    COUNT = "it is a count itself"
    SHARE = "a percentage: it gives away its count and what it is a percentage of"
    NUMBERS = "a summary or test of numbers: it needs enough units, in each group"
    EXTREME = "one unit's value, unless enough share it"
    CELLS = "a test or effect from which the cells of its table can be computed"
    MODEL = "a model: enough units in each part, and far more patterns than terms"
    STEP = "a point of a curve: the steps between points are counts"


def _rules() -> dict[str, Rule]:
    names = {
        Rule.COUNT: "n missing suppressed outside_window undefined left_out_incomplete not_grouped transition "
        "units_of_persons_with_several",
        Rule.SHARE: "percent responder_percent zero_event_upper_bound percent_agreement accuracy sensitivity "
        "specificity ppv npv confusion performance",
        Rule.NUMBERS: "describe mean sd median lower_quartile upper_quartile shapiro shapiro_wilk lilliefors "
        "kolmogorov_smirnov t mean_difference mann_whitney common_language_effect hodges_lehmann kruskal_wallis dunn "
        "dunn_unadjusted paired_t mean_change wilcoxon pseudomedian friedman kendall_w friedman_pairs "
        "friedman_pairs_unadjusted spearman pearson icc icc_1_1 icc_a_1 icc_c_1 icc_1_k icc_a_k icc_c_k bland_altman "
        "bland_altman_bias bland_altman_sd bland_altman_lower_limit bland_altman_upper_limit",
        Rule.EXTREME: "minimum maximum",
        Rule.CELLS: "chi_square fisher trend risk_difference risk_ratio odds_ratio number_needed_to_treat mcnemar "
        "cohen_kappa cohen_kappa_standard_error gwet_ac1 gwet_ac1_standard_error fleiss_kappa "
        "fleiss_kappa_standard_error fleiss_kappa_null_standard_error krippendorff_alpha",
        Rule.MODEL: "coefficient coefficient_standard_error model_fit log_likelihood likelihood_ratio cox_snell_r2 "
        "nagelkerke_r2 aic hosmer_lemeshow auc auc_optimism optimism_corrected_auc "
        "optimism_corrected_calibration_slope bootstrap_optimism firth profile_interval fixed_effect adjusted_mean "
        "adjusted_mean_difference variance_component minus_2_reml_loglik mixed_model residual_standard_deviation "
        "ancova",
        Rule.STEP: "roc roc_sensitivity roc_specificity calibration calibration_observed calibration_expected",
    }
    return {name: rule for rule, listed in names.items() for name in listed.split()}


RULES: Mapping[str, Rule] = _rules()


def rule_of(row: Statistic) -> Rule | None:
    """The rule of a row; None where its name is not known. An odds ratio of a model is judged as a model."""
    rule = RULES.get(row.name)
    return Rule.MODEL if rule is Rule.CELLS and "model" in dict(row.about) else rule
