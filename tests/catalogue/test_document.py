"""Documents are read strictly, and every fault says what, where, what was received and what to try."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from foramen.catalogue.document import Document, Part, load_document
from foramen.kernel.errors import DefinitionError


class Apple(Part):
    kind: Literal["apple"]
    weight: int = Field(gt=0)


class Pear(Part):
    kind: Literal["pear"]
    price: Decimal


class Basket(Part):
    owner: str
    name: Annotated[str, Field(pattern="^[a-z]+$")] = "basket"
    size: Literal["small", "large"] = "small"
    fruit: list[Annotated[Apple | Pear, Field(discriminator="kind")]]


def loaded(folder: Path, text: str, encoding: str = "utf-8") -> Document[Basket]:
    path = folder / "basket.toml"
    path.write_bytes(text.encode(encoding))
    return load_document(path, Basket)


def said(folder: Path, text: str) -> str:
    with pytest.raises(DefinitionError) as refused:
        loaded(folder, text)
    return str(refused.value).replace(f"{folder}/", "")


def test_a_document_keeps_decimals_exact(tmp_path: Path) -> None:
    content = loaded(tmp_path, 'owner = "Ä"\nfruit = [{ kind = "pear", price = 0.10 }]').content
    assert content.fruit == [Pear(kind="pear", price=Decimal("0.10"))]


def test_a_byte_order_mark_is_read_past(tmp_path: Path) -> None:
    assert loaded(tmp_path, 'owner = "Ä"\nfruit = []', "utf-8-sig").content.owner == "Ä"


def test_remarks_and_layout_do_not_change_the_digest_and_content_does(tmp_path: Path) -> None:
    one = loaded(tmp_path, 'owner = "A"\nfruit = []').digest
    assert loaded(tmp_path, '# a remark\nfruit = []\n\nowner = "A"').digest == one
    assert loaded(tmp_path, 'owner = "B"\nfruit = []').digest != one


def test_all_faults_come_together_each_with_its_place(tmp_path: Path) -> None:
    text = 'ownr = "A"\nfruit = [{ kind = "apple", weight = 0 }, { kind = "aple" }, { kind = "pear", price = "two" }]'
    shown = said(tmp_path, text)
    assert "basket.toml: owner: this key is required" in shown
    assert "basket.toml: ownr: unknown key\n  received: ownr\n  try: did you mean “owner”?" in shown
    assert "basket.toml: fruit[1].weight: input should be greater than 0\n  received: 0" in shown
    assert "basket.toml: fruit[2].kind: there is no such kind\n  received: aple\n  try: did you mean “apple”?" in shown
    assert "fruit[3].price" in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [("owner = ", "not valid TOML"), ("owner = 1\nfruit = []", "owner"), ("[[fruit]]\n", "fruit[1]")],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in said(tmp_path, text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('name = "Basket 1"', "name: this is no name\n  received: 'Basket 1'\n  try: lower-case letters"),
        ('size = "Smal"', "size: this word is not known here\n  received: 'Smal'\n  try: did you mean “small”?"),
        ("owner = 5", "owner: a text is needed here\n  received: 5\n  try: put it in quotes"),
        ('fruit = "apple"', "fruit: a list is needed here"),
        ('fruit = [{ kind = "apple", weight = "2" }]', "weight: a whole number is needed here"),
        ('fruit = [{ kind = "pear", price = "2" }]', "price: a number is needed here"),
    ],
)
def test_the_faults_of_a_newcomer_say_what_to_write(tmp_path: Path, line: str, expected: str) -> None:
    lines = {"owner": 'owner = "A"', "fruit": "fruit = []"} | {line.split()[0]: line}
    assert expected in said(tmp_path, "\n".join(lines.values()))


def test_a_document_of_another_kind_is_told_in_one_sentence(tmp_path: Path) -> None:
    shown = said(tmp_path, "[rows]\na = 1\n[source]\n[columns]\n[site]")
    assert shown.count("basket.toml") == 1
    assert "this does not look like a basket document" in shown


def test_a_document_that_is_absent_or_not_utf_8_is_said(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no such file"):
        load_document(tmp_path / "none.toml", Basket)
    with pytest.raises(DefinitionError, match=r"basket.toml, byte 10: the document is not UTF-8"):
        loaded(tmp_path, 'owner = "Ä"', "latin-1")
