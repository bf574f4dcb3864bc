"""Pages lead to places that exist, and to nothing outside that may vanish."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT

MANUAL = sorted([*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")])
PAGES = sorted([*ROOT.glob("*.md"), *MANUAL, *(ROOT / "examples").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """Named places of a page: explicit ones and headings."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_can_be_reached_from_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    named = {(DOCS / link).resolve() for link in LINK.findall(index)}
    assert [str(p.relative_to(DOCS)) for p in MANUAL if p != DOCS / "README.md" and p not in named] == []


def test_every_package_is_in_the_glossary() -> None:
    packages = sorted(path.parent.name for path in (ROOT / "src/foramen").glob("*/__init__.py"))
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    assert [name for name in packages if f"`foramen.{name}`" not in glossary] == []
