"""The same verbs for programs: keys that happen once, problems with a code, decisions in one call."""

from uuid import uuid4

from lendmill.api.routes import ROUTES
from lendmill.credit.decisions.queries import decisions_of
from lendmill.credit.lines.actions import bring_standing
from lendmill.people.queries import shop_of
from lendmill.people.roles import Role

CONSENTS = ["shop-record", "credit-report", "automated-decision"]


def _ask(**changes: object) -> dict[str, object]:
    body: dict[str, object] = {
        "product_key": "credit-line",
        "amount_cents": 1_200_000,
        "purpose": "stock",
        "language": "zh-Hans",
        "consents": CONSENTS,
    }
    return {**body, **changes}


def test_a_marketplace_gets_a_decision_and_a_line_in_one_call_once(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    path = f"/api/v1/borrowers/{house.applicant_id}"
    offer = client.get(f"{path}/offers", headers=headers).json()
    assert [(each["product_key"], each["daily_rate"], each["annual_rate"]) for each in offer][:1] == [
        ("credit-line", "0.06 %", "0.219")
    ]
    keyed = {**headers, "Idempotency-Key": "ask-0001"}
    first = client.post(f"{path}/decisions", json=_ask(), headers=keyed)
    again = client.post(f"{path}/decisions", json=_ask(), headers=keyed)
    assert (first.status_code, first.json()["outcome"]) == (201, "approve")
    assert again.json() == first.json()
    (line,) = client.get(f"{path}/lines", headers=headers).json()
    assert (line["line_id"], line["available_cents"]) == (first.json()["line_id"], first.json()["limit_cents"])
    other = client.post(f"{path}/decisions", json=_ask(amount_cents=1_300_000), headers=keyed)
    assert (other.status_code, other.json()["code"]) == (409, "command-reused")
    why = client.get(f"{path}/decisions/{first.json()['decision_id']}/why?language=en", headers=headers).json()
    assert why["outcome"] == "approve"
    assert len(why["content_hash"]) == 64


def test_a_partner_is_told_the_reasons_that_the_notice_tells(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    path = f"/api/v1/borrowers/{house.applicant_id}"
    with house.database.transaction() as db:
        db.execute(
            "update borrower set banned = true, identity_verified = false, kind = 'person', born_on = '2015-01-01',"
            " member_since_on = %s where borrower_id = %s",
            [house.lender.today, house.applicant_id],
        )
        bring_standing(
            db, borrower_id=house.applicant_id, outstanding_cents=100_000, reserved_cents=0, days_past_due_worst=200,
            late_since_on=house.lender.today, loans_drawn=1, loans_repaid=0,
        )  # fmt: skip
    made = client.post(f"{path}/decisions", json=_ask(), headers={**headers, "Idempotency-Key": "ask-0001"}).json()
    (notice,) = client.get(f"{path}/notices", headers=headers).json()
    with house.database.transaction() as db:
        all_reasons = decisions_of(db, house.applicant_id)[0].reasons
    assert (made["outcome"], len(made["reasons"]), len(made["sentences_zh"])) == ("decline", 4, 4)
    assert made["reasons"] == notice["reasons"] == all_reasons[:4]
    assert len(all_reasons) > 4


def test_a_problem_has_a_type_a_status_a_code_and_a_sentence(house) -> None:  # type: ignore[no-untyped-def]
    client = house.visitor().client
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "draw-0001"}
    body = {"line_id": str(house.line_id), "amount_cents": 1_300_001, "method": "on-demand", "months": 1}
    answer = client.post(f"/api/v1/borrowers/{house.seller_id}/draws", json=body, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (409, "limit-exceeded")
    assert problem["type"] == "urn:lendmill:problem:limit-exceeded"
    assert problem["facts"]["available_cents"] == 1_300_000
    with house.database.transaction() as db:
        assert db.execute("select count(*) from loan where status = 'paying'").fetchone() == (0,)


def test_money_is_not_moved_without_a_key(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    body = {"line_id": str(house.line_id), "amount_cents": 100_000, "method": "on-demand", "months": 1}
    path = f"/api/v1/borrowers/{house.seller_id}/draws"
    without = client.post(path, json=body, headers=headers)
    assert (without.status_code, without.json()["code"]) == (400, "idempotency-key-missing")
    short = client.post(path, json=body, headers={**headers, "Idempotency-Key": "short"})
    assert short.status_code == 400
    keyed = {**headers, "Idempotency-Key": "draw-0002"}
    made = [client.post(path, json=body, headers=keyed) for _ in range(2)]
    assert [each.status_code for each in made] == [202, 202]
    assert made[0].json() == made[1].json()


def test_a_loan_is_read_row_by_row_and_its_payoff_quoted(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    path = f"/api/v1/borrowers/{house.seller_id}"
    loan = client.get(f"{path}/loans/{house.loan_id}", headers=headers).json()
    assert (loan["status"], loan["outstanding_cents"], len(loan["rows"])) == ("running", 700_000, 1)
    payoff = client.get(f"{path}/payoff", headers=headers).json()
    assert payoff["all"]["principal"] == 700_000
    query = {"amount_cents": 700_000, "method": "on-demand", "months": 1}
    quote = client.get(f"{path}/lines/{house.line_id}/quote", params=query, headers=headers).json()
    assert (quote["interest_cents"], quote["nominal_annual"]) == (13_020, "0.219")
    assert client.get(f"{path}/loans/{uuid4()}", headers=headers).json()["code"] == "no-such-loan"


def test_the_books_balance_for_the_auditor(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.AUDITOR)
    balance = client.get("/api/v1/trial-balance", headers=headers).json()
    assert balance["balanced"] is True
    assert {line["account"]: line["balance"] for line in balance["lines"]}["1301"] == "1200000"
    book = client.get("/api/v1/portfolio", headers=headers).json()
    assert (book["book"]["outstanding_cents"], book["book"]["running"]) == (1_200_000, 2)


def test_a_marketplace_finds_a_borrower_by_its_own_name_for_the_shop(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    with house.database.transaction() as db:
        known = shop_of(db, house.applicant_id)
    assert known is not None
    found = client.get(f"/api/v1/shops/{known.shop_key}", headers=headers)
    assert (found.status_code, found.json()["borrower_id"]) == (200, str(house.applicant_id))
    assert client.get("/api/v1/shops/nowhere", headers=headers).status_code == 404


def test_the_description_of_the_api_names_every_call(house) -> None:  # type: ignore[no-untyped-def]
    described = house.visitor().get("/api/openapi.json").json()
    assert sum(len(ways) for ways in described["paths"].values()) == len(ROUTES)
    assert "/api/v1/borrowers/{borrower_id}/decisions" in described["paths"]
    ways = [way for each in described["paths"].values() for way in each.values()]
    assert [way["operationId"] for way in ways if "description" not in way] == []
    page, one = described["paths"]["/api/v1/entries"]["get"], described["paths"]["/api/v1/entries/{shop}"]["get"]
    assert "`state` is `offer`" in page["description"]
    assert [each["description"][:10] for each in (*page["parameters"], *one["parameters"])] == [
        "The `next_", "How many s", "The market",
    ]  # fmt: skip
    missing = house.visitor().client.get("/api/v1/entries/nowhere", headers=house.token(Role.PARTNER))
    (told,) = one["responses"]["404"]["content"].items()
    assert (told[0], missing.status_code) == (missing.headers["content-type"], 404)
    assert set(described["components"]["schemas"]["Problem"]["properties"]) <= set(missing.json())
    assert {kind for way in ways for kind in way["responses"]["400"]["content"]} == {"application/problem+json"}
    keys = [each for way in ways for each in way.get("parameters", ()) if each["name"] == "Idempotency-Key"]
    assert len(keys) > 10
    assert all(each["required"] for each in keys)


def test_a_body_that_cannot_be_read_is_a_problem_too(house) -> None:  # type: ignore[no-untyped-def]
    headers = {**house.token(Role.PARTNER), "Idempotency-Key": "draw-0003"}
    answer = house.visitor().client.post(
        f"/api/v1/borrowers/{house.seller_id}/draws", json={"amount_cents": "many"}, headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert answer.headers["content-type"] == "application/problem+json"
