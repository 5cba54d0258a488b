"""The same declarations give the same features on Spark, to the last bit."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import polars as pl
import pytest

from features.whole_record import ON, bring_in, record
from lendmill.features.windows import as_of
from lendmill.shops.lake import Lake


def java() -> bool:
    """Whether there is a Java that Spark can run on."""
    if which("java") is None:
        return False
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    return int(told.split('"')[1].split(".")[0]) >= 17


@pytest.mark.skipif(find_spec("pyspark") is None or not java(), reason="Spark needs pyspark and Java 17: tools/spark")
def test_spark_gives_the_very_features_that_polars_gives(tmp_path: Path) -> None:
    lake, file = Lake(tmp_path / "lake"), tmp_path / "features.parquet"
    bring_in(lake, tmp_path, "all", record(events=700))
    wanted = as_of(lake, ON)
    script = Path(__file__).with_name("on_spark.py")
    asked = [sys.executable, str(script), str(lake.folder), ON.isoformat(), str(file)]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = pl.read_parquet(file)
    assert [name for name in wanted.columns if not found[name].equals(wanted[name])] == []
    assert wanted.height == 3
