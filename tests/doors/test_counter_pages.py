"""Less than was asked, at every door: on the seller's page, for programs; and what a decision's page says next."""

from typing import Any

import pytest

from credit.credit_cases import LINE
from doors.conftest import rate
from doors.test_api import _ask
from doors.test_reviews import retired, waiting
from lendmill.db import scalar
from lendmill.people.roles import Role


def countered(house: Any, grade: str = "A") -> tuple[str, str]:
    """The applicant asked for too much: where programs and where the seller find what they can have."""
    if grade != "A":
        with house.database.transaction() as db:
            rate(db, house.applicant_id, grade)
    path = f"/api/v1/borrowers/{house.applicant_id}"
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "much-0001"}
    made = house.visitor().client.post(f"{path}/decisions", json=_ask(amount_cents=50_000_000), headers=headers).json()
    assert (made["outcome"], made["line_id"]) == ("counter", None)
    return f"{path}/counter-offers", str(made["decision_id"])


def test_a_seller_accepts_on_the_decisions_page_and_borrows(house) -> None:  # type: ignore[no-untyped-def]
    _, decision_id = countered(house)
    seller = house.visitor(Role.SELLER, house.applicant_id)
    assert f"/decisions/{decision_id}" in seller.get("/").text
    page = seller.get(f"/decisions/{decision_id}").text
    assert "接受 ¥16,000" in page
    assert "接受期限" in page
    assert "/borrow/" not in page
    path = f"/decisions/{decision_id}/counter-offer"
    key = seller.hidden(page, "key")
    assert seller.post(path, answer="accept", key=key).headers["location"] == f"/decisions/{decision_id}"
    assert seller.post(path, answer="accept", key=key).status_code == 303
    assert seller.post(path, answer="accept", key="another-device").status_code == 303
    opened = seller.get(f"/decisions/{decision_id}").text
    assert "立即借款" in opened
    assert "接受 ¥16,000" not in opened
    assert "可授信 ¥16,000" not in seller.get("/").text
    assert "已接受" in house.visitor(Role.ANALYST).get(f"/staff/decisions/{decision_id}").text


def test_a_seller_declines_and_may_apply_again(house) -> None:  # type: ignore[no-untyped-def]
    _, decision_id = countered(house)
    seller = house.visitor(Role.SELLER, house.applicant_id)
    path = f"/decisions/{decision_id}/counter-offer"
    assert seller.post(path, answer="decline", key="declined-1").status_code == 303
    page = seller.get(f"/decisions/{decision_id}").text
    assert "您已拒绝该方案" in page
    assert "原可授信额度 ¥16,000" in page
    assert page.index("您已拒绝该方案") < page.index("¥16,000")
    assert "可授信额度由以下因素决定：" in page
    assert not [gone for gone in ("接受期限", "您可借") if gone in page]
    assert 'action="/apply/start"' in page
    late = seller.post(path, answer="accept", key="accept-after")
    assert (late.status_code, "您已拒绝该方案；可重新申请" in late.text) == (409, True)
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "less-0001"}
    ask = _ask(amount_cents=500_000)
    made = seller.client.post(f"/api/v1/borrowers/{house.applicant_id}/decisions", json=ask, headers=headers).json()
    assert made["outcome"] == "approve"
    page = seller.get(f"/decisions/{decision_id}").text
    assert ("您已拒绝该方案" in page, "/apply/start" in page) == (True, False)


def test_an_offer_of_a_product_that_is_sold_no_more_has_lapsed_and_says_why(house) -> None:  # type: ignore[no-untyped-def]
    path, decision_id = countered(house)
    client, partner = house.visitor().client, house.token(Role.PARTNER)
    retired(house, "product", LINE)
    (offer,) = client.get(path, headers=partner).json()
    gone = "The product is not sold any more, and this offer of it has lapsed."
    assert (offer["state"], offer["closed"]) == ("lapsed", gone)
    told = client.post(f"{path}/{decision_id}/acceptance", headers={**partner, "Idempotency-Key": "accept-01"})
    assert (told.status_code, told.json()["code"], told.json()["title"]) == (409, "counter-offer-withdrawn", gone)
    seller, at = house.visitor(Role.SELLER, house.applicant_id), f"/decisions/{decision_id}"
    assert at not in seller.get("/").text
    late = seller.post(f"{at}/counter-offer", answer="accept", key="accept-late")
    assert late.status_code == 409
    for page in (late.text, seller.get(at).text):
        assert page.count("该产品已停止发放，此方案已失效。") == 1
        assert not [way for way in ("接受 ¥16,000", "/apply/start", 'value="decline"') if way in page]
    assert "已失效" in house.visitor(Role.ANALYST).get(f"/staff/decisions/{decision_id}").text


