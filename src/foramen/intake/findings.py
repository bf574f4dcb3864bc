"""What did not fit: counted always, listed by kind, values only to the quarantine."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Any

import numpy as np
import numpy.typing as npt

from foramen.intake.quarantine import QuarantineFile
from foramen.intake.reasons import Finding, Reason
from foramen.intake.source import Batch, Source
from foramen.kernel.errors import DataError, Fault

SHOWN = 20
"""Kinds of faults printed; the rest are counted."""

ROWS_SHOWN = 5
"""Row numbers printed of each kind."""

Kind = tuple[int, str, Reason]
"""File, column, reason: faults of one kind are mended in one way."""


class FindingLog:
    """All findings of an import. Rows found bad only beside others wait for a second reading of their values."""

    def __init__(self, sources: Sequence[Source], quarantine: QuarantineFile | None) -> None:
        self._sources = sources
        self._quarantine = quarantine
        self._counts: Counter[Kind] = Counter()
        self._first: dict[Kind, list[int]] = {}
        self._waiting: dict[Kind, array[int]] = {}
        self.rows = 0

    @property
    def refused(self) -> bool:
        """Whether the import must stop."""
        return self._quarantine is None and self.rows > 0

    def add_read(self, batch: Batch, findings: Sequence[Finding]) -> None:
        """Findings in a batch at hand."""
        self._count(findings)
        self.rows += len({finding.row for finding in findings})
        if self._quarantine is None or not findings:
            return
        positions = {number: i for i, number in enumerate(batch.numbers)}
        apart = batch.apart
        for finding in findings:
            position = positions.get(finding.row)
            self._write(finding, apart[finding.row] if position is None else batch.cells(position))

    def add_compared(self, findings: Sequence[Finding], rows: int) -> None:
        """Findings about rows that contradict each other, `rows` of which had none before."""
        self._count(findings)
        self.rows += rows
        if self._quarantine is not None:
            for finding in findings:
                rows_waiting = self._waiting.setdefault((finding.file, finding.column, finding.reason), array("q"))
                rows_waiting.append(finding.row)

    def write_waiting(self) -> None:
        """Read the sources once more for the rows whose values are still wanted."""
        for file in sorted({file for file, _, _ in self._waiting}):
            kinds = {kind: np.sort(np.asarray(rows)) for kind, rows in self._waiting.items() if kind[0] == file}
            for batch in self._sources[file].read():
                wanted = _findings_within(kinds, batch)
                for number, cells in batch.rows() if wanted else ():
                    for finding in wanted.get(number, ()):
                        self._write(finding, cells)

    def publish(self) -> None:
        if self._quarantine is not None:
            self._quarantine.publish()

    def withdraw(self) -> None:
        if self._quarantine is not None:
            self._quarantine.withdraw()

    def error(self) -> DataError:
        """The faults of an import that stops: one for each kind, in the order of the files."""
        kinds = sorted(self._counts, key=self._place)
        faults = [self._fault(kind) for kind in kinds[:SHOWN]]
        if more := len(kinds) - len(faults):
            hidden = sum(self._counts[kind] for kind in kinds[SHOWN:])
            what = f"and {more:,} more kind{'s' if more > 1 else ''} of fault"
            remedy = "mend those above first; --quarantine FILE sets rows aside and lists every fault"
            faults.append(Fault(what, "", f"{hidden:,} faults", remedy))
        return DataError(*faults)

    def summary(self) -> dict[str, Any]:
        """How many rows were set aside and why, without values."""
        faults = [
            {"file": self._name(file), "column": column, "reason": reason.what, "count": n}
            for (file, column, reason), n in self._counts.items()
        ]
        return {"rows": self.rows, "faults": sorted(faults, key=lambda f: (f["file"], f["column"], f["reason"]))}

    def _count(self, findings: Iterable[Finding]) -> None:
        rows = defaultdict[Kind, list[int]](list)
        for finding in findings:
            rows[finding.file, finding.column, finding.reason].append(finding.row)
        for kind, found in rows.items():
            self._counts[kind] += len(found)
            self._first[kind] = nsmallest(ROWS_SHOWN, [*self._first.get(kind, ()), *found])

    def _place(self, kind: Kind) -> tuple[int, int, int, str]:
        file, column, reason = kind
        header = self._sources[file].header
        return file, self._first[kind][0], header.index(column) if column in header else -1, reason.what

    def _fault(self, kind: Kind) -> Fault:
        file, column, reason = kind
        first, more = self._first[kind], self._counts[kind] - len(self._first[kind])
        rows = f"row{'s' if len(first) > 1 else ''} {', '.join(map(str, first))}"
        return reason.fault(self._name(file), f"{rows} and {more:,} more" if more else rows, column)

    def _name(self, file: int) -> str:
        return self._sources[file].path.name

    def _write(self, finding: Finding, cells: Sequence[str]) -> None:
        source = self._sources[finding.file]
        if self._quarantine is not None:
            self._quarantine.write(finding, source.path.name, source.header, cells)


def _findings_within(kinds: Mapping[Kind, npt.NDArray[np.int64]], batch: Batch) -> dict[int, list[Finding]]:
    """The findings about rows of a batch, by row."""
    found = defaultdict[int, list[Finding]](list)
    if span := [*batch.numbers[:1], *batch.numbers[-1:], *batch.apart]:
        for (file, column, reason), rows in kinds.items():
            for row in rows[np.searchsorted(rows, min(span)) : np.searchsorted(rows, max(span), "right")].tolist():
                found[row].append(Finding(file, row, column, reason))
    return found
