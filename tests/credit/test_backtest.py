"""Decided again under another policy: who swaps sides, what it costs, and how sure that is."""

import dataclasses
import json
from collections.abc import Callable
from uuid import UUID

import msgspec
import numpy as np
import pytest
from credit_cases import LINE, POLICY, TODAY, a_case, decided

from lendmill import ids
from lendmill.credit.actions import apply_at_once
from lendmill.credit.consents import CONSENTS
from lendmill.credit.policy import Policy
from lendmill.credit.pricing.assumptions import read_assumptions
from lendmill.credit.record import content, text_of
from lendmill.credit.testing import actions, queries
from lendmill.credit.testing.again import Stored, again
from lendmill.credit.testing.backtest import Backtest, Estimate, ratio, report, total
from lendmill.credit.testing.beside.queries import shadow_report
from lendmill.credit.testing.tally import GROUPS, Tally
from lendmill.credit.testing.words import told
from lendmill.credit.testing.worth import Grant, worth_under
from lendmill.db import Database
from lendmill.people.actions import Command
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account

PRODUCTS = {(LINE.key, LINE.version): LINE}
GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "C", "D")


SAID = read_assumptions(
    """
    key = "plain"
    said_by = "the tests"
    in_force_on = 2026-01-01
    source = "so that heads can check it"
    product = "credit-line"
    days = 365
    loss_given_default_bp = 5_000
    funding_yearly_bp = 500
    operating_cents = 10_000
    drawn_at_default_bp = 10_000
    interest_paid_before_default_bp = 0
    utilisation = [{ limit_cents = 100, share_bp = 10_000 }]
    [churn]
    all = [[0.10, 0.0], [0.30, 0.0]]
    """
    + "".join(
        f"[grades.{grade}]\npd = 0.1\npd_low = 0.1\npd_high = 0.1\ncurve = 'all'\nlimit_cents = 100_000\n"
        for grade in ("AAA", "AA", "A", "BBB", "BB", "B", "C")
    )
)
worth = worth_under(SAID)


def next_version(share: float) -> Policy:
    """The shipped policy with so much of each figure of its first limit table, a share of a month's sales."""
    sales, *others = POLICY.limit.tables or ()
    rows = tuple((*row[:-1], int(row[-1] * share)) for row in sales.rows)
    tables = (msgspec.structs.replace(sales, rows=rows), *others)
    return msgspec.structs.replace(
        POLICY, version=POLICY.version + 1, limit=msgspec.structs.replace(POLICY.limit, tables=tables)
    )


def kept(n: int, defaulted: bool | None = None, **changes: object) -> Stored:
    """The n-th decision as the house would keep it."""
    case = a_case(borrower_id=UUID(int=n + 1), **{"asked_cents": 50_000_000, **changes})
    made = decided(case)
    return Stored(UUID(int=n + 1), case.borrower_id, TODAY, text_of(content(case, POLICY, LINE, made)), defaulted)


def counted(stored: list[Stored], policy: Policy) -> Tally:
    """All of these decided again."""
    tally = Tally()
    tally.count(list(again(stored, policy, PRODUCTS)), worth)
    return tally


def test_the_same_policy_changes_nothing() -> None:
    files = [kept(n, rating={"grade": grade}) for n, grade in enumerate(GRADES)]
    found = report(counted(files, POLICY), SAID)
    assert found.files == 8
    assert {(before, after) for before, after, _ in found.outcomes} == {
        ("counter", "counter"), ("refer", "refer"), ("decline", "decline"),
    }  # fmt: skip
    assert [row.files for row in found.swaps] == [6, 0, 0, 2]
    for change in (found.granted_change, found.loss_change, found.profit_change):
        assert change == Estimate(0.0, 0.0, 0.0)


