"""Which numbers are withheld, so that no small one can be read or worked out.

Every small number that is printed goes. Then, for each small number, others that are printed go with it until it can be
moved: until there is another set of whole numbers that fits everything still printed, every sum, and every reason
beside what is withheld, in which it differs by `shift`. Which others go is a linear program: the cheapest set of
numbers, by what their loss costs the reader, along which the small one can be moved. This is the network heuristic of
the field (Cox 1995). Cheap are lines of the flow and counts of the missing, dear are statistics; of equal ones the
smaller number goes.

The move that was found is kept as the proof. It is checked in whole numbers, and it stays one whatever else is withheld
later, because withholding only takes knowledge away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from foramen.disclosure.ledger import Ledger, Line, Number, Span, is_small
from foramen.kernel.errors import Defect

BESIDE = 0.01
"""What it costs the reader when a number beside a statistic goes, in parts of the statistic."""

SIZE = 1e-4
"""What a unit of a number costs: among lines of equal weight the smaller number goes."""

ORDER = 1e-7
"""What a later place costs: of equal numbers the one met first goes."""

TINY = 1e-6

HUB = 12
"""A number in more sums than this ties everything to everything. What protects a class is looked for around it first,
not beyond such numbers. Of losses it is not: they hang on how many there are in all, and so does what protects them."""

Places = NDArray[np.int64]
Move = Mapping[Number, int]


def shift(threshold: int) -> int:
    """By how much every small number can be moved: half of what “small” spans, rounded down."""
    return (threshold - 1) // 2


@dataclass(frozen=True)
class Protection:
    """What is withheld, and the proof for each small number. Of `together` the reader is not told whether they are
    small: where a number could not be protected otherwise, whatever had to move with it."""

    threshold: int
    withheld: Mapping[Number, None]
    together: frozenset[Number]
    proofs: Mapping[Number, Move]


def protect(ledger: Ledger, lines: Sequence[Line], threshold: int) -> Protection:
    """Decide. Deterministic: the order of the ledger breaks ties."""
    state = _State(ledger, lines, threshold)
    small = [number for number in ledger.numbers if is_small(ledger, number, threshold)]
    for number in small:
        if number in state.printed:
            state.withhold(number)
    for number in small:
        if number in state.tied and number not in state.proofs:
            _secure(state, number)
    _settle(state)
    return Protection(threshold, state.withheld, frozenset(state.together), state.proofs)


def domain(ledger: Ledger, told: set[Number], threshold: int, number: Number) -> Span:
    """What a reader knows of a withheld number before any adding and subtracting. `told` are the numbers beside which
    it is printed whether they are small."""
    if number in ledger.certain:
        return 0.0, 0.0
    if number in ledger.losses or number not in told:
        return (1.0 if number in ledger.positive else 0.0), np.inf
    if ledger.count(number) == 0:
        return 0.0, 0.0
    return (1.0, threshold - 1.0) if is_small(ledger, number, threshold) else (float(threshold), np.inf)


def told_of(ledger: Ledger, lines: Iterable[Line], threshold: int) -> set[Number]:
    """Numbers whose line says whether they are small. A line that is made from too few says that, and no more."""
    told: set[Number] = set()
    for line in lines:
        if line.ruled is None:
            told.update(line.enough)
            if line.own is not None and not any(is_small(ledger, number, threshold) for number in line.enough):
                told.add(line.own)
    return told


class _State:
    """The ledger with what is withheld so far. Numbers are known by their place in it."""

    def __init__(self, ledger: Ledger, lines: Sequence[Line], threshold: int) -> None:
        self.ledger, self.lines, self.threshold = ledger, lines, threshold
        self.numbers = [*ledger.numbers]
        self.place = {number: place for place, number in enumerate(self.numbers)}
        self.count = np.array([ledger.count(number) for number in self.numbers], dtype=np.float64)
        self.sums = [[self.place[total], *(self.place[part] for part in parts)] for total, parts in ledger.sums]
        self.tied: dict[Number, list[int]] = {}
        for row, places in enumerate(self.sums):
            for place in places:
                self.tied.setdefault(self.numbers[place], []).append(row)
        self.matrix = self._matrix()
        self._read(lines)
        self.withheld: dict[Number, None] = {}
        self.together: set[Number] = set()
        self.proofs: dict[Number, Move] = {}
        self._certain = np.array([number in ledger.certain for number in self.numbers])
        told = told_of(ledger, lines, threshold)
        self._spans = np.array([domain(ledger, told, threshold, number) for number in self.numbers])
        self._spans = self._spans.reshape(-1, 2) - self.count[:, None]

    def _matrix(self) -> sparse.csc_array:
        """A row for each sum: 1 for its total, -1 for its parts."""
        rows = [row for row, places in enumerate(self.sums) for _ in places]
        weights = [1.0 if i == 0 else -1.0 for places in self.sums for i in range(len(places))]
        columns = [place for places in self.sums for place in places]
        return sparse.csc_array((weights, (rows, columns)), shape=(len(self.sums), len(self.numbers)))

    def _read(self, lines: Sequence[Line]) -> None:
        self.printed: dict[Number, list[int]] = {}
        self._visible = [line.ruled is None for line in lines]
        self._times = np.zeros(len(self.numbers), dtype=np.int64)
        self._price = SIZE * self.count + ORDER * np.arange(len(self.numbers))
        for place, line in enumerate(lines):
            for number in line.shows if line.ruled is None else ():
                self.printed.setdefault(number, []).append(place)
            if line.ruled is None:
                self._weigh(line, 1)

    def _weigh(self, line: Line, sign: int) -> None:
        """Count a line among those that show its numbers, and its weight to their price; or no longer."""
        for number in line.shows:
            place = self.place[number]
            self._times[place] += sign
            self._price[place] += sign * line.weight * (1 if number in line.needs else BESIDE)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which numbers a line that is still shown prints."""
        return self._times > 0

    def withhold(self, number: Number) -> None:
        self.withheld[number] = None
        for place in self.printed.get(number, ()):
            line = self.lines[place]
            if self._visible[place] and number in line.needs:
                self._visible[place] = False
                self._weigh(line, -1)
        self._times[self.place[number]] = -len(self.lines)

    def price(self, places: Places) -> NDArray[np.float64]:
        """What the reader loses with each number."""
        return self._price[places]

    def spans(self, places: Places, *, free: bool) -> NDArray[np.float64]:
        """By how much numbers may move down and up; `free`: the reader will not be told whether they are small."""
        if not free:
            return self._spans[places]
        return np.column_stack((-self.count[places], np.where(self._certain[places], 0, np.inf)))

    def keep_silent(self, move: Move) -> None:
        """The reader is not told whether these are small."""
        self.together.update(move)
        places = np.array([self.place[number] for number in move])
        self._spans[places] = self.spans(places, free=True)


