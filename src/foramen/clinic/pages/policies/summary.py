"""The policies of a site in one line, for the foot of every page."""

from dataclasses import dataclass
from datetime import date, datetime

from foramen.catalogue.instants import day_of
from foramen.catalogue.policies import POLICIES
from foramen.clinic import clock
from foramen.clinic.models import Site
from foramen.clinic.rules.policies import records_of
from foramen.kernel.errors import UserError


@dataclass(frozen=True, slots=True)
class PolicySet:
    """How many policies are in force, since when, and the first day by which one has to be reviewed."""

    in_force: int
    missing: int
    since: datetime | None
    review_by: date | None
    today: date

    @property
    def late(self) -> bool:
        """Whether one should have been reviewed by now: every page says so (1.4, H07)."""
        return self.review_by is not None and self.review_by < self.today


def policy_set(site: Site) -> PolicySet:
    """One query. What each policy rests on is looked at on the page of policies, not here."""
    records, reviews = records_of(site), []
    for policy in POLICIES:
        try:
            reviews.append(records.in_force(policy).content.review_by)
        except UserError:
            continue
    signed = [row.second_at for row in records.by_policy.values() if row.second_at is not None]
    today = day_of(clock.now_at(site.zone))
    missing = len(POLICIES) - len(reviews)
    return PolicySet(len(reviews), missing, max(signed, default=None), min(reviews, default=None), today)
