"""The beginning of each event's digest in its seal, so that a broken event can be named."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("clinic", "0002_records_and_evidence")]

    operations = [
        migrations.AddField(
            model_name="seal",
            name="marks",
            field=models.TextField(
                default="", help_text="a line for each event: its number, and how its digest begins"
            ),
        ),
    ]
