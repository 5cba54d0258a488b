"""An application in one call leaves the same rows as one in three steps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from credit_cases import TODAY

from lendmill.credit import actions
from lendmill.credit.consents import CONSENTS
from lendmill.db import Database
from lendmill.people.actions import Command

ANSWERS: dict[str, Any] = {
    "amount_cents": 500_000,
    "purpose": "stock",
    "yearly_sales_cents": 1_000_000,
    "language": "zh-Hans",
    "consents": [consent.purpose for consent in CONSENTS],
}
ROWS = """
    select (select array_agg((a.product_key, a.step, a.status, a.answers, a.started_on, a.decided_at = d.decided_at,
                              a.shop_id = s.shop_id)::text)
              from application a where a.borrower_id = d.borrower_id),
           (select array_agg((c.purpose, c.language, c.wording, c.application_id = d.application_id)::text order by
                             c.consent_id)
              from consent c where c.borrower_id = d.borrower_id),
           (select array_agg((l.product_key, l.product_version, l.limit_cents, l.reserved_cents, l.used_cents,
                              l.rate_den, l.rate_num, l.penalty_num, l.grace_days, l.months_max, l.methods,
                              l.joint_products, l.joint_max_cents, l.opened_on, l.expires_on, l.status,
                              l.decision_id = d.decision_id)::text)
              from line l where l.borrower_id = d.borrower_id),
           (select array_agg((k.command_key, k.action, k.result_id = d.decision_id)::text)
              from command k where k.borrower_id = d.borrower_id),
           d.product_key, d.outcome, d.grade, d.limit_cents, d.reasons, d.decided_on
      from decision d
      join shop s on s.borrower_id = d.borrower_id
     where d.borrower_id = %s
"""


def rows(house: Database, borrower_id: UUID) -> list[tuple[Any, ...]]:
    """All that an application left, but for ids and times."""
    with house.transaction() as db:
        return db.execute(ROWS, [borrower_id]).fetchall()


def in_three_steps(house: Database, borrower_id: UUID) -> None:
    """Start, answer twice, submit."""
    product = {"borrower_id": borrower_id, "product_key": "credit-line"}
    one = {"borrower_id": borrower_id, "application_id": house.act(actions.start_application, **product, today=TODAY)}
    for step in (1, 2):
        house.act(actions.save_step, **one, step=step, answers=ANSWERS)
    house.act(actions.submit, command=Command.of("k", n=1), **one, today=TODAY)


def at_once(house: Database, borrower_id: UUID) -> None:
    """One call."""
    house.act(
        actions.apply_at_once,
        command=Command.of("k", n=1),
        borrower_id=borrower_id,
        product_key="credit-line",
        answers=ANSWERS,
        today=TODAY,
    )


@pytest.mark.parametrize("grade", ["A", "C", "D"])
@pytest.mark.parametrize("begun", [False, True])
def test_one_call_leaves_the_rows_of_three_steps(
    house: Database, shop: Callable[..., UUID], grade: str, begun: bool
) -> None:
    stepped, called = shop("s1", grade=grade), shop("s2", grade=grade)
    in_three_steps(house, stepped)
    if begun:
        house.act(actions.start_application, borrower_id=called, product_key="credit-line", today=TODAY)
    at_once(house, called)
    (left,) = rows(house, called)
    assert [left] == rows(house, stepped)
    assert left[5] == {"A": "approve", "C": "refer", "D": "decline"}[grade]
    assert len(left[1]) == len(CONSENTS)
