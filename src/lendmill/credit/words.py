"""The words a decision's story is told in, in both languages: English first, Chinese second."""

from typing import Final


def spoken(language: str) -> str:
    """Which of the two."""
    return "zh" if language.startswith("zh") else "en"


STEP_NAMES: Final = {
    "eligibility": {"en": "Who may ask", "zh": "准入"},
    "knock-outs": {"en": "What shuts the door", "zh": "否决项"},
    "rating": {"en": "Rating", "zh": "信用评级"},
    "limit": {"en": "How much", "zh": "额度"},
    "price": {"en": "At what price", "zh": "定价"},
    "term": {"en": "For how long", "zh": "期限"},
    "conditions": {"en": "On what conditions", "zh": "附加条件"},
    "review": {"en": "What a person found", "zh": "人工审核"},
}

RULES: Final = {
    "record": ("Trading record from so many sources", "经营数据来源数"),
    "age": ("Age", "年龄"),
    "youngest age": ("Age, youngest", "年龄下限"),
    "oldest age": ("Age, oldest", "年龄上限"),
    "kind of borrower": ("Kind of borrower", "借款人类型"),
    "history": ("Member for", "入驻时长"),
    "identity verified": ("Identity verified", "实名认证"),
    "region": ("Region", "所在地区"),
    "not banned": ("Shut out of credit", "禁止授信名单"),
    "purpose": ("Purpose", "贷款用途"),
    "nothing late with us": ("Late with us since", "在本机构逾期起始日"),
    "worst lateness with us": ("Worst lateness with us", "在本机构最长逾期"),
    "grade not declined": ("Grade, not one that is declined", "评级（拒绝档）"),
    "grade not referred": ("Grade, not one a person looks at", "评级（人工审核档）"),
    "age of the record": ("Age of the record", "经营数据距今"),
    "age of the rating": ("Age of the rating", "评级距今"),
    "facts the card can read": ("Facts the card could not read", "评分卡无法读取的数据"),
    "points": ("Points", "评分"),
    "stated figures match": ("Stated figures close to the record", "自报数据吻合度"),
    "fast lane": ("Figures close enough for the fast lane", "符合快速通道"),
    "probability of default": ("Probability of default", "违约概率"),
    "monthly sales": ("Net sales of an average month", "月均净销售额"),
    "open orders": ("Sold and not yet paid out", "已售未结算金额"),
    "limits granted already": ("Limits granted already", "已授信额度"),
    "limits that count together": ("Limits that count together with this product", "与本产品共享的已授信额度"),
    "the lender's net assets": ("The lender's net assets", "贷款人净资产"),
    "debts with us": ("Debts with us", "在本机构的负债"),
    "share of monthly sales": ("Share of monthly sales for the grade", "按评级核定的月销售额比例"),
    "what dues leave room for": ("What dues leave room for", "还款能力可承受额度"),
    "product's largest limit": ("The product's largest limit", "产品最高额度"),
    "largest limit of one borrower": ("What is left of one borrower's largest limit", "单一借款人剩余最高额度"),
    "one borrower's share of the lender": ("Left of a borrower's share of the lender", "单一借款人集中度余额"),
    "joint limit": ("What is left of the joint limit", "产品共享额度剩余"),
    "advance on open orders": ("Advance on open orders", "订单垫款额度"),
    "smallest limit": ("Limit that can be granted", "可授信额度"),
    "amount asked": ("Amount asked", "申请金额"),
    "daily rate": ("Daily rate", "日利率"),
    "yearly rate": ("Yearly rate, not compounded", "年化利率（单利）"),
    "a grade with a price": ("Grade with a price", "可定价评级"),
    "longest term": ("Longest loan", "最长借款期限"),
    "a grade with a term": ("Grade with a term", "可核定期限评级"),
    "amount a person looks at": ("Amount above which a person looks", "人工审核金额"),
}  # fmt: skip

