"""What blocks, and the parts and levels of the public index, are called in both languages."""

from typing import Final

from lendmill.rating.telling.figures import zh

Names = dict[str, tuple[str, str]]

BLOCK_NAMES: Final[Names] = {
    "transactions": ("Transactions", "流水"),
    "identity and registration": ("Identity and registration", "身份与登记"),
    "behaviour trail": ("How the shop is run", "行为轨迹"),
    "customer interaction": ("Customers", "客户互动"),
    "third party": ("Third parties", "第三方"),
    "psychometrics": ("Questionnaire", "心理测评"),
    "soft information": ("Partners and stated figures", "软信息"),
}
PART_NAMES: Final[Names] = {
    "identity": ("Identity verified", "实名认证"),
    "years": ("Years trading", "经营年限"),
    "registry": ("Business registry", "工商登记"),
    "refunds": ("Refunds", "退款"),
    "disputes": ("Disputes", "纠纷"),
    "delivery": ("Orders kept", "履约发货"),
    "answers": ("Answers to buyers", "客服响应"),
    "reviews": ("Reviews", "评价"),
    "repayment": ("Repayment", "还款"),
}
LEVEL_NAMES: Final[Names] = {
    "excellent": ("Excellent", "极好"),
    "very good": ("Very good", "优秀"),
    "good": ("Good", "良好"),
    "fair": ("Fair", "中等"),
    "building": ("Building up", "积累中"),
    "not enough known": ("Not enough known yet", "信息不足"),
}
STRENGTH_NAMES: Final[Names] = {
    "strong": ("strong", "强"),
    "fair": ("fair", "中"),
    "weak": ("weak", "弱"),
    "unknown": ("not known", "未知"),
}
FILE_NAMES: Final[Names] = {
    "full": ("Full file", "完整档案"),
    "thin": ("Thin file", "薄档案"),
    "unjudged": ("Not judged", "未判定"),
}
STATE_NAMES: Final[Names] = {
    "waiting": ("Waiting", "待审批"),
    "to come": ("To come", "未生效"),
    "in force": ("In force", "生效中"),
    "over": ("Over", "已到期"),
    "ended": ("Ended sooner", "已提前结束"),
    "declined": ("Declined", "已拒绝"),
    "withdrawn": ("Withdrawn", "已撤回"),
}
BESIDE_NAMES: Final[Names] = {
    "start": ("Starting points", "起始分"),
    "rounding": ("Rounding to whole points", "取整差额"),
    "thin-file": ("Short record: drawn towards the average", "记录较短：向平均水平靠拢"),
    "adjustment": ("Industry and policy adjustment", "行业政策调整"),
}


def called(names: Names, key: str, language: str) -> str:
    """The name of a key in a language; a key without a name is its own.

    >>> called(BLOCK_NAMES, "transactions", "zh-Hans"), called(BLOCK_NAMES, "new", "en")
    ('流水', 'new')
    """
    return names.get(key, (key, key))[zh(language)]
