"""That a policy file answers everything: each drug in every combination of answers has exactly one row.

It reads plain data, perhaps of a file with other faults, so that whoever writes a policy sees all of them at once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import product
from typing import Any, get_args

from foramen.catalogue.antithrombotics.definition import CONDITIONS, UnlistedClass
from foramen.catalogue.document import sections_of
from foramen.catalogue.drugs import DrugClass, load_names
from foramen.kernel.errors import Fault

Data = Mapping[str, Any]

ANSWERS: dict[str, tuple[str, ...]] = {
    "indication": ("primary", "secondary", "unknown"),
    "stratum": ("LOW", "HIGH"),
    "renal_function": ("normal", "impaired", "unknown"),
    "thromboembolic_risk": ("not high", "high", "unknown"),
}
"""Every answer the program gives to the questions on which rows depend. A stratum that is not known is HIGH."""

PARAMETERS = (
    "old_age_years", "medlist_max_age_days", "lab_max_age_days", "dabigatran_impaired_crcl", "dabigatran_impaired_egfr",
    "advanced_renal_crcl", "advanced_renal_egfr", "last_dose_max_age_days",
)  # fmt: skip
"""What the program asks the site's record for."""

CLASSES: tuple[str, ...] = (*get_args(DrugClass), *get_args(get_args(UnlistedClass)[1]))


def incomplete(where: str, data: Data) -> Iterator[Fault]:
    """Everything that is missing, stands twice, or names what nobody knows."""
    yield from _twice(where, data)
    yield from _questions(where, data)
    yield from _parameters(where, data)
    yield from _unknown_drugs(where, data)
    yield from _unknown_references(where, data)
    yield from _uncovered_drugs(where, data)
    yield from _uncovered_classes(where, data)


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _twice(where: str, data: Data) -> Iterator[Fault]:
    keys = {
        "rows": "id",
        "ambiguities": "id",
        "sources": "key",
        "questions": "name",
        "parameters": "name",
        "examples": "title",
    }
    for section, key in keys.items():
        named = [(place, one[key]) for place, one in sections_of(data, section) if isinstance(one.get(key), str)]
        first: dict[str, str] = {}
        for place, name in named:
            if first.setdefault(name, place) != place:
                yield Fault(
                    f"this {key} stands twice", f"{where}: {place}", name, f"rename it; the other is {first[name]}"
                )


def _questions(where: str, data: Data) -> Iterator[Fault]:
    """The declared questions are the ones the program answers, with the answers it gives."""
    declared = {one.get("name"): (place, _texts(one.get("values"))) for place, one in sections_of(data, "questions")}
    for name in ANSWERS:
        place, values = declared.get(name, ("questions", []))
        if sorted(values) != sorted(ANSWERS[name]):
            yield Fault(
                f"the answers to {name} are not those the program gives", f"{where}: {place}",
                ", ".join(values) or "nothing", f"declare {name} with the values {', '.join(ANSWERS[name])}",
            )  # fmt: skip
    for place, row in sections_of(data, "rows"):
        yield from _unknown_answers(f"{where}: {place}.when", _conditions(row))


def _unknown_answers(place: str, conditions: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for name, values in conditions.items():
        known = ANSWERS.get(name, ())
        for value in values:
            if known and value not in known:
                yield Fault(f"no answer to {name} is this one", place, value, f"one of {', '.join(known)}")


def _parameters(where: str, data: Data) -> Iterator[Fault]:
    declared = {one.get("name") for _, one in sections_of(data, "parameters")}
    for name in PARAMETERS:
        if name not in declared:
            yield Fault("the program asks for this parameter", f"{where}: parameters", "nothing", f"declare {name}")


def _unknown_drugs(where: str, data: Data) -> Iterator[Fault]:
    known = [drug.name for drug in load_names().document.content.drugs]
    for section in ("rows", "elsewhere"):
        for place, one in sections_of(data, section):
            drug = one.get("drug")
            if isinstance(drug, str) and drug not in known:
                near = get_close_matches(drug, known, n=1)
                remedy = f"did you mean “{near[0]}”?" if near else "a generic name of the table of drug names"
                yield Fault("the table of names has no such drug", f"{where}: {place}.drug", drug, remedy)


def _unknown_references(where: str, data: Data) -> Iterator[Fault]:
    """Keys of sources and ids of rows that lead nowhere."""
    sources = [one["key"] for _, one in sections_of(data, "sources") if isinstance(one.get("key"), str)]
    rows = [one["id"] for _, one in sections_of(data, "rows") if isinstance(one.get("id"), str)]
    for section in ("rows", "elsewhere"):
        for place, one in sections_of(data, section):
            if isinstance(one.get("source"), str):
                yield from _lost(f"{where}: {place}.source", "source", [one["source"]], sources)
    for place, one in sections_of(data, "comparisons"):
        yield from _lost(f"{where}: {place}.sources", "source", _texts(one.get("sources")), sources)
    for section in ("ambiguities", "comparisons"):
        for place, one in sections_of(data, section):
            yield from _lost(f"{where}: {place}.rows", "row", _texts(one.get("rows")), rows)


def _lost(place: str, kind: str, named: Iterable[str], known: Sequence[str]) -> Iterator[Fault]:
    for name in named:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield Fault(
                f"there is no such {kind}", place, name, f"did you mean “{near[0]}”?" if near else f"add the {kind}"
            )


def _conditions(row: Data) -> dict[str, list[str]]:
    when = row.get("when")
    return {str(name): _texts(values) for name, values in when.items()} if isinstance(when, Mapping) else {}


def _uncovered_drugs(where: str, data: Data) -> Iterator[Fault]:
    """Gaps and overlaps of each drug, over every combination of the answers on which its rows depend."""
    of_drug: dict[str, list[tuple[str, dict[str, list[str]]]]] = {}
    for place, row in sections_of(data, "rows"):
        if isinstance(row.get("drug"), str):
            of_drug.setdefault(row["drug"], []).append((place, _conditions(row)))
    for drug, rows in of_drug.items():
        asked = [name for name in CONDITIONS if any(name in conditions for _, conditions in rows)]
        for answers in product(*(ANSWERS[name] for name in asked)):
            case = dict(zip(asked, answers, strict=True))
            holding = [place for place, conditions in rows if holds(conditions, case)]
            said = ", ".join(f"{name} = {value}" for name, value in case.items()) or "any answers"
            if not holding:
                yield Fault(
                    "no row answers this",
                    f"{where}: rows of {drug}",
                    said,
                    f"add a row, or widen one of {_places(rows)}",
                )
            elif len(holding) > 1:
                yield Fault(
                    "several rows answer this", f"{where}: {', '.join(holding)}", said, "narrow them until one is left"
                )


def holds(conditions: Mapping[Any, Sequence[str]], case: Mapping[Any, str]) -> bool:
    """Whether a row's conditions hold in a case."""
    return all(case.get(name) in values for name, values in conditions.items())


def _places(rows: Iterable[tuple[str, object]]) -> str:
    return ", ".join(place for place, _ in rows)


def _uncovered_classes(where: str, data: Data) -> Iterator[Fault]:
    """Drugs that no row names are answered by their class, and text that no table knows by a row of its own."""
    found = Counter(row["drug_class"] for _, row in sections_of(data, "rows") if isinstance(row.get("drug_class"), str))
    for name in CLASSES:
        if found[name] != 1:
            what = (
                "no row answers drugs of this class" if not found[name] else "several rows answer drugs of this class"
            )
            remedy = "add a row with this drug_class" if not found[name] else "keep one of them"
            yield Fault(what, f"{where}: rows", name, remedy)
