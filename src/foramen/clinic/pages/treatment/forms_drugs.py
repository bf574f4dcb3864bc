"""Drugs of one target, planned or given: product, concentration, volume and mass, all typed. The server multiplies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar

from django import forms

from foramen.catalogue.gates.anaesthetics import ANAESTHETICS
from foramen.catalogue.gates.places import place_text
from foramen.catalogue.gates.steroids import STEROIDS
from foramen.catalogue.units import Amount, amount_of, mass_of, mismatch_percent
from foramen.clinic.domain.places import place_of
from foramen.clinic.facts.content import DrugAmount
from foramen.clinic.facts.day import PlannedTarget
from foramen.clinic.pages.treatment.step_form import StepForm, line
from foramen.kernel.errors import DataError

KINDS = ("contrast", "anaesthetic", "steroid")
MASS_UNIT = {"contrast": "mg I", "anaesthetic": "mg", "steroid": "mg"}
TOLERATED = 1
"""Percent by which a mass may differ from strength times volume (ST-4)."""

TIMES = {Fraction(10): "Ten times too much", Fraction(1, 10): "Ten times too little"}
AMOUNTS = ("strength", "volume", "mass")
STRENGTH_SUCH_AS = {"contrast": "300 mg I/mL", "anaesthetic": "10 mg/mL", "steroid": "10 mg/mL"}
"""How a strength is written: with its unit, unlike volume and mass."""


@cache
def products(kind: str) -> Sequence[str]:
    """The names that the policies know, by kind."""
    if kind == "steroid":
        return tuple(one.name for one in STEROIDS.load().content.products)
    policy = ANAESTHETICS.load().content
    return tuple(one.name for one in (policy.contrasts if kind == "contrast" else policy.products))


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a mass is strength times volume. `word` says it, `text` what to do; both are empty where it agrees."""

    agrees: bool
    word: str = ""
    text: str = ""


def check_mass(strength: str, volume: str, mass: str) -> Check | None:
    """The identity of ST-4; None as long as one of the three is missing or cannot be read."""
    try:
        parts = amount_of(strength), amount_of(volume, "volume"), amount_of(mass)
        percent = mismatch_percent(parts[2], parts[0], parts[1])
    except (DataError, KeyError):
        return None
    if percent is not None and percent <= TOLERATED:
        return Check(True)
    return Check(False, f"{parts[2]} is not {parts[0]} × {parts[1]} = {mass_of(parts[0], parts[1])}.", _to_do(*parts))


def _to_do(strength: Amount, volume: Amount, mass: Amount) -> str:
    product = mass_of(strength, volume).base
    times = TIMES.get(mass.base / product) if product else None
    guess = f"{times}, or the volume is wrong. " if times else ""
    return f"{guess}Correct one of the three values; nobody can override this (rule ST-4)."