def test_who_has_a_file_on_the_desk_is_led_there_from_an_older_decision(house) -> None:  # type: ignore[no-untyped-def]
    _, decision_id = countered(house)
    case = waiting(house)
    seller = house.visitor(Role.SELLER, house.applicant_id)
    again = seller.post(f"/decisions/{decision_id}/review", words="more, please")
    assert (again.status_code, "您已有一项申请正在人工审核" in again.text) == (409, True)
    assert (f'href="/reviews/{case}"' in again.text, 'id="person"' in again.text) == (True, False)


def test_why_an_offer_cannot_be_taken_any_more_is_said_in_words(house) -> None:  # type: ignore[no-untyped-def]
    path, decision_id = countered(house)
    with house.database.transaction() as db:
        db.execute("update borrower set banned = true where borrower_id = %s", [house.applicant_id])
    seller = house.visitor(Role.SELLER, house.applicant_id)
    gone = seller.post(f"/decisions/{decision_id}/counter-offer", answer="accept", key="accept-now")
    assert gone.status_code == 409
    assert "原方案目前无法批准，原因如下：" in gone.text
    assert "暂停向该借款人提供新的贷款" in gone.text
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "accept-01"}
    told = house.visitor().client.post(f"{path}/{decision_id}/acceptance", headers=headers)
    assert (told.status_code, told.json()["code"]) == (409, "counter-offer-gone")
    assert told.json()["facts"] == {"limit_cents": 1_600_000, "reasons": "banned"}


def test_programs_list_accept_and_decline(house) -> None:  # type: ignore[no-untyped-def]
    path, decision_id = countered(house)
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    (offer,) = client.get(path, headers=headers).json()
    assert (offer["decision_id"], offer["limit_cents"], offer["state"]) == (decision_id, 1_600_000, "open")
    assert (offer["made_on"], offer["expires_on"], offer["line_id"]) == ("2026-01-01", "2026-01-31", None)
    assert client.post(f"{path}/{decision_id}/acceptance", headers=headers).json()["code"] == "idempotency-key-missing"
    keyed = {**headers, "Idempotency-Key": "accept-01"}
    line = client.post(f"{path}/{decision_id}/acceptance", headers=keyed)
    assert (line.status_code, line.json()["limit_cents"], line.json()["status"]) == (201, 1_600_000, "open")
    assert client.post(f"{path}/{decision_id}/acceptance", headers=keyed).json() == line.json()
    assert client.get(path, headers=headers).json()[0]["line_id"] == line.json()["line_id"]
    no = client.post(f"{path}/{decision_id}/refusal", headers=headers)
    assert (no.status_code, no.json()["code"]) == (409, "counter-offer-accepted")
    other = f"/api/v1/borrowers/{house.stranger_id}/counter-offers"
    assert client.post(f"{other}/{decision_id}/refusal", headers=headers).status_code == 404
    assert client.get(other, headers=headers).json() == []


@pytest.mark.parametrize("accepted", [False, True])
def test_what_is_to_be_done_first_stands_on_the_page_and_nothing_can_be_borrowed(house, accepted: bool) -> None:  # type: ignore[no-untyped-def]
    _, decision_id = countered(house, "B")
    seller = house.visitor(Role.SELLER, house.applicant_id)
    if accepted:
        seller.post(f"/decisions/{decision_id}/counter-offer", answer="accept", key="accept-01")
    page = seller.get(f"/decisions/{decision_id}").text
    assert "需提供覆盖授信额度的保证人或抵质押物" in page
    assert "¥7,000" in page
    assert ("已批准，尚未开通" in page, "接受后、提款前还需完成" in page) == (accepted, not accepted)
    assert ("2026年1月31日前" if accepted else "· 30 天内") in page
    assert "/borrow/" not in page


