"""The canonical event: one thing that happened in a shop, when it happened, and when it could be known."""

from dataclasses import dataclass
from typing import Final

import polars as pl

HOUSE_ZONE: Final = "Asia/Shanghai"
MOST_A_DAY: Final = 10**14  # cents, or millionths, of one shop's day: a trillion yuan, more than any shop has
LARGEST_CENTS: Final = 10**12  # ten billion yuan in one event; features/rolling/measures.py says what sums come to

EVENT: Final = pl.Schema(
    {
        "event_id": pl.String(),
        "shop_key": pl.String(),
        "kind": pl.String(),
        "happened_at": pl.Datetime("us", "UTC"),
        "known_at": pl.Datetime("us", "UTC"),
        "happened_on": pl.Date(),
        "known_on": pl.Date(),
        "amount_cents": pl.Int64(),
        "counterparty": pl.String(),
        "quantity": pl.Float64(),
        "subject": pl.String(),
        "status": pl.String(),
        "source": pl.String(),
    }
)

SAYS: Final = ("amount_cents", "counterparty", "quantity", "subject", "status")  # what a correction may change

DONE: Final = "done"
VOID: Final = "void"
REVERSAL: Final = "reversal"
STATUSES: Final = (DONE, REVERSAL, VOID)  # of two rows that say the same thing at once, the later in this list holds


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that rows of a kind can be about, and the figure such a row gives: money, or a number from-to.

    A yes or a no is 1 or 0, and nothing between.
    """

    name: str
    money: bool = False
    least: float = 0.0
    most: float = 1e8
    yes_or_no: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: what it means and what a row of it must carry.

    Where a kind has subjects, each row is about one of them and gives that subject's figure; where it has none, the
    subject is any word, or nothing.
    """

    name: str
    meaning: str
    meaning_zh: str
    amount: bool = False
    quantity_max: float | None = None
    signed: bool = False
    quantity_needed: bool = True
    subjects: tuple[Subject, ...] = ()


def _money(names: str) -> tuple[Subject, ...]:
    return tuple(Subject(name, money=True) for name in names.split())


def _shares(names: str) -> tuple[Subject, ...]:
    return tuple(Subject(name, most=1.0) for name in names.split())


_BUREAU: Final = (
    Subject("open_loans"),
    Subject("open_balance", money=True),
    Subject("late_days_worst", most=36_600),
    Subject("enquiries_90"),
    Subject("score", most=1e4),
    Subject("years_known", most=100),
)
_REGISTRY: Final = (
    Subject("registered_capital", money=True),
    Subject("active", most=1, yes_or_no=True),
    Subject("years_registered", most=300),
    Subject("legal_cases"),
    Subject("enforcement", most=1, yes_or_no=True),
)
_STATED: Final = (
    *_money("sales_year cost_year inventory assets liabilities receivables"),
    Subject("net_margin", least=-100, most=1),
    *_shares("platform_share top1_share top2_share"),
    Subject("top1_years", most=100),
    Subject("top2_years", most=100),
)
_INDICES: Final = "conscientiousness emotional_stability prudence locus_of_control integrity"
_QUESTIONNAIRE: Final = (
    *(Subject(name, least=-1e4, most=1e4) for name in f"{_INDICES} impression consistency concealment".split()),
    Subject("seconds_median", most=1e6),
)

KINDS: Final = (
    Kind("order", "a buyer's paid order; counterparty is the buyer", "买家已付款订单", amount=True),
    Kind("refund", "money given back to a buyer", "退款", amount=True),
    Kind("settlement", "the platform pays the shop what its orders brought", "平台结算到账", amount=True),
    Kind(
        "payment",
        "payments taken in a day of which only their number is told; quantity is how many",
        "收款笔数（无金额）",
        quantity_max=1e8,
    ),
    Kind("review", "a buyer's review; quantity is the stars, 0 to 5", "买家评价（星级）", quantity_max=5.0),
    Kind("visit", "page views of one day; quantity is how many", "店铺访问量", quantity_max=1e8),
    Kind("favourite", "buyers who marked the shop that day; quantity is how many", "店铺收藏", quantity_max=1e8),
    Kind("dispute", "a buyer's complaint taken up by the platform", "纠纷投诉"),
    Kind("advertising", "money spent on the platform's advertising", "广告投放支出", amount=True),
    Kind("login", "somebody signed in to run the shop; counterparty is the device, subject the place", "店主登录"),
    Kind("community", "posts and answers among sellers that day; quantity is how many", "社区发言", quantity_max=1e6),
    Kind(
        "message",
        "a buyer wrote to the shop; quantity is the minutes until it answered, none if it never did",
        "买家咨询（答复分钟数）",
        quantity_max=1e7,
        quantity_needed=False,
    ),
    Kind(
        "invoice-out",
        "an invoice the firm issued: a sale; negative is a reversal",
        "销项发票",
        amount=True,
        signed=True,
    ),
    Kind("invoice-in", "an invoice the firm received: a purchase", "进项发票", amount=True, signed=True),
    Kind(
        "customs",
        "a customs declaration; counterparty is the partner abroad",
        "进出口报关",
        amount=True,
        subjects=_money("import export"),
    ),
    Kind(
        "tax",
        "a tax filing: the sales declared, and quantity the days it came late; or the year's tax grade, 5 is A, 1 is D",
        "纳税申报与纳税信用等级",
        quantity_max=36_600,
        quantity_needed=False,
        subjects=(*_money("vat income"), Subject("grade", least=1, most=5)),
    ),
    Kind("bureau", "one figure of a credit report", "征信报告指标", subjects=_BUREAU),
    Kind("registry", "one figure of the business registry", "工商登记指标", subjects=_REGISTRY),
    Kind("stated", "one figure the seller states", "商家自报数据", subjects=_STATED),
    Kind("questionnaire", "one index of a finished questionnaire", "问卷指标", subjects=_QUESTIONNAIRE),
)
KIND_NAMES: Final = tuple(kind.name for kind in KINDS)
WITH_AMOUNT: Final = tuple(kind.name for kind in KINDS if kind.amount)
SIGNED: Final = tuple(kind.name for kind in KINDS if kind.signed)
WITH_QUANTITY: Final = tuple(kind.name for kind in KINDS if kind.quantity_max is not None and kind.quantity_needed)
QUANTITY_MAX: Final = {kind.name: kind.quantity_max for kind in KINDS if kind.quantity_max is not None}
SUBJECTS: Final = {kind.name: {subject.name: subject for subject in kind.subjects} for kind in KINDS if kind.subjects}


def subject_table() -> pl.DataFrame:
    """Every subject a row can be about where its kind says which: (kind, subject, money, least, most)."""
    rows = [(k, s.name, s.money, s.least, s.most) for k, subjects in SUBJECTS.items() for s in subjects.values()]
    columns = {"kind": pl.String, "subject": pl.String, "money": pl.Boolean, "least": pl.Float64, "most": pl.Float64}
    return pl.DataFrame(rows, schema=columns, orient="row")


def no_events() -> pl.LazyFrame:
    """A table of events with nothing in it."""
    return pl.LazyFrame(schema=EVENT)


def day_in_house(instant: pl.Expr) -> pl.Expr:
    """The day in the lender's calendar on which an instant falls."""
    return instant.dt.convert_time_zone(HOUSE_ZONE).dt.date()
