"""The study document: what is compared in whom, when, and by which statistics. TOML, checked by a published schema."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from foramen.catalogue.document import Part
from foramen.study.analysis_definition import Analysis
from foramen.study.display_definition import FigureWanted, TableWanted


def _recordable(value: int | Decimal) -> int | Decimal:
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact) >= 10**12 or exact != round(exact, 9):
        raise ValueError("a number here is below 10^12 and has at most 9 decimals")
    return value


Number = Annotated[int | Decimal, AfterValidator(_recordable)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="lower-case letters, digits and _")]


class When(Part):
    """A condition on a person or treatment. What is missing makes it neither true nor false."""

    variable: Name | None = None
    at: Name | None = Field(None, description="time point of the value")
    reader: Name | None = Field(None, description="reader of the imaging finding")
    is_: str | Number | None = Field(None, alias="is")
    is_not: str | Number | None = None
    is_one_of: list[str | Number] | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    below: Number | None = None
    recorded: bool | None = Field(None, description="true: a value is there; false: none is")
    all_: list["When"] | None = Field(None, alias="all")
    any_: list["When"] | None = Field(None, alias="any")
    not_: "When | None" = Field(None, alias="not")

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        combined = [part for part in (self.all_, self.any_, self.not_) if part is not None]
        if (self.variable is not None) + len(combined) != 1:
            raise ValueError("a condition names one variable, or one of all, any, not")
        if combined and self.tests():
            raise ValueError("a condition of all, any or not has no test of its own")
        if self.variable is not None and not self.tests():
            raise ValueError("a condition on a variable needs a test: is, is_one_of, at_least, at_most, recorded …")
        return self

    def tests(self) -> dict[str, Any]:
        """The comparisons asked of the variable, by key."""
        names = ("is_", "is_not", "is_one_of", "at_least", "at_most", "above", "below", "recorded")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class Index(Part):
    """The event that days are counted from, and which of a person's events count."""

    event: Literal["treatment", "allocation", "registration"]
    which: Literal["first", "each", "last"]
    where: When | None = Field(None, description="count only events for which this is true; the first of those, …")


class Step(Part):
    """One line of the flow diagram: who stays."""

    name: str = Field(description="what is true of those who stay, as the flow diagram prints it")
    keep: When
    excluded_as: str | None = Field(None, description="what the flow diagram calls those who leave, as “no pain score”")
    groups: list[str] | None = Field(None, description="apply to these groups only")


class Groups(Part):
    """What is compared: the levels of a variable, in this order."""

    variable: Name
    levels: list[str] | None = Field(None, description="the levels to compare, in order; all when left out")
    reference: str | None = Field(None, description="the level others are compared against; the first when left out")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if self.levels is not None and (not self.levels or len(set(self.levels)) < len(self.levels)):
            raise ValueError("levels name each group once, and at least one")
        return self


class Timepoint(Part):
    """A planned time of an answer. An answer outside the window is not used and is counted."""

    name: Name
    label: str | None = None
    days: Annotated[list[int], Field(min_length=2, max_length=2)] | None = Field(
        None, description="window: first and last day after the index event"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.days and self.days[0] > self.days[1]:
            raise ValueError("the first day of a window is not after its last")
        return self


class Band(Part):
    """One class of a number: at_least ≤ value < below; a bound left out is open; `is` for a single value."""

    label: str
    at_least: Number | None = None
    above: Number | None = None
    below: Number | None = None
    is_: Number | None = Field(None, alias="is")


class Outcome(Part):
    """Something measured. Without `timepoints` it is an attribute such as age."""

    name: Name
    label: str | None = None
    kind: Literal["score", "change", "percent_change", "responder", "category", "count", "recorded"]
    variable: Name
    reader: Name | None = None
    role: Literal["value", "mode"] = Field("value", description="mode: how the answer was given, instead of the answer")
    timepoints: list[Name] = Field(default_factory=list)
    baseline: Name | None = Field(None, description="time point that changes are counted from")
    relief_percent: Number | None = Field(None, gt=0, le=100, description="responder: at least this improvement, in %")
    improvement: Number | None = Field(None, gt=0, description="responder: at least this improvement, in units")
    at_least: Number | None = Field(None, description="responder: the value itself is at least this")
    at_most: Number | None = Field(None, description="responder: the value itself is at most this")
    bands: list[Band] | None = Field(None, description="category: classes of a number")
    bands_of: Literal["value", "change", "relief_percent"] = "value"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        rules = [r for r in (self.relief_percent, self.improvement, self.at_least, self.at_most) if r is not None]
        if (self.kind == "responder") != (len(rules) == 1):
            raise ValueError("a responder has one of relief_percent, improvement, at_least, at_most; nothing else has")
        if self.bands is not None and not self.bands:
            raise ValueError("bands are a list of at least one")
        if self.bands is not None and self.kind != "category":
            raise ValueError("only an outcome of kind category has bands")
        if self.needs_baseline() and self.baseline is None:
            raise ValueError("this outcome needs a baseline: the time point that changes are counted from")
        if self.baseline is not None and not self.needs_baseline():
            raise ValueError(
                "nothing here is counted from the baseline; for a change use improvement or relief_percent"
            )
        if self.needs_baseline() and not self.timepoints:
            raise ValueError("this outcome needs timepoints")
        return self

    def needs_baseline(self) -> bool:
        relative = self.relief_percent is not None or self.improvement is not None
        return self.kind in ("change", "percent_change") or relative or self.bands_of != "value"


class Study(Part):
    """A study, whole."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Annotated[str, Field(min_length=1)]
    version: str = "1"
    question: str | None = None
    unit: Literal["patient", "treatment", "target", "read"]
    preset: Literal["foramen", "spss", "r", "scipy"] = "foramen"
    definitions: dict[str, str] = Field(default_factory=dict, description="overrides of the preset, family = method")
    level: Decimal = Field(
        Decimal("0.95"),
        ge=Decimal("0.5"),
        le=Decimal("0.9999"),
        strict=False,
        description="confidence level of all intervals",
    )
    index: Index
    population: list[Step] = Field(default_factory=list)
    groups: Groups | None = None
    timepoints: list[Timepoint] = Field(default_factory=list)
    outcomes: list[Outcome]
    analyses: list[Analysis]
    style: Name | None = Field(None, description="journal style of the report; european_radiology if left out")
    tables: list[TableWanted] = Field(default_factory=list)
    figures: list[FigureWanted] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_per_patient(self) -> Self:
        if self.unit == "patient" and self.index.which == "each":
            raise ValueError(
                "a study of patients counts the first or the last event of each; unit treatment counts each"
            )
        return self
