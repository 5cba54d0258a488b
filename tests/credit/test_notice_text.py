"""What a notice says, word for word in both languages."""

from uuid import UUID

from credit_cases import LINE, POLICY, a_case, decided, finding

from lendmill.credit.notice import NoticedDecision, kind_of, notice_of
from lendmill.credit.offers.behind import less_told
from lendmill.credit.why import finding_told

DECLINED_EN = """\
Notice: your application was not granted

Application for Credit line, 1,000.00 yuan, decided on 2026-01-01.
Decided by a computer under the policy standard, version 3.

The main reasons:
  1. The shop's credit rating is below what this product requires.

The figures used:
  - Grade, not one that is declined: D, must not be D

Where the figures come from: your shop's sales, the marketplace's record of your shop; as of 2026-01-01.
Your shop's rating: D, of 2026-01-01.

What you can do:
  - Ask why: every rule and figure of this decision is shown on its page, free of charge.
  - Ask for a person to look again, on the same page; you are answered within 15 days.
  - Have data put right: tell us which figure is wrong, and we check it and decide again.
  - Apply again at any time.

Lender: {lender}. Decision 01890000-0000-7000-8000-000000000004.
"""
DECLINED_ZH = """\
审批结果告知书：申请未获通过

您申请的信用贷款，金额 1,000.00 元，审批日期 2026-01-01。
本次由系统依据授信政策 standard 第 3 版自动审批。

主要原因：
  1. 店铺信用评级未达到本产品要求。

所依据的数据：
  - 评级（拒绝档）：D，不得为D

数据来源：店铺销售数据、平台经营记录；数据截至 2026-01-01。
店铺信用评级：D（2026-01-01）。

您的权利：
  - 要求说明：本次审批的每一项规则和数据均可在审批页面免费查看。
  - 要求人工复核：可在同一页面提出，我们将在 15 日内答复。
  - 更正信息：如数据有误请告知，我们核实后重新审批。
  - 重新申请：您可随时再次提出申请。

贷款人：{lender}。审批编号 01890000-0000-7000-8000-000000000004。
"""


def test_who_is_declined_reads_this_word_for_word() -> None:
    case = a_case(rating={"grade": "D"})
    decision_id = UUID("01890000-0000-7000-8000-000000000004")
    declined = NoticedDecision(decision_id, case, POLICY, LINE, decided(case))
    kind = kind_of(declined)
    assert kind == "declined"
    told = notice_of(declined, kind, answer_days=15)
    assert (told.text_en, told.text_zh) == (DECLINED_EN, DECLINED_ZH)


def test_who_is_offered_less_reads_which_cap_left_it() -> None:
    case = a_case(asked_cents=50_000_000)
    countered = NoticedDecision(UUID(int=4), case, POLICY, LINE, decided(case))
    told = notice_of(countered, "counter", answer_days=15)
    assert "  1. Less can be lent than was asked for; what can be lent is offered instead.\n     What" in told.text_en
    share = "Share of a month's net sales, by grade and length of record"
    assert f"What can be lent is set by this: {share}: 16,000.00 yuan.\n" in told.text_en
    assert "可授信额度由以下因素决定：月净销售额授信比例（按评级与经营时长）：16,000.00 元。\n" in told.text_zh


def test_the_lenders_own_affairs_are_not_told_where_they_leave_less() -> None:
    case = a_case(asked_cents=50_000_000, net_assets_cents=15_000_000)
    made = decided(case)
    assert finding(made, "asked within the limit").fact == "one borrower's share of the lender"
    assert less_told(made, POLICY, "en") == "What can be lent is set by this: The most we can offer at present."
    assert less_told(made, POLICY, "zh") == "可授信额度由以下因素决定：目前可提供的最高额度。"
    assert less_told(decided(a_case()), POLICY, "en") is None


def test_what_the_money_is_for_is_told_in_the_policys_words() -> None:
    found = finding(decided(a_case(purpose="house")), "purpose")
    told = finding_told(found, POLICY, "zh")
    assert "贷款用途：house，须为采购备货、" in told
    assert "stock" not in told
    assert "must be one of Buy stock, " in finding_told(found, POLICY, "en")
    assert "Purpose: Buy stock, " in finding_told(finding(decided(a_case()), "purpose"), POLICY, "en")
