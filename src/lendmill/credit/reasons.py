"""Why an application was not granted as asked, in words for the seller, in both languages."""

from enum import Enum


class Reason(Enum):
    """A reason code; its two sentences are what the seller reads."""

    TOO_YOUNG_OR_OLD = (
        "outside-age",
        "The person who signs is outside the ages this product is for.",
        "签约人年龄不在本产品的准入范围内。",
    )
    TOO_LITTLE_HISTORY = (
        "too-little-history",
        "The shop has not been trading long enough to be judged fairly.",
        "店铺经营时间较短，暂不足以评估。",
    )
    NO_RECORD = (
        "no-record",
        "We have no trading record of this shop.",
        "暂无该店铺的经营记录。",
    )
    IDENTITY_NOT_VERIFIED = (
        "identity-not-verified",
        "The identity of the borrower has not been verified.",
        "借款人尚未完成实名认证。",
    )
    REGION_NOT_SERVED = (
        "region-not-served",
        "We do not lend in this region yet.",
        "所在地区暂未开通服务。",
    )
    BANNED = (
        "banned",
        "This borrower is shut out of new credit after an earlier breach.",
        "因此前的违约行为，暂停向该借款人提供新的贷款。",
    )
    PURPOSE_NOT_ALLOWED = (
        "purpose-not-allowed",
        "The money may only be used for the business; the stated purpose is not one of those.",
        "贷款仅限用于生产经营，所填用途不在允许范围内。",
    )
    LATE_DEBT = (
        "late-debt",
        "An earlier loan with us is late or was late for too long.",
        "在本机构的贷款存在逾期，或曾经逾期时间过长。",
    )
    BRUSHING_SIGNS = (
        "brushing-signs",
        "The order record shows signs of trades that were not real.",
        "订单记录存在疑似虚假交易。",
    )
    INACTIVE = (
        "inactive",
        "The shop has had no trade for some time.",
        "店铺近期没有交易。",
    )
    MANY_VOIDED = (
        "many-voided",
        "Too large a share of the invoices or orders was voided, closed or reversed.",
        "作废、冲红或关闭的单据占比过高。",
    )
    MANY_REFUNDS = (
        "many-refunds",
        "Too many orders are refunded.",
        "退款率过高。",
    )
    FALLING_SALES = (
        "falling-sales",
        "Sales have fallen sharply of late.",
        "近期销售额明显下滑。",
    )
    FEW_CUSTOMERS = (
        "few-customers",
        "Too much of the business depends on too few customers.",
        "客户过于集中，经营依赖少数客户。",
    )
    SALES_UNKNOWN = (
        "sales-unknown",
        "The shop's recent sales are not known well enough to set a limit.",
        "近期销售数据不足，无法核定额度。",
    )
    RATING_TOO_LOW = (
        "rating-too-low",
        "The shop's credit rating is below what this product requires.",
        "店铺信用评级未达到本产品要求。",
    )
    RATING_NEEDS_REVIEW = (
        "rating-needs-review",
        "A person will look at this application because of the shop's credit rating.",
        "根据店铺信用评级，本次申请需人工审核。",
    )
    RATING_UNKNOWN = (
        "rating-unknown",
        "The shop has no up-to-date credit rating.",
        "暂无有效的信用评级。",
    )
    LIMIT_TOO_SMALL = (
        "limit-too-small",
        "The amount that could be lent is below the product's minimum.",
        "可贷额度低于本产品最低额度。",
    )
    DEBTS_TOO_HIGH = (
        "debts-too-high",
        "The dues of known debts leave no room in the shop's cash flow.",
        "现有负债的还款压力已超出店铺现金流。",
    )
    JOINT_LIMIT_USED = (
        "joint-limit-used",
        "Other products have used up the limit they share with this one.",
        "与其他产品共享的额度已用完。",
    )
    LENDER_LIMIT_REACHED = (
        "lender-limit-reached",
        "We cannot lend more to one borrower at present.",
        "已达到本机构对单一借款人的贷款上限。",
    )
    AMOUNT_NEEDS_REVIEW = (
        "amount-needs-review",
        "A person will look at this application because of its amount.",
        "申请金额较大，需人工审核。",
    )
    STATED_FIGURES_DIFFER = (
        "stated-figures-differ",
        "A person will look at this application, because some figures you stated and the shop's record are not alike.",
        "您填报的部分数据与店铺经营记录不完全一致，本次申请需人工审核。",
    )
    INTERVIEW_DIFFERS = (
        "interview-differs",
        "What was said in the interview and the shop's record do not agree.",
        "视频调查中的陈述与店铺经营记录不一致。",
    )
    NOT_SUPPLIED = (
        "not-supplied",
        "What we asked for to look at the application was not supplied in time.",
        "未在约定期限内提供审核所需的补充信息。",
    )
    PLAN_NOT_CARRIED = (
        "plan-not-carried",
        "After looking at it closely, we do not see how the business would carry this loan.",
        "经人工审核，暂未看到店铺经营足以承担本次贷款。",
    )
    LESS_THAN_ASKED = (
        "less-than-asked",
        "Less can be lent than was asked for; what can be lent is offered instead.",
        "申请金额超出可授信额度，可按可授信额度办理。",
    )
    SHORT_RECORD = (
        "short-record",
        "The shop's record is still short, so a person looks at amounts of this size.",
        "店铺经营记录较短，该金额需人工审核。",
    )
    GROUP_LIMIT_REACHED = (
        "group-limit-reached",
        "We cannot lend more to those who belong together with this borrower at present.",
        "已达到对该借款人及其关联方的贷款上限。",
    )
    PRICE_OUTSIDE_BAND = (
        "price-outside-band",
        "The price for this credit rating is outside this product's; a person will look at it.",
        "该评级对应的利率超出本产品定价区间，需人工审核。",
    )
    TERMS_CHANGED = (
        "terms-changed",
        "The price, the months or the conditions of this amount are other ones today: apply again, and you see them.",
        "该额度当前适用的利率、期限或附加条件已有变化；重新申请即可查看最新方案。",
    )
    REPAID_WELL = (
        "repaid-well",
        "Earlier loans were repaid on time.",
        "以往借款均按时还清。",
    )
    FACTS_UNKNOWN = (
        "facts-unknown",
        "Something needed for the decision is not known; a person will look at it.",
        "部分审核所需信息缺失，需人工审核。",
    )

    def __init__(self, code: str, en: str, zh: str) -> None:
        self.code = code
        self.en = en
        self.zh = zh

    @classmethod
    def of(cls, code: str) -> "Reason":
        """A reason by its code.

        >>> Reason.of("banned").zh
        '因此前的违约行为，暂停向该借款人提供新的贷款。'
        """
        return _BY_CODE[code]

    def sentence(self, language: str) -> str:
        """The reason in the reader's language."""
        return self.zh if language.startswith("zh") else self.en


_BY_CODE = {reason.code: reason for reason in Reason}
CODES = frozenset(_BY_CODE)
# What says that a person will look: no reason for who was declined over something else.
A_PERSON_LOOKS = frozenset(
    reason.code
    for reason in (
        Reason.RATING_NEEDS_REVIEW, Reason.AMOUNT_NEEDS_REVIEW, Reason.STATED_FIGURES_DIFFER, Reason.SHORT_RECORD,
        Reason.PRICE_OUTSIDE_BAND, Reason.FACTS_UNKNOWN,
    )
)  # fmt: skip
