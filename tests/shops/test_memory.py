"""Memory stays flat: a file ten times as long needs hardly more."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

PROGRAM = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from lendmill.shops.importers.mapped import import_file
from lendmill.shops.importers.mapping import load_mapping
from lendmill.shops.lake import Lake

file, page, lake = map(Path, sys.argv[1:])
report = import_file(file, load_mapping(page), Lake(lake), received_at=datetime.now(UTC))
print(report.good, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
PAGE = """
source = "s"
[[events]]
kind = "order"
shop = "shop"
id = ["no"]
happened = { column = "at" }
amount = { column = "yuan" }
counterparty = "buyer"
"""
ROWS = 100_000
GROWTH_MEGABYTES_MAX = 90  # ten times the file would be ten times this and more, if it were held


def made(path: Path, rows: int) -> Path:
    chance = np.random.default_rng(1)
    days = [(date(2023, 1, 1) + timedelta(days=n)).isoformat() for n in range(900)]
    with path.open("wb") as out:
        for start in range(0, rows, ROWS):
            pl.DataFrame(
                {
                    "shop": [f"shop{n}" for n in chance.integers(0, 500, ROWS)],
                    "no": np.arange(start, start + ROWS),
                    "at": [days[n] for n in chance.integers(0, 900, ROWS)],
                    "yuan": chance.integers(1, 90_000, ROWS),
                    "buyer": [f"buyer{n}" for n in chance.integers(0, 10**7, ROWS)],
                }
            ).write_csv(out, include_header=start == 0)
    return path


def peak_megabytes(tmp_path: Path, file: Path, rows: int) -> int:
    page = tmp_path / "m.toml"
    page.write_text(PAGE)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file), str(page), str(tmp_path / f"lake-{file.name}")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    good, peak = ran.stdout.split()
    assert int(good) == rows
    return int(peak)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_ten_times_the_file_takes_hardly_more_memory(tmp_path: Path, form: str) -> None:
    peaks = []
    for times in (1, 10):
        file = made(tmp_path / f"{times}.csv", ROWS * times)
        if form == "parquet":
            file = tmp_path / f"{times}.parquet"
            pl.scan_csv(tmp_path / f"{times}.csv").sink_parquet(file, row_group_size=ROWS)
        peaks.append(peak_megabytes(tmp_path, file, ROWS * times))
    assert peaks[1] - peaks[0] < GROWTH_MEGABYTES_MAX, peaks
