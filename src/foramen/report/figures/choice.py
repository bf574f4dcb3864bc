"""From the kind of a figure to what draws it."""

from collections.abc import Callable, Mapping

from foramen.report.body import Drawing
from foramen.report.figures.agreement_matrix import agreement_matrix
from foramen.report.figures.alluvial import alluvial
from foramen.report.figures.bars import bars
from foramen.report.figures.box_plot import box_plot
from foramen.report.figures.curves import calibration, roc
from foramen.report.figures.flow import flow
from foramen.report.figures.forest import forest
from foramen.report.figures.trajectory import trajectory
from foramen.report.material import Material
from foramen.study.display_definition import FigureKind, FigureWanted

FIGURES: Mapping[FigureKind, Callable[[Material, FigureWanted], Drawing]] = {
    "trajectory": trajectory,
    "box_plot": box_plot,
    "alluvial": alluvial,
    "forest": forest,
    "roc": roc,
    "calibration": calibration,
    "agreement_matrix": agreement_matrix,
    "bars": bars,
}

__all__ = ["FIGURES", "flow"]
