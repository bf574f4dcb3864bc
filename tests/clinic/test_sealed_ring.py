"""The key ring: what it is read from, what it refuses in one line, and rotation that survives a kill."""

import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from foramen.clinic.models import AuditEvent, Patient
from foramen.clinic.records import key_use
from foramen.clinic.sealed import ring as rings
from foramen.clinic.sealed.ring import KeyRingError, make_file, new_ring, read_file, read_ring, replace_file
from tests.clinic.hospital import Hospital

GOOD = new_ring().text


def test_a_ring_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    made = make_file(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_file(file) == made
    with pytest.raises(KeyRingError, match="something stands there"):
        make_file(file)
    assert read_file(file) == made


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no key ring"), ("index " + "B" * 43, "not whole"), ("k1 " + "A" * 43, "not whole"),
        ("k1 short\nindex " + "B" * 43, "line 1"), (GOOD + "k9 !!!", "no name and key"),
        ("K1 " + "A" * 43, "no name and key"), ("k1 " + "A" * 43 + "\nk1 " + "A" * 43, "two keys"),
    ],
)  # fmt: skip
def test_what_is_no_ring_is_refused_and_no_key_is_told(text: str, says: str) -> None:
    with pytest.raises(KeyRingError, match=says) as caught:
        read_ring(text, "FORAMEN_KEYS")
    assert "AAAA" not in str(caught.value) and "BBBB" not in str(caught.value)


def test_the_ring_of_another_installation_is_refused(hospital: Hospital, settings: Any) -> None:
    hospital.visit()
    key_use.require_keys()
    own = settings.FORAMEN_KEYS
    settings.FORAMEN_KEYS = GOOD
    with pytest.raises(KeyRingError, match="not in the ring"):
        key_use.require_keys()
    settings.FORAMEN_KEYS = own.replace("A" * 42, "C" * 42)
    with pytest.raises(KeyRingError, match="does not open"):
        key_use.require_keys()
    with pytest.raises(KeyRingError, match="does not open"):
        key_use.check_all()


@pytest.fixture
def file(hospital: Hospital, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ring in a file, in use, and five patients."""
    found = tmp_path / "keys"
    settings.FORAMEN_KEYS = make_file(found).text
    monkeypatch.setenv("FORAMEN_KEYS_FILE", str(found))
    Patient.objects.bulk_create(
        Patient(
            site=hospital.site, number=f"{n}", family_name="Heron", given_name="J", born=date(1960, 1, 1), sex="male"
        )
        for n in range(5)
    )
    return found


def test_rotation_goes_on_after_a_kill_and_everything_still_opens(file: Path) -> None:
    old = read_file(file)
    replace_file(file, rings.with_new_key(old))
    new = rings.read_again()
    assert (new.index, list(new.keys)[1:]) == (old.index, list(old.keys))
    assert next(key_use.wrap_anew(batch=2)) == 2, "and then the process is killed"
    assert key_use.names_in_use() == {new.current: 2, old.current: 3}
    assert key_use.left_to_wrap() == 3
    assert list(key_use.wrap_anew(batch=2)) == [2, 3]
    assert key_use.names_in_use() == {new.current: 5}
    assert [one.family_name for one in Patient.objects.all()] == ["Heron"] * 5
    replace_file(file, rings.without_key(new, old.current))
    rings.read_again()
    assert key_use.check_all() == 5


def test_no_wrapped_key_enters_the_audit_but_that_it_changed_does(file: Path) -> None:
    before = AuditEvent.objects.count()
    replace_file(file, rings.with_new_key(read_file(file)))
    rings.read_again()
    assert list(key_use.wrap_anew()) == [5]
    events = list(AuditEvent.objects.order_by("id")[before:])
    assert [(one.table, one.operation, one.context["verb"]) for one in events] == [
        ("clinic_patient", "update", "keys rotate")
    ] * 5
    assert not any("data_key" in (one.new or {}) for one in AuditEvent.objects.all())


def test_a_service_that_has_the_old_text_reads_the_file_again(file: Path, settings: Any) -> None:
    old = settings.FORAMEN_KEYS
    replace_file(file, rings.with_new_key(read_file(file)))
    rings.read_again()
    assert list(key_use.wrap_anew()) == [5]
    settings.FORAMEN_KEYS = old
    assert Patient.objects.first().family_name == "Heron"
