"""The same features on Spark, for lakes beyond one machine: same declarations, same steps, same figures."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import polars as pl

from lendmill.features.reckoning import features_of, on_one_day
from lendmill.features.rolling.catching_up import bring_up_to_date
from lendmill.features.rolling.measures import TABLES
from lendmill.features.rolling.reading import Shelf, number
from lendmill.features.sums import Rows
from lendmill.features.windows import trusted
from lendmill.shops.lake import Lake

_TYPES: Final = {pl.String(): "string", pl.Int32(): "int", pl.Int64(): "bigint", pl.Float64(): "double"}


def as_of_on_spark(session: Any, lake: Lake, on: date) -> Any:
    """Every shop's features as of a day as a Spark DataFrame, not yet worked out; rows in no order.

    `session` is a pyspark SparkSession that can read the lake's folder.
    """

    def read(table: str, files: Sequence[Path]) -> Rows:
        paths = [str(path.resolve()) for path in files]
        columns = _columns(TABLES[table])
        rows: Rows = nw.from_native(
            session.read.schema(columns).parquet(*paths) if paths else session.createDataFrame([], columns)
        )
        return rows

    def own(_: str, table: pl.DataFrame) -> Rows:
        rows: Rows = nw.from_native(session.createDataFrame(table.rows(), _columns(table.schema)))
        return rows

    rollups = bring_up_to_date(lake)
    shelf = Shelf(lake, rollups, tuple(rollups.pages()), on, on)
    record = on_one_day(shelf.record(read, own), number(on))
    return features_of(record, own("signs", trusted(lake, on))).to_native()


def _columns(schema: pl.Schema) -> str:
    """A table's columns in Spark's own words."""
    return ", ".join(f"`{name}` {_TYPES[dtype]}" for name, dtype in schema.items())
