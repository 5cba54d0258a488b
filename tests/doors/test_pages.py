"""What the pages show and do: offers with their price, draws at the cost shown, nothing lost on a mistake."""

import csv
import io
import re
from datetime import date

from lendmill.people.memberships.actions import set_wholesale
from lendmill.people.roles import Role


def test_a_ready_offer_shows_its_yearly_rate_before_the_daily_one(house) -> None:  # type: ignore[no-untyped-def]
    page = house.visitor(Role.SELLER, house.applicant_id).get("/").text
    assert "最高可借" in page
    assert page.index("年化利率（单利）") < page.index("日利率")
    assert "21.90%" in page
    english = house.visitor(Role.SELLER, house.applicant_id).get("/", headers={"accept-language": "en"}).text
    assert "Annual rate (simple)" in english


def test_a_seller_applies_in_three_steps_and_is_decided(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER, house.applicant_id)
    door = '<input type="hidden" name="product" value="credit-line">'
    assert visitor.get("/").text.count(door) == 1
    step = visitor.post("/apply/start", product="credit-line").headers["location"]
    begun = visitor.get("/").text
    assert (step in begun, "为您预授信最高" in begun, door in begun) == (True, True, False)
    wrong = visitor.post(step, step="1", amount="5", purpose="stock")
    assert wrong.status_code == 422
    assert 'value="5"' in wrong.text
    assert "之间的金额" in wrong.text
    assert visitor.post(step, step="1", amount="12,000", purpose="stock").headers["location"] == f"{step}?step=2"
    missing = visitor.post(step, step="2")
    assert (missing.status_code, "请阅读并同意" in missing.text) == (422, True)
    assert "aria-current" in visitor.get(step).text
    consents = {f"consent-{name}": "yes" for name in ("shop-record", "credit-report", "automated-decision")}
    assert visitor.post(step, step="2", **consents).headers["location"] == f"{step}?step=3"
    review = visitor.get(f"{step}?step=3").text
    assert "¥12,000" in review
    decision = visitor.post(step, step="3", key=visitor.hidden(review, "key")).headers["location"]
    assert "审批通过" in visitor.get(decision).text
    assert visitor.get(step).headers["location"] == decision
    staff = house.visitor(Role.RISK_OFFICER)
    assert "审批通过" in staff.get("/staff/applications").text
    seen = staff.get(f"/staff{decision}").text
    assert "逐字节一致" in seen
    assert house.visitor(Role.SELLER).get(decision).status_code == 404


def test_who_becomes_a_wholesale_member_before_sending_is_led_back_to_the_figures(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER, house.applicant_id)
    step = visitor.post("/apply/start", product="credit-line").headers["location"]
    visitor.post(step, step="1", amount="12,000", purpose="stock")
    consents = {f"consent-{name}": "yes" for name in ("shop-record", "credit-report", "automated-decision")}
    visitor.post(step, step="2", **consents)
    key = visitor.hidden(visitor.get(f"{step}?step=3").text, "key")
    house.database.act(
        set_wholesale, shop_key="shop-applicant", wholesale=True, from_on=house.lender.today, told_by=None,
        today=house.lender.today,
    )  # fmt: skip
    asked = visitor.post(step, step="3", key=key)
    assert (asked.status_code, 'name="sales_year"' in asked.text, "批发会员" in asked.text) == (422, True, True)
    assert visitor.post(step, step="2", sales_year="1,200,000", **consents).status_code == 303
    assert visitor.post(step, step="3", key=key).headers["location"].startswith("/decisions/")


def test_a_draw_costs_what_was_shown_and_happens_once(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER)
    page = visitor.get(f"/borrow/{house.line_id}?amount=7000&method=on-demand&months=1").text
    assert "¥7,130.20" in page, "7,000 yuan for 31 nights at 0.06 % a day"
    assert "¥130.20" in page
    fields = {name: visitor.hidden(page, name) for name in ("key", "amount_cents", "method", "months")}
    first = visitor.post(f"/borrow/{house.line_id}", **fields)
    again = visitor.post(f"/borrow/{house.line_id}", **fields)
    assert first.status_code == 303
    assert again.headers["location"] == first.headers["location"]
    with house.database.transaction() as db:
        asked = db.execute("select count(*) from loan where status = 'paying'").fetchone()
    assert asked == (1,)
    waiting = visitor.get(first.headers["location"]).text
    assert "放款中" in waiting
    assert "data-ask=" in waiting


