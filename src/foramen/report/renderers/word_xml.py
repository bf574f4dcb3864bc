"""Small pieces of WordprocessingML (ECMA-376, part 1). Children stand in the order that its schema demands."""

from collections.abc import Iterable

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

from foramen.report.renderers.paper import one_line

PRESERVE = {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}


def w(tag: str, *children: BaseOxmlElement, **attributes: str | float) -> BaseOxmlElement:
    """An element of the main namespace with attributes of the same; numbers are written as whole ones."""
    named = {qn(f"w:{name}"): _whole(value) for name, value in attributes.items()}
    element: BaseOxmlElement = OxmlElement(f"w:{tag}", named)
    element.extend(children)
    return element


def _whole(value: str | float) -> str:
    return value if isinstance(value, str) else str(round(value))


def run(text: str, style: str | None = None, *properties: BaseOxmlElement) -> BaseOxmlElement:
    """A run of text in a character style; further properties in the order of the schema."""
    letters = _verbatim("t", one_line(text))
    named = [*([w("rStyle", val=style)] if style else []), *properties]
    return w("r", *([w("rPr", *named)] if named else []), letters)


def _verbatim(tag: str, text: str) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(f"w:{tag}", PRESERVE)
    element.text = text
    return element


def paragraph(style: str, runs: Iterable[BaseOxmlElement], *, keep: bool = False) -> BaseOxmlElement:
    """A paragraph in a style; `keep` holds it on the page of the next one."""
    return w("p", w("pPr", w("pStyle", val=style), *([w("keepNext")] if keep else [])), *runs)


def field(instruction: str, shown: str, style: str | None = None) -> list[BaseOxmlElement]:
    """A field with its present result, so that it reads right before anything is updated."""

    def part(child: BaseOxmlElement) -> BaseOxmlElement:
        return w("r", *([w("rPr", w("rStyle", val=style))] if style else []), child)

    begin, middle, end = (part(w("fldChar", fldCharType=kind)) for kind in ("begin", "separate", "end"))
    return [begin, part(_verbatim("instrText", f" {instruction} ")), middle, run(shown, style), end]


def bookmarked(name: str, number: int, parts: Iterable[BaseOxmlElement]) -> list[BaseOxmlElement]:
    """Parts that a cross-reference can name."""
    return [w("bookmarkStart", id=number, name=name), *parts, w("bookmarkEnd", id=number)]
