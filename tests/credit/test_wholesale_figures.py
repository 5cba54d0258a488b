"""A wholesale member states a year's figures with an application, once, and confirms them when they grow old."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from credit_cases import MARKET_FACTS, POLICY, TODAY, rate
from psycopg.errors import InsufficientPrivilege
from test_applications import FIRST, SECOND
from test_crowd import asking, count

from lendmill import ids
from lendmill.api.figures import figures_now
from lendmill.credit import actions, queries
from lendmill.credit.applications.application import AnswerWrong, FiguresNeeded
from lendmill.credit.review.queries import cases_of
from lendmill.credit.review.verdict.actions import outlook
from lendmill.db import Database
from lendmill.lab.trial import Conduct, Trial
from lendmill.people.actions import Command
from lendmill.people.memberships.actions import bring_memberships, set_wholesale
from lendmill.people.memberships.membership import SaidFromLaterOn
from lendmill.people.memberships.queries import memberships_of_shop
from lendmill.people.queries import NoSuchShop, shops_by_key
from lendmill.products.queries import presets
from lendmill.rating.stated.actions import state_figures
from lendmill.rating.stated.figures import FiguresWrong, StatedFigures
from lendmill.rating.stated.queries import stated_since, stated_versions
from lendmill.shops.sellers import Seller

Shop = Callable[..., UUID]
YEAR = {"sales_year_cents": 120_000_000, "platform_share": 0.4}


def on_step_two(house: Database, borrower_id: UUID) -> dict[str, Any]:
    """An application whose first step is done, and what a call about its second begins with."""
    application_id = house.act(
        actions.start_application, borrower_id=borrower_id, product_key="credit-line", today=TODAY
    )
    about = {"borrower_id": borrower_id, "application_id": application_id}
    house.act(actions.save_step, step=1, answers=FIRST, **about)
    return {**about, "step": 2}


def versions(house: Database, borrower_id: UUID) -> list[tuple[int, Any]]:
    """The figures stated so far, the newest first."""
    with house.transaction() as db:
        return [(each.n, each.figures["sales_year_cents"]) for each in stated_versions(db, borrower_id)]


def test_a_wholesale_member_states_figures_in_the_second_step(house: Database, shop: Shop) -> None:
    borrower_id = shop(wholesale=True)
    second = on_step_two(house, borrower_id)
    for answers, refusal in (
        (SECOND, FiguresNeeded),
        ({**SECOND, "figures": {}}, FiguresNeeded),
        ({**SECOND, "figures": "much"}, AnswerWrong),
        ({**SECOND, "figures": {**YEAR, "platform_share": 1.1}}, FiguresWrong),
        ({**SECOND, "figures": {"cost_year_cents": 5}}, FiguresWrong),
    ):
        with pytest.raises(refusal):
            house.act(actions.save_step, answers=answers, **second)
    with house.transaction() as db:
        assert queries.application(db, borrower_id, second["application_id"]).step == 2
    assert count(house, "select count(*) from consent") == 0
    kept = house.act(actions.save_step, answers={**SECOND, "figures": YEAR}, **second)
    assert (kept.step, kept.answers["figures_version"]) == (3, 1)
    again = house.act(actions.save_step, answers=SECOND, **second)
    assert again.answers["figures_version"] == 1
    corrected = house.act(
        actions.save_step, answers={**SECOND, "figures": {**YEAR, "sales_year_cents": 130_000_000}}, **second
    )
    assert corrected.answers["figures_version"] == 2
    assert versions(house, borrower_id) == [(2, 130_000_000), (1, 120_000_000)]


@pytest.mark.parametrize(("stated_on", "fresh"), [(date(2025, 1, 2), True), (date(2025, 1, 1), False)])
def test_figures_on_file_are_good_for_twelve_months(house: Database, shop: Shop, stated_on: date, fresh: bool) -> None:
    borrower_id = shop(wholesale=True)
    house.act(state_figures, borrower_id=borrower_id, figures=StatedFigures(**YEAR), today=stated_on)
    second = on_step_two(house, borrower_id)
    if not fresh:
        with pytest.raises(FiguresNeeded, match="after 12 months"):
            house.act(actions.save_step, answers=SECOND, **second)
    confirmed = {} if fresh else {"figures": YEAR}
    kept = house.act(actions.save_step, answers={**SECOND, **confirmed}, **second)
    assert (kept.answers["figures_version"], versions(house, borrower_id)) == (1, [(1, 120_000_000)])


def test_a_program_sends_them_along_and_other_sellers_are_not_asked(house: Database, shop: Shop) -> None:
    wholesale, other = shop("s1", wholesale=True), shop("s2")
    with pytest.raises(FiguresNeeded):
        asking(house, wholesale, "k")()
    assert count(house, "select count(*) from decision") == 0
    assert asking(house, wholesale, "k", figures=YEAR)().outcome == "approve"
    assert asking(house, other, "k")().outcome == "approve"
    assert (versions(house, wholesale), versions(house, other)) == ([(1, 120_000_000)], [])


def test_wholesale_members_of_a_simulated_market_state_figures_near_their_record(house: Database, shop: Shop) -> None:
    for n in range(3):
        shop(f"s{n}", wholesale=n < 2, facts={"sales_net_365": 240_000.0})
    house.act(actions.make_offers, today=TODAY, policy=POLICY, products=presets())
    conduct = Conduct(lambda *_: None, takes_offer=1.0, tries_without=1.0, draws_again=0.0, months=(1,))
    Trial(house, lambda _: None, conduct, lambda *_: None).sellers_apply(TODAY)
    assert count(house, "select count(*) from decision") == 3
    assert count(house, "select count(*) from stated_version") == 2
    assert count(house, "select min((figures ->> 'sales_year_cents')::bigint) from stated_version") >= 21_600_000


@pytest.mark.parametrize("steps", [1, 3])
def test_figures_stated_with_an_application_are_part_of_its_decision(house: Database, shop: Shop, steps: int) -> None:
    seen = {"sales_net_365": 480_000.0, "stated_platform_share": 0.2}  # of an earlier statement
    honest, boasting = (shop(key, wholesale=True, facts=seen) for key in ("honest", "boasting"))
    much = {**YEAR, "sales_year_cents": 90_000_000_000_000}
    made = {}
    for borrower_id, figures in ((honest, YEAR), (boasting, much)):
        if steps == 1:
            made[borrower_id] = asking(house, borrower_id, f"k {borrower_id}", figures=figures)()
            continue
        second = on_step_two(house, borrower_id)
        house.act(actions.save_step, answers={**SECOND, "figures": figures}, **second)
        about = {name: second[name] for name in ("borrower_id", "application_id")}
        made[borrower_id] = house.act(actions.submit, command=Command.of(f"k {borrower_id}"), today=TODAY, **about)
    assert (made[honest].outcome, made[boasting].outcome) == ("approve", "refer")
    assert made[boasting].reasons == ("stated-figures-differ",)
    with house.transaction() as db:
        (file,) = cases_of(db, boasting)
        assert outlook(db, file, TODAY).automatic.reasons == ("stated-figures-differ",), "whoever looks at it sees it"
        for borrower_id, close in ((honest, 1.0), (boasting, pytest.approx(480_000 / 360_000_000_000))):
            decision_id = made[borrower_id].decision_id
            case = queries.decision(db, decision_id).opened.case
            said = [case.facts[name] for name in ("stated_sales_closeness", "stated_platform_share", "stated_days")]
            assert (said, case.stated_version) == ([close, 0.4, 0.0], 1)
            assert queries.replay(db, decision_id).same
        told = [queries.why(db, made[boasting].decision_id, language) for language in ("en", "zh-Hans")]
    assert "Figures stated with the application: version 1, 900,000,000,000.00 yuan of sales a year" in told[0]
    assert "随申请自报的数据：第 1 版，年销售额 900,000,000,000.00 元" in told[1]


def test_figures_stated_unasked_count_at_once(house: Database, shop: Shop) -> None:
    seen = {"sales_net_365": 480_000.0}
    honest, boasting = shop("honest", facts=seen), shop("boasting", facts=seen)
    much = {**YEAR, "sales_year_cents": 90_000_000_000_000}
    for borrower_id, figures in ((honest, YEAR), (boasting, much)):
        house.act(state_figures, borrower_id=borrower_id, figures=StatedFigures(**figures), today=TODAY)
    assert asking(house, honest, "a")().outcome == "approve"
    assert asking(house, boasting, "b")().reasons == ("stated-figures-differ",)


def test_a_membership_counts_from_its_day_on_for_the_next_application(house: Database, shop: Shop) -> None:
    borrower_id, tomorrow = shop("s1"), TODAY + timedelta(days=1)

    def said(wholesale: bool, from_on: date, today: date = TODAY) -> list[tuple[bool, date]]:
        house.act(set_wholesale, shop_key="s1", wholesale=wholesale, from_on=from_on, told_by=None, today=today)
        with house.transaction() as db:
            return [(each.wholesale, each.from_on) for each in memberships_of_shop(db, "s1")]

    assert said(True, tomorrow) == said(True, tomorrow) == [(True, tomorrow)]
    second = on_step_two(house, borrower_id)
    assert "figures_version" not in house.act(actions.save_step, answers=SECOND, **second).answers
    with house.transaction() as db:
        db.execute("update house set today_on = %s", [tomorrow])
    with pytest.raises(FiguresNeeded):
        house.act(actions.save_step, answers=SECOND, **second)
    with pytest.raises(SaidFromLaterOn, match=f"From {tomorrow} on something else was said of shop s1"):
        said(False, TODAY, tomorrow)
    assert said(False, tomorrow, tomorrow) == [(False, tomorrow), (True, tomorrow)]
    assert "figures_version" not in house.act(actions.save_step, answers=SECOND, **second).answers
    with pytest.raises(NoSuchShop, match="no shop 'elsewhere'"):
        house.act(set_wholesale, shop_key="elsewhere", wholesale=True, from_on=TODAY, told_by=None, today=TODAY)
    with house.transaction() as db, pytest.raises(InsufficientPrivilege), db.transaction():
        db.execute("update shop_membership set wholesale = true")


def test_an_import_says_of_known_shops_only_what_it_says(house: Database, shop: Shop) -> None:
    shop("s1"), shop("s2", wholesale=True)
    said = [Seller("s1", "one", "firm", wholesale=True), Seller("s2", "two", "firm"), Seller("s3", "x", "firm")]
    assert bring_memberships(house, sellers=said, today=TODAY) == (["s1"], {})
    assert bring_memberships(house, sellers=said, today=TODAY) == ([], {})
    with house.transaction() as db:
        assert {key: each.wholesale for key, each in shops_by_key(db, ["s1", "s2"]).items()} == {"s1": True, "s2": True}


MAPPING = """
source = "p"
[[events]]
kind = "order"
shop = "shop"
id = ["no"]
happened = { column = "at", format = "%Y-%m-%d" }
amount = { column = "yuan", unit = "yuan" }
"""


def test_an_import_tells_of_whose_membership_it_could_not_say_anything(
    house: Database, shop: Shop, typed: Callable[..., Any], tmp_path: Path
) -> None:
    shop("s1"), shop("s2")
    for wholesale, days in ((True, 0), (False, 10), (True, 20)):
        on = TODAY + timedelta(days=days)
        house.act(set_wholesale, shop_key="s1", wholesale=wholesale, from_on=on, told_by=None, today=TODAY)
    files = {"orders.csv": "shop,no,at,yuan\ns1,1,2025-12-01,5\n", "mapping.toml": MAPPING}
    files["sellers.csv"] = "shop_key,name,kind,wholesale\ns1,x,person,no\ns2,x,person,yes\ns3,x,person,yes\n"
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    orders, mapping, sellers = (tmp_path / name for name in files)
    told = typed("import", "events", orders, "--mapping", mapping, "--sellers", sellers)
    assert told.exit_code == 0, told.output
    assert "3 sellers: 1 new, 1 changed, 1 as they were.\n" in told.output
    assert "orders.csv: done\n" in told.output
    assert f"From {TODAY} on another wholesale membership: s2\n" in told.output
    left = f"  s1, membership left as it was: From {TODAY + timedelta(days=20)} on something else was said of shop s1:"
    assert left in told.output


def sent(house: Database, second: dict[str, Any], today: date, key: str = "k") -> actions.Decided:
    """The decision on an application whose steps are done."""
    about = {name: second[name] for name in ("borrower_id", "application_id")}
    return house.act(actions.submit, command=Command.of(key), today=today, **about)


def test_who_became_a_wholesale_member_meanwhile_is_asked_when_the_application_is_sent(
    house: Database, shop: Shop
) -> None:
    borrower_id = shop("s1", facts={"sales_net_365": 480_000.0})
    second = on_step_two(house, borrower_id)
    house.act(actions.save_step, answers=SECOND, **second)
    house.act(set_wholesale, shop_key="s1", wholesale=True, from_on=TODAY, told_by=None, today=TODAY)
    with pytest.raises(FiguresNeeded):
        sent(house, second, TODAY)
    assert count(house, "select count(*) from decision") == 0
    house.act(state_figures, borrower_id=borrower_id, figures=StatedFigures(**YEAR), today=TODAY)
    made = sent(house, second, TODAY)
    with house.transaction() as db:
        case = queries.decision(db, made.decision_id).opened.case
        answers = queries.application(db, borrower_id, second["application_id"]).answers
    assert (case.stated_version, case.facts["stated_sales_closeness"], answers["figures_version"]) == (1, 1.0, 1)


@pytest.mark.parametrize(("on", "asked"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True)])
def test_figures_that_grew_old_since_the_second_step_are_asked_for_again(
    house: Database, shop: Shop, on: date, asked: bool
) -> None:
    borrower_id = shop("s1", wholesale=True)
    second = on_step_two(house, borrower_id)
    house.act(actions.save_step, answers={**SECOND, "figures": YEAR}, **second)
    with house.transaction() as db:
        db.execute("update house set today_on = %s", [on])
        rate(db, borrower_id, "A", MARKET_FACTS, on)
    if not asked:
        assert sent(house, second, on).outcome == "approve"
        return
    with pytest.raises(FiguresNeeded):
        sent(house, second, on)
    again = {**YEAR, "sales_year_cents": 130_000_000}
    house.act(actions.save_step, answers={**SECOND, "figures": again}, **second)
    assert sent(house, second, on).outcome == "approve"
    assert versions(house, borrower_id) == [(2, 130_000_000), (1, 120_000_000)]


def test_figures_stated_count_for_whichever_shop_is_rated(house: Database, shop: Shop) -> None:
    """The borrower's second shop sold a thousandth of the first one's sales, and is the one that is rated."""
    borrower_id = shop("s1", facts={"sales_net_365": 480_000.0})
    with house.transaction() as db:
        db.execute(
            "insert into shop (shop_id, borrower_id, shop_key, since_on) values (%s, %s, 's2', '2024-01-01')",
            [ids.new(), borrower_id],
        )
        rate(db, borrower_id, "A", {**MARKET_FACTS, "sales_net_365": 480.0}, TODAY, "s2")
    made = asking(house, borrower_id, "k", figures=YEAR)()
    with house.transaction() as db:
        case = queries.decision(db, made.decision_id).opened.case
        told, (learned, other) = figures_now(db, borrower_id), stated_since(db, TODAY)
    assert (case.stated_version, case.facts["stated_sales_closeness"]) == (1, 0.001)
    assert (made.outcome, made.reasons, told.verdict) == ("refer", ("stated-figures-differ",), "differs")
    assert (learned.shop_key, other.shop_key, learned.figures) == ("s1", "s2", other.figures)


@pytest.mark.parametrize("steps", [1, 3])
def test_a_membership_of_any_shop_of_the_borrower_asks(house: Database, shop: Shop, steps: int) -> None:
    borrower_id = shop("s1")
    with house.transaction() as db:
        db.execute(
            "insert into shop (shop_id, borrower_id, shop_key, since_on) values (%s, %s, 's2', '2024-01-01')",
            [ids.new(), borrower_id],
        )
    house.act(set_wholesale, shop_key="s2", wholesale=True, from_on=TODAY, told_by=None, today=TODAY)
    if steps == 1:
        with pytest.raises(FiguresNeeded):
            asking(house, borrower_id, "k")()
        assert asking(house, borrower_id, "k", figures=YEAR)().outcome == "approve"
        return
    second = on_step_two(house, borrower_id)
    with pytest.raises(FiguresNeeded):
        house.act(actions.save_step, answers=SECOND, **second)
    assert house.act(actions.save_step, answers={**SECOND, "figures": YEAR}, **second).step == 3
