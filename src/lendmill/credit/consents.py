"""What a borrower agrees to before being decided, word for word in the language it was read in."""

from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("zh-Hans", "en")


@dataclass(frozen=True, slots=True)
class Consent:
    """One thing agreed to, under a name that programs use."""

    purpose: str
    title_en: str
    title_zh: str
    en: str
    zh: str
    lasts_days: int = 0  # 0: until it is taken back
    needed: bool = True

    def wording(self, language: str) -> str:
        """The text as shown in a language."""
        return self.zh if language.startswith("zh") else self.en

    def title(self, language: str) -> str:
        """The heading above it."""
        return self.title_zh if language.startswith("zh") else self.title_en


CONSENTS: Final = (
    Consent(
        "shop-record",
        "Use of the shop's record",
        "经营数据授权",
        "I agree that the lender reads my shop's orders, refunds, reviews, settlements and invoices, as they are known "
        "on the day of the decision, in order to rate the shop, to set a limit and to follow the loan while it runs. "
        "It is used for nothing else. I may withdraw this consent at any time; debts made before stay as agreed.",
        "本人同意贷款人查询并使用本人店铺截至审批当日的订单、退款、评价、结算及发票等经营数据，"
        "仅用于信用评级、额度核定及贷后管理，不作其他用途。本人可随时撤回本授权，撤回不影响此前已发生的借款及其约定。",
    ),
    Consent(
        "credit-report",
        "Enquiry into and reporting to credit bureaus",
        "征信查询与报送授权",
        "I agree that the lender asks licensed credit bureaus about my credit record for this application and reports "
        "how I repay. A late repayment can be reported; I am told beforehand.",
        "本人同意贷款人为本次申请向依法设立的征信机构查询本人信用信息，并依法报送本人的还款情况。如发生逾期，"
        "不良信息报送前将提前告知本人。",
        lasts_days=90,
    ),
    Consent(
        "automated-decision",
        "Decision by a computer",
        "自动化审批告知",
        "I understand that this application is decided by a computer under published rules. I may ask for the reasons "
        "at any time, and I may ask that a person looks at the decision again.",
        "本人知悉本次申请由系统按既定规则自动审批。本人有权随时要求说明审批依据，并有权要求人工复核。",
    ),
)
FREE_CONSENTS: Final = (
    Consent(
        "official-records",
        "Verification with customs, the tax office and the business registry",
        "海关、税务及工商信息核验授权",
        "I agree that the lender asks customs, the tax office and the business registry to confirm my declarations, "
        "filings and registration, in order to rate the shop and to set a limit. I need not agree to this. I may "
        "withdraw this consent at any time; from then on nobody is asked.",
        "本人同意贷款人向海关、税务机关及工商登记机关核验本人（本企业）的报关、纳税申报及登记信息，仅用于信用评级和额度核定。"
        "本授权为自愿授权，不影响申请；本人可随时撤回，撤回后贷款人不再查询。",
        needed=False,
    ),
)
BY_PURPOSE: Final = {consent.purpose: consent for consent in (*CONSENTS, *FREE_CONSENTS)}
