"""The pages and calls where a policy is tested: cases by upload, a backtest asked for and read, shadows and trials."""

import re

import pytest

from doors.conftest import House, Visitor
from lendmill.credit.actions import apply_at_once
from lendmill.credit.consents import CONSENTS
from lendmill.credit.policy import policy_of
from lendmill.credit.publishing.queries import POLICY as KIND
from lendmill.credit.publishing.queries import live_policy
from lendmill.credit.testing import queries
from lendmill.credit.testing.beside.actions import decide_beside
from lendmill.credit.testing.running.actions import run_asked
from lendmill.credit.testing.unit_cases import read_cases, shipped_cases, text_of
from lendmill.people.actions import Command
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing.actions import decide, draft, propose
from lendmill.products.reading import content_of

ENGLISH = {"accept-language": "en"}
CHINESE = {"accept-language": "zh"}


@pytest.fixture
def number(house: House) -> int:
    """The number of the live policy."""
    with house.database.transaction() as db:
        return live_policy(db, on=house.lender.today).version


@pytest.fixture
def decided(house: House) -> None:
    """The applicant's application, decided at once."""
    answers = {
        "amount_cents": 100_000, "purpose": "stock", "language": "en",
        "consents": [consent.purpose for consent in CONSENTS],
    }  # fmt: skip
    house.database.act(
        apply_at_once, command=Command.of("decided-1"), borrower_id=house.applicant_id, product_key="credit-line",
        answers=answers, today=house.lender.today,
    )  # fmt: skip


def upload(visitor: Visitor, path: str, content: bytes, field: str = "file", **fields: str):  # type: ignore[no-untyped-def]
    return visitor.client.post(
        path, data={"_csrf_token": visitor.secret(), **fields}, files={field: ("x.toml", content)},
        follow_redirects=False, headers=ENGLISH,
    )  # fmt: skip


def test_cases_are_uploaded_tried_and_told_in_both_languages(house: House, number: int) -> None:
    analyst, auditor = house.visitor(Role.ANALYST), house.visitor(Role.AUDITOR)
    at = f"/staff/policies/policies/standard/{number}"
    assert "No cases are kept with this policy" in analyst.get(f"{at}/tests", headers=ENGLISH).text
    assert f"{at}/tests" in analyst.get(at, headers=ENGLISH).text
    shipped = text_of(shipped_cases())
    assert upload(analyst, f"{at}/cases", shipped.encode()).headers["location"] == f"{at}/tests"
    wrong = shipped.replace('outcome = "decline"', 'outcome = "approve"', 1)
    assert upload(analyst, f"{at}/cases", wrong.encode()).status_code == 303
    text = auditor.get(f"{at}/tests", headers=ENGLISH).text
    assert f"1 of {len(shipped_cases().cases)} fail" in text
    assert "the outcome is declined, not approved: The shop&#39;s credit rating is below what this" in text
    assert f"The live version {number} fails these of the cases kept:" in text
    assert 'tiny soft">The shop&#39;s credit rating is below what this product requires.' in text
    assert "Kept on 1 Jan 2026 by analyst." in text or "by analyst" in text
    assert "<form" not in text.split("<main")[1]
    chinese = auditor.get(f"{at}/tests", headers=CHINESE).text
    assert "决策结果为拒绝，而非批准：店铺信用评级未达到本产品要求" in chinese
    assert "最低评级予以拒绝" in chinese
    assert [each.name for each in shipped_cases().cases if not each.name_zh] == []
    assert read_cases(auditor.get(f"{at}/cases").text) == read_cases(wrong)
    for content, told in (
        (b"[[cases", "valid TOML"),
        (b"\xff\xfe", "UTF-8"),
        (b"", "x.toml was not taken over"),
    ):
        refused = upload(analyst, f"{at}/cases", content)
        assert refused.status_code == 422
        assert told in refused.text.replace("&#39;", "'")
    twice = shipped.replace('outcome = "decline"', 'outcome = "maybe"').encode()
    refused = upload(analyst, f"{at}/cases", twice).text
    lines = [n for n, line in enumerate(twice.decode().splitlines(), start=1) if line == 'outcome = "maybe"']
    assert [int(n) for n in re.findall(r">line (\d+)<", refused)] == lines
    assert auditor.get("/staff/policies/products/credit-line/1/tests").status_code == 404


