"""The one list of checks, in groups: a later group rests on what an earlier one has found to be right."""

from collections.abc import Iterator

from django.conf import settings

from foramen.clinic.checks import database, installed, policies, running
from foramen.clinic.checks import settings as set_up
from foramen.clinic.checks.check import Check, Found, NotReadyError, ask_all
from foramen.kernel.errors import raise_all

SETTINGS = (
    Check("secret", set_up.check_secret, serving=True),
    Check("error pages", set_up.check_debug, serving=True),
    Check("hosts", set_up.check_hosts, serving=True),
    Check("clock of its own", set_up.check_clock_offset, serving=True),
    Check("data folder", set_up.check_data_folder, serving=True),
    Check("local disk", set_up.check_local_disk, serving=True),
    Check("other folders", set_up.check_other_folders),
    Check("disk", set_up.check_disk),
    Check("program", installed.check_files),
    Check("static files", set_up.check_static),
)
DATABASE = (Check("database", database.check_database, serving=True),)
TABLES = (Check("tables", database.check_tables, serving=True),)
RECORDS = (
    Check("audit", database.check_triggers, serving=True),
    Check("keys", database.check_keys, serving=True),
    Check("clock", database.check_clock, serving=True),
    Check("durable", database.check_durable, serving=True),
    Check("demonstration", lambda: database.check_not_mixed(demo=settings.FORAMEN_DEMO), serving=True),
    Check("seals", running.check_seals),
    Check("worker", running.check_worker),
    Check("jobs", running.check_jobs),
    Check("outbox", running.check_outbox),
    Check("restore", running.check_restored),
    Check("policies", policies.check_policies),
)
CHECKS = (SETTINGS, DATABASE, TABLES, RECORDS)


def require_serving() -> None:
    """Raise NotReadyError with every reason for which nothing may be served."""
    raise_all(NotReadyError, (fault for found in ask_all(CHECKS, serving=True) for fault in found.faults))


def look_at_everything() -> Iterator[Found]:
    """Every check, in order."""
    return ask_all(CHECKS)
