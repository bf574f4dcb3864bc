"""Eighteen months before the day that is shown: patients who came, went home, and were asked afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from foramen.catalogue.schedules import due
from foramen.clinic.demo import invented
from foramen.clinic.demo.accounts import EXAMPLE, LAKE
from foramen.clinic.demo.answers import add_answers, add_consent, add_event
from foramen.clinic.demo.ledger import About, Ledger
from foramen.clinic.demo.places import ZONE, Hospital
from foramen.clinic.demo.session import Crew, Session, add_session, crew_of
from foramen.clinic.domain.follow_up import service_schedule
from foramen.clinic.domain.places import words
from foramen.clinic.facts.content import Spot
from foramen.clinic.models import Order, Patient, Referral, Room, Task, Visit
from foramen.clinic.rights.roles import Role

FIRST_DAY = date(2025, 5, 26)
TODAY = date(2026, 11, 26)
AT_LAKE = 18
"""Patients of the second site."""

TWICE = 0.4
"""Share of orders whose second session was done too."""

REPEAT_DAYS = (21, 60)
PERSISTS = 0.35
"""Share of patients whose symptoms persist after a week."""

CALLED_AGAIN = (date(2026, 11, 6),)
NAMED = (
    ("Ash", "Tomas", "male", 52, date(2026, 11, 24), None), ("Pine", "Oskar", "male", 66, date(2026, 11, 13), "week"),
    ("Bunting", "Rosa", "female", 48, date(2026, 11, 20), "two_days"),
    ("Crane", "Dilan", "male", 41, date(2026, 11, 6), "two_weeks"),
    ("Plume", "Edda", "female", 57, date(2026, 11, 13), "week"),
    ("Quill", "Marius", "male", 33, date(2026, 11, 13), "week"),
    ("Siskin", "Lea", "female", 71, date(2026, 11, 20), "two_days"),
    ("Teal", "Bela", "male", 45, date(2026, 11, 6), "two_weeks"),
)  # fmt: skip
"""Family name, given name, sex, age, day of the treatment, and the follow-up that was not done in its window."""


@dataclass(slots=True)
class Past:
    """What is being made up, with the slots that are taken and the numbers that were given."""

    hospital: Hospital
    chance: Random
    told: Random = field(default_factory=lambda: Random(31))
    rows: Ledger = field(default_factory=Ledger)
    taken: set[tuple[str, datetime]] = field(default_factory=set)
    counted: dict[tuple[str, str, int], int] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    def number(self, site: str, kind: str, year: int) -> str:
        """The next number, as the verbs count: 2026-0418."""
        key = (site, kind, year)
        self.counted[key] = self.counted.get(key, 0) + 1
        return f"{year}-{self.counted[key]:04d}"

    def patient_number(self) -> str:
        """A number that nobody has."""
        while (found := invented.number(self.chance)) in self.numbers:
            pass
        self.numbers.add(found)
        return found

    def slot(self, room: Room, day: date) -> datetime:
        """A free slot of a room on a working day, or on one soon before."""
        times = list(_clock_times(room))
        while True:
            day = last_working_day(day)
            for hour, minute in self.chance.sample(times, k=len(times)):
                at = datetime.combine(day, time(hour, minute), ZoneInfo(ZONE))
                if (room.code, at) not in self.taken:
                    self.taken.add((room.code, at))
                    return at
            day -= timedelta(days=1)


def last_working_day(day: date) -> date:
    """The day itself, or the Friday before."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _clock_times(room: Room) -> Iterator[tuple[int, int]]:
    """Times in the morning at which a room takes somebody."""
    minutes = 8 * 60
    while minutes + room.slot_minutes <= 11 * 60 + 30:
        yield divmod(minutes, 60)
        minutes += room.slot_minutes


def build_past(hospital: Hospital, chance: Random, patients: int) -> Past:
    """Make up everybody of the past. Nothing is stored yet: `Past.rows.store()` does."""
    past = Past(hospital, chance)
    for family, given, sex, age, day, late in NAMED:
        _add_named(past, (family, given, sex), age, day, late)
    named = invented.names(chance, patients)
    span = (TODAY - FIRST_DAY).days - 1
    for i in range(patients):
        code = LAKE if i < AT_LAKE else EXAMPLE
        patient = add_patient(past, code, next(named), chance.randint(24, 84))
        room = chance.choice([room for room in hospital.rooms.values() if room.site == patient.site])
        # As many every month, and a few on each of the last days, so that follow-ups are open.
        day = TODAY - timedelta(days=1 + i % 18) if i % 5 == 0 else FIRST_DAY + timedelta(days=chance.randrange(span))
        add_course(past, patient, room, past.slot(room, day), invented.targets(chance, room.modality))
    return past


def _add_named(past: Past, named: tuple[str, str, str], age: int, day: date, late: str | None) -> None:
    """Somebody of the story, treated on a day, with the follow-up that is late."""
    patient, room = add_patient(past, EXAMPLE, named, age), past.hospital.rooms["fl1"]
    add_course(past, patient, room, past.slot(room, day), [invented.spot("L4", "right", "transforaminal")], 1)
    for task in past.rows.tasks:
        if task.patient is patient and task.kind == late:
            task.state, task.done_at = Task.State.OPEN, None
    if late:
        facts = [one for one in past.rows.facts if one.patient is not patient or one.content.get("timepoint") != late]
        past.rows.facts = facts


