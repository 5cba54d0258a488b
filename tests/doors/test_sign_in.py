"""Signing in and out: what a wrong password tells, how often one may try, and when a session is over."""

import json
import stat
from pathlib import Path

import pytest

from lendmill.api.callers import SESSION_COOKIE
from lendmill.people.roles import Role
from lendmill.people.sign_in import demo_accounts
from lendmill.people.sign_in.actions import TRIES_PER_NAME_MAX, PasswordTooShort, open_account
from lendmill.web.words import Words

NAME, PASSWORD = "seller-first", "correct horse battery"


def test_a_seller_signs_in_and_lands_at_home(house) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.SELLER)
    visitor = house.visitor()
    answer = visitor.post("/sign-in", name=f" {NAME.upper()} ", password=PASSWORD, next="/loans")
    assert (answer.status_code, answer.headers["location"]) == (303, "/loans")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_after_signing_in_nobody_is_led_elsewhere(house, elsewhere: str) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.SELLER)
    answer = house.visitor().post("/sign-in", name=NAME, password=PASSWORD, next=elsewhere)
    assert answer.headers["location"] == "/"


def test_a_wrong_password_and_an_unknown_name_are_told_alike_and_the_name_is_kept(house) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.SELLER)
    visitor = house.visitor()
    wrong = visitor.post("/sign-in", name=NAME, password="not this one")
    unknown = visitor.post("/sign-in", name="nobody-here", password="not this one")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "登录名或密码不正确。" in wrong.text
    assert wrong.text.replace(NAME, "nobody-here") == unknown.text
    assert f'value="{NAME}"' in wrong.text
    assert SESSION_COOKIE not in visitor.client.cookies


def test_who_tries_too_often_waits_even_with_the_right_password(house) -> None:  # type: ignore[no-untyped-def]
    house.account(Role.SELLER)
    visitor = house.visitor()
    tried = [visitor.post("/sign-in", name=NAME, password="no").status_code for _ in range(TRIES_PER_NAME_MAX)]
    assert tried == [401] * TRIES_PER_NAME_MAX
    assert visitor.post("/sign-in", name=NAME, password=PASSWORD).status_code == 429
    with house.database.transaction() as db:
        db.execute("update sign_in_attempt set counted_from_at = counted_from_at - interval '16 minutes'")
    assert visitor.post("/sign-in", name=NAME, password=PASSWORD).status_code == 303


def test_signing_out_ends_the_session_everywhere(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER)
    stolen = visitor.client.cookies[SESSION_COOKIE]
    assert visitor.post("/sign-out").headers["location"] == "/sign-in"
    other = house.visitor()
    other.client.cookies.set(SESSION_COOKIE, stolen)
    assert other.get("/").headers["location"] == "/sign-in"


def test_a_session_over_or_a_closed_account_opens_nothing(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.ANALYST)
    assert visitor.get("/staff").status_code == 200
    with house.database.transaction() as db:
        db.execute("update account set active = false where role = 'analyst'")
    assert visitor.get("/staff").headers["location"] == "/sign-in?next=/staff"
    header = house.token(Role.PARTNER)
    path = f"/api/v1/borrowers/{house.seller_id}/loans"
    assert house.visitor().get(path, headers=header).status_code == 200
    with house.database.transaction() as db:
        db.execute("update account set active = false where role = 'partner'")
    assert house.visitor().get(path, headers=header).status_code == 401


def test_a_form_without_its_secret_is_refused_and_a_program_needs_none(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER)
    form = {"amount": "100", "key": "k" * 12}
    refused = visitor.client.post(f"/loans/{house.loan_id}/repay", data=form)
    assert (refused.status_code, "页面停留时间过长" in refused.text) == (403, True)
    path, body = f"/api/v1/borrowers/{house.seller_id}/repayments", {"amount_cents": 100}
    by_cookie = visitor.client.post(path, json=body, headers={"Idempotency-Key": "by-cookie-1"})
    assert by_cookie.status_code == 403
    header = {**house.token(Role.PARTNER), "Idempotency-Key": "by-token-1"}
    assert house.visitor().client.post(path, json=body, headers=header).status_code == 202


def test_passwords_are_hashed_and_short_ones_refused(house, shipped_hasher) -> None:  # type: ignore[no-untyped-def]
    assert shipped_hasher().hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, low on memory
    house.account(Role.ADMIN)
    with house.database.transaction() as db:
        (kept,) = db.execute("select password_hash from account where role = 'admin'").fetchone()
    assert kept.startswith("$argon2id$")
    with pytest.raises(PasswordTooShort):
        house.database.act(open_account, sign_in_name="x", display_name="x", role=Role.ADMIN, password="short")
    assert Words("zh-Hans").refusal(PasswordTooShort(letters_min=10)) == "密码至少需要 10 个字符。"


def test_demo_accounts_are_made_once_and_their_passwords_kept_from_others(house, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    first = house.database.act(demo_accounts, [house.seller_id, house.applicant_id], folder=tmp_path)
    again = house.database.act(demo_accounts, folder=tmp_path)
    file = tmp_path / "demo-sign-ins.json"
    assert first == again
    assert [row.sign_in_name for row in first[:2]] == ["seller", "seller2"]
    assert {row.role for row in first} == {role.value for role in Role}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len({row["password"] for row in json.loads(file.read_text())}) == len(first)
    visitor = house.visitor()
    signed_in = visitor.post("/sign-in", name="seller2", password=first[1].password)
    assert signed_in.status_code == 303
