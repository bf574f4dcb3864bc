"""Which policies a site has put in force: read from its signed records, never from a file that nobody signed.

A record that is missing, unreadable, changed since it was signed, or signed by fewer than two people puts nothing in
force. Then the policy says STOP, and the page that asked is shown (H07).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from foramen.catalogue.decision import Stamp
from foramen.catalogue.instants import TZDATA
from foramen.catalogue.policies import POLICIES
from foramen.catalogue.site_record import InForce, record_of
from foramen.clinic.models import PolicyRecord, Site
from foramen.kernel.digests import text_digest
from foramen.kernel.errors import DefinitionError

CACHED = 256
"""Texts of records that are kept read; a site has one for each policy."""


@dataclass(frozen=True, slots=True)
class Records:
    """The active records of one site, by policy."""

    site: str
    by_policy: Mapping[str, PolicyRecord]

    def in_force(self, policy: str) -> InForce[Any]:
        """The policy with the record that puts it in force. Raises DefinitionError if nothing does."""
        where, row = f"record of {policy} at {self.site}", self.by_policy.get(policy)
        if row is None:
            raise DefinitionError.single(
                "this site has put no version of this policy in force", where=where, received="no record",
                remedy="have two doctors sign one",
            )  # fmt: skip
        if row.first_by_id is None or row.second_by_id is None or row.first_by_id == row.second_by_id:
            raise DefinitionError.single(
                "this record is not signed by two different people", where=where, remedy="have two doctors sign one"
            )
        if text_digest(row.text) != row.text_sha256:
            raise DefinitionError.single(
                "this record is not the one that was signed: its text has changed", where=where,
                received=f"digest {text_digest(row.text)}", remedy=f"restore the text with digest {row.text_sha256}",
            )  # fmt: skip
        return _read(policy, row.text, where)


def records_of(site: Site) -> Records:
    """The active records of a site. One query."""
    rows = PolicyRecord.objects.filter(site=site, state=PolicyRecord.State.ACTIVE)
    return Records(str(site), {row.policy: row for row in rows})


def in_force(site: Site, policy: str) -> InForce[Any]:
    """One policy of a site with the record that puts it in force. Raises DefinitionError if nothing does."""
    return records_of(site).in_force(policy)


def set_by_site(site: Site, policy: str, parameter: str) -> Any:
    """What a site has set in a policy in force; None: nothing, or there is no such policy in force. One query."""
    try:
        return in_force(site, policy).parameter(parameter)
    except DefinitionError:
        return None


def nothing_in_force(policy: str) -> Stamp:
    """What a decision carries where no version could be found: it is STOP."""
    return Stamp(policy, "none", "", "", date.max, TZDATA)


@lru_cache(maxsize=CACHED)
def _read(policy: str, text: str, where: str) -> InForce[Any]:
    """The record of a text. The same text is read once; whether it is in force is found at every evaluation."""
    record = record_of(text, where)
    if record.content.policy.id != policy:
        raise DefinitionError.single(
            "this record is of another policy", where=where, received=record.content.policy.id, remedy=policy
        )
    return POLICIES[policy].in_force(record)
