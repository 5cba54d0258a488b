"""Every route is asked for as every role, and opens to exactly those the table names."""

from collections.abc import Callable

import pytest

from lendmill import ids
from lendmill.people.roles import WHO_MAY, Role
from lendmill.web.app import doors_of

ROLES = (None, *Role)


def _path(route: str, house) -> str:  # type: ignore[no-untyped-def]
    """A route with its blanks filled with things that are there."""
    path = route.split(" ", 1)[1]
    filled = {
        "borrower_id": house.seller_id,
        "line_id": house.line_id,
        "loan_id": house.loan_id,
        "code": "en",
        "chart": "outstanding",
        "step": 1,
        "path": "nothing",
        "number": "1001",
        "kind": "waive",
        "party": "tax",
        "purpose": "official-records",
        "item_key": "x",
        "version": 1,
        "key": "standard",
    }
    for name in (
        "application_id",
        "decision_id",
        "instruction_id",
        "approval_id",
        "proposal_id",
        "attempt_id",
        "adjustment_id",
        "question_id",
        "case_id",
        "notice_id",
        "condition_id",
        "told_id",
        "group_id",
        "backtest_id",
    ):
        filled[name] = ids.new()
    for name, value in filled.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


def _opened(answer) -> bool:  # type: ignore[no-untyped-def]
    """Whether the door opened, whatever was behind it."""
    sent_away = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    refused_by_name = answer.status_code == 401 and "application/problem+json" in answer.headers["content-type"]
    return answer.status_code != 403 and not sent_away and not refused_by_name


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value if role else "nobody")
def test_every_route_opens_to_exactly_those_the_table_names(house, role: Role | None) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(role)
    signed_out_last = sorted(WHO_MAY, key=lambda route: (route == "POST /sign-out", route))
    wrong = []
    for route in signed_out_last:
        path = _path(route, house)
        if route == "POST /sign-out":
            answer = visitor.post(path)
            opened = answer.status_code == 303 and answer.headers["location"] == "/sign-in"
        elif route.startswith("GET"):
            opened = _opened(visitor.get(path))
        elif path.startswith("/api/"):
            headers = {"x-csrftoken": visitor.secret(), "Idempotency-Key": "key-12345678"}
            opened = _opened(visitor.client.request(route.split()[0], path, json={}, headers=headers))
        else:
            opened = _opened(visitor.post(path, name="nobody", password="wrong"))
        if opened != (role in WHO_MAY[route]):
            wrong.append(f"{route}: opened {opened}, the table says {role in WHO_MAY[route]}")
    assert wrong == []


def test_there_is_no_door_beside_the_table(house) -> None:  # type: ignore[no-untyped-def]
    assert doors_of(house.app) == set(WHO_MAY)


def test_a_route_missing_in_the_table_opens_to_nobody(house, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER)
    assert visitor.get("/health").status_code == 200
    monkeypatch.delitem(WHO_MAY, "GET /health")
    assert visitor.get("/health").status_code == 403


OTHERS: tuple[Callable[[object], str], ...] = (
    lambda house: f"/loans/{house.strangers_loan_id}",  # type: ignore[attr-defined]
    lambda house: f"/loans/{house.strangers_loan_id}/statement",  # type: ignore[attr-defined]
    lambda house: f"/loans/{house.strangers_loan_id}/state",  # type: ignore[attr-defined]
    lambda house: f"/borrow/{house.strangers_line_id}",  # type: ignore[attr-defined]
    lambda house: f"/borrow/{house.strangers_line_id}/cost",  # type: ignore[attr-defined]
    lambda house: f"/api/v1/borrowers/{house.stranger_id}/loans",  # type: ignore[attr-defined]
    lambda house: f"/api/v1/borrowers/{house.stranger_id}/offers",  # type: ignore[attr-defined]
    lambda house: f"/api/v1/borrowers/{house.stranger_id}/loans/{house.strangers_loan_id}",  # type: ignore[attr-defined]
    lambda house: f"/api/v1/borrowers/{house.seller_id}/loans/{house.strangers_loan_id}",  # type: ignore[attr-defined]
)


def test_what_belongs_to_another_seller_is_not_there(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER)
    assert [visitor.get(path(house)).status_code for path in OTHERS] == [404] * len(OTHERS)


def test_another_sellers_loan_cannot_be_repaid_or_drawn_on(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER)
    repaid = visitor.post(f"/loans/{house.strangers_loan_id}/repay", amount="100", key="k" * 12)
    drawn = visitor.post(
        f"/borrow/{house.strangers_line_id}", amount_cents="10000", method="on-demand", months="1", key="l" * 12
    )
    assert (repaid.status_code, drawn.status_code) == (404, 404)
    with house.database.transaction() as db:
        asked = db.execute("select count(*) from instruction where status <> 'confirmed'").fetchone()
    assert asked == (0,)
