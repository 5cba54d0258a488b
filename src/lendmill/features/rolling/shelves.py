"""Where to cut a long table into shops that fit in memory together, read off the files' own footers."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq

from lendmill.features.rolling.summing import ALL_SHOPS, Range


def ranges(files: Sequence[Path], at_once: int) -> list[Range]:
    """Ranges of shops' keys, each with about so many rows; one range of all shops if they are not more.

    The files are sorted by shop, and each says which is the first of every few thousand rows.
    """
    footers = [pq.read_metadata(path) for path in files]
    rows = sum(footer.num_rows for footer in footers)
    if rows <= at_once:
        return [ALL_SHOPS]
    starts: list[tuple[str, int]] = []
    for footer in footers:
        column = footer.schema.to_arrow_schema().get_field_index("shop_key")
        groups = [footer.row_group(k) for k in range(footer.num_row_groups)]
        starts += [(group.column(column).statistics.min, group.num_rows) for group in groups]
    cuts: list[str] = []
    filled = 0
    for first, count in sorted(starts):
        if filled >= at_once and (not cuts or first > cuts[-1]):
            cuts.append(first)
            filled = 0
        filled += count
    return list(pairwise([None, *cuts, None]))
