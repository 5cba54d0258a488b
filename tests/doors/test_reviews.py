"""The desk at the doors: by program and by page, each role to its own, and nobody sees another borrower's file."""

import re
from typing import Any
from uuid import uuid4

import pytest

from credit.credit_cases import LINE, POLICY
from credit.test_review_desk import applied
from doors.conftest import House, rate
from lendmill.credit.publishing.queries import KINDS
from lendmill.people.roles import Role
from lendmill.products.publishing import actions as publishing
from lendmill.rating.telling.blocks import BLOCKS
from people.staff import Staff

WORDS = "All as in the record."
GRANT = {"outcome": "approve", "reasons": ["season"], "words": WORDS, "amount_cents": 200_000, "months_max": 3}


@pytest.fixture
def case(house: House) -> str:
    """A file that waits for a person."""
    return waiting(house)


def waiting(house: House, asked_cents: int = 200_000) -> str:
    """Somebody of a grade that a person looks at asks for so much."""
    with house.database.transaction() as db:
        rate(db, house.applicant_id, "C")
    return str(applied(house.database, house.applicant_id, asked_cents).decision_id)


def keyed(house: House, role: Role, key: str = "") -> dict[str, str]:
    return {**house.token(role), "Idempotency-Key": key or str(uuid4())}