@pytest.mark.usefixtures("decided")
def test_a_backtest_is_asked_for_waits_and_is_read_in_both_languages(house: House, number: int) -> None:
    analyst, auditor = house.visitor(Role.ANALYST), house.visitor(Role.AUDITOR)
    at = f"/staff/policies/policies/standard/{number}"
    assert upload(analyst, f"{at}/backtests", b"", "assumptions", since="soon").status_code == 422
    assert upload(analyst, f"{at}/backtests", b"days = 1", "assumptions").status_code == 422
    begun = upload(analyst, f"{at}/backtests", b"", "assumptions")
    assert (begun.status_code, begun.headers["location"]) == (303, f"{at}/tests#backtests")
    again = upload(analyst, f"{at}/backtests", b"", "assumptions")
    assert (again.status_code, "analyst has asked for a backtest" in again.text) == (409, True)
    waits = auditor.get(f"{at}/tests", headers=ENGLISH).text
    assert all(text in waits for text in ("waits or runs", "its report will stand here", "Look again"))
    assert run_asked(house.database) == 1
    with house.database.transaction() as db:
        (run,) = queries.backtests(db, "standard", number)
    page = f"/staff/policies/backtests/{run.backtest_id}"
    assert page in auditor.get(f"{at}/tests", headers=ENGLISH).text
    told = auditor.get(page, headers=ENGLISH)
    assert told.status_code == 200
    for text in ("What this cannot know", "Who swaps sides", "No assumptions were given", "<svg"):
        assert text in told.text
    chinese = auditor.get(page, headers=CHINESE).text
    for text in ("本回测无法得知的内容", "授信变动", "未提供测算假设"):
        assert text in chinese
    book = auditor.get(f"{page}/workbook", headers=CHINESE)
    assert (book.content[:2], "backtest-standard" in book.headers["content-disposition"]) == (b"PK", True)
    assert auditor.get("/staff/policies/backtests/01890000-0000-7000-8000-000000000001").status_code == 404


def shadowed(house: House, number: int) -> int:
    """The live policy's next version in the shadow, with weaker grades for a person to look at."""
    today = house.lender.today
    who = {role: Caller(house.account(role), role.value, role, None) for role in (Role.ANALYST, Role.RISK_OFFICER)}
    with house.database.transaction() as db:
        live = live_policy(db, on=today)
        rules = {**content_of(live)["rating"], "referred": ["C", "B", "BB", "BBB", "A"]}
        draft(db, KIND, policy_of({**content_of(live), "version": number + 1, "rating": rules}), by=who[Role.ANALYST],
              today=today)  # fmt: skip
        asked = propose(
            db, KIND, command_key="k" * 20, key="standard", version=number + 1, to_stage="shadow", reason="look",
            by=who[Role.ANALYST], today=today,
        )  # fmt: skip
        decide(
            db, KIND, command_key="l" * 20, proposal_id=asked.proposal_id, verdict="approve", by=who[Role.RISK_OFFICER],
            today=today,
        )  # fmt: skip
    return number + 1


def test_what_a_share_stands_beside_is_not_offered_to_be_retired(house: House, number: int) -> None:
    at, analyst = f"/staff/policies/policies/standard/{number}", house.visitor(Role.ANALYST)
    alone = analyst.get(at, headers=ENGLISH).text
    assert ("This is the one policy that decides" in alone, 'value="retired"' in alone) == (True, True)
    version, today = shadowed(house, number), house.lender.today
    who = {role: Caller(house.account(role), role.value, role, None) for role in (Role.ANALYST, Role.RISK_OFFICER)}
    with house.database.transaction() as db:
        asked = propose(
            db, KIND, command_key="m" * 20, key="standard", version=version, to_stage="share", share_bp=500,
            reason="try", by=who[Role.ANALYST], today=today,
        )  # fmt: skip
        decide(
            db, KIND, command_key="n" * 20, proposal_id=asked.proposal_id, verdict="approve", by=who[Role.RISK_OFFICER],
            today=today,
        )  # fmt: skip
    beside = analyst.get(at, headers=ENGLISH).text
    assert ("This is the one policy that decides" in beside, 'value="retired"' in beside) == (False, False)
    assert f"beside it standard {version} are live for a share of borrowers" in beside


