"""Codes of the second factor: each opens once, for as long as it could be shown."""

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django.core.cache import cache

from foramen.clinic.models import Person


def is_right(person: Person, typed: str) -> bool:
    """Whether this is a code that the person's device shows about now, and that has not been used."""
    return is_shown_now(person, typed) and is_first_use(person, typed)


def is_shown_now(person: Person, typed: str) -> bool:
    """Whether the person's device shows this code about now. It is not used up by asking."""
    found = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    return found is not None and validate_totp_code(decrypt(found.data["secret"]), typed)


def is_first_use(person: Person, typed: str) -> bool:
    """Use a code up. It is taken from a period before to a period after its own, three in all, and once in that time;
    the library forgets it after one."""
    periods = 2 * app_settings.TOTP_TOLERANCE + 1
    digits = "".join(filter(str.isdigit, typed))
    return bool(cache.add(f"foramen:code:{person.pk.hex}:{digits}", "used", timeout=periods * app_settings.TOTP_PERIOD))
