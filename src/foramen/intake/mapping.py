"""The mapping document: what each column of a source table means. TOML, checked by a published schema."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from foramen.catalogue.document import Part
from foramen.intake.dates import DateFormat

Number = int | Decimal
_NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


def _named(text: str) -> str:
    """Refuses what is no name in words instead of by its pattern."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        raise ValueError("a name is lower case letters, digits and _, and begins with a letter")
    if "__" in text or text.endswith("_"):
        raise ValueError("a name has no two _ together, and none at its end")
    return text


Name = Annotated[
    str,
    AfterValidator(_named),
    Field(json_schema_extra={"pattern": _NAME}, description="lower_snake, no double underscore"),
]
Codes = dict[str, str]
Table = Literal[
    "patients", "orders", "visits", "treatments", "targets", "medications", "assessments", "items", "reads", "events",
    "doses", "contacts", "allocations",
]  # fmt: skip
Encoding = Literal["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15"]


class SourceFormat(Part):
    """How the files are written."""

    format: Literal["csv", "tsv", "xlsx", "parquet"] | None = Field(None, description="by the file's name if left out")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="between cells: a comma for csv, a tab for tsv if left out"
    )
    encoding: Encoding = Field("utf-8", description="of text files; utf-8 with or without a byte order mark")
    decimal: Literal[".", ","] = Field(".", description="decimal mark; a separator of thousands is refused")
    dates: DateFormat = Field(
        "YYYY-MM-DD", description="how dates are written as text; true dates of Excel and Parquet need nothing"
    )
    sheet: str | None = Field(None, description="sheet of an Excel file; needed when it has several")
    missing: list[str] = Field(default_factory=list, description="cells that mean missing; an empty cell always does")
    suppressed: list[str] = Field(default_factory=list, description="cells that mean withheld by the source")
    other_columns: Literal["refuse", "ignore"] = Field(
        "refuse", description="what to do with source columns that the mapping does not name"
    )


class RowMapping(Part):
    """What a row of the source is."""

    shape: Literal["wide", "long"] = Field(
        description="wide: a row per index event; long: a row per index event and time point"
    )
    patient: str | None = Field(None, description="column of the patient's number at the site; not kept")
    each_row_a_patient: bool = Field(False, description="the source has no patient number and no patient twice")
    timepoint: str | None = Field(None, description="column that says which time point a row of a long table is of")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.patient is None) != self.each_row_a_patient:
            raise ValueError("give the column of the patient's number, or each_row_a_patient = true, not both")
        if (self.timepoint is not None) != (self.shape == "long"):
            raise ValueError("a long table names its timepoint column; a wide table has none")
        if self.each_row_a_patient and self.shape == "long":
            raise ValueError("a long table needs the column of the patient's number")
        return self


class IndexEventMapping(Part):
    """The event that days are counted from."""

    kind: Literal["treatment", "allocation", "registration"]
    key: str | None = Field(None, description="column that tells a patient's index events apart; not kept")
    date: str | None = Field(None, description="column of its date; only differences of days are kept")
    repeats: Literal["refuse", "each_row"] = Field(
        "refuse", description="a second row of a patient, where no key tells them apart: a fault, or another event"
    )

    @model_validator(mode="after")
    def _registered_once(self) -> Self:
        if self.kind == "registration" and (self.key is not None or self.repeats != "refuse"):
            raise ValueError("a patient is registered once: a registration has no key and no repeats")
        return self


class SiteMapping(Part):
    """Which site a row is of. Patient numbers are told apart by site."""

    column: str | None = None
    constant: str | None = Field(None, description="all rows are of this site")
    files: dict[str, str] | None = Field(None, description="site by file name")
    codes: Codes | None = Field(None, description="label of each site code; the codes themselves if left out")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.column, self.constant, self.files)) != 1:
            raise ValueError("a site is given by one of column, constant, files")
        if self.codes is not None and self.column is None:
            raise ValueError("codes belong to a site column")
        return self


class TimepointMapping(Part):
    """A planned time of an answer."""

    label: str = ""
    day: int | None = Field(None, description="planned day after the index event")
    codes: list[str] = Field(default_factory=list, description="what the timepoint column of a long table says")


class VariableMapping(Part):
    """Something recorded, whatever columns it comes from."""

    table: Table = Field(description="home in the snapshot, see the data dictionary")
    kind: Literal["number", "category"]
    label: str = ""
    unit: str = ""
    decimals: Annotated[int, Field(ge=0, le=9)] = 0
    low: Number | None = Field(None, description="smallest possible value; a smaller one is a fault")
    high: Number | None = Field(None, description="largest possible value; a larger one is a fault")
    codes: Codes | Name | None = Field(None, description="label of each source code, or the name of a code list")
    better: Literal["lower", "higher"] | None = Field(None, description="which direction is an improvement")
    instrument: str | None = Field(None, description="of an item: the questionnaire")
    item: str | None = Field(None, description="of an item: which question")


class ColumnMapping(Part):
    """What stands in one column of the source."""

    variable: Name | None = None
    ignore: bool = Field(False, description="read past this column")
    role: Literal["value", "day", "date", "mode"] = Field(
        "value",
        description="day: whole days after the index event; date: a date, turned into days; mode: how answered; "
        "each of every assessment of its time point if `variable` is left out",
    )
    timepoint: Name | None = Field(None, description="when it was answered")
    timepoints: list[Name] | None = Field(None, description="long: asked at these only; an answer elsewhere is a fault")
    reader: Name | None = Field(None, description="who read the images")
    target: Annotated[int, Field(ge=1, le=999)] | None = Field(None, description="number of the target")
    missing: list[str] = Field(default_factory=list, description="more cells that mean missing")
    suppressed: list[str] = Field(default_factory=list, description="more cells that mean withheld")
    codes: Codes | Name | None = Field(None, description="other source codes than the variable's, same labels")
    multiply: Number | None = Field(None, description="factor from the source's unit to the variable's")
    source_unit: str | None = Field(None, description="the source's unit; needs multiply")
    round: bool = Field(False, description="round to the declared decimals, half away from zero; else more are a fault")


class TableMapping(Part):
    """A mapping, whole."""

    title: str
    origin: str = Field(description="where the data come from and under which licence; stands in the manifest")
    day: date = Field(description="the day the source was extracted")
    people: Literal["recorded", "reconstructed", "invented"] = Field(
        "recorded",
        description="reconstructed from printed tables, or invented: needs no disclosure control, and says so",
    )
    source: SourceFormat = Field(default_factory=SourceFormat)
    rows: RowMapping
    index_event: IndexEventMapping
    site: SiteMapping
    timepoints: dict[Name, TimepointMapping] = Field(default_factory=dict)
    code_lists: dict[Name, Codes] = Field(default_factory=dict, description="source code = label, used by name")
    variables: dict[Name, VariableMapping]
    columns: dict[str, ColumnMapping] = Field(description="by the header of the source column")

    def key_columns(self) -> list[str]:
        """Source columns that identify a row and are not kept as they are."""
        named = (self.rows.patient, self.rows.timepoint, self.index_event.key, self.index_event.date, self.site.column)
        return [name for name in named if name is not None]

    def wanted_columns(self) -> list[str]:
        """Source columns that every file must have."""
        kept = [header for header, column in self.columns.items() if not column.ignore]
        return list(dict.fromkeys([*self.key_columns(), *kept]))

    def codes_of(self, codes: Codes | str | None) -> Codes:
        """The code list itself, given or named."""
        return self.code_lists.get(codes, {}) if isinstance(codes, str) else codes or {}
