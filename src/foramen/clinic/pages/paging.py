"""Lists in pages: searched, filtered, sorted and cut on the server, with the same number of queries however long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from foramen.catalogue.inputs import FIRST_YEAR, LAST_YEAR
from foramen.clinic.domain.times import age_on as age_on
from foramen.clinic.models import Site
from foramen.clinic.records.finding import find_patients

ROWS = 25
SEARCH = (
    "Beginnings of names of three letters or more, a whole number, a birth date such as 24.3.1961, or a phone number."
)
"""How one can search: names are sealed, and the database knows no more of them."""

MOST_COUNTED = 1000
"""Rows beyond this many are not counted: nobody reads that far, and counting all of them costs more than the page."""

_NEAR = 2
_NONE: Mapping[str, Sequence[tuple[str, str]]] = {}
_HIGHEST_PAGE = 1_000_000


class ListFilter(forms.Form):
    """What a list is narrowed to. Everything may stay empty; what cannot be read narrows nothing and says so."""

    sorted_by: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Name of an order -> fields of the database; the first one is what is shown unless another is asked for."""

    def __init__(self, request: HttpRequest, choices: Mapping[str, Sequence[tuple[str, str]]] = _NONE) -> None:
        super().__init__(request.GET)
        for name, offered in choices.items():
            cast(forms.ChoiceField, self.fields[name]).choices = [("", "any"), *offered]
        self.is_valid()
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "field__in")

    def asked(self, name: str) -> Any:
        """What was asked for, or nothing where it was left empty or cannot be read."""
        return self.cleaned_data.get(name) or None

    @property
    def order(self) -> tuple[str, ...]:
        """The fields to sort by; a name that is not known counts as the first."""
        asked = str(self.data.get("sort", ""))
        found = self.sorted_by.get(asked)
        return found or next(iter(self.sorted_by.values()), ())

    @property
    def sort(self) -> str:
        """The name of the order that is shown."""
        asked = str(self.data.get("sort", ""))
        return asked if asked in self.sorted_by else next(iter(self.sorted_by), "")

    @property
    def is_narrowed(self) -> bool:
        return any(self.asked(name) for name in self.fields)


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the pager; without an address it is where one is, or a gap."""

    label: str
    address: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page of a list, and the way to the others."""

    rows: Sequence[Any]
    number: int
    total: int
    more_than_counted: bool
    steps: Sequence[Step]
    earlier: str
    later: str

    @property
    def counted(self) -> str:
        """How many rows there are, in words of a heading."""
        return f"more than {MOST_COUNTED}" if self.more_than_counted else str(self.total)

    @property
    def first(self) -> int:
        return (self.number - 1) * ROWS + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


class SearchField(forms.CharField):
    """Whom a list is narrowed to."""

    def __init__(self, label: str = "Patient") -> None:
        super().__init__(label=label, required=False, max_length=80, help_text=SEARCH)


def page_of(request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", *also: str) -> Page:
    """The page that the address asks for; of one that does not exist, the first. Two queries. With `also`, the rows
    that those of the page link to: they are read for those alone, when it is known which they are."""
    counted = rows.order_by()[: MOST_COUNTED + 1].count() if isinstance(rows, QuerySet) else len(rows)
    number = _asked_number(request.GET, counted)
    found = _read(rows, slice((number - 1) * ROWS, number * ROWS + 1), also)
    last_known = -(-min(counted, MOST_COUNTED) // ROWS) or 1
    return Page(
        rows=found[:ROWS], number=number, total=min(counted, MOST_COUNTED), more_than_counted=counted > MOST_COUNTED,
        steps=tuple(_steps(request.GET, number, max(last_known, number))),
        earlier=_address(request.GET, number - 1) if number > 1 else "",
        later=_address(request.GET, number + 1) if len(found) > ROWS else "",
    )  # fmt: skip


def _read(rows: "QuerySet[Any] | Sequence[Any]", part: slice, also: Sequence[str]) -> Sequence[Any]:
    """A database that sorts whole rows carries all their columns along; here it sorts keys."""
    if not isinstance(rows, QuerySet) or not also:
        return list(rows[part])
    keys = rows.values("pk")[part]
    return list(rows.model._default_manager.filter(pk__in=keys).select_related(*also).order_by(*rows.query.order_by))


def _asked_number(sent: QueryDict, counted: int) -> int:
    asked = str(sent.get("page", "1"))
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    beyond = (number - 1) * ROWS >= counted and counted <= MOST_COUNTED
    return 1 if number < 1 or number > _HIGHEST_PAGE or beyond else number


def _steps(sent: QueryDict, number: int, last: int) -> Sequence[Step]:
    shown = sorted({1, last, *range(max(1, number - _NEAR), min(last, number + _NEAR) + 1)})
    steps: list[Step] = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page > before + 1:
            steps.append(Step("⋯"))
        steps.append(Step(str(page), _address(sent, page), here=page == number))
    return steps if last > 1 else ()


def _address(sent: QueryDict, page: int) -> str:
    """The same list, another page."""
    kept = [(name, value) for name, values in sent.lists() if name != "page" for value in values if value]
    return "?" + urlencode([*kept, ("page", page)])


def sort_addresses(request: HttpRequest, shown: ListFilter) -> dict[str, str]:
    """For each order of a list the address that shows it."""
    kept = [
        (name, value) for name, values in request.GET.lists() if name not in ("page", "sort")
        for value in values if value
    ]  # fmt: skip
    return {name: "?" + urlencode([*kept, ("sort", name)]) for name in shown.sorted_by}


def of_patients(rows: "QuerySet[Any]", text: str | None, site: Site) -> "QuerySet[Any]":
    """Rows of the patients of a site that a search means, or of all."""
    return rows.filter(patient__in=find_patients(site, text).patients) if text else rows


class DateInput(forms.DateInput):
    """A day, by the calendar of the browser."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day of a year in which somebody can have lived or can be booked."""

    widget = DateInput

    def __init__(self, **more: Any) -> None:
        first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
        said = "Look at the year."
        super().__init__(validators=[MinValueValidator(first, said), MaxValueValidator(last, said)], **more)
