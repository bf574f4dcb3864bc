"""What names a patient is sealed with a key of the patient's own, in the rows and in the audit of them."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

from foramen.clinic.records.sealing import Sealing
from foramen.clinic.sealed.cipher import new_key
from foramen.clinic.sealed.data_key import wrap
from foramen.clinic.sealed.marks import WRITTEN, mark_of, marks_of

IN_PATIENT = ("number", "family_name", "given_name", "born", "phone", "email")
WHOLE = (("Letter", "content"), ("Draft", "content"), ("Judgement", "content"), ("Visit", "readiness"))
BATCH = 500


def seal_everything(apps: Any, _schema_editor: Any) -> None:
    """One patient after the other, with everything that was written about each."""
    for patient in _in_batches(apps.get_model("clinic", "Patient").objects.order_by("pk")):
        _seal_patient(apps, patient)


def refuse_to_open(apps: Any, _schema_editor: Any) -> None:
    """Nothing is written back in the clear; an empty database may go back."""
    if apps.get_model("clinic", "Patient").objects.exists():
        raise IrreversibleError("what is sealed is not opened again: restore the backup of the old version")


def _in_batches(rows: Any) -> Iterator[Any]:
    """Row by row, without holding all of them or a cursor that stays open while they change."""
    last = None
    while found := list((rows if last is None else rows.filter(pk__gt=last))[:BATCH]):
        yield from found
        last = found[-1].pk


def _seal_patient(apps: Any, patient: Any) -> None:
    key = new_key()
    sealing = Sealing(key)
    marks = apps.get_model("clinic", "SearchMark")
    marks.objects.bulk_create(
        marks(patient_id=patient.pk, site_id=patient.site_id, field=field, mark=mark)
        for field, mark in marks_of(patient)
    )
    patient.number_mark = mark_of(WRITTEN, patient.site_id, patient.number)
    patient.data_key = wrap(key, patient.pk)
    for column in IN_PATIENT:
        setattr(patient, column, sealing.text("clinic_patient", column, patient.pk, getattr(patient, column)))
    patient.save(update_fields=(*IN_PATIENT, "number_mark", "data_key"))
    for name, column in WHOLE:
        _seal_column(apps.get_model("clinic", name), patient, column, sealing)
    bound = _seal_facts(apps, patient, sealing)
    for task in apps.get_model("clinic", "Task").objects.filter(patient=patient):
        task.content, task.words = sealing.parts("clinic_task", task.pk, task.kind, task.content)
        task.save(update_fields=("content", "words"))
    for event in apps.get_model("clinic", "AuditEvent").objects.filter(patient=patient.pk):
        event.old, event.new = (sealing.audited(event.table, one, bound) for one in (event.old, event.new))
        event.context = sealing.context(event.context)
        event.save(update_fields=("old", "new", "context"))


def _seal_column(model: Any, patient: Any, column: str, sealing: Sealing) -> None:
    for row in model.objects.filter(patient=patient):
        setattr(
            row, column, sealing.json(model._meta.db_table, column, row.pk, json.loads(getattr(row, column) or "{}"))
        )
        row.save(update_fields=(column,))


def _seal_facts(apps: Any, patient: Any, sealing: Sealing) -> dict[int, uuid.UUID]:
    """Every fact gets the mark that its words are bound to; by the number of the fact."""
    bound = {}
    for fact in apps.get_model("clinic", "Fact").objects.filter(patient=patient):
        fact.mark = bound[fact.pk] = uuid.uuid4()
        fact.content, fact.words = sealing.parts("clinic_fact", fact.mark, fact.kind, fact.content)
        fact.reason = sealing.text("clinic_fact", "reason", fact.mark, fact.reason)
        fact.save(update_fields=("mark", "content", "words", "reason"))
    return bound


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0004_signed_out_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=10)),
                ("mark", models.CharField(max_length=22)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clinic.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clinic.site",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="searchmark",
            index=models.Index(fields=["mark", "patient"], name="clinic_sear_mark_5b8792_idx"),
        ),
        migrations.AlterModelOptions(name="patient", options={"ordering": ("-registered_at", "id")}),
        migrations.RemoveConstraint(model_name="patient", name="patient_number"),
        migrations.RemoveIndex(model_name="patient", name="clinic_pati_site_id_9c87be_idx"),
        migrations.RemoveIndex(model_name="patient", name="clinic_pati_site_id_f53f7c_idx"),
        migrations.RemoveIndex(model_name="patient", name="family_name_beginning"),
        migrations.RemoveIndex(model_name="patient", name="given_name_beginning"),
        migrations.RemoveIndex(model_name="patient", name="number_beginning"),
        migrations.AddField(model_name="fact", name="mark", field=models.UUIDField(default=uuid.uuid4, editable=False)),
        migrations.AddField(
            model_name="fact",
            name="words",
            field=models.TextField(default="", editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="patient",
            name="data_key",
            field=models.TextField(
                default="", editable=False, help_text="wrapped by a key of the ring; empty when it was destroyed"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="patient", name="erased_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="patient",
            name="number_mark",
            field=models.CharField(default="", editable=False, max_length=22),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="task",
            name="words",
            field=models.TextField(default="", editable=False),
            preserve_default=False,
        ),
        migrations.AlterField(model_name="draft", name="content", field=models.TextField()),
        migrations.AlterField(model_name="fact", name="reason", field=models.TextField(blank=True)),
        migrations.AlterField(model_name="judgement", name="content", field=models.TextField()),
        migrations.AlterField(model_name="letter", name="content", field=models.TextField()),
        migrations.AlterField(model_name="patient", name="born", field=models.TextField()),
        migrations.AlterField(model_name="patient", name="email", field=models.TextField(blank=True)),
        migrations.AlterField(model_name="patient", name="family_name", field=models.TextField()),
        migrations.AlterField(model_name="patient", name="given_name", field=models.TextField()),
        migrations.AlterField(
            model_name="patient", name="number", field=models.TextField(help_text="as the site uses it")
        ),
        migrations.AlterField(model_name="patient", name="phone", field=models.TextField(blank=True)),
        migrations.AlterField(model_name="visit", name="readiness", field=models.TextField(blank=True)),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["site", "-registered_at", "id"], name="clinic_pati_site_id_df6be5_idx"),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number_mark", ""), _negated=True),
                fields=("site", "number_mark"),
                name="patient_number",
            ),
        ),
        migrations.RunPython(seal_everything, refuse_to_open),
    ]
