"""The doors of conditions and groups: a seller names a surety, staff verify it, programs do the same."""

from datetime import timedelta
from typing import Any

from credit.credit_cases import POLICY
from credit.test_review_desk import applied
from doors.conftest import House, rate
from doors.test_api import _ask
from lendmill.credit.changes.change import LineWeighed
from lendmill.credit.changes.store import note_change
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.review.actions import ask_for_review
from lendmill.people.roles import Role


def waits(house: Any) -> dict[str, Any]:
    """The applicant, of a weak grade, has a line that waits for a surety; what programs are told of it."""
    with house.database.transaction() as db:
        rate(db, house.applicant_id, "B")
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    path = f"/api/v1/borrowers/{house.applicant_id}"
    made = client.post(
        f"{path}/decisions", json=_ask(amount_cents=500_000), headers={**headers, "Idempotency-Key": "weak-0001"}
    )
    assert (made.status_code, made.json()["outcome"]) == (201, "approve")
    (line,) = client.get(f"{path}/lines", headers=headers).json()
    assert line["status"] == "pending"
    (asked,) = client.get(f"{path}/conditions", headers=headers).json()
    assert (asked["ways"], asked["cover_cents"], asked["state"]) == (["guarantor", "collateral"], 500_000, "asked")
    return dict(asked)


def test_a_seller_names_a_guarantor_and_somebody_of_the_staff_verifies_it(house) -> None:  # type: ignore[no-untyped-def]
    asked = waits(house)
    seller = house.visitor(Role.SELLER, house.applicant_id)
    assert "/conditions" in seller.get("/").text
    page = seller.get("/conditions").text
    assert "需提供覆盖授信额度的保证人或抵质押物" in page
    with house.database.transaction() as db:
        db.execute("update line set status = 'closed'")
    assert ("可办理至" in page, "可办理至" in seller.get("/conditions").text) == (False, True)
    with house.database.transaction() as db:
        db.execute("update line set status = 'pending'")
    form = {"way": "guarantor", "described": "张三", "cover": "5,000"}
    wrong = seller.post(f"/conditions/{asked['condition_id']}", **{**form, "cover": "nothing"})
    assert wrong.status_code == 422
    assert seller.post(f"/conditions/{asked['condition_id']}", **form).status_code == 303
    assert "张三" in seller.get("/conditions").text
    officer = house.visitor(Role.RISK_OFFICER)
    desk = officer.get("/staff/conditions").text
    assert "张三" in desk
    told_id = desk.split("/conditions/told/")[1].split('"')[0]
    path = f"/staff/borrowers/{house.applicant_id}/conditions/told/{told_id}"
    empty = officer.post(path, verdict="verified", reason=" ")
    assert empty.status_code == 422
    assert officer.post(path, verdict="verified", reason="已核验身份与收入").status_code == 303
    assert "已核实" in seller.get("/conditions").text
    headers = house.token(Role.PARTNER)
    (line,) = house.visitor().client.get(f"/api/v1/borrowers/{house.applicant_id}/lines", headers=headers).json()
    assert line["status"] == "open"


def test_what_one_brings_forward_another_verifies_also_for_programs(house) -> None:  # type: ignore[no-untyped-def]
    asked, client = waits(house), house.visitor().client
    path = f"/api/v1/borrowers/{house.applicant_id}/conditions"
    analyst, officer = house.token(Role.ANALYST), house.token(Role.RISK_OFFICER)
    body = {"way": "collateral", "described": "deposit receipt 17", "cover_cents": 500_000}
    told = client.post(f"{path}/{asked['condition_id']}/told", json=body, headers=analyst).json()
    verdict = f"{path}/told/{told['told_id']}/verdict"
    said = {"verified": True, "reason": "seen at the bank"}
    own = client.post(verdict, json=said, headers=analyst)
    assert (own.status_code, own.json()["code"]) == (403, "own-word")
    assert len(client.get("/api/v1/conditions", headers=officer).json()) == 1
    met = client.post(verdict, json=said, headers=officer)
    assert (met.status_code, met.json()["state"], met.json()["line_status"]) == (201, "met", "open")
    assert client.get("/api/v1/conditions", headers=officer).json() == []
    changes = client.get(f"/api/v1/borrowers/{house.applicant_id}/line-changes", headers=officer).json()
    assert changes == []


