"""A sealed value as text: `v1.nonce.ciphertext`. It opens in its row, column and table alone."""

import base64
import binascii
from typing import Any
from uuid import UUID

from foramen.clinic.sealed.cipher import DoesNotOpenError, seal, unseal

VERSION = "v1"


def place_of(table: str, column: str, row: UUID) -> str:
    return f"{table}:{column}:{row.hex}"


def seal_text(key: bytes, plain: str, place: str) -> str:
    """Empty stays empty: that nothing was told is no secret."""
    if not plain:
        return ""
    return ".".join((VERSION, *map(_told, seal(key, plain.encode(), place))))


def open_text(key: bytes, sealed: str, place: str) -> str:
    """Raises DoesNotOpenError for anything that was not sealed with this key for this place."""
    if not sealed:
        return ""
    version, _, rest = sealed.partition(".")
    nonce, _, told = rest.partition(".")
    try:
        if version != VERSION:
            raise ValueError
        parts = _read(nonce), _read(told)
    except (ValueError, binascii.Error):
        raise DoesNotOpenError(f"what is sealed does not open: {place}") from None
    return unseal(key, *parts, place).decode()


def is_sealed(text: Any) -> bool:
    """Whether this looks like a sealed value."""
    return isinstance(text, str) and text.startswith(f"{VERSION}.") and text.count(".") == 2


def _told(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _read(told: str) -> bytes:
    return base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