def _secure(state: _State, number: Number) -> None:
    """Withhold what it takes for the small number to be movable, and keep the proof for all that move with it."""
    if number in state.ledger.losses:
        first = _tied_to(state, number, through_known=False)
    else:
        first = _tied_to(state, number, through_known=True, most=HUB)
    move = _cheapest(state, number, first, free=False)
    if move is None:
        everything = _tied_to(state, number, through_known=True)
        move = _cheapest(state, number, everything, free=False)
        if move is None:
            move = _cheapest(state, number, everything, free=True)
            state.keep_silent(move or {})
    if move is None:
        raise Defect("a small number could not be protected")
    known = state.known
    for other in move:
        if known[state.place[other]]:
            state.withhold(other)
    _check(state, number, move)
    for other, by in move.items():
        if abs(by) >= shift(state.threshold) and is_small(state.ledger, other, state.threshold):
            state.proofs.setdefault(other, move)


def _settle(state: _State) -> None:
    """Where what is withheld of one total is small together, the cheapest other part goes too, or else the total."""
    waiting = True
    while waiting:
        waiting = False
        for total, *parts in state.sums:
            known = state.known
            hidden = [part for part in parts if not known[part]]
            together = state.count[hidden].sum()
            if (
                known[total]
                and 0 < together < state.threshold
                and all(state.numbers[p] in state.printed for p in hidden)
            ):
                others = [part for part in parts if known[part] and state.count[part]] or [total]
                state.withhold(state.numbers[min(others, key=lambda place: float(state.price(np.array([place]))[0]))])
                waiting = True


def _tied_to(state: _State, start: Number, *, through_known: bool, most: int | None = None) -> Places:
    """The places of the numbers that sums tie to the start, directly or through each other, in order; `most`: none that
    is in more sums than this."""
    known = state.known
    found = edge = {state.place[start]}
    while edge:
        rows = {row for place in edge for row in state.tied[state.numbers[place]]}
        others = {place for row in rows for place in state.sums[row] if through_known or not known[place]}
        if most is not None:
            others = {place for place in others if len(state.tied[state.numbers[place]]) <= most}
        edge = others - found
        found = found | edge
    return np.array(sorted(found))


