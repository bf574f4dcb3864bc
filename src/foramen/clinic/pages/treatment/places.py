"""Places in forms: where (a root or a level with its approach), and the side. Both are chosen, never typed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField

from foramen.clinic.domain.places import BY_ROUTE
from foramen.clinic.pages.treatment import spine
from foramen.clinic.pages.treatment.step_form import SIDES, StepForm, one_of

Options = Sequence[tuple[str, Sequence[tuple[str, str]]]]

MEDIAL = "medial branch"
"""An approach of the policies that the map does not draw; its levels are those of the facets."""


def approaches() -> Sequence[tuple[str, str]]:
    return tuple((one, one) for one in (*spine.APPROACHES, MEDIAL))


def places_of(approach: str) -> Sequence[str]:
    """Roots or levels of an approach, from the top to the bottom."""
    known = [one for one in spine.targets().values() if one.approach == ("facet" if approach == MEDIAL else approach)]
    return tuple(dict.fromkeys(one.where for one in known))


def where_options() -> Options:
    """Every root or level by approach; a value holds both."""
    groups = [
        (approach, [(f"{approach}|{where}", _worded(approach, where)) for where in places_of(approach)])
        for approach, _ in approaches()
    ]
    return (("", [("", "choose")]), *groups)


def _worded(approach: str, where: str) -> str:
    return BY_ROUTE.get(approach) or (f"{where} root" if approach in spine.BY_ROOT else where)


def spot_of(where: str, side: str) -> dict[str, str]:
    """A place as facts hold it, from the two answers of a form; what was not answered is left out."""
    approach, _, place = where.partition("|")
    found = {"side": side} if side else {}
    if approach:
        found["route"] = approach
        if approach not in spine.WITHOUT_LEVEL:
            found["root" if approach in spine.BY_ROOT else "level"] = place
    return found


class PlaceRows(StepForm):
    """A step that asks for places, one row for each target of the plan."""

    template = "clinic/treatment/places.html"
    sources: ClassVar[Mapping[str, str]] = {}
    """Name in the content -> words of the question."""

    whole: ClassVar[Sequence[str]] = ()
    """Sources that have to say where; of the others the side is enough."""

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        self.count = max(1, len(record.planned))
        for name, words in self.sources.items():
            for n in range(1, self.count + 1):
                if name in self.whole:
                    self.fields[f"{name}_{n}_where"] = forms.ChoiceField(
                        label=f"{words}: root or level", choices=where_options(), required=n == 1
                    )
                self.fields[f"{name}_{n}_side"] = one_of(f"{words}: side", SIDES, required=n == 1)

    def field_of(self, where: str) -> str:
        name, _, rest = where.partition(".")
        n = int(rest.partition(".")[0]) + 1 if rest.partition(".")[0].isdecimal() else 1
        ending = "side" if rest.endswith("side") or name not in self.whole else "where"
        return f"{name}_{n}_{ending}" if name in self.sources and n <= self.count else super().field_of(where)

    def spots(self, name: str) -> list[dict[str, str]]:
        """The places that a source names; a row that is empty names none."""
        found = (
            spot_of(self.cleaned_data.get(f"{name}_{n}_where", ""), self.cleaned_data.get(f"{name}_{n}_side", ""))
            for n in range(1, self.count + 1)
        )
        return [one for one in found if one]

    def asked(self) -> Iterator[tuple[int, Any, list[tuple[BoundField, str]]]]:
        """Rows for the page: number, the target of the plan, the fields."""
        for n in range(1, self.count + 1):
            planned = self.record.planned[n - 1] if n <= len(self.record.planned) else None
            yield n, planned, [row for row in self.rows() if f"_{n}_" in row[0].name]

    def others(self) -> Iterator[tuple[BoundField, str]]:
        """What is asked beside the places."""
        return (row for row in self.rows() if not row[0].name.startswith(tuple(self.sources)))