def test_who_swaps_sides_is_counted_with_money_and_what_became_of_them() -> None:
    rules = msgspec.structs.replace(POLICY.rating, declined=("D",), referred=("C", "B"))
    new = msgspec.structs.replace(
        POLICY, version=3, rating=rules, debts=msgspec.structs.replace(POLICY.debts, days_past_due_worst_max=60)
    )
    files = [
        kept(0, rating={"grade": "A", "pd": 0.01}, defaulted=False),
        kept(1, rating={"grade": "B", "pd": 0.2}, defaulted=True),
        kept(2, rating={"grade": "B", "pd": 0.1}, defaulted=False),
        kept(3, rating={"grade": "A", "pd": 0.03}, standing={"days_past_due_worst": 45}),
        kept(4, rating={"grade": "D", "pd": 0.5}),
    ]
    rows = {row.swap: row for row in report(counted(files, new), SAID).swaps}
    assert {swap: row.files for swap, row in rows.items()} == {"both": 1, "in": 1, "out": 2, "neither": 1}
    out = rows["out"]
    assert (out.known, out.defaults, out.default_rate.value) == (2, 1, 0.5)
    assert out.mean_pd == pytest.approx(0.15)
    assert (out.limit_before_cents, out.limit_after_cents) == (2 * 700_000, 0)
    assert (rows["in"].known, rows["in"].default_rate.value) == (0, None)  # nobody lent to them: nobody can know
    assert rows["in"].limit_after_cents == 1_600_000
    assert rows["in"].loss_after.value == pytest.approx(0.03 * 1_600_000 / 2)


def test_the_gain_ends_where_it_is_nothing_under_so_many_defaults() -> None:
    new = msgspec.structs.replace(
        POLICY, version=3, debts=msgspec.structs.replace(POLICY.debts, days_past_due_worst_max=60)
    )
    late = {"days_past_due_worst": 45}
    files = [
        kept(0, rating={"grade": "A", "pd": 0.01}, defaulted=False),
        kept(1, rating={"grade": "B", "pd": 0.2}),
        kept(2, rating={"grade": "A", "pd": 0.03}, standing=late),
        kept(3, rating={"grade": "BB", "pd": 0.07}, standing=late),
        kept(4, rating={"grade": "D", "pd": 0.5}),
    ]
    blind = report(counted(files, new), SAID).blind
    assert blind.new_files == 2
    assert blind.gain_ends_at is not None
    assert blind.gain_ends_at == pytest.approx(4.94, abs=0.005)
    again_of_new = [
        each for each in again(files, new, PRODUCTS) if each.limit_before_cents == 0 < each.limit_after_cents
    ]
    grants = []
    for each in again_of_new:
        terms, rating = each.after.terms, each.case.rating
        assert terms is not None
        assert rating is not None
        assert rating.pd is not None
        rate = (terms.rate_num, terms.rate_den)
        grants.append(Grant(rating.pd * blind.gain_ends_at, terms.grade, terms.limit_cents, rate, rate))
    assert worth(grants).profit.sum() == pytest.approx(0, abs=1)


def test_what_a_person_raised_was_not_granted_by_a_person() -> None:
    said = (("A", "approve"), ("C", "approve"), ("D", "approve"), ("C", "decline"), ("C", None))
    files = [dataclasses.replace(kept(n, rating={"grade": grade}), by_person=by) for n, (grade, by) in enumerate(said)]
    found = report(counted(files, POLICY), SAID)
    assert found.blind.granted_by_person == 2
    en, zh = (sentences(found, chinese=chinese) for chinese in (False, True))
    assert "Of those the computer had sent to a person or declined, persons granted 2;" in en
    assert "系统转人工或拒绝的申请中，人工已批准2笔" in zh


def sentences(found: Backtest, *, chinese: bool) -> str:
    """A report in words, on one line."""
    return " ".join(sentence for section in told(found, chinese=chinese) for sentence in section.sentences)


def test_money_before_and_after_is_added_up_by_group_and_in_all() -> None:
    files = [kept(n, rating={"grade": "A", "pd": 0.02}) for n in range(40)]
    smaller = next_version(0.75)
    tally = counted(files, smaller)
    found = report(tally, SAID)
    unpriced = dataclasses.replace(found, blind=dataclasses.replace(found.blind, unpriced=7))
    assert "7 grants, before" in " ".join(told(unpriced, chinese=False)[0].sentences)
    assert found.loss_before.value == pytest.approx(40 * 0.02 * 1_600_000 / 2)
    assert found.loss_change.value == pytest.approx(40 * 0.02 * -400_000 / 2)
    (segment,) = [each for name, value, each in found.segments if (name, value) == ("grade", "A")]
    assert (segment.files, segment.limit_before_cents, segment.limit_after_cents) == (40, 64_000_000, 48_000_000)
    assert {band: counts for band, *counts in found.limits}[1_000_000] == [40, 40]
    assert tally.sums.shape[-1] == GROUPS


