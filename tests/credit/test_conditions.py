"""A line waits for what was asked beside it: brought forward by one, verified by another, opened once, or lapsed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from credit_cases import LINE, MARKET_FACTS, POLICY, TODAY, rate
from test_crowd import asking, count, together
from test_lines_unlocked import SOMEBODY_WAITS

from crowd import at_once
from lendmill import ids
from lendmill.credit.cases.queries import net_assets_cents
from lendmill.credit.conditions import actions, queries
from lendmill.credit.conditions.condition import condition_names
from lendmill.credit.conditions.told import (
    ConditionOver,
    ConditionTold,
    CoverTooLarge,
    CoverTooSmall,
    DescriptionMissing,
    GuarantorUnfit,
    LineCondition,
    NoSuchCondition,
    NotGrantedToday,
    NothingTold,
    NotSuchAWay,
    NotYoursToVerify,
    OwnGuarantor,
    OwnWord,
    ToldOtherwise,
    VerifiedAlready,
)
from lendmill.credit.lines import actions as lines
from lendmill.credit.lines.line import Line, LineNotOpen
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.publishing.queries import KINDS
from lendmill.db import Database, scalar
from lendmill.funding.store import save_capital
from lendmill.people.actions import lock_borrower
from lendmill.people.groups.queries import groups_of
from lendmill.people.queries import NoSuchBorrower
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing import actions as publishing
from people.staff import Staff

LAST_DAY = TODAY + timedelta(days=30)


class Waiting:
    """A weak grade's line that waits for a surety, and the people around it."""

    def __init__(self, house: Database, shop: Callable[..., UUID]) -> None:
        self.house, self.people = house, Staff(house)
        self.borrower_id, self.guarantor_id = shop("weak", grade="B"), shop("strong")
        self.made = asking(house, self.borrower_id, "k")()
        self.clerk, self.officer = self.people.member(Role.ANALYST), self.people.member(Role.RISK_OFFICER)

    @property
    def line(self) -> Line:
        """The line as it stands."""
        with self.house.transaction() as db:
            (found,) = lines_of(db, self.borrower_id)
        return found

    @property
    def asked(self) -> LineCondition:
        """The one condition."""
        with self.house.transaction() as db:
            (found,) = queries.conditions_of(db, self.borrower_id)
        return found

    def tell(self, **changes: Any) -> ConditionTold:
        """Bring somebody forward who answers for all of it."""
        said: dict[str, Any] = {
            "borrower_id": self.borrower_id, "condition_id": self.asked.condition_id, "way": "guarantor",
            "described": "Strong Ltd", "cover_cents": 500_000, "by": self.clerk, "today": TODAY,
        }  # fmt: skip
        return self.house.act(actions.tell_condition, **{**said, **changes})

    def judge(self, told: ConditionTold, **changes: Any) -> LineCondition:
        """Say that it is so."""
        said: dict[str, Any] = {
            "borrower_id": self.borrower_id, "told_id": told.told_id, "verified": True, "reason": "contract seen",
            "by": self.officer, "today": TODAY,
        }  # fmt: skip
        return self.house.act(actions.judge_condition, **{**said, **changes})


@pytest.fixture
def waiting(house: Database, shop: Callable[..., UUID]) -> Waiting:
    return Waiting(house, shop)


