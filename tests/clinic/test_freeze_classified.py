"""Every column and every leaf is declared, once: what becomes of it when a snapshot is frozen."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from django.apps import apps
from pydantic import BaseModel

from foramen.clinic.classified import FIELDS, LEAVES, Drop, Keep, Transform, is_free_text
from foramen.clinic.facts.kinds import KINDS
from foramen.clinic.freeze.variables import VARIABLES

WORDS_OF_OTHERS = {
    "consent.form", "instructions.document", "research_consent.form",
    "plan.targets.drugs.product", "given.drugs.product", "deviation.rules", "override.rule",
    *(f"{of}.drugs.{amount}" for of in ("plan.targets", "given") for amount in ("strength", "volume", "mass")),
    "screening.steroids_elsewhere.mass", "assessment.answers",
    "screening.renal.value", "screening.inr.value", "screening.medicines.decided.name", "signature.printed_name",
    "moved.room", "moved.from_room", "time_out_technologist.room", "time_out_radiologist.room", "dose.values.unit",
    "assessment.instrument", "assessment.version", "assessment.timepoint", "screening.patient_zone",
}  # fmt: skip
"""Texts that are checked when they are entered, or have to be read: versions, products, amounts, codes of options."""


def columns() -> Iterator[str]:
    for model in apps.get_app_config("clinic").get_models():
        for field in model._meta.concrete_fields:
            yield f"{model._meta.model_name}.{field.name}"


def leaves(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        inner = list(_models(field.annotation))
        if not inner:
            yield f"{prefix}.{name}", (field.annotation, field.metadata)
        for one in inner:
            yield from leaves(one, f"{prefix}.{name}")


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inside in get_args(kind):
        yield from _models(inside)


def all_leaves() -> dict[str, Any]:
    return dict(pair for kind, model in KINDS.items() for pair in leaves(model, kind))


def undeclared(found: set[str], declared: Mapping[str, object]) -> str:
    """What to paste, and what to take out."""
    lines = [f'    "{name}": Drop("not_collected"),  # or another decision' for name in sorted(found - set(declared))]
    return "\n".join([*lines, *(f"take out: {name}" for name in sorted(set(declared) - found))])


@pytest.mark.requirement("DEI-1", "DEI-4")
def test_every_column_is_declared() -> None:
    wrong = undeclared(set(columns()), FIELDS)
    assert not wrong, f"classified/fields.py:\n{wrong}"


@pytest.mark.requirement("DEI-1", "DEI-4")
def test_every_leaf_is_declared() -> None:
    wrong = undeclared(set(all_leaves()), LEAVES)
    assert not wrong, f"classified/leaves.py:\n{wrong}"


def test_a_column_that_is_new_is_told_with_the_line_to_paste() -> None:
    assert undeclared({"patient.nickname"}, {"patient.shoe": 1}) == (
        '    "patient.nickname": Drop("not_collected"),  # or another decision\ntake out: patient.shoe'
    )


@pytest.mark.requirement("DEI-4")
def test_every_text_without_a_list_of_words_is_free_text() -> None:
    """A leaf that takes any words is sealed at rest and never read by the freeze, unless it is named above."""
    taking = {name for name, (kind, more) in all_leaves().items() if _takes_words(kind, more)}
    typed = {name for name in LEAVES if is_free_text(*name.split(".", 1))}
    assert taking - typed <= WORDS_OF_OTHERS
    assert not typed & WORDS_OF_OTHERS


def _takes_words(kind: Any, more: list[Any]) -> bool:
    """Whether any text fits: a str without a pattern, alone, in a list or as the key of a mapping."""
    if any("pattern" in str(one) for one in (kind, *more)):
        return False
    return kind is str or any(_takes_words(inside, more) for inside in get_args(kind) if inside is not None)


def test_what_is_kept_stands_in_a_variable_and_every_variable_comes_from_somewhere() -> None:
    decisions = [*FIELDS.values(), *LEAVES.values()]
    fed = {one.variable for one in decisions if isinstance(one, (Keep, Transform)) and one.variable}
    described = {variable.name for variable in VARIABLES}
    assert fed - described <= {"index_day", "target"}
    sources = {name for variable in VARIABLES for name in variable.sources}
    assert sources <= {*FIELDS, *LEAVES}
    assert not [name for name in sources if isinstance({**LEAVES, **FIELDS}[name], Drop)]
