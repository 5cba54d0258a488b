"""The pages and calls of policies and products: a draft by upload, mistakes by their place, two people."""

import io
import json
from pathlib import Path

import pytest
import xlsxwriter

from doors.conftest import House, Visitor
from lendmill.people.roles import Role
from lendmill.products.publishing import queries
from lendmill.products.publishing.files import document_in
from lendmill.products.queries import PRODUCT, preset

LINE = preset("credit-line")
NEXT = LINE.version + 1
AT = f"/staff/policies/products/credit-line/{NEXT}"
ENGLISH = {"accept-language": "en"}


def upload(  # type: ignore[no-untyped-def]
    visitor: Visitor, content: bytes, kind: str = "products", name: str = "new.toml", headers=ENGLISH
):
    return visitor.client.post(
        "/staff/policies/drafts", data={"_csrf_token": visitor.secret(), "kind": kind, "note": "longer grace"},
        files={"file": (name, content)}, follow_redirects=False, headers=headers,
    )  # fmt: skip


def written(*changes: tuple[str, str]) -> bytes:
    """The shipped credit line as a file, with some lines changed."""
    from importlib.resources import files

    text = (files("lendmill.products") / "presets" / "credit-line.toml").read_text("utf-8")
    for before, after in ((f"version = {LINE.version}", f"version = {NEXT}"), *changes):
        assert before in text
        text = text.replace(before, after, 1)
    return text.encode()


def test_a_draft_is_uploaded_proposed_and_let_go_live_by_another_person(house: House) -> None:
    analyst, officer = house.visitor(Role.ANALYST), house.visitor(Role.RISK_OFFICER)
    answer = upload(analyst, written(("grace_days = 3", "grace_days = 5")))
    assert (answer.status_code, answer.headers["location"]) == (303, AT)
    text = analyst.get(AT, headers=ENGLISH).text
    assert "The grace rises from 3 days to 5 days" in text
    assert "longer grace" in text
    assert "小额贷款公司综合融资成本管理工作指引" in text
    key = analyst.hidden(text, "key")
    assert analyst.post(f"{AT}/proposals", to_stage="live", reason="kinder", key=key).status_code == 303
    text = officer.get(AT, headers=ENGLISH).text
    (proposal,) = waiting(house)
    assert f"/staff/document-proposals/{proposal}" in text
    own = analyst.post(f"/staff/document-proposals/{proposal}", outcome="approve", key="k" * 20)
    assert own.status_code == 403
    done = officer.post(f"/staff/document-proposals/{proposal}", outcome="approve", key=officer.hidden(text, "key"))
    assert done.status_code == 303
    with house.database.transaction() as db:
        assert queries.live(db, PRODUCT, "credit-line", house.lender.today).grace_days == 5  # type: ignore[union-attr]
    chinese = officer.get(AT, headers={"accept-language": "zh"}).text
    assert "宽限期" in chinese
    assert "信用贷款 (credit-line)" in chinese
    assert "信用贷款 (credit-line)" in officer.get("/staff/policies", headers={"accept-language": "zh"}).text
    assert "Credit line (credit-line)" in officer.get("/staff/policies", headers=ENGLISH).text
    assert "发布记录" in chinese or "上线" in chinese


def waiting(house: House) -> list[str]:
    with house.database.transaction() as db:
        return [str(each.proposal_id) for each in queries.waiting(db, "product", house.lender.today)]


def test_what_is_wrong_in_a_file_is_told_by_its_line_or_cell(house: House) -> None:
    analyst = house.visitor(Role.ANALYST)
    wrong = written(("grace_days = 3", "grace_days = 99"))
    answer = upload(analyst, wrong)
    assert answer.status_code == 422
    line = wrong.decode().splitlines().index("grace_days = 99") + 1
    assert f"line {line}" in answer.text
    assert "from 0 to 90" in answer.text
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("document").write_row(0, 0, ["field", "value", "meaning"])
    answer = upload(analyst, book.getvalue(), name="<b>.xlsx")
    assert answer.status_code == 422
    assert "&lt;b&gt;.xlsx was not taken over" in answer.text
    assert 'href="/language/zh-Hans?back=/staff/policies"' in answer.text
    assert upload(analyst, b"", kind="houses").status_code == 404
    for content in (written(), analyst.get(f"/staff/policies/products/credit-line/{LINE.version}/workbook").content):
        answer = upload(analyst, content, kind="policies", headers={"accept-language": "zh"})
        assert (answer.status_code, "是贷款产品：请选择“产品”" in answer.text) == (422, True)
    assert upload(analyst, b"\xff\xfe").status_code == 422
    with house.database.transaction() as db:
        assert queries.drafts(db, "product") == []


def test_a_version_goes_out_as_excel_and_comes_back_the_same(house: House) -> None:
    analyst = house.visitor(Role.ANALYST)
    text = analyst.get(f"/staff/policies/products/credit-line/{LINE.version}/toml").text
    assert document_in(PRODUCT, text.encode(), "x.toml").fingerprint == LINE.fingerprint
    answer = analyst.get(f"/staff/policies/products/credit-line/{LINE.version}/workbook", headers=ENGLISH)
    assert answer.headers["content-disposition"] == f'attachment; filename="credit-line-{LINE.version}.xlsx"'
    back = upload(analyst, answer.content, name="same.xlsx")
    assert back.status_code == 409  # the very same version stands already
    assert "stands and never changes" in back.text


