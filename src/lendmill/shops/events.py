"""The canonical event: one thing that happened in a shop, when it happened, and when it could be known."""

from dataclasses import dataclass
from typing import Final

import polars as pl

HOUSE_ZONE: Final = "Asia/Shanghai"

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
        "status": pl.String(),
        "source": pl.String(),
    }
)

SAYS: Final = ("amount_cents", "counterparty", "quantity", "status")  # what a correction may change

DONE: Final = "done"
VOID: Final = "void"
REVERSAL: Final = "reversal"
STATUSES: Final = (DONE, REVERSAL, VOID)  # of two rows that say the same thing at once, the later in this list holds


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: what it means and what a row of it must carry."""

    name: str
    meaning: str
    meaning_zh: str
    amount: bool = False
    quantity_max: float | None = None
    signed: bool = False


KINDS: Final = (
    Kind("order", "a buyer's paid order; counterparty is the buyer", "买家已付款订单", amount=True),
    Kind("refund", "money given back to a buyer", "退款", amount=True),
    Kind("settlement", "the platform pays the shop what its orders brought", "平台结算到账", amount=True),
    Kind("review", "a buyer's review; quantity is the stars, 0 to 5", "买家评价（星级）", quantity_max=5.0),
    Kind("visit", "page views of one day; quantity is how many", "店铺访问量", quantity_max=1e8),
    Kind("favourite", "buyers who marked the shop that day; quantity is how many", "店铺收藏", quantity_max=1e8),
    Kind("dispute", "a buyer's complaint taken up by the platform", "纠纷投诉"),
    Kind("advertising", "money spent on the platform's advertising", "广告投放支出", amount=True),
    Kind("login", "somebody signed in to run the shop; counterparty is the device", "店主登录"),
    Kind(
        "invoice-out",
        "an invoice the firm issued: a sale; negative is a reversal",
        "销项发票",
        amount=True,
        signed=True,
    ),
    Kind("invoice-in", "an invoice the firm received: a purchase", "进项发票", amount=True, signed=True),
)
KIND_NAMES: Final = tuple(kind.name for kind in KINDS)
WITH_AMOUNT: Final = tuple(kind.name for kind in KINDS if kind.amount)
SIGNED: Final = tuple(kind.name for kind in KINDS if kind.signed)
WITH_QUANTITY: Final = {kind.name: kind.quantity_max for kind in KINDS if kind.quantity_max is not None}


def no_events() -> pl.LazyFrame:
    """A table of events with nothing in it."""
    return pl.LazyFrame(schema=EVENT)


def day_in_house(instant: pl.Expr) -> pl.Expr:
    """The day in the lender's calendar on which an instant falls."""
    return instant.dt.convert_time_zone(HOUSE_ZONE).dt.date()
