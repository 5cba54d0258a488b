"""Features of small shops, each figure worked out by hand."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from lendmill.features.catalogue import NAMES
from lendmill.features.windows import as_of
from lendmill.shops.events import KIND_NAMES
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
subject = "about"
status = {{ column = "state", values = {{ void = "void" }}, others = "done" }}
"""


def page(source: str = "test") -> str:
    return PAGE.format(source=source, kinds=", ".join(f'"{kind}" = "{kind}"' for kind in KIND_NAMES))


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
        about: str = "",
    ) -> None:
        at = ON - timedelta(days=ago)
        self.rows.append(f"{kind},{shop},{len(self.rows)},{at},{yuan},{number},{who},{about},{state}")

    def into(self, lake: Lake, folder: Path, name: str = "book.csv", source: str = "test") -> Lake:
        file = folder / name
        file.write_text("kind,shop,no,at,yuan,number,with,about,state\n" + "\n".join(self.rows) + "\n")
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


def said(book: Book, kind: str, ago: int, about: str, *, yuan: float | str = "", number: float | str = "") -> None:
    book.add(kind, ago, yuan, number, about=about)


def test_the_latest_word_counts_and_stated_figures_stand_beside_those_we_see(tmp_path: Path) -> None:
    book = Book()
    book.add("order", 30, 900, who="b1")
    book.add("order", 40, 100, who="b2")
    book.add("order", 500, 1, who="b2")
    for ago, score in ((300, 500), (20, 640), (90, 700)):
        said(book, "bureau", ago, "score", number=score)
    said(book, "bureau", 20, "open_balance", yuan=250)
    said(book, "registry", 10, "enforcement", number=0)
    said(book, "registry", 10, "registered_capital", yuan=5000)
    for about, yuan in (("sales_year", 2500), ("cost_year", 1000), ("inventory", 100), ("assets", 400),
                        ("liabilities", 100), ("receivables", 50)):  # fmt: skip
        said(book, "stated", 7, about, yuan=yuan)
    said(book, "stated", 7, "platform_share", number=0.5)
    said(book, "stated", 7, "top1_share", number=0.75)
    said(book, "tax", 30, "vat", yuan=800, number=0)
    said(book, "tax", 120, "vat", yuan=200, number=6)
    said(book, "tax", 200, "income", yuan=5, number=0)
    said(book, "tax", 60, "grade", number=4)
    said(book, "questionnaire", 3, "prudence", number=-0.5)
    found = facts(book, tmp_path)
    wanted = {
        "bureau_score": 640.0, "bureau_open_balance": 250.0, "bureau_report_days": 20.0, "bureau_open_loans": None,
        "bureau_balance_to_sales": 0.25, "registry_enforcement": 0.0, "registry_registered_capital": 5000.0,
        "registry_capital_to_sales": 5.0, "stated_sales_year": 2500.0, "stated_margin": 0.6, "stated_debt_share": 0.25,
        "stated_inventory_days": 36.5, "stated_receivable_days": 7.3, "stated_days": 7.0,
        "stated_sales_closeness": 0.8, "stated_sales_excess": 0.25, "stated_top1_difference": pytest.approx(0.15),
        "stated_tax_closeness": 0.4, "stated_debt_closeness": 0.4, "tax_declared_365": 1000.0,
        "tax_declared_closeness_365": 1.0, "tax_filings_365": 3.0, "tax_late_share_365": 1 / 3,
        "tax_late_days_mean_365": 2.0, "tax_grade": 4.0, "days_since_tax": 30.0, "questionnaire_prudence": -0.5,
        "questionnaire_days": 3.0, "questionnaire_integrity": None, "stated_cost_closeness": None,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_answers_devices_community_and_payments(tmp_path: Path) -> None:
    book = Book()
    for ago, minutes in ((1, 10), (2, 50), (3, 120), (4, "")):
        book.add("message", ago, number=minutes, who="b")
    for ago, device, place in ((200, "old", "home"), (100, "old", "home"), (50, "old", "home"), (5, "new", "away")):
        book.add("login", ago, who=device, about=place)
    book.add("community", 9, number=3)
    book.add("community", 100, number=2)
    book.add("payment", 2, number=40)
    book.add("payment", 12, number=20)
    book.add("payment", 35, number=0)
    book.add("visit", 2, number=600)
    for ago in (0, 1, 2, 8):
        book.add("order", ago, 10, who="b", state="void" if ago == 8 else "")
    found = facts(book, tmp_path)
    wanted = {
        "message_count_30": 4.0, "message_answer_minutes_30": 60.0, "message_unanswered_share_30": 0.25,
        "message_quick_share_30": 0.5, "login_devices_365": 2.0, "login_devices_90": 2.0, "login_new_devices_90": 1.0,
        "login_new_places_30": 1.0, "login_main_device_share_90": 0.5, "login_count_90": 2.0, "community_30": 3.0,
        "community_days_90": 1.0, "community_growth_90": 0.5, "days_since_community": 9.0, "payment_count_30": 60.0,
        "payment_days_30": 2.0, "payment_days_90": 2.0, "days_since_payment": 2.0, "payment_conversion_90": 0.1,
        "order_cancelled_share_30": 0.25, "sale_weekend_share_90": 0.0, "sales_net_7": 30.0, "sale_gap_90": 87.0,
        "payment_growth_7": 1.0, "sales_daily_volatility_30": pytest.approx(3.0),
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_customers_kept_and_new_and_a_year_against_the_year_before(tmp_path: Path) -> None:
    book = Book()
    for ago, yuan, who in ((10, 60, "kept"), (20, 40, "new"), (100, 50, "kept"), (110, 50, "lost"), (370, 80, "old"),
                           (454, 20, "old")):  # fmt: skip
        book.add("order", ago, yuan, who=who)
    book.add("customs", 10, 30, who="abroad", about="export")
    book.add("customs", 100, 20, who="abroad", about="export")
    book.add("customs", 20, 15, who="other", about="import")
    book.add("visit", 455, number=1)
    found = facts(book, tmp_path)
    wanted = {
        "customers_30": 2.0, "customers_180": 3.0, "customer_growth_90": 0.0, "customers_new_90": 1.0,
        "customer_kept_share_90": 0.5, "sales_per_customer_365": 4 / 3, "customer_top_share_90": 0.6,
        "customer_hhi_90": 0.52, "customer_top5_share_365": pytest.approx(1.0, abs=1e-5), "sales_growth_year": 0.0,
        "sales_growth_year_30": 0.25, "sales_growth_180": None, "customs_export_90": 30.0, "customs_export_365": 50.0,
        "customs_import_90": 15.0, "customs_count_365": 3.0, "customs_export_growth_90": 0.5,
        "customs_export_share_365": 0.25, "customs_partners_365": 2.0, "days_since_customs": 10.0,
        "settlement_days_90": None,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted
