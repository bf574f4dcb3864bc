"""A product entered as something it is not: its name counts, and its own rules are asked."""

from typing import Any

import pytest

from foramen.catalogue.policies import find_policy
from tests.catalogue.gate_questions import (
    AFTER_NEEDLE,
    ANAESTHETICS,
    STEROIDS,
    TRIAL,
    Data,
    anaesthetic,
    assess,
    at,
    contrast,
    decision,
    said,
    steroid,
    target,
)

STOP_0, NA, OK = ("STOP", "O0"), ("NA", None), ("OK", None)
KENALOG = steroid("Kenalog", "40 mg/mL", "1 mL", "40 mg")
NECK = {"root": "C6"}


def of(policy: str, rule: str, told: Data, **more: Any) -> tuple[str, str | None]:
    return said(decision(rule, assess(policy, told, **more)))


@pytest.mark.parametrize("kind", ["contrast", "anaesthetic"])
@pytest.mark.parametrize(
    "name", ["Kenalog", "kenalog ", "Kenalog-40", "Depo-Medrol 40", "betamethasone", "dexamethasone"]
)
@pytest.mark.parametrize("why_none", ["", "diagnostic"])
def test_a_steroid_entered_as_something_else_is_stopped_by_every_policy(kind: str, name: str, why_none: str) -> None:
    hidden = KENALOG | {"kind": kind, "product": name}
    targets = [target(hidden, anaesthetic(), **NECK) | {"no_steroid": why_none}]
    assert of("steroids", "ST-TYPE", STEROIDS | {"targets": targets}) == STOP_0
    assert of("steroid-dose", "ST-1", {"targets": targets}) == STOP_0
    assert of("anaesthetics", "AN-KIND", ANAESTHETICS | {"targets": targets}) == STOP_0


@pytest.mark.parametrize("occasion", ["plan", "time_out", "needle_in", "discharge"])
def test_it_is_stopped_on_every_occasion(occasion: Any) -> None:
    targets = [target(KENALOG | {"kind": "contrast"}, **NECK) | {"no_steroid": "diagnostic"}]
    assert of("steroids", "ST-TYPE", STEROIDS | {"targets": targets}, occasion=occasion) == STOP_0


def test_a_hidden_steroid_counts_in_the_totals() -> None:
    hidden = steroid() | {"kind": "contrast"}
    found = decision("ST-5", assess("steroid-dose", {"targets": [target(steroid(), hidden)]}))
    assert "Total 20 mg." in found.reasons[0]
    trial = TRIAL | {"targets": [target(*TRIAL["targets"][0]["drugs"], hidden)]}
    assert of("ct-or-fluoroscopy-trial", "ST-6", trial) == STOP_0


@pytest.mark.parametrize(
    "drug",
    [
        anaesthetic() | {"kind": "contrast"},
        anaesthetic("Marcaine 0.5 plain") | {"kind": "contrast"},
        contrast() | {"kind": "anaesthetic"},
        contrast() | {"kind": "steroid"},
        anaesthetic() | {"kind": "steroid"},
        contrast() | {"product": "gadobutrol"},
        contrast() | {"product": "Kenallog"},
        anaesthetic("novocaine"),
    ],
)
def test_what_is_not_of_its_kind_or_not_known_is_stopped(drug: Data) -> None:
    assert (
        of("anaesthetics", "AN-KIND", ANAESTHETICS | {"targets": [target(drug, contrast(), anaesthetic())]}) == STOP_0
    )


def test_an_allergy_to_what_is_entered_under_a_wrong_kind_matches() -> None:
    told = ANAESTHETICS | {"allergies": {"told": [{"to": "Marcaine"}]}}
    told["targets"] = [target(anaesthetic("Marcaine") | {"kind": "contrast"}) | {"no_anaesthetic": "diagnostic"}]
    assert of("anaesthetics", "AN-3", told) == ("STOP", "O2")


@pytest.mark.parametrize(
    ("policy", "rule", "drug"),
    [
        ("anaesthetics", "ST-9", contrast() | {"strength": "40 mg/mL", "volume": "1 mL", "mass": "40 mg"}),
        ("anaesthetics", "ST-9", anaesthetic() | {"strength": "300 mg I/mL", "volume": "1 mL", "mass": "300 mg I"}),
        ("steroids", "ST-4", steroid() | {"strength": "10 mg I/mL", "mass": "10 mg I"}),
    ],
)
def test_contrast_and_nothing_else_is_measured_in_iodine(policy: str, rule: str, drug: Data) -> None:
    base = ANAESTHETICS if policy == "anaesthetics" else STEROIDS
    assert of(policy, rule, base | {"targets": [target(drug)]}) == STOP_0


def test_where_nothing_is_given_that_is_said_and_not_left_out() -> None:
    nothing = target() | {"no_anaesthetic": "none wanted", "no_steroid": "diagnostic"}
    told = ANAESTHETICS | {"targets": [nothing], "contrast": {"use": "no contrast"}}
    assert of("anaesthetics", "AN-KIND", told) == NA
    assert of("anaesthetics", "AN-KIND", told | {"contrast": {"use": "contrast"}}) == STOP_0
    assert of("anaesthetics", "AN-KIND", told | {"targets": [target()]}) == STOP_0


def test_a_long_acting_anaesthetic_counts_whatever_it_is_entered_as() -> None:
    hidden = target(anaesthetic("Marcaine") | {"kind": "contrast"}) | {"no_anaesthetic": "none wanted"}
    told = AFTER_NEEDLE | {"way_home": {"how": "taxi"}, "targets": [hidden]}
    assert of("after-needle", "G-DRIVER", told, occasion="discharge", now=at("09:32:00")) == ("DECIDE", "O1")


def test_every_steroid_of_the_one_policy_is_known_to_the_other() -> None:
    dose, steroids = (find_policy(one).load().content for one in ("steroid-dose", "steroids"))
    names = {name for product in steroids.products for name in (product.name, *product.names)}
    assert names == {*dose.standard.names, *dose.other_steroids}


def test_a_diagnostic_block_of_a_medial_branch_has_no_steroid_whatever_else_is_told() -> None:
    block = target(anaesthetic(), route="medial branch", level="L4") | {"no_steroid": "diagnostic"}
    assert of("steroids", "ST-TYPE", STEROIDS | {"targets": [block]}) == NA
    assert of("steroids", "ST-TYPE", STEROIDS | {"targets": [{"no_steroid": "diagnostic"}]}) == NA
    assert of("steroids", "ST-TYPE", STEROIDS | {"targets": [block | {"drugs": [steroid()], "no_steroid": ""}]}) == OK
    assert of("before-needle", "G-LEVEL", {"targets": [{"side": "left", "root": "L5"}]}) == STOP_0
