"""What the fields of a policy are called in both languages, and the units of its figures."""

from collections.abc import Mapping
from typing import Any, Final

from lendmill.credit.reasons import CODES, Reason
from lendmill.credit.rules.vocabulary import vocabulary
from lendmill.credit.words import VALUES
from lendmill.products.publishing.differing import Path
from lendmill.products.publishing.product_words import LAW_FIELDS
from lendmill.products.publishing.telling import Labels, Said, Unit

TABLE_FIELDS: Final[Mapping[str, Said]] = {
    "tables": ("the tables", "表"),
    "tables.*": ("table {0}", "表“{label}”"),
    "tables.*.rows": ("the rows of table {0}", "表“{label}”的各行"),
    "tables.*.rows.*": ("{label}, {row}", "{label}（{row}）"),
}


def _tables(of: str, called: Said) -> dict[str, Said]:
    """The labels of the tables of one part of a policy."""
    made = {f"{of}.{way}": said for way, said in TABLE_FIELDS.items()}
    return {**made, of: called, f"{of}.tables": (f"the tables of {called[0]}", f"{called[1]}表")}


ROLES: Final = ("analyst", "risk-officer", "admin")
FIELDS: Final[Mapping[str, Said]] = {
    "key": ("the key", "代码"),
    "version": ("the version", "版本号"),
    "in_force_on": ("the day it names as its first", "载明的施行日期"),
    "source": ("the source", "来源说明"),
    "sources": ("the facts that show a source", "数据来源标志"),
    "sources.*": ("the fact that shows source {0}", "数据来源“{0}”的标志"),
    "eligibility": ("who may ask", "准入条件"),
    "eligibility.age_years_min": ("the lowest age", "最低年龄"),
    "eligibility.age_years_max": ("the highest age", "最高年龄"),
    "eligibility.history_months_min": ("the months a shop must have been a member", "最短入驻月数"),
    "eligibility.regions_refused": ("the regions refused", "不予授信的地区"),
    "eligibility.purposes": ("the purposes", "贷款用途"),
    "eligibility.purposes.*": ("purpose {0}", "贷款用途“{0}”"),
    "debts": ("how a record with the house counts", "在本机构的还款记录"),
    "debts.days_past_due_worst_max": ("the worst lateness allowed", "允许的最长逾期"),
    "rating": ("the rules about ratings", "评级规则"),
    "rating.declined": ("the grades declined", "拒绝的评级"),
    "rating.referred": ("the grades a person looks at", "转人工审核的评级"),
    "rating.age_days_max": ("how old a rating may be", "评级有效期"),
    "rating.unknown": ("what an unknown rating does", "评级未知时的处理"),
    **_tables("limit", ("the limit", "额度")),
    "limit.monthly_sales_facts": ("the facts a month's sales are read from", "月销售额的取数"),
    "limit.open_orders_plus": ("the facts open orders are added from", "未结算订单的加项"),
    "limit.open_orders_minus": ("the facts open orders are lessened by", "未结算订单的减项"),
    "limit.facts_unit": ("the unit of these facts", "上述数据的单位"),
    "limit.share_bp": ("the shares of monthly sales by grade", "各级月销售额授信比例"),
    "limit.share_bp.*": ("the share of monthly sales for grade {0}", "{0}级的月销售额授信比例"),
    "limit.budget_share_bp": ("the share of sales that dues may take", "还款占销售额的上限"),
    "limit.repaid_bonus_bp": ("what each loan repaid lifts the limit by", "每结清一笔的额度提升"),
    "limit.repaid_counted_max": ("how many loans repaid count", "计入提升的结清笔数上限"),
    "limit.borrower_share_of_net_assets_bp": (
        "one borrower's share of the lender's net assets",
        "单一借款人占净资产比例",
    ),
    "limit.borrower_limit_max_cents": ("the largest limit of one borrower", "单一借款人最高额度"),
    "limit.round_down_to_cents": ("the amount limits are rounded down to", "额度取整单位"),
    "limit.review_above_cents": ("the amount above which a person looks", "转人工审核的金额"),
    "limit.cash_flow_facts": ("the facts cash flow is read from", "现金流的取数"),
    "limit.cash_flow_months": ("the months cash flow is read over", "现金流统计月数"),
    "limit.counter": ("whether less is offered to who asks for too much", "超额申请是否提供较低额度"),
    "knock_outs": ("the rules that shut the door", "否决规则"),
    "knock_outs.*": ("rule {0}", "规则“{label}”"),
    "knock_outs.*.refer_above": (
        "rule {0} now refers above {after} (was {before})",
        "规则“{label}”转人工的界限改为高于 {after}（原为 {before}）",
    ),
    "knock_outs.*.decline_above": (
        "rule {0} now declines above {after} (was {before})",
        "规则“{label}”拒绝的界限改为高于 {after}（原为 {before}）",
    ),
    "knock_outs.*.refer_below": (
        "rule {0} now refers below {after} (was {before})",
        "规则“{label}”转人工的界限改为低于 {after}（原为 {before}）",
    ),
    "knock_outs.*.decline_below": (
        "rule {0} now declines below {after} (was {before})",
        "规则“{label}”拒绝的界限改为低于 {after}（原为 {before}）",
    ),
    "months_by_grade": ("the longest loans by grade", "各级最长期限"),
    "months_by_grade.*": ("the longest loan for grade {0}", "{0}级的最长期限"),
    "stated": ("the rules about stated figures", "自报数据规则"),
    "stated.matches_from": (
        "the closeness from which stated figures count as the record's",
        "自报数据视为一致的吻合度",
    ),
    "stated.differs_below": ("the closeness below which a person looks", "自报数据转人工的吻合度"),
    "rules": ("the rules", "规则"),
    "rules.*": ("rule {0}", "规则“{label}”"),
    "rules.*.refer_when": (
        "rule {0} now refers when {after} (was {before})",
        "规则“{label}”转人工的条件改为 {after}（原为 {before}）",
    ),
    "rules.*.decline_when": (
        "rule {0} now declines when {after} (was {before})",
        "规则“{label}”拒绝的条件改为 {after}（原为 {before}）",
    ),
    "rules.*.applies": (
        "rule {0} is now about files where {after} (was {before})",
        "规则“{label}”适用范围改为 {after}（原为 {before}）",
    ),
    "rules.*.unknown": (
        "rule {0}: what is unknown now leads to {after} (was {before})",
        "规则“{label}”信息未知时改为 {after}（原为 {before}）",
    ),
    "facts_age_days_max": ("how old the record may be", "经营数据有效期"),
    **_tables("price", ("the price", "定价")),
    **_tables("term", ("the term", "期限")),
    "thin": ("second thoughts about a short record", "短记录的审慎规则"),
    "thin.share_bp": ("the part of the limit a short record gets", "短记录的额度折扣"),
    "thin.months_max": ("the longest loan for a short record", "短记录的最长期限"),
    "thin.review_above_cents": ("the amount above which a person looks at a short record", "短记录转人工审核的金额"),
    "group": ("the rules about related borrowers", "关联借款人规则"),
    "group.share_of_net_assets_bp": ("related borrowers' share of the lender's net assets", "关联借款人占净资产比例"),
    "group.limit_max_cents": ("the largest limit of related borrowers together", "关联借款人合计最高额度"),
    "group.law": ("the law behind the limit of related borrowers", "关联借款人限额的法规依据"),
    "group.in_force_on": ("the day from which that law is in force", "该法规的施行日期"),
    "conditions": ("the conditions", "附加条件"),
    "conditions.*": ("condition {0}", "附加条件“{label}”"),
    "conditions.*.when": (
        "condition {0} is now asked when {after} (was {before})",
        "附加条件“{label}”改为在 {after} 时要求（原为 {before}）",
    ),
    "changes": ("the rules for changing lines", "额度与价格调整规则"),
    "changes.*": ("change {0}", "调整规则“{label}”"),
    "changes.*.when": (
        "change {0} is now made when {after} (was {before})",
        "调整规则“{label}”改为在 {after} 时执行（原为 {before}）",
    ),
    "review": ("the rules of the review desk", "人工审核规则"),
    "review.answer_days": ("the days within which who asked for a person is answered", "人工复核答复期限"),
    "review.referred_days": ("the days within which a referred application is decided", "转人工申请的审批期限"),
    "review.more_days": ("the days a seller has to supply what was asked for", "补充材料期限"),
    "review.hold_minutes": ("how long a file stays with who took it", "案件占用时长"),
    "review.interview_above_cents": ("the amount above which an interview is held", "须视频调查的金额"),
    "review.alone_up_to_cents": ("what a reviewer may grant alone", "单人审批权限"),
    "review.alone_up_to_cents.*": ("what {0} may grant alone", "{0}的单人审批权限"),
    "review.second_up_to_cents": ("what a second person may agree to", "复核人审批权限"),
    "review.second_up_to_cents.*": ("what {0} may agree to as second person", "{0}的复核审批权限"),
    **LAW_FIELDS,
}

