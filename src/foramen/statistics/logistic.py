"""Rows about a fitted logistic model: odds ratios, coefficients, and how much the model explains."""

import math
from dataclasses import replace

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_method
from foramen.statistics.covariate_patterns import covariate_patterns
from foramen.statistics.logistic_fit import Fit
from foramen.statistics.logistic_profile import profile_interval
from foramen.statistics.normal import chi_square_tail, normal_quantile, two_sided_normal
from foramen.statistics.result import Statistic, about
from foramen.statistics.tables import CountTable

Interval = tuple[float | None, float | None]

_INTERVALS = {"wald": "Wald interval", "profile": "profile-likelihood interval"}
_FEW_PER_TERM = 10
_LARGEST_EXPONENT = 700.0


def odds_ratios(fit: Fit, *, level: float, method: str, table: CountTable | None = None) -> list[Statistic]:
    """Rows `odds_ratio` for each covariate, `coefficient` (its logarithm) and `coefficient_standard_error` for each
    term, the intercept among them.

    `method` chooses the interval: wald (symmetric on the log scale; what SPSS prints) or profile (what R's confint
    gives; needs the `table` of patterns the model was fitted to). The test is Wald's z either way, as SPSS and R's
    summary have it, so beside a profile interval a p near 1 - level may disagree with it. The standard error comes from
    the inverse information.
    """
    require_method("logistic_interval", method)
    if fit.error:
        return _failed_rows(fit)
    intervals = _profile(fit, level, table) if method == "profile" else _wald(fit, level)
    rows = [_coefficient(fit, index, interval, level, method) for index, interval in enumerate(intervals)]
    return [*(_exponentiated(row) for row in rows[1:]), *rows, *_standard_errors(fit)]


def model_fit(fit: Fit) -> list[Statistic]:
    """Rows `log_likelihood`, `likelihood_ratio` (against the intercept alone), `cox_snell_r2`, `nagelkerke_r2`, `aic`.

    Cox and Snell 1989; Nagelkerke 1991. The null log-likelihood is in closed form, so Nagelkerke's R² is exact;
    statsmodels finds it by an optimiser and is off in the ninth digit. A penalised fit has the penalised likelihood and
    its ratio test only: R² and AIC are not defined for it. Fewer than ten of the rarer outcome per term is warned of
    (Peduzzi 1996).
    """
    names = ("log_likelihood", "likelihood_ratio", "cox_snell_r2", "nagelkerke_r2", "aic")
    blank = {name: _blank(fit, name, _FIT_METHODS[name]) for name in names}
    if fit.error:
        return [replace(row, error=fit.error) for row in blank.values()]
    chi_square, df = max(2 * (fit.loglik - fit.null_loglik), 0.0), len(fit.terms) - 1
    p, log10_p = chi_square_tail(chi_square, df)
    ratio = replace(blank["likelihood_ratio"], statistic=chi_square, df=float(df), p=p, log10_p=log10_p)
    rows = [replace(blank["log_likelihood"], estimate=fit.loglik), _warned_if_few(ratio, fit)]
    return [*rows, *_explained(fit, [blank[name] for name in names[2:]])]


_FIT_METHODS = {
    "log_likelihood": "log-likelihood",
    "likelihood_ratio": "likelihood-ratio chi-square against the model without covariates",
    "cox_snell_r2": "Cox and Snell R²",
    "nagelkerke_r2": "Nagelkerke R², null model in closed form",
    "aic": "Akaike information criterion",
}


def _explained(fit: Fit, rows: list[Statistic]) -> list[Statistic]:
    if fit.penalised:
        return [replace(row, error="not defined for a penalised fit") for row in rows]
    cox_snell = -math.expm1(2 * (fit.null_loglik - fit.loglik) / fit.n)
    most = -math.expm1(2 * fit.null_loglik / fit.n)
    values = (cox_snell, cox_snell / most, 2 * len(fit.terms) - 2 * fit.loglik)
    return [replace(row, estimate=value) for row, value in zip(rows, values, strict=True)]


def _warned_if_few(row: Statistic, fit: Fit) -> Statistic:
    rarer = min(fit.successes, fit.n - fit.successes)
    if rarer >= _FEW_PER_TERM * (len(fit.terms) - 1):
        return row
    return row.warned(
        f"{rarer} of the rarer outcome for {len(fit.terms) - 1} terms is fewer than {_FEW_PER_TERM} per term; "
        "the model fits these patients better than it will fit others"
    )


def _wald(fit: Fit, level: float) -> list[Interval]:
    reach = normal_quantile(level)
    return [(b - reach * se, b + reach * se) for b, se in zip(fit.coefficients, fit.standard_errors, strict=True)]


def _profile(fit: Fit, level: float, table: CountTable | None) -> list[Interval]:
    if table is None:
        raise StatisticError.single(
            "profile-likelihood intervals need the covariate patterns", remedy="give the table, or ask for Wald's"
        )
    patterns = covariate_patterns(table, fit.terms[1:])
    if (patterns.n, int(patterns.successes.sum())) != (fit.n, fit.successes):
        raise StatisticError.single("the table is not the one the model was fitted to")
    return [profile_interval(patterns, fit, index, level=level) for index in range(len(fit.terms))]


def _coefficient(fit: Fit, index: int, interval: Interval, level: float, method: str) -> Statistic:
    estimate = fit.coefficients[index]
    z = estimate / fit.standard_errors[index]
    p, log10_p = two_sided_normal(z)
    row = replace(
        _blank(fit, "coefficient", f"log odds ratio, Wald test, {_INTERVALS[method]}"),
        about=about(term=fit.terms[index].label),
        estimate=estimate,
        lower=interval[0],
        upper=interval[1],
        level=level,
        statistic=z,
        p=p,
        log10_p=log10_p,
    )
    return row.warned("the profile has no end on one side") if None in interval else row


def _exponentiated(row: Statistic) -> Statistic:
    exponents = [row.estimate, row.lower, row.upper]
    row = replace(row, name="odds_ratio", method=row.method.replace("log odds ratio", "odds ratio"))
    if any(value is not None and value > _LARGEST_EXPONENT for value in exponents):
        far = "the odds ratio per unit is too large for a number; express the covariate in a smaller unit"
        return replace(row, estimate=None, lower=None, upper=None, error=far)
    estimate, lower, upper = (None if value is None else math.exp(value) for value in exponents)
    return replace(row, estimate=estimate, lower=lower, upper=upper)


def _standard_errors(fit: Fit) -> list[Statistic]:
    blank = _blank(fit, "coefficient_standard_error", "standard error of the log odds ratio")
    return [
        replace(blank, about=about(term=term.label), estimate=value)
        for term, value in zip(fit.terms, fit.standard_errors, strict=True)
    ]


def _failed_rows(fit: Fit) -> list[Statistic]:
    labels = [term.label for term in fit.terms]
    wanted = {"odds_ratio": labels[1:], "coefficient": labels, "coefficient_standard_error": labels}
    return [
        replace(_blank(fit, name, name.replace("_", " ")), about=about(term=label), error=fit.error)
        for name, named in wanted.items()
        for label in named
    ]


def _blank(fit: Fit, name: str, method: str) -> Statistic:
    estimator = "Firth's penalised likelihood" if fit.penalised else "maximum likelihood"
    text = f"{method}; logistic regression, {estimator}"
    return Statistic(name=name, method=text, n=fit.n, denominator=fit.denominator, inputs=fit.inputs)
