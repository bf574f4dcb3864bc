"""When somebody last signed out everywhere: sessions and known machines from before are worth nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinic", "0003_seal_marks")]

    operations = [
        migrations.AddField(
            "person",
            "signed_out_at",
            models.DateTimeField(blank=True, help_text="when it last signed out everywhere", null=True),
        ),
    ]
