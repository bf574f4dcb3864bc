"""What no table tells, grouped for the supplement: by the table that it belongs to, else by analysis."""

from collections.abc import Iterable

from foramen.report.layouts.coverage import untold
from foramen.report.material import Material

OTHERS = "Numbers that no table was asked for"


def supplements(material: Material, places: Iterable[int]) -> dict[str, list[int]]:
    """Titles with the places of the statistics below them, given what the tables and figures told.

    What the analyses of one table leave over stands together under the title of that table, and what no table was asked
    for in one more: a supplement of many tables with a line each is read by nobody.
    """
    found: dict[str, list[int]] = {}
    for place in untold(material, places):
        found.setdefault(_title(material, material.at(place).about.get("analysis", "")), []).append(place)
    return found


def _title(material: Material, analysis: str) -> str:
    title = next((table.title for table in material.study.tables if analysis in table.analyses), None)
    return OTHERS if title is None else f"{title}: further numbers"
