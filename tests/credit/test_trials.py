"""A version tried on a share of borrowers decides exactly those it was drawn for, and every decision keeps its arm."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from credit_cases import LINE, POLICY, TODAY
from test_crowd import asking, count

from lendmill import ids
from lendmill.credit import queries
from lendmill.credit.actions import make_offers
from lendmill.credit.offers.entries.queries import every_entry
from lendmill.credit.offers.queries import no_offers_of, offers_of
from lendmill.credit.publishing.queries import KINDS
from lendmill.credit.testing.arms import allotted, drawn
from lendmill.credit.testing.queries import hold_out_bp
from lendmill.credit.trials.actions import set_hold_out
from lendmill.credit.trials.queries import arms_of, policy_for, policy_trials, product_trials
from lendmill.credit.trials.trial import HoldOutAndShares, HoldOutBackDated, HoldOutTooLarge, NotHoldersWork
from lendmill.db import Database
from lendmill.people.approvals.rules import ReasonMissing
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing import actions
from lendmill.products.publishing.stages import SharesTooLarge
from people.staff import Staff

Shop = Callable[..., UUID]
NEXT = POLICY.version + 1
TRIAL = f"standard/{NEXT}"


class TwoPeople:
    """One who proposes and one who agrees."""

    def __init__(self, house: Database) -> None:
        people = Staff(house)
        self.house, self.one, self.other = house, people.member(Role.ANALYST), people.member(Role.RISK_OFFICER)

    def shares(self, document: Any, share_bp: int | None, *, drafted: bool = False) -> None:
        """Give a version a share of the borrowers, or all of them to one that has a share."""
        kind = KINDS["product" if hasattr(document, "line_months") else "policy"]
        named = {"key": document.key, "version": document.version, "today": TODAY}
        if share_bp and not drafted:
            self.house.act(actions.draft, kind, document, by=self.one, today=TODAY)
        proposal = self.house.act(
            actions.propose, kind, to_stage="share" if share_bp else "live", share_bp=share_bp,
            command_key=str(ids.new()), reason="a trial", by=self.one, **named,
        )  # fmt: skip
        self.house.act(
            actions.decide, kind, proposal_id=proposal.proposal_id, verdict="approve", command_key=str(ids.new()),
            by=self.other, today=TODAY,
        )  # fmt: skip

    def holds_out(self, share_bp: int, by: Caller | None = None, **more: Any) -> None:
        """Leave some out of every trial."""
        self.house.act(
            set_hold_out, by=by or self.other, **{"share_bp": share_bp, "from_on": TODAY, "reason": "the measure",
            "today": TODAY, **more},
        )  # fmt: skip


@pytest.fixture
def two(house: Database) -> TwoPeople:
    return TwoPeople(house)


def strict(number: int = NEXT) -> Any:
    """The shipped policy for those alone who were there for fifty years: it declines everybody."""
    nobody = msgspec.structs.replace(POLICY.eligibility, history_months_min=600)
    return msgspec.structs.replace(POLICY, version=number, eligibility=nobody)


def kept_arms(house: Database, borrower_id: UUID, decision_id: UUID) -> list[tuple[str, str]]:
    """The arms a decision was in."""
    with house.transaction() as db:
        return [(each.trial, each.arm) for each in arms_of(db, borrower_id, decision_id)]


def test_each_is_decided_by_the_version_they_are_drawn_for(house: Database, shop: Shop, two: TwoPeople) -> None:
    two.shares(strict(), 5_000)
    two.holds_out(3_000)
    seen = set()
    shops = 0
    while len(seen) < 3 and shops < 90:
        shops += 1
        borrower_id = shop(f"s{shops}")
        trial, arm = drawn(borrower_id, allotted({}, {TRIAL: 5_000}, 3_000), 3_000)
        made = asking(house, borrower_id, "k")()
        assert made.outcome == ("decline" if trial else "approve")
        assert kept_arms(house, borrower_id, made.decision_id) == [(TRIAL, arm)]
        with house.transaction() as db:
            kept = queries.decision(db, made.decision_id)
            assert kept.opened.policy.version == (NEXT if trial else POLICY.version)
            assert queries.replay(db, made.decision_id).same
            told = {"challenger": "按试行版本审批（试验组）", "champion": "（对照组）", "hold-out": "（留存组）"}[arm]
            assert f"对照试验 {TRIAL}" in queries.why(db, made.decision_id, "zh-Hans")
            assert told in queries.why(db, made.decision_id, "zh-Hans")
            assert f"Trial {TRIAL}: " in queries.why(db, made.decision_id, "en")
        seen.add(arm)
    assert seen == {"champion", "challenger", "hold-out"}
    assert count(house, "select count(*) from decision_arm") == shops


def test_made_again_by_command_it_says_by_which_version_and_in_which_arm(
    house: Database, shop: Shop, two: TwoPeople, typed: Callable[..., Any]
) -> None:
    two.shares(strict(), 9_999)
    made = asking(house, shop(), "k")()
    assert typed("replay", made.decision_id).stdout == (
        "1 decision made again: the same to the last byte.\n"
        f"By policy standard, version {NEXT}; product credit-line, version {LINE.version}; trial {TRIAL}: challenger.\n"
    )
    assert typed("replay", "--all").stdout == "1 decision made again: the same to the last byte.\n"


def test_one_who_applies_again_stays_in_their_arm(house: Database, shop: Shop, two: TwoPeople) -> None:
    two.shares(strict(), 4_000)
    borrower_id = next(each for each in map(shop, "abcdefghij") if drawn(each, allotted({}, {TRIAL: 4_000}))[0])
    assert [asking(house, borrower_id, key)().outcome for key in ("k1", "k2")] == ["decline", "decline"]
    assert count(house, f"select count(*) from decision_arm where arm = 'challenger' and trial = '{TRIAL}'") == 2


def test_a_share_that_grows_takes_nobody_from_a_trial_begun_before(house: Database, two: TwoPeople) -> None:
    people = [ids.new() for _ in range(200)]
    two.shares(strict(NEXT), 2_000)
    two.shares(strict(NEXT + 1), 2_000)
    with house.transaction() as db:
        before = policy_for(db, people, TODAY)
    proposal = house.act(
        actions.propose, KINDS["policy"], key=POLICY.key, version=NEXT, to_stage="share", share_bp=4_000,
        command_key=str(ids.new()), reason="more", by=two.one, today=TODAY,
    )  # fmt: skip
    house.act(
        actions.decide, KINDS["policy"], proposal_id=proposal.proposal_id, verdict="approve",
        command_key=str(ids.new()), by=two.other, today=TODAY,
    )  # fmt: skip
    with house.transaction() as db:
        after, trials = policy_for(db, people, TODAY), policy_trials(db, TODAY)
    assert [each.trial for each in trials.challengers] == [TRIAL, f"standard/{NEXT + 1}"]
    first = {each for each in people if before[each].version == NEXT}
    assert 15 < len(first) < 70
    assert all(after[each].version == NEXT for each in first)
    assert {after[each].version for each in people} == {POLICY.version, NEXT, NEXT + 1}


def test_a_version_of_a_product_is_sold_to_its_share_alone(house: Database, shop: Shop, two: TwoPeople) -> None:
    two.shares(msgspec.structs.replace(LINE, version=LINE.version + 1, grace_days=LINE.grace_days + 1), 5_000)
    trial = f"product credit-line/{LINE.version + 1}"
    sold = {}
    for n in range(8):
        borrower_id = shop(f"s{n}")
        made = asking(house, borrower_id, "k")()
        with house.transaction() as db:
            (line,) = queries.lines_of(db, borrower_id)
        tried = drawn(borrower_id, allotted({}, {trial: 5_000}))[0] is not None
        assert (line.product_version, line.grace_days) == (LINE.version + tried, LINE.grace_days + tried)
        assert kept_arms(house, borrower_id, made.decision_id) == [(trial, "challenger" if tried else "champion")]
        sold[tried] = borrower_id
    assert set(sold) == {True, False}


def test_without_a_trial_nothing_is_drawn_and_nothing_is_kept(house: Database, shop: Shop) -> None:
    asking(house, shop(), "k")()
    with house.transaction() as db:
        assert policy_trials(db, TODAY).challengers == product_trials(db, "credit-line", TODAY).challengers == ()
    assert count(house, "select count(*) from decision_arm") == 0


def test_whoever_was_drawn_stays_whatever_others_begin_grow_or_end_and_each_share_is_of_all(
    house: Database, two: TwoPeople
) -> None:
    people = [ids.new() for _ in range(400)]
    drawn_for: dict[int, set[UUID]] = {}

    def look(*shares: int) -> None:
        with house.transaction() as db:
            found, trials = policy_for(db, people, TODAY), policy_trials(db, TODAY)
        assert tuple(each.share_bp for each in trials.challengers) == shares
        assert [sum(end - start for start, end in each.spans) for each in trials.challengers] == [
            2**64 * bp // (10_000 - trials.hold_out_bp) for bp in shares
        ]
        drawn_for.update({n: {who for who in people if found[who].version == NEXT + n} for n in (0, 1)})

    def at_once(number: int, share_bp: int | None) -> None:
        house.act(
            actions.hold_back, KINDS["policy"], key=POLICY.key, version=number, reason="less", by=two.one, today=TODAY,
            share_bp=share_bp,
        )  # fmt: skip

    two.shares(strict(NEXT), 3_000)
    two.shares(strict(NEXT + 1), 3_000)
    look(3_000, 3_000)
    first, second = drawn_for[0], drawn_for[1]
    at_once(NEXT, 1_000)
    look(1_000, 3_000)
    assert (drawn_for[0] < first, drawn_for[1]) == (True, second)
    at_once(NEXT, None)
    two.holds_out(4_000)
    look(3_000)
    with house.transaction() as db:
        kept = {who for who in people if policy_trials(db, TODAY).drawn(who).arms[0][1] != "hold-out"}
    assert second & kept <= drawn_for[1]
    assert abs(len(drawn_for[1]) / len(people) - 0.3) < 0.09
    two.house.act(actions.draft, KINDS["policy"], strict(NEXT + 2), by=two.one, today=TODAY)
    with pytest.raises(SharesTooLarge, match=r"70\.01 % of all borrowers together, and the\s+hold-out has 40 %"):
        two.house.act(
            actions.propose, KINDS["policy"], key=POLICY.key, version=NEXT + 2, to_stage="share", share_bp=4_001,
            command_key=str(ids.new()), reason="a trial", by=two.one, today=TODAY,
        )  # fmt: skip
    two.shares(strict(NEXT + 2), 3_000)
    with pytest.raises(HoldOutAndShares, match=r"have 60 % and the hold-out would\s+have 40\.01 %"):
        two.holds_out(4_001)


def test_the_hold_out_is_dated_and_set_by_those_who_may(house: Database, two: TwoPeople) -> None:
    tomorrow, yesterday = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
    for refusal, changes in (
        (NotHoldersWork, {"by": two.one}),
        (HoldOutTooLarge, {"share_bp": 5_001}),
        (HoldOutTooLarge, {"share_bp": -1}),
        (HoldOutBackDated, {"from_on": yesterday}),
    ):
        with pytest.raises(refusal):
            two.holds_out(**{"share_bp": 500, **changes})
    two.holds_out(500, from_on=tomorrow)
    two.holds_out(700, from_on=tomorrow)
    with house.transaction() as db:
        assert [hold_out_bp(db, day) for day in (yesterday, TODAY, tomorrow)] == [0, 0, 700]


def test_the_hold_out_is_set_and_told_by_command(house: Database, two: TwoPeople, typed: Callable[..., Any]) -> None:
    tomorrow = TODAY + timedelta(days=1)
    officer, analyst = two.other.display_name, two.one.display_name
    assert typed("hold-out").stdout == f"0 % of all borrowers are in no trial on {TODAY}.\n"
    set_to = typed("hold-out", "--percent", 7.25, "--since", tomorrow, "--reason", "the measure", "--by", officer)
    assert set_to.stdout == f"7.25 % of all borrowers are in no trial on {tomorrow}.\n"
    assert typed("hold-out").stdout == f"0 % of all borrowers are in no trial on {TODAY}.\n"
    assert typed("hold-out", "--since", tomorrow).stdout == set_to.stdout

    why = ("--reason", "the measure", "--by")
    refused = (
        (NotHoldersWork, ("--percent", 5, *why, analyst)),
        (HoldOutTooLarge, ("--percent", 50.01, *why, officer)),
        (HoldOutBackDated, ("--percent", 5, "--since", TODAY - timedelta(days=1), *why, officer)),
        (ReasonMissing, ("--percent", 5, "--by", officer)),
    )
    for refusal, words in refused:
        assert isinstance(typed("hold-out", *words).exception, refusal)
    assert "is 50.01 % of all borrowers; it goes from 0 to 50 %" in str(typed("hold-out", *refused[1][1]).exception)
    for wrong, told in (("nan", "nan % is no share"), ("0.001", "0.001 % is no share"), ("half", "not a valid float")):
        found = typed("hold-out", "--percent", wrong, *why, officer)
        assert (found.exit_code, told in found.output) == (2, True), found.output
    assert "Nobody signs in as nobody" in typed("hold-out", "--percent", 5, *why, "nobody").output
    assert count(house, "select count(*) from hold_out") == 1


def test_an_offer_stands_while_its_version_decides_and_is_worked_out_again_on_the_same_day(
    house: Database, shop: Callable[..., UUID], two: TwoPeople
) -> None:
    shops = [shop(f"s{n}") for n in range(8)]

    def night() -> tuple[int, int]:
        with house.transaction() as db:
            rules = policy_trials(db, TODAY).champion
        report = house.act(make_offers, today=TODAY, policy=rules, products=[LINE])
        return report.looked_at, report.done_before

    def offered() -> list[list[int]]:
        with house.transaction() as db:
            held = [[each.policy_version for each in offers_of(db, borrower_id, TODAY)] for borrower_id in shops]
            shown = {each.borrower_id for each in every_entry(db, TODAY)}
            assert shown == {borrower_id for borrower_id, found in zip(shops, held, strict=True) if found}
            return held

    assert night() == (8, 0)
    two.shares(msgspec.structs.replace(POLICY, version=NEXT), 5_000)
    with house.transaction() as db:
        by = [policy_trials(db, TODAY).drawn(borrower_id).document.version for borrower_id in shops]
    assert 0 < by.count(NEXT) < 8
    assert offered() == [[POLICY.version] if version == POLICY.version else [] for version in by]
    assert (night(), night()) == ((by.count(NEXT), by.count(POLICY.version)), (0, 8))
    assert offered() == [[version] for version in by]
    two.shares(msgspec.structs.replace(POLICY, version=NEXT), 1, drafted=True)
    assert offered() == [[POLICY.version]] * 8  # whoever left the trial holds what the first night offered
    two.shares(msgspec.structs.replace(POLICY, version=NEXT), None)
    assert offered() == [[NEXT] if version == NEXT else [] for version in by]
    assert night() == (by.count(POLICY.version), by.count(NEXT))
    assert offered() == [[NEXT]] * 8


def test_why_there_is_no_offer_is_told_by_the_version_that_decides(
    house: Database, shop: Callable[..., UUID], two: TwoPeople
) -> None:
    shops = [shop(f"s{n}", facts={"refund_rate_90": 0.9}) for n in range(8)]
    house.act(make_offers, today=TODAY, policy=POLICY, products=[LINE])
    two.shares(msgspec.structs.replace(POLICY, version=NEXT), 6_000)
    with house.transaction() as db:
        by = [policy_trials(db, TODAY).drawn(borrower_id).document.version for borrower_id in shops]
        told = [[each.told for each in no_offers_of(db, borrower_id, TODAY)] for borrower_id in shops]
    assert 0 < by.count(NEXT) < 8
    assert told == [[["many-refunds"]] if version == POLICY.version else [] for version in by]