def test_nothing_is_drawn_before_what_was_asked_is_verified_by_another(waiting: Waiting) -> None:
    assert (waiting.made.outcome, waiting.line.status) == ("approve", "pending")
    asked = waiting.asked
    assert (asked.ways, asked.cover_cents, asked.until_on) == (["guarantor", "collateral"], 500_000, LAST_DAY)
    assert (asked.label_zh, asked.state(TODAY)) == ("需提供覆盖授信额度的保证人或抵质押物", "asked")
    with pytest.raises(LineNotOpen, match="is pending"):
        waiting.house.act(lines.reserve, waiting.line, 100_000, today=TODAY)
    told = waiting.tell(guarantor_id=waiting.guarantor_id)
    assert (waiting.tell(guarantor_id=waiting.guarantor_id).told_id, waiting.asked.state(TODAY)) == (
        told.told_id, "waiting",
    )  # fmt: skip
    with pytest.raises(OwnWord):
        waiting.judge(told, by=waiting.clerk)
    assert waiting.line.status == "pending"
    assert waiting.judge(told).state(TODAY) == "met"
    assert waiting.line.status == "open"
    assert waiting.judge(told).covered_cents == 500_000
    with pytest.raises(VerifiedAlready):
        waiting.judge(told, verified=False)
    with waiting.house.transaction() as db:
        (group,) = groups_of(db, waiting.guarantor_id, TODAY)
    assert (group.kind, group.borrower_ids) == ("guarantee", sorted([waiting.borrower_id, waiting.guarantor_id]))
    waiting.house.act(lines.reserve, waiting.line, 100_000, today=TODAY)


def test_half_a_cover_opens_nothing_and_a_refused_one_counts_for_nothing(waiting: Waiting) -> None:
    refused = waiting.judge(waiting.tell(described="A friend"), verified=False, reason="cannot be found")
    assert (refused.state(TODAY), refused.covered_cents) == ("asked", 0)
    half = waiting.judge(waiting.tell(way="collateral", described="Deposit 17", cover_cents=499_999))
    assert (half.state(TODAY), waiting.line.status) == ("asked", "pending")
    assert waiting.judge(waiting.tell(way="collateral", described="Deposit 18", cover_cents=1)).state(TODAY) == "met"
    assert waiting.line.status == "open"
    with pytest.raises(ConditionOver, match="is met"):
        waiting.tell(described="One more")


def test_what_is_not_met_by_its_last_day_closes_the_line(waiting: Waiting) -> None:
    assert waiting.house.act(actions.lapse_conditions, today=LAST_DAY) == 0
    assert waiting.house.act(actions.lapse_conditions, today=LAST_DAY + timedelta(days=1)) == 1
    assert (waiting.line.status, waiting.asked.state(TODAY)) == ("closed", "lapsed")
    with pytest.raises(ConditionOver, match="is lapsed"):
        waiting.tell()
    with waiting.house.transaction() as db:
        assert queries.conditions_open(db, TODAY) == []


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (NotSuchAWay, {"way": "charm"}),
        (OwnGuarantor, {"guarantor_id": "own"}),
        (NoSuchBorrower, {"guarantor_id": ids.new()}),
        (CoverTooSmall, {"cover_cents": 0}),
        (CoverTooLarge, {"cover_cents": 10**30}),
        (DescriptionMissing, {"described": " "}),
        (NoSuchCondition, {"condition_id": ids.new()}),
        (ConditionOver, {"today": LAST_DAY + timedelta(days=1)}),
    ],
)
def test_what_cannot_be_brought_forward(waiting: Waiting, refusal: type[Exception], changes: dict[str, Any]) -> None:
    if changes.get("guarantor_id") == "own":
        changes = {"guarantor_id": waiting.borrower_id}
    with pytest.raises(refusal):
        waiting.tell(**changes)
    assert count(waiting.house, "select count(*) from condition_told") == 0


def test_verifying_is_the_work_of_analysts_and_risk_officers(waiting: Waiting) -> None:
    told, collector = waiting.tell(), waiting.people.member(Role.COLLECTOR)
    seller = Caller(collector.account_id, "seller", Role.SELLER, waiting.borrower_id)
    for by in (collector, seller):
        with pytest.raises(NotYoursToVerify):
            waiting.judge(told, by=by)
    with pytest.raises(NothingTold):
        waiting.house.act(
            actions.judge_condition, borrower_id=waiting.guarantor_id, told_id=told.told_id, verified=True, reason="x",
            by=waiting.officer, today=TODAY,
        )  # fmt: skip


def has_net_assets(house: Database, amount_cents: int) -> None:
    """The owners take out all that is above this, or pay in what is missing."""
    with house.transaction() as db:
        had_cents = net_assets_cents(db, TODAY) or 0
    house.act(save_capital, amount_cents=amount_cents - had_cents, lendable_cents=0, profile="current", booked_on=TODAY)


