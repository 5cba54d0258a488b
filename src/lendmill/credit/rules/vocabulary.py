"""The facts a rule may name: every feature of the shop's record, and what the file says of the borrower."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from lendmill.credit.rules.expression import Kind
from lendmill.features.catalogue import FEATURES
from lendmill.products.document import GRADES


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a rule may ask about; a fact with `choices` is one of these words and no other."""

    name: str
    kind: Kind
    meaning: str
    meaning_zh: str
    unit: str = ""
    choices: tuple[str, ...] = ()


# What is read from the file itself; `credit.rules.reading` takes each out of a case.
FILE_FACTS: Final = (
    Fact("stage", "text", "whether an offer is worked out or somebody asks", "预授信或正式申请", "",
         ("offer", "application")),
    Fact("kind", "text", "whether the borrower is a person or a firm", "借款人类型", "", ("person", "firm")),
    Fact("age_years", "number", "age of the person who borrows", "借款人年龄", "years"),
    Fact("member_months", "number", "full months on the marketplace", "入驻月数", "months"),
    Fact("region", "text", "where the shop is", "所在地区"),
    Fact("industry", "text", "what the shop trades in", "所属行业"),
    Fact("identity_verified", "truth", "whether the identity is verified", "是否实名认证"),
    Fact("banned", "truth", "whether the borrower is shut out", "是否被禁入"),
    Fact("purpose", "text", "what the money is for", "贷款用途"),
    Fact("today", "day", "the day of the decision", "审批日"),
    Fact("grade", "text", "the rating's grade", "信用评级", "", GRADES),
    Fact("points", "number", "the rating's points", "信用评分", "points"),
    Fact("pd", "number", "probability of default", "违约概率", "pd"),
    Fact("rated_on", "day", "the day the rating is of", "评级日"),
    Fact("asked_cents", "number", "amount asked", "申请金额", "cents"),
    Fact("outstanding_cents", "number", "principal owed to us", "在本机构的贷款余额", "cents"),
    Fact("granted_cents", "number", "limits of all open lines", "已授信额度", "cents"),
    Fact("days_past_due_worst", "number", "worst lateness with us", "在本机构最长逾期天数", "days"),
    Fact("loans_drawn", "number", "loans drawn with us", "已借款笔数", "count"),
    Fact("loans_repaid", "number", "loans repaid to us", "已结清笔数", "count"),
    Fact("file", "text", "how full the record was when it was rated", "档案完整度", "", ("full", "thin", "unjudged")),
    Fact("group_granted_cents", "number", "limits of all who belong together with the borrower", "关联方已授信额度",
         "cents"),
)  # fmt: skip


@cache
def vocabulary() -> Mapping[str, Fact]:
    """Every fact by its name."""
    record = (Fact(each.name, "number", each.meaning, each.meaning_zh, each.unit) for each in FEATURES)
    return {fact.name: fact for fact in (*record, *FILE_FACTS)}
