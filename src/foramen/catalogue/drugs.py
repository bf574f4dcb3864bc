"""The table of drug names: generic, brand, synonym, combination product. It recognises and never guesses.

Only letter case, spaces and punctuation are folded. A name that is merely near is suggested in the message, not used.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Literal

from pydantic import Field

from foramen.catalogue.definition import Definition
from foramen.catalogue.document import Document, Part
from foramen.catalogue.shelf import load_definition
from foramen.kernel.errors import DefinitionError, Fault, raise_all

NAMES = "names"
"""The id of the table in the library."""

DrugClass = Literal[
    "anticoagulant", "antiplatelet", "thrombolytic", "nsaid", "serotonergic", "supplement", "simple analgesic"
]

SUGGESTIONS, NEAR = 3, 0.75
NEAREST = 8
"""Names that share most pairs of letters with a text; only these are compared letter by letter."""
NEGATED = frozenset({"free", "no", "not", "non", "without", "never", "stopped", "stop", "off", "avoid", "allergic"})
"""Words after which a name does not mean that the drug is taken."""
NO_ASPIRIN = re.compile(r"\b5 ?asa\b|mesala[zm]ine")
"""Medicines of the bowel whose short name reads like aspirin."""
_DROPPED = "'’`´.®™©"


class Drug(Part):
    """One drug, by whatever name it is told."""

    name: str = Field(description="generic name, by which policies and decisions call it")
    drug_class: DrugClass = Field(description="what it counts as beside other drugs, and where no policy names it")
    group: str = Field(description="pharmacological group, for people")
    names: list[str] = Field([], description="brands, synonyms, salts and spellings that mean this drug and no other")


class Product(Part):
    """A combination product: each component is judged by itself."""

    name: str = Field(description="name on the package")
    names: list[str] = Field([], description="other names and strengths with the same components")
    components: list[str] = Field(min_length=1, description="generic names of the drugs in it that the table knows")
    further: str = Field("", description="what else is in it, for people")
    analgesic: bool = Field(False, description="true: a combination analgesic, which is also judged as a product")


class Ambiguous(Part):
    """A name that means different drugs in different countries or packages: it is asked back, never used."""

    name: str = Field(description="name on the package")
    names: list[str] = Field([], description="other names for which the same holds")
    means: list[str] = Field(min_length=2, description="what it may mean, for people")


class DrugNames(Definition):
    """The table of names."""

    drugs: list[Drug] = Field(min_length=1, description="the drugs with their names")
    products: list[Product] = Field([], description="combination products with their components")
    ambiguous: list[Ambiguous] = Field([], description="names that mean different drugs; they are asked back")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a name stands for: one drug, or the drugs of a combination product."""

    drugs: tuple[Drug, ...]
    product: Product | None = None


@dataclass(frozen=True)
class NameIndex:
    """A checked table, ready to look names up in."""

    document: Document[DrugNames]
    known: Mapping[str, Recognised]
    shown: Mapping[str, str]
    ambiguous: Mapping[str, Ambiguous]
    pairs: Mapping[str, tuple[str, ...]]

    def recognise(self, text: str) -> Recognised | None:
        """What a name stands for; None if it is in no table, however near it may be to one that is."""
        return self.known.get(folded(text))

    def suggestions(self, text: str) -> list[str]:
        """Names to ask back with: those that stand in the text, then those that are near to it. None where the text
        says that something is not taken."""
        wanted = folded(text)
        if NEGATED & set(wanted.split()) or NO_ASPIRIN.search(wanted):
            return []
        inside = [name for name in self.known if len(name) > 2 and f" {name} " in f" {wanted} "]
        near = get_close_matches(wanted, self._nearest(wanted), n=SUGGESTIONS, cutoff=NEAR)
        return [self.shown[name] for name in dict.fromkeys([*inside, *near])][:SUGGESTIONS]

    def means(self, text: str) -> Ambiguous | None:
        """What a name may mean that stands for different drugs."""
        return self.ambiguous.get(folded(text))

    def _nearest(self, wanted: str) -> list[str]:
        shared = Counter(name for pair in _pairs(wanted) for name in self.pairs.get(pair, ()))
        return [name for name, _ in shared.most_common(NEAREST)]


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def folded(text: str) -> str:
    """A name without case, punctuation and extra spaces."""
    plain = unicodedata.normalize("NFKC", "".join(one for one in text if one not in _DROPPED)).casefold()
    return " ".join("".join(one if one.isalnum() else "" if _is_invisible(one) else " " for one in plain).split())


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


@cache
def load_names(version: str | None = None) -> NameIndex:
    """The table of the library, the newest version if none is named, checked and indexed."""
    document = load_definition("drugs", NAMES, DrugNames, version)
    raise_all(DefinitionError, wrong_names(str(document.path), document.content))
    return indexed(document)


def indexed(document: Document[DrugNames]) -> NameIndex:
    """The table by folded name."""
    by_name = {drug.name: drug for drug in document.content.drugs}
    known: dict[str, Recognised] = {}
    shown: dict[str, str] = {}
    for drug in document.content.drugs:
        _enter(known, shown, (drug.name, *drug.names), Recognised((drug,)))
    for product in document.content.products:
        found = Recognised(tuple(by_name[name] for name in product.components), product)
        _enter(known, shown, (product.name, *product.names), found)
    ambiguous = {folded(name): one for one in document.content.ambiguous for name in (one.name, *one.names)}
    pairs: dict[str, list[str]] = {}
    for name in known:
        for pair in sorted(_pairs(name)):
            pairs.setdefault(pair, []).append(name)
    return NameIndex(document, known, shown, ambiguous, {pair: tuple(names) for pair, names in pairs.items()})


def _enter(known: dict[str, Recognised], shown: dict[str, str], names: tuple[str, ...], found: Recognised) -> None:
    for name in names:
        known[folded(name)] = found
        shown[folded(name)] = name


def wrong_names(where: str, table: DrugNames) -> Iterator[Fault]:
    """Names that mean two things, and components that no drug of the table has."""
    owner: dict[str, str] = {}
    for kind, entries in (("drugs", table.drugs), ("products", table.products), ("ambiguous", table.ambiguous)):
        for entry in entries:
            for name in (entry.name, *entry.names):
                if not folded(name):
                    yield Fault("this is no name", f"{where}: {kind} {entry.name}", repr(name), "letters or digits")
                elif owner.setdefault(folded(name), entry.name) != entry.name:
                    yield Fault(
                        "this name stands for two entries", f"{where}: {kind} {entry.name}", name,
                        f"keep it here or under {owner[folded(name)]}",
                    )  # fmt: skip
    drugs = {drug.name for drug in table.drugs}
    for product in table.products:
        for name in product.components:
            if name not in drugs:
                near = get_close_matches(name, drugs, n=1)
                yield Fault(
                    "the table has no such drug", f"{where}: products {product.name}", name,
                    f"did you mean “{near[0]}”?" if near else "add it to the drugs",
                )  # fmt: skip
