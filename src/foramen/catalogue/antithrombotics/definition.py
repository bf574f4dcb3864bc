"""What a policy file for antithrombotic drugs and NSAIDs holds."""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs
from foramen.catalogue.definition import PolicyDefinition
from foramen.catalogue.document import Part
from foramen.catalogue.drugs import DrugClass
from foramen.catalogue.worked import Worked

Condition = Literal["indication", "stratum", "renal_function", "thromboembolic_risk"]
CONDITIONS: tuple[Condition, ...] = ("indication", "stratum", "renal_function", "thromboembolic_risk")
UnlistedClass = DrugClass | Literal["combination analgesic", "unrecognised"]

HOURS = r"^([1-9][0-9]*|0) (h|days?)$"
MAX_OFF = 72
"""Hours beyond the hold after which an agent is over-held. A proposal; no source prints it."""


def hours_of(text: object) -> int:
    """`75 h` or `3 days` as hours. Nothing else converts."""
    found = re.fullmatch(HOURS, text, re.ASCII) if isinstance(text, str) else None
    if found is None:
        raise ValueError("this does not convert to hours: write a whole number with h or days, such as “75 h”")
    return int(found[1]) * (1 if found[2] == "h" else 24)


Hours = Annotated[int, BeforeValidator(hours_of), WithJsonSchema({"type": "string", "pattern": HOURS})]


class Hold(Part):
    """What comes before the procedure."""

    printed: str = Field(description="the text of the source; “-” where it prints none")
    check: Hours | None = Field(None, description="elapsed time from last dose to needle that lets the gate pass")
    floor: Hours | None = Field(None, description="from here to `check` a person decides; below it is HOLD")
    drug_free_days: int | None = Field(
        None,
        ge=0,
        description="full calendar days without a dose before the day of the procedure",
    )
    max_off: Hours | None = Field(None, description="off the drug longer than this is over-held")

    @property
    def is_range(self) -> bool:
        return self.check is not None and self.floor is not None and self.floor < self.check

    @property
    def continues(self) -> bool:
        """The drug need not be stopped."""
        return self.check == 0

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        check, floor = self.check, self.floor
        if (check is None) != (floor is None) or (check is not None and floor is not None and floor > check):
            raise ValueError("check and floor stand together, and floor is not the longer one")
        if check is None and (self.drug_free_days is not None or self.max_off is not None):
            raise ValueError("without a check there are no drug-free days and no max_off")
        if check and self.drug_free_days is not None and self.drug_free_days * 24 > check:
            raise ValueError("so many drug-free days are longer than the check")
        if check and self.max_off != check + MAX_OFF:
            raise ValueError(f"max_off is {MAX_OFF} h beyond the check: write “{check + MAX_OFF} h”")
        return self


class StandardDose(Part):
    """An earlier restart where it is with a standard dose, without a loading dose."""

    dose: str = Field(description="the dose with which it may be started earlier, such as “75 mg”")
    earliest: Hours = Field(description="elapsed time from needle-out to the earliest restart with it")


class Restart(Part):
    """What comes after the procedure, counted from needle-out."""

    printed: str = Field(description="the text of the source; “-” where it prints none")
    earliest: Hours | None = Field(None, description="elapsed time from needle-out to the earliest restart")
    usual: Hours | Literal["next day"] | None = Field(
        None, description="elapsed time to the usual restart; next day: the start of the next calendar day, if later"
    )
    shortened: bool = Field(False, description="true: the printed text is told in our words, so it is not quoted")
    is_range: bool = Field(
        False, description="true: the source prints a range, whose lower end is not offered to patients of stratum HIGH"
    )
    standard_dose: StandardDose | None = Field(None, description="the dose that may be started earlier")


