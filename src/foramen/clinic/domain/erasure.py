"""Erasing what names a patient: the key of the patient is destroyed, and with it every name, number and word that was
sealed with it, in rows, letters and the audit. Coded facts stay, under the pseudonym (DEI-7)."""

from collections.abc import Iterator

from django.db import transaction

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import Erasure
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.verbs import verb
from foramen.clinic.models import LIVE, Order, Patient, Referral, SearchMark, Task, Visit
from foramen.clinic.records.erasures import keep_erased_list, require_list
from foramen.clinic.records.events import ERASED, note_event
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import Role
from foramen.clinic.sealed.marks import number_of
from foramen.kernel.errors import Fault, raise_all

ERASERS = frozenset({Role.LEAD})


@verb("erase_identifiers", says="Erase identifiers", on=Patient, content=Erasure, roles=ERASERS, in_person=True)
def erase_identifiers(act: Act, patient: Patient, asked: Erasure) -> Patient:
    """For ever: nobody can take it back, with whatever key. Once it is stored, the pseudonym goes onto the list by
    which a backup that is restored erases it again; the worker adds what a crash left out (`work.sealing`)."""
    raise_all(OutOfOrderError, what_keeps(patient))
    if number_of(asked.number) != number_of(patient.number):
        raise WrongInputError.single(
            "this is not the number of this patient; nothing is erased",
            where="number",
            remedy="look whose record it is",
        )
    require_list()
    SearchMark.objects.filter(patient=patient).delete()
    done = save_changes(patient, asked.version, data_key="", number_mark="", erased_at=act.at)
    told = {
        "person": act.person.pk.hex, "shown_as": str(act.person), "role": str(act.role_for(ERASERS)),
        "site": act.site.pk.hex, "verb": "erase_identifiers", "why": asked.reason, "channel": act.channel,
    }  # fmt: skip
    note_event(ERASED, patient, told, patient.pk)
    transaction.on_commit(keep_erased_list, robust=True)
    return done


def what_keeps(patient: Patient) -> Iterator[Fault]:
    """Why a patient cannot be erased now."""
    if patient.is_erased:
        yield Fault("the identifiers of this patient are erased already")
    if Visit.objects.filter(patient=patient, state__in=LIVE).exists():
        yield Fault("a visit is to come or going on", remedy="cancel it, or wait until it is over")
    if Task.objects.filter(patient=patient, state=Task.State.OPEN).exists():
        yield Fault("a task is open", remedy="do it, or make it void")
    waits = Order.objects.filter(patient=patient, state=Order.State.OPEN, waiting_since__isnull=False).exists()
    if waits or Referral.objects.filter(patient=patient, state=Referral.State.NEW).exists():
        yield Fault("a referral or an order waits", remedy="decide on it first")
