"""What the fields of a product are called in both languages."""

from collections.abc import Mapping
from typing import Any, Final

from lendmill.products.publishing.differing import Path
from lendmill.products.publishing.telling import Labels, Said, Unit

LAW_FIELDS: Final[Mapping[str, Said]] = {
    "laws": ("the figures from law", "法定指标"),
    "laws.*": ("the law behind {0}", "{0}的法规依据"),
}

FIELDS: Final[Mapping[str, Said]] = {
    "key": ("the key", "代码"),
    "version": ("the version", "版本号"),
    "name_en": ("the English name", "英文名称"),
    "name_zh": ("the Chinese name", "中文名称"),
    "source": ("the source", "来源说明"),
    "lender": ("who lends", "出资方"),
    "currency": ("the currency", "币种"),
    "daily_rate": ("the daily rate", "日利率"),
    "yearly_rate": ("the yearly rate", "年利率"),
    "rate_by_grade": ("the rates by grade", "分级利率"),
    "rate_by_grade.*": ("the rate for grade {0}", "{0}级利率"),
    "rate_min": ("the lowest rate of the band", "利率区间下限"),
    "rate_max": ("the highest rate of the band", "利率区间上限"),
    "caps": ("the dated caps it is held to", "适用的成本上限"),
    "all_in_cap_bp": ("the most a loan may cost a year, all in", "综合年化成本上限"),
    "penalty_multiple_bp": ("the penalty rate as a share of the contract rate", "罚息利率占合同利率的比例"),
    "grace_days": ("the grace", "宽限期"),
    "methods": ("the ways of repaying", "还款方式"),
    "months_max": ("the longest loan", "单笔最长期限"),
    "line_months": ("how long a line is open", "授信有效期"),
    "limit_min_cents": ("the smallest limit", "最低额度"),
    "limit_max_cents": ("the largest limit", "最高额度"),
    "draw_min_cents": ("the smallest draw", "最低支用金额"),
    "advance_rate_bp": ("the share of order value that is advanced", "订单垫款比例"),
    "joint_limit": ("the joint limit", "共用额度"),
    "joint_limit.products": ("the products that share the limit", "共用额度的产品"),
    "joint_limit.max_cents": ("the most these products may come to together", "共用额度上限"),
    "offer_days": ("how long an offer stands", "预授信有效天数"),
    "excess": ("what becomes of money paid too much", "多付款项的处理"),
    "conventions": ("the conventions", "计息惯例"),
    "conventions.day_count": ("how days are counted", "计息天数规则"),
    "conventions.rounding": ("when interest is rounded", "利息取整时点"),
    "conventions.direction": ("how interest is rounded", "利息取整方式"),
    "conventions.instalment_multiple_cents": ("the amount instalments are a multiple of", "每期金额取整单位"),
    "conventions.after_prepay": ("what follows a prepayment", "提前还款后的安排"),
    "conventions.penalty_on": ("what penalty is charged on", "罚息基数"),
    "conventions.past_due_first_day": ("the first day past due", "逾期起算日"),
    "conventions.nonaccrual_from_days": ("the day past due from which income stops", "停止计入收入的逾期天数"),
    "conventions.business_days": ("what happens to a due date on a holiday", "节假日还款日调整"),
    "conventions.country": ("the country of the calendar", "日历所属国家"),
    "conventions.more_holidays": ("further holidays", "额外节假日"),
    "conventions.more_working_days": ("further working days", "额外工作日"),
    "fees": ("the fees", "费用"),
    "fees.origination_bp": ("the fee at the draw", "放款手续费率"),
    "fees.service_cents": ("the fee with each instalment", "每期服务费"),
    "fees.late_cents": ("the fee for a late instalment", "逾期手续费"),
    "waterfall_stages": ("the stages of the order of settling", "冲账顺序阶段"),
    "waterfall_stages.*": ("the order of settling from day {0} past due", "逾期第{0}天起的冲账顺序"),
    "waterfall_stages.*.order": (
        "from day {0} past due money settles {after} (was {before})",
        "逾期第{0}天起冲账顺序改为 {after}（原为 {before}）",
    ),
    **LAW_FIELDS,
}

PARTS: Final[Mapping[str, Said]] = {
    "figure": ("figure", "指标"),
    "law": ("law", "法规"),
    "in_force_on": ("in force from", "施行日期"),
    "from_days_past_due": ("from day past due", "逾期天数起"),
    "by": ("by", "方式"),
    "order": ("order", "顺序"),
    "products": ("products", "产品"),
    "max_cents": ("at most", "上限"),
    "source": ("source", "数据来源"),
}

WORDS: Final[Mapping[str, Said]] = {
    "own": ("own money", "自有资金"),
    "CNY": ("yuan", "人民币"),
    "on-demand": ("any day, all at the end", "随借随还、到期还本付息"),
    "interest-first": ("interest first", "先息后本"),
    "equal-principal": ("equal principal", "等额本金"),
    "level-payment": ("level payments", "等额本息"),
    "refund": ("goes back", "退回"),
    "hold": ("is held for the next due", "留作下期还款"),
    "fees": ("fees", "费用"),
    "penalty": ("penalty", "罚息"),
    "interest": ("interest", "利息"),
    "principal": ("principal", "本金"),
    "instalment": ("instalment by instalment", "逐期"),
    "component": ("component by component", "逐项"),
    "historical": ("historical", "历史规则"),
    "current": ("current", "现行规则"),
    "days": ("plain days", "按日"),
    "on-billing": ("when billed", "出账时"),
    "half-up": ("half up", "四舍五入"),
    "half-even": ("half to even", "四舍六入五取偶"),
    "keep": ("the rest stays", "其余不变"),
    "shorten": ("the plan is shorter", "缩短期数"),
    "lower-payment": ("payments are lower", "降低每期金额"),
    "overdue-principal": ("overdue principal", "逾期本金"),
    "overdue-interest": ("overdue interest", "逾期利息"),
    "day-after": ("the day after", "次日"),
    "due-date": ("the due date", "到期日"),
    "unchanged": ("unchanged", "不调整"),
}
FREE: Final = ("key", "name_en", "name_zh", "source", "law", "figure", "country")
"""Fields whose text is the author's own, whatever word it may be."""

UNITS: Final[Mapping[str, Unit]] = {"conventions.nonaccrual_from_days": "days", "line_months": "months"}


def _words(field: Path, value: Any, chinese: bool) -> str | None:
    """A code of the document as it is spoken."""
    said = None if set(field) & set(FREE) else WORDS.get(value)
    return said[chinese] if said else None


PRODUCT_LABELS: Final = Labels(FIELDS, PARTS, UNITS, lambda _, __: None, _words)
