"""Three rows of root or level, side and approach: what is asked for, decided or ordered. They work without a script."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from django import forms

from foramen.catalogue.gates.inputs import LEVELS, Route
from foramen.clinic.facts.content import Spot

ROWS = 3
_LETTERS = (("C", 8, "Cervical"), ("T", 12, "Thoracic"), ("L", 6, "Lumbar"), ("S", 5, "Sacral"))
_ORDER = [f"{letter}{n}" for letter, last, _ in _LETTERS for n in range(1, last + 1)]
_PARS = ("L3", "L4", "L5", "L6")
SIDES = (("", "not told"), ("left", "left"), ("right", "right"), ("both", "both sides"), ("midline", "midline"))
APPROACHES = (("", "not told"), *((one, one) for one in get_args(Route)))


def _places() -> Sequence[Any]:
    """Roots by region, then levels, then vertebrae of a pars."""
    groups: list[Any] = [("", "not told")]
    for letter, last, region in _LETTERS:
        roots = [f"{letter}{n}" for n in range(1, last + 1)]
        groups.append((f"{region} roots", [(f"root:{one}", f"{one} root") for one in roots]))
    pairs = sorted(LEVELS, key=lambda one: (_ORDER.index(one[0]), _ORDER.index(one[1])))
    groups.append(("Levels", [(f"level:{upper}/{lower}", f"{upper}/{lower}") for upper, lower in pairs]))
    groups.append(("Vertebra of a pars", [(f"level:{one}", f"{one} pars") for one in _PARS]))
    return groups


PLACES = _places()


@dataclass(frozen=True, slots=True)
class Row:
    """The three fields of one target."""

    number: int
    place: forms.BoundField
    side: forms.BoundField
    route: forms.BoundField


class SpotRows(forms.Form):
    """To inherit from: a form that names targets. Both sides are two targets of one row."""

    def __init__(self, data: Any = None, *, spots: Iterable[Spot] = (), **more: Any) -> None:
        super().__init__(data, **more)
        for n, spot in enumerate(_filled(spots), start=1):
            for name, label, offered in _FIELDS:
                field = forms.ChoiceField(label=f"Target {n}: {label}", choices=offered, required=False)
                field.initial = spot.get(name, "")
                field.widget.attrs["class"] = "field__in"
                self.fields[f"{name}_{n}"] = field

    def rows(self) -> Iterator[Row]:
        """The rows for the page."""
        for n in range(1, ROWS + 1):
            yield Row(n, self[f"place_{n}"], self[f"side_{n}"], self[f"route_{n}"])

    def spots(self) -> list[dict[str, str]]:
        """What the rows name, as facts hold it. A row that is empty names nothing."""
        return [spot for n in range(1, ROWS + 1) for spot in _spots(self.cleaned_data, n)]


_FIELDS = (("place", "root or level", PLACES), ("side", "side", SIDES), ("route", "approach", APPROACHES))


def _spots(entered: Mapping[str, str], n: int) -> Iterator[dict[str, str]]:
    kind, _, place = entered.get(f"place_{n}", "").partition(":")
    route, side = entered.get(f"route_{n}", ""), entered.get(f"side_{n}", "")
    told = ({kind: place} if place else {}) | ({"route": route} if route else {})
    for one in ("left", "right") if side == "both" else (side,):
        if found := told | ({"side": one} if one else {}):
            yield found


def _filled(spots: Iterable[Spot]) -> Iterator[Mapping[str, str]]:
    """The rows as they stand before anything is typed; left and right of one place are one row."""
    rows: list[dict[str, str]] = []
    for spot in spots:
        place = f"root:{spot.root}" if spot.root else f"level:{spot.level}" if spot.level else ""
        row = {"place": place, "side": spot.side or "", "route": spot.route or ""}
        twin = next((one for one in rows if _opposite(one, row)), None)
        if twin is None:
            rows.append(row)
        else:
            twin["side"] = "both"
    yield from (rows + [{}] * ROWS)[:ROWS]


def _opposite(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    same = (one["place"], one["route"]) == (other["place"], other["route"])
    return same and {one["side"], other["side"]} == {"left", "right"}
