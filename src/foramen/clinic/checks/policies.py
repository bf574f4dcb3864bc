"""Which policies each site has in force, whether their files are those that were signed, and when they are reviewed."""

from collections.abc import Iterator
from datetime import date

from foramen.catalogue.instants import day_of
from foramen.catalogue.policies import POLICIES
from foramen.clinic import clock
from foramen.clinic.checks.check import NotReadyError
from foramen.clinic.models import Site
from foramen.clinic.rules.policies import Records, records_of
from foramen.kernel.errors import Fault, UserError, raise_all


def check_policies() -> str:
    """Every fault of every site; else how many are in force, and which is reviewed next."""
    faults: list[Fault] = []
    reviews: list[tuple[date, str]] = []
    count = 0
    for site in Site.objects.order_by("code"):
        records = records_of(site)
        count += len(records.by_policy)
        faults += _faults(site, records, reviews)
    raise_all(NotReadyError, faults)
    first = min(reviews, default=None)
    return f"{count} in force" + (f", the first review is that of {first[1]} on {first[0]}" if first else "")


def _faults(site: Site, records: Records, reviews: list[tuple[date, str]]) -> Iterator[Fault]:
    """What is wrong with the records of a site. A policy that a site has not put in force says STOP; that is no fault
    of the installation."""
    today = day_of(clock.now_at(site.zone))
    for name in records.by_policy:
        try:
            in_force = records.in_force(name)
            yield from POLICIES[name].not_standing(in_force)
            found = POLICIES[name].reviews(in_force)
        except UserError as error:
            yield from error.faults
            continue
        reviews.extend((day, file) for file, day in found.items())
        for file, day in found.items():
            if day < today:
                remedy = "have it reviewed, and two doctors sign a new record"
                yield Fault("a policy in force should have been reviewed", f"{file} at {site}", f"by {day}", remedy)
