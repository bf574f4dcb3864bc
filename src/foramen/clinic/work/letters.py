"""Letters for printing: a sheet for each, written into a folder where the installation has named one."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from foramen.clinic.domain.letter_words import TEMPLATES, title_of, why_over
from foramen.clinic.models import Letter
from foramen.clinic.work.registry import handles

STYLES = ("tokens", "layout", "staff", "letter", "sheets")
FONT_FACE = re.compile(r"@font-face\s*{[^}]*}")


@handles("letter")
def write_letter(content: dict[str, Any]) -> None:
    """Write the sheet of a letter, once, unless it no longer holds. Its name says nothing about anybody. Without a
    folder there is nothing to do: pages show every letter."""
    if not settings.FORAMEN_LETTERS_DIR:
        return
    letter = Letter.objects.select_related("patient", "visit", "visit__site").get(pk=content["letter"])
    target = Path(settings.FORAMEN_LETTERS_DIR) / f"letter-{letter.pk.hex}.html"
    if not letter.patient.is_erased and not target.exists() and not why_over(letter):
        _write_whole(target, sheet_of(letter))


def sheet_of(letter: Letter) -> str:
    """The letter as one document that needs no other file."""
    context = {"letter": letter, "said": letter.content, "title": title_of(letter), "styles": _styles()}
    return render_to_string(TEMPLATES[letter.kind], context)


@cache
def _styles() -> SafeString:
    """What the pages are drawn with; the letters of the machine that prints instead of ours."""
    found = [finders.find(f"clinic/css/{name}.css") for name in STYLES]
    text = "\n".join(Path(one).read_text(encoding="utf-8") for one in found if isinstance(one, str))
    return mark_safe(FONT_FACE.sub("", text))


def _write_whole(target: Path, text: str) -> None:
    """The file is there whole or not at all; only the account of the worker and its group read it."""
    partial = target.with_name(f".{target.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