def test_two_parts_added_are_the_whole() -> None:
    files = [kept(n, rating={"grade": GRADES[n % 8], "pd": n / 100}, defaulted=n % 3 == 0) for n in range(30)]
    tighter = next_version(0.3)
    whole, one, other = counted(files, tighter), counted(files[:11], tighter), counted(files[11:], tighter)
    one.add(other)
    assert np.allclose(one.sums, whole.sums)
    assert report(one).segments == report(whole).segments
    assert (one.outcomes, one.reasons_after, one.limits_after) == (
        whole.outcomes, whole.reasons_after, whole.limits_after,
    )  # fmt: skip


def within(found: Estimate, truth: float) -> bool:
    """Whether an estimate's bounds hold the truth."""
    return found.low is not None and found.high is not None and found.low <= truth <= found.high


def test_bounds_are_those_of_a_share_and_of_a_sum() -> None:
    rng = np.random.default_rng(0)
    inside_share = inside_sum = 0
    for _ in range(300):
        hits, files = np.zeros(GROUPS), np.zeros(GROUPS)
        groups = rng.integers(0, GROUPS, 2_000)
        np.add.at(files, groups, 1)
        np.add.at(hits, groups, rng.random(2_000) < 0.3)
        share, money = ratio(hits, files), total(hits)
        inside_share += within(share, 0.3)
        inside_sum += within(money, 600.0)
    assert inside_share / 300 == pytest.approx(0.95, abs=0.04)
    assert inside_sum / 300 >= 0.91  # wider: how many files there are is chance too
    assert ratio(np.zeros(GROUPS), np.zeros(GROUPS)) == Estimate(None, None, None)


@pytest.fixture
def decisions(shop: Callable[..., UUID], house: Database) -> list[UUID]:
    """Three decisions kept in a house: two approved, one declined."""
    answers = {
        "amount_cents": 1_000_000, "purpose": "stock", "language": "en",
        "consents": [consent.purpose for consent in CONSENTS],
    }  # fmt: skip
    made = []
    for n, grade in enumerate(("A", "B", "D")):
        borrower_id = shop(f"s{n}", grade=grade)
        made.append(
            house.act(
                apply_at_once, command=Command.of(f"k{n}"), borrower_id=borrower_id, product_key="credit-line",
                answers=answers, today=TODAY,
            ).decision_id
        )  # fmt: skip
    return made


def test_a_shadow_decides_beside_once_and_changes_nothing(house: Database, decisions: list[UUID]) -> None:
    new = next_version(0.5)
    with house.transaction() as db:
        assert actions.shadow(db, new, PRODUCTS, since_on=TODAY, today=TODAY) == sorted(decisions)
        assert actions.shadow(db, new, PRODUCTS, since_on=TODAY, today=TODAY) == []
        found = shadow_report(db, new.key, new.version)
    assert (found.files, found.more, found.less) == (len(decisions), 0, 2)
    assert ("approve", "counter") in {(pair.before, pair.after) for pair in found.pairs}


def test_the_parts_of_a_time_hold_every_decision_once(house: Database, decisions: list[UUID]) -> None:
    with house.transaction() as db:
        parts = queries.parts_of(db, since_on=TODAY, until_on=TODAY, parts=2)
        found = [
            each.decision_id
            for part in parts
            for each in queries.stored(db, since_on=TODAY, until_on=TODAY, after=part.after, up_to=part.up_to, page=1)
        ]
        assert [part.files for part in parts] == [2, 1]
        assert queries.counted(db, since_on=TODAY, until_on=TODAY) == 3
        assert found == sorted(decisions)
        assert queries.parts_of(db, since_on=TODAY.replace(year=2027), until_on=TODAY.replace(year=2028), parts=2) == []


