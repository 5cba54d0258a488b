"""The books at the doors: an account's statement, a file of it, and closing a period, in both languages."""

import csv
import io
from datetime import date

import pytest

from lendmill.people.roles import Role

LAST = date(2026, 1, 4)


@pytest.fixture
def house(house):  # type: ignore[no-untyped-def]
    """The small house a few days later: the last one is over."""
    house.lender.go_to(date(2026, 1, 5))
    return house


def test_an_accounts_statement_is_a_page_and_a_file(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.AUDITOR)
    balance = visitor.get("/staff/books").text
    assert "/staff/books/accounts/1301?unit=CNY&amp;last=2026-01-05" in balance
    told = visitor.get("/staff/books/accounts/1301?last=2026-01-05")
    assert told.status_code == 200
    assert "发放贷款及垫款" in told.text
    assert "12,000.00" in told.text  # 7,000 and 5,000 lent
    file = visitor.get("/staff/books/accounts/1301?first=2026-01-01&last=2026-01-05&csv=lines")
    rows = list(csv.reader(io.StringIO(file.text.lstrip("\ufeff"))))
    assert [(row[0], row[3], row[6], row[7]) for row in rows[1:]] == [
        ("2026-01-01", "drawn", "700000", "700000"), ("2026-01-01", "drawn", "500000", "1200000"),
    ]  # fmt: skip


def test_a_page_of_an_account_that_is_not_there_says_so(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.FINANCE)
    assert visitor.get("/staff/books/accounts/4711").status_code == 404
    assert visitor.get("/staff/books/accounts/1001?first=2026-02-01&last=2026-01-01").status_code == 422
    assert visitor.get("/staff/books/accounts/1001?after=nowhere").status_code == 422


def test_finance_closes_a_period_and_sees_it_closed(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.FINANCE)
    assert "尚未关账" in visitor.get("/staff/books").text
    closed = visitor.post("/staff/books/closings", through_on=str(LAST))
    assert (closed.status_code, closed.headers["location"]) == (303, "/staff/books#closings")
    page = visitor.get("/staff/books").text
    assert "2026年1月4日" in page
    assert "尚未关账" not in page


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-01-05", "尚未结束"),
        ("2026-01-03", "已关账至2026年1月4日"),
        ("someday", "不是有效日期"),
        ("", "不是有效日期"),
    ],
)
def test_why_a_period_is_not_closed_stands_on_the_page(house, day: str, said: str) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.FINANCE)
    visitor.post("/staff/books/closings", through_on=str(LAST))
    refused = visitor.post("/staff/books/closings", through_on=day)
    assert refused.status_code == 409
    assert said in refused.text


def test_an_auditor_reads_the_books_and_does_not_close_them(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.AUDITOR)
    assert "/staff/books/closings" not in visitor.get("/staff/books").text
    assert visitor.post("/staff/books/closings", through_on=str(LAST)).status_code == 403


def test_programs_read_statements_and_close_periods(house) -> None:  # type: ignore[no-untyped-def]
    client, finance = house.client, house.token(Role.FINANCE)
    asked = {"first_on": "2026-01-01", "last_on": "2026-01-05", "most": "1"}
    path = "/api/v1/books/accounts/1301/statement"
    first = client.get(path, params=asked, headers=finance).json()
    second = client.get(path, params={**asked, "after": first["next_after"]}, headers=finance).json()
    assert (first["opening"], first["closing"], second["next_after"]) == ("0", "1200000", None)
    assert [page["lines"][0]["balance"] for page in (first, second)] == ["700000", "1200000"]
    entries = client.get(f"/api/v1/borrowers/{house.seller_id}/entries", headers=finance).json()
    assert [(line["what"], line["account"], line["amount"]) for line in entries] == [
        ("drawn", "1301", "700000"), ("drawn", "1001", "-700000"),
    ]  # fmt: skip
    told = client.post("/api/v1/closings", json={"through_on": str(LAST)}, headers=finance)
    assert (told.status_code, told.json()["through_on"], told.json()["closed_by"]) == (201, str(LAST), "finance")
    again = client.post("/api/v1/closings", json={"through_on": str(LAST)}, headers=finance)
    assert (again.status_code, again.json()["code"]) == (409, "closed-already")
    assert [each["digest"] for each in client.get("/api/v1/closings", headers=finance).json()] == [
        told.json()["digest"]
    ]