def test_more_than_the_line_has_left_is_told_beside_the_amount_and_offers_no_button(house) -> None:  # type: ignore[no-untyped-def]
    visitor, form = house.visitor(Role.SELLER), f"/borrow/{house.line_id}/cost?method=on-demand&months=1&amount="
    page = visitor.get(f"{form}13000.01").text
    assert "最多可借 ¥13,000。" in page
    assert "<button" not in page
    assert "<button" in visitor.get(f"{form}13000").text


def test_a_repayment_is_asked_for_received_and_shown(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER)
    loan = f"/loans/{house.loan_id}"
    wrong = visitor.post(f"{loan}/repay", amount="12.345", key="k" * 12)
    assert (wrong.status_code, 'value="12.345"' in wrong.text) == (422, True)
    page = visitor.get(loan).text
    payment = visitor.post(f"{loan}/repay", amount="2,000", key=visitor.hidden(page, "key")).headers["location"]
    assert "还款处理中" in visitor.get(payment).text
    house.lender.rail_says(house.seller_id, payment.rsplit("/", 1)[1], "confirmed", house.lender.today)
    assert "还款成功 ¥2,000.00" in visitor.get(f"{payment}/state").text
    sheet = visitor.get(f"{loan}/statement?format=csv")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert rows[0] == ["日期", "摘要", "金额", "本金", "利息", "罚息", "费用", "剩余本金"]
    assert [row[1:4] + row[7:] for row in rows[1:]] == [
        ["放款", "7000.00", "7000.00", "7000.00"],
        ["还款", "2000.00", "2000.00", "5000.00"],
    ]


def test_a_late_payment_is_seen_by_the_seller_and_the_staff(house) -> None:  # type: ignore[no-untyped-def]
    house.lender.go_to(date(2026, 2, 10))
    assert "逾期9天" in house.visitor(Role.SELLER).get("/").text
    staff = house.visitor(Role.COLLECTOR)
    assert "自2026年2月1日起逾期" in staff.get(f"/staff/borrowers/{house.seller_id}").text
    portfolio = staff.get("/staff").text
    assert "¥12,000 · 2笔" in portfolio, "both loans had a row due on the first of February"
    assert "总账与借据一致" in portfolio


def test_the_staffs_tables_can_be_taken_along(house) -> None:  # type: ignore[no-untyped-def]
    staff = house.visitor(Role.AUDITOR)
    sheets = [
        "/staff?csv=days",
        "/staff/applications?csv=1",
        "/staff/borrowers?csv=1",
        "/staff/books?csv=trial-balance",
        "/staff/accounts?csv=accounts",
        "/staff/accounts?csv=roles",
        *(
            f"/staff/borrowers/{house.applicant_id}?csv={name}"
            for name in ("features", "rating", "loans", "lines", "entries")
        ),
    ]
    for path in sheets:
        answer = staff.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), path
    rating = staff.get(f"/staff/borrowers/{house.applicant_id}?csv=rating").text
    assert "refund_rate_90,< 0.05,10" in rating


def test_a_collector_sees_the_debt_but_not_the_rating(house) -> None:  # type: ignore[no-untyped-def]
    path = f"/staff/borrowers/{house.applicant_id}"
    assert "评分构成" in house.visitor(Role.ANALYST).get(path).text
    assert "评分构成" not in house.visitor(Role.COLLECTOR).get(path).text


def test_every_answer_carries_the_protecting_headers(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor()
    for path in ("/sign-in", "/nothing-here", "/static/app.css", "/api/v1/me", "/api/openapi.json"):
        headers = visitor.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy, path
        assert "unsafe" not in policy, path
        assert headers["x-content-type-options"] == "nosniff", path
    assert visitor.get("/sign-in").headers["cache-control"] == "no-store"
    file = re.search(r'href="(/static/app\.css\?v=\w+)"', visitor.get("/sign-in").text)
    assert file is not None
    assert "immutable" in visitor.get(file[1]).headers["cache-control"]


def test_the_charts_are_pictures_that_run_nothing(house) -> None:  # type: ignore[no-untyped-def]
    answer = house.visitor(Role.FINANCE).get("/staff/charts/grades")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.text.startswith("<svg")
    assert "<script" not in answer.text