@dataclass(frozen=True)
class _Program:
    """Minimise cost·x so that sums hold, within bounds. Variable i moves the number at `column[i]` by `sign[i]` · x."""

    matrix: sparse.csc_array
    cost: NDArray[np.float64]
    bounds: NDArray[np.float64]
    column: Places
    sign: NDArray[np.float64]


def _cheapest(state: _State, number: Number, among: Places, *, free: bool) -> Move | None:
    """The cheapest move of `among` in which the number goes up or down by at least the shift."""
    program = _program(state, among, free=free)
    index = int(np.searchsorted(among, state.place[number]))
    low, high = state.spans(among[[index]], free=free)[0].tolist()
    least = shift(state.threshold)
    cost, steps = np.inf, list[int]()
    for bounds in ((least, high), (low, -least)):
        if bounds[0] <= bounds[1] and cost > 0:
            cost, steps = min((cost, steps), _solve(program, index, bounds))
    return {state.numbers[place]: by for place, by in zip(among.tolist(), steps, strict=False) if by} or None


def _program(state: _State, among: Places, *, free: bool) -> _Program:
    """A number that is not known moves freely within what the reader knows of it; one that is known moves at its cost,
    up and down apart."""
    known = state.known[among]
    unknown, priced = np.flatnonzero(~known), np.flatnonzero(known)
    spans, price = state.spans(among, free=free), state.price(among[priced])
    up = np.column_stack((np.zeros(len(priced)), np.maximum(spans[priced, 1], 0)))
    down = np.column_stack((np.zeros(len(priced)), np.maximum(-spans[priced, 0], 0)))
    column = np.concatenate((unknown, priced, priced))
    sign = np.concatenate((np.ones(len(unknown) + len(priced)), -np.ones(len(priced))))
    sums = state.matrix[:, among]
    held = np.unique(sums.indices)
    matrix = sparse.csc_array(sums[held][:, column] @ sparse.diags_array(sign))
    cost = np.concatenate((np.zeros(len(unknown)), price, price))
    return _Program(matrix, cost, np.concatenate((spans[unknown], up, down)), column, sign)


def _solve(program: _Program, index: int, bounds: Span) -> tuple[float, list[int]]:
    """Cost and steps, none if there are none.

    First without asking for whole numbers, which tables nearly always give by themselves; then for whole numbers of
    what moved; then, which takes long, for any.
    """
    limits = program.bounds.copy()
    limits[program.column == index] = bounds
    solved = _optimum(program, limits, whole=False)
    if solved is not None and not _is_whole(solved):
        narrow = np.where(((program.cost > 0) & (np.abs(solved) < TINY))[:, None], 0, limits)
        solved = _first(_optimum(program, held, whole=True) for held in (narrow, limits))
    if solved is None:
        return np.inf, []
    moved = np.zeros(program.column.max() + 1)
    np.add.at(moved, program.column, np.rint(solved) * program.sign)
    return float(program.cost @ np.rint(solved)), [round(by) for by in moved.tolist()]


def _optimum(program: _Program, limits: NDArray[np.float64], *, whole: bool) -> NDArray[np.float64] | None:
    solved = optimize.milp(
        program.cost,
        constraints=optimize.LinearConstraint(program.matrix, 0, 0),
        bounds=optimize.Bounds(limits[:, 0], limits[:, 1]),
        integrality=np.full(len(program.cost), int(whole)),
    )
    return None if solved.x is None else np.asarray(solved.x, dtype=np.float64)


def _first(found: Iterable[NDArray[np.float64] | None]) -> NDArray[np.float64] | None:
    return next((one for one in found if one is not None), None)


def _is_whole(found: NDArray[np.float64]) -> bool:
    return bool(np.abs(found - np.rint(found)).max() < TINY)


def _check(state: _State, number: Number, move: Move) -> None:
    """The proof in whole numbers: nothing that is shown moves, every sum holds, every reason stays true."""
    steps = {state.place[other]: by for other, by in move.items()}
    wrong = abs(move.get(number, 0)) < shift(state.threshold)
    for row in {row for other in move for row in state.tied[other]}:
        total, *parts = state.sums[row]
        wrong |= steps.get(total, 0) != sum(steps.get(part, 0) for part in parts)
    known = state.known
    for place, by in steps.items():
        low, high = state.spans(np.array([place]), free=False)[0]
        wrong |= bool(known[place]) or not low <= by <= high
    if wrong:
        raise Defect("a proof that a small number is protected does not hold")
