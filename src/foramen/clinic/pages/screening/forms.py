"""The screening as a form. Its values are kept as they were typed until it is signed, one name for each line, so that
two versions of a draft can be laid side by side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from foramen.clinic.facts.screening import MOST_STEROIDS, MedicineTold, ScreeningSigned
from foramen.clinic.pages.local_time import WHICH, LocalTimeField, shown
from foramen.clinic.pages.treatment.step_form import YES_NO, YES_NO_UNKNOWN, line, one_of, same

SPARE = 2
"""Empty rows for further medicines; each saving of the draft gives new ones."""

MOST = 40
"""Rows of medicines that are read; nobody names more."""

MEASURES = same("creatinine clearance", "eGFR")
REGIONS = ("cervical", "thoracic", "lumbar", "sacral")
NONES = ("no_allergies", "no_medicines", "no_steroids_elsewhere", "no_surgery")
"""Answers that say “none”."""

FACTORS = {
    "tendency": "R2 Bleeding tendency", "liver_cirrhosis": "R4 Liver cirrhosis",
    "advanced_liver_disease": "R5 Advanced liver disease", "advanced_renal_disease": "R6 Advanced renal disease",
}  # fmt: skip


def _box(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


def _choice(label: str, options: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=(("", ""), *options), required=False)


def _lines(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea({"rows": 2}), max_length=2000)


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


def _at(label: str) -> LocalTimeField:
    return LocalTimeField(label=label, required=False)


class ScreeningForm(forms.Form):
    """A, B, C and D. Medicines stand in rows: m1_name, m1_dose and so on."""

    allergies = _lines("A. Allergies, one in a line")
    no_allergies = _box("None; the patient said so")
    no_medicines = _box("None: no antithrombotic, NSAID or supplement; the patient said so")
    asked_of = line("Who answered, such as: patient, by phone", required=False, width="width-20")
    confirmed_at = _at("When the list of medicines was gone through")
    patient_zone = line("Time zone of the patient, if another, such as Europe/London", required=False, width="width-20")
    raised = line("R8 Other: why a clinician raises the stratum", required=False, width="width-20")
    thromboembolic_risk = one_of("Risk of a clot", same("high", "not high", "unknown"), required=False)
    renal_measure = _choice("Renal function", MEASURES)
    renal_value = line("Value", required=False, width="width-5")
    renal_on = _day("Day of the measurement")
    inr1_value = line("INR, with a decimal point", required=False, width="width-5")
    inr1_at = _at("Blood taken")
    inr1_report = line("Number of the report", required=False, width="width-10")
    inr2_value = line("Second INR, with a decimal point", required=False, width="width-5")
    inr2_at = _at("Blood taken")
    inr2_report = line("Number of the report", required=False, width="width-10")
    no_steroids_elsewhere = _box("None; the patient said so")
    surgery = _lines("C. Cut: earlier surgery of the spine, one in a line")
    no_surgery = _box("None; the patient said so")
    driver = line("D. Driver: who takes the patient home, or “none”", required=False, width="width-20")
    mri_accession = line("MRI, accession number", required=False, width="width-10")
    mri_on = _day("Day of the MRI")

    def __init__(self, rows: int, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(data, auto_id="screening-%s", **more)
        for name, label in FACTORS.items():
            self.fields[name] = one_of(label, YES_NO_UNKNOWN, required=False)
        for name in REGIONS:
            self.fields[f"mri_{name}"] = _box(f"shows {name}")
        for n in range(1, MOST_STEROIDS + 1):
            self.fields |= {f"steroid{n}_{name}": make() for name, make in STEROID.items()}
        self.count = rows
        for n in range(1, rows + 1):
            self.fields |= medicine_fields(n)

    def medicines(self) -> Iterator[tuple[int, Mapping[str, BoundField]]]:
        """The rows of medicines, each with its fields by name."""
        for n in range(1, self.count + 1):
            yield n, {name: self[f"m{n}_{name}"] for name in MEDICINE}

    def steroids(self) -> Iterator[Mapping[str, BoundField]]:
        """The rows of steroids that other clinics gave."""
        for n in range(1, MOST_STEROIDS + 1):
            yield {name: self[f"steroid{n}_{name}"] for name in STEROID}

    def factors(self) -> list[BoundField]:
        return [self[name] for name in FACTORS]

    def regions(self) -> list[BoundField]:
        return [self[f"mri_{name}"] for name in REGIONS]


MEDICINE: Mapping[str, Any] = {
    "name": lambda: line("Told as, name without the dose", required=False, width="width-20"),
    "dose": lambda: line("Dose, such as 5 mg", required=False, width="width-10"),
    "frequency": lambda: line("How often", required=False, width="width-10"),
    "route": lambda: line("How it is taken", required=False, width="width-10"),
    "indication": lambda: _choice("Taken for", same("primary", "secondary", "other", "unknown")),
    "indication_reason": lambda: line("Why primary or secondary", required=False, width="width-20"),
    "last_dose_at": lambda: _at("Last dose, date and time"),
    "last_dose_on": lambda: _day("or the day alone"),
    "last_dose_unknown": lambda: _box("or nobody knows"),
    "stopped": lambda: one_of("Stopped already?", YES_NO, required=False),
    "to_continue": lambda: _box("It is proposed not to stop it"),
    "loading_dose": lambda: one_of("Loading dose at the restart?", YES_NO_UNKNOWN, required=False),
    "agreement_name": lambda: line("Prescriber asked: name", required=False, width="width-20"),
    "agreement_role": lambda: _choice("in the role of", same("prescriber", "referring physician", "primary physician")),
    "agreement_channel": lambda: line("by phone, letter, message", required=False, width="width-10"),
    "agreement_at": lambda: _at("on"),
    "agreement_answer": lambda: _choice("Answer", same("may stop", "may not stop")),
    "agreement_thromboembolic_risk": lambda: _choice("states the risk of a clot as", same("high", "not high")),
    "agreement_words": lambda: line("in words, such as: no bridging", required=False, width="width-20"),
    "decided": lambda: line("Decision of the performing radiologist, in words", required=False, width="width-20"),
}  # fmt: skip
"""Fields of one medicine, in the order in which they are asked."""


STEROID: Mapping[str, Any] = {
    "product": lambda: line("Steroid given elsewhere", required=False, width="width-10"),
    "mass": lambda: line("Mass, such as 40 mg", required=False, width="width-5"),
    "on": lambda: _day("Day"),
    "where": lambda: line("Where, and who says so", required=False, width="width-20"),
}  # fmt: skip
"""Fields of one of them."""


def medicine_fields(n: int) -> dict[str, forms.Field]:
    return {f"m{n}_{name}": make() for name, make in MEDICINE.items()}


def typed_of(data: Mapping[str, Any]) -> dict[str, str]:
    """What is kept of a form that was sent: every line that holds something, as it was typed."""
    wanted = (*ScreeningForm.base_fields, *FACTORS, *(f"mri_{name}" for name in REGIONS))
    wanted = (*wanted, *(f"steroid{n}_{name}" for n in range(1, MOST_STEROIDS + 1) for name in STEROID))
    names = [*wanted, *(f"m{n}_{name}" for n in range(1, MOST + 1) for name in MEDICINE)]
    both = [one for name in names for one in (name, name + WHICH)]
    return {name: str(data[name]).strip() for name in both if str(data.get(name, "")).strip()}


def rows_of(typed: Mapping[str, Any]) -> int:
    """How many rows of medicines a form has: those that hold something, and spare ones."""
    used = [n for n in range(1, MOST + 1) if any(typed.get(f"m{n}_{name}") for name in MEDICINE)]
    return min(MOST, max(used, default=0) + SPARE)


def bound(typed: Mapping[str, Any]) -> ScreeningForm:
    """The form with what was typed."""
    return ScreeningForm(rows_of(typed), dict(typed))


def label_of(name: str) -> str:
    """A line of a draft in words."""
    row, _, field = name.partition("_")
    if row[:1] == "m" and row[1:].isdecimal():
        return f"Medicine {row[1:]}: {MEDICINE[field]().label}" if field in MEDICINE else name
    form = ScreeningForm(0)
    return str(form.fields[name].label) if name in form.fields else name.replace("_", " ")


def typed_from(told: ScreeningSigned) -> dict[str, str]:
    """A signed screening as it would have been typed, to begin a new one with. Nothing is carried over as answered on
    another day: who answered and when has to be entered anew."""
    found = told.model_dump(mode="json")
    typed = {
        name: str(found[name])
        for name in (*FACTORS, "patient_zone", "raised", "thromboembolic_risk", "driver")
        if found[name]
    }
    typed |= {name: "\n".join(found[name]) for name in ("allergies", "surgery") if found[name]}
    typed |= {name: "on" for name in NONES if found[name]}
    typed |= {f"mri_{name}": found["mri"][name] for name in ("accession", "on") if found["mri"][name]}
    typed |= {f"mri_{name}": "on" for name in found["mri"]["regions"]}
    if found["renal"]:
        typed |= {f"renal_{name}": str(found["renal"][name]) for name in ("measure", "value", "on")}
    for n, one in enumerate(found["steroids_elsewhere"], start=1):
        typed |= {f"steroid{n}_{name}": one[name] for name in STEROID if one[name]}
    for n, one in enumerate(told.medicines, start=1):
        typed |= {f"m{n}_{name}": value for name, value in _medicine_typed(one).items()}
    return typed


def _medicine_typed(one: MedicineTold) -> dict[str, str]:
    words = ("name", "dose", "frequency", "route", "indication", "indication_reason", "loading_dose")
    typed = {name: str(getattr(one, name)) for name in words if getattr(one, name)}
    typed |= {name: "on" for name in ("last_dose_unknown", "to_continue") if getattr(one, name)}
    typed |= {"last_dose_at": shown(one.last_dose_at)} if one.last_dose_at else {}
    typed |= {"last_dose_on": one.last_dose_on.isoformat()} if one.last_dose_on else {}
    typed |= {"stopped": "yes" if one.stopped else "no"} if one.stopped is not None else {}
    typed |= {"decided": one.decided.words} if one.decided else {}
    if one.agreement is not None:
        said = one.agreement
        names = ("name", "role", "channel", "answer", "thromboembolic_risk", "words")
        typed |= {f"agreement_{name}": str(getattr(said, name)) for name in names if getattr(said, name)}
        typed |= {"agreement_at": shown(said.at)}
    return typed
