"""Search marks: what a patient can be found by without the database knowing any name.

A mark is `HMAC-SHA256(index key, field | site | value)`, cut to 128 bits. The value is folded first: case, accents,
spaces and hyphens do not count. Equal values have equal marks: whoever holds the index key can try values out.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from foramen.clinic.sealed.ring import ring

BEGINNING = 3
"""Letters of a word by whose mark the words are found that begin so."""

PHONE_DIGITS = 9
"""Digits of a phone number, from its end, that are compared: without the codes that lead to the country."""

WRITTEN = "written"
"""The field of a mark that only an equal text has: by it a number is kept unique."""

MARK_BYTES = 16
_BETWEEN = re.compile(r"[\s,;./\\_–—-]+")
_DAYS = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), (0, 1, 2)),
    (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})"), (2, 1, 0)),
)
"""Two ways to write a day, and which parts are year, month and day."""


def folded(text: str) -> str:
    """Without case and accents, in one form of each letter."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Cf"))


def words_of(text: str) -> list[str]:
    """The words of a name or of a search: letters and digits alone."""
    parts = ("".join(one for one in part if one.isalnum()) for part in _BETWEEN.split(folded(text)))
    return [part for part in parts if part]


def number_of(text: str) -> str:
    """A number without what stands between its signs."""
    return "".join(one for one in folded(text) if one.isalnum())


def phone_of(text: str) -> str:
    """The last digits of a phone number."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if one in "0123456789")[-PHONE_DIGITS:]


def day_of_text(text: str) -> date | None:
    """A day as people type one: 1961-03-24 or 24.3.1961; None where it is none."""
    for form, places in _DAYS:
        if found := form.fullmatch(text.strip()):
            try:
                return date(*(int(found[place + 1]) for place in places))
            except ValueError:
                return None
    return None


def mark_of(field: str, site: UUID, value: Any) -> str:
    """The mark of a value of a field at a site; of nothing there is none."""
    plain = _FOLDING.get(field, folded)(str(value))
    if not plain:
        return ""
    digest = hmac.digest(ring().index, f"{field}|{site.hex}|{plain}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:MARK_BYTES]).decode().rstrip("=")


_FOLDING: Mapping[str, Callable[[str], str]] = {"number": number_of, "phone": phone_of, WRITTEN: str}


def marks_of(patient: Any) -> Iterator[tuple[str, str]]:
    """Field and mark of everything that a patient is found by."""
    site, told = patient.site_id, set[tuple[str, str]]()
    for word in words_of(f"{patient.family_name} {patient.given_name}"):
        told |= {("word", word), ("beginning", word[:BEGINNING])}
    told |= {("number", patient.number), ("born", str(patient.born)), ("phone", patient.phone)}
    for field, value in sorted(told):
        if mark := mark_of(field, site, value):
            yield field, mark


def seal_digest(text: str) -> str:
    """A digest by which the same text is known again, and which nobody without the index key can try out."""
    return hmac.digest(ring().index, text.encode(), hashlib.sha256).hex()
