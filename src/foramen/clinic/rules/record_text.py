"""A site's record of a policy as the text that is kept and signed."""

import json
from collections.abc import Iterator
from decimal import Decimal

from foramen.catalogue.site_record import Signed, SiteRecord


def record_text(record: SiteRecord) -> str:
    """TOML with every key in one order: the same record gives the same text."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: SiteRecord) -> Iterator[str]:
    yield f"id = {_quoted(record.id)}"
    yield f"site = {_quoted(record.site)}"
    if record.example:
        yield "example = true"
    yield f"state = {_quoted(record.state)}"
    if record.day is not None:
        yield f"day = {record.day.isoformat()}"
    yield f"policy = {_signed(record.policy)}"
    if record.rests_on:
        yield f"rests_on = [{', '.join(_signed(one) for one in record.rests_on)}]"
    if record.parameters:
        yield "\n[parameters]"
        yield from (f"{name} = {_number(value)}" for name, value in sorted(record.parameters.items()))
    for one in record.signatories:
        yield f"\n[[signatories]]\nname = {_quoted(one.name)}\nrole = {_quoted(one.role)}"


def _signed(one: Signed) -> str:
    return f"{{ id = {_quoted(one.id)}, version = {_quoted(one.version)}, digest = {_quoted(one.digest)} }}"


def _number(value: int | Decimal) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _quoted(text: str) -> str:
    """A basic string of TOML, which is one of JSON."""
    return json.dumps(text, ensure_ascii=False)
