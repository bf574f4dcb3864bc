"""Names and clinical pieces of people who do not exist. The names are those of plants, birds and stones."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from foramen.catalogue.gates.places import BY_ROUTE

FAMILY = (
    "Acorn", "Agate", "Alpine", "Amber", "Anemone", "Apricot", "Arnica", "Avocet", "Azalea", "Bamboo", "Barley",
    "Basil", "Basalt", "Begonia", "Beryl", "Birch", "Bittern", "Blackthorn", "Bluebell", "Borage", "Briar", "Broom",
    "Camellia", "Campion", "Caraway", "Chaffinch", "Chervil", "Chestnut", "Chicory", "Citrine", "Clover", "Comfrey",
    "Coral", "Cormorant", "Cowslip", "Cricket", "Crocus", "Curlew", "Cypress", "Dahlia", "Damson", "Dipper", "Dogwood",
    "Dotterel", "Egret", "Fieldfare", "Firecrest", "Flint", "Foxglove", "Gannet", "Garnet", "Gentian", "Ginkgo",
    "Goldcrest", "Gorse", "Granite", "Hawthorn", "Heather", "Hemlock", "Honeysuckle", "Hoopoe", "Iris", "Ivy",
    "Jackdaw", "Jasper", "Lapwing", "Laurel", "Lavender", "Lichen", "Lupin", "Magpie", "Mallow", "Marigold", "Marjoram",
)  # fmt: skip
GIVEN = (
    ("Ada", "female"), ("Aino", "female"), ("Amara", "female"), ("Beatriz", "female"), ("Chiara", "female"),
    ("Dunja", "female"), ("Eilidh", "female"), ("Fatima", "female"), ("Greta", "female"), ("Hiroko", "female"),
    ("Ilse", "female"), ("Jana", "female"), ("Katya", "female"), ("Leonie", "female"), ("Maren", "female"),
    ("Ngozi", "female"), ("Orla", "female"), ("Priya", "female"), ("Ruth", "female"), ("Selma", "female"),
    ("Abel", "male"), ("Bruno", "male"), ("Caspar", "male"), ("Dario", "male"), ("Emil", "male"), ("Farid", "male"),
    ("Gustav", "male"), ("Hamid", "male"), ("Ivo", "male"), ("Jiro", "male"), ("Kwame", "male"), ("Luca", "male"),
    ("Milan", "male"), ("Nils", "male"), ("Otto", "male"), ("Pedro", "male"), ("Rashid", "male"), ("Stefan", "male"),
    ("Tomasz", "male"), ("Yusuf", "male"),
)  # fmt: skip
REFERRERS = ("Dr J. Whitlow", "Dr E. Marsh", "Dr C. Vale", "Dr O. Brook", "Dr I. Strand", "Dr K. Heath")
INDICATIONS = {
    "neck": ("pain in the arm with a small disc protrusion", "pain in neck and shoulder, worse at night"),
    "back": (
        "sciatica for three months", "pain in the leg, worse on walking", "back pain after a fall last winter",
        "pain on turning, joint arthrosis in the images",
    ),
}  # fmt: skip
"""Why somebody is referred, by where the targets lie."""


def indication(chance: Random, spots: Iterable[dict[str, str]]) -> str:
    """A reason that goes with the targets."""
    cervical = any((spot.get("root") or spot.get("level") or "").startswith("C") for spot in spots)
    return chance.choice(INDICATIONS["neck" if cervical else "back"])


def spot(place: str, side: str, route: str) -> dict[str, str]:
    """A target. A place with a slash, or of a pars, is a level; any other is a root; an approach may name its own."""
    if route in BY_ROUTE:
        return {"side": side, "route": route}
    return {"root" if route == "transforaminal" else "level": place, "side": side, "route": route}


PLACES = {
    "fluoroscopy": (
        ("L5", "transforaminal"), ("S1", "transforaminal"), ("L4", "transforaminal"), ("L4/L5", "interlaminar"),
        ("", "caudal"),
    ),
    "CT": (("C6", "transforaminal"), ("C7", "transforaminal"), ("L5", "pars"), ("L3", "transforaminal")),
    "ultrasound": (("", "sacroiliac"), ("L4/L5", "facet"), ("L5/S1", "facet")),
}  # fmt: skip
"""What is treated in which kind of room."""


def targets(chance: Random, modality: str) -> list[dict[str, str]]:
    """One place, now and then on both sides."""
    place, route = chance.choice(PLACES[modality])
    if route in ("interlaminar", "caudal"):
        return [spot(place, "midline", route)]
    sides = ["left", "right"] if chance.random() < 0.12 else [chance.choice(["left", "right"])]
    return [spot(place, side, route) for side in sides]


def drugs(age: int, among: int = 1) -> list[dict[str, str]]:
    """What is drawn up for one of `among` targets: 10 mg of dexamethasone in all."""
    mass, volume = {1: ("10 mg", "1 mL"), 2: ("5 mg", "0.5 mL")}[among]
    return [
        _drug("steroid", "dexamethasone", "10 mg/mL", volume, mass), anaesthetic(age),
        _drug("contrast", "iopamidol", "300 mg I/mL", "0.5 mL", "150 mg I"),
    ]  # fmt: skip


def anaesthetic(age: int) -> dict[str, str]:
    """Lidocaine above 65, where legs that stay weak are a danger."""
    if age > 65:
        return _drug("anaesthetic", "lidocaine", "1 %", "1 mL", "10 mg")
    return _drug("anaesthetic", "bupivacaine", "0.25 %", "1 mL", "2.5 mg")


def planned(spots: Sequence[dict[str, str]], age: int) -> list[dict[str, Any]]:
    """Targets with their drugs, as a plan has them."""
    beside = {"choice_reason": "over 65: legs stay strong"} if age > 65 else {}
    return [one | {"drugs": drugs(age, len(spots))} | beside for one in spots]


def dose(chance: Random, modality: str) -> dict[str, Any] | None:
    """What is read off after a session; nothing with ultrasound."""
    if modality == "fluoroscopy":
        area, seconds = f"{chance.randint(20, 260) / 100:.2f}", str(chance.randint(6, 48))
        values = [("dose-area product", area, "Gy·cm²"), ("fluoroscopy time", seconds, "s")]
    elif modality == "CT":
        values = [("CTDIvol", f"{chance.randint(30, 140) / 10:.1f}", "mGy"),
                  ("dose-length product", str(chance.randint(25, 160)), "mGy·cm")]  # fmt: skip
    else:
        return None
    return {"values": [{"quantity": quantity, "value": value, "unit": unit} for quantity, value, unit in values]}


def born(chance: Random, age: int, on: date) -> date:
    """A birthday of somebody who is so old on a day."""
    return date(on.year - age - 1, 12, 31) - timedelta(days=chance.randrange(30))


def names(chance: Random, count: int) -> Iterator[tuple[str, str, str]]:
    """Family name, given name, sex; no pair twice among the first 3000."""
    pairs = [(family, given, sex) for family in FAMILY for given, sex in GIVEN]
    chance.shuffle(pairs)
    for i in range(count):
        yield pairs[i % len(pairs)]


def number(chance: Random) -> str:
    """A patient number as Example Hospital writes it."""
    return f"{chance.randint(1000, 9999)} {chance.randint(0, 9999):04d}"


def _drug(kind: str, product: str, strength: str, volume: str, mass: str) -> dict[str, str]:
    return {"kind": kind, "product": product, "strength": strength, "volume": volume, "mass": mass}
