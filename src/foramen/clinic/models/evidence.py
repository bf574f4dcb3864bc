"""Frozen snapshots of a site, and the studies that were run on them."""

from django.db import models

from foramen.clinic.models.base import VersionedRow
from foramen.clinic.models.people import Person, Site


class Progress(models.TextChoices):
    """How far something has come that a worker does."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "being made"
    DONE = "done", "done"
    FAILED = "failed", "not made"


class Freeze(VersionedRow):
    """A frozen, de-identified copy of the treatments of a site, as a folder of files with a manifest.

    `day` is the calendar day of the site on which it was asked for. `told` counts who is in it and who is not, by
    reason.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="freezes")
    number = models.PositiveIntegerField()
    detail = models.CharField(max_length=20, help_text="how much of a date is kept (`freeze.detail`)")
    day = models.DateField()
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=Progress.choices, default=Progress.WAITING)
    done_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="of the manifest")
    told = models.JSONField(default=dict)
    failed = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site", "number"), name="freeze_number"),)


class StudyRun(VersionedRow):
    """A study that was run on a freeze. `left_out` says what the freeze did not hold."""

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="runs")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    study = models.CharField(max_length=60)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=Progress.choices, default=Progress.WAITING)
    done_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="of the manifest of its results")
    left_out = models.JSONField(default=list)
    failed = models.CharField(max_length=200, blank=True)
