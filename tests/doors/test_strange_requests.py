"""Requests nobody's form would send: they are refused in a sentence, and the house's own keys stay its own."""

import hashlib
from uuid import uuid4

import pytest

from lendmill.lab.identities import firm_number
from lendmill.people.canonical import canonical
from lendmill.people.roles import Role

IDENTITY = firm_number(7)


def test_a_form_cannot_take_the_key_under_which_its_payment_will_be_received(house) -> None:  # type: ignore[no-untyped-def]
    visitor, repay = house.visitor(Role.SELLER), f"/loans/{house.loan_id}/repay"
    asked = visitor.post(repay, amount="2,000", key="first-of-two").headers["location"].rsplit("/", 1)[1]
    assert visitor.post(repay, amount="1", key=f"collect-{asked}").status_code == 303
    house.lender.rail_says(house.seller_id, asked, "confirmed", house.lender.today)
    assert house.lender.loan(house.seller_id, house.loan_id).outstanding_cents == 500_000
    house.lender.keeps_its_promises()


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_cents": ""}, {"amount_cents": "1e9"}, {"amount_cents": "-100000"}, {"amount_cents": "9" * 5000},
        {"months": "three"}, {"months": "１２" * 20}, {"months": "0"}, {"method": ""}, {"method": "<b>"}, {"key": ""},
        {"key": "short"}, {"key": "nul\0nul\0nul"}, {"key": "k" * 201},
    ],
)  # fmt: skip
def test_a_draw_somebody_changed_is_refused_and_nothing_is_drawn(house, changed) -> None:  # type: ignore[no-untyped-def]
    form = {"amount_cents": "100000", "months": "1", "method": "on-demand", "key": "a-key-of-the-form", **changed}
    answer = house.visitor(Role.SELLER).post(f"/borrow/{house.line_id}", **form)
    assert answer.status_code in (400, 409, 422)
    with house.database.transaction() as db:
        assert db.execute("select count(*) from loan where status = 'paying'").fetchone() == (0,)


@pytest.mark.parametrize(
    "query", ["amount=1e999999999999", "months=" + "9" * 5000, "amount=%00", "method=%00&months=-1"]
)
def test_the_cost_of_nonsense_is_still_a_page(house, query) -> None:  # type: ignore[no-untyped-def]
    assert house.visitor(Role.SELLER).get(f"/borrow/{house.line_id}/cost?{query}").status_code == 200


@pytest.mark.parametrize("amount_cents", [0, -1, 10**16, 10**30])
def test_a_repayment_of_no_amount_is_refused(house, amount_cents) -> None:  # type: ignore[no-untyped-def]
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "repay-0001"}
    path = f"/api/v1/borrowers/{house.seller_id}/repayments"
    answer = house.visitor().client.post(path, json={"amount_cents": amount_cents}, headers=headers)
    assert answer.status_code == 422


def test_the_digest_of_a_request_does_not_give_the_identity_number_away(house) -> None:  # type: ignore[no-untyped-def]
    body = {
        "product_key": "credit-line",
        "amount_cents": 1_200_000,
        "purpose": "stock",
        "language": "zh-Hans",
        "consents": ["shop-record", "credit-report", "automated-decision"],
        "identity_no": IDENTITY,
    }
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": str(uuid4())}
    path = f"/api/v1/borrowers/{house.applicant_id}/decisions"
    first = house.visitor().client.post(path, json=body, headers=headers)
    assert first.status_code == 201
    again = house.visitor().client.post(path, json={**body, "identity_no": IDENTITY.lower()}, headers=headers)
    assert again.json() == first.json()
    other = house.visitor().client.post(path, json={**body, "identity_no": None}, headers=headers)
    assert other.json()["code"] == "command-reused"
    guessed = hashlib.sha256(canonical({"action": "decide", **body}).encode()).digest()
    with house.database.transaction() as db:
        (kept,) = db.execute("select digest from command where action <> 'draw'").fetchone() or (b"",)
    assert bytes(kept) != guessed


@pytest.mark.parametrize(
    "path",
    [
        "/staff/borrowers?search=%00", "/staff/applications?product=%00", "/staff/accounts?after=%00",
        "/api/v1/borrowers?search=%00", "/api/v1/applications?product_key=%00",
    ],
)  # fmt: skip
def test_a_sign_that_cannot_be_kept_is_the_senders_mistake(house, path, caplog) -> None:  # type: ignore[no-untyped-def]
    assert house.visitor(Role.ADMIN).get(path).status_code == 400
    assert "Traceback" not in caplog.text


def test_a_path_cannot_write_lines_of_its_own_into_the_log(house, caplog) -> None:  # type: ignore[no-untyped-def]
    assert house.visitor(Role.ADMIN).get("/staff/models/a%00%0Ab").status_code == 400
    assert "GET /staff/models/a\\x00\\nb: " in caplog.text


@pytest.mark.parametrize(
    ("step", "answers"),
    [
        (1, {"amount_cents": 500_000, "purpose": "stock", "yearly_sales_cents": 10**25}),
        (2, {"language": "en", "consents": [["a"]]}),
        (2, {"language": ["en"], "consents": [{}]}),
    ],
)
def test_answers_nobody_gives_are_refused_with_a_sentence(house, step, answers) -> None:  # type: ignore[no-untyped-def]
    client, path = house.visitor().client, f"/api/v1/borrowers/{house.applicant_id}/applications"
    headers = house.token(Role.PARTNER)
    begun = client.post(path, json={"product_key": "credit-line"}, headers=headers).json()["application_id"]
    if step == 2:
        first = {"amount_cents": 500_000, "purpose": "stock", "yearly_sales_cents": 10**15}
        assert client.put(f"{path}/{begun}/steps/1", json=first, headers=headers).status_code == 200
    answer = client.put(f"{path}/{begun}/steps/{step}", json=answers, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "answer-wrong")


def test_a_sign_in_with_signs_that_cannot_be_kept_is_refused(house) -> None:  # type: ignore[no-untyped-def]
    assert house.visitor().post("/sign-in", name="a\0b", password="long enough").status_code == 400


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 100_000], ids=["lists", "objects"])
def test_nesting_without_end_is_refused(house, content) -> None:  # type: ignore[no-untyped-def]
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "draw-0001", "Content-Type": "application/json"}
    path = f"/api/v1/borrowers/{house.seller_id}/draws"
    answer = house.visitor().client.post(path, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
