"""Screening: a draft that several people may work on, and the signature under it."""

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime

from django.db import IntegrityError, transaction

from foramen.catalogue.antithrombotics.inputs import read_inr
from foramen.clinic.domain import pathway
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import ScreeningDraft, ScreeningSignature
from foramen.clinic.domain.errors import StaleError, WrongInputError
from foramen.clinic.domain.letter_kept import changes_of_letter
from foramen.clinic.domain.planning import ask_for_driver, ask_rules
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.times import clock_at, today_of
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.screening import DrugChoice, MedicineTold, ScreeningSigned
from foramen.clinic.models import Draft, Fact, Patient, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.kernel.errors import Fault, raise_all

SCREENERS = frozenset({Role.NURSE, *DOCTORS})
KIND = "screening"


@verb("save_screening", says="Save draft", on=Visit, content=ScreeningDraft, roles=SCREENERS)
def save_screening(act: Act, visit: Visit, entered: ScreeningDraft) -> Draft:
    """The draft as far as it is entered. Of two who save the same version the second is shown what the first saved."""
    pathway.check(KIND, visit, facts_of_visit(visit))
    changes = {"content": entered.content, "saved_by": act.person, "saved_at": act.at}
    draft = Draft.objects.filter(visit=visit, kind=KIND).select_related("saved_by").first()
    if draft is None and entered.version == 0:
        try:
            with transaction.atomic():
                return Draft.objects.create(site=act.site, patient=visit.patient, visit=visit, kind=KIND, **changes)
        except IntegrityError:
            draft = Draft.objects.select_related("saved_by").get(visit=visit, kind=KIND)
    if draft is None:
        raise StaleError.single("there is no draft of this screening any more", remedy="load the page again")
    try:
        return save_changes(draft, entered.version, **changes)
    except StaleError:
        raise _stale(act, draft, entered) from None


def _stale(act: Act, draft: Draft, entered: ScreeningDraft) -> StaleError:
    theirs = Draft.objects.select_related("saved_by").get(pk=draft.pk)
    fault = Fault(
        f"{theirs.saved_by} saved this screening at {clock_at(act.site, theirs.saved_at)} while you were typing",
        received=f"version {entered.version}", remedy="choose for each line what is right, and save again",
    )  # fmt: skip
    return StaleError(
        fault,
        theirs={
            "content": theirs.content, "version": theirs.version, "saved_by": str(theirs.saved_by),
            "saved_at": theirs.saved_at,
        },
    )  # fmt: skip


@verb("sign_screening", says="Sign screening", on=Visit, content=ScreeningSignature, late=True, roles=SCREENERS)
def sign_screening(act: Act, visit: Visit, signed: ScreeningSignature) -> Fact:
    """Sign the screening of the patient whose identity was typed. Reviews of an earlier screening no longer count, nor
    does a letter that tells something else."""
    facts = begin(act, visit, KIND)
    _check_identity(visit.patient, signed)
    told = signed.screening
    before = facts.content(KIND, ScreeningSigned)
    raise_all(WrongInputError, screening_faults(act, visit, told, before))
    fact = sign(act, visit, KIND, told, act.role_for(SCREENERS))
    ask_for_driver(act, visit, told=bool(told.driver))
    ask_rules(act, visit, "sign_screening")
    ready = {"state": Visit.State.ARRIVED} if visit.state == Visit.State.READY else {}
    finish(act, visit, **ready, **changes_of_letter(act, visit))
    return fact


def screening_faults(act: Act, visit: Visit, told: ScreeningSigned, before: ScreeningSigned | None) -> Iterator[Fault]:
    """Everything that keeps a screening from being signed."""
    yield from _unanswered(told)
    yield from _impossible(act, told)
    yield from _decided_by_others(act, visit, told, before)


def _check_identity(patient: Patient, typed: ScreeningSignature) -> None:
    """Initials in either order, year of birth and sex, typed and not copied: another patient's are refused (H01)."""
    first = [_letters(name)[:1] for name in (patient.given_name, patient.family_name)]
    every = [part[:1] for name in (patient.given_name, patient.family_name) for part in _parts(name)]
    allowed = {"".join(letters) for some in (first, every) for letters in (some, some[::-1])}
    same = (typed.birth_year, typed.sex) == (patient.born.year, patient.sex)
    if _letters(typed.initials) not in allowed or not same:
        raise WrongInputError.single(
            "initials, year of birth and sex are not those of this patient; nothing is stored", where="initials",
            remedy="look whose record this is, and type them again",
        )  # fmt: skip


