"""The staff's pages for changing a loan: a form for each kind, what it would do, and the desk of approvals."""

import re
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from lendmill.loans.changes import BY_KIND, read_change
from lendmill.people.approvals.rules import RULES
from lendmill.people.roles import Role
from lendmill.web import names
from lendmill.web.change_forms import FORMS

WHY = {"reason": "flood in the warehouse"}
FILLED: dict[str, dict[str, str]] = {
    "charge_fee": {"amount_cents": "20", "n": ""},
    "waive": {"fees_cents": "1.50"},
    "change_rate": {"daily_rate": "0.05", "from_on": "2026-03-01"},
    "payment_holiday": {"months": "2"},
    "extend": {"n": "", "to_on": "2026-02-20"},
    "replan": {"method": "equal-principal", "months": "3", "first_due_on": ""},
    "accelerate": {"amount_cents": ""},
    "write_off": {},
    "agree_settlement": {"amount_cents": "5,000", "until_on": "2026-02-01"},
    "receive_payment": {"amount_cents": "100", "value_on": "2026-01-01", "loan_id": "", "prepay": "next-due"},
}


def _loan_path(house, loan_id: UUID | None = None) -> str:  # type: ignore[no-untyped-def]
    return f"/staff/borrowers/{house.seller_id}/loans/{loan_id or house.loan_id}"


def _proposer(house, kind: str):  # type: ignore[no-untyped-def]
    return house.visitor(min(RULES[kind].proposers))


def _sent(visitor, path: str, kind: str, **typed: str):  # type: ignore[no-untyped-def]
    """Preview a change, then send it as the page says."""
    seen = visitor.post(f"{path}/changes/{kind}/preview", **typed)
    assert seen.status_code == 200, seen.text
    return visitor.post(f"{path}/changes/{kind}", key=visitor.hidden(seen.text, "key"), **typed)


def test_every_kind_of_change_has_its_name_its_form_and_its_rule() -> None:
    assert set(names.CHANGE_KINDS) == set(names.ABOUT_CHANGES) == set(BY_KIND) == set(RULES)
    assert set(FORMS) == set(BY_KIND) - {"write_off", "re_age"}
    for kind, form in FORMS.items():
        asked = set(BY_KIND[kind].__struct_fields__) - {"yearly_rate"}  # by program and by command only
        assert {field.name for field in form} == asked


def test_every_posting_of_the_books_has_its_name_on_the_pages() -> None:
    page = (Path(__file__).parents[2] / "docs" / "postings.md").read_text("utf-8")
    postings = {name for heading in re.findall(r"^### (.+)$", page, re.M) for name in _apart(heading)}
    assert sorted(postings - set(names.ENTRIES)) == []


def _apart(heading: str) -> list[str]:
    """A heading's postings: some have two, some have a comma in their own name."""
    return heading.split(", ") if "accrued" in heading else [heading]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("kind", [kind for kind in BY_KIND if kind in FILLED])
def test_a_form_shows_what_it_would_do_before_it_is_sent(house, kind: str, language: str) -> None:  # type: ignore[no-untyped-def]
    house.lender.change(house.seller_id, house.loan_id, read_change("charge_fee", {"amount_cents": 150}))
    visitor, path = _proposer(house, kind), _loan_path(house)
    form = visitor.get(f"{path}/changes/{kind}", headers={"accept-language": language})
    assert form.status_code == 200
    assert ("预览变更结果" if language == "zh-CN" else "Show what it would do") in form.text
    for field in FILLED[kind]:
        assert f'name="{field}"' in form.text
    seen = visitor.post(f"{path}/changes/{kind}/preview", **FILLED[kind], **WHY)
    assert (seen.status_code, 'id="preview"' in seen.text) == (200, True)
    with house.database.transaction() as db:
        assert db.execute("select count(*) from approval").fetchone() == (0,)


def test_what_one_person_may_decide_is_made_and_told_on_the_loans_page(house) -> None:  # type: ignore[no-untyped-def]
    visitor, path = house.visitor(Role.COLLECTOR), _loan_path(house)
    sent = _sent(visitor, path, "extend", **FILLED["extend"], **WHY)
    assert sent.status_code == 303
    page = visitor.get(sent.headers["location"]).text
    assert "变更已生效" in page
    assert "应还日已变更：第1期改为2026年2月20日" in page
    seller = house.visitor(Role.SELLER)
    assert "应还日已变更：第1期改为2026年2月20日" in seller.get(f"/loans/{house.loan_id}").text


