"""A process of its own with a small Spark in it: works a lake's features out and leaves them as a file.

python on_spark.py LAKE DAY FILE
"""

import sys
from datetime import date
from pathlib import Path

import polars as pl
from pyspark.sql import SparkSession

from lendmill.features.catalogue import NAMES
from lendmill.features.spark import as_of_on_spark
from lendmill.shops.lake import Lake

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


def main(lake: str, day: str, file: str) -> None:
    """Start Spark, collect the features, write them, stop."""
    build = SparkSession.builder.master("local[1]").appName("features")
    for name, value in SETTINGS.items():
        build = build.config(name, value)
    session = build.getOrCreate()
    rows = [tuple(row) for row in as_of_on_spark(session, Lake(Path(lake)), date.fromisoformat(day)).collect()]
    schema = {"shop_key": pl.String, **dict.fromkeys(NAMES, pl.Float64)}
    pl.DataFrame(rows, schema=schema, orient="row").sort("shop_key").write_parquet(file)
    session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
