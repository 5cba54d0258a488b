"""The chart of accounts: what each account is, on which side it stands, and in which units it may be kept."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

Side = Literal["debit", "credit"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How an account behaves: its number, names, class, the side it grows on, and whether it holds exact accruals."""

    number: str
    name_en: str
    name_zh: str
    group: Literal["asset", "liability", "equity", "income", "technical"]
    grows: Side
    exact: bool = False


class Account(Enum):
    """The accounts of the house."""

    CASH = Rule("1001", "cash at the payment rail", "存放支付渠道款项", "asset", "debit")
    LOANS = Rule("1301", "loans receivable", "发放贷款及垫款", "asset", "debit")
    INTEREST = Rule("1302", "interest receivable", "应收利息", "asset", "debit")
    PENALTY = Rule("1303", "penalty receivable", "应收罚息", "asset", "debit")
    FEES = Rule("1304", "fees receivable", "应收费用", "asset", "debit")
    INTEREST_ACCRUED = Rule("1311", "interest accrued, not billed", "应计利息", "asset", "debit", exact=True)
    PENALTY_ACCRUED = Rule("1312", "penalty accrued, not billed", "应计罚息", "asset", "debit", exact=True)
    REFUNDS = Rule("2001", "owed back to borrowers", "应退客户款", "liability", "credit")
    CAPITAL = Rule("3001", "paid-in capital", "实收资本", "equity", "credit")
    INTEREST_INCOME = Rule("5001", "interest income", "利息收入", "income", "credit", exact=True)
    PENALTY_INCOME = Rule("5002", "penalty income", "罚息收入", "income", "credit", exact=True)
    ROUNDING = Rule("5009", "rounding", "尾差", "income", "credit", exact=True)
    BILLED_CENTS = Rule("9001", "conversion, billed", "计息换算（已出账）", "technical", "credit")
    BILLED_EXACT = Rule("9002", "conversion, accrued", "计息换算（应计）", "technical", "debit", exact=True)

    @property
    def number(self) -> str:
        """The account's number, as the books show it."""
        return self.value.number


BY_NUMBER: Final = {account.number: account for account in Account}


def exact_unit(currency: str, rate_den: int) -> str:
    """The unit of an accrual: the currency's cent over the rate's denominator.

    >>> exact_unit("CNY", 1_000_000)
    'CNY/1000000'
    """
    return f"{currency}/{rate_den}"
