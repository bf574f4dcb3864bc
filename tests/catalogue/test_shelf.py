"""The library: definitions by kind, id and version, each in its place."""

from datetime import date
from pathlib import Path

import pytest

from foramen.catalogue.antithrombotics.definition import Antithrombotics
from foramen.catalogue.definition import Definition, Source
from foramen.catalogue.document import Document
from foramen.catalogue.drugs import DrugNames
from foramen.catalogue.policies import POLICIES, find_policy
from foramen.catalogue.shelf import check_place, identifiers, load_definition, versions
from foramen.kernel.errors import DefinitionError


def test_every_policy_of_the_library_is_registered_and_loads_in_its_newest_version() -> None:
    assert identifiers("policies") == sorted(POLICIES)
    for identifier, policy in POLICIES.items():
        assert policy.load().content.version == versions("policies", identifier)[-1]
        assert policy.id == identifier


def test_a_version_can_be_named() -> None:
    document = load_definition("drugs", "names", DrugNames, "2026-06")
    assert (document.content.id, document.content.version) == ("names", "2026-06")


@pytest.mark.parametrize(
    ("identifier", "version", "expected"),
    [
        ("antithrombotic", None, "the library has no such entry among its policies\n  received: antithrombotic"),
        ("antithrombotics", "2018-01", "there is no such version\n  received: 2018-01"),
    ],
)  # fmt: skip
def test_what_the_library_has_not_is_said_with_what_it_has(identifier: str, version: str | None, expected: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        load_definition("policies", identifier, Antithrombotics, version)
    assert expected in str(refused.value)
    with pytest.raises(DefinitionError, match="there is no such policy"):
        find_policy("nothing")


def test_a_definition_stands_where_its_id_and_version_say() -> None:
    content = Definition(
        id="names", version="2026-06", title="t", about="a", sources=[Source(key="s", citation="c")],
        review_by=date(2028, 1, 1),
    )  # fmt: skip
    kept = Document(Path("names/2026-06.toml"), content, "0")
    assert check_place(kept) is kept
    for place in ("names/2026-07.toml", "drugs/2026-06.toml"):
        with pytest.raises(DefinitionError, match=r"move it to names/2026-06.toml"):
            check_place(Document(Path(place), content, "0"))
