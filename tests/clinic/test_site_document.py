"""What a site says of itself, where visits stand already. The command is tested in test_cli_clinic."""

from pathlib import Path
from uuid import UUID

import pytest

from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.models import AuditEvent, Room, Site
from foramen.clinic.records.site_document import set_up_site
from tests.clinic.hospital import Hospital
from tests.clinic.test_cli_clinic import SITE


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


def test_a_room_in_which_visits_stand_keeps_its_modality(hospital: Hospital, document: Path) -> None:
    """A visit booked under fluoroscopy would be judged as one under CT."""
    hospital.visit()
    before = Site.objects.get(code="example").parameters
    document.write_text(SITE.replace('"fluoroscopy"', '"CT"'), encoding="utf-8")
    with pytest.raises(WrongInputError, match="visits in this room with another modality"):
        set_up_site("example", document)
    assert (Room.objects.get(code="fl1").modality, Site.objects.get(code="example").parameters) == (
        "fluoroscopy", before,
    )  # fmt: skip


def test_it_says_who_changed_the_room_and_leaves_the_other_site_alone(hospital: Hospital, document: Path) -> None:
    hospital.visit()
    assert set_up_site("example", document) == ["Fluoroscopy 2", "CT"]
    room = Room.objects.get(code="fl1")
    changes = AuditEvent.objects.filter(table="clinic_room", operation__iexact="update")
    (event,) = [one for one in changes if UUID(one.row) == room.pk]
    assert event.context["verb"] == "site set-up"
    assert event.new["closes"] != event.old["closes"]
    assert "working_days" not in Site.objects.get(code="lake").parameters
