"""Targets of the plan: added and taken out by a form, or by the map, which sends the same."""

from collections.abc import Mapping
from typing import Any

from django import forms

from foramen.clinic.domain.places import BY_ROUTE
from foramen.clinic.pages.treatment import spine
from foramen.clinic.pages.treatment.places import approaches, places_of, spot_of
from foramen.clinic.pages.treatment.step_form import SIDES, StepForm, line, one_of


def _all_places() -> list[tuple[str, str]]:
    names = dict.fromkeys(place for approach, _ in approaches() for place in places_of(approach))
    alone = {mark: BY_ROUTE[approach] for approach, mark in spine.WITHOUT_LEVEL.items()}
    return [("", "choose"), *((one, alone.get(one, one)) for one in names)]


class TargetsForm(StepForm):
    """A new plan with other targets than the one in force."""

    verb, kind, panel = "plan_session", "plan", "h-t"
    next_number = forms.IntegerField(widget=forms.HiddenInput)
    why = line("Reason, where the plan differs from the order", required=False, width="width-20")

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        self.fields["next_number"].initial = record.next_plan

    def targets(self) -> list[dict[str, Any]]:
        """The targets that are to stand."""
        raise NotImplementedError

    def told(self) -> Mapping[str, Any]:
        return {"number": self.cleaned_data["next_number"], "targets": self.targets()}

    def standing(self) -> list[dict[str, Any]]:
        return [one.model_dump(mode="json") for one in self.record.planned]


class AddTargetForm(TargetsForm):
    step, title, says = "add-target", "Add a target without the map", "Add target"
    approach = forms.ChoiceField(label="Approach", choices=approaches)
    where = forms.ChoiceField(label="Level or root", choices=_all_places)
    side = one_of("Side", SIDES)

    def field_of(self, where: str) -> str:
        return (
            ("side" if where.endswith("side") else "where") if where.startswith("targets") else super().field_of(where)
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        approach, where = cleaned.get("approach"), cleaned.get("where")
        if approach and where and where not in places_of(approach):
            self.add_error(
                "where", f"{where} is no place for {approach}. Choose one such as {places_of(approach)[-1]}."
            )
        return cleaned

    def targets(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        return [*self.standing(), spot_of(f"{data['approach']}|{data['where']}", data["side"])]


class MapForm(TargetsForm):
    """One place of the map: chosen if it was not, released if it was."""

    step, title, says = "map-target", "Targets on the map", "Choose"
    target = forms.CharField(widget=forms.HiddenInput)

    def clean_target(self) -> str:
        key = str(self.cleaned_data["target"])
        if key not in (*spine.targets(), *self.record.chosen_keys):
            raise forms.ValidationError("There is no such place on the map.")
        return key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.targets():
            self.add_error(None, "A plan has at least one target. Choose the right one first, then release this one.")
        return cleaned

    def targets(self) -> list[dict[str, Any]]:
        key = self.cleaned_data["target"]
        kept = [one for one, known in zip(self.standing(), self.record.chosen_keys, strict=True) if known != key]
        return kept if key in self.record.chosen_keys else [*kept, spine.targets()[key].spot]


class AsOrderedForm(TargetsForm):
    """A first plan with the targets of the order."""

    step, title, says = "as-ordered", "Plan", "Plan what was ordered"

    def targets(self) -> list[dict[str, Any]]:
        return [one.model_dump(mode="json") for one in self.record.ordered]


FORMS: tuple[type[StepForm], ...] = (AddTargetForm, MapForm, AsOrderedForm)
