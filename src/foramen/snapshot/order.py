"""The order of rows in a snapshot's tables: that of their keys, so that bytes do not depend on how rows arrived."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import Layout

Ranks = npt.NDArray[np.int64]


def in_key_order(layout: Layout, name: str, table: pa.Table) -> pa.Table:
    """The table by index event, then by variable and time point or by reader or target, in the order of the layout."""
    entry = dictionary().tables[name]
    if entry.shape in ("patient", "index"):
        return table
    table = table.combine_chunks()
    if entry.shape == "observation":
        times = [timepoint.name for timepoint in layout.timepoints]
        variables = [variable.name for variable in layout.home(name)]
        within = [_ranks(table["variable"], variables), _ranks(table["timepoint"], times)]
    elif entry.unit == "read":
        within = [_ranks(table["reader"], layout.readers)]
    else:
        within = [table["target"].to_numpy().astype(np.int64)]
    key: Ranks = table["index_id"].to_numpy().astype(np.int64)
    for ranks in within:
        key = key * (int(ranks.max(initial=0)) + 1) + ranks
    return table.take(pa.array(np.argsort(key, kind="stable")))


def _ranks(texts: pa.ChunkedArray, known: Sequence[str]) -> Ranks:
    """Position of each text among the known ones, then the others by text, then missing."""
    encoded = texts.combine_chunks()
    names: Iterable[str] = encoded.dictionary.to_pylist()
    order = [*known, *sorted(set(names) - set(known))]
    positions = np.array([*(order.index(name) for name in names), len(order)], np.int64)
    codes = pc.fill_null(encoded.indices, len(positions) - 1).to_numpy()
    ranks: Ranks = positions[codes]
    return ranks
