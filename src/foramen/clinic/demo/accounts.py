"""Who works in the demonstration, and whom to be."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password

from foramen.clinic.models import Delegation, Person, Site
from foramen.clinic.rights.roles import Role

PASSWORD = "demonstration"
"""Of every account. It opens nothing but invented records on this machine."""

FIRST_DAY = date(2025, 1, 6)
EXAMPLE, LAKE = "example", "lake"
"""Codes of the two sites."""


@dataclass(frozen=True, slots=True)
class Account:
    """One invented member of staff. `worth` says what to try as this person; empty for those who are only named."""

    username: str
    shown_as: str
    role: Role
    sites: tuple[str, ...] = (EXAMPLE,)
    worth: str = ""

    @property
    def secret(self) -> str:
        """Of the codes, the same in every demonstration."""
        return base64.b32encode(hashlib.sha256(f"foramen {self.username}".encode()).digest()[:20]).decode()


ACCOUNTS: Sequence[Account] = (
    Account("dahl", "R. Dahl", Role.NURSE, worth="the board: who is held, stopped, to be decided; move Josef Heron"),
    Account("ferro", "T. Ferro", Role.TECHNOLOGIST, worth="time-outs in Fluoroscopy 1, and the dose"),
    Account("okafor", "Dr H. Okafor", Role.RADIOLOGIST, worth="referrals to triage; Nadia Sorrel, who is in the room"),
    Account("vance", "Dr L. Vance", Role.LEAD, worth="policies in force; the time-out of Leila Wren"),
    Account("lind", "S. Lind", Role.COORDINATOR, (EXAMPLE, LAKE), "bookings and waiting add-ons, at two sites"),
    Account("hale", "J. Hale", Role.ADMIN, worth="people and their roles; no patient is shown"),
    Account("byrd", "N. Byrd", Role.ANALYST, worth="the registry: freeze a snapshot, run the service review, no names"),
    Account("stone", "K. Stone", Role.STATISTICIAN, worth="reports of studies with every number explained; no patient"),
    Account("roe", "Dr A. Roe", Role.READER, worth="blinded reads come later; until then: what is closed"),
    Account("lowe", "F. Lowe", Role.NURSE, (LAKE,), "the other site: nothing of Example Hospital can be seen"),
    Account("moss", "P. Moss", Role.NURSE),
    Account("brun", "S. Brun", Role.TECHNOLOGIST),
    Account("sandoval", "Dr P. Sandoval", Role.RADIOLOGIST),
    Account("oyelaran", "M. Oyelaran", Role.TECHNOLOGIST),
    Account("ito", "Dr M. Ito", Role.RADIOLOGIST),
    Account("nwosu", "C. Nwosu", Role.TECHNOLOGIST),
    Account("quayle", "Dr N. Quayle", Role.LEAD, (LAKE,)),
    Account("amis", "B. Amis", Role.TECHNOLOGIST, (LAKE,)),
)


def make_accounts(sites: Mapping[str, Site]) -> dict[str, Person]:
    """Every account with its password, its codes and its roles; by the name of the account."""
    # One hash for all: the password is known to everybody, and each hash takes a while on purpose.
    password = make_password(PASSWORD)
    return {one.username: _make(one, password, sites) for one in ACCOUNTS}


def _make(account: Account, password: str, sites: Mapping[str, Site]) -> Person:
    person = Person.objects.create(username=account.username, shown_as=account.shown_as, password=password)
    TOTP.activate(person, account.secret)
    for code in account.sites:
        Delegation.objects.create(person=person, site=sites[code], role=account.role, first_day=FIRST_DAY)
    return person


def whom_to_be() -> Sequence[tuple[str, str, str]]:
    """Account, name with role, and what to try, of those worth being."""
    return [(one.username, f"{one.shown_as}, {one.role.label}", one.worth) for one in ACCOUNTS if one.worth]