def test_a_shadow_and_a_trial_are_told_on_pages_empty_or_not(
    house: House, number: int, request: pytest.FixtureRequest
) -> None:
    auditor, officer = house.visitor(Role.AUDITOR), house.visitor(Role.RISK_OFFICER)
    assert "Nobody has been drawn for a trial yet" in auditor.get("/staff/policies/trials", headers=ENGLISH).text
    version = shadowed(house, number)
    at = f"/staff/policies/policies/standard/{version}"
    assert "Nothing decided beside yet" in auditor.get(f"{at}/shadow", headers=ENGLISH).text
    request.getfixturevalue("decided")
    assert decide_beside(house.database, today=house.lender.today)[0].files == 1
    text = officer.get(f"{at}/shadow", headers=ENGLISH).text
    assert ("1 file" in text, "1 files" in text) == (True, False)
    assert ("Where they differ most" in text, "rating-needs-review" in text) == (True, False)
    assert "违约笔数" in officer.get(f"{at}/shadow", headers=CHINESE).text
    with house.database.transaction() as db:
        db.execute(
            "insert into decision_arm (decision_id, borrower_id, trial, arm)"
            " select decision_id, borrower_id, 'standard/9', 'champion' from decision"
        )
    text = auditor.get("/staff/policies/trials", headers=ENGLISH).text
    assert "standard/9" in text
    assert "not known yet" in text
    assert "冠军组" in auditor.get("/staff/policies/trials?trial_name=standard/9", headers=CHINESE).text
    assert "PD × limit is what would be lost if every limit were drawn whole and nothing recovered" in text
    assert "No file was ever drawn" in auditor.get("/staff/policies/trials?trial_name=x", headers=ENGLISH).text
    assert "no day" in auditor.get("/staff/policies/trials?since=x", headers=ENGLISH).text


@pytest.mark.usefixtures("decided")
def test_programs_test_a_policy_as_pages_do(house: House, number: int) -> None:
    client = house.visitor().client
    analyst, auditor = house.token(Role.ANALYST), house.token(Role.AUDITOR)
    base = "/api/v1/policies/standard"
    assert client.get(f"{base}/cases", headers=auditor).json()["cases"] == {}
    content = text_of(shipped_cases()).encode()
    assert client.put(f"{base}/cases", content=content, headers=auditor).status_code == 403
    kept = client.put(f"{base}/cases", content=content, headers=analyst)
    assert (kept.status_code, kept.json()["keeper"], kept.json()["live_fails"]) == (200, "analyst", [])
    wrong = content.replace(b'outcome = "decline"', b'outcome = "approve"', 1)
    (failing,) = client.put(f"{base}/cases", content=wrong, headers=analyst).json()["live_fails"]
    assert client.get(f"{base}/cases", headers=auditor).json()["live_fails"] == [failing]
    client.put(f"{base}/cases", content=content, headers=analyst)
    assert client.put("/api/v1/policies/none/cases", content=content, headers=analyst).status_code == 404
    results = client.get(f"{base}/{number}/cases", headers=auditor).json()
    assert (len(results), {each["passes"] for each in results}) == (len(shipped_cases().cases), {True})
    asked = client.post(f"{base}/{number}/backtests", json={}, headers=analyst)
    assert (asked.status_code, asked.json()["state"]) == (202, "waits")
    assert run_asked(house.database) == 1
    (told,) = client.get(f"{base}/{number}/backtests", headers=auditor).json()
    assert (told["state"], told["backtest_id"]) == ("done", asked.json()["backtest_id"])
    report = client.get(f"/api/v1/backtests/{told['backtest_id']}", headers=auditor).json()
    assert report["figures"]["files"] == told["files"]
    assert "What this cannot know" in report["sentences"]
    assert client.get(f"{base}/{number}/shadow", headers=auditor).json()["files"] == 0
    assert client.get("/api/v1/trials", headers=auditor).json() == []
    assert client.get("/api/v1/trials/arms?trial=x", headers=auditor).status_code == 404
