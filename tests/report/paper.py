"""What the tests of documents for paper share: a PDF read back, and a Word file as LibreOffice sets it."""

import re
import shutil
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foramen.report.renderers.widths import MARGIN
from tests.conftest import unavailable

DOTS = 50
"""Per inch: enough to see that something stands where nothing should."""


def program(name: str) -> str:
    """The path of a system program."""
    found = shutil.which(name)
    if found is None:
        unavailable(name)
    return found or name


@dataclass(frozen=True)
class Paper:
    """A PDF file as text and as ink."""

    path: Path

    def pages(self) -> list[str]:
        """The text of each page, laid out as it stands there."""
        text = self._said("pdftotext", "-layout", str(self.path), "-")
        return text.split("\f")[:-1]

    def info(self, *options: str) -> str:
        return self._said("pdfinfo", *options, str(self.path))

    def fonts(self) -> list[tuple[str, str]]:
        """Every font by name, and whether it is embedded."""
        lines = self._said("pdffonts", str(self.path)).splitlines()[2:]
        return [(line.split()[0], line.split()[-5]) for line in lines]

    def _said(self, name: str, *arguments: str) -> str:
        return subprocess.run([program(name), *arguments], capture_output=True, check=True, text=True).stdout

    def objects(self) -> bytes:
        """The file's objects, those that are packed together unpacked."""
        content = self.path.read_bytes()
        packed = re.findall(rb"/ObjStm.{0,200}?stream\r?\n(.*?)endstream", content, re.S)
        return content + b"".join(zlib.decompressobj().decompress(stream) for stream in packed)

    def ink_outside(self) -> list[float]:
        """Per page, the share of the left and right margins that is not white."""
        stem = self.path.with_suffix("")
        subprocess.run([program("pdftoppm"), "-gray", "-r", str(DOTS), self.path, stem], check=True)
        margin = int((MARGIN - 2) * DOTS / 72)
        shares = []
        for picture in sorted(stem.parent.glob(f"{stem.name}-*.pgm")):
            dark = _dots(picture) < 250
            assert dark[:, margin:-margin].any(), f"{picture.name} is blank"
            shares.append(float(dark[:, :margin].mean() + dark[:, -margin:].mean()))
        return shares


def _dots(picture: Path) -> np.ndarray:
    """The grey values of a binary PGM file."""
    head, size, most, rest = picture.read_bytes().split(b"\n", 3)
    assert (head, most) == (b"P5", b"255")
    width, height = map(int, size.split())
    return np.frombuffer(rest, np.uint8).reshape(height, width)


def set_by_libreoffice(word: bytes, folder: Path) -> Paper:
    """A Word file printed to PDF by a LibreOffice with a profile of its own."""
    source = folder / "report.docx"
    source.write_bytes(word)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    convert = [program("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    return Paper(folder / "report.pdf")