NOTES: Final = {
    "a firm has no age": ("not applicable to a firm", "企业不适用"),
    "asked for in the application": ("asked for in the application", "申请时核验"),
    "no region is refused": ("we lend everywhere", "全国开放"),
    "nothing stated that can be compared": ("nothing stated that can be compared", "无可比对的自报数据"),
    "the record is shorter than the year stated": (
        "the record is shorter than the year stated",
        "经营记录不足一年，无法比对",
    ),
    "after today": ("dated after today: a clock is wrong", "数据日期晚于今日，系统时钟有误"),
    "not about this file": ("not about this file", "不适用于本次申请"),
    "nobody has asked yet": ("nobody has asked yet", "尚未申请"),
    "not an advance on orders": ("not an advance on orders", "非订单贷款，不适用"),
    "no limit can be worked out": ("no limit can be worked out", "无法核定额度"),
    "no terms for a declined grade": ("no terms for a declined grade", "评级未达准入，不适用"),
    "not covered by market": ("this shop's record does not come from the marketplace", "该店铺无平台经营数据，不适用"),
    "not covered by invoices": ("this shop's record does not come from invoices", "该店铺无发票数据，不适用"),
    "not covered by sales": ("no sales of this shop are recorded", "该店铺无销售数据，不适用"),
}

FOUND: Final = {
    ("pass", "none"): ("in order", "通过"),
    ("fail", "refer"): ("a person has to look", "转人工审核"),
    ("fail", "decline"): ("declines", "拒绝"),
    ("unknown", "refer"): ("unknown, so a person has to look", "信息未知，转人工审核"),
    ("unknown", "decline"): ("unknown, which declines", "信息未知，拒绝"),
    ("noted", "none"): ("", ""),
}

SAID: Final = {
    "en": {
        "approve": "approved",
        "refer": "referred to a person",
        "decline": "declined",
        "title": "Decision {decision_id} of {day}: {outcome}",
        "product": "Product: {name} ({key}, version {version}); {asked}",
        "asked": "{amount} yuan asked",
        "nothing asked": "nothing asked yet",
        "policy": "Policy: {key}, version {version}, in force since {day}",
        "facts": "Facts of the shop as of {day}: {known} of {all} known",
        "no day": "no day",
        "rating": "Rating: {grade}, {points} points, probability of default {pd} (card {model}, as of {day})",
        "unread": "Rating: UNKNOWN (card {model}, as of {day}): the card cannot read {doubts}",
        "no rating": "Rating: none",
        "terms approve": "Granted: {limit} yuan at {yearly} a year ({daily} a day), each loan up to {months} months.",
        "terms refer": "If a person agrees: {limit} yuan at {yearly} a year ({daily} a day), up to {months} months.",
        "reasons": "Reasons:",
        "no reasons": "Nothing stood against it.",
        "proof": "Kept under {fingerprint}; `lendmill replay {decision_id}` makes it again.",
    },
    "zh": {
        "approve": "通过",
        "refer": "转人工审核",
        "decline": "未通过",
        "title": "审批 {decision_id}（{day}）：{outcome}",
        "product": "产品：{name}（{key}，第 {version} 版）；{asked}",
        "asked": "申请 {amount} 元",
        "nothing asked": "尚未申请",
        "policy": "授信政策：{key}，第 {version} 版，自 {day} 起施行",
        "facts": "店铺数据截至 {day}：{all} 项中已知 {known} 项",
        "no day": "无",
        "rating": "信用评级：{grade}，{points} 分，违约概率 {pd}（评分卡 {model}，截至 {day}）",
        "unread": "信用评级：未知（评分卡 {model}，截至 {day}）：评分卡无法读取 {doubts}",
        "no rating": "信用评级：无",
        "terms approve": "授信：{limit} 元，年化利率（单利）{yearly}（日利率 {daily}），单笔最长 {months} 个月。",
        "terms refer": "审核通过后授信：{limit} 元，年化利率（单利）{yearly}（日利率 {daily}），最长 {months} 个月。",
        "reasons": "原因：",
        "no reasons": "各项均符合要求。",
        "proof": "存档指纹 {fingerprint}；可用 `lendmill replay {decision_id}` 重现。",
    },
}  # fmt: skip
