"""Sums that stand for tables too large to count: rank sums, moments and score sums, all integers, all mergeable."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foramen.kernel.digests import digest
from foramen.kernel.errors import StatisticError
from foramen.statistics.tables import Cell, Code, code_order


def _add(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _check_same(*pairs: tuple[object, object]) -> None:
    if any(one != other for one, other in pairs):
        raise StatisticError.single(
            "sums of different columns cannot be added", remedy="ask both sites the same request"
        )


@dataclass(frozen=True, slots=True)
class RankSum:
    """Rows complete in all k columns: how many, the sum of 2*rank of each column, the sum of all (2*rank)**2.

    Ranks are within a row, ties share the mean rank, hence twice the rank is an integer.
    """

    n: int
    doubled: tuple[int, ...]
    squares: int

    def __add__(self, other: "RankSum") -> "RankSum":
        return RankSum(self.n + other.n, _add(self.doubled, other.doubled), self.squares + other.squares)


@dataclass(frozen=True, slots=True)
class RankSums:
    """`RankSum` per group code (None: missing group) over the named columns. `total` counts all rows of each group."""

    columns: tuple[str, ...]
    groups: tuple[tuple[Code, RankSum], ...]
    total: tuple[tuple[Code, int], ...]

    def __add__(self, other: "RankSums") -> "RankSums":
        _check_same((self.columns, other.columns))
        sums, total = dict(self.groups), dict(self.total)
        for code, part in other.groups:
            sums[code] = sums[code] + part if code in sums else part
        for code, n in other.total:
            total[code] = total.get(code, 0) + n
        return RankSums.build(self.columns, sums, total)

    @classmethod
    def build(cls, columns: tuple[str, ...], sums: Mapping[Code, RankSum], total: Mapping[Code, int]) -> "RankSums":
        order = sorted(total, key=code_order)
        return cls(columns, tuple((c, sums[c]) for c in order if c in sums), tuple((c, total[c]) for c in order))

    @property
    def digest(self) -> str:
        return digest(self.to_json())

    def to_json(self) -> dict[str, Any]:
        groups = [[code, part.n, list(part.doubled), part.squares] for code, part in self.groups]
        return {"columns": list(self.columns), "groups": groups, "total": [list(pair) for pair in self.total]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RankSums":
        sums = {code: RankSum(n, tuple(doubled), squares) for code, n, doubled, squares in value["groups"]}
        return cls.build(tuple(value["columns"]), sums, dict(value["total"]))


@dataclass(frozen=True, slots=True)
class Moment:
    """n, sums and cross products of one (group, pattern) class. `products` is the upper triangle, row by row, diagonal
    included; entries of unobserved columns are 0."""

    n: int
    sums: tuple[int, ...]
    products: tuple[int, ...]

    def __add__(self, other: "Moment") -> "Moment":
        return Moment(self.n + other.n, _add(self.sums, other.sums), _add(self.products, other.products))


@dataclass(frozen=True, slots=True)
class MomentTable:
    """`Moment` per (group codes, pattern of observed columns).

    `decimals` gives each column's scale: value = code / 10**decimals. `groups` names the grouping axes.
    """

    columns: tuple[str, ...]
    decimals: tuple[int, ...]
    groups: tuple[str, ...]
    cells: tuple[tuple[tuple[Cell, tuple[bool, ...]], Moment], ...]

    @classmethod
    def build(
        cls,
        columns: tuple[str, ...],
        decimals: tuple[int, ...],
        groups: tuple[str, ...],
        cells: Mapping[tuple[Cell, tuple[bool, ...]], Moment],
    ) -> "MomentTable":
        def order(key: tuple[Cell, tuple[bool, ...]]) -> tuple[object, ...]:
            return (tuple(code_order(code) for code in key[0]), key[1])

        return cls(columns, decimals, groups, tuple((key, cells[key]) for key in sorted(cells, key=order)))

    def __add__(self, other: "MomentTable") -> "MomentTable":
        _check_same((self.columns, other.columns), (self.decimals, other.decimals), (self.groups, other.groups))
        cells = dict(self.cells)
        for key, part in other.cells:
            cells[key] = cells[key] + part if key in cells else part
        return MomentTable.build(self.columns, self.decimals, self.groups, cells)

    @property
    def digest(self) -> str:
        return digest(self.to_json())

    def to_json(self) -> dict[str, Any]:
        cells = [
            {
                "group": list(group),
                "observed": list(observed),
                "n": m.n,
                "sums": list(m.sums),
                "products": list(m.products),
            }
            for (group, observed), m in self.cells
        ]
        return {
            "columns": list(self.columns),
            "decimals": list(self.decimals),
            "groups": list(self.groups),
            "cells": cells,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "MomentTable":
        cells = {
            (tuple(c["group"]), tuple(c["observed"])): Moment(c["n"], tuple(c["sums"]), tuple(c["products"]))
            for c in value["cells"]
        }
        return cls.build(tuple(value["columns"]), tuple(value["decimals"]), tuple(value["groups"]), cells)


@dataclass(frozen=True, slots=True)
class ScoreSums:
    """Sums for one Newton step of a binary logistic model at given coefficients, as integers scaled by 2**bits.

    `gradient` has one entry per term, `information` is the upper triangle row by row, `loglik` the log-likelihood.
    Integer sums do not depend on the order of rows and pool exactly over sites.
    """

    terms: tuple[str, ...]
    bits: int
    n: int
    successes: int
    loglik: int
    gradient: tuple[int, ...]
    information: tuple[int, ...]

    def __add__(self, other: "ScoreSums") -> "ScoreSums":
        _check_same((self.terms, other.terms), (self.bits, other.bits))
        return ScoreSums(
            self.terms,
            self.bits,
            self.n + other.n,
            self.successes + other.successes,
            self.loglik + other.loglik,
            _add(self.gradient, other.gradient),
            _add(self.information, other.information),
        )
