"""The rows that a treatment moves along. They say where it stands; what was said and done are facts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from foramen.clinic import clock
from foramen.clinic.models.base import VersionedRow
from foramen.clinic.models.people import Modality, Person, Room, Site
from foramen.clinic.sealed.coded import CodedJSON, SealedWords
from foramen.clinic.sealed.fields import DataKey, MarkOf, SealedDate, SealedJSON, SealedRows, SealedText
from foramen.clinic.sealed.marks import marks_of


class Patients(models.Manager["Patient"]):
    """Whoever is stored in bulk can be found too."""

    def bulk_create(self, objs: Iterable["Patient"], *args: Any, **more: Any) -> list["Patient"]:
        made = super().bulk_create(objs, *args, **more)
        SearchMark.objects.bulk_create((one for patient in made for one in patient.marks()), batch_size=2000)
        return made


class Patient(VersionedRow):
    """A patient of one site. Everything that names a person stands here and nowhere else, sealed with the key of the
    patient: whoever destroys `data_key` erases the person.

    `pseudonym` is a number of chance: what research knows the patient by. Nothing of the person is in it.
    """

    class Sex(models.TextChoices):
        FEMALE = "female", "female"
        MALE = "male", "male"
        OTHER = "other", "other"

    site = models.ForeignKey(Site, models.PROTECT, related_name="patients")
    data_key = DataKey(editable=False, help_text="wrapped by a key of the ring; empty when it was destroyed")
    number = SealedText(help_text="as the site uses it")
    number_mark = MarkOf(of="number", max_length=22, editable=False)
    family_name = SealedText()
    given_name = SealedText()
    born = SealedDate()
    sex = models.CharField(max_length=6, choices=Sex.choices)
    phone = SealedText(blank=True)
    email = SealedText(blank=True)
    language = models.CharField(max_length=20, default="en")
    pseudonym = models.UUIDField(default=uuid4, unique=True, editable=False)
    registered_at = models.DateTimeField(default=clock.now, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = Patients()

    class Meta:
        ordering = ("-registered_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "number_mark"), condition=~Q(number_mark=""), name="patient_number"
            ),
        )
        indexes = (models.Index(fields=("site", "-registered_at", "id")),)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whoever is stored can be found."""
        made = self._state.adding
        super().save(*args, **kwargs)
        if made:
            SearchMark.objects.bulk_create(self.marks())

    @property
    def name(self) -> str:
        """Family name first; of an erased patient the beginning of the pseudonym."""
        return f"erased, {self.pseudonym.hex[:8]}" if self.erased_at else f"{self.family_name}, {self.given_name}"

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    def marks(self) -> "list[SearchMark]":
        """What the patient is found by."""
        return [
            SearchMark(patient=self, site_id=self.site_id, field=field, mark=mark) for field, mark in marks_of(self)
        ]


class SearchMark(models.Model):
    """What a patient can be found by (`sealed.marks`). It tells nothing new, and goes when the patient is erased."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+", db_index=False)
    field = models.CharField(max_length=10)
    mark = models.CharField(max_length=22)

    class Meta:
        indexes = (models.Index(fields=("mark", "patient")),)


class Referral(VersionedRow):
    """Who asks, and where it stands. What was asked is the fact of kind “referral”."""

    class State(models.TextChoices):
        NEW = "new", "waiting for triage"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"

    class Urgency(models.TextChoices):
        ROUTINE = "routine", "routine"
        SOON = "soon", "soon"
        SAME_DAY = "same day", "same day"

    site = models.ForeignKey(Site, models.PROTECT, related_name="referrals")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="referrals")
    number = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ROUTINE)
    referrer = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site", "number"), name="referral_number"),)
        indexes = (
            models.Index(fields=("site", "state", "received_at")),
            models.Index(fields=("site", "received_at")),
        )


class Order(VersionedRow):
    """Permission for up to `quantity` sessions. `used` counts those in which a needle went in.

    `waiting_since` is set while somebody waits for a slot, such as a same-day add-on.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        USED = "used", "used up"
        CLOSED = "closed", "closed"

    site = models.ForeignKey(Site, models.PROTECT, related_name="orders")
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="orders")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="orders")
    number = models.CharField(max_length=20)
    ordered_on = models.DateField()
    quantity = models.PositiveSmallIntegerField(default=2)
    used = models.PositiveSmallIntegerField(default=0)
    modality = models.CharField(max_length=12, choices=Modality.choices)
    targets_text = models.CharField(max_length=200, help_text="root, level and side in words, for lists")
    waiting_since = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "number"), name="order_number"),
            models.CheckConstraint(condition=Q(used__lte=F("quantity")), name="order_not_overdrawn"),
        )
        indexes = (models.Index(fields=("site", "waiting_since")), models.Index(fields=("patient", "ordered_on")))


