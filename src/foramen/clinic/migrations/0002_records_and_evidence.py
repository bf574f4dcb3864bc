"""Seals, the worker, freezes, and the pseudonym of each patient."""

import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import foramen.clinic.clock


def give_pseudonyms(apps: Any, _schema_editor: Any) -> None:
    """Each patient gets a number of chance of its own."""
    patients = apps.get_model("clinic", "Patient")
    for patient in patients.objects.all().only("pk").iterator():
        patients.objects.filter(pk=patient.pk).update(pseudonym=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Freeze",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.PositiveIntegerField()),
                ("detail", models.CharField(help_text="how much of a date is kept (`freeze.detail`)", max_length=20)),
                ("day", models.DateField()),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "being made"),
                            ("done", "done"),
                            ("failed", "not made"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("sha256", models.CharField(blank=True, help_text="of the manifest", max_length=64)),
                ("told", models.JSONField(default=dict)),
                ("failed", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("worker_at", models.DateTimeField(help_text="when a worker was last alive", null=True)),
                ("restored_at", models.DateTimeField(null=True)),
                ("backed_up_at", models.DateTimeField(help_text="instant of the backup that was restored", null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField()),
                (
                    "taken_at",
                    models.DateTimeField(
                        help_text="when a worker took it last; it has a lease from then on", null=True
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("failed", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("first", models.PositiveBigIntegerField(help_text="number of the first event that it covers")),
                ("last", models.PositiveBigIntegerField()),
                (
                    "events",
                    models.PositiveIntegerField(help_text="how many events it covers; their numbers may have gaps"),
                ),
                (
                    "previous",
                    models.CharField(help_text="digest of the seal before; of the first one, zeros", max_length=64),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StudyRun",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("study", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "being made"),
                            ("done", "done"),
                            ("failed", "not made"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("sha256", models.CharField(blank=True, help_text="of the manifest of its results", max_length=64)),
                ("left_out", models.JSONField(default=list)),
                ("failed", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveIndex(
            model_name="outgoing",
            name="clinic_outg_done_at_b2d256_idx",
        ),
        migrations.AddField(
            model_name="outgoing",
            name="due_at",
            field=models.DateTimeField(default=foramen.clinic.clock.now, help_text="not before this instant"),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="failed",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="given_up_at",
            field=models.DateTimeField(help_text="when it was tried for the last time", null=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="pseudonym",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunPython(give_pseudonyms, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="patient",
            name="pseudonym",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="registered_at",
            field=models.DateTimeField(default=foramen.clinic.clock.now, editable=False),
        ),
        migrations.AddField(
            model_name="visit",
            name="age",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="of the patient on the day of the needle", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(fields=["done_at", "due_at"], name="clinic_outg_done_at_f90dbf_idx"),
        ),
        migrations.AddField(
            model_name="freeze",
            name="asked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="freeze",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="freezes", to="clinic.site"
            ),
        ),
        migrations.AddField(
            model_name="studyrun",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="studyrun",
            name="freeze",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="clinic.freeze"
            ),
        ),
        migrations.AddField(
            model_name="studyrun",
            name="site",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
        ),
        migrations.AddConstraint(
            model_name="freeze",
            constraint=models.UniqueConstraint(fields=("site", "number"), name="freeze_number"),
        ),
    ]
