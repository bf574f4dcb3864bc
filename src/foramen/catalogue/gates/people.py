"""Two people who sign together: each with an own account, in the role that is asked for."""

import unicodedata
from typing import Literal

from foramen.catalogue.gates.inputs import Role, Signature

Signed = Literal["two people", "one person", "wrong role", "other radiologist"]


def account(text: str) -> str:
    """An account as it is compared: case, spaces around it and characters nobody sees make no other person."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(one for one in plain if unicodedata.category(one) != "Cf").split())


def is_same_person(one: str, other: str) -> bool:
    return account(one) == account(other)


def signed_by(other: Signature | None, radiologist: Signature | None, role: Role, performing: str) -> Signed | None:
    """Who signed: somebody in a role, and the performing radiologist. None: that cannot be told."""
    if other is None or radiologist is None:
        return None
    if is_same_person(other.person, radiologist.person):
        return "one person"
    if (other.role, radiologist.role) != (role, "radiologist"):
        return "wrong role"
    if not performing:
        return None
    return "two people" if is_same_person(radiologist.person, performing) else "other radiologist"
