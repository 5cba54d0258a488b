"""Who may see the way in: an offer, what is left of a line, an application under way, or nothing, and never why not."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from credit_cases import LINE, ORDERS, POLICY, TODAY

from lendmill.credit import actions, queries
from lendmill.credit.consents import CONSENTS
from lendmill.credit.offers.behind import behind_of, told
from lendmill.credit.offers.entries.entry import ShopEntry
from lendmill.credit.offers.entries.queries import every_entry
from lendmill.credit.offers.entries.sheet import rows_of
from lendmill.db import Database
from lendmill.people.actions import Command


def night(house: Database, later_days: int = 0) -> None:
    """The pass over all shops."""
    today = TODAY + timedelta(days=later_days)
    house.act(actions.make_offers, today=today, policy=POLICY, products=[LINE, ORDERS])


def entry(house: Database, shop_key: str, later_days: int = 0) -> ShopEntry:
    """What one shop sees."""
    with house.transaction() as db:
        found = queries.entry_of(db, shop_key, TODAY + timedelta(days=later_days))
    assert found is not None
    return found


def borrow(house: Database, borrower_id: UUID) -> None:
    """Open a credit line."""
    answers = {"amount_cents": 500_000, "purpose": "stock", "language": "en", "consents": [c.purpose for c in CONSENTS]}
    made = house.act(
        actions.apply_at_once, command=Command.of("k"), borrower_id=borrower_id, product_key="credit-line",
        answers=answers, today=TODAY,
    )  # fmt: skip
    assert made.outcome == "approve"


def test_a_shop_with_offers_sees_the_largest_until_it_ends(house: Database, shop: Callable[..., UUID]) -> None:
    shop("s1")
    night(house)
    seen = entry(house, "s1")
    assert (seen.may_see, seen.state) == (True, "offer")
    assert seen.says_en == "Borrow up to 16,000.00 yuan, until 2026-01-31"
    assert seen.says_zh == "最高可借 16,000.00 元，2026-01-31 前有效"
    assert [(each.product_key, each.limit_cents, each.daily_rate) for each in seen.offers] == [
        ("credit-line", 1_600_000, "0.06 %"),
        ("order-loan", 800_000, "0.05 %"),
    ]
    assert [each.product_key for each in entry(house, "s1", 30).offers] == ["credit-line"]
    gone = entry(house, "s1", 31)
    assert (gone.may_see, gone.state, gone.says_en, gone.says_zh, gone.offers) == (False, "none", "", "", ())


def test_a_later_no_and_a_ban_shut_the_way_in(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop("s1")
    night(house)
    with house.transaction() as db:
        db.execute("update borrower set banned = true")
    assert entry(house, "s1").state == "none"
    night(house, 1)
    with house.transaction() as db:
        db.execute("update borrower set banned = false where borrower_id = %s", [borrower_id])
    assert entry(house, "s1").state == "offer"
    assert entry(house, "s1", 1).state == "none"


def test_a_line_shows_what_is_left_of_it_and_nothing_of_why(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop("s1")
    night(house)
    borrow(house, borrower_id)
    seen = entry(house, "s1")
    assert (seen.state, seen.says_en, seen.says_zh) == ("line", "5,000.00 yuan left to borrow", "还可借 5,000.00 元")
    assert [each.product_key for each in seen.offers] == ["order-loan"]
    with house.transaction() as db:
        db.execute("update line set used_cents = 100000, reserved_cents = 50000")
    assert [each.available_cents for each in entry(house, "s1").lines] == [350_000]
    with house.transaction() as db:
        db.execute("update line set status = 'frozen'")
    frozen = entry(house, "s1")
    assert [each.available_cents for each in frozen.lines] == [0]
    assert (frozen.says_en, frozen.says_zh) == ("See your limit and your loans", "查看额度与借款")
    with house.transaction() as db:
        db.execute("update line set status = 'open'")
        db.execute("insert into standing (borrower_id, late_since_on) values (%s, %s)"
                   " on conflict (borrower_id) do update set late_since_on = excluded.late_since_on",
                   [borrower_id, TODAY])  # fmt: skip
    assert [each.available_cents for each in entry(house, "s1").lines] == [0]
    with house.transaction() as db:
        db.execute("update standing set late_since_on = null")
        assert queries.entry_of(db, "s1", TODAY).lines[0].available_cents == 350_000
        db.execute("update borrower set banned = true")
    assert [each.available_cents for each in entry(house, "s1").lines] == [0]
    assert entry(house, "s1", 400).lines == ()


def test_an_application_under_way_goes_on(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop("s1")
    night(house)
    house.act(
        actions.start_application, borrower_id=borrower_id, product_key="credit-line",
        today=TODAY,
    )  # fmt: skip
    seen = entry(house, "s1")
    assert (seen.state, seen.says_en, seen.says_zh) == ("application", "Go on with your application", "继续您的申请")
    assert [(each.product_key, each.step) for each in seen.applications] == [("credit-line", 1)]
    assert [each.product_key for each in seen.offers] == ["order-loan"]


def test_all_shops_are_paged_through_and_only_those_that_see_something(
    house: Database, shop: Callable[..., UUID]
) -> None:
    for n in range(7):
        shop(f"s{n}", grade="D" if n % 3 == 1 else "A")
    night(house)
    seen, after = [], ""
    with house.transaction() as db:
        while page := queries.entries(db, after, 2, TODAY):
            seen += [each.shop_key for each in page]
            after = page[-1].shop_key
        assert seen == ["s0", "s2", "s3", "s5", "s6"]
        assert [each.shop_key for each in every_entry(db, TODAY)] == seen
        assert queries.entry_of(db, "s99", TODAY) is None


def test_a_file_for_marketplaces_has_a_row_for_each_product(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop("s1")
    night(house)
    borrow(house, borrower_id)
    line, offer = rows_of(entry(house, "s1"))
    left = ("5,000.00 yuan left to borrow", "还可借 5,000.00 元")
    most = ("Borrow up to 8,000.00 yuan, until 2026-01-08", "最高可借 8,000.00 元，2026-01-08 前有效")
    assert line == ("s1", "line", "credit-line", "5000.00", "", "", "", "2027-01-01", *left)
    assert offer == ("s1", "offer", "order-loan", "8000.00", "0.05 %", "18.25 %", "2", "2026-01-08", *most)
    with house.transaction() as db:
        db.execute("update line set used_cents = limit_cents")
    assert list(rows_of(entry(house, "s1"))) == [offer], "nothing is left of the line"


def test_what_stands_behind_an_offer_is_kept_and_told_in_both_languages(
    house: Database, shop: Callable[..., UUID]
) -> None:
    borrower_id = shop("s1", grade="B", facts={"purchase_count_365": None})
    night(house)
    with house.transaction() as db:
        line, _ = queries.offers_of(db, borrower_id, TODAY)
        en, zh = queries.behind(db, line, "en"), queries.behind(db, line, "zh-Hans")
    assert line.behind is not None
    assert line.behind.binding == "months of net sales"
    assert line.behind.sources == ("market", "sales")
    assert line.behind.conditions == ("surety for a weak grade",)
    assert en is not None
    assert zh is not None
    assert en.set_by == "Share of a month's net sales, by grade and length of record: 7,000.00 yuan"
    assert zh.set_by == "月净销售额授信比例（按评级与经营时长）：7,000.00 元"
    assert [cap.cents for cap in en.caps] == sorted(cap.cents for cap in en.caps)
    assert [cap.name for cap in en.caps if cap.binding] == [en.caps[0].name]
    assert "Share of 90 days' sales given back" in en.held
    assert not any("voided" in rule or "void" in rule for rule in en.held)
    assert en.conditions == ("A guarantor, or collateral, for the whole limit",)
    assert len(en.held) == len(zh.held) == 18


def test_a_seller_is_not_told_of_the_lenders_capital_nor_of_relatives() -> None:
    kept = {"caps": [["joint limit", 900], ["largest limit of a group", 500]], "sources": [], "aside": [],
            "conditions": []}  # fmt: skip
    behind = behind_of(kept)
    assert behind is not None
    to_seller, to_staff = (told(behind, POLICY, "en", to_staff=staff) for staff in (False, True))
    assert to_seller.set_by == "The most we can offer at present"
    assert [(cap.name, cap.binding) for cap in to_seller.caps] == [("What is left of the joint limit", False)]
    assert to_staff.set_by == "What is left of a group's largest limit: 5.00 yuan"
    assert behind_of([]) is None