def test_an_auditor_looks_at_every_document_and_changes_none(house: House) -> None:
    auditor = house.visitor(Role.AUDITOR)
    text = auditor.get("/staff/policies", headers=ENGLISH).text
    for name in ("standard", "credit-line", "order-loan"):
        assert name in text
    assert "<form" not in text.split("<main")[1]
    with house.database.transaction() as db:
        (policy,) = queries.versions(db, "policy", house.lender.today)
    text = auditor.get(f"/staff/policies/policies/standard/{policy.version}", headers=ENGLISH).text
    assert "<form" not in text.split("<main")[1]
    for told in (
        "民法典第十七条",
        "Share of a month&#39;s net sales",
        "days since the last sale".capitalize(),
        "in force from",
    ):
        assert told in text
    assert auditor.get("/staff/policies/policies/standard/77").status_code == 404
    assert auditor.get("/staff/policies/houses/standard/1").status_code == 404


def test_what_is_typed_wrong_is_told_and_nothing_happens(house: House) -> None:
    analyst = house.visitor(Role.ANALYST)
    upload(analyst, written())
    for fields, told in (
        ({"to_stage": "share", "share": "many"}, "no share of borrowers"),
        ({"to_stage": "live", "from": "soon"}, "no day"),
        ({"to_stage": "moon"}, "no stage"),
        ({"to_stage": "live", "from": "2025-12-31"}, "is published for a day that is over"),
    ):
        answer = analyst.client.post(
            f"{AT}/proposals", data={"reason": "because", "key": "k" * 20, "_csrf_token": analyst.secret(), **fields},
            headers=ENGLISH,
        )  # fmt: skip
        assert answer.status_code == 422
        assert told in answer.text
    assert waiting(house) == []
    back = analyst.post(f"{AT}/holding-back", reason="not needed", key="k" * 20)
    assert back.status_code == 303


def test_programs_do_what_pages_do(house: House, tmp_path: Path) -> None:
    client = house.visitor().client
    analyst, officer = house.token(Role.ANALYST), house.token(Role.RISK_OFFICER)
    base = "/api/v1/documents/products"
    wrong = client.post(f"{base}/drafts", content=written(("grace_days = 3", "grace_days = 99")), headers=analyst)
    assert (wrong.status_code, wrong.json()["mistakes"][0]["field"]) == (422, "grace_days")
    content = written(("grace_days = 3", "grace_days = 5"))
    assert client.post(f"{base}/checks", content=content, headers=analyst).json() == {"fits": True}
    kept = client.post(f"{base}/drafts?note=x", content=content, headers=analyst).json()
    assert (kept["key"], kept["version"], kept["revision"]) == ("credit-line", NEXT, 1)
    one = f"{base}/credit-line/{NEXT}"
    differs = client.get(f"{one}/differences", headers=officer).json()
    assert differs["other"] == LINE.version
    assert "The grace rises from 3 days to 5 days" in differs["sentences"]
    asked = client.post(
        f"{one}/proposals", json={"to_stage": "live", "reason": "kinder", "effective_on": "2026-02-01"},
        headers={**analyst, "Idempotency-Key": "proposal-1"},
    )  # fmt: skip
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    (proposal,) = client.get("/api/v1/document-proposals", headers=officer).json()
    decided = client.post(
        f"/api/v1/document-proposals/{proposal['proposal_id']}/decision", json={"outcome": "approve"},
        headers={**officer, "Idempotency-Key": "decision-1"},
    )  # fmt: skip
    assert decided.json()["state"] == "approved"
    (newest, *_) = client.get(base, headers=officer).json()
    assert (newest["stage"], newest["coming"], newest["coming_on"]) == ("review", "live", "2026-02-01")
    told = client.get(one, headers=officer).json()
    assert (told["stands"], told["content"]["grace_days"]) == (True, 5)
    log = client.post(f"{one}/holding-back", json={"reason": "after all not"}, headers=analyst).json()
    assert [step["stage"] for step in log] == ["live", "retired"]
    text = client.get(f"{one}/toml", headers=officer)
    assert text.headers["content-disposition"].endswith('.toml"')
    assert text.text.startswith("# ")
    book = client.get(f"{one}/workbook", headers=officer)
    file = tmp_path / "x.xlsx"
    file.write_bytes(book.content)
    again = client.post(f"{base}/drafts", content=file.read_bytes(), headers=analyst)
    assert (again.status_code, again.json()["code"]) == (409, "number-taken")
    assert json.loads(again.text)["facts"]["version"] == NEXT


@pytest.mark.parametrize("role", [Role.SELLER, Role.COLLECTOR, Role.FINANCE])
def test_documents_are_not_for_everybody(house: House, role: Role) -> None:
    assert house.visitor(role).get("/staff/policies").status_code in (403, 404)
