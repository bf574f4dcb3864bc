"""A column that looks like the site in a table that is said to be of one: two hospitals would merge unseen."""

import re
from collections.abc import Iterator, Sequence

from foramen.intake.mapping import TableMapping
from foramen.intake.source import Source
from foramen.kernel.errors import Fault

WORDS = frozenset({"site", "hospital", "clinic", "klinik", "centre", "center", "standort", "provider"})
"""What such a column is called: one of these as a word of its header, in any case."""


def passed_over(sources: Sequence[Source], mapping: TableMapping) -> Iterator[Fault]:
    """Columns that may say the site, which the mapping does not name while it gives all rows one.

    To be asked only where patients have several rows. A column named with ignore = true was passed over on purpose.
    """
    if mapping.site.constant is None:
        return
    named = {*mapping.key_columns(), *mapping.columns}
    for source in sources:
        for header in source.header:
            if header not in named and _looks_like_a_site(header):
                yield Fault(
                    "patients have several rows, all taken for one site, and this column may tell sites apart",
                    f"{source.path.name}, column “{header}”",
                    "a column that the mapping does not name, and `constant` under [site]",
                    f'column = "{header}" under [site] instead of `constant`; '
                    f'if it is no site, "{header}" = {{ ignore = true }} under [columns]',
                )


def _looks_like_a_site(header: str) -> bool:
    return not WORDS.isdisjoint(re.findall(r"[^\W\d_]+", header.casefold()))
