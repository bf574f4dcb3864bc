"""What Django tells us and records follow: connections, migrations, and who signs in and out."""

from typing import Any

from allauth.mfa import signals as second_factor
from django.apps import AppConfig
from django.contrib.auth import signals as accounts
from django.core.checks import Tags, register
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from foramen.clinic.records import checks, events, triggers
from foramen.clinic.records.context import introduce


def before_migrating(using: str, plan: list[Any], **_signal: Any) -> None:
    """SQLite cannot rebuild a table that a trigger writes to, and what is signed may have to change its form. A
    database that is left half migrated has no triggers, and is not served."""
    if plan:
        triggers.remove(connections[using])


def after_migrating(using: str, **_signal: Any) -> None:
    triggers.install(connections[using])


def connect(clinic: AppConfig) -> None:
    """Follow them all, once."""
    register(checks.check_triggers, Tags.database, deploy=True)
    connection_created.connect(introduce, dispatch_uid="foramen_introduce")
    pre_migrate.connect(before_migrating, sender=clinic, dispatch_uid="foramen_before_migrating")
    post_migrate.connect(after_migrating, sender=clinic, dispatch_uid="foramen_after_migrating")
    accounts.user_logged_in.connect(events.signed_in, dispatch_uid="foramen_signed_in")
    accounts.user_logged_out.connect(events.signed_out, dispatch_uid="foramen_signed_out")
    accounts.user_login_failed.connect(events.not_signed_in, dispatch_uid="foramen_not_signed_in")
    second_factor.authentication_failed.connect(events.no_second_factor, dispatch_uid="foramen_no_second_factor")
    for signal in events.FACTORS:
        signal.connect(events.factor_changed, dispatch_uid="foramen_factor_changed")