def test_staff_say_who_belongs_together(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.ANALYST)
    body = {
        "kind": "household", "named": "Wang", "borrower_ids": [str(house.seller_id), str(house.applicant_id)],
        "from_on": "2026-01-01", "source": "household register",
    }  # fmt: skip
    group = client.post("/api/v1/groups", json=body, headers=headers).json()
    path = f"/api/v1/borrowers/{house.seller_id}/groups"
    assert client.get(path, headers=headers).json() == [group]
    left = {"from_on": "2026-01-01", "source": "moved out"}
    member = f"/api/v1/groups/{group['group_id']}/members/{house.seller_id}"
    assert client.put(member, json=left, headers=headers).json() == group
    keyed = {**headers, "Idempotency-Key": "parting-0001"}
    first, again = (client.post(f"{member}/parting", json=left, headers=keyed) for _ in range(2))
    assert (first.status_code, first.json()["state"], again.json()) == (201, "waiting", first.json())
    assert client.get(path, headers=headers).json() == [group]
    decision = f"/api/v1/approvals/{first.json()['approval_id']}/decision"
    agreeing = {**house.token(Role.RISK_OFFICER), "Idempotency-Key": "agreeing-0001"}
    assert client.post(decision, json={"outcome": "approve"}, headers=agreeing).json()["state"] == "approved"
    assert client.get(path, headers=headers).json() == []
    wrong = client.post("/api/v1/groups", json={**body, "kind": "friends"}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not-a-group-kind")


def test_an_empty_desk_says_so(house) -> None:  # type: ignore[no-untyped-def]
    assert "暂无" in house.visitor(Role.SELLER).get("/conditions").text
    assert house.visitor(Role.AUDITOR).get("/staff/conditions").status_code == 200


def test_who_asks_for_too_much_reads_what_can_be_had(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    path = f"/api/v1/borrowers/{house.applicant_id}"
    keyed = {**headers, "Idempotency-Key": "much-0001"}
    made = client.post(f"{path}/decisions", json=_ask(amount_cents=50_000_000), headers=keyed).json()
    assert (made["outcome"], made["limit_cents"], made["line_id"]) == ("counter", 1_600_000, None)
    page = house.visitor(Role.SELLER, house.applicant_id).get(f"/decisions/{made['decision_id']}").text
    assert "可授信额度低于您的申请金额" in page
    assert "16,000" in page
    assert client.get(f"{path}/lines", headers=headers).json() == []


def test_who_reads_that_a_limit_falls_asks_for_a_person_on_the_same_way(house: House) -> None:
    made = applied(house.database, house.applicant_id, 1_000_000)
    assert made.outcome == "approve"
    with house.database.transaction() as db:
        (line,) = lines_of(db, house.applicant_id)
        cut = LineWeighed(
            kind="cut", rule="sales fell", limit_cents=500_000, rate=line.rate, penalty=line.rate, reason="inactive",
            urgent=False, effective_on=house.lender.today + timedelta(days=15), label_en="sales fell",
            label_zh="销售下降", facts={},
        )  # fmt: skip
        note_change(db, line, cut, POLICY, today=house.lender.today)
    seller, way = house.visitor(Role.SELLER, house.applicant_id), f"/decisions/{made.decision_id}"
    assert f'href="{way}#person"' in seller.get("/conditions").text
    assert f'action="{way}/review"' in seller.get(way).text
    assert seller.post(f"{way}/review", words="The season was late.").status_code == 303
    path = f"/reviews/{made.decision_id}"
    assert "前答复" in seller.get(path).text
    assert "现已逾期" not in seller.get(path).text + seller.get("/").text


def test_an_answer_that_is_late_is_said_to_be_late(house: House) -> None:
    made, before = applied(house.database, house.applicant_id, 1_000_000), house.lender.today - timedelta(days=60)
    asked = {"borrower_id": house.applicant_id, "decision_id": made.decision_id, "today": before}
    house.database.act(ask_for_review, **asked)
    for page in (f"/reviews/{made.decision_id}", "/", f"/decisions/{made.decision_id}"):
        assert "现已逾期，非常抱歉" in house.visitor(Role.SELLER, house.applicant_id).get(page).text, page
