"""What a person may grant, when a second one is needed, what is asked, what is told in writing: the rules alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from credit_cases import LINE, POLICY, TODAY, a_case, changed_policy, decided
from hypothesis import given
from hypothesis import strategies as st

from lendmill.credit.case import Case
from lendmill.credit.decide import decide
from lendmill.credit.notice import LENDER, NoticedDecision, kind_of, notice_of
from lendmill.credit.policy import InvalidPolicy, Policy, policy_of
from lendmill.credit.record import content, replayed, text_of
from lendmill.credit.review.interview.interview import NotALink, NotAReference, link, reference
from lendmill.credit.review.interview.questions import questions
from lendmill.credit.review.interview.slots import NotASlot, check_slot, slot_of, slots
from lendmill.credit.review.rules import USUAL
from lendmill.credit.review.verdict.bounds import AmountOutOfBounds, NoPersonMayGrant, bounds, check_bounds
from lendmill.credit.review.verdict.judging import (
    IdentityNotConfirmed,
    InterviewNeeded,
    check_interview,
    override,
    reviewed,
    why_second,
)
from lendmill.credit.review.verdict.review import (
    FoundInInterview,
    InterviewHeld,
    ReasonCodesWrong,
    Review,
    ReviewedBy,
    Verdict,
    read_verdict,
)
from lendmill.credit.tables import Base, LimitTable
from lendmill.credit.why import told as story
from lendmill.people.canonical import digest_of
from lendmill.products.reading import content_of
from lendmill.rating.stated.closeness import StatedComparison
from lendmill.refusals import Refusal

SOMEBODY = UUID("01890000-0000-7000-8000-0000000000a1")
GRANT = Verdict(
    outcome="approve", reasons=("season",), words="The quarter is always quiet.", amount_cents=500_000, months_max=3
)


def review(verdict: Verdict = GRANT, *found: FoundInInterview, role: str = "risk-officer") -> Review:
    """A review by one person, after a conversation where something was found in one."""
    held = InterviewHeld(interview_id=SOMEBODY, held_on=TODAY, recording_ref="REC-1", found=found) if found else None
    return Review(
        automatic_id=SOMEBODY, automatic_hash="ab" * 32, automatic_outcome="refer", verdict=verdict,
        reviewer=ReviewedBy(account_id=SOMEBODY, role=role), second=None, interview=held, up_to="law",
        one_of_a_kind=True,
    )  # fmt: skip


def found(finding: Any = "matches", topic: str = "business") -> FoundInInterview:
    return FoundInInterview(question=topic, topic=topic, record="", finding=finding, said="")


def granted(**changes: Any) -> Verdict:
    return msgspec.structs.replace(GRANT, **changes)


@pytest.mark.parametrize(
    "outside",
    [
        {"borrower": {"born_on": date(2008, 1, 2)}},
        {"borrower": {"born_on": None}},
        {"borrower": {"banned": True}},
        {"borrower": {"banned": None}},
        {"borrower": {"identity_verified": False}},
        {"purpose": "shares"},
        {"net_assets_cents": None},
    ],
)
def test_what_the_law_or_the_licence_forbids_no_person_may_grant(outside: dict[str, Any]) -> None:
    case = a_case(**outside, asked_cents=500_000)
    automatic = decide(case, POLICY, LINE)
    within = bounds(case, POLICY, LINE, automatic)
    assert not within.open
    with pytest.raises(Refusal):
        check_bounds(GRANT, within)
    with pytest.raises(Refusal):
        reviewed(case, POLICY, LINE, review())
    no = Verdict(outcome="decline", reasons=("banned",), words="shut out")
    assert reviewed(case, POLICY, LINE, review(no)).outcome == "decline"


def capped(law: str, of: Base = "amount", figure: int = 500_000) -> Policy:
    """The shipped policy with one more limit table, by grade."""
    cap = LimitTable(
        table="cap", label_en="a cap", label_zh="上限", of=of, axes=("grade",), law=law, in_force_on=date(2025, 1, 1),
        rows=tuple((grade, figure) for grade in POLICY.grades),
    )  # fmt: skip
    return changed_policy(limit__tables=(*(POLICY.limit.tables or ()), cap))


@pytest.mark.parametrize("rated", [{}, {"rating": {"grade": "D"}}])
def test_a_limit_table_that_names_a_law_is_passed_by_nobody(rated: dict[str, Any]) -> None:
    case, verdict = a_case(**rated, asked_cents=1_000_000), granted(amount_cents=1_000_000)
    reviewed(case, capped(""), LINE, review(verdict))
    policy = capped("a law")
    within = bounds(case, policy, LINE, decide(case, policy, LINE))
    assert (within.open, within.most_cents) == (True, 500_000)
    with pytest.raises(AmountOutOfBounds, match="to 500000 cents can be granted here, not 1000000"):
        reviewed(case, policy, LINE, review(verdict))
    assert reviewed(case, policy, LINE, review()).outcome == "approve"
    before = msgspec.structs.replace(review(verdict), up_to="asked")
    assert reviewed(case, policy, LINE, before).terms is not None


@pytest.mark.parametrize("rated", [{}, {"rating": {"grade": "D"}}])
def test_a_limit_table_that_names_a_law_and_cannot_be_looked_up_stands(rated: dict[str, Any]) -> None:
    unknown = {"sales_monthly_mean": None, "sales_net_90": None, "settlement_90": None}
    case = a_case(**rated, facts=unknown, asked_cents=500_000)
    reviewed(case, capped("", "monthly sales", 9_000), LINE, review())
    with pytest.raises(NoPersonMayGrant, match=r": cap\.$"):
        reviewed(case, capped("a law", "monthly sales", 9_000), LINE, review())


@pytest.mark.parametrize(
    "seen_otherwise",
    [
        {"rating": {"grade": "D"}},
        {"rating": None},
        {"facts": {"refund_rate_90": 0.99}},
        {"borrower": {"member_since_on": date(2025, 12, 1)}},
        {"facts": {"sales_monthly_mean": None, "sales_net_90": None, "settlement_90": None}},
    ],
)
def test_what_the_record_says_a_person_may_see_otherwise_and_every_finding_stays(
    seen_otherwise: dict[str, Any],
) -> None:
    case = a_case(**seen_otherwise, asked_cents=500_000)
    automatic = decide(case, POLICY, LINE)
    assert automatic.outcome in ("refer", "decline")
    made = reviewed(case, POLICY, LINE, review())
    assert (made.outcome, made.reasons) == ("approve", ())
    assert made.terms is not None
    assert (made.terms.limit_cents, made.terms.months_max) == (500_000, 3)
    assert made.findings[: len(automatic.findings)] == automatic.findings


def test_a_grade_that_is_not_granted_is_priced_as_the_last_that_is() -> None:
    made = reviewed(a_case(rating={"grade": "D"}, asked_cents=500_000), POLICY, LINE, review())
    assert made.terms is not None
    assert made.terms.grade == POLICY.grades[-1]


def test_a_rule_that_names_a_law_stands_for_a_person_too() -> None:
    case = a_case(facts={"sales_growth_90": -0.99})
    named = [rule.rule for rule in POLICY.rules or () if "sales_growth_90" in rule.facts]
    assert bounds(case, POLICY, LINE, decide(case, POLICY, LINE)).open
    by_law = changed_policy(
        rules=tuple(
            msgspec.structs.replace(rule, law="a law", in_force_on=TODAY) if rule.rule in named else rule
            for rule in POLICY.rules or ()
        )
    )
    assert not bounds(case, by_law, LINE, decide(case, by_law, LINE)).open


@given(
    amount_cents=st.integers(-1, 200_000_000),
    asked_cents=st.sampled_from([100_000, 50_000_000, 200_000_000]),
    months=st.integers(-1, 40),
    owed_cents=st.sampled_from([0, 50_000_000, 99_900_000, 100_000_000]),
    net_assets_cents=st.sampled_from([0, 1_000_000, 500_000_000, 10_000_000_000]),
)
def test_no_verdict_passes_a_cap_or_what_was_asked(
    amount_cents: int, asked_cents: int, months: int, owed_cents: int, net_assets_cents: int
) -> None:
    held: dict[str, Any] = {"granted_cents": owed_cents, "joint_granted_cents": owed_cents}
    case = a_case(**held, net_assets_cents=net_assets_cents, asked_cents=asked_cents)
    try:
        made = reviewed(case, POLICY, LINE, review(granted(amount_cents=amount_cents, months_max=months)))
    except Refusal:
        return
    assert made.terms is not None
    limit_cents = made.terms.limit_cents
    assert limit_cents <= min(asked_cents, LINE.limit_max_cents)
    assert LINE.joint_limit is not None
    assert limit_cents + owed_cents <= LINE.joint_limit.max_cents
    assert limit_cents + owed_cents <= net_assets_cents * POLICY.limit.borrower_share_of_net_assets_bp // 10_000
    assert made.terms.rate_num * 365 * 10_000 <= LINE.all_in_cap_bp * made.terms.rate_den


def test_a_persons_decision_is_made_again_to_the_last_byte_and_a_changed_one_is_not() -> None:
    case, told = a_case(rating={"grade": "C"}, asked_cents=600_000), review(GRANT, found())
    kept = content(case, POLICY, LINE, reviewed(case, POLICY, LINE, told), told)
    text = text_of(kept)
    assert replayed(text, digest_of(text), POLICY, LINE).same
    other = text.replace('"amount_cents":500000', '"amount_cents":600000')
    assert not replayed(other, digest_of(other), POLICY, LINE).same
    forbidden = text.replace('"banned":false', '"banned":true')
    assert "not banned" in replayed(forbidden, digest_of(forbidden), POLICY, LINE).differences[0]


@pytest.mark.parametrize(
    ("verdict", "role", "finding", "why"),
    [
        (GRANT, "analyst", "matches", ()),
        (granted(amount_cents=10_000_000), "analyst", "matches", ("override",)),
        (granted(amount_cents=10_000_001), "analyst", "matches", ("amount", "override")),
        (granted(amount_cents=50_000_000), "risk-officer", "matches", ("override",)),
        (GRANT, "analyst", "differs", ("interview",)),
        (GRANT, "auditor", "matches", ("amount",)),
        (Verdict(outcome="decline", reasons=("late-debt",), words="late"), "analyst", "differs", ()),
    ],
)
def test_a_second_person_is_needed_above_ones_limit_against_the_computer_and_where_the_interview_differs(
    verdict: Verdict, role: str, finding: str, why: tuple[str, ...]
) -> None:
    automatic = decided(a_case(asked_cents=600_000))
    assert automatic.terms is not None
    assert automatic.terms.limit_cents == 600_000
    assert why_second(verdict, review(verdict, found(finding), role=role), automatic, USUAL) == why


def test_an_override_is_one_against_what_the_computer_says_not_one_it_left_open() -> None:
    open_, declined, fine = (decided(a_case(rating={"grade": grade})) for grade in ("C", "D", "A"))
    assert open_.terms is not None
    within = granted(amount_cents=open_.terms.limit_cents)
    assert [override(each, open_) for each in (within, granted(amount_cents=open_.terms.limit_cents + 1))] == [
        "none", "up",
    ]  # fmt: skip
    assert override(GRANT, declined) == "up"
    no = Verdict(outcome="decline", reasons=("late-debt",), words="late")
    assert [override(no, each) for each in (open_, declined, fine)] == ["none", "none", "down"]


def test_nobody_grants_much_unseen_or_anything_to_somebody_who_is_not_who_they_say() -> None:
    edge = USUAL.interview_above_cents
    check_interview(review(granted(amount_cents=edge)), USUAL)
    with pytest.raises(InterviewNeeded):
        check_interview(review(granted(amount_cents=edge + 1)), USUAL)
    check_interview(review(granted(amount_cents=edge + 1), found()), USUAL)
    for finding in ("differs", "not answered"):
        with pytest.raises(IdentityNotConfirmed):
            check_interview(review(GRANT, found(finding, "identity")), USUAL)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reasons": []},
        {"reasons": ["season", "secured", "repaid-before", "trade-elsewhere", "smaller-is-carried"]},
        {"reasons": ["banned"]},
        {"outcome": "decline", "reasons": ["facts-unknown"]},
        {"outcome": "decline", "reasons": ["season"]},
    ],
)
def test_a_verdict_gives_one_to_four_reasons_of_its_own_kind(wrong: dict[str, Any]) -> None:
    with pytest.raises(ReasonCodesWrong):
        read_verdict({"outcome": "approve", "words": "because it is so", **wrong})


def test_a_policy_states_the_figures_of_the_desk_and_wrong_ones_are_refused() -> None:
    assert POLICY.review == USUAL
    stated = content_of(POLICY)
    stated["review"]["alone_up_to_cents"] = {"seller": 1}
    with pytest.raises(InvalidPolicy, match="alone_up_to_cents"):
        policy_of(stated)


def test_the_checklist_asks_who_and_what_for_always_and_the_rest_by_the_file() -> None:
    case = a_case(facts={"refund_rate_90": 0.3, "sales_growth_90": -0.5}, rating={"grade": "C"})
    kept = content(case, POLICY, LINE, decide(case, POLICY, LINE))
    stated = (
        StatedComparison("inventory", 90_000.0, None, None, ""),
        StatedComparison("cost_year", 1.0, 1.0, 1.0, "x"),
    )
    asked = {each.key: each for each in questions(kept, POLICY, stated)}
    assert {"identity document", "identity shop", "purpose", "sales", "sales moved", "refunds"} <= asked.keys()
    assert {"largest customers", "stock", "other debts", "stated inventory"} <= asked.keys()
    assert "stated cost_year" not in asked
    assert "finding grade not referred" in asked
    assert asked["sales moved"].record_en == "-50%"
    assert all(each.ask_en and each.ask_zh and each.ask_en != each.ask_zh for each in asked.values())
    plain = questions(content(a_case(), POLICY, LINE, decided(a_case())), POLICY)
    assert len({each.key for each in plain}) == len(plain) < len(asked)


def test_an_hour_is_a_half_hour_of_a_working_day_from_tomorrow_on_in_the_houses_zone() -> None:
    friday = date(2026, 3, 6)
    free = slots(friday)
    assert free[0] == datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    assert len(free) == 5 * 15
    assert slots(friday, taken=free[:1])[0] == free[1]
    assert check_slot(free[-1], friday) == free[-1]
    for wrong in (free[0] - timedelta(days=2), free[0] + timedelta(minutes=10), free[-1] + timedelta(days=1)):
        with pytest.raises(NotASlot):
            check_slot(wrong, friday)


@pytest.mark.parametrize("edge", ["0001-01-01T00:00+14:00", "9999-12-31T23:30-12:00", "0001-01-01T00:00", "no hour"])
def test_an_hour_at_the_end_of_all_hours_is_refused_with_a_sentence(edge: str) -> None:
    with pytest.raises(NotASlot, match="on a half hour of one of the next business days"):
        check_slot(slot_of(edge), TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        "", "http://meet.example.com/a", "https://a b", "javascript:alert(1)", "https://",
        "https://ok.example/\u202egpj", "https://ok.example/\x07a", "https://ok.example/a\u200b",
        "https://user:pw@evil.example/", "https://evil.example\\@ok.example/", "https://[ok.example/", "https:///room",
        "https://ok.example:99999/room",
    ],
)  # fmt: skip
def test_a_link_is_one_that_can_be_opened_safely(wrong: str) -> None:
    with pytest.raises(NotALink):
        link(wrong)


def test_a_link_is_taken_however_its_beginning_is_spelled() -> None:
    assert link("HTTPS://Meet.example.com/Room@3") == "https://Meet.example.com/Room@3"


def test_of_a_recording_only_its_reference_is_kept() -> None:
    for right in ("REC 2026-1", "recordings/2026/v1.2..mp4", "https://kept.example/rec/1", ""):
        assert reference(f"  {right} ") == right
    for wrong in (
        "x" * 121, "data:video/mp4;base64,AAAA", "DATA:video/mp4", "a\x00b", "a\u202eb", "../../etc/passwd", "a/./b",
        "a\\..\\b", "%2e%2e/b", "/etc/passwd", "file:///etc/passwd", "https://user:pw@kept.example/rec",
    ):  # fmt: skip
        with pytest.raises(NotAReference):
            reference(wrong)


def noticed(case: Case, **more: Any) -> NoticedDecision:
    return NoticedDecision(SOMEBODY, case, POLICY, LINE, decide(case, POLICY, LINE), **more)


def test_a_notice_tells_four_reasons_at_most_their_figures_the_sources_and_the_rights() -> None:
    late = {"late_since_on": date(2025, 12, 1), "days_past_due_worst": 200}
    case = a_case(
        facts={"refund_rate_90": 0.99, "sales_growth_90": -0.99, "days_since_sale": 300.0},
        rating={"grade": "D"}, borrower={"banned": True}, standing=late, asked_cents=1_600_000,
    )  # fmt: skip
    about = noticed(case)
    assert kind_of(about) == "declined"
    told = notice_of(about, "declined", 15)
    assert len(told.reasons) == 4
    assert told.reasons == about.decision.reasons[:4]
    assert {each.reason for each in told.figures} == set(told.reasons)
    for text, words in (
        (
            told.text_en,
            ("The main reasons:", "the marketplace's record", "Ask for a person", "within 15 days", "put right"),
        ),
        (told.text_zh, ("主要原因：", "平台经营记录", "人工复核", "15 日内", "更正信息")),
    ):
        assert all(each in text for each in (*words, LENDER, str(SOMEBODY), "16,000.00"))
    assert notice_of(noticed(case), "declined", 15).content == told.content


def test_what_is_granted_or_left_to_a_person_needs_no_notice_and_less_than_asked_does() -> None:
    assert [kind_of(noticed(a_case(**case))) for case in ({}, {"rating": {"grade": "C"}})] == [None, None]
    less = noticed(a_case(asked_cents=9_000_000))
    assert (less.decision.outcome, kind_of(less)) == ("counter", "counter")
    told = notice_of(less, "counter", 15)
    assert told.reasons == ("less-than-asked",)
    assert less.decision.terms is not None
    assert f"On offer: {less.decision.terms.limit_cents // 100:,}.00 yuan" in told.text_en


def test_a_persons_answer_tells_the_conditions_and_no_second_person_to_ask_for() -> None:
    case = a_case(rating={"grade": "C"}, asked_cents=100_000)
    told = review(granted(amount_cents=100_000, conditions=("guarantor",)))
    made = reviewed(case, POLICY, LINE, told)
    text = notice_of(NoticedDecision(SOMEBODY, case, POLICY, LINE, made, by_person=True), "review", 15)
    assert "A person has looked at your application: it is granted" in text.text_en
    assert "保证人" in text.text_zh
    assert "Ask for a person" not in text.text_en


def test_the_story_of_a_persons_decision_is_told_whole_in_both_languages() -> None:
    case = a_case(rating={"grade": "D"}, asked_cents=500_000)
    told = review(GRANT, found("differs", "stock"))
    kept = content(case, POLICY, LINE, reviewed(case, POLICY, LINE, told), told)
    asked: dict[str, Any] = {"decision_id": SOMEBODY, "fingerprint": "f"}
    english, chinese = (story(kept, POLICY, LINE, language=language, **asked) for language in ("en", "zh-Hans"))
    assert "A person decided so, because:\n  - The fall in sales is that of the season." in english
    assert "In the interview: stock: differs" in english
    assert "经人工审核通过，理由：\n  - 销售下滑属季节性波动。" in chinese
    assert "视频调查：存货：不一致" in chinese
    assert "推翻系统结论：推翻拒绝" in chinese
