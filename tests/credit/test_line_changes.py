"""Raises after good repayment, cuts after bad signs: by rule, with notice, never blindly, the same when run again."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
import pytest
from credit_cases import LINE, MARKET_FACTS, POLICY, TODAY, a_case, changed_policy, rate
from hypothesis import given
from hypothesis import strategies as st
from test_crowd import asking, count
from test_limits_and_conditions import BANDED
from test_trials import TwoPeople

from lendmill import ids
from lendmill.credit.case import Case, CaseGroup
from lendmill.credit.changes.actions import change_lines
from lendmill.credit.changes.change import LineChange, LineWeighed
from lendmill.credit.changes.queries import line_changes_of
from lendmill.credit.changes.weighing import History, case_without, weighed
from lendmill.credit.decide import decide
from lendmill.credit.lines import actions as lines
from lendmill.credit.lines.line import Line
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.provisions import LineChangeRule
from lendmill.credit.trials.queries import policy_for
from lendmill.db import Database
from lendmill.products.actions import publish
from lendmill.products.document import InvalidProduct
from lendmill.products.queries import fits

OPENED = TODAY - timedelta(days=100)


def a_line(**changes: Any) -> Line:
    """A line of 10,000 yuan, opened a hundred days ago, half used."""
    whole: dict[str, Any] = {
        "line_id": ids.new(), "borrower_id": a_case().borrower_id, "product_key": "credit-line", "product_version": 2,
        "decision_id": ids.new(), "limit_cents": 1_000_000, "reserved_cents": 100_000, "used_cents": 400_000,
        "rate_den": 1_000_000, "rate_num": 500, "penalty_num": 750, "grace_days": 3, "months_max": 12,
        "methods": ["on-demand"], "joint_products": ["credit-line"], "joint_max_cents": None, "opened_on": OPENED,
        "expires_on": date(2026, 9, 1), "status": "open",
    }  # fmt: skip
    return Line(**{**whole, **changes})


def a_borrower(**changes: Any) -> Case:
    """Somebody who repaid three loans and owes what is drawn on the line."""
    standing = {"loans_repaid": 3, "loans_drawn": 4, "outstanding_cents": 400_000, "reserved_cents": 100_000}
    told = {"granted_cents": 1_000_000, "joint_granted_cents": 1_000_000, "asked_cents": None, "stage": "offer"}
    return a_case(**{**told, **changes, "standing": {**standing, **changes.get("standing", {})}})


def tonight(
    case: Case | None = None, line: Line | None = None, policy: Any = POLICY, product: Any = LINE, **past: Any
) -> LineWeighed | None:
    """What the rules make of the line."""
    whole: dict[str, Any] = {
        "line_id": ids.new(), "changed_on": None, "waiting": False, "grade_at_opening": "A", "late_since_on": None,
        **past,
    }  # fmt: skip
    return weighed(line or a_line(), History(**whole), case or a_borrower(), policy, product)


def test_who_repaid_well_gets_a_fifth_more_at_once() -> None:
    found = tonight()
    assert found is not None
    assert (found.kind, found.limit_cents, found.effective_on) == ("raise", 1_200_000, TODAY)
    assert found.facts == {"loans_repaid": 3.0, "days_past_due_worst": 0.0, "late_days": 0.0, "line_rest_days": 100.0}


@pytest.mark.parametrize(
    ("changes", "past"),
    [
        ({"standing": {"loans_repaid": 2}}, {}),
        ({"standing": {"days_past_due_worst": 1}}, {}),
        ({}, {"late_since_on": TODAY - timedelta(days=1)}),
        ({}, {"changed_on": TODAY - timedelta(days=89)}),
        ({}, {"waiting": True}),
        ({}, {"grade_at_opening": None}),
        ({"facts": {"sales_growth_90": None}}, {}),
        ({"facts_as_of_on": TODAY - timedelta(days=36)}, {}),
        ({"rating": {"grade": "UNKNOWN", "points": None, "pd": None}}, {}),
        ({"rating": None}, {}),
        ({"facts": {"refund_rate_90": 0.4}}, {}),
        ({"facts": {"sales_monthly_mean": 10_000.0}}, {}),
        ({"rating": {"grade": "B"}, "standing": {"loans_repaid": 2}}, {}),
        ({"net_assets_cents": None}, {}),
        ({"borrower": {"banned": True}}, {}),
    ],
)  # fmt: skip
def test_nothing_is_raised_that_a_new_decision_would_not_grant_or_that_is_not_known(
    changes: dict[str, Any], past: dict[str, Any]
) -> None:
    assert tonight(a_borrower(**changes), **past) is None


def test_a_raise_goes_no_further_than_a_new_decision() -> None:
    found = tonight(a_borrower(facts={"sales_monthly_mean": 13_000.0}))
    assert found is not None
    assert found.limit_cents == 1_100_000  # 13,000 x 80 % x 1.06, down to 100 yuan
    group = CaseGroup(groups=1, members=2, granted_cents=199_800_000)
    found = tonight(a_borrower(group=group))
    assert found is not None
    assert found.limit_cents == 1_200_000
    full = CaseGroup(groups=1, members=2, granted_cents=200_000_000)
    assert tonight(a_borrower(group=full)) is None


@pytest.mark.parametrize(("days", "cut"), [(10, False), (11, True)])
def test_a_late_payment_halves_the_limit_at_once_and_leaves_what_is_used(days: int, cut: bool) -> None:
    late = {"late_since_on": TODAY - timedelta(days=days)}
    found = tonight(**late)
    assert (found is not None) is cut
    if found is not None:
        assert (found.kind, found.limit_cents, found.effective_on, found.urgent) == ("cut", 500_000, TODAY, True)
    deep = tonight(line=a_line(used_cents=700_000), **late)
    assert (deep.limit_cents if deep else None) == (800_000 if cut else None)
    assert tonight(line=a_line(used_cents=900_000), **late) is None


@pytest.mark.parametrize(("days", "cut"), [(29, False), (30, True)])
def test_an_urgent_cut_rests_after_itself_and_does_not_halve_the_limit_every_night(days: int, cut: bool) -> None:
    past = {"late_since_on": TODAY - timedelta(days=60), "changed_on": TODAY - timedelta(days=days)}
    again = tonight(**past, rules=["cut after a late payment"], rules_on=[TODAY - timedelta(days=days)])
    assert (again is not None) is cut
    assert tonight(**past, rules=["cut after sales fell"], rules_on=[TODAY - timedelta(days=days)]) is not None


@pytest.mark.parametrize(("growth", "cut"), [(-0.7, False), (-0.701, True)])
def test_falling_sales_cut_after_their_notice(growth: float, cut: bool) -> None:
    found = tonight(a_borrower(facts={"sales_growth_90": growth}), changed_on=None)
    assert (found is not None and found.kind == "cut") is cut
    if cut:
        assert found is not None
        assert (found.limit_cents, found.effective_on) == (700_000, TODAY + timedelta(days=15))


def test_of_several_cuts_the_lowest_and_an_urgent_one_waits_for_nothing() -> None:
    case = a_borrower(facts={"sales_growth_90": -0.8}, rating={"grade": "C"})
    found = tonight(case)
    assert (found.limit_cents if found else None) == 500_000
    late = {"late_since_on": TODAY - timedelta(days=20), "changed_on": TODAY - timedelta(days=1), "waiting": True}
    found = tonight(case, **late)
    assert (found.rule if found else None) == "cut after a late payment"
    assert tonight(case, **{**late, "late_since_on": None}) is None


def repricing(**changes: Any) -> LineChangeRule:
    """A price that moves with the grade."""
    told: dict[str, Any] = {
        "change": "dearer", "label_en": "risk", "label_zh": "风险", "when": "grade = 'BB'", "rate_bp": 11_000,
        "notice_days": 30, "rest_days": 90, "reason": "rating-too-low",
    }  # fmt: skip
    return LineChangeRule(**{**told, **changes})


def test_a_price_moves_within_the_band_after_its_notice_and_the_penalty_with_it() -> None:
    policy = changed_policy(changes=(repricing(), repricing(change="cheaper", when="grade = 'AAA'", rate_bp=7_000)))
    found = tonight(a_borrower(rating={"grade": "BB"}), policy=policy, product=BANDED)
    assert found is not None
    assert (found.kind, found.effective_on) == ("dearer", TODAY + timedelta(days=30))
    assert Fraction(found.rate.num, found.rate.den) == Fraction(550, 1_000_000)
    assert Fraction(found.penalty.num, found.penalty.den) == Fraction(825, 1_000_000)
    better = tonight(a_borrower(rating={"grade": "AAA"}), policy=policy, product=BANDED)
    assert better is not None
    assert (better.kind, better.effective_on) == ("cheaper", TODAY)
    assert Fraction(better.rate.num, better.rate.den) == Fraction(400, 1_000_000)
    assert tonight(a_borrower(rating={"grade": "BB"}), policy=policy, product=LINE) is None


@given(
    st.integers(0, 2_000_000), st.integers(0, 1_000_000), st.sampled_from(["AAA", "A", "BB", "C", "D", "UNKNOWN"]),
    st.floats(-1, 1), st.integers(0, 30), st.integers(0, 5), st.integers(0, 120), st.booleans(),
)  # fmt: skip
def test_a_cut_leaves_what_is_used_and_a_raise_never_passes_a_new_decision(
    limit_cents: int, used_cents: int, grade: str, growth: float, late: int, repaid: int, rested: int, known: bool
) -> None:
    line = a_line(limit_cents=max(limit_cents, used_cents), used_cents=used_cents, reserved_cents=0)
    case = a_borrower(
        rating={"grade": grade}, facts={"sales_growth_90": growth if known else None},
        standing={"loans_repaid": repaid, "outstanding_cents": used_cents, "reserved_cents": 0},
    )  # fmt: skip
    past = {"late_since_on": TODAY - timedelta(days=late) if late else None, "changed_on": TODAY - timedelta(rested)}
    found = tonight(case, line, **past)
    if found is None:
        return
    assert found.limit_cents != line.limit_cents
    if found.kind == "cut":
        assert found.limit_cents >= used_cents
    else:
        made = decide(case_without(case, line), POLICY, LINE)
        assert known
        assert made.outcome == "approve"
        assert made.terms is not None
        assert line.limit_cents < found.limit_cents <= made.terms.limit_cents


class Night:
    """A house with one line, and its nights."""

    def __init__(self, house: Database, shop: Callable[..., UUID]) -> None:
        self.house, self.borrower_id = house, shop()
        asking(house, self.borrower_id, "k", amount_cents=1_000_000)()

    def has(self, **standing: Any) -> None:
        """The borrower stands like this."""
        whole: dict[str, Any] = {
            "outstanding_cents": 0, "reserved_cents": 0, "days_past_due_worst": 0, "late_since_on": None,
            "loans_drawn": 4, "loans_repaid": 4,
        }  # fmt: skip
        self.house.act(lines.bring_standing, borrower_id=self.borrower_id, **{**whole, **standing})

    def rated(self, on: date, **facts: float) -> None:
        """A new look at the record."""
        with self.house.transaction() as db:
            rate(db, self.borrower_id, "A", {**MARKET_FACTS, **facts}, on)

    @property
    def line(self) -> Line:
        """The line as it stands."""
        with self.house.transaction() as db:
            return lines_of(db, self.borrower_id)[0]

    @property
    def told(self) -> list[LineChange]:
        """The notices, the newest first."""
        with self.house.transaction() as db:
            return line_changes_of(db, self.borrower_id)


@pytest.fixture
def night(house: Database, shop: Callable[..., UUID]) -> Night:
    return Night(house, shop)


def test_a_raise_is_there_the_next_morning_and_once(night: Night) -> None:
    later = TODAY + timedelta(days=90)
    night.rated(later)
    night.has()
    assert change_lines(night.house, today=later - timedelta(days=1)).raised == 0
    report = change_lines(night.house, today=later)
    assert (report.looked_at, report.raised, report.reasons) == (1, 1, {"repaid-well": 1})
    assert night.line.limit_cents == 1_200_000
    (told,) = night.told
    assert (told.outcome, told.policy_version, told.effective_on) == ("done", POLICY.version, later)
    assert told.notice("en") == (
        "Your limit rises from 10,000.00 to 12,000.00 yuan on 2026-04-01, because your loans were repaid on time."
    )
    assert told.notice("zh-Hans") == (
        "因您按时还清了借款，您的授信额度自2026年4月1日起由 10,000.00 元调整为 12,000.00 元。"
    )
    for _ in range(2):
        again = change_lines(night.house, today=later)
        assert (again.looked_at, again.raised, night.line.limit_cents) == (0, 0, 1_200_000)


def test_a_cut_waits_for_its_day_and_leaves_what_was_drawn_meanwhile(night: Night) -> None:
    fall = TODAY + timedelta(days=20)
    night.rated(fall, sales_growth_90=-0.8)
    night.has(loans_repaid=0)
    assert change_lines(night.house, today=fall).cut == 1
    assert (night.line.limit_cents, night.told[0].outcome) == (1_000_000, None)
    night.house.act(lines.reserve, night.line, 850_000, today=fall)
    effective = fall + timedelta(days=15)
    early = change_lines(night.house, today=effective - timedelta(days=1))
    assert (early.carried_out, early.cut, night.line.limit_cents) == (0, 0, 1_000_000)
    due = change_lines(night.house, today=effective)
    assert (due.carried_out, due.lapsed, night.line.limit_cents) == (1, 0, 850_000)
    assert night.told[0].outcome == "done"
    assert (night.line.status, night.line.available_cents) == ("open", 0)


def test_a_cut_with_nothing_left_to_cut_lapses(night: Night) -> None:
    fall = TODAY + timedelta(days=20)
    night.rated(fall, sales_growth_90=-0.8)
    night.has(loans_repaid=0)
    change_lines(night.house, today=fall)
    night.house.act(lines.reserve, night.line, 1_000_000, today=fall)
    due = change_lines(night.house, today=fall + timedelta(days=15))
    assert (due.carried_out, due.lapsed, night.line.limit_cents) == (0, 1, 1_000_000)
    assert change_lines(night.house, today=fall + timedelta(days=15)).lapsed == 0


def test_a_night_killed_anywhere_and_run_again_ends_the_same(
    house: Database, shop: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    later, nights = TODAY + timedelta(days=90), [Night(house, lambda n=n: shop(f"s{n}")) for n in range(3)]
    for each in nights:
        each.rated(later)
        each.has()

    class Killed(BaseException):
        """The plug is pulled."""

    act, left = house.act, 5

    def until_killed(*deed: Any, **values: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return act(*deed, **values)

    with monkeypatch.context() as patched:
        patched.setattr(house, "act", until_killed)
        with pytest.raises(Killed):
            change_lines(house, today=later)
    before = count(house, "select count(*) from line where limit_cents = 1200000")
    report = change_lines(house, today=later)
    assert before + report.raised == 3
    assert [each.line.limit_cents for each in nights] == [1_200_000] * 3
    assert (
        count(house, "select count(*) from line_change") == count(house, "select count(*) from line_change_done") == 3
    )


def test_notices_are_never_changed(night: Night) -> None:
    night.has(late_since_on=TODAY - timedelta(days=11), days_past_due_worst=11)
    assert change_lines(night.house, today=TODAY).cut == 1
    assert night.line.limit_cents == 500_000
    for statement in ("update line_change set limit_cents = 0", "delete from line_change_done"):
        with night.house.transaction() as db, pytest.raises(Exception, match="permission denied"):
            db.execute(statement)


def test_what_a_decision_says_of_the_rest_is_the_same_as_without_the_line() -> None:
    case = a_borrower()
    bare = case_without(case, a_line())
    assert (bare.granted_cents, bare.joint_granted_cents, bare.standing.outstanding_cents) == (0, 0, 0)
    assert msgspec.structs.replace(bare, standing=case.standing, granted_cents=0).facts == case.facts


@pytest.mark.parametrize(
    ("grade", "rate_bp", "low", "high"), [("AAA", 7_000, "0.055 %", "0.06 %"), ("BB", 11_000, "0.03 %", "0.04 %")]
)
def test_a_rule_that_makes_a_line_cheaper_never_makes_it_dearer_nor_the_other_way_round(
    grade: str, rate_bp: int, low: str, high: str
) -> None:
    policy = changed_policy(changes=(repricing(when=f"grade = '{grade}'", rate_bp=rate_bp),))
    product = msgspec.structs.replace(LINE, rate_min=low, rate_max=high)
    assert tonight(a_borrower(rating={"grade": grade}), policy=policy, product=product) is None


def test_a_product_priced_outside_its_own_band_is_not_published(house: Database) -> None:
    outside = msgspec.structs.replace(LINE, version=LINE.version + 1, rate_min="0.02 %", rate_max="0.03 %")
    with pytest.raises(InvalidProduct, match=r"from rate_min, 0.02 %, to rate_max, 0.03 %"):
        house.act(publish, outside, today=TODAY)
    with house.transaction() as db, pytest.raises(InvalidProduct):
        fits(db, outside, TODAY)


def test_a_line_is_changed_by_the_policy_that_decides_its_borrower(house: Database, shop: Callable[..., UUID]) -> None:
    rules = tuple(
        msgspec.structs.replace(each, limit_bp=11_000) if each.limit_bp == 12_000 else each
        for each in POLICY.changes or ()
    )
    tried, later = (
        msgspec.structs.replace(POLICY, version=POLICY.version + 1, changes=rules),
        TODAY + timedelta(days=90),
    )
    TwoPeople(house).shares(tried, 5_000)
    nights = [Night(house, lambda n=n: shop(f"s{n}")) for n in range(6)]
    with house.transaction() as db:
        by = policy_for(db, [each.borrower_id for each in nights], later)
    for each in nights:
        each.rated(later)
        each.has()
    assert change_lines(house, today=later).raised == 6
    for each in nights:
        version = by[each.borrower_id].version
        raised_cents = 1_100_000 if version == tried.version else 1_200_000
        assert (each.told[0].policy_version, each.line.limit_cents) == (version, raised_cents)
