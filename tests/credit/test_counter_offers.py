"""Less than was asked, offered in its place: accepted once, declined, lapsed, refused where the world has changed."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from credit_cases import LINE, MARKET_FACTS, POLICY, TODAY, rate
from test_crowd import asking, count, together
from test_trials import TwoPeople

from lendmill import ids
from lendmill.credit import queries
from lendmill.credit.changes.actions import change_lines
from lendmill.credit.counters import actions
from lendmill.credit.counters.counter import (
    CounterOffer,
    CounterOfferAccepted,
    CounterOfferDeclined,
    CounterOfferGone,
    CounterOfferLapsed,
    CounterOfferReplaced,
    NoSuchCounterOffer,
)
from lendmill.credit.counters.queries import counter_offer, counter_offers_of, counter_offers_open
from lendmill.credit.lines.line import Line, LineOpenAlready
from lendmill.credit.notices.queries import notices_of
from lendmill.days import months_after
from lendmill.db import Database
from lendmill.people.actions import Command, CommandReused
from lendmill.people.groups.actions import relate
from lendmill.people.roles import Role
from lendmill.products.conventions import Fees
from lendmill.refusals import Refusal
from people.staff import Staff

OFFERED = 1_600_000
LAST_DAY = TODAY + timedelta(days=30)
LARGE: dict[str, Any] = {"sales_monthly_mean": 820_000.0, "sales_net_90": 3_600_000.0, "settlement_90": 0.0}
Shop = Callable[..., UUID]


def countered(house: Database, borrower_id: UUID, product_key: str = "credit-line", **asked: Any) -> UUID:
    """A decision that offers less than was asked."""
    made = asking(house, borrower_id, f"ask {product_key}", product_key, **{"amount_cents": 50_000_000, **asked})()
    assert (made.outcome, made.line_id) == ("counter", None)
    return UUID(str(made.decision_id))


def accepting(
    house: Database, borrower_id: UUID, decision_id: UUID, key: str = "yes", **more: Any
) -> Callable[[], Line]:
    """A call that takes an offer up."""
    command = Command.of(key, decision_id=str(decision_id))
    about = {"borrower_id": borrower_id, "decision_id": decision_id, "today": TODAY, **more}
    return lambda: house.act(actions.accept_counter_offer, command=command, **about)


def declining(house: Database, borrower_id: UUID, decision_id: UUID) -> CounterOffer:
    """Say no."""
    return house.act(actions.decline_counter_offer, borrower_id=borrower_id, decision_id=decision_id, today=TODAY)


def refuses(house: Database, refusal: type[Refusal], call: Callable[[], Any], told: str = ".") -> None:
    """A call is refused, and nothing is written."""
    tables = ("line", "counter_answer", "command", "decision", "notice")
    before = [count(house, f"select count(*) from {table}") for table in tables]
    with pytest.raises(refusal, match=told):
        call()
    assert [count(house, f"select count(*) from {table}") for table in tables] == before


def test_an_offer_accepted_is_a_line_at_the_terms_offered(house: Database, shop: Shop) -> None:
    borrower_id = shop()
    decision_id = countered(house, borrower_id)
    with house.transaction() as db:
        (offer,) = counter_offers_open(db, borrower_id, TODAY)
        assert (offer.limit_cents, offer.made_on, offer.expires_on) == (OFFERED, TODAY, LAST_DAY)
        assert offer.state(LAST_DAY) == "open"
        assert offer.state(LAST_DAY + timedelta(days=1)) == "lapsed"
        assert queries.lines_of(db, borrower_id) == []
        (told,) = notices_of(db, borrower_id, decision_id)
        assert "Accept it until 2026-01-31" in told.text_en
        assert "2026-01-31前（含当日）在审批页面一键接受" in told.text_zh
        terms = queries.decision(db, decision_id).opened.decision.terms
    assert terms is not None
    line = accepting(house, borrower_id, decision_id)()
    assert (line.decision_id, line.limit_cents, line.status, line.opened_on) == (decision_id, OFFERED, "open", TODAY)
    assert (line.rate_num, line.rate_den, line.months_max) == (terms.rate_num, terms.rate_den, terms.months_max)
    assert accepting(house, borrower_id, decision_id)() == line
    with house.transaction() as db:
        accepted = counter_offer(db, borrower_id, decision_id, TODAY)
        assert (accepted.state(TODAY), accepted.line_id, accepted.answered_on) == ("accepted", line.line_id, TODAY)
        assert queries.replay(db, decision_id).same
    refuses(house, CounterOfferAccepted, accepting(house, borrower_id, decision_id, "another"))
    refuses(house, CounterOfferAccepted, lambda: declining(house, borrower_id, decision_id))
    other = Command.of("yes", decision_id="another")
    refuses(
        house, CommandReused,
        lambda: house.act(
            actions.accept_counter_offer, command=other, borrower_id=borrower_id, decision_id=decision_id, today=TODAY
        ),
    )  # fmt: skip


def test_an_offer_is_its_borrowers_alone_and_only_where_less_was_offered(house: Database, shop: Shop) -> None:
    borrower_id, other_id = shop("s1"), shop("s2")
    decision_id = countered(house, borrower_id)
    approved = asking(house, other_id, "k")().decision_id
    for borrower, decision in ((other_id, decision_id), (other_id, approved), (borrower_id, ids.new())):
        refuses(house, NoSuchCounterOffer, accepting(house, borrower, decision))
    assert count(house, "select count(*) from counter_offer") == 1


@pytest.mark.parametrize("keys", [["same"] * 8, [f"key {n}" for n in range(8)]])
def test_eight_devices_that_accept_at_once_open_one_line(house: Database, shop: Shop, keys: list[str]) -> None:
    borrower_id = shop()
    decision_id = countered(house, borrower_id)
    found = together([accepting(house, borrower_id, decision_id, key) for key in keys])
    lines = [each for each in found if isinstance(each, Line)]
    assert {each.line_id for each in lines} == {lines[0].line_id}
    assert Counter(type(each) for each in found) == (
        {Line: 8} if len(set(keys)) == 1 else {Line: 1, CounterOfferAccepted: 7}
    )
    assert count(house, "select count(*) from line") == 1
    assert count(house, "select count(*) from counter_answer") == 1


def test_one_who_accepts_on_one_device_and_applies_anew_on_another_has_one_line(house: Database, shop: Shop) -> None:
    borrower_id = shop()
    decision_id = countered(house, borrower_id)
    calls = [accepting(house, borrower_id, decision_id, f"yes {n}") for n in range(4)]
    calls += [asking(house, borrower_id, f"ask {n}", amount_cents=500_000) for n in range(4)]
    found = together(calls)
    assert sum(isinstance(each, Line) or getattr(each, "line_id", None) is not None for each in found) == 1
    assert {type(each) for each in found if isinstance(each, Refusal)} <= {
        CounterOfferAccepted, CounterOfferReplaced, LineOpenAlready,
    }  # fmt: skip
    assert count(house, "select count(*) from line") == 1


def test_two_products_accepted_at_once_never_pass_their_joint_limit(house: Database, shop: Shop) -> None:
    borrowers = [shop(f"s{n}", grade="AAA", facts=LARGE) for n in range(4)]
    calls = [
        accepting(house, borrower_id, countered(house, borrower_id, key, amount_cents=100_000_000), f"yes {key}")
        for borrower_id in borrowers
        for key in ("credit-line", "order-loan")
    ]
    assert count(house, "select sum(limit_cents) from counter_offer") > 4 * 100_000_000
    found = together(calls)
    assert Counter(type(each) for each in found) == {Line: 4, CounterOfferGone: 4}
    assert count(house, "select count(distinct borrower_id) from line") == 4
    assert count(house, "select count(*) from counter_answer") == 4


def test_relatives_who_accept_at_once_never_pass_the_groups_cap(house: Database, shop: Shop) -> None:
    by = Staff(house).member(Role.ANALYST)
    borrowers = [shop(f"s{n}", grade="AAA", facts=LARGE) for n in range(5)]
    house.act(
        relate, kind="household", named="Wang", borrower_ids=borrowers, from_on=TODAY, source="register", by=by,
        today=TODAY,
    )  # fmt: skip
    offers = [countered(house, each, amount_cents=100_000_000) for each in borrowers]
    found = together([accepting(house, *each) for each in zip(borrowers, offers, strict=True)])
    assert Counter(type(each) for each in found) == {Line: 2, CounterOfferGone: 3}
    assert 150_000_000 < count(house, "select sum(limit_cents) from line") <= 200_000_000


def test_what_is_no_longer_so_is_found_when_the_offer_is_taken(house: Database, shop: Shop) -> None:
    banned, worse, other = shop("s1"), shop("s2"), shop("s3", grade="AAA", facts=LARGE)
    offers = {each: countered(house, each, amount_cents=100_000_000) for each in (banned, worse, other)}
    with house.transaction() as db:
        db.execute("update borrower set banned = true where borrower_id = %s", [banned])
        rate(db, worse, "D", MARKET_FACTS, TODAY)
    asking(house, other, "k", "order-loan", amount_cents=40_000_000)()
    for borrower_id, why in ((banned, "banned"), (worse, "rating-too-low"), (other, "less-than-asked")):
        refuses(house, CounterOfferGone, accepting(house, borrower_id, offers[borrower_id]), why)
        with house.transaction() as db:
            assert counter_offer(db, borrower_id, offers[borrower_id], TODAY).state(TODAY) == "open"
    with house.transaction() as db:
        db.execute("update borrower set banned = false where borrower_id = %s", [banned])
    assert accepting(house, banned, offers[banned])().limit_cents == OFFERED


def test_rules_that_would_grant_less_today_open_nothing(house: Database, shop: Shop) -> None:
    borrower_id = shop(grade="AAA", facts=LARGE)
    decision_id = countered(house, borrower_id, amount_cents=100_000_000)
    asking(house, borrower_id, "k", "order-loan", amount_cents=40_000_000)()
    no_counter = msgspec.structs.replace(POLICY.limit, counter=msgspec.UNSET)
    TwoPeople(house).shares(msgspec.structs.replace(POLICY, version=POLICY.version + 1, limit=no_counter), 9_999)
    refuses(house, CounterOfferGone, accepting(house, borrower_id, decision_id), "limit-too-small")


def test_conditions_that_were_not_asked_before_open_nothing(house: Database, shop: Shop) -> None:
    borrower_id = shop()
    decision_id = countered(house, borrower_id)
    with house.transaction() as db:
        rate(db, borrower_id, "B", {**MARKET_FACTS, **LARGE}, TODAY)
    refuses(house, CounterOfferGone, accepting(house, borrower_id, decision_id), "terms-changed")
    again = asking(house, borrower_id, "again", amount_cents=OFFERED)()
    assert (again.outcome, count(house, "select count(*) from line where status = 'pending'")) == ("approve", 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"daily_rate": "0.03 %", "all_in_cap_bp": 1_200}, {"months_max": 3}, {"daily_rate": "0.065 %"},
        {"penalty_multiple_bp": 14_000}, {"methods": LINE.methods[:-1]}, {"grace_days": LINE.grace_days - 1},
        {"line_months": 3}, {"fees": Fees(late_cents=100)},
    ],
)  # fmt: skip
def test_a_product_sold_on_other_terms_today_opens_nothing_at_those_of_before(
    house: Database, shop: Shop, changed: dict[str, Any]
) -> None:
    borrower_id = shop()
    decision_id = countered(house, borrower_id)
    TwoPeople(house).shares(msgspec.structs.replace(LINE, version=LINE.version + 1, **changed), 9_999)
    refuses(house, CounterOfferGone, accepting(house, borrower_id, decision_id), "terms-changed")
    again = asking(house, borrower_id, "again", amount_cents=OFFERED)()
    assert again.outcome == "approve"


def test_a_product_sold_on_terms_as_good_opens_the_line_at_those_offered(house: Database, shop: Shop) -> None:
    borrower_id = shop()
    decision_id = countered(house, borrower_id)
    better = {"grace_days": LINE.grace_days + 1, "line_months": 24}
    TwoPeople(house).shares(msgspec.structs.replace(LINE, version=LINE.version + 1, **better), 9_999)
    line = accepting(house, borrower_id, decision_id)()
    assert (line.product_version, line.grace_days, line.methods) == (LINE.version, LINE.grace_days, [*LINE.methods])
    assert line.expires_on == months_after(TODAY, LINE.line_months)


def test_a_later_decision_takes_the_place_of_an_offer(house: Database, shop: Shop) -> None:
    borrower_id = shop()
    first = countered(house, borrower_id)
    made = asking(house, borrower_id, "less", amount_cents=500_000)()
    assert made.outcome == "approve"
    refuses(house, CounterOfferReplaced, accepting(house, borrower_id, first))
    refuses(house, CounterOfferReplaced, lambda: declining(house, borrower_id, first))
    change_lines(house, today=LAST_DAY + timedelta(days=1))
    with house.transaction() as db:
        (offer,) = counter_offers_of(db, borrower_id, TODAY)
        assert (offer.answer, offer.line_id) == ("replaced", None)
        assert [each.kind for each in notices_of(db, borrower_id)] == ["counter"]


def test_an_offer_declined_stays_declined_and_one_may_apply_again(house: Database, shop: Shop) -> None:
    borrower_id = shop()
    decision_id = countered(house, borrower_id)
    assert declining(house, borrower_id, decision_id) == declining(house, borrower_id, decision_id)
    refuses(house, CounterOfferDeclined, accepting(house, borrower_id, decision_id))
    assert asking(house, borrower_id, "again", amount_cents=500_000)().outcome == "approve"
    assert count(house, "select count(*) from counter_answer where outcome = 'declined'") == 1


def test_an_offer_can_be_taken_on_its_last_day_and_lapses_in_the_night_after(house: Database, shop: Shop) -> None:
    early, late = shop("s1"), shop("s2")
    offers = {each: countered(house, each) for each in (early, late)}
    after = LAST_DAY + timedelta(days=1)
    assert accepting(house, early, offers[early], today=LAST_DAY)().opened_on == LAST_DAY
    refuses(house, CounterOfferLapsed, accepting(house, late, offers[late], today=after), "2026-01-31")
    assert [change_lines(house, today=day).offers_lapsed for day in (LAST_DAY, after, after)] == [0, 1, 0]
    with house.transaction() as db:
        assert counter_offer(db, late, offers[late], after).answer == "lapsed"
        lapsed, _ = notices_of(db, late, offers[late])
    assert (lapsed.kind, lapsed.sent_on) == ("lapsed", after)
    assert "Offered on 2026-01-01: 16,000.00 yuan. It could be accepted until 2026-01-31" in lapsed.text_en
    assert "2026-01-01向您提供的可授信额度 16,000.00 元，接受期限为2026-01-31" in lapsed.text_zh
    assert "{" not in lapsed.text_en + lapsed.text_zh


def test_what_a_weak_grade_accepts_waits_for_its_conditions(house: Database, shop: Shop) -> None:
    borrower_id = shop(grade="B")
    line = accepting(house, borrower_id, countered(house, borrower_id))()
    assert (line.status, line.limit_cents) == ("pending", 700_000)
    assert count(house, "select cover_cents from line_condition") == 700_000


def test_an_offer_is_listed_accepted_and_declined_by_command(
    house: Database, shop: Shop, typed: Callable[..., Any]
) -> None:
    one, other = shop("s1"), shop("s2")
    offers = {each: countered(house, each) for each in (one, other)}
    listed = typed("counter-offers", "list", one)
    assert listed.stdout == f"{offers[one]}  credit-line  16,000.00 yuan  open, until 2026-01-31\n"
    accepted = typed("counter-offers", "accept", one, offers[one])
    assert (accepted.exit_code, "16,000.00 yuan, open, until 2027-01-01." in accepted.stdout) == (0, True)
    assert typed("counter-offers", "accept", one, offers[one]).stdout == accepted.stdout
    assert typed("counter-offers", "decline", other, offers[other]).stdout == "Declined.\n"
    assert isinstance(typed("counter-offers", "accept", other, offers[other]).exception, CounterOfferDeclined)
    assert typed("counter-offers", "list", ids.new()).stdout == "Nothing was offered in place of what was asked.\n"
    assert typed("counter-offers", "list", "me").exit_code == 2
    assert count(house, "select count(*) from line") == 1
