"""Root, level and side in the words of lists, taken apart so that a page can set them with their mark."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SIDED = re.compile(r"(?P<where>.*?) ?\b(?P<side>left|right|both sides|midline)\b")
_MARKS = {"both sides": "both"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A place and its side, as the mark of it is called."""

    where: str
    side: str = ""

    @property
    def words(self) -> str:
        side = "both sides" if self.side == "both" else self.side
        return f"{self.where} {side}".strip()


@dataclass(frozen=True, slots=True)
class Told:
    """One part of a text such as “L5 root left and S1 root right, transforaminal”: the places, and the rest."""

    pieces: Sequence[Piece]
    rest: str = ""

    @property
    def where(self) -> str:
        """The first place alone."""
        return self.pieces[0].where

    @property
    def short(self) -> str:
        """Without the approach."""
        return " and ".join(one.words for one in self.pieces)


def told(text: str) -> Sequence[Told]:
    """The parts of a text; one that names no side is told as it stands."""
    return tuple(_part(one) for one in text.split("; "))


def short(text: str) -> str:
    """Places and sides without approaches."""
    return "; ".join(one.short for one in told(text))


def _part(text: str) -> Told:
    pieces, end = [], 0
    for found in _SIDED.finditer(text):
        side = found["side"]
        pieces.append(Piece(found["where"].strip().removeprefix("and "), _MARKS.get(side, side)))
        end = found.end()
    return Told(pieces, text[end:].lstrip(", ")) if pieces else Told((Piece(text),))
