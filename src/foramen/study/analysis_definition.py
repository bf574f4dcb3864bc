"""The kinds of analysis a study document can ask for."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from foramen.catalogue.document import Part

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class OutcomeAt(Part):
    """An outcome at one of its time points (none for an attribute)."""

    outcome: Name
    at: Name | None = None


class GroupedBy(OutcomeAt):
    """What an analysis groups by: classes of an outcome, or some of them."""

    levels: list[str] | None = Field(
        None, min_length=1, description="only these classes, in this order; all when left out"
    )


class _Analysis(Part):
    name: Name
    title: str | None = None


class _OfOutcomes(_Analysis):
    outcomes: list[Name] = Field(min_length=1)
    timepoints: list[Name] | None = Field(None, description="only these; all of each outcome when left out")
    by: GroupedBy | None = Field(None, description="group by this instead of the study's groups")


class Describe(_OfOutcomes):
    """n, missing, mean, SD, median, quartiles and range of numbers; percent with interval of categories."""

    kind: Literal["describe"]
    missing: Literal["available", "complete", "failure"]
    overall: bool = Field(True, description="also all groups together")


class Compare(_OfOutcomes):
    """Tests and effects between groups, at each time point."""

    kind: Literal["compare"]
    missing: Literal["available", "complete", "failure"]
    tests: list[
        Literal[
            "t", "mann_whitney", "kruskal_wallis", "dunn", "chi_square", "fisher", "trend", "risk_difference",
            "risk_ratio", "odds_ratio", "number_needed_to_treat",
        ]
    ] = Field(min_length=1)  # fmt: skip
    pairs: Literal["reference", "all"] = "reference"


class Within(_OfOutcomes):
    """Tests over time, within each group."""

    kind: Literal["within"]
    missing: Literal["available", "complete"]
    tests: list[Literal["paired_t", "wilcoxon", "friedman", "friedman_pairs", "mcnemar"]] = Field(min_length=1)
    overall: bool = True


class Normality(_OfOutcomes):
    """Advisory tests of normality, within each group."""

    kind: Literal["normality"]
    missing: Literal["available", "complete"]
    tests: list[Literal["shapiro", "lilliefors"]] = Field(min_length=1)
    overall: bool = True


class Transition(_Analysis):
    """How many went from each class at one time point to each class at another."""

    kind: Literal["transition"]
    missing: Literal["complete"]
    first: OutcomeAt
    second: OutcomeAt


class Correlate(_Analysis):
    """Association of two numbers."""

    kind: Literal["correlate"]
    missing: Literal["complete"]
    first: OutcomeAt
    second: OutcomeAt
    tests: list[Literal["spearman", "pearson"]] = Field(min_length=1)


class Agreement(_Analysis):
    """Agreement of readers on findings."""

    kind: Literal["agreement"]
    missing: Literal["available", "complete"]
    findings: list[Name] = Field(min_length=1)
    readers: list[Name] = Field(min_length=2)
    measures: list[
        Literal[
            "percent_agreement", "cohen_kappa", "gwet_ac1", "fleiss_kappa", "krippendorff_alpha", "icc", "bland_altman"
        ]
    ] = Field(min_length=1)
    weights: list[Literal["none", "linear", "quadratic"]] | None = Field(
        None, description="of Cohen's kappa; the definition's if left out"
    )
    metric: Literal["nominal", "ordinal", "interval"] = Field("nominal", description="of Krippendorff's alpha")


class Predictor(Part):
    """A variable of a model: a number as it is, a category by its levels against a reference."""

    variable: Name
    at: Name | None = None
    reader: Name | None = None
    reference: str | None = None
    as_: Literal["number", "category"] | None = Field(None, alias="as")


class Optimism(Part):
    """Bootstrap of the whole fit."""

    draws: int = Field(ge=20, le=10_000)
    seed: int


class Logistic(_Analysis):
    """A binary logistic model of a responder."""

    kind: Literal["logistic"]
    missing: Literal["complete"]
    outcome: OutcomeAt
    predictors: list[Predictor] = Field(min_length=1)
    cutoff: Decimal = Field(
        Decimal("0.5"), gt=0, lt=1, description="predicted chance from which a success is predicted"
    )
    optimism: Optimism | None = None
    firth: bool = False


class Mixed(_Analysis):
    """A linear mixed model of a repeated score: time × group + covariates, by REML."""

    kind: Literal["mixed"]
    missing: Literal["available"]
    outcome: Name
    timepoints: list[Name] | None = None
    covariates: list[Predictor] = Field(default_factory=list)
    covariance: Literal["random_intercept", "unstructured"]


class Ancova(_Analysis):
    """Follow-up score by group, adjusted for baseline and covariates."""

    kind: Literal["ancova"]
    missing: Literal["complete"]
    outcome: Name
    at: Name
    baseline: Name
    covariates: list[Predictor] = Field(default_factory=list)


Analysis = Annotated[
    Describe | Compare | Within | Normality | Transition | Correlate | Agreement | Logistic | Mixed | Ancova,
    Field(discriminator="kind"),
]