def test_a_form_sent_twice_changes_once(house) -> None:  # type: ignore[no-untyped-def]
    visitor, path = house.visitor(Role.FINANCE), _loan_path(house)
    typed = {**FILLED["charge_fee"], **WHY, "key": "the-form's-own-key"}
    first, again = (visitor.post(f"{path}/changes/charge_fee", **typed) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    assert house.lender.loan(house.seller_id, house.loan_id).fees_cents == 2_000


def test_what_takes_two_people_waits_on_the_desk_until_another_agrees(house) -> None:  # type: ignore[no-untyped-def]
    finance, risk, path = house.visitor(Role.FINANCE), house.visitor(Role.RISK_OFFICER), _loan_path(house)
    assert "没有待审批事项" in risk.get("/staff/approvals").text
    sent = _sent(finance, path, "write_off", **WHY)
    assert "须由他人在2026年1月8日前审批" in finance.get(sent.headers["location"]).text
    desk = risk.get("/staff/approvals").text
    assert "待您审批" in desk
    assert "flood in the warehouse" in desk
    found = re.search(r'href="(/staff/approvals/[0-9a-f-]+)"', desk)
    assert found
    own = finance.get(found[1]).text
    assert "须由他人审批，您只能撤回" in own
    assert 'value="approve"' not in own
    asked = risk.get(found[1]).text
    assert "核销" in asked
    assert "变更结果预览" in asked
    refused = risk.post(found[1], outcome="decline", reason="", key="decline-without-why")
    assert refused.status_code == 409
    done = risk.post(found[1], outcome="approve", key="approve-the-write-off")
    assert (done.status_code, done.headers["location"]) == (303, found[1])
    assert "变更已生效" in risk.get(found[1]).text
    assert house.lender.loan(house.seller_id, house.loan_id).status == "written-off"
    page = risk.get(path).text
    assert "债权转表外核算" in page
    house.lender.keeps_its_promises()


def test_a_written_off_loan_stays_on_the_sellers_pages_and_can_be_paid_there(house) -> None:  # type: ignore[no-untyped-def]
    house.lender.change(house.seller_id, house.loan_id, read_change("write_off", {}))
    seller = house.visitor(Role.SELLER)
    for path in ("/", "/loans"):
        assert "¥7,000.00" in seller.get(path).text
    assert "已核销" in seller.get("/loans").text
    page = seller.get(f"/loans/{house.loan_id}").text
    assert "但仍需偿还" in page
    assert f'action="/loans/{house.loan_id}/repay"' in page
    assert "账务核销" in seller.get(f"/loans/{house.loan_id}/statement").text


def test_the_sellers_page_tells_fees_waivers_and_a_settlement_in_plain_words(house) -> None:  # type: ignore[no-untyped-def]
    for kind, change in (
        ("charge_fee", {"amount_cents": 2_000}),
        ("waive", {"fees_cents": 500}),
        ("change_rate", {"daily_rate": "0.05 %", "from_on": "2026-01-01"}),
        ("agree_settlement", {"amount_cents": 600_000, "until_on": "2026-02-01"}),
    ):
        house.lender.change(house.seller_id, house.loan_id, read_change(kind, change))
    seller = house.visitor(Role.SELLER)
    page = seller.get(f"/loans/{house.loan_id}", headers={"accept-language": "en"}).text
    for sentence in (
        "A fee of ¥20.00 was charged.",
        "fees ¥5.00 need not be paid.",
        "From 1 Jan 2026 on the rate is 0.05 % a day.",
        "Agreed: once ¥6,000.00 has been paid by 1 Feb 2026, the rest need not be paid.",
    ):
        assert sentence in page
    statement = seller.get(f"/loans/{house.loan_id}/statement?format=csv").text
    assert "减免" in statement
    house.lender.pay(house.seller_id, 600_000, loan_id=house.loan_id)
    closed = seller.get(f"/loans/{house.loan_id}", headers={"accept-language": "en"}).text
    assert "Nothing of it is owed any more." in closed
    assert seller.get(f"/loans/{house.loan_id}/statement").status_code == 200


def test_the_diary_shows_originals_and_corrections_with_both_days(house) -> None:  # type: ignore[no-untyped-def]
    lender = house.lender
    lender.go_to(date(2026, 1, 11))
    receipt = lender.pay(house.seller_id, 100_000, loan_id=house.loan_id)
    lender.go_to(date(2026, 1, 13))
    lender.reverse(house.seller_id, receipt.receipt_id)
    page = house.visitor(Role.AUDITOR).get(_loan_path(house), headers={"accept-language": "en"}).text
    assert "corrected by line 3" in page
    assert "line 2 does not count" in page
    assert "Taken back 13 Jan" in page
    assert "changes/waive" not in page


def test_overdue_payments_get_another_day_and_both_counts_are_shown(house) -> None:  # type: ignore[no-untyped-def]
    house.lender.go_to(date(2026, 2, 11))
    visitor, path = house.visitor(Role.COLLECTOR), _loan_path(house)
    assert 'name="dues.1"' in visitor.get(f"{path}/changes/re_age").text
    sent = _sent(visitor, path, "re_age", **{"dues.1": "2026-03-01"}, **WHY)
    page = visitor.get(sent.headers["location"]).text
    assert "调整后0天" in page
    assert "约定3月1日前还款" in house.visitor(Role.SELLER).get(f"/loans/{house.loan_id}").text


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("waive", {"fees_cents": "much"}, "请填写正确的金额"),
        ("waive", {}, "请至少填写一项"),
        ("waive", {"fees_cents": "3"}, "少于拟减免的 ¥3.00"),
        ("payment_holiday", {"months": "99"}, "请检查“月数”"),
        ("extend", {"to_on": "soon"}, "请检查“新应还日”"),
        ("extend", {"to_on": "2026-01-10"}, "新日期须晚于该日"),
        ("change_rate", {"daily_rate": "cheap", "from_on": "2026-02-01"}, "请检查“日利率”"),
        ("agree_settlement", {"amount_cents": "9,000", "until_on": "2026-02-01"}, "按正常还款办理即可"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_form_stands_on_it_and_what_was_typed_is_kept(house, kind: str, typed, said: str) -> None:  # type: ignore[no-untyped-def]
    visitor = _proposer(house, kind)
    for path in (f"{_loan_path(house)}/changes/{kind}/preview", f"{_loan_path(house)}/changes/{kind}"):
        refused = visitor.post(path, **typed, **WHY, key="key-of-a-form")
        assert refused.status_code == 422
        assert said in refused.text
        for value in typed.values():
            assert f'value="{value}"' in refused.text


def test_who_may_not_propose_a_change_is_told_so(house) -> None:  # type: ignore[no-untyped-def]
    visitor, path = house.visitor(Role.COLLECTOR), _loan_path(house)
    assert "您的岗位无权申请此项" in visitor.get(f"{path}/changes/write_off").text
    assert visitor.post(f"{path}/changes/write_off", key="key-of-a-form", **WHY).status_code == 422
    assert visitor.get(f"{path}/changes/forgive").status_code == 422
    assert "changes/write_off" not in visitor.get(path).text
    assert house.lender.loan(house.seller_id, house.loan_id).status == "running"


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("charge_fee", {"amount_cents": "1", "n": "9" * 5000}),
        ("charge_fee", {"amount_cents": "1", "n": "²"}),
        ("charge_fee", {"amount_cents": "9" * 29}),
        ("charge_fee", {"amount_cents": "1", "reason": "nul\0nul"}),
        ("charge_fee", {"amount_cents": "1", "reason": "r" * 501}),
        ("charge_fee", {"amount_cents": "1", "key": ""}),
        ("reverse_receipt", {"receipt_id": "<b>", "cause": "bounced"}),
        ("reverse_receipt", {"receipt_id": "0193b3c0-0000-7000-8000-000000000001", "cause": "bounced"}),
        ("receive_payment", {"amount_cents": "1", "value_on": "2026-01-01", "loan_id": "no", "prepay": "next-due"}),
        ("receive_payment", {"amount_cents": "1", "value_on": "0001-01-01", "prepay": "next-due"}),
    ],
)  # fmt: skip
def test_a_form_somebody_changed_is_refused_and_nothing_is_proposed(house, kind: str, typed) -> None:  # type: ignore[no-untyped-def]
    form = {"key": "a-key-of-the-form", **WHY, **typed}
    answer = _proposer(house, kind).post(f"{_loan_path(house)}/changes/{kind}", **form)
    assert answer.status_code in (400, 409, 422)
    with house.database.transaction() as db:
        assert db.execute("select count(*) from approval").fetchone() == (0,)


def test_a_loan_of_another_borrower_is_not_there(house) -> None:  # type: ignore[no-untyped-def]
    visitor, path = house.visitor(Role.FINANCE), _loan_path(house, house.strangers_loan_id)
    assert visitor.get(path).status_code == 404
    assert visitor.get(f"{path}/changes/write_off").status_code == 404
