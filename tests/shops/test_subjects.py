"""A row says what it is about, in the words its kind knows; what it is about can be corrected; old lakes still read."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lendmill.shops.events import EVENT, KINDS, SUBJECTS, subject_table
from lendmill.shops.importers.mapped import ImportReport, import_file
from lendmill.shops.importers.mapping import InvalidMapping, read_mapping
from lendmill.shops.lake import Lake
from shops.selling import RECEIVED_AT, UNDATED, bring, sold, told

PAGE = Path("docs/import.md").read_text(encoding="utf-8")
FIGURES = """
source = "office"
[[events]]
kind = { column = "what", values = { tax = "tax", bureau = "bureau", login = "login", message = "message" } }
shop = "shop"
id = ["no"]
happened = { column = "at" }
amount = { column = "yuan" }
quantity = "figure"
subject = "about"
"""
WIDE = """
source = "report"
[[events]]
kind = "bureau"
shop = "shop"
id = ["no"]
happened = { column = "at" }
quantity = "score"
subject = { word = "score" }
[[events]]
kind = "bureau"
shop = "shop"
id = ["no"]
happened = { column = "at" }
quantity = "loans"
subject = { word = "open_loans" }
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def figures(lake: Lake, folder: Path, *rows: str, by: str = FIGURES) -> ImportReport:
    file = folder / "figures.csv"
    file.write_text("\n".join(("what,shop,no,at,yuan,figure,about", *rows)) + "\n", encoding="utf-8")
    return import_file(file, read_mapping(by), lake, received_at=RECEIVED_AT)


def reasons(report: ImportReport) -> list[str]:
    assert report.rejects_file is not None
    return pl.read_csv(report.rejects_file)["reason"].to_list()


def test_each_row_carries_what_it_is_about_and_its_figure(lake: Lake, tmp_path: Path) -> None:
    report = figures(
        lake, tmp_path,
        "tax,S1,7,2025-04-15,1000,3,vat", "tax,S1,8,2025-04-15,,4,grade", "bureau,S1,9,2025-04-15,,612,score",
        "login,S1,10,2025-04-15,,,杭州", "message,S1,11,2025-04-15,,,", "tax,S1,12,2025-04-15,5,,income",
    )  # fmt: skip
    assert (report.good, report.rejected) == (6, 0)
    assert told(lake, "event_id", "subject", "amount_cents", "quantity") == [
        ("bureau:S1:2025-04-15:score|9", "score", None, 612.0),
        ("login:S1:2025-04-15:10", "杭州", None, None),
        ("message:S1:2025-04-15:11", None, None, None),
        ("tax:S1:2025-04-15:grade|8", "grade", None, 4.0),
        ("tax:S1:2025-04-15:income|12", "income", 500, None),
        ("tax:S1:2025-04-15:vat|7", "vat", 100_000, 3.0),
    ]


def test_a_row_about_nothing_its_kind_knows_is_rejected_with_its_reason(lake: Lake, tmp_path: Path) -> None:
    report = figures(
        lake, tmp_path,
        "tax,S1,1,2025-04-15,10,0,customs", "bureau,S1,2,2025-04-15,,5,", "tax,S1,3,2025-04-15,,0,vat",
        "tax,S1,4,2025-04-15,,6,grade", "bureau,S1,5,2025-04-15,,,score", "message,S1,6,2025-04-15,,soon,",
        "bureau,S1,7,2025-04-15,,0,open_balance",
    )  # fmt: skip
    assert report.good == 0
    assert reasons(report) == [
        "'customs' is not among the subjects of tax",
        "'' is not among the subjects of bureau",
        "yuan '' is not an amount of money",
        "figure '6' is out of range for this kind",
        "figure '' is not a number",
        "figure 'soon' is not a number",
        "yuan '' is not an amount of money",
    ]


def test_a_figure_below_what_its_subject_can_have_is_rejected_and_a_loss_is_none(lake: Lake, tmp_path: Path) -> None:
    by = FIGURES.replace('login = "login"', 'stated = "stated", questionnaire = "questionnaire", order = "order"')
    report = figures(
        lake, tmp_path,
        "tax,S1,1,2025-04-15,,0,grade", "tax,S1,2,2025-04-15,,1,grade", "bureau,S1,3,2025-04-15,,-1,score",
        "stated,S1,4,2025-04-15,,-0.2,net_margin", "questionnaire,S1,5,2025-04-15,,-1.3,prudence",
        "order,S1,6,2025-04-15,10,-2,", "tax,S1,7,2025-04-15,10,-3,vat",
        by=by,
    )  # fmt: skip
    assert told(lake, "event_id") == [
        ("questionnaire:S1:2025-04-15:prudence|5",), ("stated:S1:2025-04-15:net_margin|4",),
        ("tax:S1:2025-04-15:grade|2",),
    ]  # fmt: skip
    assert reasons(report) == [f"figure '{figure}' is out of range for this kind" for figure in (0, -1, -2, -3)]


