"""The cipher: AES-256-GCM. The only module that knows the library."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foramen.kernel.errors import Defect

KEY_BYTES, NONCE_BYTES = 32, 12


class DoesNotOpenError(Defect):
    """A sealed value was changed, stands in a place that is not its own, or is opened with another key."""


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plain: bytes, place: str) -> tuple[bytes, bytes]:
    """Nonce and ciphertext, which opens in this place alone."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce, AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, nonce: bytes, sealed: bytes, place: str) -> bytes:
    """Raises DoesNotOpenError, which says where and not what."""
    try:
        return AESGCM(key).decrypt(nonce, sealed, place.encode())
    except (InvalidTag, ValueError):
        raise DoesNotOpenError(f"what is sealed does not open: {place}") from None
