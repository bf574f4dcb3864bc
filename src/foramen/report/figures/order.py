"""Which end of a category is the better one."""

from foramen.report.material import Material
from foramen.study.definition import Band, Outcome


def worst_first(material: Material, outcome: Outcome) -> bool:
    """Whether the labels of a category run from worst to best. Without a word on what is better, more is."""
    variable = material.codebook.variables.get(outcome.variable)
    better = variable.better if variable is not None and outcome.bands_of != "relief_percent" else None
    rising = not outcome.bands or _bound(outcome.bands[0]) <= _bound(outcome.bands[-1])
    return rising == (better != "lower")


def _bound(band: Band) -> float:
    return next(float(b) for b in (band.is_, band.at_least, band.above, band.below, 0) if b is not None)
