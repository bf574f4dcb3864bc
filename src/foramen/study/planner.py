"""Answers the requests of a whole report with as few passes over the rows as is worth it, and remembers answers.

Equal requests are asked once. A count table that is a margin of a finer one also wanted is taken from it. Small tables
with the same filter are packed into joint tables while the product of their sizes stays small: one pass then serves
several. Answers are cached by the digest of the data, the selection and the request.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from foramen.kernel.digests import digest
from foramen.statistics.tables import CountTable
from foramen.study.cache import Cache
from foramen.study.engines.engine import Engine, Rows, answer
from foramen.study.engines.request import Answer, Condition, Counts, Key, Request, plain

JOINT_LIMIT = 5_000
"""Largest product of axis sizes for which small tables are counted together: a pass over a million rows costs about as
much as fetching and summing this many cells."""

UNKNOWN_SIZE = JOINT_LIMIT + 1


class Planner:
    """Front of an engine for one study run."""

    def __init__(self, engine: Engine, rows: Rows, cache: Path | None = None) -> None:
        self._engine = engine
        self._cache = Cache(cache, digest([rows.digest, plain(rows.selection)])) if cache else None
        self._answers: dict[Request, Answer] = {}

    def prepare(self, requests: Iterable[Request]) -> list[Request]:
        """Which requests will be sent to the engine so that all given ones can be answered."""
        wanted = list(dict.fromkeys(requests))
        counts: dict[Condition, list[Counts]] = defaultdict(list)
        for request in wanted:
            if isinstance(request, Counts) and self._recall(request) is None:
                counts[request.where].append(request)
        joint = [table for where, tables in counts.items() for table in _packed(where, tables)]
        others = [r for r in wanted if not isinstance(r, Counts) and self._recall(r) is None]
        return [*joint, *others]

    def send(self, request: Request) -> Answer:
        """Ask the engine, remember the answer."""
        found = answer(self._engine, request)
        self._remember(request, found)
        return found

    def ask(self, request: Request) -> Answer:
        """The answer: remembered, a margin of what is remembered, or from the engine."""
        found = self._recall(request)
        if found is None and isinstance(request, Counts):
            found = self._margin(request)
        return found if found is not None else self.send(request)

    def _margin(self, request: Counts) -> CountTable | None:
        wanted = set(request.keys)
        for known, found in self._answers.items():
            if isinstance(known, Counts) and known.where == request.where and wanted <= set(known.keys):
                assert isinstance(found, CountTable)
                table = found.margin_at([known.keys.index(key) for key in request.keys])
                self._remember(request, table)
                return table
        return None

    def _recall(self, request: Request) -> Answer | None:
        if request in self._answers or self._cache is None:
            return self._answers.get(request)
        kept = self._cache.recall(request)
        return None if kept is None else self._answers.setdefault(request, kept)

    def _remember(self, request: Request, found: Answer) -> None:
        self._answers[request] = found
        if self._cache is not None:
            self._cache.keep(request, found)


def _packed(where: Condition, tables: Sequence[Counts]) -> list[Counts]:
    """Joint requests that contain every table; larger tables first, each joins where it adds the fewest new keys."""
    bins: list[dict[Key, None]] = []
    for table in sorted(tables, key=lambda t: (-_cells(t.keys), -len(t.keys))):
        added = [[key for key in table.keys if key not in keys] for keys in bins]
        room = [i for i, new in enumerate(added) if not new or _cells([*bins[i], *new]) <= JOINT_LIMIT]
        if room:
            nearest = min(room, key=lambda i: len(added[i]))
            bins[nearest].update(dict.fromkeys(added[nearest]))
        else:
            bins.append(dict.fromkeys(table.keys))
    return [Counts(tuple(keys), where) for keys in bins]


def _cells(keys: Iterable[Key]) -> int:
    product = 1
    for key in keys:
        product *= key.size or UNKNOWN_SIZE
    return product
