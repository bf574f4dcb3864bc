"""`Finding`: one printed number, what it should be, and whether the two agree."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["agrees", "differs", "cannot be checked"]
VERDICTS: tuple[Verdict, ...] = ("agrees", "differs", "cannot be checked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of checking one printed fact.

    `at` is the place in the paper, `printed` the text there, `recomputed` the same from what else is printed, written
    with as many decimals. `method` names the definition, `reason` says in words why the verdict is what it is, `remark`
    what else a reader should know.
    """

    check: str
    at: str
    printed: str
    recomputed: str = ""
    verdict: Verdict
    method: str
    reason: str
    remark: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def verdict(agrees: bool) -> Verdict:
    return "agrees" if agrees else "differs"


def tally(findings: Iterable[Finding]) -> dict[str, int]:
    """How many of each verdict, in the order of `VERDICTS`."""
    found = Counter(finding.verdict for finding in findings)
    return {one: found[one] for one in VERDICTS}