def test_who_is_referred_reads_what_happens_next_and_by_when(house) -> None:  # type: ignore[no-untyped-def]
    with house.database.transaction() as db:
        rate(db, house.applicant_id, "C")
    path = f"/api/v1/borrowers/{house.applicant_id}/decisions"
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "refer-001"}
    made = house.visitor().client.post(path, json=_ask(amount_cents=300_000), headers=headers).json()
    assert made["outcome"] == "refer"
    page = house.visitor(Role.SELLER, house.applicant_id).get(f"/decisions/{made['decision_id']}").text
    assert "审核人员将查阅您的资料，并在2026年1月" in page
    assert "结果将在此页面及书面告知书中告知" in page


def test_what_a_person_asks_in_place_of_what_was_asked_stands_on_the_page_alone(house) -> None:  # type: ignore[no-untyped-def]
    _, decision_id = countered(house, "B")
    seller, risk = house.visitor(Role.SELLER, house.applicant_id), house.visitor(Role.RISK_OFFICER)
    seller.post(f"/decisions/{decision_id}/counter-offer", answer="accept", key="accept-01")
    page = seller.get(f"/decisions/{decision_id}").text
    assert page.count("¥7,000.00 · 2026年1月31日前") == 1
    assert seller.post(f"/decisions/{decision_id}/review", words="more, please").status_code == 303
    with house.database.transaction() as db:
        db.execute("update line set limit_cents = 300000 where borrower_id = %s", [house.applicant_id])
    risk.post(f"/staff/reviews/{decision_id}", deed="take")
    form = {"amount": "6,000", "months": "6", "grant season": "yes", "condition collateral": "yes"}
    said = {"outcome": "approve", "words": "with a pledge", "key": "asked-anew"}
    assert risk.post(f"/staff/reviews/{decision_id}/verdict", **said, **form).status_code == 303
    page = seller.get(f"/decisions/{decision_id}").text
    assert (page.count("¥6,000.00 · 2026年1月31日前"), "¥7,000.00 ·" in page) == (1, False)


def test_while_lending_is_paused_nothing_is_told_as_open_and_no_application_begins(house) -> None:  # type: ignore[no-untyped-def]
    path, decision_id = countered(house)
    client, partner = house.visitor().client, house.token(Role.PARTNER)
    retired(house)
    (offer,) = client.get(path, headers=partner).json()
    assert (offer["decision_id"], offer["state"]) == (decision_id, "paused")
    told = client.post(f"{path}/{decision_id}/acceptance", headers={**partner, "Idempotency-Key": "accept-01"})
    assert (told.status_code, told.json()["code"], told.json()["facts"]) == (503, "lending-paused", {})
    start = f"/api/v1/borrowers/{house.applicant_id}/applications"
    told = client.post(start, json={"product_key": "order-loan"}, headers=partner)
    assert (told.status_code, told.json()["code"], told.json()["facts"]) == (503, "lending-paused", {})
    seller, sentence = house.visitor(Role.SELLER, house.applicant_id), "目前暂停办理新的授信，请稍后再来。"
    begun = seller.post("/apply/start", product="order-loan")
    assert (begun.status_code, sentence in begun.text) == (503, True)
    with house.database.transaction() as db:
        assert scalar(db, "select count(*) from application where status = 'open'") == 0
    page = seller.get(f"/decisions/{decision_id}").text
    assert (page.count(sentence), "接受 ¥16,000" in page, 'value="decline"' in page) == (1, False, True)
    at_home = seller.get("/").text
    assert (at_home.count(sentence), "¥16,000" in at_home, decision_id in at_home) == (1, True, True)
    stated = f"/api/v1/borrowers/{house.applicant_id}/figures"
    told = client.put(stated, json={"sales_year_cents": 1_000_000}, headers=partner)
    assert (told.status_code, told.json()["version"], told.json()["verdict"]) == (200, 1, "cannot tell")
    assert seller.get("/figures").status_code == 200
    late = seller.post(f"/decisions/{decision_id}/counter-offer", answer="accept", key="accept-paused").text
    assert (late.count(sentence), "接受 ¥16,000" in late) == (1, False)
    assert client.post(f"{path}/{decision_id}/refusal", headers=partner).json()["state"] == "declined"
