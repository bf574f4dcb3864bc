"""Drug names: every printed brand and generic is recognised, nothing is guessed, what is near is suggested."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.catalogue.definition import Source
from foramen.catalogue.drugs import Drug, DrugNames, Product, folded, load_names, wrong_names

NAMES = load_names()
GOLDEN = Path(__file__).parents[1] / "oracles/antithrombotics_2_3.csv"
PRINTED = {
    "aspirin": "Aspirin ASA acetylsalicylic_acid", "ibuprofen": "Ibup Advil Motrin", "diclofenac": "Diclofenac",
    "ketorolac": "Ketorolac Toradol", "naproxen": "Naproxen Aleve", "meloxicam": "Meloxicam",
    "etodolac": "Etodolac Lodine", "indomethacin": "Indomethacin Indocin", "nabumetone": "Nabumetone Relafen",
    "celecoxib": "Celebrex", "warfarin": "Warfarin coumadin", "dabigatran": "Pradaxa", "apixaban": "Eliquis",
    "rivaroxaban": "Xarelto", "clopidogrel": "Plavix", "aspirin+dipyridamole": "Aggrenox", "prasugrel": "Effient",
    "ticlopidine": "Ticlid ticlopidine", "enoxaparin": "Lovenox_injection Lovenox", "dalteparin": "Dalteparin",
    "cilostazol": "Pletal", "ticagrelor": "Brilinta",
}  # fmt: skip


def named(text: str) -> list[str] | None:
    found = NAMES.recognise(text)
    return None if found is None else [drug.name for drug in found.drugs]


@pytest.mark.parametrize(
    ("drug", "name"),
    [(drug, name.replace("_", " ")) for drug, names in PRINTED.items() for name in (*names.split(), drug)],
)
def test_every_printed_name_is_recognised(drug: str, name: str) -> None:
    assert named(name) == [drug]


@pytest.mark.requirement("H03")
def test_every_generic_and_brand_of_the_golden_table_is_recognised() -> None:
    rows = list(csv.DictReader(GOLDEN.read_text().splitlines()))
    assert {row["generic"] for row in rows} == PRINTED.keys()
    for row in rows:
        for brand in row["brand"].split("|"):
            assert brand == "-" or named(brand) == [row["generic"]], brand


@pytest.mark.parametrize(
    "text", ["eliquis", "ELIQUIS", "  Eliquis  ", "Eliquis®", "\u200bEliquis", "E\uff4ciquis", "Eli\u00adquis"]
)
def test_case_spaces_and_signs_are_folded(text: str) -> None:
    assert named(text) == ["apixaban"]


MISSPELT = (
    "Eliquiss", "Elikis", "Xareltoo", "Zarelto", "Plavx", "Plavics", "Warferin", "Cumadin", "Pradaxia", "Brilanta",
    "Effiant", "Tiklit", "Lovenoks", "Fragmine 5000", "Pletall", "Asprin", "Ibuprophen", "Naproxin", "Celebrix",
    "Aggrenox ER", "aspirin 81 mg", "Eliquis 5", "blood thinner", "water tablet", "ibuprofen/warfarin", "Eliquis?no",
    "Аspirin", "½ aspirin", "none",
)  # fmt: skip


@pytest.mark.requirement("H03")
@pytest.mark.parametrize("text", MISSPELT)
def test_a_name_that_is_near_is_not_used(text: str) -> None:
    assert named(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Eliquiss", "Eliquis"), ("Plavx", "Plavix"), ("aspirin 81 mg", "aspirin"), ("Warferin", "warfarin")],
)
def test_a_name_that_is_near_is_suggested(text: str, meant: str) -> None:
    assert NAMES.suggestions(text)[0] == meant


@pytest.mark.requirement("H03")
@pytest.mark.parametrize(
    ("product", "components"),
    [
        ("Excedrin Migraine", ["aspirin"]), ("Alka Seltzer", ["aspirin"]), ("CoPlavix", ["aspirin", "clopidogrel"]),
        ("Vimovo", ["naproxen"]), ("ARTHROTEC", ["diclofenac"]), ("Advil Cold & Sinus", ["ibuprofen"]),
        ("Goody’s Powder", ["aspirin"]), ("Seglentis", ["celecoxib"]),
    ],
)  # fmt: skip
def test_a_combination_product_is_its_components(product: str, components: list[str]) -> None:
    assert named(product) == components


NOT_IN_TABLE_1 = (
    "heparin IV", "heparin SC", "fondaparinux", "edoxaban", "acenocoumarol", "phenprocoumon", "tinzaparin",
    "argatroban", "bivalirudin", "cangrelor", "vorapaxar", "dipyridamole", "abciximab", "eptifibatide",
    "tirofiban", "alteplase", "tenecteplase", "oxaprozin", "piroxicam", "ketoprofen", "sulindac", "diflunisal",
    "Excedrin", "sertraline", "duloxetine", "fish oil", "garlic", "ginkgo", "ginseng", "vitamin E",
)  # fmt: skip


@pytest.mark.parametrize("name", NOT_IN_TABLE_1)
def test_the_drugs_that_table_1_does_not_name_are_recognised(name: str) -> None:
    assert named(name) is not None


@given(st.text(max_size=30))
def test_recognising_is_only_ever_folding(text: str) -> None:
    """Whatever is typed: it is recognised exactly if its folded form stands in the table."""
    found = NAMES.recognise(text)
    table = {folded(name) for drug in NAMES.document.content.drugs for name in (drug.name, *drug.names)}
    table |= {folded(name) for product in NAMES.document.content.products for name in (product.name, *product.names)}
    assert (found is not None) == (folded(text) in table)


def test_the_shipped_table_is_in_order_and_its_generics_are_names_of_themselves() -> None:
    assert list(wrong_names("table", NAMES.document.content)) == []
    for drug in NAMES.document.content.drugs:
        assert named(drug.name) == [drug.name]


def test_a_name_that_means_two_drugs_and_an_unknown_component_are_refused_together() -> None:
    content = NAMES.document.content.model_copy(
        update={
            "sources": [Source(key="s", citation="c")],
            "drugs": [
                Drug(name="aspirin", drug_class="antiplatelet", group="g", names=["ASA", "!"]),
                Drug(name="other", drug_class="nsaid", group="g", names=["A.S.A."]),
            ],
            "products": [Product(name="Mixture", components=["asprin"])],
        }
    )
    assert isinstance(content, DrugNames)
    said = "\n".join(str(fault) for fault in wrong_names("table", content))
    assert (
        "table: drugs other: this name stands for two entries\n  received: A.S.A.\n  try: keep it here or under aspirin"
        in said
    )
    assert "table: drugs aspirin: this is no name" in said
    assert (
        "table: products Mixture: the table has no such drug\n  received: asprin\n  try: did you mean “aspirin”?"
        in said
    )
