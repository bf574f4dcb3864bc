"""The printed facts of a paper: single numbers and whole tables, each with the place where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import CoreSchema, core_schema

from foramen.catalogue.document import Part
from foramen.evidence.printed import Printed, is_number
from foramen.kernel.errors import DefinitionError

Quantity = Literal["dose_area_product", "ctdivol", "dose_length_product", "air_kerma", "effective_dose"]


class Reference(str):
    """Names a fact of the document: the name of one below [facts], or `table/row/column`."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema(strict=True, min_length=1))


class TableName(Reference):
    """Names a table of the document."""

    __slots__ = ()


def _number(text: str) -> str:
    if not is_number(text):
        raise ValueError("this is not a number as printed: 51.29, < 0.001 and 54.3% are, with a point for the decimals")
    return text


NumberText = Annotated[str, AfterValidator(_number)]


class Fact(Part):
    """One printed number."""

    printed: NumberText = Field(description="the number as the paper prints it, in quotes so that its decimals stay")
    at: str = Field(min_length=1, description="where it stands: table, row and column, or section and paragraph")
    unit: str | None = Field(None, description="its unit as printed, where a check needs it")
    quantity: list[Quantity] | None = Field(
        None,
        min_length=1,
        description="of a radiation dose: the quantity measured; several if the paper leaves it open",
    )


@dataclass(frozen=True, slots=True)
class PrintedFact:
    """A fact that was looked up: its number read, its place in words."""

    printed: Printed
    at: str
    unit: str | None = None
    quantity: tuple[Quantity, ...] = ()

    @property
    def text(self) -> str:
        return self.printed.text

    @property
    def count(self) -> int:
        """The number as a count of people."""
        if self.printed.is_rounded or self.printed.relation or self.printed.value < 0:
            raise DefinitionError.single(
                f"a count is needed here, for “{self.at}”", received=self.text, remedy="a whole number without %"
            )
        return int(self.printed.value)

    @property
    def size(self) -> int:
        """The number as the size of a group: somebody is in it."""
        if self.count == 0:
            raise DefinitionError.single(f"a group with somebody in it is needed here, for “{self.at}”", received="0")
        return self.count


class PrintedTable(Part):
    """A printed table, or the part of it that belongs together: one number in each cell."""

    name: str = Field(min_length=1, description="by which checks refer to it")
    at: str = Field(min_length=1, description="where it stands")
    columns: list[str] = Field(min_length=1, description="a name for each column of numbers, without /")
    rows: dict[str, list[str]] = Field(
        min_length=1,
        description="the cells of each row as printed, by a name without /; empty where nothing is printed",
    )

    @model_validator(mode="after")
    def _is_a_table(self) -> "PrintedTable":
        faults = [f"“{name}” has a / in its name" for name in (*self.columns, *self.rows) if "/" in name]
        for name, cells in self.rows.items():
            if len(cells) != len(self.columns):
                faults.append(f"“{name}” has {len(cells)} cells for {len(self.columns)} columns")
            faults += [
                f"“{cell}” in “{name}” is not a number as printed" for cell in cells if cell and not is_number(cell)
            ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def cell(self, row: str, column: str) -> PrintedFact | None:
        """A cell; None where nothing is printed."""
        text = self.rows[self._known("row", row, [*self.rows])][self._position(column)]
        return PrintedFact(Printed.read(text), f"{self.at}, {row}, {column}") if text else None

    def column(self, column: str) -> dict[str, PrintedFact]:
        """The printed cells of a column, by row."""
        cells = {row: self.cell(row, column) for row in self.rows}
        return {row: cell for row, cell in cells.items() if cell is not None}

    def _position(self, column: str) -> int:
        return self.columns.index(self._known("column", column, self.columns))

    def _known(self, kind: str, name: str, names: Sequence[str]) -> str:
        if name not in names:
            raise _unknown(f"table “{self.name}” has no such {kind}", name, names)
        return name


class Facts(Part):
    """The facts of a document, looked up by reference."""

    facts: dict[str, Fact] = Field(default_factory=dict, description="single numbers, by a name of your own without /")
    tables: list[PrintedTable] = Field(default_factory=list, description="printed tables")

    def fact(self, reference: Reference) -> PrintedFact:
        """The fact a reference names; refuses one that names nothing."""
        if "/" not in reference:
            if reference not in self.facts:
                raise _unknown("there is no such fact", reference, [*self.facts])
            found = self.facts[reference]
            return PrintedFact(Printed.read(found.printed), found.at, found.unit, tuple(found.quantity or ()))
        table, *place = reference.split("/")
        if len(place) != 2:
            raise DefinitionError.single(
                "a cell is named by table, row and column", received=reference, remedy="table/row/column"
            )
        cell = self.table(table).cell(*place)
        if cell is None:
            raise DefinitionError.single("nothing is printed in this cell", received=reference)
        return cell

    def table(self, name: str) -> PrintedTable:
        for table in self.tables:
            if table.name == name:
                return table
        raise _unknown("there is no such table", name, [table.name for table in self.tables])

    def resolve(self, reference: Reference) -> None:
        """Refuse a reference that names nothing."""
        if isinstance(reference, TableName):
            self.table(reference)
        else:
            self.fact(reference)


def _unknown(what: str, name: str, names: Sequence[str]) -> DefinitionError:
    near = get_close_matches(name, names, n=1)
    known = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
    return DefinitionError.single(
        what, received=name, remedy=f"did you mean “{near[0]}”?" if near else f"one of {known or 'none: add it'}"
    )
