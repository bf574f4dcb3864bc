"""The API against what its document says, with bodies, keys and numbers that nobody would think of."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from foramen.clinic.api.tokens import make_token, scopes
from foramen.clinic.models import Delegation
from foramen.clinic.rights.roles import Role
from foramen.clinic.wsgi import application
from tests.clinic.hospital import Hospital

pytestmark = pytest.mark.soak
"""It takes long; `make soak` runs it on both databases."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request in the same process does not end the connection of the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@pytest.fixture
def token(hospital: Hospital, one_connection: None) -> str:
    """Of somebody with every role that the pathway knows, so that what is sent gets past the door."""
    for role in Role:
        Delegation.objects.get_or_create(
            person=hospital.people["okafor"], site=hospital.site, role=role, defaults={"first_day": "2025-01-01"}
        )
    return make_token(hospital.people["okafor"], hospital.site, "any", scopes(), 1)


@pytest.fixture
def rows(hospital: Hospital) -> dict[str, str]:
    """A row of each kind that an address can name."""
    visit = hospital.visit()
    hospital.walk(visit, "plan")
    return {
        "site": str(hospital.site.pk), "patient": str(visit.patient_id), "visit": str(visit.pk),
        "referral": str(visit.order.referral_id), "order": str(visit.order_id), "room": str(visit.room_id),
        "fact": str(visit.facts.first().pk),
    }  # fmt: skip


@pytest.mark.requirement("ASVS V2.2.1")
@schema.parametrize()
@settings(
    max_examples=8, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_nothing_that_is_sent_breaks_the_server(case: Any, token: str, rows: dict[str, str]) -> None:
    kind = case.path.removeprefix("/api/").split("/")[0]
    if kind in rows and "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = rows[kind]
    answer = case.call(headers={"Authorization": f"Bearer {token}"})
    case.validate_response(answer, checks=CHECKS)
