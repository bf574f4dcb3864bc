"""What a record holds, as a person reads it: names, places, instants in the zone of the site."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.db import models

from foramen.catalogue.gates.inputs import Place
from foramen.catalogue.gates.places import place_text
from foramen.catalogue.instants import Moment, day_text, local_of
from foramen.clinic.sealed.fields import SealedJSON

_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_PLACE = ("root", "level", "side", "route")
UNTOLD = frozenset(
    {"id", "version", "site_id", "patient_id", "password", "number", "state_at", "words", "mark", "pseudonym",
     "registered_at"}
)  # fmt: skip
"""Columns of a row that its line tells otherwise, or not at all."""

NAMED = {"targets_text": "targets", "preauthorisation": "pre-authorisation", "mri": "MRI", "inr": "INR"}
"""What is not named as it is written."""


def content_in_words(content: Mapping[str, Any], zone: str) -> dict[str, str]:
    """What a fact holds, by the name of each field; what is empty is left out."""
    told = {NAMED.get(name, name.replace("_", " ")): _text(value, zone) for name, value in content.items()}
    return {name: text for name, text in told.items() if text}


def _text(value: Any, zone: str) -> str:
    if value in (None, "", [], {}):
        return ""
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return _instant_or_text(value, zone)
        case list():
            return "; ".join(filter(None, (_text(one, zone) for one in value)))
        case dict():
            return _parts(value, zone)
        case _:
            return str(value)


def _parts(value: dict[str, Any], zone: str) -> str:
    """A place as it is spoken, then the rest with its names."""
    place = {name: value[name] for name in _PLACE if value.get(name)}
    rest = {name: one for name, one in value.items() if name not in place}
    named = [f"{name} {text}" for name, text in content_in_words(rest, zone).items()]
    return ", ".join([*([place_text(Place.model_validate(place))] if place else []), *named])


def _instant_or_text(value: str, zone: str) -> str:
    if _INSTANT.match(value):
        told = datetime.fromisoformat(value)
        here = local_of(Moment(told if told.tzinfo else told.replace(tzinfo=UTC), zone))
        return f"{day_text(here.date())}, {here:%H:%M}"
    return day_text(date.fromisoformat(value)) if _DAY.fullmatch(value) else value


def model_of(table: str) -> type[models.Model]:
    """The model of a table of the clinic."""
    return next(one for one in apps.get_app_config("clinic").get_models() if one._meta.db_table == table)


def row_in_words(table: str, row: Mapping[str, Any], names: Mapping[str, str], zone: str) -> dict[str, str]:
    """The columns of a row; people and rooms by their names, which `names` has by key."""
    fields = {field.column: field for field in model_of(table)._meta.local_concrete_fields}
    told: dict[str, str] = {}
    for column, value in row.items():
        field = fields.get(column)
        if field is not None and column not in UNTOLD and (text := _column(field, value, names, zone)):
            told[NAMED.get(column, str(field.verbose_name))] = text
    return told


def _column(field: "models.Field[Any, Any]", value: Any, names: Mapping[str, str], zone: str) -> str:
    if isinstance(field, models.ForeignKey):
        return names.get(str(value).replace("-", ""), "")
    if isinstance(field, models.JSONField | SealedJSON):
        return ""
    labels = {str(key): str(label) for key, label in field.flatchoices}
    return labels.get(str(value)) or _text(value, zone)
