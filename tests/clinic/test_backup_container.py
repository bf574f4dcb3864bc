"""The sealed file of a backup: it gives back what was put in, or says what is wrong with it and where."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from foramen.clinic.backup import container
from foramen.clinic.backup.container import read_sealed, write_sealed
from foramen.clinic.backup.errors import BackupError

SECRET, OTHER = b"s" * 32, b"o" * 32
CONTENT = bytes(range(256)) * 2 + b"the end"
CHUNK = 100


def key_of(secret: bytes) -> Callable[[str | None], tuple[str, bytes]]:
    return lambda name: (name or "k1", secret)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six chunks: five of 100 bytes, and the rest."""
    monkeypatch.setattr(container, "CHUNK", CHUNK)
    return sealed(tmp_path / "one.backup", CONTENT)


def sealed(path: Path, content: bytes) -> Path:
    with path.open("wb") as stream:
        write_sealed(stream, [content[:7], content[7:]], len(content), key_of(SECRET))
    return path


def opened(file: Path, secret: bytes = SECRET) -> bytes:
    return b"".join(read_sealed(file, key_of(secret)))


def fault(file: Path, secret: bytes = SECRET) -> str:
    with pytest.raises(BackupError) as refused:
        opened(file, secret)
    return str(refused.value)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 519])
def test_what_was_put_in_comes_out(file: Path, tmp_path: Path, size: int) -> None:
    assert opened(sealed(tmp_path / "sized", CONTENT[:size])) == CONTENT[:size]


def test_it_can_be_opened_by_what_the_manual_says_alone(file: Path) -> None:
    """HKDF-SHA256 of the key with the salt; AES-256-GCM with the number of the chunk and a mark of the last one."""
    whole = file.read_bytes()
    line, rest = whole[: whole.index(b"\n") + 1], whole[whole.index(b"\n") + 1 :]
    head = json.loads(line.split(b" ", 2)[2])
    cipher = AESGCM(HKDF(SHA256(), 32, bytes.fromhex(head["salt"]), b"foramen backup content").derive(SECRET))
    found, number = b"", 0
    while rest:
        number, chunk, rest = number + 1, rest[: CHUNK + 16], rest[CHUNK + 16 :]
        found += cipher.decrypt(number.to_bytes(11, "big") + bytes([not rest]), chunk, line)
    assert found == CONTENT


def test_cut_short_at_any_length(file: Path) -> None:
    whole = file.read_bytes()
    said = set()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        said.add(fault(file).splitlines()[0].split(": ")[1])
    assert said == {"this is not a backup", "this backup is cut short"}
    file.write_bytes(b"")
    assert "this is not a backup" in fault(file)
    file.write_bytes(whole[: len(container.MAGIC)])
    assert "this backup is cut short" in fault(file)


def test_any_byte_that_is_changed_is_found_in_its_place(file: Path) -> None:
    whole = file.read_bytes()
    begins = whole.index(b"\n") + 1
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        said = fault(file)
        if at >= begins:
            number = (at - begins) // (CHUNK + 16) + 1
            first = begins + (number - 1) * (CHUNK + 16)
            end = min(first + CHUNK + 16, len(whole))
            assert f"damaged in chunk {number} of 6" in said
            assert f"within bytes {first:,} to {end - 1:,}" in said
        elif at >= len(container.MAGIC):
            assert "damaged in the first line" in said or "cut short" in said


def test_chunks_in_another_order_twice_or_from_another_file(file: Path, tmp_path: Path) -> None:
    whole, size = file.read_bytes(), CHUNK + 16
    begins = whole.index(b"\n") + 1
    chunks = [whole[begins + n * size : begins + (n + 1) * size] for n in range(6)]
    other = sealed(tmp_path / "other", CONTENT).read_bytes()
    taken = other[other.index(b"\n") + 1 :][:size]
    for wrong in ([1, 0, 2, 3, 4, 5], [0, 0, 2, 3, 4, 5], [0, 1, 2, 4, 3, 5]):
        file.write_bytes(whole[:begins] + b"".join(chunks[n] for n in wrong))
        assert "damaged in chunk" in fault(file)
    file.write_bytes(whole[:begins] + taken + b"".join(chunks[1:]))
    assert "damaged in chunk 1 of 6" in fault(file)
    file.write_bytes(other[: other.index(b"\n") + 1] + b"".join(chunks))
    assert "damaged in chunk 1 of 6" in fault(file)


def test_something_at_its_end(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"x")
    assert "something was added to the end" in fault(file)


def test_another_key_of_the_same_name(file: Path) -> None:
    said = fault(file, OTHER)
    assert "this is the wrong key" in said and "key k1" in said


@pytest.mark.parametrize("content", [b"PK\x03\x04 a letter", b"SQLite format 3\x00" * 100, b"\n" * 5000])
def test_what_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "letter").write_bytes(content)
    assert "this is not a backup" in fault(tmp_path / "letter")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert "this file cannot be read" in fault(tmp_path / "none")
    assert "this file cannot be read" in fault(tmp_path)


def test_nothing_of_the_content_stands_in_the_open(file: Path) -> None:
    whole = file.read_bytes()
    assert all(CONTENT[at : at + 8] not in whole for at in range(len(CONTENT) - 8))
