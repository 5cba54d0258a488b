"""The chart of accounts: what each account is, on which side it stands, and in which units it may be kept."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, Literal

from lendmill.refusals import Refusal

Side = Literal["debit", "credit"]
Group = Literal["asset", "liability", "equity", "income", "expense", "memorandum", "technical"]


UNIT: Final = re.compile(r"([A-Z]{3})(?:/([1-9][0-9]*))?")


class NotAUnit(Refusal):
    """{unit!r} is no unit of the books: write a currency such as CNY, or an accrual's unit such as CNY/1000000."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How an account behaves: its number, names, class, the side it grows on, and whether it holds exact accruals."""

    number: str
    name_en: str
    name_zh: str
    group: Group
    grows: Side
    exact: bool = False


class Account(Enum):
    """The accounts of the house."""

    CASH = Rule("1001", "cash at the payment rail", "存放支付渠道款项", "asset", "debit")
    LOANS = Rule("1301", "loans receivable", "发放贷款及垫款", "asset", "debit")
    INTEREST = Rule("1302", "interest receivable", "应收利息", "asset", "debit")
    PENALTY = Rule("1303", "penalty receivable", "应收罚息", "asset", "debit")
    FEES = Rule("1304", "fees receivable", "应收费用", "asset", "debit")
    CLAIMS = Rule("1305", "claims on borrowers", "应收客户款", "asset", "debit")
    INTEREST_ACCRUED = Rule("1311", "interest accrued, not billed", "应计利息", "asset", "debit", exact=True)
    PENALTY_ACCRUED = Rule("1312", "penalty accrued, not billed", "应计罚息", "asset", "debit", exact=True)
    ALLOWANCE = Rule("1399", "allowance for credit losses", "贷款损失准备", "asset", "credit")
    REFUNDS = Rule("2001", "owed back to borrowers", "应退客户款", "liability", "credit")
    HELD = Rule("2002", "held for borrowers", "暂存客户款", "liability", "credit")
    UNEARNED_FEES = Rule("2005", "fees not yet earned", "递延手续费", "liability", "credit")
    CAPITAL = Rule("3001", "paid-in capital", "实收资本", "equity", "credit")
    INTEREST_INCOME = Rule("5001", "interest income", "利息收入", "income", "credit", exact=True)
    PENALTY_INCOME = Rule("5002", "penalty income", "罚息收入", "income", "credit", exact=True)
    FEE_INCOME = Rule("5003", "fee income", "手续费收入", "income", "credit")
    ROUNDING = Rule("5009", "rounding", "尾差", "income", "credit", exact=True)
    REBATES = Rule("5010", "charges given back", "息费返还", "income", "debit")
    CREDIT_LOSS = Rule("6701", "credit losses", "信用减值损失", "expense", "debit")
    MEMO_INTEREST = Rule("8101", "memorandum: interest", "表外应收利息", "memorandum", "debit")
    MEMO_PENALTY = Rule("8102", "memorandum: penalty", "表外应收罚息", "memorandum", "debit")
    MEMO_PRINCIPAL = Rule("8103", "memorandum: written-off principal", "表外已核销本金", "memorandum", "debit")
    MEMO_FEES = Rule("8104", "memorandum: fees", "表外应收费用", "memorandum", "debit")
    MEMO_INTEREST_ACCRUED = Rule(
        "8111", "memorandum: interest accrued", "表外应计利息", "memorandum", "debit", exact=True
    )
    MEMO_PENALTY_ACCRUED = Rule(
        "8112", "memorandum: penalty accrued", "表外应计罚息", "memorandum", "debit", exact=True
    )
    MEMO_CONTRA = Rule("8901", "memorandum: contra", "表外对应科目", "memorandum", "credit")
    MEMO_CONTRA_EXACT = Rule(
        "8902", "memorandum: contra, accrued", "表外对应科目（应计）", "memorandum", "credit", exact=True
    )
    BILLED_CENTS = Rule("9001", "conversion, billed", "计息换算（已出账）", "technical", "credit")
    BILLED_EXACT = Rule("9002", "conversion, accrued", "计息换算（应计）", "technical", "debit", exact=True)

    __hash__ = object.__hash__  # each account is there once; the name's hash costs as much as the rest of a check

    def __init__(self, rule: Rule) -> None:
        self.number: Final = rule.number
        self.exact: Final = rule.exact
        self.outside: Final = rule.group == "memorandum"

    def __repr__(self) -> str:
        return f"<Account.{self.name}>"


BY_NUMBER: Final = {account.number: account for account in Account}


@lru_cache(maxsize=1024)
def currency_and_den(unit: str) -> tuple[str, int]:
    """The currency of a unit, and the denominator of an exact accrual; 0 for whole cents.

    >>> currency_and_den("CNY/1000000"), currency_and_den("CNY")
    (('CNY', 1000000), ('CNY', 0))
    """
    found = UNIT.fullmatch(unit)
    if found is None:
        raise NotAUnit(unit=unit)
    return found[1], int(found[2] or 0)


def exact_unit(currency: str, rate_den: int) -> str:
    """The unit of an accrual: the currency's cent over the rate's denominator.

    >>> exact_unit("CNY", 1_000_000)
    'CNY/1000000'
    """
    return f"{currency}/{rate_den}"
