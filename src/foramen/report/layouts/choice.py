"""From the name of a layout to what lays a table out."""

from collections.abc import Callable, Mapping

from foramen.report.body import Body
from foramen.report.layouts.agreement import agreement
from foramen.report.layouts.characteristics import (
    by_mode,
    characteristics,
    complications,
    dose,
    medication,
    satisfaction,
)
from foramen.report.layouts.completeness import completeness
from foramen.report.layouts.listing import listing
from foramen.report.layouts.performance import performance
from foramen.report.layouts.predictors import predictors
from foramen.report.layouts.proportions import proportions
from foramen.report.layouts.responders import responders
from foramen.report.layouts.scores import scores
from foramen.report.layouts.transition import transition
from foramen.report.layouts.volume import volume
from foramen.report.material import Material
from foramen.study.display_definition import Layout, TableWanted

LAYOUTS: Mapping[Layout, Callable[[Material, TableWanted], Body]] = {
    "listing": listing,
    "characteristics": characteristics,
    "scores": scores,
    "responders": responders,
    "proportions": proportions,
    "predictors": predictors,
    "performance": performance,
    "agreement": agreement,
    "complications": complications,
    "satisfaction": satisfaction,
    "dose": dose,
    "medication": medication,
    "by_mode": by_mode,
    "transition": transition,
    "completeness": completeness,
    "volume": volume,
}