class Visit(VersionedRow):
    """The booked slot, and how far the patient has come in it.

    `plan` counts the plans of the session: every change of root, level, side or drug makes a new number, and a consent
    or a time-out of another number no longer holds. `letter` is the number of the letter in force. `readiness` is what
    the rules said last, for lists (`rules.readiness`); from `readiness_until` on it has to be asked anew.
    """

    class State(models.TextChoices):
        BOOKED = "booked", "booked"
        ARRIVED = "arrived", "arrived"
        READY = "ready", "ready"
        ROOM = "room", "in room"
        RECOVERY = "recovery", "recovery"
        HOME = "home", "home"
        CANCELLED = "cancelled", "cancelled"
        ABORTED = "aborted", "broken off"

    site = models.ForeignKey(Site, models.PROTECT, related_name="visits")
    order = models.ForeignKey(Order, models.PROTECT, related_name="visits")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="visits")
    room = models.ForeignKey(Room, models.PROTECT, related_name="visits")
    radiologist = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=20)
    start = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    add_on = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOOKED)
    state_at = models.DateTimeField()
    plan = models.PositiveSmallIntegerField(default=1)
    letter = models.PositiveSmallIntegerField(default=0)
    targets_text = models.CharField(max_length=200)
    needle_in_at = models.DateTimeField(null=True, blank=True)
    needle_out_at = models.DateTimeField(null=True, blank=True)
    age = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of the patient on the day of the needle")
    pain_before = models.PositiveSmallIntegerField(null=True, blank=True)
    pain_after = models.PositiveSmallIntegerField(null=True, blank=True)
    readiness = SealedJSON(default=dict, blank=True)
    readiness_until = models.DateTimeField(null=True, blank=True)

    objects = SealedRows["Visit"]()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "number"), name="visit_number"),
            models.UniqueConstraint(
                fields=("room", "start"), condition=~Q(state__in=("cancelled", "aborted")), name="one_visit_in_a_slot"
            ),
        )
        indexes = (
            models.Index(fields=("site", "start")),
            models.Index(fields=("site", "state", "start")),
            models.Index(fields=("room", "start")),
            models.Index(fields=("patient", "start")),
        )

    @property
    def ends(self) -> datetime:
        """When the slot is over."""
        return self.start + timedelta(minutes=self.minutes)


LIVE = (
    Visit.State.BOOKED, Visit.State.ARRIVED, Visit.State.READY, Visit.State.ROOM, Visit.State.RECOVERY,
)  # fmt: skip
"""States of a visit that is still to come or going on."""


def is_told(_kind: str, path: str) -> bool:
    """What a deviation was, and which medicines a new policy judges otherwise; the rest is of a schedule or a rule."""
    return path in ("deviations", "changes")


class Task(VersionedRow):
    """Something to be done for a patient: a follow-up of a schedule, or what a rule asks for."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        DONE = "done", "done"
        NOT_REACHED = "not reached", "not reached"
        VOID = "void", "void"

    site = models.ForeignKey(Site, models.PROTECT, related_name="tasks")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="tasks")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=40, help_text="name of the schedule's task, or of the rule that asks")
    label = models.CharField(max_length=80)
    due_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    content = CodedJSON(is_free=is_told, default=dict, help_text="the rest of what the schedule says")
    words = SealedWords(default=list, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = SealedRows["Task"]()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("visit", "kind"), name="one_task_of_a_kind"),)
        indexes = (
            models.Index(fields=("site", "state", "due_on")),
            models.Index(fields=("site", "state", "closes_on", "id")),
        )
