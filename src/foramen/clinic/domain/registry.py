"""The registry: a snapshot of the site is asked for, and a study on it. A worker makes both (`work.freezing`,
`work.studies`)."""

from datetime import timedelta

from django.db.models import Max

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import FreezeAsked, StudyAsked
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.times import today_of
from foramen.clinic.domain.verbs import verb
from foramen.clinic.models import Freeze, Site, StudyRun
from foramen.clinic.models.evidence import Progress
from foramen.clinic.records.outbox import put
from foramen.clinic.rights.roles import Role
from foramen.study.templates import TEMPLATES

FREEZERS = frozenset({Role.ANALYST, Role.LEAD})
"""Who may have a snapshot made. A statistician works on those that there are."""

RUNNERS = frozenset({*FREEZERS, Role.STATISTICIAN})
BEGUN = (Progress.WAITING, Progress.RUNNING)
ELSEWHERE = "elsewhere"
"""What a row tells of a snapshot that was made at the command line: its files are not among those of the service."""

STUCK = timedelta(hours=1)
"""What was asked for longer ago and has not ended is waited for no more: it may be asked for again."""


@verb("ask_freeze", says="Make a snapshot", on=Site, content=FreezeAsked, roles=FREEZERS, in_person=True)
def ask_freeze(act: Act, site: Site, asked: FreezeAsked) -> Freeze:
    """A snapshot of the day on which it is asked for, with the next number of the site."""
    freeze = Freeze.objects.create(
        site=site, number=next_freeze(site), detail=asked.detail, day=today_of(act), asked_by=act.person,
        asked_at=act.at,
    )  # fmt: skip
    put("freeze", {"freeze": str(freeze.pk)})
    return freeze


def next_freeze(site: Site) -> int:
    """The number after the last one of the site. Two that ask at once get two: whoever comes second waits here."""
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    last = Freeze.objects.filter(site=site).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


@verb("ask_study", says="Run", on=Freeze, content=StudyAsked, roles=RUNNERS)
def ask_study(act: Act, freeze: Freeze, asked: StudyAsked) -> StudyRun:
    """A study of the library on a snapshot that is made. What is on its way already is not asked for twice."""
    if asked.study not in TEMPLATES:
        raise WrongInputError.single(
            "there is no such study in the library", where="study", received=asked.study, remedy=", ".join(TEMPLATES)
        )
    if freeze.state != Progress.DONE:
        raise WrongInputError.single("this snapshot is not made: no study can run on it")
    if freeze.told.get(ELSEWHERE):
        raise WrongInputError.single(
            "the files of this snapshot are elsewhere", remedy="run the study where they are, with foramen study run"
        )
    since = act.at - STUCK
    if StudyRun.objects.filter(freeze=freeze, study=asked.study, state__in=BEGUN, asked_at__gt=since).exists():
        raise WrongInputError.single("this study is being run on this snapshot already")
    run = StudyRun.objects.create(freeze=freeze, site=act.site, study=asked.study, asked_by=act.person, asked_at=act.at)
    put("study", {"run": str(run.pk)})
    return run
