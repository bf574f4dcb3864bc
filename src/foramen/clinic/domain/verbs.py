"""The registry of verbs, and how one is performed: checked, idempotent, audited, in one transaction.

    @verb("arrive", on=Visit, content=Arrived, roles=CARE)
    def arrive(act: Act, visit: Visit, content: Arrived) -> Fact: ...

`perform(act, "arrive", visit.id, content)` is the only way in. A verb checks the order of the pathway itself, by
`pathway.check`, because only it knows what it records.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import GateError, NotAllowedError, SameKeyError, UnknownError, WrongInputError
from foramen.clinic.facts.content import Content
from foramen.clinic.logs import log
from foramen.clinic.models import Patient, Request, Visit
from foramen.clinic.records.context import acting
from foramen.clinic.records.events import REFUSED, note_event, note_skew
from foramen.clinic.records.sealing import sealed_why
from foramen.clinic.rights.roles import Role
from foramen.clinic.sealed.fields import key_of
from foramen.clinic.sealed.marks import seal_digest

Run = Callable[[Act, Any, Any], models.Model]


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that people do. `on` is what it is done to; `content` what has to be said for it; `late` whether it may
    be entered after it was done, from paper (`domain.late`); `in_person` whether it takes the person, who has shown
    once more who it is (`rights.step_up`): no program does it."""

    name: str
    says: str
    on: type[models.Model]
    content: type[Content]
    roles: frozenset[Role]
    run: Run
    late: bool = False
    in_person: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a verb: the model and the key of the row it made or changed; `again`: it had been done before."""

    model: str
    key: str
    again: bool = False


VERBS: dict[str, Verb] = {}
BESIDE: dict[type[models.Model], tuple[str, ...]] = {
    Visit: ("site", "patient", "room", "radiologist", "order__referral")
}
"""What nearly every verb on such a row reads beside it: it comes in the same query."""


def verb(
    name: str,
    *,
    says: str,
    on: type[models.Model],
    content: type[Content],
    roles: frozenset[Role],
    late: bool = False,
    in_person: bool = False,
) -> Callable[[Run], Run]:
    """Declare a verb. `says` is what it does, in the words of a button."""

    def declare(run: Run) -> Run:
        if name in VERBS:
            raise ValueError(f"two verbs are called {name}")
        VERBS[name] = Verb(name, says, on, content, roles, run, late, in_person)
        return run

    return declare


def perform(act: Act, name: str, subject: UUID | str, content: Content) -> Done:
    """Do it, once: the same key with the same content gives the first answer again. Raises a UserError, and then
    nothing is stored but what a gate said."""
    wanted = VERBS[name]
    with _noted(act, wanted, subject), acting(act, name, act.role_for(wanted.roles), _why_kept(act, wanted, subject)):
        try:
            with transaction.atomic():
                return _perform(act, wanted, subject, content)
        except GateError as refused:
            with transaction.atomic():
                refused.keep()
            raise


@contextmanager
def _noted(act: Act, wanted: Verb, subject: UUID | str) -> Iterator[None]:
    """Write down that somebody tried what takes a person who may do it, and may not: in the history of the patient
    whom it was about, and in the log, where whoever watches it is told (SIG-5)."""
    try:
        yield
    except NotAllowedError:
        if wanted.in_person:
            who = {"person": act.person.pk.hex, "shown_as": str(act.person), "site": act.site.pk.hex}
            told = {"verb": wanted.name, "what": wanted.says, "channel": act.channel}
            note_event(REFUSED, act.person, who | told, _patient_of(act, wanted, subject))
            log("refused", logging.WARNING, verb=wanted.name, person=act.person.pk.hex, channel=act.channel)
        raise


def _why_kept(act: Act, wanted: Verb, subject: UUID | str) -> str:
    """The reason as the audit keeps it. About a patient it is sealed, as in the fact that holds it: it may name one."""
    patient = _patient_of(act, wanted, subject) if act.why else None
    if patient is None:
        return act.why
    key = key_of(Patient.objects.get(pk=patient))
    return "" if key is None else sealed_why(act.why, key, act.key)


def _patient_of(act: Act, wanted: Verb, subject: UUID | str) -> UUID | None:
    """Whose record a verb is about, if it is about one."""
    column = "pk" if wanted.on is Patient else "patient_id"
    if column != "pk" and not hasattr(wanted.on, column):
        return None
    rows = wanted.on._default_manager.filter(site=act.site, pk=_readable(wanted.on, subject))
    return rows.values_list(column, flat=True).first()


def _perform(act: Act, wanted: Verb, subject: UUID | str, content: Content) -> Done:
    if wanted.in_person and act.channel != "page":
        raise NotAllowedError.single(
            "only a person does this, on a page and with an own sign-in", remedy="do it on the page, as yourself"
        )
    if act.happened_at is not None and not wanted.late:
        raise WrongInputError.single("this is never entered late", where="happened_at", remedy="do it now")
    note_skew(act.at)
    before = _asked_before(act, wanted.name, _digest(act, wanted.name, subject, content))
    if before is not None:
        return before
    row = wanted.run(act, _subject(act, wanted, subject), content)
    done = Done(type(row).__name__, str(row.pk))
    Request.objects.filter(key=act.key).update(result={"model": done.model, "key": done.key})
    return done


def _asked_before(act: Act, name: str, digest: str) -> Done | None:
    """Claim the key. A second request with it waits here until the first has ended, and is then answered like it."""
    try:
        with transaction.atomic():
            Request.objects.create(key=act.key, person=act.person, verb=name, digest=digest, at=act.at)
    except IntegrityError:
        first = Request.objects.get(key=act.key)
        if (first.digest, first.person_id) != (digest, act.person.pk):
            raise SameKeyError.single(
                "this request was sent before with other content", remedy="load the page again and enter it anew"
            ) from None
        return Done(first.result["model"], first.result["key"], again=True)
    return None


def _subject(act: Act, wanted: Verb, key: UUID | str) -> models.Model:
    """The row it is done to, of the site of whoever acts; another site's is as unknown as none."""
    if wanted.on is type(act.site):
        found: models.Model | None = act.site if str(act.site.pk) == str(key) else None
    else:
        rows = wanted.on._default_manager.filter(site=act.site, pk=_readable(wanted.on, key))
        beside = BESIDE.get(wanted.on)
        found = (rows.select_related(*beside) if beside else rows).first()
    if found is None:
        raise UnknownError.single(f"there is no such {wanted.on._meta.verbose_name} here")
    return found


def _readable(model: type[models.Model], key: UUID | str) -> Any:
    try:
        return model._meta.pk.to_python(key) if model._meta.pk else key
    except Exception:  # noqa: BLE001 - whatever is wrong with a key, it names nothing here
        return None


def _digest(act: Act, name: str, subject: UUID | str, content: Content) -> str:
    """Of what is asked for, so that the same key with something else is found out; names cannot be tried out by it."""
    said = content.model_dump_json(exclude=set(content.of_sending))
    asked = [str(act.site.pk), name, str(subject), act.why, str(act.happened_at), said]
    return seal_digest(json.dumps(asked))
