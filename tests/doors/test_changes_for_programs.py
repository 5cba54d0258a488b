"""Changes of a loan for programs: proposed, previewed, decided by a second person, once however often it is sent."""

from typing import Any

import pytest

from lendmill import ids
from lendmill.people.roles import Role

PERIOD = "2026-03-01"


class Programs:
    """Programs of several roles, and the loan they change."""

    def __init__(self, house) -> None:  # type: ignore[no-untyped-def]
        self.house = house
        self.path = f"/api/v1/borrowers/{house.seller_id}/loans/{house.loan_id}"
        self.headers = {role: house.token(role) for role in (Role.COLLECTOR, Role.RISK_OFFICER, Role.FINANCE)}

    def asks(self, role: Role, kind: str, key: str = "", reason: str = "flood in the shop", **change: Any):  # type: ignore[no-untyped-def]
        """Propose a change."""
        headers = {**self.headers[role], "Idempotency-Key": key or f"key-{ids.new()}"}
        body = {"kind": kind, "change": change, "reason": reason}
        return self.house.client.post(f"{self.path}/changes", json=body, headers=headers)

    def tries(self, role: Role, kind: str, **change: Any):  # type: ignore[no-untyped-def]
        """Preview a change."""
        body = {"kind": kind, "change": change}
        return self.house.client.post(f"{self.path}/changes/preview", json=body, headers=self.headers[role])

    def decides(self, role: Role, approval_id: str, outcome: str, reason: str = "", key: str = ""):  # type: ignore[no-untyped-def]
        """Decide about a proposal."""
        headers = {**self.headers[role], "Idempotency-Key": key or f"key-{ids.new()}"}
        body = {"outcome": outcome, "reason": reason}
        return self.house.client.post(f"/api/v1/approvals/{approval_id}/decision", json=body, headers=headers)

    def get(self, path: str = "", role: Role = Role.FINANCE) -> Any:
        """Read something about the loan."""
        answer = self.house.client.get(f"{self.path}{path}", headers=self.headers[role])
        assert answer.status_code == 200
        return answer.json()

    def waiting(self) -> list[str]:
        """The proposals that wait for a second person."""
        answer = self.house.client.get("/api/v1/approvals", headers=self.headers[Role.FINANCE])
        return [each["approval_id"] for each in answer.json()]


@pytest.fixture
def programs(house) -> Programs:  # type: ignore[no-untyped-def]
    """The small house with its programs."""
    return Programs(house)


def test_a_small_fee_is_charged_by_one_person_once_however_often_it_is_asked(programs: Programs) -> None:
    first = programs.asks(Role.FINANCE, "charge_fee", key="fee-key-1", amount_cents=2_000)
    again = programs.asks(Role.FINANCE, "charge_fee", key="fee-key-1", amount_cents=2_000)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["state"], first.json()["two_people"]) == ("alone", False)
    assert programs.get()["fees_cents"] == 2_000
    told = programs.get("/changes")
    assert [(each["kind"], each["amount_cents"]) for each in told["made"]] == [("charged", 2_000)]
    other = programs.asks(Role.FINANCE, "charge_fee", key="fee-key-1", amount_cents=2_001)
    assert (other.status_code, other.json()["code"]) == (409, "command-reused")


def test_a_preview_tells_what_would_happen_and_writes_nothing(programs: Programs) -> None:
    told = programs.tries(Role.RISK_OFFICER, "charge_fee", amount_cents=60_000)
    assert told.status_code == 200
    assert (told.json()["before"]["fees_cents"], told.json()["after"]["fees_cents"]) == (0, 60_000)
    assert told.json()["two_people"] is True
    assert programs.get()["fees_cents"] == 0
    assert programs.get("/changes") == {"made": [], "planned": [], "waiting": [], "decided": []}
    refused = programs.tries(Role.COLLECTOR, "waive", fees_cents=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "waives-too-much")


def test_a_rate_of_a_later_day_is_planned(programs: Programs) -> None:
    asked = {"daily_rate": "0.05 %", "from_on": PERIOD}
    seen = programs.tries(Role.RISK_OFFICER, "change_rate", **asked).json()
    assert (seen["begins_on"], seen["before"] == seen["after"]) == (PERIOD, True)
    waiting = programs.asks(Role.RISK_OFFICER, "change_rate", **asked).json()
    assert waiting["state"] == "waiting"
    assert programs.decides(Role.FINANCE, waiting["approval_id"], "approve").status_code in (200, 201)
    assert [(each["kind"], each["begins_on"]) for each in programs.get("/changes")["planned"]] == [("repriced", PERIOD)]


def test_a_write_off_waits_for_another_person_and_is_then_done(programs: Programs) -> None:
    asked = programs.asks(Role.FINANCE, "write_off").json()
    assert (asked["state"], asked["expires_on"]) == ("waiting", "2026-01-08")
    assert programs.waiting() == [asked["approval_id"]]
    assert programs.get()["status"] == "running"
    own = programs.decides(Role.FINANCE, asked["approval_id"], "approve")
    assert (own.status_code, own.json()["code"]) == (403, "own-proposal")
    first = programs.decides(Role.RISK_OFFICER, asked["approval_id"], "approve", key="approve-1")
    again = programs.decides(Role.RISK_OFFICER, asked["approval_id"], "approve", key="approve-1")
    assert (first.status_code, first.json()["state"], first.json() == again.json()) == (201, "approved", True)
    assert programs.get()["status"] == "written-off"
    assert programs.waiting() == []
    late = programs.decides(Role.RISK_OFFICER, asked["approval_id"], "decline", "too late")
    assert (late.status_code, late.json()["code"]) == (409, "decided-already")


