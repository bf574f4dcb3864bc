"""Rows of the machinery: what was asked before, what has to go out, drafts, tokens, the audit."""

from django.db import models

from foramen.clinic import clock
from foramen.clinic.models.base import Row, VersionedRow
from foramen.clinic.models.pathway import Patient, Visit
from foramen.clinic.models.people import Person, Site
from foramen.clinic.sealed.fields import SealedJSON, SealedRows


class Request(models.Model):
    """A write that was asked for, by its idempotency key, with what came of it: asked again, it is answered again."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, help_text="of what was sent")
    result = models.JSONField(default=dict)
    at = models.DateTimeField()


class Outgoing(Row):
    """A side effect, stored with its cause and done afterwards. `failed` is the class of the error of the last try."""

    kind = models.CharField(max_length=40)
    content = models.JSONField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(default=clock.now, help_text="not before this instant")
    taken_at = models.DateTimeField(null=True, help_text="when a worker took it last")
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True, help_text="when it was tried for the last time")
    attempts = models.PositiveSmallIntegerField(default=0)
    failed = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = (models.Index(fields=("done_at", "due_at")),)


class Job(models.Model):
    """Something that is done again and again, such as sealing the audit: when next, and who is at it now."""

    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="when a worker took it last; it has a lease from then on")
    done_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=80, blank=True)


class Installation(models.Model):
    """This installation: one row. After a restore nothing is sent until somebody has confirmed it (H24)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    worker_at = models.DateTimeField(null=True, help_text="when a worker was last alive")
    restored_at = models.DateTimeField(null=True)
    backed_up_at = models.DateTimeField(null=True, help_text="instant of the backup that was restored")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=80, blank=True)


class Draft(VersionedRow):
    """What somebody has begun to enter about a visit and not signed. One of a kind for a visit, shared by all."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="drafts")
    kind = models.CharField(max_length=30)
    content = SealedJSON(default=dict)
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    objects = SealedRows["Draft"]()

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


class Seal(models.Model):
    """A link of the chain over the audit: the digest of the events since the last seal, and of that seal (AUD-8).

    `sha256` is of the whole digests of the events. `marks` holds how each of them begins, so that the event that was
    changed, taken out or put in can be named.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    first = models.PositiveBigIntegerField(help_text="number of the first event that it covers")
    last = models.PositiveBigIntegerField()
    events = models.PositiveIntegerField(help_text="how many events it covers; their numbers may have gaps")
    previous = models.CharField(max_length=64, help_text="digest of the seal before; of the first one, zeros")
    sha256 = models.CharField(max_length=64)
    marks = models.TextField(default="", help_text="a line for each event: its number, and how its digest begins")
    at = models.DateTimeField()
