"""What did not fit: counted always, listed up to a limit, values only to the quarantine."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from foramen.intake.quarantine import QuarantineFile
from foramen.intake.reasons import Finding
from foramen.intake.source import Batch, Source
from foramen.kernel.errors import DataError, Fault

SHOWN = 20
"""Faults printed one by one; the rest are counted."""


class FindingLog:
    """All findings of an import. Rows found bad only beside others wait for a second reading of their values."""

    def __init__(self, sources: Sequence[Source], quarantine: QuarantineFile | None) -> None:
        self._sources = sources
        self._quarantine = quarantine
        self._shown: list[Finding] = []
        self._counts: Counter[tuple[int, str, str]] = Counter()
        self._waiting: dict[tuple[int, int], list[Finding]] = {}
        self.rows = 0

    @property
    def refused(self) -> bool:
        """Whether the import must stop."""
        return self._quarantine is None and self.rows > 0

    def add_read(self, batch: Batch, findings: Sequence[Finding]) -> None:
        """Findings in a batch at hand."""
        self._count(findings)
        if self._quarantine is None or not findings:
            return
        positions = {number: i for i, number in enumerate(batch.numbers)}
        flawed = {flaw.row: flaw.cells for flaw in batch.flaws}
        for finding in findings:
            position = positions.get(finding.row)
            self._write(finding, flawed[finding.row] if position is None else batch.cells(position))

    def add_compared(self, findings: Sequence[Finding]) -> None:
        """Findings about rows that contradict each other."""
        self._count(findings)
        if self._quarantine is not None:
            for finding in findings:
                self._waiting.setdefault((finding.file, finding.row), []).append(finding)

    def write_waiting(self) -> None:
        """Read the sources once more for the rows whose values are still wanted."""
        for position in sorted({file for file, _ in self._waiting}):
            for batch in self._sources[position].read():
                for i, number in enumerate(batch.numbers):
                    for finding in self._waiting.get((position, number), ()):
                        self._write(finding, batch.cells(i))

    def publish(self) -> None:
        if self._quarantine is not None:
            self._quarantine.publish()

    def withdraw(self) -> None:
        if self._quarantine is not None:
            self._quarantine.withdraw()

    def error(self) -> DataError:
        """The faults of an import that stops."""
        faults = [f.reason.fault(self._name(f.file), f.row, f.column) for f in self._shown]
        left = sum(self._counts.values()) - len(faults)
        if left > 0:
            faults.append(
                Fault(
                    f"and {left:,} more",
                    received=self._overview(),
                    remedy="mend them, or set rows aside with --quarantine FILE",
                )
            )
        return DataError(*faults)

    def summary(self) -> dict[str, Any]:
        """How many rows were set aside and why, without values."""
        faults = [
            {"file": self._name(file), "column": column, "reason": reason, "count": n}
            for (file, column, reason), n in sorted(self._counts.items())
        ]
        return {"rows": self.rows, "faults": faults}

    def _count(self, findings: Iterable[Finding]) -> None:
        listed = list(findings)
        self.rows += len({(finding.file, finding.row) for finding in listed})
        self._counts.update((finding.file, finding.column, finding.reason.what) for finding in listed)
        self._shown += listed[: SHOWN - len(self._shown)]

    def _overview(self) -> str:
        common = Counter[str]()
        for (_, column, reason), n in self._counts.items():
            common[f"{column}: {reason}" if column else reason] += n
        shown = "; ".join(f"{n:,} × {text}" for text, n in common.most_common(5))
        return shown if len(common) <= 5 else f"{shown} …"

    def _name(self, file: int) -> str:
        return self._sources[file].path.name

    def _write(self, finding: Finding, cells: Sequence[str]) -> None:
        source = self._sources[finding.file]
        if self._quarantine is not None:
            self._quarantine.write(finding, source.path.name, source.header, cells)