def worse(house: Database, borrower_id: UUID, how: str) -> None:
    """Something has happened since: named by the reason it is told for."""
    with house.transaction() as db:
        if how == "banned":
            db.execute("update borrower set banned = true where borrower_id = %s", [borrower_id])
        elif how == "late-debt":
            lines.bring_standing(
                db, borrower_id=borrower_id, outstanding_cents=1, reserved_cents=0, days_past_due_worst=60,
                late_since_on=TODAY - timedelta(days=60), loans_drawn=1, loans_repaid=0,
            )  # fmt: skip
        elif how == "rating-too-low":
            rate(db, borrower_id, "D", MARKET_FACTS, TODAY)
        elif how == "terms-changed":
            larger = {"sales_monthly_mean": 90_000.0, "sales_net_90": 270_000.0}
            rate(db, borrower_id, "B", {**MARKET_FACTS, **larger}, TODAY)
        else:
            rate(db, borrower_id, "B", {**MARKET_FACTS, "sales_monthly_mean": 12_000.0}, TODAY)


@pytest.mark.parametrize("how", ["banned", "late-debt", "rating-too-low", "less-than-asked"])
def test_what_would_not_be_granted_today_is_not_opened_and_waits(waiting: Waiting, how: str) -> None:
    told = waiting.tell(guarantor_id=waiting.guarantor_id)
    worse(waiting.house, waiting.borrower_id, how)
    with pytest.raises(NotGrantedToday, match=rf"500000 cents would not .*\({how}.*\).* until {LAST_DAY}"):
        waiting.judge(told)
    assert (waiting.line.status, waiting.asked.state(TODAY), waiting.asked.covered_cents) == ("pending", "waiting", 0)
    with waiting.house.transaction() as db:
        assert groups_of(db, waiting.guarantor_id, TODAY) == []
    assert waiting.judge(told, verified=False).state(TODAY) == "asked"


def test_a_guarantor_and_who_they_answer_for_never_pass_the_cap_of_a_group_together(waiting: Waiting) -> None:
    assert asking(waiting.house, waiting.guarantor_id, "g", amount_cents=600_000)().outcome == "approve"
    told = waiting.tell(guarantor_id=waiting.guarantor_id)
    has_net_assets(waiting.house, 7_333_326)  # 15 % of it are 1,099,998
    with pytest.raises(NotGrantedToday, match="less-than-asked"):
        waiting.judge(told)
    assert waiting.line.status == "pending"
    has_net_assets(waiting.house, 7_333_334)
    assert waiting.judge(told).state(TODAY) == "met"
    assert waiting.line.status == "open"


def test_a_guarantor_who_applies_while_they_are_verified_passes_no_cap(waiting: Waiting) -> None:
    told = waiting.tell(guarantor_id=waiting.guarantor_id)
    has_net_assets(waiting.house, 7_000_000)
    together([lambda: waiting.judge(told), asking(waiting.house, waiting.guarantor_id, "g", amount_cents=600_000)])
    assert count(waiting.house, "select count(*) from line where status = 'open'") == 1


def test_of_many_verdicts_at_once_one_counts(waiting: Waiting) -> None:
    told = waiting.tell()
    officers = [waiting.people.member(Role.RISK_OFFICER) for _ in range(6)]
    found = at_once([lambda by=by: waiting.judge(told, by=by) for by in officers])
    assert found == {"done": 1, "verified-already": 5}
    assert waiting.line.status == "open"


def test_one_guarantor_counts_once_in_whatever_words(waiting: Waiting) -> None:
    for described, cover_cents in (("Strong Ltd", 300_000), ("Strong Company Limited", 250_000)):
        told = waiting.tell(guarantor_id=waiting.guarantor_id, described=described, cover_cents=cover_cents)
        found = waiting.judge(told)
    assert (found.covered_cents, found.state(TODAY), waiting.line.status) == (300_000, "asked", "pending")
    assert waiting.house.act(actions.lapse_conditions, today=LAST_DAY + timedelta(days=1)) == 1