PARTS: Final[Mapping[str, Said]] = {
    "rule": ("rule", "规则"),
    "table": ("table", "表"),
    "condition": ("condition", "条件"),
    "change": ("change", "调整"),
    "key": ("key", "代码"),
    "en": ("in English", "英文"),
    "zh": ("in Chinese", "中文"),
    "label_en": ("label in English", "英文名称"),
    "label_zh": ("label in Chinese", "中文名称"),
    "facts": ("facts", "指标"),
    "source": ("for source", "适用数据来源"),
    "unit": ("unit", "单位"),
    "refer_above": ("refers above", "转人工（高于）"),
    "decline_above": ("declines above", "拒绝（高于）"),
    "refer_below": ("refers below", "转人工（低于）"),
    "decline_below": ("declines below", "拒绝（低于）"),
    "unknown": ("if unknown", "未知时"),
    "reason": ("reason given", "告知原因"),
    "step": ("step", "环节"),
    "applies": ("for files where", "适用范围"),
    "refer_when": ("refers when", "转人工条件"),
    "decline_when": ("declines when", "拒绝条件"),
    "law": ("law", "法规"),
    "in_force_on": ("in force from", "施行日期"),
    "figure": ("figure", "指标"),
    "axes": ("looked up by", "查表维度"),
    "rows": ("rows", "各行"),
    "products": ("products", "产品"),
    "of": ("share of", "计算基数"),
    "per": ("per", "单位"),
    "when": ("when", "条件"),
    "by": ("by", "方式"),
    "cover_bp": ("cover", "覆盖比例"),
    "days": ("days to meet it", "满足期限"),
    "limit_bp": ("limit afterwards", "调整后额度"),
    "rate_bp": ("rate afterwards", "调整后利率"),
    "urgent": ("at once", "立即执行"),
    "notice_days": ("notice", "提前通知"),
    "rest_days": ("not again within", "间隔期"),
}

