"""The formats a report comes in."""

from enum import StrEnum


class Format(StrEnum):
    """Each a renderer of its own."""

    HTML = "html"
    DOCX = "docx"
    CSV = "csv"
    PDF = "pdf"
    FIGURES = "figures"


USUAL = (Format.HTML, Format.DOCX, Format.CSV)
"""What is written when nobody says otherwise; the others take longer."""
