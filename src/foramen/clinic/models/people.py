"""Sites, rooms, people, and what each person may do where."""

from datetime import date
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from foramen.clinic.models.base import Row, VersionedRow
from foramen.clinic.rights.roles import Role


class Modality(models.TextChoices):
    """How the needle is watched: the words of the rules."""

    FLUOROSCOPY = "fluoroscopy", "fluoroscopy"
    CT = "CT", "CT"
    ULTRASOUND = "ultrasound", "ultrasound"


class Site(VersionedRow):
    """A hospital or practice. `parameters` are what it prints: nurse line, emergency number, address, arrival lead."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    service = models.CharField(max_length=120)
    zone = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Room(Row):
    """A room with one modality. Hours are local times of the site.

    `breaks` are hours of every day in which it takes nobody: `{"from": "12:00", "to": "13:00", "words": "closed"}`.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="rooms")
    code = models.SlugField()
    name = models.CharField(max_length=60)
    modality = models.CharField(max_length=12, choices=Modality.choices)
    slot_minutes = models.PositiveSmallIntegerField(default=30)
    opens = models.TimeField()
    closes = models.TimeField()
    breaks = models.JSONField(default=list, blank=True)
    place = models.PositiveSmallIntegerField(default=0, help_text="order on the board")

    class Meta:
        ordering = ("place", "name")
        constraints = (models.UniqueConstraint(fields=("site", "code"), name="room_code"),)

    def __str__(self) -> str:
        return self.name


class Person(AbstractUser):
    """A member of staff. An account belongs to one person for ever; it is ended, never given to another."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    shown_as = models.CharField(max_length=80, help_text="as pages name the person, such as Dr L. Vance")
    signed_out_at = models.DateTimeField(null=True, blank=True, help_text="when it last signed out everywhere")

    def __str__(self) -> str:
        return self.shown_as or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session and known machine hangs on: another password ends them, and so does signing out
        everywhere."""
        said = f"{self.password} {self.signed_out_at.timestamp() if self.signed_out_at else ''}"
        return salted_hmac("foramen.session", said, secret=secret, algorithm="sha256").hexdigest()

    def roles_at(self, site: Site, on: date) -> frozenset[Role]:
        """The roles of this person at a site on a day."""
        found = self.delegations.filter(Delegation.in_force(on), site=site).values_list("role", flat=True)
        return frozenset(Role(role) for role in found) if self.is_active else frozenset()


class Delegation(VersionedRow):
    """A role of a person at a site, from a day to a day. Never deleted: rights of the past can be told from it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="delegations")
    site = models.ForeignKey(Site, models.PROTECT, related_name="delegations")
    role = models.CharField(max_length=12, choices=Role.choices)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=("person", "site")),)

    @staticmethod
    def in_force(on: date) -> Q:
        return Q(first_day__lte=on) & (Q(last_day__isnull=True) | Q(last_day__gte=on))


class Crew(VersionedRow):
    """Who performs and who assists in a room on a day, as the board says."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="crews")
    on = models.DateField()
    radiologist = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    technologist = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("room", "on"), name="crew_of_a_day"),)
