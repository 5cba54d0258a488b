"""Features of small shops, each figure worked out by hand."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from lendmill.features.catalogue import NAMES
from lendmill.features.windows import as_of
from lendmill.shops.lake import Lake
from shops.selling import RECEIVED_AT, bring, import_file, mapping

ON = date(2025, 12, 31)
PAGE = """
source = "{source}"
[[events]]
kind = {{ column = "kind", values = {{ {kinds} }} }}
shop = "shop"
id = ["no"]
happened = {{ column = "at" }}
amount = {{ column = "yuan" }}
quantity = "number"
counterparty = "with"
status = {{ column = "state", values = {{ void = "void" }}, others = "done" }}
"""
KINDS = (
    "order",
    "refund",
    "settlement",
    "review",
    "visit",
    "favourite",
    "dispute",
    "advertising",
    "login",
    "invoice-out",
    "invoice-in",
)


def page(source: str = "test") -> str:
    return PAGE.format(source=source, kinds=", ".join(f'"{kind}" = "{kind}"' for kind in KINDS))


class Book:
    """Rows written one by one, days counted back from the day the features are of."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def add(
        self,
        kind: str,
        ago: int,
        yuan: float | str = "",
        number: float | str = "",
        who: str = "",
        state: str = "",
        shop: str = "S",
    ) -> None:
        at = ON - timedelta(days=ago)
        self.rows.append(f"{kind},{shop},{len(self.rows)},{at},{yuan},{number},{who},{state}")

    def into(self, lake: Lake, folder: Path, name: str = "book.csv", source: str = "test") -> Lake:
        file = folder / name
        file.write_text("kind,shop,no,at,yuan,number,with,state\n" + "\n".join(self.rows) + "\n")
        import_file(file, mapping(page(source)), lake, received_at=RECEIVED_AT)
        return lake


def facts(book: Book, tmp_path: Path, shop: str = "S") -> dict[str, float | None]:
    table = as_of(book.into(Lake(tmp_path / "lake"), tmp_path), ON, [shop])
    assert table["shop_key"].to_list() == [shop]
    return table.drop("shop_key").row(0, named=True)


def test_windows_count_the_day_itself_and_stop_at_their_edge(tmp_path: Path) -> None:
    book = Book()
    for ago in (0, 29, 30, 89, 90, 179, 180, 364, 365, 454, 455):
        book.add("order", ago, 10**1 * 1.0, who="b")
    found = facts(book, tmp_path)
    assert [found[f"sales_net_{days}"] for days in (30, 90, 180, 365)] == [20.0, 40.0, 60.0, 80.0]
    assert (found["sales_count_90"], found["sales_count_365"]) == (4.0, 8.0)
    assert found["history_days"] == 455.0
    assert found["sales_growth_90"] == 40 / 20 - 1
    assert found["sales_growth_30"] == 20 / 10 - 1
    assert found["sales_growth_year"] == 40 / 20 - 1
    assert found["sales_monthly_mean"] == 80 * 30 / 365