def add_patient(past: Past, site: str, named: tuple[str, str, str], age: int) -> Patient:
    """Somebody who is so old today."""
    family, given, sex = named
    patient = Patient(
        site=past.hospital.sites[site], number=past.patient_number(), family_name=family, given_name=given, sex=sex,
        born=invented.born(past.chance, age, TODAY), phone="000 000 00 00",
    )  # fmt: skip
    past.rows.patients.append(patient)
    return patient


def add_course(
    past: Past, patient: Patient, room: Room, first: datetime, spots: Sequence[dict[str, str]], sessions: int = 0
) -> Order:
    """Referral, triage, order, and one or two sessions on it; `sessions` 0: as chance has it."""
    chance = past.chance
    crew = crew_of(room, past.hospital.people, _nurse(past, room))
    order = add_order(past, patient, room, first - timedelta(days=chance.randint(14, 30)), list(spots), crew)
    add_consent(past.rows, past.told, patient, first, crew.nurse)
    second = past.slot(room, (first + timedelta(days=chance.randint(*REPEAT_DAYS))).date())
    twice = sessions == 2 or (sessions == 0 and chance.random() < TWICE and second.date() < TODAY)
    for i, start in enumerate([first, second] if twice else [first]):
        if i:
            said = {"decision": "repeat", "reason": "better after the first, and symptoms came back"}
            about = About(patient, order.referral, order)
            past.rows.sign("repeat", start - timedelta(days=7), crew.radiologist, said, about)
        before = chance.randint(5, 9)
        pain = (before, max(0, before - chance.choice([0, 1, 2, 2, 3, 4, 5])))
        one = Session(
            past.number(order.site.code, "visit", start.year), room, start, list(spots),
            TODAY.year - patient.born.year - 1, pain,
        )  # fmt: skip
        visit = add_session(past.rows, chance, order, one, crew)
        add_event(past.rows, past.told, visit, crew.nurse)
        add_answers(past.rows, past.told, visit, _add_tasks(past, visit), crew.nurse)
        order.used = i + 1
    order.state = Order.State.USED if order.used == order.quantity else Order.State.OPEN
    return order


def add_order(
    past: Past, patient: Patient, room: Room, received: datetime, spots: list[dict[str, str]], crew: Crew
) -> Order:
    """What was asked, decided and ordered before the first session."""
    chance, site = past.chance, patient.site
    referrer = chance.choice(invented.REFERRERS)
    referral = Referral(
        site=site, patient=patient, number=past.number(site.code, "referral", received.year), received_at=received,
        referrer=referrer, state=Referral.State.ACCEPTED,
    )  # fmt: skip
    ordered = received + timedelta(days=3)
    told = words([Spot.model_validate(spot) for spot in spots])
    order = Order(
        site=site, referral=referral, patient=patient, number=past.number(site.code, "order", ordered.year),
        ordered_on=ordered.date(), modality=room.modality, targets_text=told,
    )  # fmt: skip
    past.rows.referrals.append(referral)
    patient.registered_at = received
    past.rows.orders.append(order)
    asked = {"asked": spots, "indication": invented.indication(chance, spots), "referrer": referrer,
             "imaging": {"accession": f"MR-{order.number}"}, "preauthorisation": "granted"}  # fmt: skip
    decided = {"decision": "accepted", "targets": spots, "modality": room.modality, "variant": "no"}
    coordinator = (past.hospital.people["lind"], Role.COORDINATOR)
    past.rows.sign("referral", received, coordinator, asked, About(patient, referral))
    past.rows.sign("triage", received + timedelta(days=2), crew.radiologist, decided, About(patient, referral))
    placed = {"targets": spots, "modality": room.modality, "quantity": 2}
    past.rows.sign("order", ordered, crew.radiologist, placed, About(patient, referral, order))
    return order


def _add_tasks(past: Past, visit: Visit) -> list[Task]:
    """The follow-up as needle-out makes it, and the call after two weeks of those who still had symptoms."""
    day, persists = visit.start.date(), past.chance.random() < PERSISTS or visit.start.date() in CALLED_AGAIN
    made = [
        _task(past, visit, one) for one in due.due(service_schedule(), "needle_out", day, past.hospital.calendar)
        if one.target > day and (not one.only_if or (persists and day + timedelta(days=7) < TODAY))
    ]  # fmt: skip
    past.rows.tasks += made
    return made


def _task(past: Past, visit: Visit, one: due.Task) -> Task:
    """Done in time when its window is over; on the last days some are."""
    done = one.closes < TODAY or (one.due < TODAY and past.chance.random() < 0.7)
    return Task(
        site=visit.site, patient=visit.patient, visit=visit, kind=one.task, label=one.label, due_on=one.due,
        opens_on=one.opens, closes_on=one.closes, content=one.to_json(),
        done_at=datetime.combine(one.due, time(14, 20), ZoneInfo(ZONE)) if done else None,
        state=Task.State.DONE if done else Task.State.OPEN,
    )  # fmt: skip


def _nurse(past: Past, room: Room) -> str:
    return "lowe" if room.code == "lake" else past.chance.choice(["dahl", "moss"])
