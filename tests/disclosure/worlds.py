"""Invented studies, and what each number of their results counts: the knowledge of an attacker who read the study."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foramen.snapshot.codebook import SUPPRESSED
from foramen.statistics.result import Statistic
from foramen.study.results import Results
from tests.disclosure.attacker import Atom, Attacker, Event, both, read_flow
from tests.study.small import EACH, run, snapshot

CLASSES = ("worse", "some", "half")
CHANCE = {"worse": 0.15, "some": 0.35, "half": 0.5}
AFTER = {"worse": 9, "some": 6, "half": 2, None: None}
AFTER_LITTLE = {"worse": 3, "some": 2, "half": 0, None: None}
"""The score afterwards that makes a class, from 8 before, and from 2."""

OUTCOMES = """
[[timepoints]]
name = "before"
[[timepoints]]
name = "after"
{window}
[[timepoints]]
name = "late"
[[outcomes]]
name = "nrs"
kind = "score"
variable = "nrs"
timepoints = ["before", "after"]
[[outcomes]]
name = "half"
kind = "responder"
variable = "nrs"
baseline = "before"
relief_percent = 50
timepoints = ["after", "late"]
[[outcomes]]
name = "third"
kind = "responder"
variable = "nrs"
baseline = "before"
relief_percent = 20
timepoints = ["after"]
[[outcomes]]
name = "class"
kind = "category"
variable = "nrs"
baseline = "before"
bands_of = "relief_percent"
bands = [
  {{ label = "worse", below = 0 }},
  {{ label = "some", at_least = 0, below = 50 }},
  {{ label = "half", at_least = 50 }},
]
timepoints = ["after", "late"]
[[outcomes]]
name = "sex"
kind = "category"
variable = "sex"
[groups]
variable = "arm"
levels = ["A", "B"]
"""

OVER_TIME = (
    EACH
    + OUTCOMES.format(window="")
    + """
[[population]]
name = "pain"
keep = { variable = "nrs", at = "before", at_least = 4 }
[[analyses]]
name = "described"
kind = "describe"
outcomes = ["nrs", "half", "third", "sex", "class"]
missing = "available"
[[analyses]]
name = "moved"
kind = "transition"
missing = "complete"
first = { outcome = "class", at = "after" }
second = { outcome = "class", at = "late" }
[[analyses]]
name = "compared"
kind = "compare"
outcomes = ["half", "sex"]
missing = "available"
tests = ["chi_square"]
"""
)
"""Everybody in the study has a score before: the flow asks for it."""

INCOMPLETE = (
    EACH
    + OUTCOMES.format(window="days = [20, 40]")
    + """
