"""Patients: registered once, changed with the version that was seen."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from foramen.catalogue.inputs import FIRST_YEAR
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import PatientDetails
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.letter_kept import changes_of_letter
from foramen.clinic.domain.times import day_at, today_of, whole_years
from foramen.clinic.domain.verbs import verb
from foramen.clinic.models import LIVE, Patient, SearchMark, Site, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import SCHEDULERS
from foramen.clinic.rules import readiness
from foramen.clinic.sealed.marks import WRITTEN, mark_of
from foramen.kernel.errors import Fault, raise_all


@verb("register_patient", says="Register", on=Site, content=PatientDetails, roles=SCHEDULERS)
def register_patient(act: Act, site: Site, told: PatientDetails) -> Patient:
    """A new patient of the site."""
    _check(act, told)
    try:
        with transaction.atomic():
            return Patient.objects.create(site=site, **told.model_dump(exclude={"version"}))
    except IntegrityError:
        raise _number_is_taken() from None


@verb("change_patient", says="Change", on=Patient, content=PatientDetails, roles=SCHEDULERS)
def change_patient(act: Act, patient: Patient, told: PatientDetails) -> Patient:
    """What is to stand from now on. What the rules said about visits to come is asked anew: age and sex count."""
    _check(act, told, patient)
    if told.version is None:
        raise WrongInputError.single("the version that was changed is missing", where="version", remedy="load it again")
    born = patient.born
    try:
        with transaction.atomic():
            changed = save_changes(patient, told.version, **told.model_dump(exclude={"version"}))
    except IntegrityError:
        raise _number_is_taken() from None
    _find_anew(changed)
    if changed.born != born:
        _tell_ages(changed)
    for visit in Visit.objects.filter(patient=patient, state__in=LIVE):
        if voided := changes_of_letter(act, visit):
            save_changes(visit, **voided)
        readiness.refresh(visit)
    return changed


def _find_anew(patient: Patient) -> None:
    """What a search finds the patient by follows what stands."""
    SearchMark.objects.filter(patient=patient).delete()
    SearchMark.objects.bulk_create(patient.marks())


def _tell_ages(patient: Patient) -> None:
    """Of each treatment the age on its day, by the birth date that stands now."""
    for visit in Visit.objects.filter(patient=patient, needle_in_at__isnull=False).select_related("site"):
        assert visit.needle_in_at is not None
        save_changes(visit, age=whole_years(patient.born, day_at(visit.site, visit.needle_in_at)))


def _check(act: Act, told: PatientDetails, patient: Patient | None = None) -> None:
    faults = []
    if told.born > today_of(act) or told.born.year < FIRST_YEAR:
        faults.append(Fault("nobody was born on that day", "born", f"{told.born}", "look at the date again"))
    if told.email and not _is_address(told.email):
        faults.append(Fault("this is no e-mail address", "email", "", "name@example.org, or leave it out"))
    mark = mark_of(WRITTEN, act.site.pk, told.number)
    if Patient.objects.filter(site=act.site, number_mark=mark).first() not in (None, patient):
        faults.extend(_number_is_taken().faults)
    raise_all(WrongInputError, faults)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _number_is_taken() -> WrongInputError:
    return WrongInputError.single(
        "another patient here has this number", where="number", remedy="open that patient, or look at the number again"
    )
