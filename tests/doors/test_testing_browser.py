"""Where a policy is tested, in a real browser on a usual desk: every column of every table is seen. Needs Chromium."""

import pytest

from doors.browsing import DESK, browsing, fits, needs_chromium, whole
from doors.conftest import House
from doors.test_api import _ask
from lendmill.credit.testing import queries
from lendmill.credit.testing.running.actions import run_asked
from lendmill.people.roles import Role

pytestmark = needs_chromium
MANY = """
    insert into decision (decision_id, borrower_id, application_id, product_key, outcome, grade, limit_cents, reasons,
                          content, content_hash, decided_on)
    select gen_random_uuid(), b.borrower_id, d.application_id, d.product_key, d.outcome, d.grade, 100 * d.limit_cents,
           d.reasons, d.content, d.content_hash, d.decided_on
      from decision d
     cross join borrower b
     cross join generate_series(2, 1000)
"""
DRAWN = """
    insert into decision_arm (decision_id, borrower_id, trial, arm)
    select decision_id, borrower_id, 'standard/9', (array['champion', 'challenger'])[1 + n % 2]
      from (select decision_id, borrower_id, row_number() over () as n from decision) d
"""


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_no_table_of_a_policy_a_backtest_or_a_trial_is_wider_than_its_card(house: House, locale: str) -> None:
    client, analyst = house.visitor().client, house.token(Role.ANALYST)
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "decided-01"}
    body = _ask(amount_cents=500_000)
    client.post(f"/api/v1/borrowers/{house.applicant_id}/decisions", json=body, headers=headers)
    with house.database.transaction() as db:
        db.execute(MANY)
        db.execute(DRAWN)
    (live,) = client.get("/api/v1/documents/policies", headers=analyst).json()
    at = f"/staff/policies/policies/standard/{live['version']}"
    client.post(f"/api/v1/policies/standard/{live['version']}/backtests", json={}, headers=analyst)
    assert run_asked(house.database) == 1
    with house.database.transaction() as db:
        (run,) = queries.backtests(db, "standard", live["version"])
    house.account(Role.AUDITOR)
    with browsing(house) as browser:
        page = browser.somebody("auditor-first", size=DESK, locale=locale)
        for path in (
            at,
            f"/staff/policies/backtests/{run.backtest_id}",
            "/staff/policies/trials?trial_name=standard/9",
        ):
            page.goto(browser.address + path)
            fits(page)
            whole(page)
