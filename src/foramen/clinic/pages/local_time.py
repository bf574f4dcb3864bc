"""Local times of the site in forms: typed as a clock shows them, kept as instants.

A time in the gap of spring is refused. One in the fold of autumn occurs twice: the form comes back and asks which.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from foramen.catalogue.instants import Which, moment_of
from foramen.kernel.errors import DataError

WHICH = "_which"
"""Ending of the name under which the answer is sent that the fold asks for."""

Typed = tuple[str, str]


class LocalTimeInput(forms.TextInput):
    """Date and time as the browser offers them; beside it, where a time occurs twice, which of the two."""

    input_type = "datetime-local"
    template_name = "clinic/parts/local_time.html"
    ask = False

    def value_from_datadict(self, data: Mapping[str, Any], _files: Any, name: str) -> Typed:
        return data.get(name) or "", data.get(name + WHICH) or ""

    def value_omitted_from_data(self, data: Mapping[str, Any], _files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        typed, which = value if isinstance(value, tuple) else (shown(value), "")
        found = super().get_context(name, typed, attrs)
        return found | {"ask": self.ask, "which": which, "which_name": name + WHICH}


class LocalTimeField(forms.Field):
    """An instant, typed as local time of the site whose zone is active."""

    widget = LocalTimeInput

    def to_python(self, value: Any) -> datetime | None:
        typed, which = value if isinstance(value, tuple) else (value or "", "")
        if not typed:
            return None
        try:
            local = parse_datetime(typed.strip())
        except ValueError:
            local = None
        if local is None or local.tzinfo is not None:
            raise ValidationError("Write date and time, such as 2026-11-23 07:00.")
        return self._instant(local, which)

    def _instant(self, local: datetime, which: str) -> datetime:
        chosen: Which | None = "earlier" if which == "earlier" else "later" if which == "later" else None
        try:
            return moment_of(local, timezone.get_current_timezone_name(), which=chosen, where="").utc
        except DataError as error:
            fault = error.faults[0]
            self.widget.ask = "twice" in fault.what
            raise ValidationError(f"{fault.what[:1].upper()}{fault.what[1:]}: {fault.remedy}.") from None

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")


def shown(at: Any) -> str:
    """An instant as the input shows it, in the zone of the site."""
    if isinstance(at, str):
        at = parse_datetime(at)
    return "" if at is None else f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"
