"""Whether the audit is as it was sealed: every seal made anew from the events, and what differs named by its number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import Error
from django.db.models import Max, Min

from foramen.clinic.models import AuditEvent, Seal
from foramen.clinic.records.chain import MARK, NOTHING, marks_of, seal_digest
from foramen.clinic.records.event_digests import Numbered, digests
from foramen.clinic.records.heads import Head
from foramen.kernel.errors import Fault, UserError

REMEDY = "keep this database as it is, tell whoever is responsible, and compare with a backup"
SHOWN = 20
"""Faults that are told at most."""


class TamperedError(UserError):
    """The audit is not as it was sealed."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at. `waiting` counts the events since the last seal, which nothing vouches for yet."""

    seals: int
    events: int
    waiting: int
    faults: Sequence[Fault]

    def require(self) -> None:
        """Raise TamperedError with what was found, the first broken event first."""
        if self.faults:
            raise TamperedError(*self.faults[:SHOWN])


def verify(heads: Sequence[Head] = ()) -> Verified:
    """Look at every seal in its order, and hold the heads against them. Nothing is written."""
    faults, before, seals, events = list[Fault](), None, 0, 0
    found = {head.number: "" for head in heads}
    for seal in Seal.objects.order_by("number").iterator(chunk_size=1):
        faults += _check(seal, before)
        found |= {seal.number: seal.sha256} if seal.number in found else {}
        before, seals, events = seal, seals + 1, events + seal.events
    faults += _check_heads(heads, found, before)
    waiting = AuditEvent.objects.filter(pk__gt=before.last if before else 0).count()
    return Verified(seals, events, waiting, faults)


def _check(seal: Seal, before: Seal | None) -> Iterator[Fault]:
    """What is wrong about one seal, with the one before."""
    where, expected = f"seal {seal.number}", before.number + 1 if before else 1
    if seal.number != expected:
        yield Fault("is gone", _run("seal", expected, seal.number - 1), "", REMEDY)
    elif seal.previous != (before.sha256 if before else NOTHING):
        yield Fault("does not follow the seal before it", where, "", REMEDY)
    first = before.last + 1 if before else 1
    if seal.number != expected:
        first = seal.first
    marks = _marks(seal)
    if not marks or (marks[0][0], marks[-1][0], len(marks)) != (seal.first, seal.last, seal.events):
        yield Fault("was changed", where, "", REMEDY)
        return
    lines = _read(min(first, seal.first), seal.last)
    if seal_digest(seal, lines) == seal.sha256:
        if marks_of(lines) != seal.marks:
            yield Fault("was changed: its marks are of other events", where, "", REMEDY)
        return
    broken = tuple(_differing(marks, [(number, sha256[:MARK]) for number, sha256 in lines]))
    yield from broken or [Fault("was changed", where, "", REMEDY)]


def _read(first: int, last: int) -> list[Numbered]:
    """Raises TamperedError where a damaged file does not even let them be read."""
    try:
        return list(digests(first, last))
    except Error:
        raise TamperedError.single("cannot be read any more", where=_run("event", first, last), remedy=REMEDY) from None


def _marks(seal: Seal) -> list[Numbered]:
    """Empty where they are no marks."""
    told = [line.partition(" ") for line in seal.marks.split("\n")]
    return [(int(number), mark) for number, _, mark in told] if all(one[0].isdecimal() for one in told) else []


def _differing(sealed: Sequence[Numbered], there: Sequence[Numbered]) -> Iterator[Fault]:
    """The events that are not as they were sealed, by number."""
    old, new = dict(sealed), dict(there)
    for number in sorted({**old, **new}):
        if old.get(number) != new.get(number):
            what = "is gone" if number not in new else "was put in" if number not in old else "was changed"
            yield Fault(f"{what} after it was sealed", f"event {number}", "", REMEDY)


def _check_heads(heads: Sequence[Head], found: dict[int, str], last: Seal | None) -> Iterator[Fault]:
    """What the heads that were kept elsewhere say against the chain. Only they can tell of a chain that was cut short,
    or made anew from some event on: that lies after the last head that still agrees."""
    agreed, ends = 0, last.number if last else 0
    for head in sorted(heads, key=lambda one: one.number):
        if found[head.number] == head.sha256:
            agreed = head.number
            continue
        told = f"the head that was kept of {head.at}" if head.at else "the head that was kept"
        if head.number > ends:
            yield Fault(f"is gone: {told} says it was there", _run("seal", ends + 1, head.number), "", REMEDY)
        elif found[head.number]:
            where = f"{_run('seal', agreed + 1, head.number)}, {_covered(agreed + 1, head.number)}"
            yield Fault(f"made anew: not what {told} says", where, "", REMEDY)


def _covered(first: int, last: int) -> str:
    """The events under some seals."""
    found = Seal.objects.filter(number__gte=first, number__lte=last).aggregate(first=Min("first"), last=Max("last"))
    return _run("event", found["first"], found["last"])


def _run(name: str, first: int, last: int) -> str:
    return f"{name} {first}" if first == last else f"{name}s {first} to {last}"
