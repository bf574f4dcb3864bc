"""The one app."""

from importlib import import_module

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """The clinic."""

    name = "foramen.clinic"
    label = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the verbs and follow the signals; they need the models, which are loaded now."""
        import_module("foramen.clinic.domain.everything")
        import_module("foramen.clinic.records.signals").connect(self)
