"""Rows of the machinery: what was asked before, what has to go out, drafts, tokens, the audit."""

from django.db import models

from foramen.clinic.models.base import Row, VersionedRow
from foramen.clinic.models.pathway import Patient, Visit
from foramen.clinic.models.people import Person, Site


class Request(models.Model):
    """A write that was asked for, by its idempotency key, with what came of it: asked again, it is answered again."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, help_text="of what was sent")
    result = models.JSONField(default=dict)
    at = models.DateTimeField()


class Outgoing(Row):
    """A side effect, stored with its cause and done afterwards."""

    kind = models.CharField(max_length=40)
    content = models.JSONField()
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="when a worker took it last")
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("done_at", "made_at")),)


class Draft(VersionedRow):
    """What somebody has begun to enter about a visit and not signed. One of a kind for a visit, shared by all."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="drafts")
    kind = models.CharField(max_length=30)
    content = models.JSONField(default=dict)
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("visit", "kind"), name="one_draft_of_a_kind"),)


class Token(VersionedRow):
    """A token of the API. Only its hash is kept; `scopes` are names of verbs, or “read”."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Counter(Row):
    """The last number that was given to a kind of row at a site in a year (`domain.numbers`)."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site", "kind", "year"), name="one_counter"),)


class AuditEvent(models.Model):
    """One change of one row, written by the database itself; or something that leaves no row: a view, a sign-in.

    `context` says who, in which role, why and for which request. Only ever added.
    """

    at = models.DateTimeField()
    table = models.CharField(max_length=60)
    operation = models.CharField(max_length=10)
    row = models.CharField(max_length=64)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    context = models.JSONField(default=dict)
    patient = models.UUIDField(null=True, help_text="whose record it is, where it is one")

    class Meta:
        indexes = (models.Index(fields=("table", "row")), models.Index(fields=("patient", "id")))
