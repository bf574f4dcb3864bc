"""Who and what is in a snapshot, and who and what is not, by reason: nobody is left out without being counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """Counts of one freeze. `not_in` counts treatments by reason, `answers_not_in` what patients answered, `apart`
    answers that are in a variable of their own or beside the one that counts. `sha256` is the digest that names the
    snapshot, as reports print it."""

    patients: int
    treatments: int
    not_in: Mapping[str, int] = field(default_factory=dict)
    answers: int = 0
    answers_not_in: Mapping[str, int] = field(default_factory=dict)
    apart: Mapping[str, int] = field(default_factory=dict)
    sha256: str = ""

    def to_json(self) -> dict[str, Any]:
        """Without the digest: it is of the manifest, which holds this."""
        return {
            "patients": self.patients, "treatments": self.treatments, "treatments_not_in": dict(self.not_in),
            "answers": self.answers, "answers_not_in": dict(self.answers_not_in), "apart": dict(self.apart),
        }  # fmt: skip


@dataclass(slots=True)
class Tally:
    """Counts while a snapshot is made."""

    not_in: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    answers_not_in: Counter[str] = field(default_factory=Counter)
    apart: Counter[str] = field(default_factory=Counter)

    def told(self, patients: int, treatments: int) -> Told:
        """The counts, each reason in the order of the alphabet."""
        not_in, answers_not_in, apart = map(_sorted, (self.not_in, self.answers_not_in, self.apart))
        return Told(patients, treatments, not_in, self.answers, answers_not_in, apart)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {reason: count for reason, count in sorted(counts.items()) if count}
