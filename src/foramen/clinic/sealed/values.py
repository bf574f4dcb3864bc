"""A sealed value as text: `v1.nonce.ciphertext`, or `z1` where it is compressed. It opens in its own row alone."""

import base64
import binascii
import zlib
from typing import Any
from uuid import UUID

from foramen.clinic.sealed.cipher import DoesNotOpenError, seal, unseal

VERSION, PACKED = "v1", "z1"
"""As it is, and compressed: what the rules said is long, and says the same words again and again."""

LONG = 400
"""Bytes from which on a text is compressed."""


def place_of(table: str, column: str, row: UUID) -> str:
    return f"{table}:{column}:{row.hex}"


def seal_text(key: bytes, plain: str, place: str) -> str:
    """Empty stays empty: that nothing was told is no secret."""
    if not plain:
        return ""
    told = plain.encode()
    if len(told) < LONG:
        return ".".join((VERSION, *map(_told, seal(key, told, place))))
    return ".".join((PACKED, *map(_told, seal(key, zlib.compress(told, 1), f"{place}:{PACKED}"))))


def open_text(key: bytes, sealed: str, place: str) -> str:
    """Raises DoesNotOpenError for anything that was not sealed with this key for this place."""
    if not sealed:
        return ""
    version, _, rest = sealed.partition(".")
    nonce, _, told = rest.partition(".")
    try:
        if version not in (VERSION, PACKED):
            raise ValueError
        parts = _read(nonce), _read(told)
    except (ValueError, binascii.Error):
        raise DoesNotOpenError(f"what is sealed does not open: {place}") from None
    if version == VERSION:
        return unseal(key, *parts, place).decode()
    return zlib.decompress(unseal(key, *parts, f"{place}:{PACKED}")).decode()


def is_sealed(text: Any) -> bool:
    """Whether this looks like a sealed value."""
    return isinstance(text, str) and text.startswith((f"{VERSION}.", f"{PACKED}.")) and text.count(".") == 2


def _told(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _read(told: str) -> bytes:
    return base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
