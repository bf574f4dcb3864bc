"""The reference page on what leaves the clinic: the declarations of `foramen.clinic.classified`, as tables."""

from collections import defaultdict
from collections.abc import Mapping

from docs.markdown import code, page, table
from foramen.cli.serving import start_clinic
from foramen.clinic.classified import FIELDS, LEAVES, Decision, Drop, Keep, Transform
from foramen.clinic.classified.decisions import REASONS, Why

OPENING = (
    "Every column of the clinic and every leaf of what signed facts hold, and what becomes of it in a snapshot. "
    "[Why it is done so](../explanation/de-identification.md)."
)


def what_leaves() -> str:
    """The variables of a frozen snapshot with their sources, and everything that is dropped, by reason."""
    return page(
        "What leaves the clinic", "the declarations that the freeze reads by", OPENING,
        "## Variables\n\nWhat a snapshot holds, and where it comes from.\n\n" + _variables(),
        "## Kept and transformed\n\n" + _used("Columns", FIELDS), _used("Leaves of facts", LEAVES),
        "## Dropped\n\nNot read at all, by reason.\n\n" + _dropped(),
    )  # fmt: skip


def _variables() -> str:
    start_clinic(serving=False)
    from foramen.clinic.freeze.variables import VARIABLES  # noqa: PLC0415 - needs the clinic to be loaded

    rows = [
        [code(one.name), code(one.table), one.label + (" (limited data set only)" if one.limited else ""),
         ", ".join(code(source) for source in one.sources)]
        for one in VARIABLES
    ]  # fmt: skip
    return table(["variable", "table", "meaning", "from"], rows)


def _used(title: str, declared: Mapping[str, Decision]) -> str:
    rows = [[code(name), *_said(one)] for name, one in declared.items() if isinstance(one, (Keep, Transform))]
    return f"### {title}\n\n" + table(["", "variable", "how"], rows)


def _said(one: Keep | Transform) -> list[str]:
    if isinstance(one, Keep):
        return [code(one.variable), "as it is"]
    return [code(one.variable) if one.variable else "", one.how]


def _dropped() -> str:
    names: dict[Why, list[str]] = defaultdict(list)
    for declared in (FIELDS, LEAVES):
        for name, one in declared.items():
            if isinstance(one, Drop):
                names[one.why].append(code(name))
    rows = [[reason, ", ".join(names[why])] for why, reason in REASONS.items() if names[why]]
    return table(["because it", "what"], rows)


CLASSIFIED_PAGES = {"what-leaves.md": what_leaves}