def test_sales_refunds_and_what_is_left(tmp_path: Path) -> None:
    book = Book()
    book.add("order", 5, 300, who="b1")
    book.add("order", 5, 100, who="b2")
    book.add("order", 40, 100, who="b1")
    book.add("order", 50, 1000, who="b9", state="void")
    book.add("refund", 3, 50, who="b1")
    book.add("settlement", 2, 250)
    book.add("advertising", 10, 20)
    found = facts(book, tmp_path)
    wanted = {
        "sales_net_30": 350.0, "sales_net_90": 450.0, "sales_count_90": 3.0, "sale_mean_90": 500 / 3,
        "sale_days_90": 2.0,
        "refund_rate_90": 0.1, "refund_count_rate_90": 1 / 3, "refund_rate_rise_90": 0.0, "days_since_sale": 5.0,
        "sale_gap_180": 35.0, "sale_burst_90": 2 / 3, "customers_90": 2.0, "customer_top_share_365": 0.8,
        "customer_hhi_365": 0.68, "customer_again_share_365": 0.5, "customer_new_share_90": 1.0,
        "customer_top5_share_90": 1.0,
        "settlement_90": 250.0, "settlement_share_90": 250 / 450, "open_orders": 200.0, "advertising_90": 20.0,
        "advertising_return_90": 25.0, "advertising_share_90": 0.04, "advertising_days_90": 1.0, "cash_flow_90": 430.0,
        "cash_flow_share_365": 430 / 450, "cash_gap_months_365": 0.0, "sale_months_365": 2.0, "history_days": 50.0,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_six_months_steady_rising_and_uneven(tmp_path: Path) -> None:
    book = Book()
    for month, yuan in enumerate((600, 500, 400, 300, 200, 100)):
        book.add("order", month * 30 + 3, yuan, who="b", shop="rising")
        book.add("order", month * 30 + 3, 350, who="b", shop="steady")
    for shop in ("rising", "steady"):
        book.add("visit", 200, number=1, shop=shop)
    table = as_of(book.into(Lake(tmp_path / "lake"), tmp_path), ON)
    assert table["shop_key"].to_list() == ["rising", "steady"]
    assert table["sales_trend_180"].to_list() == [100 / 350, 0.0]
    assert table["sales_volatility_180"].to_list() == [pytest.approx(((50**2 + 150**2 + 250**2) / 3) ** 0.5 / 350), 0.0]
    assert table["sales_volatility_365"].to_list() == [None, None]


def test_how_a_shop_is_run(tmp_path: Path) -> None:
    book = Book()
    book.add("visit", 100, number=1)
    for ago in range(0, 91, 7):
        book.add("login", ago, who="d1")
        book.add("login", ago, who="d2")
    for ago, stars in ((1, 5), (2, 4), (80, 1), (200, 2)):
        book.add("review", ago, number=stars, who="b")
    book.add("visit", 4, number=300)
    book.add("visit", 45, number=200)
    book.add("favourite", 4, number=7)
    book.add("order", 4, 10, who="b")
    book.add("order", 6, 10, who="b")
    book.add("dispute", 6, who="b")
    found = facts(book, tmp_path)
    wanted = {
        "visits_30": 300.0, "visits_90": 500.0, "visits_growth_30": 0.5, "conversion_90": 2 / 500, "favourites_90": 7.0,
        "review_mean_90": 10 / 3, "review_count_90": 3.0, "review_mean_365": 3.0, "review_low_share_365": 0.5,
        "review_rate_90": 1.5, "dispute_rate_90": 0.5, "login_days_30": 5.0, "login_days_90": 13.0, "login_gap_90": 7.0,
        "login_irregularity_90": 0.0, "login_trend_90": 0.0, "days_since_login": 0.0,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_a_firms_paper(tmp_path: Path) -> None:
    book = Book()
    book.add("invoice-out", 10, 800, who="D1")
    book.add("invoice-out", 12, 200, who="D2")
    book.add("invoice-out", 13, -100, who="D1")
    book.add("invoice-out", 14, 1000, who="D3", state="void")
    book.add("invoice-in", 20, 300, who="C1")
    book.add("invoice-in", 25, 300, who="C2")
    book.add("invoice-in", 120, -50, who="C2")
    book.add("invoice-in", 130, 150, who="C2", state="void")
    book.add("invoice-in", 140, 450, who="C1")
    found = facts(book, tmp_path)
    wanted = {
        "sales_net_90": 900.0, "sales_count_90": 2.0, "refund_rate_90": 0.1, "days_since_sale": 10.0,
        "customers_365": 2.0,
        "customer_top_share_365": 0.8, "invoice_void_share_365": 0.25, "invoice_void_value_share_365": 0.5,
        "invoice_void_share_90": 0.25, "invoice_negative_share_365": 0.25, "invoice_negative_value_share_365": 0.1,
        "purchases_90": 600.0, "purchases_365": 1000.0, "purchase_count_365": 3.0, "purchase_growth_90": None,
        "purchase_void_share_365": 0.2, "purchase_negative_share_365": 0.2, "days_since_purchase": 20.0,
        "margin_365": -100 / 900, "suppliers_365": 2.0, "supplier_top_share_365": 0.714286, "cash_flow_90": 300.0,
        "cash_flow_365": -100.0, "cash_gap_months_365": 1.0, "settlement_90": None, "visits_90": None,
        "login_days_90": None,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_none_is_nought_where_the_source_would_tell_and_unknown_where_it_would_not(tmp_path: Path) -> None:
    book = Book()
    book.add("order", 3, 10, who="b", shop="seller")
    book.add("login", 3, shop="idle")
    lake = book.into(Lake(tmp_path / "lake"), tmp_path)
    other = Book()
    other.add("login", 2, shop="elsewhere")
    other.into(lake, tmp_path, "other.csv", source="another")
    table = as_of(lake, ON, ["elsewhere", "idle", "nobody", "seller"])
    assert table["sales_net_90"].to_list() == [None, 0.0, None, 10.0]
    assert table["refund_rate_90"].to_list() == [None, None, None, 0.0]
    assert table["login_days_90"].to_list() == [1.0, 1.0, None, 0.0]
    assert table["days_since_login"].to_list() == [2.0, 3.0, None, None]
    assert table["review_count_90"].to_list() == [None, None, None, None]
    assert table["history_days"].to_list() == [2.0, 3.0, None, 3.0]
    assert table.filter(table["shop_key"] == "nobody").select(NAMES).row(0) == (None,) * len(NAMES)


def test_a_shop_seen_by_orders_is_not_counted_again_by_its_invoices(tmp_path: Path) -> None:
    book = Book()
    book.add("order", 3, 100, who="b")
    lake = book.into(Lake(tmp_path / "lake"), tmp_path)
    paper = Book()
    paper.add("invoice-out", 3, 100, who="D1")
    paper.into(lake, tmp_path, "paper.csv", source="tax")
    found = as_of(lake, ON)
    assert found["sales_net_90"].to_list() == [100.0]
    assert found["customers_90"].to_list() == [1.0]
    assert found["invoice_void_share_365"].to_list() == [0.0]


def test_an_empty_lake_gives_an_empty_table_or_unknown_shops(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    assert as_of(lake, ON).shape == (0, len(NAMES) + 1)
    assert as_of(lake, ON, ["S"]).row(0) == ("S", *(None,) * len(NAMES))


def test_each_shop_alone_is_as_among_the_others(tmp_path: Path) -> None:
    book = Book()
    for n in range(400):
        book.add("order", n % 97, 1 + n % 13, who=f"b{n % 29}", shop=f"S{n % 7}")
        book.add("login", n % 31, shop=f"S{n % 5}")
    lake = book.into(Lake(tmp_path / "lake"), tmp_path)
    table = as_of(lake, ON)
    for shop in table["shop_key"]:
        assert as_of(lake, ON, [shop]).equals(table.filter(table["shop_key"] == shop))


def test_brought_in_by_other_hands(tmp_path: Path) -> None:
    """The helper of the shops' tests and this one's give the same shop the same sales."""
    lake = Lake(tmp_path / "lake")
    bring(lake, tmp_path, "a.csv", "sold,S1,1,2025-12-01,2025-12-01,10,,b,ok")
    assert as_of(lake, ON)["sales_net_90"].to_list() == [10.0]