@pytest.mark.parametrize(("how", "why"), [("banned", "shut out"), ("late-debt", "is late")])
def test_nobody_answers_who_is_shut_out_or_late_with_us(waiting: Waiting, how: str, why: str) -> None:
    told = waiting.tell(guarantor_id=waiting.guarantor_id)
    worse(waiting.house, waiting.guarantor_id, how)
    with pytest.raises(GuarantorUnfit, match=why):
        waiting.judge(told)
    assert (waiting.line.status, waiting.asked.state(TODAY), waiting.asked.covered_cents) == ("pending", "waiting", 0)
    with waiting.house.transaction() as db:
        assert groups_of(db, waiting.guarantor_id, TODAY) == []
    assert waiting.judge(told, verified=False).state(TODAY) == "asked"


def test_one_guarantor_is_not_told_by_number_and_by_name(waiting: Waiting) -> None:
    half: dict[str, Any] = {"cover_cents": 250_000}
    waiting.judge(waiting.tell(**half), verified=False, reason="which Strong Ltd?")
    waiting.judge(waiting.tell(guarantor_id=waiting.guarantor_id, **half))
    with pytest.raises(ToldOtherwise):
        waiting.tell(described=" strong  LTD", **half)
    assert (waiting.asked.covered_cents, waiting.line.status) == (250_000, "pending")


def test_a_line_that_has_run_out_is_not_opened_and_waits_for_nobody(waiting: Waiting) -> None:
    told = waiting.tell()
    with waiting.house.transaction() as db:
        db.execute("update line set expires_on = %s", [TODAY + timedelta(days=1)])
        assert len(queries.conditions_open(db, TODAY)) == 1
        assert queries.conditions_open(db, TODAY + timedelta(days=1)) == []
    with pytest.raises(NotGrantedToday, match=r"\(line-expired\)"):
        waiting.judge(told, today=TODAY + timedelta(days=1))
    assert (waiting.line.status, waiting.asked.covered_cents) == ("pending", 0)


def test_what_is_not_sold_any_more_is_not_opened(waiting: Waiting) -> None:
    told = waiting.tell()
    proposal = waiting.house.act(
        publishing.propose, KINDS["product"], key=LINE.key, version=LINE.version, to_stage="retired",
        command_key="one", reason="over", by=waiting.clerk, today=TODAY,
    )  # fmt: skip
    waiting.house.act(
        publishing.decide, KINDS["product"], proposal_id=proposal.proposal_id, verdict="approve", command_key="two",
        by=waiting.officer, today=TODAY,
    )  # fmt: skip
    with pytest.raises(NotGrantedToday, match=r"\(no-such-product\)"):
        waiting.judge(told)
    assert (waiting.line.status, waiting.asked.covered_cents) == ("pending", 0)


def test_two_who_answer_for_each_other_are_locked_in_one_order(house: Database, shop: Callable[..., UUID]) -> None:
    guarantor_id, waiting = shop("first"), Waiting(house, shop)
    told = waiting.tell(guarantor_id=guarantor_id)
    for deed in (lambda: waiting.tell(guarantor_id=guarantor_id, cover_cents=1), lambda: waiting.judge(told)):
        with ThreadPoolExecutor(1) as pool:
            with house.transaction() as db:
                lock_borrower(db, guarantor_id)
                waits = pool.submit(deed)
                with psycopg.connect(house.url, autocommit=True) as watcher:
                    while not scalar(watcher, SOMEBODY_WAITS):
                        assert not waits.done()
                    watcher.execute(
                        "select from borrower where borrower_id = %s for update nowait", [waiting.borrower_id]
                    )
            waits.result()
    assert waiting.line.status == "open"


def test_what_a_person_asks_for_is_called_so_in_both_languages() -> None:
    called = condition_names(POLICY)
    assert called["guarantor, asked for by a person"] == ("guarantor, asked for by a person", "审批人员要求的保证人")
    assert called["surety for a weak grade"][1] == "需提供覆盖授信额度的保证人或抵质押物"