def test_a_yes_or_a_no_is_1_or_0_and_nothing_between(lake: Lake, tmp_path: Path) -> None:
    by = FIGURES.replace('login = "login"', 'registry = "registry"')
    report = figures(
        lake, tmp_path, "registry,S1,1,2025-04-15,,0.5,active", "registry,S1,2,2025-04-15,,0,active",
        "registry,S1,3,2025-04-15,,1,enforcement", "registry,S1,4,2025-04-15,,2,enforcement", by=by,
    )  # fmt: skip
    assert reasons(report) == ["figure '0.5' is out of range for this kind", "figure '2' is out of range for this kind"]
    assert told(lake, "subject", "quantity") == [("active", 0.0), ("enforcement", 1.0)]


def test_words_of_a_file_stand_for_subjects(lake: Lake, tmp_path: Path) -> None:
    by = FIGURES.replace('subject = "about"', 'subject = { column = "about", values = { "增值税" = "vat" } }')
    report = figures(lake, tmp_path, "tax,S1,1,2025-04-15,10,0,增值税", "tax,S1,2,2025-04-15,10,0,印花税", by=by)
    assert told(lake, "subject") == [("vat",)]
    assert reasons(report) == ["'印花税' is not among the subjects of tax"]
    places = by.replace("增值税", "杭州市")
    (tmp_path / "b").mkdir()
    report = figures(Lake(tmp_path / "b"), tmp_path / "b", "login,S1,1,2025-04-15,,,北京市", by=places)
    assert reasons(report) == ["about '北京市' is not among the mapping's values"]


def test_a_report_s_figures_stand_side_by_side_under_one_number(lake: Lake, tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text("shop,no,at,score,loans\nS1,1,2025-01-02,590,2\n")
    import_file(file, read_mapping(WIDE), lake, received_at=RECEIVED_AT)
    assert told(lake, "subject", "quantity") == [("open_loans", 2.0), ("score", 590.0)]


def test_what_a_row_is_about_can_be_corrected_and_the_past_keeps_what_it_knew(lake: Lake, tmp_path: Path) -> None:
    figures(lake, tmp_path, "login,S1,1,2025-04-15,,,杭州")
    figures(lake, tmp_path, "login,S1,1,2025-04-15,,,温州")
    assert lake.scan(until_known_on=date(2025, 5, 31)).collect()["subject"].to_list() == ["杭州"]
    assert told(lake, "subject", "known_on") == [("温州", date(2025, 6, 1))]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('subject = { word = "score" }', "", "kind 'bureau' needs a subject, one of open_loans, open_balance"),
        ('{ word = "score" }', '{ word = "scores" }', "subject 'scores' is not one of open_loans"),
        ('{ word = "score" }', '{ word = "open_balance" }', "subject 'open_balance' needs an amount"),
        ('quantity = "score"', "", "subject 'score' needs a quantity"),
        ('{ word = "score" }', "{ }", "subject needs either a word or a column"),
        ('{ word = "score" }', '{ word = "score", column = "c" }', "subject needs either a word or a column"),
    ],
)
def test_a_mapping_with_a_wrong_subject_is_refused(old: str, new: str, problem: str) -> None:
    assert old in WIDE
    with pytest.raises(InvalidMapping) as refused:
        read_mapping(WIDE.replace(old, new, 1))
    assert problem in str(refused.value)


def test_a_lake_from_before_rows_had_a_subject_is_read_and_added_to(lake: Lake, tmp_path: Path) -> None:
    bring(lake, tmp_path, "a.csv", sold(1), sold(2), by=UNDATED)
    for part in lake.parts():
        path = lake.folder / part.path
        pl.read_parquet(path, hive_partitioning=False).drop("subject").write_parquet(path)
    assert lake.scan().collect_schema() == EVENT
    assert told(lake, "event_id", "subject") == [(f"order:S1:2025-03-01:{n}", None) for n in (1, 2)]
    report = bring(lake, tmp_path, "b.csv", sold(1, yuan="99"), sold(2), sold(3), by=UNDATED)
    assert (report.repeated, report.corrected) == (1, 1)
    assert told(lake, "event_id", "amount_cents") == [
        ("order:S1:2025-03-01:1", 9900), ("order:S1:2025-03-01:2", 1000), ("order:S1:2025-03-01:3", 1000),
    ]  # fmt: skip


def test_a_mapping_without_subjects_keeps_the_digest_it_had() -> None:
    text = 'source = "s"\n[[events]]\nkind = "login"\nshop = "a"\nid = ["b"]\nhappened = { column = "c" }\n'
    assert read_mapping(text).digest() == "bb00edb8b138f79d2bb82df8c69674966186e682ff3abb74b9b534dc7c0253a3"
    assert read_mapping(text + 'subject = "d"\n').digest() != read_mapping(text).digest()


def test_every_subject_is_explained() -> None:
    assert {kind.name for kind in KINDS if kind.subjects} == set(SUBJECTS)
    for kind, subject, *_ in subject_table().iter_rows():
        row = next(line for line in PAGE.split("## Kinds")[1].splitlines()[25:] if line.startswith(f"| `{kind}` |"))
        assert f"`{subject}`" in row
