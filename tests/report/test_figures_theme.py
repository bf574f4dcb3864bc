"""Colours stay apart: for readers who do not see red, green or blue, and in grey print."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from foramen.report.figures.agreement_matrix import SHADES
from foramen.report.figures.theme import INK, INK_2, INK_3, ORDERED, PAPER, SERIES, ordered

VISION = {
    "as most": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
"""Linear RGB to linear RGB: Machado, Oliveira and Fernandes 2009, severity 1; grey by luminance."""

XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(colour, vision):
    """CIE L*a*b* of what a reader sees."""
    seen = np.clip(np.array(VISION[vision]) @ linear(colour), 0, 1)
    ratio = (XYZ @ seen) / (XYZ @ np.ones(3))
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one, other, vision):
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def contrast(one, other):
    """Of WCAG 2.2."""
    light, dark = sorted((float(np.array([0.2126, 0.7152, 0.0722]) @ linear(c)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_neighbouring_outcomes_are_told_apart(vision, count):
    """A difference of 10 is seen at once; 2 is the least that is seen at all."""
    assert min(difference(a, b, vision) for a, b in pairwise(ordered(count))) > 10


def test_series_are_told_apart_by_filling_and_shape_in_grey_and_by_colour_too_elsewhere():
    for one, other in combinations(SERIES, 2):
        assert one.shape != other.shape
        if one.filled == other.filled:
            assert min(difference(one.colour, other.colour, vision) for vision in VISION if vision != "grey") > 5


def test_ordered_colours_begin_with_the_worst_and_end_with_the_best():
    assert ordered(6) == list(ORDERED)
    for count in range(2, 12):
        found = ordered(count)
        assert (found[0], found[-1], len(set(found))) == (ORDERED[0], ORDERED[-1], count)


def test_text_and_lines_stand_out_from_paper():
    assert min(contrast(colour, PAPER) for colour in (INK, INK_2, INK_3)) >= 4.5
    assert min(contrast(series.colour, PAPER) for series in SERIES) >= 3


def test_counts_are_legible_on_every_shade():
    assert all(contrast(shade, PAPER if place > 3 else INK) >= 4.5 for place, shade in enumerate(SHADES))


def test_shades_grow_darker_in_grey():
    greys = [lab(shade, "grey")[0] for shade in SHADES]
    assert all(a - b > 4 for a, b in pairwise(greys))
