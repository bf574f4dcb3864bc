"""The key ring: the keys that wrap those of the patients, and the key of the search marks. It is never in the database.

Its text has a line for each key, `name key`, the current one first, and one line `index key`. A line that begins with
# is a remark.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from foramen.clinic.environment import read_settings
from foramen.clinic.sealed.cipher import KEY_BYTES, new_key
from foramen.kernel.errors import UserError

INDEX = "index"
SETTING = "FORAMEN_KEYS"
NAME = re.compile("[a-z0-9][a-z0-9-]{0,19}")
HEAD = "# The key ring of a clinic. Whoever has it and the database reads every name. Keep a copy away from both.\n"


class KeyRingError(UserError):
    """There is no key ring, or it is not one, or not that of this database."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by name, the current one first, and the key of the search marks."""

    keys: Mapping[str, bytes]
    index: bytes

    @property
    def current(self) -> str:
        return next(iter(self.keys))

    @property
    def text(self) -> str:
        lines = [f"{name} {_told(key)}" for name, key in (*self.keys.items(), (INDEX, self.index))]
        return HEAD + "\n".join(lines) + "\n"


def ring() -> KeyRing:
    """The ring of this installation. Raises KeyRingError."""
    return read_ring(settings.FORAMEN_KEYS, SETTING)


def key_named(name: str) -> bytes:
    """A key of the ring. One that is not known may have been added since the service was started: the ring is read
    again once. Raises KeyRingError."""
    found = ring().keys.get(name) or read_again().keys.get(name)
    if found is None:
        raise KeyRingError.single(
            "a key that this database was sealed with is not in the ring", where=SETTING, received=name,
            remedy="the ring of this installation, with every key that was not dropped",
        )  # fmt: skip
    return found


def read_again() -> KeyRing:
    """The ring as its file holds it now."""
    settings.FORAMEN_KEYS = read_settings()[SETTING] or settings.FORAMEN_KEYS
    return ring()


@lru_cache(maxsize=4)
def read_ring(text: str, where: str) -> KeyRing:
    """A ring from its text. Raises KeyRingError; a message never holds a key."""
    if not text.strip():
        raise KeyRingError.single(
            "there is no key ring: names cannot be read or stored", where=where,
            remedy="foramen keys make FILE, and name it in FORAMEN_KEYS_FILE",
        )  # fmt: skip
    keys: dict[str, bytes] = {}
    for number, line in enumerate(text.strip().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, key = _read_line(line, f"{where}, line {number}")
        if name in keys:
            raise KeyRingError.single("two keys have one name", where=f"{where}, line {number}", received=name)
        keys[name] = key
    index = keys.pop(INDEX, None)
    if index is None or not keys:
        raise KeyRingError.single(
            "this key ring is not whole", where=where, received=f"{len(keys)} keys, {'an' if index else 'no'} index",
            remedy="as foramen keys make wrote it: at least one key, and a line that begins with index",
        )  # fmt: skip
    return KeyRing(keys, index)


def _read_line(line: str, where: str) -> tuple[str, bytes]:
    name, _, told = line.strip().partition(" ")
    try:
        key = base64.urlsafe_b64decode(told.strip().encode() + b"=" * (-len(told.strip()) % 4))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        key = b""
    if len(key) != KEY_BYTES or not NAME.fullmatch(name):
        raise KeyRingError.single(
            "this line of the key ring is no name and key", where=where, remedy="the file as foramen keys make wrote it"
        )
    return name, key


def new_ring() -> KeyRing:
    return KeyRing({new_name(): new_key()}, new_key())


def new_name() -> str:
    """Of chance: a name tells nothing and is never given twice."""
    return f"k{os.urandom(4).hex()}"


def with_new_key(old: KeyRing) -> KeyRing:
    """The same ring with a new current key."""
    return KeyRing({new_name(): new_key(), **old.keys}, old.index)


def without_key(old: KeyRing, name: str) -> KeyRing:
    return KeyRing({one: key for one, key in old.keys.items() if one != name}, old.index)


def read_file(path: Path) -> KeyRing:
    """The ring of a file. Raises KeyRingError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise KeyRingError.single("the key ring cannot be read", where=str(path), received=str(reason)) from None
    return read_ring(text, str(path))


def make_file(path: Path) -> KeyRing:
    """A new ring in a new file, for its owner alone. Raises KeyRingError where something stands there already."""
    made = new_ring()
    try:
        _write(path, made.text, os.O_EXCL)
    except FileExistsError:
        raise KeyRingError.single(
            "something stands there, and may be a ring in use: nothing was written", where=str(path),
            remedy="another file",
        ) from None  # fmt: skip
    except OSError as error:
        raise KeyRingError.single(f"it cannot be written: {error.strerror}", where=str(path)) from None
    return made


def replace_file(path: Path, ring: KeyRing) -> None:
    """The file holds this ring, or what it held before, at every instant."""
    beside = path.with_name(f".{path.name}.new")
    try:
        _write(beside, ring.text, os.O_TRUNC)
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise KeyRingError.single(f"it cannot be written: {error.strerror}", where=str(path)) from None


def _write(path: Path, text: str, how: int) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _told(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")