def test_a_program_takes_a_file_decides_it_once_and_the_borrower_reads_the_answer(house: House, case: str) -> None:
    risk = house.token(Role.RISK_OFFICER)
    (waiting,) = house.client.get("/api/v1/reviews", headers=risk).json()
    assert (waiting["case_id"], waiting["status"], waiting["late"]) == (case, "open", False)
    path = f"/api/v1/reviews/{case}"
    assert house.client.post(f"{path}/verdict", json=GRANT, headers=keyed(house, Role.RISK_OFFICER)).status_code == 409
    told = house.client.post(f"{path}/deeds", json={"deed": "take"}, headers=risk).json()
    assert (told["case"]["holder"], told["bounds"]["stands_against"]) == ("risk-officer", [])

    headers = keyed(house, Role.RISK_OFFICER, "the same key")
    first, again = (house.client.post(f"{path}/verdict", json=GRANT, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()["state"], again.json()) == (201, "alone", first.json())
    other = house.client.post(f"{path}/verdict", json={**GRANT, "months_max": 2}, headers=headers)
    assert (other.status_code, other.json()["type"].rsplit(":", 1)[-1]) == (409, "command-reused")

    partner, own = house.token(Role.PARTNER), f"/api/v1/borrowers/{house.applicant_id}"
    (review,) = house.client.get(f"{own}/reviews", headers=partner).json()
    assert (review["state"], review["outcome"]) == ("decided", "approve")
    (notice,) = house.client.get(f"{own}/notices", params={"about_id": review["decision_id"]}, headers=partner).json()
    assert notice["notice_id"] == review["notice_id"]
    assert "A person has looked at your application: it is granted" in notice["text_en"]
    assert "Lendmill 微贷工厂" in notice["text_zh"]


def test_the_page_of_a_decline_tells_the_reasons_for_it_and_no_others(house: House) -> None:
    with house.database.transaction() as db:
        rate(db, house.applicant_id, "C")
        db.execute("update borrower set banned = true where borrower_id = %s", [house.applicant_id])
    made = applied(house.database, house.applicant_id, 200_000)
    assert (made.outcome, sorted(made.reasons)) == ("decline", ["banned", "rating-needs-review"])
    page = house.visitor(Role.SELLER, house.applicant_id).get(f"/decisions/{made.decision_id}").text
    reasons = page[: page.index("<details")]
    assert ("因此前的违约行为" in reasons, "根据店铺信用评级" in reasons) == (True, False)


def test_what_a_program_asks_wrongly_is_told_and_nothing_is_done(house: House, case: str) -> None:
    path, risk = f"/api/v1/reviews/{case}", house.token(Role.RISK_OFFICER)
    house.client.post(f"{path}/deeds", json={"deed": "take"}, headers=risk)
    for wrong, status in (
        ({"amount_cents": 10**12}, 422),
        ({"months_max": 0}, 422),
        ({"reasons": ["no such"]}, 422),
        ({"words": ""}, 422),
        ({"outcome": "perhaps"}, 422),
        ({"amount_cents": "much"}, 400),
    ):
        headers = keyed(house, Role.RISK_OFFICER)
        assert house.client.post(f"{path}/verdict", json={**GRANT, **wrong}, headers=headers).status_code == status
    assert house.client.get(path, headers=risk).json()["case"]["status"] == "open"
    assert house.client.post(f"{path}/verdict", json=GRANT, headers=risk).status_code == 400  # no key
    assert house.client.get(f"/api/v1/reviews/{uuid4()}", headers=risk).status_code == 404


def test_nobody_reads_another_borrowers_file_or_notice(house: House, case: str) -> None:
    stranger = house.visitor(Role.SELLER, house.stranger_id)
    own = house.visitor(Role.SELLER, house.applicant_id)
    assert own.get(f"/reviews/{case}").status_code == 200
    assert stranger.get(f"/reviews/{case}").status_code == 404
    assert stranger.post(f"/reviews/{case}/answer", words="let me in").status_code == 404
    assert stranger.post(f"/reviews/{case}/appointment", starts_at="2026-01-05T09:00").status_code == 404
    for path in (f"/staff/reviews/{case}", "/staff/reviews", "/staff/reviews/overrides"):
        assert stranger.get(path).status_code == 403
    seller = house.token(Role.SELLER)
    path = f"/api/v1/borrowers/{house.applicant_id}"
    assert house.client.get(f"{path}/reviews", headers=seller).status_code == 404
    assert house.client.get(f"{path}/notices", headers=seller).status_code == 404


def test_the_seller_is_asked_and_answers_on_the_phone(house: House, case: str) -> None:
    risk = house.visitor(Role.RISK_OFFICER)
    assert risk.post(f"/staff/reviews/{case}", deed="take").status_code == 303
    assert risk.post(f"/staff/reviews/{case}", deed="ask", words="Whose van is it?").status_code == 303
    seller = house.visitor(Role.SELLER, house.applicant_id)
    assert "需要您补充信息" in seller.get("/").text
    assert "Whose van is it?" in seller.get(f"/reviews/{case}").text
    empty = seller.post(f"/reviews/{case}/answer", words=" ")
    assert (empty.status_code, "请用文字说明" in empty.text) == (422, True)
    assert seller.post(f"/reviews/{case}/answer", words="<b>ours</b>").status_code == 303
    assert "&lt;b&gt;ours" in risk.get(f"/staff/reviews/{case}").text


def test_a_second_person_finds_the_verdict_among_the_approvals_and_confirms_it_on_its_file(house: House) -> None:
    case = waiting(house, asked_cents=9_000_000)
    analyst, risk = house.visitor(Role.ANALYST), house.visitor(Role.RISK_OFFICER)
    analyst.post(f"/staff/reviews/{case}", deed="take")
    form = {"outcome": "approve", "words": WORDS, "amount": "90,000.00", "months": "3", "grant season": "yes"}
    form["condition guarantor"] = "yes"
    page = analyst.get(f"/staff/reviews/{case}").text
    sent = analyst.post(f"/staff/reviews/{case}/verdict", key=analyst.hidden(page, "key"), **form)
    assert sent.status_code == 303, sent.text
    listed = risk.get("/staff/approvals").text
    (proposal,) = set(re.findall(r"/staff/approvals/([0-9a-f-]{36})", listed))
    assert risk.get(f"/staff/approvals/{proposal}").headers["location"] == f"/staff/reviews/{case}"
    asked = "<dt>附加条件</dt><dd>保证人</dd>"
    assert asked in risk.get(f"/staff/reviews/{case}").text
    assert analyst.post(f"/staff/reviews/{case}/second", deed="confirm", key="a" * 12).status_code == 403
    assert risk.post(f"/staff/reviews/{case}/second", deed="confirm", key="b" * 12).status_code == 303
    settled = risk.get(f"/staff/reviews/{case}").text
    assert "人工审核结论" in settled
    (heading,) = re.findall(r"<h1>.*</h1>", settled)
    assert ("须于" in settled, "待人工审核" in heading, "通过" in heading) == (False, False, True)
    assert asked in settled


def test_home_shows_no_ready_offer_of_a_product_a_person_looks_at(house: House) -> None:
    seller = house.visitor(Role.SELLER, house.applicant_id)
    ready = seller.get("/").text
    assert "/apply/start" in ready
    waiting(house)
    home = seller.get("/").text
    assert "人工审核中" in home
    assert home.count('value="credit-line"') == ready.count('value="credit-line"') - 1


def test_a_refused_verdict_is_told_on_the_page_with_what_was_typed(house: House, case: str) -> None:
    risk = house.visitor(Role.RISK_OFFICER)
    risk.post(f"/staff/reviews/{case}", deed="take")
    with house.database.transaction() as db:
        db.execute("update borrower set banned = true where borrower_id = %s", [house.applicant_id])
    form = {"outcome": "approve", "words": WORDS, "amount": "1,000", "months": "3", "grant season": "yes"}
    told = risk.post(f"/staff/reviews/{case}/verdict", key="c" * 12, **form)
    assert (told.status_code, "禁止授信名单" in told.text) == (409, True)
    for role, may in ((Role.AUDITOR, True), (Role.COLLECTOR, False)):
        assert house.visitor(role).get(f"/staff/reviews/{case}").status_code == (200 if may else 403)
    assert house.visitor(Role.AUDITOR).get("/staff/reviews?csv=1&view=all").text.count("\n") == 2
    assert house.visitor(Role.AUDITOR).get("/staff/reviews/overrides").status_code == 200


def test_the_page_of_a_file_says_what_its_figures_mean_and_above_which_amount_it_takes_two(house: House) -> None:
    case = waiting(house, asked_cents=9_000_000)
    risk = house.visitor(Role.RISK_OFFICER)
    risk.post(f"/staff/reviews/{case}", deed="take")
    english = risk.get(f"/staff/reviews/{case}", headers={"Accept-Language": "en"}).text
    told = re.sub(r"<[^>]+>", "", english)
    assert "The policy works out ¥" in told
    assert "above that a second person has to agree. Together you may pass its limit tables, up to what" in told
    for said in ("0 is the worst this card could say, 100 the best.", "PD", "The least of what nobody may pass:"):
        assert said in told
    assert "Block: Customers" in told
    assert risk.get(f"/staff/reviews/{case}").text.count("分项：") == len(BLOCKS)


def test_while_no_policy_is_live_sellers_are_told_to_come_back_and_staff_what_is_missing(
    house: House, case: str
) -> None:
    seller = house.visitor(Role.SELLER, house.applicant_id)
    started = seller.post("/apply/start", product="order-loan").headers["location"]
    retired(house)
    analyst, paused = house.visitor(Role.ANALYST), "授信业务暂停。"
    begun = seller.get(started)
    assert (begun.status_code, "目前暂停办理新的授信，请稍后再来。" in begun.text) == (200, True)
    assert ("下一步" in begun.text, 'name="amount"' in begun.text, 'value="stock"' in begun.text) == (False, True, True)
    home = seller.get("/").text
    assert ("目前暂停办理新的授信，请稍后再来。" in home, "为您预授信" in home, "start" in home) == (True, False, False)
    file = analyst.get(f"/staff/reviews/{case}")
    assert (file.status_code, "不显示系统当日结果" in file.text) == (200, True)
    assert ("系统当日结果</span>" in file.text, 'value="take"' in file.text) == (False, False)
    for path in ("/staff", "/staff/policies", "/staff/reviews", "/staff/applications", f"/staff/reviews/{case}"):
        assert paused in analyst.get(path).text, path
    taken = analyst.post(f"/staff/reviews/{case}", deed="take")
    assert (taken.status_code, "政策 standard 没有已上线的版本" in taken.text) == (503, True)
    risk = house.token(Role.RISK_OFFICER)
    assert house.client.get(f"/api/v1/reviews/{case}", headers=risk).json()["bounds"] is None
    told = house.client.post(f"/api/v1/reviews/{case}/deeds", json={"deed": "take"}, headers=risk).json()
    assert (told["code"], told["facts"]["key"]) == ("no-live-policy", "standard")


def test_a_file_about_a_product_that_is_sold_no_more_can_still_be_read(house: House, case: str) -> None:
    retired(house, "product", LINE)
    file = house.visitor(Role.ANALYST).get(f"/staff/reviews/{case}")
    assert (file.status_code, "不显示系统当日结果" in file.text) == (200, True)
    told = house.client.get(f"/api/v1/reviews/{case}", headers=house.token(Role.RISK_OFFICER)).json()
    assert (told["case"]["status"], told["bounds"]) == ("open", None)


@pytest.mark.parametrize(
    ("at", "stops"),
    [
        (f"policies/standard/{POLICY.version}", "退役后授信业务即告暂停"),
        (f"products/credit-line/{LINE.version}", "退役后产品即停止发放"),
    ],
)
def test_whoever_retires_the_one_live_version_reads_what_stops(house: House, at: str, stops: str) -> None:
    at = f"/staff/policies/{at}"
    analyst, officer = house.visitor(Role.ANALYST), house.visitor(Role.RISK_OFFICER)
    page = analyst.get(at).text
    assert (stops in page, "授信业务暂停。" in page) == (True, False)
    key = analyst.hidden(page, "key")
    assert analyst.post(f"{at}/proposals", to_stage="retired", reason="a pause", key=key).status_code == 303
    assert officer.get(at).text.count(stops) == 1
    assert stops not in officer.get("/staff/policies/products/credit-line/1").text


def retired(house: House, kind: str = "policy", document: Any = POLICY) -> None:
    """The live policy, or a product that is sold, is taken back by two people."""
    people, today = Staff(house.database), house.lender.today
    ending = house.database.act(
        publishing.propose, KINDS[kind], key=document.key, version=document.version, to_stage="retired",
        command_key=str(uuid4()), reason="a pause", by=people.member(Role.ANALYST), today=today,
    )  # fmt: skip
    house.database.act(
        publishing.decide, KINDS[kind], proposal_id=ending.proposal_id, verdict="approve",
        command_key=str(uuid4()), by=people.member(Role.RISK_OFFICER), today=today,
    )  # fmt: skip
