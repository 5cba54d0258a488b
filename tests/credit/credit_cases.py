"""A shop that would be approved, to be changed one fact at a time."""

import json
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from lendmill import ids
from lendmill.credit.case import Case, CaseBorrower, CaseRating, CaseStanding
from lendmill.credit.decide import Decision, decide
from lendmill.credit.decisions.queries import preset_policy
from lendmill.credit.finding import Finding
from lendmill.credit.policy import Policy
from lendmill.db import Db
from lendmill.products.document import Product
from lendmill.products.queries import preset

TODAY: Final = date(2026, 1, 1)
POLICY: Final = preset_policy()
LINE: Final = preset("credit-line")
ORDERS: Final = preset("order-loan")
BORROWER_ID: Final = UUID("01890000-0000-7000-8000-000000000001")
RATING_ID: Final = UUID("01890000-0000-7000-8000-000000000002")
SHOP_ID: Final = UUID("01890000-0000-7000-8000-000000000003")

MARKET_FACTS: Final[dict[str, float | None]] = {
    "sales_count_365": 900.0,
    "login_days_90": 80.0,
    "purchase_count_365": None,
    "sales_monthly_mean": 20_000.0,
    "sales_net_90": 60_000.0,
    "settlement_90": 50_000.0,
    "history_days": 400.0,
    "days_since_sale": 1.0,
    "sale_months_365": 12.0,
    "sales_growth_90": 0.1,
    "customer_top5_share_90": 0.05,
    "sale_burst_90": 0.1,
    "refund_rate_90": 0.04,
    "invoice_void_share_365": None,
    "invoice_negative_value_share_365": None,
    "customer_top_share_365": 0.02,
}
INVOICE_FACTS: Final[dict[str, float | None]] = {
    **MARKET_FACTS,
    "login_days_90": None,
    "settlement_90": None,
    "purchase_count_365": 300.0,
    "customer_top5_share_90": 0.9,
    "invoice_void_share_365": 0.05,
    "invoice_negative_value_share_365": 0.02,
    "customer_top_share_365": 0.4,
}
PERSON: Final = CaseBorrower(
    kind="person",
    born_on=date(1990, 6, 1),
    member_since_on=date(2024, 1, 1),
    region="浙江",
    industry="trade",
    identity_verified=True,
    banned=False,
)
RATED: Final = CaseRating(
    rating_id=RATING_ID,
    model_id="market-1",
    model_digest="ab" * 32,
    as_of_on=TODAY,
    points=610,
    pd=0.014142,
    grade="A",
    doubts=(),
    file="full",
)
CLEAN: Final = CaseStanding(
    outstanding_cents=0, reserved_cents=0, days_past_due_worst=0, late_since_on=None, loans_drawn=0, loans_repaid=0
)


def a_case(**changes: Any) -> Case:
    """A good shop's application; `facts`, `borrower`, `rating` and `standing` take the fields to change."""
    parts: dict[str, Any] = {
        "borrower": msgspec.structs.replace(PERSON, **changes.pop("borrower", {})),
        "standing": msgspec.structs.replace(CLEAN, **changes.pop("standing", {})),
        "facts": {**changes.pop("from_facts", MARKET_FACTS), **changes.pop("facts", {})},
    }
    rating = changes.pop("rating", {})
    parts["rating"] = None if rating is None else msgspec.structs.replace(RATED, **rating)
    whole: dict[str, Any] = {
        "stage": "application",
        "today": TODAY,
        "borrower_id": BORROWER_ID,
        "shop_id": SHOP_ID,
        "facts_as_of_on": TODAY,
        "snapshot_id": None,
        "facts_unreadable": (),
        "granted_cents": 0,
        "joint_granted_cents": 0,
        "net_assets_cents": 10_000_000_000,
        "asked_cents": 100_000,
        "purpose": "stock",
        "offer_id": None,
        "offer_limit_cents": None,
        "group": None,
        **parts,
        **changes,
    }
    return Case(**whole)


def decided(case: Case, *, policy: Policy = POLICY, product: Product = LINE) -> Decision:
    """The decision under the shipped policy, unless another is given."""
    return decide(case, policy, product)


def finding(decision: Decision, rule: str) -> Finding:
    """The one finding of a rule."""
    (found,) = [each for each in decision.findings if each.rule == rule]
    return found


def changed_policy(**changes: Any) -> Policy:
    """The shipped policy with some fields changed, given as `part__field`."""
    parts: dict[str, Any] = {}
    for name, value in changes.items():
        part, _, field = name.partition("__")
        old = parts.get(part, getattr(POLICY, part))
        parts[part] = msgspec.structs.replace(old, **{field: value}) if field else value
    return msgspec.structs.replace(POLICY, **parts)


def rate(
    db: Db, borrower_id: UUID, grade: str, facts: dict[str, Any], rated_on: date, shop_key: str | None = None
) -> None:
    """Keep facts and a rating as the rooms below do."""
    snapshot_id = ids.new()
    found = db.execute(
        "select shop_id from shop where borrower_id = %s and shop_key = coalesce(%s, shop_key)", [borrower_id, shop_key]
    ).fetchone()
    assert found is not None
    db.execute("insert into feature_run values (%s, %s, %s, 1)", [snapshot_id, rated_on, str(snapshot_id)])
    db.execute(
        "insert into feature_snapshot values (%s, %s, %s, %s, %s::jsonb, 'd')",
        [snapshot_id, borrower_id, found[0], rated_on, json.dumps(facts)],
    )
    db.execute(
        "insert into rating (rating_id, borrower_id, shop_id, as_of_on, model_id, points, pd, grade, contributions,"
        " snapshot_id, telling) values (%s, %s, %s, %s, 'card-1', 610, 0.014142, %s, '[]', %s,"
        """ '{"file": {"kind": "full"}}')""",
        [ids.new(), borrower_id, found[0], rated_on, grade, snapshot_id],
    )
