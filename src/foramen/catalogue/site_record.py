"""A site's signed record of a policy: what puts a file in force, and sets what its source does not print."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from foramen.catalogue.decision import Reference, Stamp
from foramen.catalogue.definition import Identifier, Number, Parameter, ParameterName, PolicyDefinition, Version
from foramen.catalogue.document import Document, Part, document_of, load_document
from foramen.catalogue.drugs import folded
from foramen.catalogue.inputs import Text
from foramen.catalogue.instants import TZDATA
from foramen.kernel.errors import DefinitionError, Fault, raise_all

State = Literal["draft", "reviewed", "active", "superseded"]
Content = TypeVar("Content", bound=PolicyDefinition)

SIGNATURES = 2
"""How many different people put a version in force."""


class Signed(Part):
    """A file exactly as it was when it was signed."""

    id: Identifier = Field(description="the file's id")
    version: Version = Field(description="the file's version")
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(description="SHA-256 of the file's content")


class Signatory(Part):
    """Who signs."""

    name: Text = Field(description="name of the person")
    role: Text = Field(description="role of the person at the site")


class SiteRecord(Part):
    """The site's record. A changed record is a new record; the old one is kept as superseded."""

    id: Identifier = Field(description="short name of the record")
    site: Text = Field(description="the site that signs")
    example: bool = Field(False, description="true: made for demonstration; nobody has signed it for patients")
    state: State = Field(description="draft, reviewed, active or superseded; only an active one is in force")
    policy: Signed = Field(description="the policy file that is put in force")
    rests_on: list[Signed] = Field([], description="further files the policy reads, such as the table of drug names")
    parameters: dict[ParameterName, Number] = Field(
        {}, description="the values the site sets because the source does not print them"
    )
    signatories: list[Signatory] = Field([], description="who signed; two different people for an active record")
    day: date | None = Field(None, description="the day of the signatures")


@dataclass(frozen=True, slots=True)
class InForce(Generic[Content]):
    """A policy file together with the record that puts it in force."""

    policy: Document[Content]
    record: Document[SiteRecord]

    @property
    def content(self) -> Content:
        return self.policy.content

    @property
    def stamp(self) -> Stamp:
        """What every decision carries."""
        content, record = self.content, self.record.content
        rests_on = tuple(Reference(one.id, one.version, one.digest) for one in record.rests_on)
        return Stamp(
            content.id, content.version, self.policy.digest, self.record.digest, content.review_by, TZDATA, rests_on
        )  # fmt: skip

    def parameter(self, name: str) -> Number | None:
        """What the site has set; None: nothing, and the policy behaves as printed."""
        if name not in {parameter.name for parameter in self.content.parameters}:
            raise KeyError(name)
        return self.record.content.parameters.get(name)


def load_record(path: Path) -> Document[SiteRecord]:
    """A site's record; every fault of its own is in the one error raised."""
    document = load_document(path, SiteRecord)
    raise_all(DefinitionError, _unsigned(str(path), document.content))
    return document


def record_of(text: str, name: str) -> Document[SiteRecord]:
    """A site's record from its text, wherever that is kept; `name` is what messages call it."""
    document = document_of(text, name, SiteRecord)
    raise_all(DefinitionError, _unsigned(name, document.content))
    return document


def load_example(policy: str) -> Document[SiteRecord]:
    """The example record of a policy, made for demonstration."""
    place = files("foramen.library").joinpath("site-records", "example", f"{policy}.toml")
    with as_file(place) as path:
        return load_record(path)


def not_in_force(in_force: InForce[Content]) -> Iterator[Fault]:
    """Why a record does not put a file in force: then nothing is evaluated."""
    policy, record, where = in_force.content, in_force.record.content, str(in_force.record.path)
    if record.state != "active":
        yield Fault("this record is not active", where, record.state, "the record that two people have put in force")
    if (record.policy.id, record.policy.version) != (policy.id, policy.version):
        yield Fault(
            f"this record is of another file than {policy.id} {policy.version}", where,
            f"{record.policy.id} {record.policy.version}", "the file that the record names, or a new record",
        )  # fmt: skip
    elif record.policy.digest != in_force.policy.digest:
        yield Fault(
            "the policy file is not the one that was signed: its content has changed", str(in_force.policy.path),
            f"digest {in_force.policy.digest}", f"restore the file with digest {record.policy.digest}",
        )  # fmt: skip
    yield from _wrong_parameters(where, policy.parameters, record)


def _unsigned(where: str, record: SiteRecord) -> Iterator[Fault]:
    """An active record has two different signatories and a day."""
    if record.state not in ("active", "superseded"):
        return
    people = {_person(signatory.name) for signatory in record.signatories}
    if len(people) < SIGNATURES:
        yield Fault(
            "two different people sign an active record", f"{where}: signatories", f"{len(people)}",
            "add [[signatories]] with name and role",
        )  # fmt: skip
    if record.day is None:
        yield Fault("an active record has the day of its signatures", f"{where}: day", "nothing", "add the day")
    yield from _signed_too_early(where, record)


_ALIKE = str.maketrans("авеіјкмнорсстухѕαβεικμνορτυχ", "abeijkmhopcctyxsabeikmvoptux")
"""Letters of two other scripts that look like Latin ones: two spellings of one name are one person."""


def _person(name: str) -> str:
    """A name as people read it: without case, accents, punctuation, and whatever only looks different."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return folded(plain).translate(_ALIKE).replace(" ", "")


def released(version: str) -> date:
    """The first day on which a version can have been released."""
    parts = [int(part) for part in version.split("-")]
    return date(*[*parts, 1, 1][:3])


def _signed_too_early(where: str, record: SiteRecord) -> Iterator[Fault]:
    """Nobody signs a file before it exists."""
    for signed in (record.policy, *record.rests_on):
        try:
            first = released(signed.version)
        except ValueError:
            yield Fault("this version is no day", where, signed.version, "the version that the file names")
            continue
        if record.day is not None and record.day < first:
            yield Fault(
                f"the record is signed before {signed.id} {signed.version} was released", f"{where}: day",
                record.day.isoformat(), "the day of the signatures",
            )  # fmt: skip


def not_yet_in_force(in_force: InForce[Content], today: date) -> Iterator[Fault]:
    """A record of a day to come puts nothing in force yet. An example record is of no day: nobody has signed it."""
    record = in_force.record.content
    if record.day is not None and record.day > today and not record.example:
        yield Fault(
            "the record is signed on a day to come", f"{in_force.record.path}: day", record.day.isoformat(),
            "the day of the signatures",
        )  # fmt: skip


def _wrong_parameters(where: str, known: list[Parameter], record: SiteRecord) -> Iterator[Fault]:
    by_name = {parameter.name: parameter for parameter in known}
    for name, value in record.parameters.items():
        place = f"{where}: parameters.{name}"
        if name not in by_name:
            near = get_close_matches(name, by_name, n=1)
            remedy = f"did you mean “{near[0]}”?" if near else f"one of {', '.join(by_name) or 'none'}"
            yield Fault("the policy has no such parameter", place, name, remedy)
        elif not _within(value, by_name[name]):
            least, most, unit = by_name[name].lowest, by_name[name].highest, by_name[name].unit
            yield Fault("this value is out of range", place, f"{value}", f"from {least} to {most} {unit}")


def _within(value: Number, parameter: Parameter) -> bool:
    least = parameter.lowest is None or value >= parameter.lowest
    return least and (parameter.highest is None or value <= parameter.highest)
