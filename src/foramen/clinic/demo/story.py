"""The day that is shown, Thursday 26 November 2026, as it stood at 09:12: who comes when, and what is different.

Times are local times of the day. Every line is played through the verbs (`demo.today`), so that what the rules say
about it is what they say.
"""

from dataclasses import dataclass, field
from typing import Any

from foramen.clinic.demo.invented import spot

Spots = tuple[dict[str, str], ...]
LEFT, RIGHT, MIDLINE = "left", "right", "midline"


def root(name: str, *sides: str) -> Spots:
    """A nerve root, on one side or both."""
    return tuple(spot(name, side, "transforaminal") for side in sides)


def level(name: str, route: str, *sides: str) -> Spots:
    """A level by an approach, on one side or both."""
    return tuple(spot(name, side, route) for side in sides)


@dataclass(frozen=True, slots=True)
class Comes:
    """Somebody who has a slot today.

    `set_of` says which of how many sessions of the order it is. `day` are times of steps that are not where they
    usually are, `until` the last step that was done by 09:12. `screening`, `plan` and `said` are what differs from
    somebody who takes nothing and of whom everything agrees; `leaves_out` are steps that were not done; `overrides` is
    a rule in spite of which the radiologist goes on.
    """

    room: str
    start: str
    family: str
    given: str
    sex: str
    age: int
    spots: Spots
    number: str = ""
    set_of: tuple[int, int] = (1, 2)
    until: str = "consent"
    arrived: str = ""
    day: dict[str, str] = field(default_factory=dict)
    pain: tuple[int, int] = (7, 3)
    screening: dict[str, Any] = field(default_factory=dict)
    way_home: dict[str, str] = field(default_factory=lambda: {"how": "named person", "person": "daughter"})
    leaves_out: frozenset[str] = frozenset()
    first_plan: Spots = ()
    overrides: str = ""


def takes(*medicines: dict[str, Any]) -> dict[str, Any]:
    """A screening in which these medicines were told."""
    return {"no_medicines": False, "medicines": list(medicines)}


def agreed(name: str, at: str, start: str, risk: str | None = None) -> dict[str, Any]:
    """What the prescriber said by phone, for one booked start."""
    return {"name": name, "role": "prescriber", "channel": "phone", "at": at, "start": f"2026-11-26T{start}:00+01:00",
            "answer": "may stop", "thromboembolic_risk": risk}  # fmt: skip


CELECOXIB = {"name": "celecoxib", "dose": "200 mg", "frequency": "once a day", "last_dose_on": "2026-11-19"}
CLOPIDOGREL = {
    "name": "clopidogrel", "dose": "75 mg", "frequency": "once a day", "indication": "secondary",
    "indication_reason": "stent in 2019", "last_dose_at": "2026-11-18T08:00:00+01:00", "stopped": True,
    "loading_dose": "no", "agreement": agreed("Dr R. Linde", "2026-11-17T11:30:00+01:00", "08:30", "not high"),
}  # fmt: skip
APIXABAN = {
    "name": "Eliquis", "dose": "5 mg", "frequency": "twice a day", "last_dose_at": "2026-11-23T07:00:00+01:00",
    "stopped": True, "agreement": agreed("Dr A. Sable", "2026-11-11T14:20:00+01:00", "09:30"),
}  # fmt: skip
TICLOPIDINE = {
    "name": "Ticlid", "dose": "250 mg", "last_dose_at": "2026-11-19T08:00:00+01:00", "stopped": True,
    "agreement": agreed("Dr N. Osman", "2026-11-18T14:20:00+01:00", "09:30"),
}  # fmt: skip
IBUPROFEN = {"name": "Advil", "frequency": "when needed", "last_dose_at": "2026-11-25T07:30:00+01:00", "stopped": True}
WARFARIN = {
    "name": "warfarin", "last_dose_on": "2026-11-20", "stopped": True,
    "agreement": agreed("Dr E. Lark", "2026-11-18T09:10:00+01:00", "11:30"),
}  # fmt: skip
LATEX = {"no_allergies": False, "allergies": ["latex"]}
PACEMAKER: dict[str, Any] = {"mri": {}}

HOME, RECOVERY, NEEDLE, READY, HERE = "discharge", "pain_after", "needle_in", "pain_before", "list_again"