def test_who_declines_says_why_and_who_proposed_may_take_it_back(programs: Programs) -> None:
    declined, withdrawn = [programs.asks(Role.FINANCE, "write_off").json()["approval_id"] for _ in range(2)]
    silent = programs.decides(Role.RISK_OFFICER, declined, "decline")
    assert (silent.status_code, silent.json()["code"]) == (422, "reason-missing")
    told = programs.decides(Role.RISK_OFFICER, declined, "decline", "they pay next week").json()
    assert (told["state"], told["decider"], told["decided_why"]) == ("declined", "risk-officer", "they pay next week")
    assert programs.decides(Role.FINANCE, withdrawn, "withdraw").json()["state"] == "withdrawn"
    assert programs.get()["status"] == "running"
    assert [each["state"] for each in programs.get("/changes")["decided"]] == ["withdrawn", "declined"]


def test_money_found_by_hand_is_booked_and_taken_back_by_two_people(programs: Programs) -> None:
    paid = {"amount_cents": 100_000, "value_on": "2026-01-01", "loan_id": str(programs.house.loan_id)}
    asked = programs.asks(Role.FINANCE, "receive_payment", **paid).json()
    programs.decides(Role.RISK_OFFICER, asked["approval_id"], "approve")
    assert programs.get()["outstanding_cents"] == 600_000
    with programs.house.database.transaction() as db:
        (receipt_id,) = db.execute("select receipt_id from receipt").fetchone()
    back = {"receipt_id": str(receipt_id), "cause": "bounced"}
    assert programs.tries(Role.FINANCE, "reverse_receipt", **back).json()["after"]["outstanding_cents"] == 700_000
    asked = programs.asks(Role.FINANCE, "reverse_receipt", **back).json()
    programs.decides(Role.RISK_OFFICER, asked["approval_id"], "approve")
    assert programs.get()["outstanding_cents"] == 700_000
    programs.house.lender.keeps_its_promises()


@pytest.mark.parametrize(
    ("role", "kind", "change", "status", "code"),
    [
        (Role.FINANCE, "waive", {"fees_cents": 1}, 403, "not-your-work"),
        (Role.COLLECTOR, "write_off", {}, 403, "not-your-work"),
        (Role.COLLECTOR, "forgive", {}, 422, "no-such-kind"),
        (Role.COLLECTOR, "payment_holiday", {"months": 0}, 422, "invalid-change"),
        (Role.COLLECTOR, "re_age", {"dues": {"1": "2026-02-20"}}, 409, "not-overdue"),
        (Role.COLLECTOR, "extend", {"to_on": "2026-01-15"}, 422, "moves-back"),
        (Role.COLLECTOR, "extend", {"to_on": "2026-03-15", "n": 9}, 422, "no-such-row"),
        (Role.COLLECTOR, "agree_settlement", {"amount_cents": 700_000, "until_on": "2026-02-01"}, 409, "not-less"),
        (Role.COLLECTOR, "agree_settlement", {"amount_cents": 7, "until_on": "2025-12-31"}, 422, "settlement-past"),
        (Role.RISK_OFFICER, "accelerate", {"amount_cents": 700_001}, 409, "calls-in-too-much"),
        (Role.RISK_OFFICER, "change_rate", {"daily_rate": "0.05 %", "from_on": "2025-12-31"}, 422, "rate-too-early"),
        (Role.FINANCE, "reverse_receipt", {"receipt_id": str(ids.new()), "cause": "bounced"}, 404, "no-such-receipt"),
        (Role.FINANCE, "receive_payment", {"amount_cents": 5, "value_on": "2026-01-02"}, 422, "value-date-ahead"),
        (Role.FINANCE, "receive_payment", {"amount_cents": 5, "value_on": "2022-01-02"}, 422, "value-date-too-old"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name_and_nothing_waits(
    programs: Programs, role: Role, kind: str, change: dict[str, Any], status: int, code: str
) -> None:
    refused = programs.asks(role, kind, **change)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert programs.get("/changes") == {"made": [], "planned": [], "waiting": [], "decided": []}


def test_a_change_needs_a_key_a_reason_and_a_loan_of_this_borrower(programs: Programs) -> None:
    body = {"kind": "charge_fee", "change": {"amount_cents": 5}, "reason": "late letter"}
    path = f"{programs.path}/changes"
    no_key = programs.house.client.post(path, json=body, headers=programs.headers[Role.FINANCE])
    assert (no_key.status_code, no_key.json()["code"]) == (400, "idempotency-key-missing")
    no_reason = programs.asks(Role.FINANCE, "charge_fee", reason=" ", amount_cents=5)
    assert (no_reason.status_code, no_reason.json()["code"]) == (422, "reason-missing")
    programs.path = f"/api/v1/borrowers/{programs.house.seller_id}/loans/{programs.house.strangers_loan_id}"
    strange = programs.asks(Role.FINANCE, "charge_fee", amount_cents=5)
    assert (strange.status_code, strange.json()["code"]) == (404, "no-such-loan")
