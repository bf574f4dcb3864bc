"""The key of a patient, as the database holds it: `name of a ring's key:nonce and ciphertext`. Empty: destroyed."""

import base64
import binascii
from uuid import UUID

from foramen.clinic.sealed.cipher import NONCE_BYTES, DoesNotOpenError, new_key, seal, unseal
from foramen.clinic.sealed.ring import key_named, read_again, ring


def new_data_key(patient: UUID) -> str:
    """A new key, wrapped for this patient by the current key of the ring as its file holds it now: another process may
    have put a new one on top since this one began, and somebody dropped the one that was."""
    read_again()
    return wrap(new_key(), patient)


def wrap(key: bytes, patient: UUID) -> str:
    """By the current key of the ring."""
    now = ring()
    nonce, sealed = seal(now.keys[now.current], key, _place(patient))
    return f"{now.current}:{base64.b64encode(nonce + sealed).decode()}"


def unwrap(wrapped: str, patient: UUID) -> bytes:
    """Raises DoesNotOpenError, or KeyRingError where the ring has no such key."""
    name, _, told = wrapped.partition(":")
    key = key_named(name)
    try:
        both = base64.b64decode(told, validate=True)
    except binascii.Error:
        raise DoesNotOpenError(f"what is sealed does not open: {_place(patient)}") from None
    return unseal(key, both[:NONCE_BYTES], both[NONCE_BYTES:], _place(patient))


def _place(patient: UUID) -> str:
    return f"clinic_patient:data_key:{patient.hex}"
