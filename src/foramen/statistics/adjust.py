"""p-values adjusted for the number of comparisons, with their logarithms.

A p-value travels as (p, log10 p), because p itself may underflow to zero. Order in is order out.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from foramen.kernel.errors import StatisticError

PValue = tuple[float, float]


def bonferroni(values: Sequence[PValue]) -> list[PValue]:
    """Each p times the number of comparisons, at most 1."""
    return [_times(value, len(values)) for value in values]


def holm(values: Sequence[PValue]) -> list[PValue]:
    """Holm's step-down procedure (1979): never less powerful than Bonferroni, under the same assumptions."""
    order = sorted(range(len(values)), key=lambda index: values[index][1])
    found: dict[int, PValue] = {}
    highest = (0.0, -math.inf)
    for position, index in enumerate(order):
        highest = max(highest, _times(values[index], len(values) - position), key=lambda value: value[1])
        found[index] = highest
    return [found[index] for index in range(len(values))]


ADJUSTMENTS: Mapping[str, Callable[[Sequence[PValue]], list[PValue]]] = {
    "holm": holm,
    "bonferroni": bonferroni,
    "none": list,
}


def adjusted(values: Sequence[PValue], *, method: str) -> list[PValue]:
    """The procedure named: `holm`, `bonferroni` or `none`."""
    if method not in ADJUSTMENTS:
        raise StatisticError.single(
            "unknown adjustment for several comparisons", received=method, remedy=f"one of {', '.join(ADJUSTMENTS)}"
        )
    return ADJUSTMENTS[method](values)


def in_words(method: str, comparisons: int) -> str:
    """How a method section names the adjustment."""
    if method == "none":
        return "not adjusted"
    return f"{method.capitalize()}-adjusted for {comparisons} comparisons"


def _times(value: PValue, factor: int) -> PValue:
    p, log10_p = value
    return min(1.0, p * factor), min(0.0, log10_p + math.log10(factor))
