"""Signed facts, decisions, letters and policies in force: rows that are only ever added.

A correction is a new fact that points back at the one it takes the place of; a void is one without content. The
database refuses to change or delete any of them (`records.triggers`).
"""

from typing import Any
from uuid import uuid4

from django.db import models

from foramen.clinic.classified import LEAVES, is_free_text
from foramen.clinic.models.base import Row, VersionedRow
from foramen.clinic.models.pathway import Order, Patient, Referral, Visit
from foramen.clinic.models.people import Person, Site
from foramen.clinic.rights.roles import Role
from foramen.clinic.sealed.coded import CodedJSON, SealedWords
from foramen.clinic.sealed.fields import SealedJSON, SealedRows, SealedText
from foramen.kernel.digests import text_digest


def is_words(kind: str, path: str) -> bool | None:
    """Whether a leaf of a fact is words that somebody typed; None where nothing of that name is a leaf."""
    return is_free_text(kind, path) if f"{kind}.{path}" in LEAVES else None


class Fact(models.Model):
    """One thing that was said or done, by whom, in which role, when.

    `content` is checked by the model of its kind (`foramen.clinic.facts`). `happened_at` is when it was, `recorded_at`
    when it was entered; they differ for a late entry. Its number orders facts whatever the clock says. What was typed
    in words is sealed in `words`; reading `content` puts it back. Sealed values are bound to `mark`, because the number
    is known only when the row is stored.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="facts")
    referral = models.ForeignKey(Referral, models.PROTECT, null=True, related_name="facts")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="facts")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="facts")
    kind = models.CharField(max_length=30)
    mark = models.UUIDField(default=uuid4, editable=False)
    content = CodedJSON(is_free=is_words)
    words = SealedWords(default=list, bound_to="mark", editable=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=Role.choices)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    void = models.BooleanField(default=False)
    reason = SealedText(blank=True, bound_to="mark")
    channel = models.CharField(max_length=8, default="page")

    objects = SealedRows["Fact"]()

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("visit", "kind")),
            models.Index(fields=("patient", "kind")),
            models.Index(fields=("order", "kind")),
            models.Index(fields=("referral", "kind")),
        )


class Judgement(Row):
    """What a policy said at one occasion, whole, with the digests of the policy and of the site's record of it.

    `content` tells it as JSON. Its `told` holds each input once; the `inputs` of a decision are places in it.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="judgements")
    verb = models.CharField(max_length=30, help_text="what was asked for when it was judged")
    occasion = models.CharField(max_length=12)
    policy = models.CharField(max_length=40)
    policy_version = models.CharField(max_length=20)
    policy_sha256 = models.CharField(max_length=64)
    record_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=6)
    content = SealedJSON()
    asked_at = models.DateTimeField()
    shown_to = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = SealedRows["Judgement"]()

    class Meta:
        indexes = (models.Index(fields=("visit", "policy", "asked_at")),)


class Letter(Row):
    """A letter or a sheet for the patient or the referrer, as it was made. A later number takes its place."""

    class Kind(models.TextChoices):
        HOLD_PLAN = "hold plan", "letter before the injection"
        RESTART = "restart", "sheet to take home"
        PROCEDURE = "procedure", "letter to the referrer"

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="letters")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.PositiveSmallIntegerField()
    start = models.DateTimeField(help_text="the booked start that it holds for")
    language = models.CharField(max_length=20)
    content = SealedJSON()
    made_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = SealedRows["Letter"]()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("visit", "kind", "number"), name="letter_number"),)


class PolicyRecord(VersionedRow):
    """A site's record of a policy: its TOML text, and who has signed it. Only a draft changes."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        REVIEWED = "reviewed", "signed by one"
        ACTIVE = "active", "in force"
        SUPERSEDED = "superseded", "superseded"

    site = models.ForeignKey(Site, models.PROTECT, related_name="policy_records")
    policy = models.CharField(max_length=40)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64, blank=True, help_text="of the text; a text that differs is not used")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    first_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "policy"), condition=models.Q(state="active"), name="one_active_policy"
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The digest is of the text as it was first stored; a later change of the text comes with its own."""
        if not self.text_sha256:
            self.text_sha256 = text_digest(self.text)
        super().save(*args, **kwargs)