class DrugsForm(StepForm):
    """Three rows, one for each kind of drug; a kind without a product may say why there is none."""

    without: ClassVar[Sequence[str]] = ()
    """Kinds for which the content holds a reason why there is none."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    is_checked = True
    """False while amounts are only being typed: then nothing is said to be missing."""

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None, number: int = 1) -> None:
        super().__init__(record, data)
        self.target_number = _number(data, number)
        self.fields["number"].initial = self.target_number
        for kind in KINDS:
            self._add_row(kind, self.standing(kind))

    @property
    def target(self) -> PlannedTarget | None:
        planned = self.record.planned
        return planned[self.target_number - 1] if self.target_number <= len(planned) else None

    @property
    def short_name(self) -> str:
        """The target without its approach."""
        return _short(self.target)

    def standing(self, kind: str) -> DrugAmount | None:
        """What the form begins with: the drug of the plan."""
        drugs = self.target.drugs if self.target else ()
        return next((one for one in drugs if one.kind == kind), None)

    def _add_row(self, kind: str, known: DrugAmount | None) -> None:
        names = dict.fromkeys((*products(kind), *([known.product] if known else ())))
        options = (("", f"no {kind}"), *((name, name) for name in names))
        self.fields[f"{kind}_product"] = forms.ChoiceField(label=f"Product, {kind}", choices=options, required=False)
        for name in AMOUNTS:
            self.fields[f"{kind}_{name}"] = line(f"{name.capitalize()} of {kind}", required=False)
        self.fields[f"{kind}_strength"].widget.attrs["placeholder"] = STRENGTH_SUCH_AS[kind]
        if known is not None:
            self.initial.update({f"{kind}_product": known.product, f"{kind}_strength": known.strength})
            self.initial.update({f"{kind}_volume": _number_of(known.volume), f"{kind}_mass": _number_of(known.mass)})
        if kind in self.without:
            self.fields[f"{kind}_none"] = line(f"Why no {kind}", required=False, width="width-20")
            self.initial[f"{kind}_none"] = getattr(self.target, f"no_{kind}", "") if self.target else ""

    def amounts(self, kind: str) -> tuple[str, str, str]:
        """Strength, volume and mass with their units, as they stand in the form."""
        strength, volume, mass = (str(self[f"{kind}_{name}"].value() or "").strip() for name in AMOUNTS)
        return strength, with_unit(volume, "mL"), with_unit(mass, MASS_UNIT[kind])

    def check(self, kind: str) -> Check | None:
        return check_mass(*self.amounts(kind)) if self[f"{kind}_product"].value() else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.target is None:
            self.add_error(None, "There is no such target in the plan. Load the page again.")
        for kind in KINDS:
            if cleaned.get(f"{kind}_product"):
                self._check_amounts(kind)
        return cleaned

    def _check_amounts(self, kind: str) -> None:
        dimensions = ("iodine strength", "volume", "iodine mass") if kind == "contrast" else AMOUNTS
        for name, text, dimension in zip(AMOUNTS, self.amounts(kind), dimensions, strict=True):
            try:
                amount_of(text, dimension)  # type: ignore[arg-type]
            except DataError as error:
                fault = error.faults[0]
                self.add_error(f"{kind}_{name}", f"{kind}: {fault.what}: write {fault.remedy}")
        found = self.check(kind)
        if found is not None and not found.agrees:
            strength, volume, mass = self.amounts(kind)
            made = mass_of(amount_of(strength), amount_of(volume))
            where = _short(self.target)
            self.add_error(f"{kind}_mass", f"{where}: {mass} is not {strength} × {volume}. That makes {made}.")

    def field_of(self, where: str) -> str:
        """A drug in the content is the one of so many rows that hold one."""
        _, _, drug = where.rpartition("drugs.")
        n, _, name = drug.partition(".")
        kinds = [kind for kind in KINDS if self.cleaned_data.get(f"{kind}_product")]
        known = n.isdecimal() and int(n) < len(kinds) and name in (*AMOUNTS, "product")
        return f"{kinds[int(n)]}_{name}" if known else super().field_of(where)

    def drugs(self) -> list[dict[str, str]]:
        """The drugs as facts hold them."""
        return [self._drug(kind) for kind in KINDS if self.cleaned_data[f"{kind}_product"]]

    def _drug(self, kind: str) -> dict[str, str]:
        strength, volume, mass = self.amounts(kind)
        product = self.cleaned_data[f"{kind}_product"]
        return {"kind": kind, "product": product, "strength": strength, "volume": volume, "mass": mass}

    def table_rows(self) -> Iterator[dict[str, Any]]:
        """Rows of the table that is filled in."""
        for kind in KINDS:
            cells = {name: self[f"{kind}_{name}"] for name in ("product", *AMOUNTS)}
            none = self[f"{kind}_none"] if kind in self.without else None
            check = self.check(kind)
            said = cells["mass"] if check is not None and not check.agrees else None
            wrong = [
                one for one in cells.values() if self.is_bound and self.is_checked and one.errors and one is not said
            ]
            yield {"kind": kind, "none": none, "check": check, "unit": MASS_UNIT[kind], "wrong": wrong, **cells}

    def rest(self) -> Iterator[tuple[Any, str]]:
        """What is asked beside the table."""
        inside = {f"{kind}_{name}" for kind in KINDS for name in ("product", *AMOUNTS, "none")}
        return (one for one in self.rows() if one[0].name not in inside)


class PlanDrugsForm(DrugsForm):
    """What is to be drawn up for one target. Every change is a new plan, and voids consent and time-out."""

    step, verb, kind, panel = "plan-drugs", "plan_session", "plan", "h-plan"
    title, says = "Plan", "Sign the plan"
    without = KINDS
    choice_reason = line("Why this anaesthetic", required=False, width="width-20")
    next_number = forms.IntegerField(widget=forms.HiddenInput)
    why = line("Reason, where the plan differs from the order", required=False, width="width-20")

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None, number: int = 1) -> None:
        super().__init__(record, data, number)
        self.fields["next_number"].initial = record.next_plan
        self.initial["choice_reason"] = self.target.choice_reason if self.target else ""

    def told(self) -> Mapping[str, Any]:
        data = self.cleaned_data
        none = {f"no_{kind}": data[f"{kind}_none"] for kind in KINDS}
        changed = {"drugs": self.drugs(), "choice_reason": data["choice_reason"], **none}
        targets = [one.model_dump(mode="json") for one in self.record.planned]
        targets[self.target_number - 1] |= changed
        return {"number": data["next_number"], "targets": targets}


RADIO = ("temperature_c", "minutes", "pulse_ms", "rate_hz", "sensory_v", "motor_v", "impedance_ohm")
RADIO_WORDS = (
    "Temperature, °C", "Time, min", "Pulse, ms", "Rate, Hz", "Sensory stimulation, V", "Motor stimulation, V",
    "Impedance, Ω",
)  # fmt: skip


class GivenForm(DrugsForm):
    """What was done and given at one target. It begins with the plan and is saved as what was given."""

    step, verb, kind, panel = "given", "record_given", "given", "h-d"
    title, says = "Given", "Save"
    without = KINDS
    needle = line("Needle, such as 22 G, 90 mm", required=False, width="width-20")
    contrast_spread = line("Contrast spread", required=False, width="width-20")
    note = line("Note", required=False, width="width-20")
    why = line("How it came to be, where it is not as planned or nobody may", required=False, width="width-20")

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None, number: int = 1) -> None:
        super().__init__(record, data, number)
        for name, words in zip(RADIO, RADIO_WORDS, strict=True):
            self.fields[f"rf_{name}"] = line(words, required=False, width="width-5")

    def told(self) -> Mapping[str, Any]:
        data = self.cleaned_data
        assert self.target is not None  # clean has seen to it
        spot = {name: getattr(self.target, name) for name in ("root", "level", "side", "route")}
        radio = {name: data[f"rf_{name}"] for name in RADIO if data[f"rf_{name}"]}
        return {
            "number": self.target_number, "spot": spot, "drugs": self.drugs(),
            "radio_frequency": radio or None, **{f"no_{kind}": data[f"{kind}_none"] for kind in KINDS},
            **{name: data[name] for name in ("needle", "contrast_spread", "note")},
        }  # fmt: skip

    def rest(self) -> Iterator[tuple[Any, str]]:
        return (one for one in super().rest() if not one[0].name.startswith("rf_"))

    def radio(self) -> Iterator[tuple[Any, str]]:
        """Settings of radiofrequency, where it was used."""
        return (one for one in self.rows() if one[0].name.startswith("rf_"))


def _number(data: Mapping[str, Any] | None, number: int) -> int:
    typed = str((data or {}).get("number", ""))
    return int(typed) if typed.isdecimal() and len(typed) < 4 and int(typed) else number


def with_unit(text: str, unit: str) -> str:
    """A number with the unit that stands beside the field."""
    return f"{text} {unit}" if text else ""


def _number_of(amount: str) -> str:
    return amount.split(" ")[0]


def _short(target: PlannedTarget | None) -> str:
    return place_text(place_of(target)).split(",")[0] if target else "the target"


FORMS: tuple[type[StepForm], ...] = (PlanDrugsForm, GivenForm)