def test_a_backtest_is_kept_as_it_was_run(house: Database, decisions: list[UUID]) -> None:
    with house.transaction() as db:
        tally = actions.decide_again(db, POLICY, PRODUCTS, worth, since_on=TODAY, until_on=TODAY)
        found = report(tally, SAID)
        actions.keep_backtest(db, POLICY, found, since_on=TODAY, until_on=TODAY, by=None, today=TODAY)
        (run,) = queries.backtests(db, POLICY.key, POLICY.version)
    assert (run.files, run.policy_digest) == (len(decisions), POLICY.fingerprint)
    assert run.body == json.loads(msgspec.json.encode(found))
    assert run.found == found


def test_a_persons_verdict_is_no_file_of_its_own_and_its_loan_tells_of_the_file(
    house: Database, shop: Callable[..., UUID]
) -> None:
    answers = {
        "amount_cents": 100_000, "purpose": "stock", "language": "en",
        "consents": [consent.purpose for consent in CONSENTS],
    }  # fmt: skip
    made = house.act(
        apply_at_once, command=Command.of("k1"), borrower_id=shop("s1", grade="C"), product_key="credit-line",
        answers=answers, today=TODAY,
    )  # fmt: skip
    assert made.outcome == "refer"
    rita = house.act(
        open_account, sign_in_name="rita", display_name="rita", role=Role.RISK_OFFICER, password="correct horse battery"
    )
    verdict_id = ids.new()
    with house.transaction() as db:
        db.execute(
            "insert into decision (decision_id, borrower_id, application_id, product_key, outcome, grade, limit_cents,"
            " reasons, content, content_hash, decided_on) select %s, borrower_id, application_id, product_key,"
            " 'approve', grade, 100000, '[]', content, content_hash, decided_on from decision",
            [verdict_id],
        )
        db.execute(
            "insert into review_verdict (decision_id, borrower_id, case_id, outcome, override, reasons, reviewed_by,"
            " reviewed_role, decided_on) select %s, borrower_id, case_id, 'approve', 'up', '{known}', %s,"
            " 'risk-officer', opened_on from review_case",
            [verdict_id, rita],
        )
        db.execute(
            "insert into outcome (decision_id, borrower_id, model_id, decided_on, points, pd, defaulted, cause,"
            " known_on) select %s, borrower_id, 'card-1', decided_on, 500, 0.2, true, 'late', decided_on"
            " from decision where decision_id = %s",
            [verdict_id, verdict_id],
        )
        (found,) = queries.stored(db, since_on=TODAY, until_on=TODAY)
        assert (found.decision_id, found.by_person, found.defaulted) == (made.decision_id, "approve", True)
        assert queries.counted(db, since_on=TODAY, until_on=TODAY) == 1
        (part,) = queries.parts_of(db, since_on=TODAY, until_on=TODAY, parts=2)
        assert part.files == 1
        blind = report(actions.decide_again(db, POLICY, PRODUCTS, since_on=TODAY, until_on=TODAY)).blind
    assert (blind.granted_by_person, blind.referred_before, blind.known) == (1, 1, 0)


def test_a_dearer_line_is_a_worse_risk_and_keeps_fewer_where_the_assumptions_say_so() -> None:
    said = msgspec.structs.replace(
        SAID, odds_per_rate_point=1.2, churn={"all": ((0.10, 0.0), (0.20, 0.5))}
    )  # a curve ends at 20 %: beyond it as many stay as there
    cheap, dear, dearer = ((rate, 1_000_000) for rate in (400, 500, 700))
    grants = [
        Grant(0.05, "A", 1_000_000, cheap, cheap), Grant(0.05, "A", 1_000_000, dear, dear),
        Grant(0.05, "A", 1_000_000, dear, cheap), Grant(0.05, "A", 1_000_000, dearer, dearer), None,
        Grant(0.05, "D", 1_000_000, cheap, cheap),
    ]  # fmt: skip
    loss = worth_under(said)(grants).loss
    assert loss[1] < loss[0]  # as good a risk as it was, and fewer stay
    assert loss[2] > loss[1]  # dearer than it was
    assert loss[3] == pytest.approx(0.05 * 1_000_000 / 2 * 0.5, rel=0.001)
    assert np.isnan(loss[4:]).all()
