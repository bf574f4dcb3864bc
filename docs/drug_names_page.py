"""The page of drug names: everything that is recognised, for a pharmacist to read before a site signs."""

from docs.definition_parts import head, place
from docs.markdown import code, page, table
from foramen.catalogue.drugs import load_names

OPENING = """\
Letter case, extra spaces and punctuation do not count; nothing else is forgiven. A name that is not here is STOP,
however near it is to one that is: near names are asked back and not used. Every name stands for one drug or one
product. The site's record of the antithrombotic policy signs this table as well."""

AMBIGUOUS = "In different countries or packages. They are STOP and asked back, and none of the meanings is used."


def drug_names_page() -> str:
    """Drugs with their names, then combination products with their components."""
    document = load_names().document
    content = document.content
    drugs = [[drug.name, drug.group, drug.drug_class, ", ".join(drug.names)] for drug in content.drugs]
    products = [
        [one.name, ", ".join(one.names), ", ".join(one.components), one.further, "yes" if one.analgesic else "no"]
        for one in content.products
    ]
    ambiguous = [[", ".join([one.name, *one.names]), "; or ".join(one.means)] for one in content.ambiguous]
    product_heads = ["product", "other names", "judged by", "also in it", "judged as a combination painkiller too"]
    return page(
        content.title, f"the file {code(place('drugs', document))}", content.about, OPENING, head("drugs", document),
        "## Drugs", table(["generic name", "group", "class", "recognised as"], drugs),
        "## Combination products", table(product_heads, products),
        "## Names that mean different drugs", AMBIGUOUS, table(["name", "may mean"], ambiguous),
    )  # fmt: skip
