"""The pages of related borrowers: what stands there, saying who belongs, what is refused in words, and the files."""

from urllib.parse import urlencode

from doors.conftest import House
from lendmill.people.roles import Role


def told(house: House, **changes: str) -> dict[str, str]:
    """What an analyst types to say that the seller and the applicant belong together."""
    return {
        "kind": "household", "named": "王家", "members": f"{house.seller_id}\n{house.applicant_id}",
        "from_on": "2026-01-01", "source": "户口簿 2026", **changes,
    }  # fmt: skip


def test_who_belongs_together_is_said_shown_and_taken_back(house: House) -> None:
    analyst = house.visitor(Role.ANALYST)
    assert "暂无关联关系" in analyst.get("/staff/groups").text
    made = analyst.post("/staff/groups", **told(house))
    path = made.headers["location"]
    page = analyst.get(path).text
    assert "王家" in page
    assert page.count("户口簿 2026") == 4  # both members, and the history of both
    assert "¥2,000,000" in page  # the most a group may have
    assert path in analyst.get("/staff/groups").text
    assert path in analyst.get("/staff/groups?kind=household&" + urlencode({"search": "王"})).text
    assert "未找到关联组" in analyst.get("/staff/groups?kind=guarantee").text
    assert path in analyst.get(f"/staff/borrowers/{house.seller_id}").text
    left = {"member": str(house.applicant_id), "from_on": "2026-01-01", "source": "已分家", "key": "parting-0001"}
    waits = analyst.post(f"{path}/parting", **left).headers["location"]
    assert "已分家" not in analyst.get(path).text
    assert "自2026年1月1日起与“王家”解除关联" in analyst.get(waits).text
    officer = house.visitor(Role.RISK_OFFICER)
    assert waits in officer.get("/staff/approvals").text
    assert officer.post(waits, outcome="approve", key="agreeing-0001").status_code == 303
    assert analyst.post(f"{path}/parting", **{**left, "key": "parting-0002"}).status_code == 409
    after = analyst.get(path).text
    assert "已分家" in after
    assert "解除关联" in after
    assert path not in analyst.get(f"/staff/borrowers/{house.applicant_id}").text
    joins = {"member": str(house.stranger_id), "from_on": "2026-01-01", "source": "户口簿 2027"}
    assert analyst.post(f"{path}/members", **joins).status_code == 303


def test_what_is_refused_is_told_in_words_and_what_was_typed_stays(house: House) -> None:
    analyst = house.visitor(Role.ANALYST)
    for changes, status, words in (
        ({"members": "nobody-here x"}, 422, "没有店铺名或编号为"),
        ({"members": str(house.seller_id)}, 422, "请至少填写两名借款人"),
        ({"kind": "friends"}, 422, "不是关联类型"),
        ({"source": " "}, 422, "请说明认定关联关系的依据"),
        ({"from_on": "2099-01-01"}, 422, "请到期后再登记"),
        ({"from_on": "soon"}, 422, "soon"),
    ):
        wrong = analyst.post("/staff/groups", **told(house, **changes))
        assert (wrong.status_code, words in wrong.text) == (status, True)
        assert 'value="王家"' in wrong.text
    assert "暂无关联关系" in analyst.get("/staff/groups").text
    path = analyst.post("/staff/groups", **told(house)).headers["location"]
    wrong = analyst.post(f"{path}/members", member="nobody-here", from_on="2026-01-01", source="seen")
    assert (wrong.status_code, 'value="nobody-here"' in wrong.text) == (422, True)


def test_who_only_reads_has_no_form_and_the_files_hold_the_figures(house: House) -> None:
    path = house.visitor(Role.ANALYST).post("/staff/groups", **told(house)).headers["location"]
    auditor = house.visitor(Role.AUDITOR)
    assert '<form class="stack"' not in auditor.get("/staff/groups").text
    assert '/members"' not in auditor.get(path).text
    rows = auditor.get("/staff/groups?csv=1")
    assert rows.headers["content-disposition"] == 'attachment; filename="groups.csv"'
    head, row = rows.text.removeprefix("\ufeff").splitlines()
    assert head == "关联组,关联类型,名称,登记日期,成员,授信额度,在贷余额,逾期成员,剩余额度"
    told_row = row.split(",")
    assert told_row[1:5] == ["同一家庭", "王家", "2026-01-01", "2"]
    assert float(told_row[5]) + float(told_row[8]) == 2_000_000
    history = auditor.get(f"{path}?csv=history").text.splitlines()
    assert len(history) == 3
    assert history[1].split(",")[2:] == ["是", "2026-01-01", "户口簿 2026", "analyst", "2026-01-01"]
    assert len(auditor.get(f"{path}?csv=members").text.splitlines()) == 3


def test_programs_read_groups_with_their_room(house: House) -> None:
    client, auditor = house.client, house.token(Role.AUDITOR)
    house.visitor(Role.ANALYST).post("/staff/groups", **told(house))
    client = house.visitor().client
    (group,) = client.get("/api/v1/groups", headers=auditor).json()
    assert (group["named"], group["members"], group["most_cents"]) == ("王家", 2, 200_000_000)
    assert group["room_cents"] == group["most_cents"] - group["granted_cents"]
    file = client.get(f"/api/v1/groups/{group['group_id']}", headers=auditor).json()
    assert file["group"] == group
    assert {each["borrower_id"] for each in file["members"]} == {str(house.seller_id), str(house.applicant_id)}
    assert [each["teller"] for each in file["history"]] == ["analyst", "analyst"]
    assert client.get(f"/api/v1/groups/{house.loan_id}", headers=auditor).status_code == 404
    assert client.get("/api/v1/groups?kind=guarantee", headers=auditor).json() == []
