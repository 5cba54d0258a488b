"""The examples kept with a policy: what they hold it to, and how a wrong one is told."""

import msgspec
import pytest
from credit_cases import LINE, MARKET_FACTS, ORDERS, POLICY, TODAY

from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import case_results
from lendmill.credit.testing import queries
from lendmill.credit.testing.actions import keep_cases
from lendmill.credit.testing.unit_cases import CasesFail, InvalidCases, case_of, held, read_cases, tried
from lendmill.db import Database
from lendmill.money import yuan
from lendmill.products.publishing.files import FileWrong
from lendmill.web.words import Words

FACTS = "\n".join(f"{name} = {value}" for name, value in MARKET_FACTS.items() if value is not None)
USUAL = f"""
[usual]
today = 2026-01-01
product = "credit-line"
asked_cents = 1_600_000
purpose = "stock"
net_assets_cents = 10_000_000_000
rating = {{ points = 610, pd = 0.014142, grade = "A", file = "full" }}
[usual.borrower]
kind = "person"
born_on = 1990-06-01
member_since_on = 2024-01-01
region = "浙江"
industry = "trade"
identity_verified = true
banned = false
[usual.facts]
{FACTS}
"""
GOOD = """
[[cases]]
name = "a good shop of grade A"
outcome = "approve"
limit_cents = 1_600_000
[[cases]]
name = "one whose refunds are many"
facts = { refund_rate_90 = 0.6 }
outcome = "decline"
reasons = ["many-refunds"]
[[cases]]
name = "one without a rating"
rating = false
outcome = "refer"
[[cases]]
name = "one whose sales nobody knows"
unknown = ["sales_monthly_mean"]
outcome = "refer"
reasons = ["sales-unknown"]
[[cases]]
name = "one that was late with us for long"
standing = { days_past_due_worst = 31 }
outcome = "decline"
[[cases]]
name = "one that wants little"
file = { asked_cents = 500_000 }
outcome = "approve"
limit_cents = 500_000
"""


def changed(policy: Policy, **fields: object) -> Policy:
    """The policy as its next version, with other fields."""
    return msgspec.structs.replace(policy, version=policy.version + 1, **fields)


def test_a_policy_does_what_its_cases_say() -> None:
    results = tried(read_cases(USUAL + GOOD), POLICY, [LINE, ORDERS])
    assert [(each.name, each.wrong) for each in results] == [(each.name, ()) for each in read_cases(USUAL + GOOD).cases]


def test_an_example_is_the_usual_shop_but_for_what_it_says() -> None:
    examples = read_cases(USUAL + GOOD)
    usual, other = (case_of(examples.usual, examples.cases[n]) for n in (0, 1))
    assert usual.facts["refund_rate_90"] == 0.04
    assert msgspec.structs.replace(other, facts=usual.facts) == usual
    assert usual.facts_as_of_on == usual.rating.as_of_on == TODAY if usual.rating else False


def test_a_policy_that_does_otherwise_is_told_where(database: Database) -> None:
    tighter = changed(POLICY, debts=msgspec.structs.replace(POLICY.debts, days_past_due_worst_max=31))
    (wrong,) = [each for each in tried(read_cases(USUAL + GOOD), tighter, [LINE]) if each.wrong]
    assert (wrong.name, wrong.wrong) == (
        "one that was late with us for long",
        ("the outcome is approved, not declined",),
    )
    with database.transaction() as db:
        keep_cases(db, policy_key="standard", examples=read_cases(USUAL + GOOD), by=None, today=TODAY)
        held(case_results(db, POLICY, [LINE]), POLICY)
        with pytest.raises(
            CasesFail, match="does not do what 1 of its 6 cases say; the first: one that was late"
        ) as no:
            held(case_results(db, tighter, [LINE]), tighter)
    assert "决策结果为批准，而非拒绝" in Words("zh-Hans").refusal(no.value)


def test_what_fails_is_told_in_words_and_yuan_in_both_languages() -> None:
    held_to = """[[cases]]
name = "more, and for another reason"
outcome = "approve"
limit_cents = 100
reasons = ["rating-too-low"]
"""
    (found,) = tried(read_cases(USUAL + held_to), POLICY, [LINE])
    assert found.decision.terms is not None
    limit = yuan(found.decision.terms.limit_cents)
    assert found.wrong == (
        f"the limit is {limit} yuan, not 1.00 yuan",
        "not among the reasons: The shop's credit rating is below what this product requires",
    )
    assert found.wrong_zh == (f"额度为{limit}元，而非1.00元", "原因中没有：店铺信用评级未达到本产品要求")


def test_the_newest_cases_count_and_a_policy_without_any_is_held_to_none(database: Database) -> None:
    with database.transaction() as db:
        assert case_results(db, POLICY, [LINE]) == []
        keep_cases(db, policy_key="standard", examples=read_cases(USUAL + GOOD), by=None, today=TODAY)
        one = USUAL + '[[cases]]\nname = "only this"\noutcome = "approve"\n'
        keep_cases(db, policy_key="standard", examples=read_cases(one), by=None, today=TODAY)
        assert queries.cases(db, "standard") == read_cases(one)
        assert [each.name for each in case_results(db, POLICY, [LINE])] == ["only this"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[cases]]\nname = 'a'\noutcome = 'maybe'\n", "outcome is maybe, but must be one of"),
        ("[[cases]]\nname = 'a'\noutcome = 'refer'\n" * 2, "each named once"),
        ("[[cases]]\nname = 'a'\noutcome = 'refer'\nreasons = ['nice']\n", 'reasons is ["nice"], but must be out of'),
        ("[[cases]]\nname = 'a'\noutcome = 'refer'\nfacts = { pd = 'x' }\n", "facts"),
        ("[[cases]]\nname = 'a'\noutcome = 'refer'\nborrower = { age = 3 }\n", "borrower.age is 3"),
        ("[[cases]]\nname = ' '\noutcome = 'refer'\n", "name is  , but must be a name"),
        ("[[cases]]\nname = 'a'\noutcome = 'refer'\nfacts = { refund_rate = 1 }\n", '["refund_rate"], but must be in'),
        ("", "cases is empty, but must be given"),
        ("[[cases", "valid TOML"),
    ],
)
def test_wrong_cases_are_told_by_name_and_field(text: str, told: str) -> None:
    with pytest.raises(FileWrong) as refused:
        read_cases(USUAL + text)
    assert told in str(refused.value)


def test_all_that_is_wrong_with_cases_is_told_at_once_in_the_order_of_its_lines() -> None:
    wrong = "[[cases]]\nname = 'a'\noutcome = 'refer'\nreasons = ['nice']\n[[cases]]\nname = 'b'\noutcome = 'maybe'\n"
    lines = (USUAL + wrong).splitlines()
    with pytest.raises(FileWrong) as refused:
        read_cases(USUAL + wrong)
    told = refused.value.facts["mistakes"]
    assert [(lines[each.line - 1], each.called) for each in told] == [
        ("reasons = ['nice']", 'cases "a".reasons'), ("outcome = 'maybe'", 'cases "b".outcome'),
    ]  # fmt: skip


def test_a_case_for_a_product_there_is_not_is_refused() -> None:
    examples = read_cases(USUAL + GOOD)
    with pytest.raises(InvalidCases, match="product is 'credit-line', but must be one of order-loan"):
        tried(examples, POLICY, [ORDERS])
