"""What a study document can ask the report to show: tables by layout, figures by kind."""

from typing import Annotated, Literal

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.study.analysis_definition import Name

Layout = Literal[
    "listing", "characteristics", "scores", "responders", "proportions", "predictors", "performance", "agreement",
    "complications", "satisfaction", "dose", "medication", "by_mode", "transition", "completeness", "volume",
]  # fmt: skip
"""How a table is laid out. `listing` shows every statistic of its analyses, one under the other."""

FigureKind = Literal[
    "trajectory", "box_plot", "alluvial", "forest", "roc", "calibration", "agreement_matrix", "bars",
]  # fmt: skip

Summary = Literal["mean_sd", "median_iqr", "range"]


class Decimals(Part):
    """Decimals of a table where the journal style's own do not fit."""

    mean: Annotated[int, Field(ge=0, le=6)] | None = Field(None, description="of means and standard deviations")
    quantile: Annotated[int, Field(ge=0, le=6)] | None = Field(None, description="of medians, quartiles and extremes")
    percent: Annotated[int, Field(ge=0, le=3)] | None = None


class _Shown(Part):
    title: Annotated[str, Field(min_length=1)]
    analyses: list[Name] = Field(min_length=1, description="the analyses whose results are shown")
    outcomes: list[Name] | None = Field(
        None, description="rows or panels, in this order; all of the analyses if left out"
    )
    timepoints: list[Name] | None = Field(None, description="only these; all if left out")
    note: str | None = Field(None, description="printed below")


class TableWanted(_Shown):
    """A table of the report."""

    layout: Layout = "listing"
    summary: list[Summary] | None = None
    overall: bool = Field(False, description="also a column for everybody, beside the groups")
    decimals: Decimals = Field(default_factory=Decimals)


class FigureWanted(_Shown):
    """A figure of the report."""

    kind: FigureKind
    centre: Literal["mean", "median"] = "mean"
