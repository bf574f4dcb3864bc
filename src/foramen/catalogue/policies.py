"""The policies of the library, by id."""

from collections.abc import Mapping
from typing import Any

from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.gates.after_needle import AFTER_NEEDLE
from foramen.catalogue.gates.anaesthetics import ANAESTHETICS
from foramen.catalogue.gates.before_needle import BEFORE_NEEDLE
from foramen.catalogue.gates.repeat_orders import REPEAT_ORDERS
from foramen.catalogue.gates.steroid_dose import STEROID_DOSE
from foramen.catalogue.gates.steroids import STEROIDS
from foramen.catalogue.gates.trial import TRIAL
from foramen.catalogue.policy import Policy
from foramen.kernel.errors import DefinitionError

_ALL: tuple[Policy[Any, Any], ...] = (
    ANTITHROMBOTICS, STEROIDS, STEROID_DOSE, ANAESTHETICS, BEFORE_NEEDLE, AFTER_NEEDLE, REPEAT_ORDERS, TRIAL,
)  # fmt: skip

POLICIES: Mapping[str, Policy[Any, Any]] = {policy.id: policy for policy in _ALL}
"""Every policy there is. A new one is added here, and `policy list`, `show`, `check` and `explain` know it."""


def find_policy(identifier: str) -> Policy[Any, Any]:
    """A policy by its id."""
    if identifier not in POLICIES:
        raise DefinitionError.single(
            "there is no such policy", where="policy", received=identifier, remedy=", ".join(POLICIES)
        )
    return POLICIES[identifier]
