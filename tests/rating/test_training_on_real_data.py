"""On real data the card does what OptBinning's own scorecard does, and the invoice card's page is true."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")

from lendmill.cli.rating import INVOICE_PAGE, beside_kept, invoice_page
from lendmill.rating.training import train

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"


@dataclass(frozen=True)
class Column:
    """A column taken as a feature whose direction nobody knows."""

    name: str
    higher_is: str | None = None
    block: str = "third party"


def folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"real data not here: ../shared/data/{name}")
    return DATA / name


def german() -> tuple[pl.DataFrame, str]:
    """Statlog German credit, its codes read as numbers."""
    rows = pl.read_csv(folder("german") / "german.data", separator=" ", has_header=False)
    codes = [
        pl.col(name).str.extract(r"A(\d+)$").cast(pl.Int64) for name in rows.columns if rows[name].dtype == pl.String
    ]
    return rows.with_columns(codes).with_columns((pl.col("column_20") - 1).alias("bad")).drop("column_20"), "bad"


def uci_taiwan() -> tuple[pl.DataFrame, str]:
    """Credit cards in Taiwan; two ages are written as nan."""
    rows = pl.read_csv(folder("uci_taiwan") / "UCI_Credit_Card.csv", infer_schema_length=None, null_values=["nan"])
    return rows.drop("ID"), "default.payment.next.month"


def gmsc() -> tuple[pl.DataFrame, str]:
    """Give Me Some Credit; the first column is a row number."""
    with zipfile.ZipFile(folder("gmsc") / "cs-training.csv.zip") as packed:
        [name] = [each for each in packed.namelist() if each.endswith(".csv") and not each.startswith("__")]
        rows = pl.read_csv(packed.read(name), null_values=["NA", ""], infer_schema_length=None)
    return rows.drop(rows.columns[0]), "SeriousDlqin2yrs"


# AUC of OptBinning's scorecard in five folds of every n-th row, and how much less ours may be: below 0, by how much
# it is more. Ours reads the German codes as numbers.
@pytest.mark.parametrize(
    ("load", "every", "theirs", "less"),
    [(german, 1, 0.798, 0.02), (uci_taiwan, 3, 0.758, -0.005), (gmsc, 5, 0.854, 0.005)],
)
def test_the_card_is_as_good_as_optbinnings_scorecard(
    load: Callable[[], tuple[pl.DataFrame, str]], every: int, theirs: float, less: float
) -> None:
    rows, target = load()
    rows = rows.gather_every(every)
    _, report = train(rows, target, [Column(name) for name in rows.columns if name != target])
    assert theirs - less < report.auc.value < theirs + 0.02
    assert abs(report.calibration_slope - 1) < 0.05


def test_the_page_of_the_invoice_card_is_what_a_fresh_training_gives() -> None:
    kept = (ROOT / INVOICE_PAGE).read_text(encoding="utf-8")
    assert invoice_page(folder("cumcm2020c"), beside_kept(kept)) == kept


def test_what_the_page_says_of_other_ways_to_learn_is_of_the_same_data() -> None:
    kept = (ROOT / INVOICE_PAGE).read_text(encoding="utf-8")
    [data] = re.findall(r"\(data\s+`([0-9a-f]{12})`", beside_kept(kept))
    assert f"Data `{data}" in kept
