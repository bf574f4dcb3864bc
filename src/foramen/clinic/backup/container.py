"""The sealed file: a line that says what it is, then chunks, each encrypted and authenticated (AES-256-GCM).

Every file has a key of its own, derived from a key of the ring and 32 bytes of chance. The number of a chunk and
whether it is the last one go into its nonce, and the head into what is authenticated: nothing can be cut off, put in
another order or taken from another file, and a changed byte is found in its chunk.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from foramen.clinic.backup.errors import NOTHING, BackupError

MAGIC = b"FORAMEN-BACKUP "
FORMAT = 1
CHUNK = 1 << 20
"""Bytes of content in every chunk but the last."""

TAG, SALT, LONGEST_HEAD = 16, 32, 1000
AGAIN = "copy it again from where it was made, or take another one"

KeyOf = Callable[[str | None], tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the open: which key of the ring, the chance, and how many bytes the content has."""

    key: str
    salt: bytes
    size: int
    code: str
    line: bytes

    @property
    def chunks(self) -> int:
        return max(1, -(-self.size // CHUNK))

    @property
    def whole_file(self) -> int:
        """Bytes that the file has to have."""
        return len(self.line) + self.size + self.chunks * TAG


def write_sealed(stream: BinaryIO, content: Iterable[bytes], size: int, key_of: KeyOf) -> None:
    """Seal `size` bytes of content into a stream."""
    name, secret = key_of(None)
    head = _new_head(name, os.urandom(SALT), size, secret)
    stream.write(head.line)
    cipher = AESGCM(_derived(secret, head.salt, b"content"))
    number = 0
    for number, chunk in enumerate(_rechunked(content), start=1):
        stream.write(cipher.encrypt(_nonce(number, head), chunk, head.line))
    if number != head.chunks:
        raise ValueError("the content is not of the size that was told")


def read_sealed(file: Path, key_of: KeyOf) -> Iterator[bytes]:
    """The content of a sealed file, chunk by chunk, each proven before it is handed out. Raises BackupError for one
    that is no backup, is cut short, was changed, or cannot be opened with the ring."""
    with _opened(file) as stream:
        head = _head(stream, file)
        secret = key_of(head.key)[1]
        _check_key(head, secret, file)
        _check_size(stream, head, file)
        cipher = AESGCM(_derived(secret, head.salt, b"content"))
        for number in range(1, head.chunks + 1):
            at = stream.tell()
            try:
                yield cipher.decrypt(_nonce(number, head), stream.read(CHUNK + TAG), head.line)
            except InvalidTag:
                raise _changed(file, at, stream.tell(), f"chunk {number} of {head.chunks}") from None


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise BackupError.single(
            f"this file cannot be read: {error.strerror}",
            where=str(file),
            remedy="name a file that foramen backup made",
        ) from None


def _new_head(name: str, salt: bytes, size: int, secret: bytes) -> Head:
    """Its digest finds a changed byte, its code a key that only bears the same name."""
    code = _code(secret, salt)
    text = json.dumps({"format": FORMAT, "key": name, "salt": salt.hex(), "size": size, "code": code}).encode()
    line = MAGIC + hashlib.sha256(text).hexdigest().encode() + b" " + text + b"\n"
    return Head(name, salt, size, code, line)


def _head(stream: BinaryIO, file: Path) -> Head:
    line = stream.readline(LONGEST_HEAD)
    if not line.startswith(MAGIC):
        cut = bool(line) and MAGIC.startswith(line)
        raise _cut(file, len(line)) if cut else _none(file)
    if len(line) < LONGEST_HEAD and not line.endswith(b"\n"):
        raise _cut(file, len(line))
    digest, _, text = line[len(MAGIC) : -1].partition(b" ")
    if hashlib.sha256(text).hexdigest().encode() != digest:
        raise _changed(file, 0, len(line), "the first line")
    told = json.loads(text)
    if told["format"] != FORMAT:
        raise BackupError.single(
            "this backup is of a newer form", where=str(file), received=f"form {told['format']}",
            remedy=f"restore it with a newer Foramen; this one knows form {FORMAT}",
        )  # fmt: skip
    return Head(told["key"], bytes.fromhex(told["salt"]), told["size"], told["code"], line)


def _check_key(head: Head, secret: bytes, file: Path) -> None:
    if _code(secret, head.salt) != head.code:
        raise BackupError.single(
            "this is the wrong key: the ring holds another one of the same name", where=str(file),
            received=f"key {head.key}", remedy="use the key ring of the machine on which the backup was made",
        )  # fmt: skip


def _check_size(stream: BinaryIO, head: Head, file: Path) -> None:
    found = os.fstat(stream.fileno()).st_size
    if found < head.whole_file:
        raise _cut(file, found, head.whole_file)
    if found > head.whole_file:
        raise BackupError.single(
            "something was added to the end of this backup", where=str(file),
            received=f"{found:,} bytes", remedy=f"it has {head.whole_file:,} bytes: {AGAIN}",
        )  # fmt: skip


def _rechunked(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of CHUNK; at least one piece."""
    held = bytearray()
    for part in content:
        held += part
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    yield bytes(held)


def _nonce(number: int, head: Head) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if number == head.chunks else b"\x00")


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, b"foramen backup " + purpose).derive(secret)


def _code(secret: bytes, salt: bytes) -> str:
    """Tells whether a key is the right one before anything is opened with it."""
    return _derived(secret, salt, b"head").hex()


def _none(file: Path) -> BackupError:
    return BackupError.single("this is not a backup", where=str(file), remedy="name a file that foramen backup made")


def _cut(file: Path, found: int, whole: int | None = None) -> BackupError:
    return BackupError.single(
        "this backup is cut short", where=str(file), received=f"{found:,} bytes",
        remedy=f"it has {whole:,} bytes: {AGAIN}" if whole else AGAIN,
    )  # fmt: skip


def _changed(file: Path, first: int, end: int, place: str) -> BackupError:
    return BackupError.single(
        f"this backup was changed or damaged in {place}; {NOTHING}", where=str(file),
        received=f"within bytes {first:,} to {end - 1:,}", remedy=AGAIN,
    )  # fmt: skip
