"""A figure's specification as SVG, PNG and PDF. The same specification gives the same bytes, here and anywhere.

The converter never goes to the network, and its built-in Liberation Sans stands for “sans-serif”, so that neither data
nor fonts of the machine come in. Where it is not repeatable (running numbers of clips, the order of fonts in a PDF)
its output is put in order. One unit of a specification is 1/96 inch: text of 12 is 9 points in print.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import vl_convert

VEGA_LITE = "6.4"
POINTS = 72 / 96
"""Points per unit of a specification."""

_FAMILY = 'font-family="sans-serif"'
_FAMILIES = 'font-family="Liberation Sans, Arimo, Arial, Helvetica, sans-serif"'
"""Fonts of the widths that the chart was laid out with, for viewers that have one of them."""

_RUNNING = re.compile(r"(?<=id=\")(?:clip|gradient_|pattern_)\d+(?=\")")
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_RESOURCES = re.compile(rb"(?:^ +/[a-z]+\d+ .*\n){2,}", re.M)


def svg(spec: Mapping[str, Any]) -> str:
    """The figure as an SVG document; text stays text."""
    return _svg(json.dumps(spec, ensure_ascii=False, allow_nan=False))


@lru_cache(maxsize=64)
def _svg(spec: str) -> str:
    """Several formats of a report show the same figure: it is drawn once."""
    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    for place, name in enumerate(dict.fromkeys(_RUNNING.findall(drawn))):
        drawn = re.sub(rf"(id=\"|url\(#){name}\b", rf"\g<1>part-{place}", drawn)
    return drawn.replace(_FAMILY, _FAMILIES)


def png(spec: Mapping[str, Any], *, ppi: float = 300) -> bytes:
    """The figure as a picture of its size in print at `ppi` pixels per inch."""
    drawn: bytes = vl_convert.svg_to_png(svg(spec), scale=POINTS, ppi=ppi)
    return drawn


def pdf(spec: Mapping[str, Any]) -> bytes:
    """The figure as a page of its own size; fonts are embedded, text stays text."""
    drawn = _SIZE.sub(lambda m: f'width="{float(m[1]) * POINTS:g}" height="{float(m[2]) * POINTS:g}"', svg(spec), 1)
    return _in_order(vl_convert.svg_to_pdf(drawn))


def _in_order(document: bytes) -> bytes:
    """A PDF with its objects numbered and written in the order in which they are referred to.

    The converter numbers and lists resources in the order of hash tables that are seeded anew each time.
    """
    objects = _objects(document)
    trailer = document[document.rindex(b"trailer") : document.rindex(b"startxref")]
    numbers: dict[int, int] = {}
    waiting = _references(trailer)[::-1]
    while waiting:
        found = waiting.pop()
        if found not in numbers:
            numbers[found] = len(numbers) + 1
            waiting += _references(_head(objects[found]))[::-1]
    return _written(document, {new: objects[old] for old, new in numbers.items()}, numbers, trailer)


def _objects(document: bytes) -> dict[int, bytes]:
    """The body of each object, resources in the order of their names."""
    table = int(document[document.rindex(b"startxref") :].split()[1])
    entries = document[table:].splitlines()[3:]
    starts = [int(entry[:10]) for entry in entries[: entries.index(b"trailer")]]
    ends = dict(zip(sorted(starts), [*sorted(starts)[1:], table], strict=True))
    bodies = ((i + 1, document[start : ends[start]].split(b"obj\n", 1)[1]) for i, start in enumerate(starts))
    return {number: _with_resources_sorted(body) for number, body in bodies}


def _head(body: bytes) -> bytes:
    """An object without its stream, whose bytes may look like anything."""
    return body.split(b"\nstream\n", 1)[0]


def _with_resources_sorted(body: bytes) -> bytes:
    head = _head(body)
    ordered = _RESOURCES.sub(lambda m: b"".join(sorted(m[0].splitlines(keepends=True))), head)
    return ordered + body[len(head) :]


def _references(text: bytes) -> list[int]:
    return [int(number) for number in _REFERENCE.findall(text)]


def _renumbered(body: bytes, numbers: Mapping[int, int]) -> bytes:
    head = _head(body)
    return _REFERENCE.sub(lambda m: b"%d 0 R" % numbers[int(m[1])], head) + body[len(head) :]


def _written(document: bytes, objects: Mapping[int, bytes], numbers: Mapping[int, int], trailer: bytes) -> bytes:
    written = bytearray(document[: document.index(b"\n\n") + 2])
    table = [b"0000000000 65535 f\r\n"]
    for number, body in objects.items():
        table.append(b"%010d 00000 n\r\n" % len(written))
        written += b"%d 0 obj\n" % number + _renumbered(body, numbers)
    size = len(table)
    start = len(written)
    written += b"xref\n0 %d\n" % size + b"".join(table)
    written += re.sub(rb"/Size \d+", b"/Size %d" % size, _renumbered(trailer, numbers))
    return bytes(written + b"startxref\n%d\n%%%%EOF" % start)
