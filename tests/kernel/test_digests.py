"""Digests identify content, whatever the order it was written in."""

from pathlib import Path

import pytest

from foramen.kernel.digests import canonical_json, digest, file_digest


def test_the_digest_is_the_published_sha_256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert file_digest(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest("") == "12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126"


def test_order_of_keys_does_not_count_and_content_does() -> None:
    assert digest({"a": 1, "b": "ä"}) == digest({"b": "ä", "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})


def test_a_number_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))
