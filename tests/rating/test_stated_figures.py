"""Stated figures: what cannot be right is said by field, drafts stay, confirmed versions are never written over."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege

from lender import Introduced
from lendmill.db import Database, scalar
from lendmill.people.actions import register_borrower
from lendmill.rating.stated.actions import save_draft, state_figures
from lendmill.rating.stated.figures import FiguresWrong, StatedFigures, as_typed, checked, typed_in
from lendmill.rating.stated.queries import stated_draft, stated_since, stated_versions

DAY = date(2026, 1, 1)
TYPED = {
    "sales_year": "1,200,000",
    "cost_year": "900000.50",
    "net_margin": "12.5",
    "platform_share": "80%",
    "inventory": "100,000",
    "receivables": "50,000",
    "assets": "150,000",
    "liabilities": "0",
    "top1_share": "60",
    "top1_years": "3.5",
    "top2_share": "40",
    "top2_years": "1",
}
FIGURES = StatedFigures(
    sales_year_cents=120_000_000, cost_year_cents=90_000_050, net_margin=0.125, platform_share=0.8,
    inventory_cents=10_000_000, receivables_cents=5_000_000, assets_cents=15_000_000, liabilities_cents=0,
    top1_share=0.6, top1_years=3.5, top2_share=0.4, top2_years=1.0,
)  # fmt: skip


def test_yuan_with_thousands_and_percentages_are_read_exactly_and_written_back() -> None:
    assert typed_in(TYPED) == (FIGURES, ())
    assert typed_in(as_typed(FIGURES)) == (FIGURES, ())
    assert as_typed(FIGURES)["cost_year"] == "900,000.50"
    assert typed_in({"sales_year": " 7000 "}) == (StatedFigures(sales_year_cents=700_000), ())


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"sales_year": ""}, ["sales_year"]),
        ({"sales_year": "0"}, ["sales_year"]),
        ({"sales_year": "a lot"}, ["sales_year"]),
        ({"sales_year": "1,20,000"}, ["sales_year"]),
        ({"sales_year": "-5"}, ["sales_year"]),
        ({"inventory": "-5"}, ["inventory"]),
        ({"top1_share": "sixty", "top1_years": "long"}, ["top1_share", "top1_years"]),
        ({"top1_share": "sixty", "assets": "1"}, ["top1_share", "assets"]),
        ({"top1_share": "1e1"}, ["top1_share"]),
        ({"top1_share": "nan"}, ["top1_share"]),
        ({"platform_share": "100.1"}, ["platform_share"]),
        ({"top1_years": "101"}, ["top1_years"]),
        ({"top1_share": "39"}, ["top2_share"]),
        ({"top1_share": "60.1"}, ["top2_share"]),
        ({"top1_share": "", "top2_share": ""}, ["top1_share", "top2_share"]),
        ({"net_margin": "25.9"}, []),  # a percent of rounding above what is left
        ({"net_margin": "26.1"}, ["net_margin"]),
        ({"net_margin": "-40"}, []),
        ({"net_margin": "-1001"}, ["net_margin"]),
        ({"assets": "149,999.99"}, ["assets"]),
    ],
)
def test_what_cannot_be_right_is_said_by_field(changed: dict[str, str], fields: list[str]) -> None:
    figures, mistakes = typed_in({**TYPED, **changed})
    assert [each.field for each in mistakes] == fields
    assert (figures is None) is bool(fields)


def test_a_program_is_held_to_the_same_rules() -> None:
    assert checked({"sales_year_cents": 1, "top1_share": 0.5}) == StatedFigures(sales_year_cents=1, top1_share=0.5)
    for body in (
        {}, {"sales_year_cents": "1"}, {"sales_year_cents": 1.5}, {"sales_year_cents": 1, "sales": 1},
        {"sales_year_cents": 1, "top1_share": 1.5}, {"sales_year_cents": 1, "top1_share": float("nan")},
        {"sales_year_cents": 10**16}, {"sales_year_cents": 1, "inventory_cents": -1},
    ):  # fmt: skip
        with pytest.raises(FiguresWrong):
            checked(body)


@pytest.fixture
def borrower_id(database: Database) -> UUID:
    """Somebody with a shop."""
    return database.act(register_borrower, seller=Introduced("s1"), today=DAY)


def test_a_draft_keeps_what_was_typed_right_or_not_until_it_is_confirmed(database: Database, borrower_id: UUID) -> None:
    typed = {**TYPED, "assets": "not sure", "else": "x"}
    database.act(save_draft, borrower_id=borrower_id, typed=typed)
    database.act(save_draft, borrower_id=borrower_id, typed={**typed, "inventory": "1" * 99})
    with database.transaction() as db:
        shop_id = scalar(db, "select shop_id from shop")
        draft = stated_draft(db, borrower_id, shop_id)
        assert draft is not None
        assert (draft["assets"], len(draft["inventory"]), "else" in draft) == ("not sure", 40, False)
        assert stated_versions(db, borrower_id) == []
    database.act(state_figures, borrower_id=borrower_id, figures=FIGURES, today=DAY)
    with database.transaction() as db:
        assert stated_draft(db, borrower_id, shop_id) is None


def test_a_correction_is_the_next_version_and_the_same_again_is_none(database: Database, borrower_id: UUID) -> None:
    first = database.act(state_figures, borrower_id=borrower_id, figures=FIGURES, today=DAY)
    again = database.act(state_figures, borrower_id=borrower_id, figures=FIGURES, today=DAY + timedelta(days=3))
    other = StatedFigures(sales_year_cents=100)
    second = database.act(state_figures, borrower_id=borrower_id, figures=other, today=DAY + timedelta(days=5))
    third = database.act(state_figures, borrower_id=borrower_id, figures=FIGURES, today=DAY + timedelta(days=6))
    assert again == first
    assert [first.n, second.n, third.n] == [1, 2, 3]
    with database.transaction() as db:
        versions = stated_versions(db, borrower_id)
        assert [(each.n, each.said, each.stated_on) for each in versions] == [
            (3, FIGURES, DAY + timedelta(days=6)), (2, other, DAY + timedelta(days=5)), (1, FIGURES, DAY),
        ]  # fmt: skip
        assert [(each.shop_key, each.n) for each in stated_since(db, DAY + timedelta(days=5))] == [("s1", 2), ("s1", 3)]
    with pytest.raises(InsufficientPrivilege), database.transaction() as db:
        db.execute("update stated_version set n = 9")


def test_an_amount_beyond_any_is_told_so() -> None:
    with pytest.raises(FiguresWrong, match="sales_year: An amount is at most ten"):
        checked({"sales_year_cents": 10**15 + 1})
    assert checked({"sales_year_cents": 10**15}).sales_year_cents == 10**15
