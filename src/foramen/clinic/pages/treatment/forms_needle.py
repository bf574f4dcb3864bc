"""Forms from the skin mark to the dose. Needle-in and needle-out take the server's time, unless entered late."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from foramen.clinic.domain.dose import QUANTITIES
from foramen.clinic.facts.procedure import DOSE_UNITS
from foramen.clinic.pages.treatment.step_form import StepForm, line, one_of, same


class LocaliseForm(StepForm):
    step, verb, kind, panel = "localise", "localise", "localised", "h-n"
    title, says = "Skin marked", "Skin is marked"
    by = one_of("Marked by", same("palpation", "fluoroscopy", "CT", "ultrasound"))


class NeedleInForm(StepForm):
    step, verb, kind, panel = "needle-in", "needle_in", "needle_in", "h-n"
    title, says = "Needle-in", "Record now"


class NeedleOutForm(StepForm):
    step, verb, kind, panel = "needle-out", "needle_out", "needle_out", "h-n"
    title, says = "Needle-out", "Record now"


class DoseForm(StepForm):
    """Radiation by quantity and unit; a number without its unit is refused."""

    step, verb, kind, panel = "dose", "type_dose", "dose", "h-x"
    title, says = "Radiation dose", "Save dose"
    source = line("Read off from", required=False, width="width-20")
    why = line("Why a value that is hardly possible is right", required=False, width="width-20")

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        self.quantities = QUANTITIES.get(record.visit.room.modality, ())
        for n, quantity in enumerate(self.quantities):
            self.fields[f"value_{n}"] = line(quantity[:1].upper() + quantity[1:], required=False, width="width-5")
            units = (("", "unit"), *same(*DOSE_UNITS[quantity]))
            self.fields[f"unit_{n}"] = forms.ChoiceField(label="Unit", choices=units, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for n, quantity in enumerate(self.quantities):
            value, unit = cleaned.get(f"value_{n}"), cleaned.get(f"unit_{n}")
            if value and not unit:
                self.add_error(f"unit_{n}", f"{quantity}: choose the unit that stands beside the number.")
            if unit and not value:
                self.add_error(f"value_{n}", f"{quantity}: enter the number that stands beside the unit.")
        if not self.errors and not any(cleaned.get(f"value_{n}") for n in range(len(self.quantities))):
            self.add_error("value_0" if self.quantities else None, "Enter at least one quantity.")
        return cleaned

    def field_of(self, where: str) -> str:
        _, n, name, *_ = [*where.split("."), "", ""]
        filled = [i for i in range(len(self.quantities)) if self.cleaned_data.get(f"value_{i}")]
        known = n.isdecimal() and int(n) < len(filled) and name in ("value", "unit")
        return f"{name}_{filled[int(n)]}" if known else super().field_of(where)

    def told(self) -> Mapping[str, Any]:
        data = self.cleaned_data
        values = [
            {"quantity": quantity, "value": data[f"value_{n}"], "unit": data[f"unit_{n}"]}
            for n, quantity in enumerate(self.quantities)
            if data[f"value_{n}"]
        ]
        return {"values": values, "source": data["source"]}

    def pairs(self) -> Iterator[tuple[Any, Any]]:
        """Value and unit side by side."""
        for n in range(len(self.quantities)):
            yield self[f"value_{n}"], self[f"unit_{n}"]


FORMS: tuple[type[StepForm], ...] = (LocaliseForm, NeedleInForm, NeedleOutForm, DoseForm)