DAY: tuple[Comes, ...] = (
    Comes("fl1", "07:30", "Plover", "Anna", "female", 61, level("L4/L5", "interlaminar", MIDLINE), until=HOME,
          arrived="06:50", pain=(6, 3), day={"needle_in": "07:42", "needle_out": "07:51", "discharge": "08:41"}),
    Comes("fl1", "08:00", "Larch", "Ewa", "female", 58, level("L4/L5", "facet", RIGHT) + level("L5/S1", "facet", RIGHT),
          until=HOME, arrived="07:10", pain=(7, 4),
          day={"needle_in": "08:08", "needle_out": "08:19", "discharge": "09:02"}),
    Comes("fl1", "08:30", "Teal", "Ravi", "male", 68, root("L4", RIGHT), "4402 7316", until=RECOVERY, arrived="07:52",
          pain=(6, 3), screening=takes(CLOPIDOGREL), way_home={"how": "named person", "person": "Asha Teal"},
          day={"needle_in": "08:44", "needle_out": "08:57", "instructions": "09:02", "pain_after": "09:05"}),
    Comes("fl1", "09:00", "Sorrel", "Nadia", "female", 47, root("L5", LEFT) + root("S1", LEFT), "5520 1187",
          until=NEEDLE, arrived="08:31", day={"review_nurse": "08:51", "needle_in": "09:11"}),
    Comes("fl1", "09:30", "Juniper", "Kofi", "male", 55, root("S1", RIGHT), "6143 2071", until=READY, arrived="08:45",
          screening=takes(CELECOXIB), day={"pain_before": "09:06"}),
    Comes("fl1", "10:00", "Rowan", "Mireille", "female", 66, root("L5", LEFT), "1975 3308", (2, 2), until=HERE,
          arrived="08:58", first_plan=root("L5", RIGHT)),
    Comes("fl1", "11:00", "Thistle", "Jonas", "male", 39, level("L5/S1", "facet", RIGHT), "7730 5562"),
    Comes("fl1", "11:30", "Bracken", "Omar", "male", 74, root("S1", LEFT), "2069 8841",
          screening=takes(WARFARIN) | {"inr": [{"value": "1.3", "at": "2026-11-25T09:40:00+01:00"}]}),
    Comes("fl1", "13:00", "Linnet", "Oda", "female", 58, level("L3/L4", "interlaminar", MIDLINE), "8127 4009", (2, 2)),
    Comes("fl2", "07:30", "Osier", "Pavel", "male", 49, level("L5/S1", "interlaminar", MIDLINE), until=HOME,
          arrived="06:52", pain=(8, 4), day={"needle_in": "07:40", "needle_out": "07:49", "discharge": "08:36"}),
    Comes("fl2", "08:00", "Dunnock", "Zeynep", "female", 44, level("", "caudal", MIDLINE), until=HOME, arrived="07:15",
          pain=(7, 5), day={"needle_in": "08:12", "needle_out": "08:24", "discharge": "09:08"}),
    Comes("fl2", "08:30", "Fennel", "Marta", "female", 49, level("", "sacroiliac", LEFT), "7715 0283", until=RECOVERY,
          arrived="07:50", way_home={"how": "public transport"},
          day={"needle_in": "08:52", "needle_out": "09:01", "observation_event": "09:05", "pain_after": "09:08"}),
    Comes("fl2", "09:00", "Wren", "Leila", "female", 36, level("C7/T1", "interlaminar", MIDLINE), "6682 9140",
          until="time_out_technologist", arrived="08:25", day={"time_out_technologist": "09:11"}),
    Comes("fl2", "09:30", "Heron", "Josef", "male", 69, level("L4/L5", "interlaminar", MIDLINE), "4158 2093", (2, 2),
          until=READY, arrived="08:50", leaves_out=frozenset({"pregnancy"}),
          screening=LATEX | takes(APIXABAN, TICLOPIDINE, IBUPROFEN),
          way_home={"how": "named person", "person": "Elsa Heron"}, overrides="AC-18"),
    Comes("fl2", "10:30", "Alder", "Signe", "female", 31, root("L4", RIGHT), "9004 3317"),
    Comes("fl2", "11:00", "Kestrel", "Bao", "male", 57, root("L4", LEFT) + root("L5", LEFT), "2841 6605", (2, 2),
          screening=PACEMAKER, leaves_out=frozenset({"mri_review"})),
    Comes("fl2", "13:00", "Yarrow", "Elif", "female", 63, level("", "caudal", MIDLINE), "5527 7718"),
    Comes("fl2", "13:30", "Merle", "Antoine", "male", 70, root("S1", LEFT, RIGHT), "1386 4472",
          screening=takes(CELECOXIB)),
    Comes("ct", "07:45", "Starling", "Mei", "female", 27, level("L5", "pars", LEFT, RIGHT), until=HOME,
          arrived="07:05", pain=(6, 2), day={"needle_in": "08:00", "needle_out": "08:14", "discharge": "08:55"}),
    Comes("ct", "08:30", "Quince", "Hugo", "male", 52, root("C6", RIGHT), "4476 1208", until="dose", arrived="07:55",
          day={"needle_in": "08:58", "needle_out": "09:09"}),
    Comes("ct", "09:15", "Martin", "Sunniva", "female", 41, level("L5", "pars", LEFT, RIGHT), "8850 2166", until=READY,
          arrived="08:40", day={"pain_before": "09:03"}),
    Comes("ct", "10:00", "Hazel", "Viktor", "male", 78, root("C5", LEFT), "3162 9975", until="way_home",
          arrived="09:07", screening=takes(CELECOXIB), way_home={"how": "public transport"}),
    Comes("ct", "10:45", "Sedge", "Imani", "female", 45, root("L3", LEFT), "7204 5531", until="plan",
          screening=takes(CELECOXIB)),
    Comes("ct", "13:00", "Linden", "Marek", "male", 60, root("C7", RIGHT), "2915 8407", (2, 2),
          screening=takes(CELECOXIB)),
    Comes("ct", "14:30", "Thrush", "Amina", "female", 34, level("L4", "pars", LEFT, RIGHT), "6631 7042", (1, 1)),
    Comes("us", "08:00", "Aspen", "Lotte", "female", 52, level("", "sacroiliac", RIGHT), until=HOME, arrived="07:20",
          pain=(5, 2), day={"needle_in": "08:05", "needle_out": "08:11", "discharge": "08:49"}),
    Comes("us", "08:30", "Dove", "Emre", "male", 46, level("L4/L5", "facet", LEFT), until=HOME, arrived="07:45",
          pain=(6, 4), day={"needle_in": "08:28", "needle_out": "08:33", "discharge": "09:11"}),
    Comes("us", "09:30", "Sparrow", "Inge", "female", 64, level("L5/S1", "facet", LEFT, RIGHT), "3541 0086",
          until=READY, arrived="08:48", screening=takes(CELECOXIB), day={"pain_before": "09:10"}),
    Comes("us", "10:00", "Maple", "Tendai", "male", 38, level("", "sacroiliac", LEFT), "9127 4458", until="arrival",
          arrived="09:11"),
    Comes("us", "11:00", "Robin", "Agnes", "female", 71, level("", "sacroiliac", LEFT, RIGHT), "1740 6629",
          until="draft"),
    Comes("us", "11:30", "Elder", "Noah", "male", 29, level("L4/L5", "facet", RIGHT), "6478 3391", (1, 1)),
    Comes("us", "13:00", "Cedar", "Hana", "female", 55, level("", "sacroiliac", RIGHT), "4086 1173", (2, 2),
          screening=takes(CELECOXIB)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waits:
    """Somebody who has no slot: a referral to be triaged, or an order that waits for one today."""

    family: str
    given: str
    sex: str
    age: int
    spots: Spots
    at: str
    modality: str = "fluoroscopy"
    number: str = ""
    urgency: str = "routine"
    note: str = ""


ADD_ONS = (
    Waits("Teasel", "Ines", "female", 44, root("L5", RIGHT), "08:20"),
    Waits("Grebe", "Jonah", "male", 59, level("", "sacroiliac", LEFT), "08:55", "ultrasound"),
)
"""Asked for a slot today at that time."""

REFERRALS = (
    Waits("Fern", "Ida", "female", 50, root("L5", RIGHT), "08:05", urgency="soon"),
    Waits(
        "Heron", "Josefa", "female", 69, root("S1", LEFT), "08:31", note="the name is almost that of another patient"
    ),
    Waits("Saffron", "Idris", "male", 62, (spot("L4/L5", "midline", "interlaminar"),), "08:44"),
    Waits("Nightjar", "Solveig", "female", 35, ({"root": "L4", "side": "left"},), "09:02", note="approach left open"),
)
"""Came in this morning and wait for triage."""

TO_COME = (
    ("fl1", "2026-11-27", "08:00", True), ("fl1", "2026-11-27", "09:00", False), ("fl2", "2026-11-27", "08:30", True),
    ("ct", "2026-11-27", "08:30", False), ("us", "2026-11-27", "10:00", True), ("fl1", "2026-11-30", "08:30", False),
    ("fl2", "2026-11-30", "10:00", False), ("us", "2026-11-30", "09:30", True), ("ct", "2026-12-01", "10:00", False),
    ("fl1", "2026-12-02", "09:00", True),
)  # fmt: skip
"""Booked on the next days: room, day, time, and whether the screening is signed."""