WORDS: Final[Mapping[str, Said]] = {
    "refer": ("a person has to look", "转人工审核"),
    "decline": ("declined", "拒绝"),
    "any": ("any", "不限"),
    "sales": ("sales", "销售数据"),
    "market": ("the marketplace", "平台经营数据"),
    "invoices": ("invoices", "发票数据"),
    "yuan": ("yuan", "元"),
    "guarantor": ("guarantor", "保证人"),
    "collateral": ("collateral", "抵押物"),
    "monthly sales": ("monthly sales", "月销售额"),
    "open orders": ("open orders", "未结算订单"),
    "dues of sales": ("sales, for dues", "销售额（还款能力）"),
    "dues of cash flow": ("cash flow, for dues", "现金流（还款能力）"),
    "amount": ("an amount itself", "固定金额"),
    "eligibility": ("who may ask", "准入"),
    "knock-outs": ("what shuts the door", "否决项"),
    "limit": ("how much", "额度"),
    "price": ("price", "定价"),
    "term": ("term", "期限"),
    "conditions": ("conditions", "附加条件"),
    "rating": ("rating", "信用评级"),
    **{role: VALUES[role] for role in ROLES},
}
SPOKEN: Final = ("unknown", "by", "of", "step", "source", "facts_unit", "alone_up_to_cents", "second_up_to_cents")
"""Fields whose text is one of the document's codes; every other text is the author's own."""

UNITS: Final[Mapping[str, Unit]] = {
    "review.hold_minutes": "minutes",
    "stated.matches_from": "share",
    "stated.differs_below": "share",
    "conditions.*.days": "days",
    "debts.days_past_due_worst_max": "days",
    "limit.cash_flow_months": "months",
    "months_by_grade.*": "months",
    "limit.share_bp.*": "bp",
}
THRESHOLDS: Final = ("refer_above", "decline_above", "refer_below", "decline_below")
ROW_UNITS: Final[Mapping[str, Unit]] = {"limit": "bp", "term": "months"}


def _words(field: Path, value: Any, chinese: bool) -> str | None:
    """A code, a reason or a fact as it is spoken."""
    if field[-1:] == ("axes",):
        fact = vocabulary().get(value)
        return None if fact is None else fact.meaning_zh if chinese else fact.meaning
    if field[-1:] == ("reason",) and value in CODES:
        return Reason.of(value).sentence("zh" if chinese else "en")
    here = field[-2] if field[-1:] == ("*",) and len(field) > 1 else field[-1]
    said = WORDS.get(value) if here in SPOKEN else None
    return said[chinese] if said else None


def _unit(field: Path, within: Mapping[str, Any]) -> Unit | None:
    """The unit of a threshold by its rule, and of a table's figure by what the table is of."""
    if field[-1] in THRESHOLDS:
        return str(within.get("unit", ""))
    if "rows" in field:
        if within.get("of") == "amount":
            return "cents"
        per = within.get("per")
        return {"millionths a day": "millionths a day", "basis points a year": "bp a year"}.get(
            str(per), ROW_UNITS.get(field[0], "")
        )
    return None


POLICY_LABELS: Final = Labels(FIELDS, PARTS, UNITS, _unit, _words)
