"""The reference page that leads from each requirement to its tests."""

from collections.abc import Callable, Mapping, Sequence

from docs.markdown import page, table
from tests.requirements import Group, Requirement, groups, named_by_tests
from tests.validation import SAYS, in_words


def validation() -> str:
    """Every requirement with the tests that name it."""
    opening = (
        "What is required of the clinic, where that comes from, and which tests show it. `make test` runs them on both "
        "databases; `make validation` then writes `build/validation.html`, with how each came out, of which version, "
        "and when. What nobody tests says so."
    )
    named = named_by_tests()
    return page(
        "Validation", "`docs/requirements.toml` and the tests", opening, *(_group(one, named) for one in groups())
    )


def _group(group: Group, named: Mapping[str, Sequence[str]]) -> str:
    rows = [[one.id, one.text, _tests(one, named.get(one.id, ()))] for one in group.members]
    return f"## {group.title}\n\nSource: {group.source}.\n\n" + table(["", "", "tests"], rows)


def _tests(one: Requirement, tests: Sequence[str]) -> str:
    return "; ".join(map(in_words, tests)) or SAYS.get(one.kind, "**no test**")


VALIDATION_PAGES: Mapping[str, Callable[[], str]] = {"validation.md": validation}
