"""Correcting and voiding a fact: the old one stays readable, with who, when and why.

The form is made from what the fact holds, so that every kind has one: each value stands in a line of its own.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from foramen.clinic.domain import pathway
from foramen.clinic.domain.asked import Correction, Voiding
from foramen.clinic.domain.corrections import BY_SERVER, SIGNATURES, STATES, TIMED
from foramen.clinic.domain.research import KINDS as RESEARCH
from foramen.clinic.facts.kinds import KINDS
from foramen.clinic.models import Fact
from foramen.clinic.pages.acting import check_patient, perform_form
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.pages.treatment.step_form import line
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest

PATH = "."
"""Between the parts of a name: drugs.0.mass is the mass of the first drug."""

Leaf = str | int | bool | None | list[str]


class ReasonForm(forms.Form):
    """Why: in at least ten characters."""

    reason = line("Why, in at least ten characters", width="width-20")

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="void-%s")


class CorrectionForm(ReasonForm):
    """Every value of a fact, and the reason. Lists of words stand one in a line."""

    def __init__(self, fact: Fact, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.auto_id = "correct-%s"
        self.fact = fact
        said = {name: value for name, value in fact.content.items() if name not in BY_SERVER.get(fact.kind, ())}
        self.leaves = dict(leaves(said))
        reason = self.fields.pop("reason")
        for name, value in self.leaves.items():
            self.fields[name] = _field(fact.kind, name, value)
        self.fields["reason"] = reason

    def content(self) -> dict[str, Any]:
        """The fact as it should have been."""
        told = {name: _value(value, self.cleaned_data[name]) for name, value in self.leaves.items()}
        found: dict[str, Any] = put_together(told)
        return found


def correct_fact(request: ClinicRequest, fact_id: int) -> HttpResponse:
    """A form with what the fact holds; sent, a new fact points back at it."""
    fact = _fact_here(request, fact_id)
    form = CorrectionForm(fact, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        check_patient(request, "correct", str(fact.pk))
        if form.is_valid():
            told = {"content": form.content(), "reason": form.cleaned_data["reason"]}
            if perform_form(request, form, "correct", str(fact.pk), Correction, told, why=told["reason"]):
                return redirect(_back(fact))
    note_reading(request, fact.patient, f"correction of {fact.kind}")
    return _page(request, fact, form, ReasonForm())


def void_fact(request: ClinicRequest, fact_id: int) -> HttpResponse:
    """A fact that should not stand at all."""
    fact = _fact_here(request, fact_id)
    if request.method != "POST":
        return redirect("correct-fact", fact_id)
    form = ReasonForm(request.POST)
    check_patient(request, "void", str(fact.pk))
    if form.is_valid():
        told = {"reason": form.cleaned_data["reason"]}
        if perform_form(request, form, "void", str(fact.pk), Voiding, told, why=told["reason"]):
            return redirect(_back(fact))
    return _page(request, fact, CorrectionForm(fact), form)


def _fact_here(request: ClinicRequest, fact_id: int) -> Fact:
    """A fact of the site that stands."""
    found: Fact = get_object_or_404(
        Fact.objects.select_related("patient", "visit", "by"), site=request.at_site, pk=fact_id, void=False,
        corrected_by__isnull=True,
    )  # fmt: skip
    return found


def _page(request: ClinicRequest, fact: Fact, form: forms.Form, voiding: forms.Form) -> HttpResponse:
    wrong = form if form.errors else voiding
    told = {
        "fact": fact, "correction": form, "voiding": voiding, "form": wrong if wrong.errors else None,
        "back": _back(fact), "label": pathway.label_of(fact.kind) if fact.kind in pathway.STEPS else fact.kind,
        "may_correct": fact.kind not in TIMED | SIGNATURES, "may_void": fact.kind not in TIMED | STATES,
        **band_context(fact.patient, fact.visit),
    }  # fmt: skip
    return render(request, "clinic/treatment/correct.html", told, status=422 if wrong.errors else 200)


def _back(fact: Fact) -> str:
    if fact.kind in RESEARCH:
        return reverse("research", args=[fact.patient_id])
    if fact.visit_id is None:
        return "/"
    if fact.kind == "assessment":
        return reverse("visit-answers", args=[fact.visit_id])
    return reverse("screening" if fact.kind == "screening" else "treatment", args=[fact.visit_id])


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Leaf]]:
    """Every single value of stored content with its dotted name; a list of words counts as one."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from leaves(part, f"{name}{PATH}{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for i, part in enumerate(value):
            yield from leaves(part, f"{name}{PATH}{i}")
    else:
        yield name, value


def put_together(told: Mapping[str, Any]) -> Any:
    """The reverse of `leaves`."""
    found: dict[str, Any] = {}
    for name, value in told.items():
        *path, last = name.split(PATH)
        here = found
        for part in path:
            here = here.setdefault(part, {})
        here[last] = value
    return _lists(found)


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    parts = {key: _lists(part) for key, part in value.items()}
    return list(parts.values()) if parts and all(key.isdecimal() for key in parts) else parts


def _field(kind: str, name: str, value: Leaf) -> forms.Field:
    label = " ".join(str(int(part) + 1) if part.isdecimal() else part for part in name.split(PATH)).replace("_", " ")
    label = label[:1].upper() + label[1:]
    options = _options(kind, name)
    if isinstance(value, list):
        text = "\n".join(map(str, value))
        return forms.CharField(
            label=f"{label}, one in a line", initial=text, required=False, widget=forms.Textarea({"rows": 3})
        )
    if isinstance(value, bool):
        return forms.ChoiceField(label=label, choices=(("true", "yes"), ("false", "no")), initial=str(value).lower())
    if options:
        return forms.ChoiceField(
            label=label, choices=(("", ""), *((one, one) for one in options)), initial=value, required=False
        )
    return forms.CharField(label=label, initial="" if value is None else value, required=False)


def _options(kind: str, name: str) -> tuple[str, ...]:
    """The words of which one is meant, where the content says so."""
    known = KINDS[kind].model_fields.get(name)
    kinds = (known.annotation, *get_args(known.annotation)) if known else ()
    found = next((one for one in kinds if get_origin(one) is Literal), None)
    return tuple(str(one) for one in get_args(found)) if found else ()


def _value(before: Leaf, typed: str) -> Any:
    """What was typed, in the shape in which it was stored: empty is nothing where there was nothing."""
    if isinstance(before, list):
        return [one.strip() for one in typed.splitlines() if one.strip()]
    if isinstance(before, bool):
        return typed == "true"
    return None if typed == "" and not isinstance(before, str) else typed
