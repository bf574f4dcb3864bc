"""Value sets: what may be answered to an item, and how many points an answer is worth."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from foramen.catalogue.document import Part

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Number = int | Decimal
Answer = int | Decimal | str | tuple[str, ...]
"""A checked answer: a step of a scale, an amount, the code of a choice, or the codes of several."""

YES, NO = "yes", "no"


class Scale(Part):
    """Whole numbers from one end to the other."""

    kind: Literal["scale"] = Field(description="a whole number")
    id: Name = Field(description="by which items name it")
    lowest: int = Field(description="the least answer")
    highest: int = Field(description="the greatest answer")
    unit: str = Field("", description="unit of the answer, such as mm")
    each_worded: bool = Field(False, description="true: every step has a text of its own; false: only the two ends")
    labels: dict[str, str] = Field({}, description="the texts of the steps by number; none where a site brings them")

    @model_validator(mode="after")
    def _in_order(self) -> "Scale":
        if self.lowest >= self.highest:
            raise ValueError("the lowest answer of a scale is below its highest")
        return self

    def worded(self) -> list[str]:
        """The steps that have a text."""
        if self.each_worded:
            return [str(step) for step in range(self.lowest, self.highest + 1)]
        return [str(self.lowest), str(self.highest)]

    def texts(self) -> dict[str, str]:
        return self.labels

    def bounds(self) -> tuple[Fraction, Fraction]:
        return Fraction(self.lowest), Fraction(self.highest)

    def points(self, answer: Answer) -> Fraction:
        assert isinstance(answer, int)
        return Fraction(answer)


class Option(Part):
    """One thing to choose."""

    code: Name = Field(description="what is stored")
    label: str = Field("", description="what a person reads; empty where a site brings its own wording")
    points: int | None = Field(None, description="what it counts in a score; left out where it is only a name")


class Choice(Part):
    """Exactly one of several options, in the order in which they are shown."""

    kind: Literal["choice"] = Field(description="one of several options")
    id: Name = Field(description="by which items name it")
    options: list[Option] = Field(min_length=2, description="what can be chosen")

    def codes(self) -> list[str]:
        return [option.code for option in self.options]

    def worded(self) -> list[str]:
        return self.codes()

    def texts(self) -> dict[str, str]:
        return _labels(self.options)

    def bounds(self) -> tuple[Fraction, Fraction] | None:
        """The least and the greatest points; None where an option has none."""
        points = [option.points for option in self.options if option.points is not None]
        return (Fraction(min(points)), Fraction(max(points))) if len(points) == len(self.options) else None

    def points(self, answer: Answer) -> Fraction:
        found = {option.code: option.points for option in self.options}[str(answer)]
        return Fraction(found or 0)


class Several(Part):
    """Any number of options, or the one that says none of them: an empty answer does not say that."""

    kind: Literal["several"] = Field(description="any of several options")
    id: Name = Field(description="by which items name it")
    options: list[Option] = Field(min_length=2, description="what can be chosen")
    none: Name = Field(description="code of the option that says none of the others; it is chosen alone")

    @model_validator(mode="after")
    def _none_is_an_option(self) -> "Several":
        if self.none not in self.codes():
            raise ValueError(f"none = “{self.none}” is not among the options")
        return self

    def codes(self) -> list[str]:
        return [option.code for option in self.options]

    def worded(self) -> list[str]:
        return self.codes()

    def texts(self) -> dict[str, str]:
        return _labels(self.options)

    def bounds(self) -> tuple[Fraction, Fraction]:
        return Fraction(0), Fraction(len(self.options) - 1)

    def points(self, answer: Answer) -> Fraction:
        """How many were chosen."""
        assert isinstance(answer, tuple)
        return Fraction(sum(code != self.none for code in answer))


class Amount(Part):
    """A number with decimals, from 0 up to a limit of entry that is there to stop slips of the pen."""

    kind: Literal["amount"] = Field(description="an amount with a unit")
    id: Name = Field(description="by which items name it")
    highest: Number = Field(gt=0, description="the greatest amount that can be entered; no limit of a dose")
    decimals: int = Field(ge=0, le=3, description="how many decimals can be entered")
    unit: str = Field(min_length=1, description="unit of the amount, such as mg per day")

    def worded(self) -> list[str]:
        return []

    def texts(self) -> dict[str, str]:
        return {}

    def bounds(self) -> tuple[Fraction, Fraction]:
        return Fraction(0), Fraction(self.highest)

    def points(self, answer: Answer) -> Fraction:
        assert isinstance(answer, int | Decimal)
        return Fraction(answer)


ValueSet = Annotated[Scale | Choice | Several | Amount, Field(discriminator="kind")]


def _labels(options: Sequence[Option]) -> dict[str, str]:
    return {option.code: option.label for option in options if option.label}
