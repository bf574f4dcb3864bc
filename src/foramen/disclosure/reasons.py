"""What is printed in the place of a withheld number, and remarks freed of counts."""

import re
from dataclasses import dataclass

UNKNOWN = "not known to be safe"
UNSEEN = "cannot be judged: the counts behind it were not kept"


@dataclass(frozen=True, slots=True)
class Reasons:
    """The wording for a threshold. None of these names a number that is withheld."""

    threshold: int

    @property
    def small(self) -> str:
        """Of a count, or a percentage of one."""
        return f"1 to {self.threshold - 1}"

    @property
    def few(self) -> str:
        """Of what was computed from too few."""
        return f"from fewer than {self.threshold}"

    @property
    def gives_away(self) -> str:
        return f"would give away a number from 1 to {self.threshold - 1}"

    @property
    def together(self) -> str:
        """Of numbers that may be of any size, 0 included."""
        return f"would give away a number from 1 to {self.threshold - 1}, or is one"

    @property
    def extreme(self) -> str:
        return f"fewer than {self.threshold} have this value"

    @property
    def without_n(self) -> str:
        """The warning on a row that is shown without the count that stands beside it."""
        return f"how many have a value is withheld: it {self.gives_away}"

    @property
    def without_denominator(self) -> str:
        return f"how many there are in all is withheld: it {self.gives_away}"


_LEADING_COUNT = re.compile(r"^[\d,]+ (of [\d,]+ )?(?=[a-z])")

_FREE_OF_COUNTS = re.compile(
    "|".join(
        (
            r"some left out: baseline 0 or below, relative change undefined",
            r"some expected counts are below 5",
            r"some of the rarer outcome for \d+ terms is fewer than \d+ per term",
            r"p is (at most|above) [\d.]+, yet .*",
            r"p is above 0\.1",
            r"p is not calibrated beyond [\d,]+ values",
            r"p is not 0 but too small for it",
            r"the series has run out of digits: p is not 0 but too small for it",
            r"both risks are 0 or 1: the Wald interval has no width",
            r"the interval of the difference holds 0: the number runs from .*",
            r"predictions within 1/\d+ on the logit scale count as ties",
            r"too many tables to count exactly: p has a simulation standard error of [\d.e-]+",
            r"not computed beyond [\d,]+ rows, where covariate patterns are too many",
            r"a group has a predicted probability of 0 or 1, so its expected counts are 0",
            r"McNemar's test is for the codes 0 and 1 only, not for more or other levels",
            r".*the per cent agreement is 100 %",
            r"one reader put every subject in the same category, so kappa is 0 whatever the other one saw",
        )
    )
)
"""Remarks with digits that count nobody, or repeat what the statistic itself says."""

WITHHELD_REMARK = "a remark that holds a count is withheld"


def without_counts(text: str | None) -> str | None:
    """A warning or an error with no count left in it; a remark with digits that is not known goes."""
    if text is None:
        return None
    return "; ".join(dict.fromkeys(_freed(part) for part in text.split("; ")))


def _freed(part: str) -> str:
    freed = _LEADING_COUNT.sub("some ", part)
    if not re.search(r"\d", re.sub("“[^”]*”", "", freed)) or _FREE_OF_COUNTS.fullmatch(freed):
        return freed
    return WITHHELD_REMARK
