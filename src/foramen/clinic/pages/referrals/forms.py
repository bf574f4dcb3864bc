"""Forms from the referral to the order."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from foramen.clinic.models import Modality, Referral, Site
from foramen.clinic.pages.paging import DayField, ListFilter, SearchField, of_patients
from foramen.clinic.pages.referrals.rows import SpotRows

_ANSWERS = (("unknown", "not looked at yet"), ("no", "no"), ("yes", "yes"))


class ReferralFilter(ListFilter):
    """Referrals by patient, state and urgency."""

    sorted_by: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "latest": ("-received_at", "-pk"),
        "oldest": ("received_at", "pk"),
    }

    q = SearchField()
    state = forms.ChoiceField(label="State", required=False, choices=[("", "any"), *Referral.State.choices])
    urgency = forms.ChoiceField(label="Urgency", required=False, choices=[("", "any"), *Referral.Urgency.choices])

    def narrow(self, rows: "QuerySet[Referral]", site: Site) -> "QuerySet[Referral]":
        """The referrals that are meant, in the order that is asked for."""
        rows = of_patients(rows, self.asked("q"), site)
        wanted = {name: self.asked(name) for name in ("state", "urgency") if self.asked(name)}
        return rows.filter(**wanted).order_by(*self.order)


class ReferralForm(SpotRows):
    """What a referrer asks for."""

    referrer = forms.CharField(label="Referrer", max_length=120)
    service = forms.CharField(label="Department", required=False, max_length=120)
    indication = forms.CharField(label="Indication", widget=forms.Textarea({"rows": 3}), max_length=1000)
    urgency = forms.ChoiceField(
        label="Urgency", choices=Referral.Urgency.choices, widget=forms.RadioSelect, initial="routine"
    )
    decides_level = forms.ChoiceField(
        label="Who determines the level", widget=forms.RadioSelect, initial="radiologist",
        choices=[("radiologist", "the radiologist"), ("referrer", "the referrer")],
    )  # fmt: skip
    mri_on = DayField(label="Day of the MRI", required=False)
    mri_accession = forms.CharField(label="Number of the MRI", required=False, max_length=64)
    mri_regions = forms.MultipleChoiceField(
        label="Regions of the MRI", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(one, one) for one in ("cervical", "thoracic", "lumbar", "sacral")],
    )  # fmt: skip
    preauthorisation = forms.ChoiceField(
        label="Pre-authorisation", initial="unknown",
        choices=[("unknown", "not known"), ("not needed", "not needed"), ("asked", "asked"), ("granted", "granted")],
    )  # fmt: skip
    preauthorisation_number = forms.CharField(label="Its number", required=False, max_length=64)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea({"rows": 2}), max_length=1000)

    def content(self) -> dict[str, Any]:
        """What the verb is told."""
        kept = (
            "referrer", "service", "indication", "urgency", "decides_level", "preauthorisation",
            "preauthorisation_number", "note",
        )  # fmt: skip
        asked = self.cleaned_data
        mri = {"accession": asked["mri_accession"], "on": asked["mri_on"], "regions": asked["mri_regions"]}
        return {name: asked[name] for name in kept} | {"asked": self.spots(), "imaging": mri}


class TriageForm(SpotRows):
    """What the radiologist makes of a referral."""

    decision = forms.ChoiceField(
        label="Decision", widget=forms.RadioSelect,
        choices=[
            ("accepted", "accepted as asked"), ("level changed", "accepted, level changed"),
            ("to CT", "to CT, because of the anatomy"), ("declined", "declined"),
        ],
    )  # fmt: skip
    modality = forms.ChoiceField(
        label="Watched by", required=False, choices=[("", "not decided"), *Modality.choices], initial="fluoroscopy"
    )
    variant = forms.ChoiceField(
        label="Transitional vertebra", choices=_ANSWERS, widget=forms.RadioSelect, initial="unknown"
    )
    numbering = forms.CharField(
        label="How the vertebrae are counted", required=False, max_length=200,
        help_text="In words, where there is a transitional vertebra.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Reason", required=False, widget=forms.Textarea({"rows": 2}), max_length=1000,
        help_text="Needed for anything but accepted as asked. The referrer reads it.",
    )  # fmt: skip

    def content(self) -> dict[str, Any]:
        """What the verb is told. A declined referral treats nothing."""
        asked = self.cleaned_data
        declined = asked["decision"] == "declined"
        kept = {name: asked[name] for name in ("decision", "variant", "numbering", "reason")}
        targets = [] if declined else self.spots()
        return kept | {"targets": targets, "modality": None if declined else asked["modality"] or None}


class OrderForm(SpotRows):
    """Permission for one session or two."""

    modality = forms.ChoiceField(label="Watched by", choices=Modality.choices)
    quantity = forms.ChoiceField(
        label="Sessions", choices=[("2", "up to two"), ("1", "one")], widget=forms.RadioSelect, initial="2",
        help_text="The second one is released by a radiologist after the first.",
    )  # fmt: skip
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea({"rows": 2}), max_length=1000)

    def content(self) -> dict[str, Any]:
        """What the verb is told."""
        asked = self.cleaned_data
        told = {"modality": asked["modality"], "quantity": int(asked["quantity"]), "note": asked["note"]}
        return told | {"targets": self.spots()}


class AddOnForm(forms.Form):
    """Somebody waits for a slot today."""

    reason = forms.CharField(label="Why today", required=False, max_length=200)


class RepeatForm(forms.Form):
    """The radiologist's decision on the second session."""

    decision = forms.ChoiceField(
        label="Second session", choices=[("repeat", "repeat"), ("no repeat", "no repeat")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="Reason", max_length=500, widget=forms.Textarea({"rows": 2}))