[[analyses]]
name = "described"
kind = "describe"
outcomes = ["half", "third", "class", "sex"]
timepoints = ["after"]
missing = "available"
[[analyses]]
name = "failed"
kind = "describe"
outcomes = ["half"]
timepoints = ["after"]
missing = "failure"
[[analyses]]
name = "complete"
kind = "describe"
outcomes = ["class", "third"]
timepoints = ["after"]
missing = "complete"
"""
)
"""Answers outside a window, withheld at the source, undefined, missing; the same outcomes under three rules."""


@dataclass(frozen=True)
class World:
    """A study, whom it counts, and how to read its results as an attacker."""

    document: str
    columns: Callable[[np.random.Generator, int], Mapping[str, Sequence[int | None]]]
    attributes: Mapping[str, Sequence[str | None]]
    people: Callable[[Mapping[str, Sequence[int | None]]], list[Atom]]
    stays: Sequence[Event]
    meanings: Callable[[Statistic], "Meaning | None"]

    def run(self, folder: Path, columns: Mapping[str, Sequence[int | None]]) -> Results:
        return run(folder, snapshot(folder / "snapshot", columns), self.document, engine="reference")

    def attack(self, released: Results, threshold: int) -> tuple[Attacker, dict[str, Event]]:
        """An attacker who has read the results, and everything there is to work out, by name."""
        attacker, targets = Attacker(self.attributes, threshold), dict[str, Event]()
        read_flow(attacker, released, in_group, self.stays)
        for row in released.statistics:
            if (meaning := self.meanings(row)) is None:
                continue
            beside = row.name in ("missing", "suppressed")
            number = row.n if not beside or row.estimate is None else round(row.estimate)
            attacker.told(meaning.own, None if row.suppressed else number, row.suppressed)
            if (row.suppressed or "").startswith("from fewer"):
                attacker.learn(meaning.base, 1, threshold - 1)
            if row.suppressed is None and beside and row.n is not None:
                attacker.learn(meaning.base, row.n, row.n)
            if row.denominator is not None:
                of = meaning.base if row.name in SHARES else meaning.all
                attacker.learn(of, row.denominator, row.denominator)
            targets |= {f"{row.name} {dict(row.about)} {name}": event for name, event in meaning.targets()}
        return attacker, targets


SHARES = ("percent", "responder_percent", "transition")


@dataclass(frozen=True)
class Meaning:
    """Whom a row counts, whom it is a percentage of (or who is recorded), and all of its group."""

    own: Event
    base: Event
    all: Event

    def targets(self) -> Iterator[tuple[str, Event]]:
        yield "own", self.own
        yield "recorded", self.base
        yield "missing", lambda atom: self.all(atom) and not self.base(atom)


def in_group(group: str) -> Event:
    return lambda atom: group == "all" or atom["arm"] == group


def _compared(group: str) -> Event:
    return lambda atom: atom["arm"] in (("A", "B") if group == "all" else (group,))


def _over_time(chance: np.random.Generator, people: int) -> dict[str, list[int | None]]:
    holes = chance.random() * 0.25
    classes = (*CLASSES, None)
    weights = [*(c * (1 - holes) for c in CHANCE.values()), holes]
    after = chance.choice(classes, people, p=weights)
    late = [c if chance.random() < 0.5 else chance.choice(classes, p=weights) for c in after]
    before = [8 if chance.random() > 0.15 else 2 for _ in range(people)]
    scored = [AFTER if b == 8 else AFTER_LITTLE for b in before]
    return {
        "sex": [int(x) if chance.random() > holes / 2 else None for x in chance.integers(0, 2, people)],
        "arm": [int(a) for a in chance.choice(3, people, p=[0.5, 0.42, 0.08])],
        "nrs__before": before,
        "nrs__after": [s[c] for s, c in zip(scored, after, strict=True)],
        "nrs__late": [s[c] for s, c in zip(scored, late, strict=True)],
    }


def _people_over_time(columns: Mapping[str, Sequence[int | None]]) -> list[Atom]:
    people = []
    for sex, arm, before, after, late in zip(*columns.values(), strict=True):
        known = {score: name for name, score in (AFTER if before == 8 else AFTER_LITTLE).items()}
        pain = "yes" if before == 8 else "no"
        people.append(
            {"arm": "ABC"[arm or 0], "pain": pain, "sex": _sex(sex), "after": known[after], "late": known[late]}
        )
    return people


def _sex(code: int | None) -> str | None:
    return None if code is None else ("female", "male")[code]


def _meaning_over_time(row: Statistic) -> Meaning | None:
    about = dict(row.about)
    inside = both(_compared(about.get("group", "all")), lambda atom: atom["pain"] == "yes")
    key = "sex" if about.get("outcome") == "sex" else about.get("timepoint", "")
    base = both(inside, lambda atom: key == "before" or atom[key] is not None)
    if row.name == "left_out_incomplete":
        lost: Event = lambda atom: atom["after"] is None or atom["late"] is None  # noqa: E731 - beside its use
        return Meaning(both(inside, lost), inside, inside)
    if row.name == "transition":
        first, second = about["from_category"], about["category"]
        pairs = both(inside, lambda atom: atom["after"] is not None and atom["late"] is not None)
        return Meaning(both(inside, lambda atom: (atom["after"], atom["late"]) == (first, second)), pairs, inside)
    own = _own(row, key)
    return None if own is None else Meaning(both(base if row.name != "missing" else inside, own), base, inside)


def _own(row: Statistic, key: str) -> Event | None:
    """Whom a row of a description counts, of those it could."""
    about = dict(row.about)
    if row.name == "n":
        return lambda atom: True
    if row.name == "missing":
        return lambda atom: key != "before" and atom[key] is None
    if row.name == "percent":
        return lambda atom: atom[key] == about["category"]
    if row.name == "responder_percent":
        wanted = ("half",) if about["outcome"] == "half" else ("some", "half")
        return lambda atom: atom[key] in wanted
    return None


STATES = (*CLASSES, "outside", "withheld", None)


def _incomplete(chance: np.random.Generator, people: int) -> dict[str, list[int | None]]:
    holes = chance.random() * 0.15
    weights = [*(c * (1 - 3 * holes) for c in CHANCE.values()), holes, holes, holes]
    after = chance.choice(STATES, people, p=weights)
    codes = AFTER | {"outside": 5, "withheld": SUPPRESSED}
    return {
        "sex": [int(x) if chance.random() > holes else None for x in chance.integers(0, 2, people)],
        "arm": [int(a) for a in chance.choice(2, people)],
        "nrs__before": [0 if chance.random() < holes else 8 for _ in range(people)],
        "nrs__after": [codes[c] for c in after],
        "nrs__after__day": [60 if c == "outside" else 30 for c in after],
        "nrs__late": [4] * people,
    }


def _people_incomplete(columns: Mapping[str, Sequence[int | None]]) -> list[Atom]:
    codes = {code: name for name, code in AFTER.items()} | {SUPPRESSED: "withheld"}
    return [
        {
            "arm": "AB"[arm or 0],
            "sex": _sex(sex),
            "before": "pain" if before else "none",
            "after": "outside" if day == 60 else codes[after],
        }
        for sex, arm, before, after, day, _ in zip(*columns.values(), strict=True)
    ]


def _meaning_incomplete(row: Statistic) -> Meaning | None:
    about = dict(row.about)
    group, outcome, analysis = _compared(about.get("group", "all")), about.get("outcome"), about.get("analysis")
    answered: Event = lambda atom: atom["before"] == "pain" and atom["after"] in CLASSES  # noqa: E731 - read below
    recorded: Event = lambda atom: atom["after"] in CLASSES  # noqa: E731 - read below
    if analysis == "complete":
        everybody = both(group, recorded)
        if row.name == "left_out_incomplete":
            return Meaning(both(group, lambda atom: not recorded(atom)), group, group)
    else:
        everybody = group
    if row.name == "outside_window":
        return Meaning(both(everybody, lambda atom: atom["after"] == "outside"), everybody, everybody)
    if row.name == "undefined":
        return Meaning(both(everybody, lambda atom: atom["before"] == "none"), everybody, everybody)
    if outcome == "sex":
        base, own = both(everybody, lambda atom: atom["sex"] is not None), _own(row, "sex")
        return None if own is None else Meaning(both(everybody, own), base, everybody)
    defined = both(everybody, lambda atom: atom["before"] == "pain")
    base = both(everybody, answered)
    if row.name == "missing":
        return Meaning(both(defined, lambda atom: atom["after"] in ("outside", None)), base, defined)
    if row.name == "suppressed":
        return Meaning(both(defined, lambda atom: atom["after"] == "withheld"), base, defined)
    own = _own(row, "after")
    if analysis == "failed":
        base = both(defined, lambda atom: atom["after"] != "withheld")
    return None if own is None or row.name == "n" else Meaning(both(base, own), base, defined)


ANYBODY: Event = lambda atom: True  # noqa: E731 - a constant event

WORLDS = {
    "over time": World(
        OVER_TIME,
        _over_time,
        {
            "arm": "ABC",
            "pain": ("yes", "no"),
            "sex": ("female", "male", None),
            "after": (*CLASSES, None),
            "late": (*CLASSES, None),
        },
        _people_over_time,
        (ANYBODY, lambda atom: atom["pain"] == "yes", lambda atom: atom["pain"] == "yes" and atom["arm"] != "C"),
        _meaning_over_time,
    ),
    "incomplete": World(
        INCOMPLETE,
        _incomplete,
        {"arm": "AB", "sex": ("female", "male", None), "before": ("pain", "none"), "after": STATES},
        _people_incomplete,
        (ANYBODY, ANYBODY),
        _meaning_incomplete,
    ),
}