def _letters(text: str) -> str:
    """Letters alone, without accents or case."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(one for one in plain if one.isalpha()).casefold()


def _parts(name: str) -> list[str]:
    return [part for part in map(_letters, name.replace("-", " ").split()) if part]


def _unanswered(told: ScreeningSigned) -> Iterator[Fault]:
    """A, B and C are answered, with a list or with “none”. D may stay open: it becomes a task."""
    answers = (
        ("allergies", "Allergies", told.allergies, told.no_allergies),
        ("medicines", "Blood thinners", told.medicines, told.no_medicines),
        ("surgery", "Earlier surgery of the spine", told.surgery, told.no_surgery),
    )
    for where, label, listed, none in answers:
        if listed and none:
            yield Fault(f"{label}: a list and “none” cannot both be right", where, "", "choose one of them")
        elif not listed and not none:
            yield Fault(f"{label}: not answered", where, "", "enter them, or say “none” if the patient says so")
    if not told.asked_of:
        yield Fault("who answered about blood thinners is missing", "asked_of", "", "such as: patient, by phone")
    if told.confirmed_at is None:
        yield Fault("when the list of medicines was gone through is missing", "confirmed_at", "", "day and time")


def _impossible(act: Act, told: ScreeningSigned) -> Iterator[Fault]:
    """Times that lie ahead, and values that nothing measures."""
    for where, when in _times(told):
        late = when > act.at if isinstance(when, datetime) else when > today_of(act)
        if late:
            yield Fault("this is in the future", where, "", "enter when it happened")
    if told.steroids_elsewhere and told.no_steroids_elsewhere:
        yield Fault(
            "Steroids elsewhere: a list and “none” cannot both be right", "steroids_elsewhere", "", "choose one"
        )
    for i, medicine in enumerate(told.medicines):
        said = [medicine.last_dose_at is not None, medicine.last_dose_on is not None, medicine.last_dose_unknown]
        if sum(said) > 1:
            yield Fault(
                f"the last dose of {medicine.name} is said in two ways", f"medicines.{i}.last_dose_at", "",
                "an instant, or a day, or unknown",
            )  # fmt: skip
    for i, inr in enumerate(told.inr):
        try:
            read_inr(inr.value)
        except ValueError as error:
            yield Fault(str(error), f"inr.{i}.value", inr.value)
    if told.renal is not None and not _is_value(told.renal.value):
        yield Fault("this is no renal function", "renal.value", told.renal.value, "a number up to 300, such as 71")


def _is_value(text: str) -> bool:
    whole, _, decimals = text.partition(".")
    digits = (whole + decimals).isdecimal() and text.isascii() and len(text) <= 6
    return digits and bool(whole) and 0 < float(text) <= 300


def _times(told: ScreeningSigned) -> Iterator[tuple[str, datetime | date]]:
    """Every time of something that has happened, with its place."""
    if told.confirmed_at is not None:
        yield "confirmed_at", told.confirmed_at
    for i, medicine in enumerate(told.medicines):
        for name in ("last_dose_at", "last_dose_on"):
            if (when := getattr(medicine, name)) is not None:
                yield f"medicines.{i}.{name}", when
        for name in ("agreement", "decided"):
            if (said := getattr(medicine, name)) is not None:
                yield f"medicines.{i}.{name}.at", said.at
    for i, inr in enumerate(told.inr):
        yield f"inr.{i}.at", inr.at
    for i, steroid in enumerate(told.steroids_elsewhere):
        yield f"steroids_elsewhere.{i}.on", steroid.on
    if told.renal is not None:
        yield "renal.on", told.renal.on
    if told.mri.on is not None:
        yield "mri.on", told.mri.on


def _decided_by_others(
    act: Act, visit: Visit, told: ScreeningSigned, before: ScreeningSigned | None
) -> Iterator[Fault]:
    """A decision on a drug is signed by the performing radiologist alone; one that stands may be carried on."""
    standing = {_choice(one, one.decided) for one in (before.medicines if before else [])}
    for i, medicine in enumerate(told.medicines):
        new = medicine.decided is not None and _choice(medicine, medicine.decided) not in standing
        if medicine.decided is not None and new and not _is_own(act, visit, medicine.decided):
            yield Fault(
                f"a decision on {medicine.name} is recorded by the performing radiologist, under the own account",
                f"medicines.{i}.decided", "", f"ask {visit.radiologist or 'the radiologist of the visit'} to decide",
            )  # fmt: skip


def _choice(medicine: MedicineTold, decided: DrugChoice | None) -> tuple[str, DrugChoice | None]:
    return medicine.name, decided


def _is_own(act: Act, visit: Visit, decided: DrugChoice) -> bool:
    own = act.person.pk == visit.radiologist_id and decided.name == act.person.username
    return own and act.channel == "page"
