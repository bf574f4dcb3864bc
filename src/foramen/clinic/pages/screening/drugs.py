"""Looking drugs up by name: the whole name, or its first letters. What is merely near is not offered."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.drugs import NameIndex, folded, load_names

LEAST = 3
"""Letters from which names are looked for."""

MOST = 12
"""Names that are shown; more letters narrow them down."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of the table with what it stands for."""

    name: str
    means: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a text finds. `exact`: it is a name of the table. `says` is why there is nothing, or more than is shown."""

    names: Sequence[Name]
    exact: bool
    says: str


def search(index: NameIndex, text: str) -> Found:
    """Names that begin with a text."""
    wanted = folded(text)
    if ambiguous := index.means(text):
        return Found((), False, f"{ambiguous.name} may mean {', '.join(ambiguous.means)}. Ask which one it is.")
    if len(wanted) < LEAST:
        return Found((), False, f"Enter at least {LEAST} letters.")
    names = sorted(name for name in index.known if name.startswith(wanted))
    shown = tuple(Name(index.shown[name], _means(index, name)) for name in names[:MOST])
    exact = wanted in index.known
    if not names:
        return Found((), False, f"{len(wanted)} letters, no name begins so. Nothing is guessed.")
    more = f"{len(names) - MOST} more: enter more letters." if len(names) > MOST else ""
    return Found(shown, exact, more or ("" if exact else "No exact match yet. Nothing is guessed."))


def _means(index: NameIndex, name: str) -> str:
    found = index.known[name]
    drugs = " and ".join(f"{drug.name}, {drug.group}" for drug in found.drugs)
    return f"product with {drugs}" if found.product else drugs


def to_ask() -> Sequence[str]:
    """The drugs that are asked about by name: those of the policy, and supplements."""
    rows = (row.drug for row in ANTITHROMBOTICS.load().content.rows if row.drug)
    supplements = (one.name for one in load_names().document.content.drugs if one.drug_class == "supplement")
    return tuple(dict.fromkeys((*rows, *supplements)))
