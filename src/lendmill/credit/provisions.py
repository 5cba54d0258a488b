"""What a policy provides for: who may ask, limits, prices, terms, thin files, groups, conditions, later changes."""

from datetime import date
from typing import Final, Literal

import msgspec

from lendmill.credit.finding import HeldBack, Unit
from lendmill.credit.rules.expression import Expression
from lendmill.credit.rules.grammar import read
from lendmill.credit.rules.rule import ANY_SOURCE
from lendmill.credit.tables import LimitTable, Table

Unset = msgspec.UnsetType
ConditionKind = Literal["guarantor", "collateral"]
CONDITION_KINDS: Final = ("guarantor", "collateral")


class FactRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule over the shop's record as policies wrote it before version 3; kept so that their decisions replay.

    Several facts: the worst of those known counts. None known: `unknown` says what happens; it is never a pass.
    A rule for one source is set aside for a shop that this source does not cover.
    """

    rule: str
    label_en: str
    label_zh: str
    facts: tuple[str, ...]
    source: str = ANY_SOURCE
    unit: Unit = ""
    refer_above: float | None = None
    decline_above: float | None = None
    refer_below: float | None = None
    decline_below: float | None = None
    unknown: HeldBack
    reason: str

    @property
    def high_is_bad(self) -> bool:
        """Whether the fact is held from above."""
        return self.refer_above is not None or self.decline_above is not None

    @property
    def thresholds(self) -> tuple[float | None, float | None]:
        """From where it refers, from where it declines."""
        return (self.refer_above, self.decline_above) if self.high_is_bad else (self.refer_below, self.decline_below)


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something the money may be used for."""

    key: str
    en: str
    zh: str


class Eligibility(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may ask at all."""

    age_years_min: int
    age_years_max: int
    history_months_min: int
    regions_refused: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...]


class DebtRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a record with the house counts."""

    days_past_due_worst_max: int


class RatingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which grades are granted, which a person looks at, which are declined."""

    declined: tuple[str, ...]
    referred: tuple[str, ...]
    age_days_max: int
    unknown: HeldBack


class StatedRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From where stated figures count as those of the record, and below where a person looks at them."""

    matches_from: float
    differs_below: float


class LimitRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the limit follows from sales, grade and capacity, and what caps it.

    A policy from before version 3 has one share of sales by grade and one share of sales for dues; later ones have
    tables, each a cap by its own name. With `counter`, whoever asks for more than can be granted is offered what can.
    """

    monthly_sales_facts: tuple[str, ...]
    open_orders_plus: tuple[str, ...]
    open_orders_minus: tuple[str, ...]
    facts_unit: Unit
    share_bp: dict[str, int] | Unset = msgspec.UNSET
    budget_share_bp: int | Unset = msgspec.UNSET
    repaid_bonus_bp: int
    repaid_counted_max: int
    borrower_share_of_net_assets_bp: int
    borrower_limit_max_cents: int
    round_down_to_cents: int
    review_above_cents: int
    # what follows came later
    tables: tuple[LimitTable, ...] | Unset = msgspec.UNSET
    cash_flow_facts: tuple[str, ...] | Unset = msgspec.UNSET
    cash_flow_months: int | Unset = msgspec.UNSET
    counter: bool | Unset = msgspec.UNSET


class PriceTable(Table, frozen=True, kw_only=True):
    """What a grade pays, in millionths a day or in basis points a year, for the products priced that way."""

    per: Literal["millionths a day", "basis points a year"]


class PriceRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rate by grade within each product's band; a product without a band has its own rates."""

    tables: tuple[PriceTable, ...]


class TermRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many months a loan may run at most; the shortest of the tables counts, and the product's own."""

    tables: tuple[Table, ...]


class ThinRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Second thoughts about a short record: a part of the limit, a shorter term, a person above an amount.

    A record nobody has judged the length of counts as a short one.
    """

    share_bp: int
    months_max: int
    review_above_cents: int


class GroupRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What borrowers who belong together may be granted together."""

    share_of_net_assets_bp: int
    limit_max_cents: int
    law: str
    in_force_on: date


class ConditionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """What is asked for beside a promise: a guarantor, collateral, or one of the two, before anything can be drawn.

    It is asked where `when` holds; where that cannot be known, `unknown` says what happens.
    """

    condition: str
    label_en: str
    label_zh: str
    when: str
    by: tuple[ConditionKind, ...]
    cover_bp: int
    days: int
    unknown: HeldBack = "refer"

    @property
    def asked_when(self) -> Expression:
        """The condition as read."""
        return read(self.when)


class LineChangeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a line's limit or price is changed after it was opened, and by how much (额度与价格调整).

    `limit_bp` and `rate_bp` are in ten-thousandths of what the line has: above 10,000 more, below less. What is worse
    for the borrower waits `notice_days` unless it is `urgent`; nothing is changed again within `rest_days`.
    """

    change: str
    label_en: str
    label_zh: str
    when: str
    limit_bp: int | Unset = msgspec.UNSET
    rate_bp: int | Unset = msgspec.UNSET
    urgent: bool = False
    notice_days: int
    rest_days: int
    reason: str