class Row(Part):
    """One row of the table, or one answer of a row that gives several."""

    id: Annotated[str, Field(pattern=r"^AC-[0-9]{2}[a-z]?(-[a-z]+)*$")] = Field(
        description="number of the row; what follows a hyphen names an answer of it"
    )
    drug: str | None = Field(None, description="generic name; a drug of the table of names")
    drug_class: UnlistedClass | None = Field(None, description="instead of a drug: a class, for drugs in no other row")
    drug_printed: str = Field(description="how the source names the drug; “-” where it does not")
    brands: list[str] = Field([], description="the brands that the source prints")
    when: dict[Condition, list[str]] = Field({}, description="the row holds where each of these is one of the values")
    hold: Hold = Field(description="before the procedure")
    restart: Restart = Field(description="after the procedure")
    inr_at_most: Decimal | None = Field(None, description="INR of the procedure's local date that lets the gate pass")
    coordination: bool = Field(False, description="the prescriber's agreement has to be recorded")
    always_decide: bool = Field(False, description="a person decides, however long the drug has been stopped")
    stopping_not_essential: bool = Field(
        False, description="going on with the drug is a decision that may be recorded, never a silent OK"
    )
    outcome: Literal["STOP", "DECIDE", "NA"] | None = Field(
        None, description="for classes: the outcome, as there is no number; NA: the policy is not about them"
    )
    reason: str = Field(description="why, in words a nurse would accept")
    source: str = Field(description="key of the source")
    locator: str = Field("", description="row of the source")
    remarks: list[str] = Field([], description="what else a reader of the row should know")

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if (self.drug is None) == (self.drug_class is None):
            raise ValueError("a row is of a drug or of a drug_class, and not of both")
        if (self.drug_class is None) != (self.outcome is None):
            raise ValueError("a row of a drug_class has an outcome, and a row of a drug has none")
        if self.drug is not None and self.hold.check is None and not self.always_decide:
            raise ValueError("a row without a number is for a person to decide: always_decide = true")
        return self


class Declared(Part):
    """A question on which rows may depend. Its values are all there are: a row may name no other."""

    name: Condition = Field(description="name of the question, as rows use it")
    values: list[str] = Field(min_length=2, description="every answer there is")
    about: str = Field(description="what is asked, and how a missing answer counts")


class Ambiguity(Part):
    """A place where the source can be read in more than one way."""

    id: Annotated[str, Field(pattern=r"^A[0-9]+$")] = Field(description="number")
    printed: str = Field(description="what the source says; its own words stand in quotation marks, ours do not")
    problem: str = Field(description="how it can be read")
    resolved: str = Field(description="how it is read here: the reading that is cautious about bleeding")
    rows: list[str] = Field([], description="rows it concerns; none: all of them")


class Comparison(Part):
    """What other published sources say. It is shown beside the policy and never merged with it."""

    topic: str = Field(description="what is compared")
    rows: list[str] = Field([], description="rows it concerns; none: all of them")
    here: str = Field(description="what this policy says")
    elsewhere: str = Field(description="what the other sources say")
    sources: list[str] = Field([], description="keys of those sources")
    direction: str = Field(description="which of them asks for more")


class Elsewhere(Part):
    """A figure that another source prints for a drug that this policy does not name."""

    drug: str = Field(description="generic name; a drug of the table of names")
    says: str = Field(description="the figure, in words")
    source: str = Field(description="key of the source")


class Example(Worked):
    """A worked example: a question in full, and what is to come out."""

    given: AntithromboticInputs = Field(description="the question, as an inputs document would ask it")


class Antithrombotics(PolicyDefinition):
    """A policy for antithrombotic drugs, NSAIDs and supplements around an injection at the spine."""

    questions: list[Declared] = Field(min_length=1, description="on what rows may depend")
    rows: list[Row] = Field(min_length=1, description="the table")
    ambiguities: list[Ambiguity] = Field([], description="where the source can be read in more than one way")
    comparisons: list[Comparison] = Field([], description="what other sources say about the same")
    elsewhere: list[Elsewhere] = Field([], description="figures of other sources for drugs in no row")
    examples: list[Example] = Field([], description="worked examples; checking a file runs them")

    def row(self, identifier: str) -> Row:
        return next(row for row in self.rows if row.id == identifier)
