"""Tutorials, how-to pages and the README do what they say: every command is run, every document is used."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DEMO, DOCS, ROOT, Block, Command, Place, Ran, blocks, commands, run

PAGES = [ROOT / "README.md", *sorted((DOCS / "tutorials").glob("*.md")), *sorted((DOCS / "how-to").glob("*.md"))]
REGISTRY = "import-a-national-registry.md"

RUN = [pytest.param(one, marks=pytest.mark.soak if one.parent.name == "how-to" else ()) for one in PAGES]
"""The README and the tutorials at every change. A guide starts programs a dozen times and more, and what it runs has
tests of its own: `make soak` runs those."""


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A folder like a checkout, with the registry where a page needs it."""
    if request.node.callspec.params["page"].name != REGISTRY:
        return Place(tmp_path / "foramen")
    data: Path = request.getfixturevalue("reference_data")
    name = "hip_replacements_provider_1718.csv.gz"
    return Place(tmp_path / "foramen", {name: data / "nhs_proms_hip_1718" / name})


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_a_page_does_what_it_says(page: Path, place: Place) -> None:
    ran = run(page, place)
    assert ran, "the page has no command"
    assert [problem for one in ran if (problem := one.problem())] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_document_on_a_page_is_used_by_a_command(page: Path) -> None:
    found = blocks(page)
    lines = [command.line for block in found if block.language == "console" for command in commands(block)]
    written = {block.options.get("file") or block.options.get("edit") for block in found if block.language != "console"}
    unused = [name for name in written - {None} if not any(str(name) in line for line in lines)]
    assert unused == []
    assert [b.text for b in found if b.language in ("toml", "csv", "python", "r") and not b.options] == []


def test_make_demo_is_what_the_pages_run() -> None:
    assert f"\t$(BIN)/{DEMO}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_command_list_is_that_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set()
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")):
        named |= set(re.findall(r"`make ([a-z]+)`", page.read_text(encoding="utf-8")))
    assert named <= targets


@pytest.mark.parametrize(
    ("says", "prints", "code", "differs"),
    [
        ("a …\n", "a b\n", 0, False),
        ("a\n…\nz\n", "a\nb\nc\nz\n", 0, False),
        ("a\n…\nz\n", "a\nz\n", 0, False),
        ("a\n", "a\nb\n", 0, True),
        ("a.c\n", "abc\n", 0, True),
        ("…\n", "fine\n", 1, True),
    ],
)
def test_a_difference_between_page_and_program_is_found(says: str, prints: str, code: int, differs: bool) -> None:
    assert (Ran(Command("command", says, 0), prints, code).problem() is not None) is differs


def test_the_last_command_of_a_block_may_fail() -> None:
    block = Block("console", {"exit": "2"}, "$ first\nout\n$ second\n")
    assert commands(block) == [Command("first", "out\n", 0), Command("second", "", 2)]
