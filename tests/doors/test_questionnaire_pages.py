"""The questionnaire through the doors: consent, a mistake told, going back, sending, taking back; and for programs."""

import re
from uuid import uuid4

from lendmill.people.roles import Role
from lendmill.rating.psychometrics import queries
from lendmill.settings import Settings


def begun_by(seller) -> str:  # type: ignore[no-untyped-def]
    """Begin with the consent given; the address of the form."""
    answer = seller.post("/questionnaire", agreed="yes")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def answer_next(seller, form: str, choice: str = "2") -> str:  # type: ignore[no-untyped-def]
    """Open the next question and answer it; its key."""
    key = str(seller.hidden(seller.get(form).text, "item"))
    assert seller.post(form, item=key, choice=choice, client_ms="4200").headers["location"] == form
    return key


def answer_all(seller, form: str) -> list[str]:  # type: ignore[no-untyped-def]
    """Answer every question; their keys in order."""
    return [answer_next(seller, form) for _ in range(40)]


def test_the_consent_comes_first_and_its_lack_is_told_beside_it(house) -> None:  # type: ignore[no-untyped-def]
    seller = house.visitor(Role.SELLER)
    assert "/questionnaire" in seller.get("/").text
    first = seller.get("/questionnaire").text
    assert "本人自愿填写本问卷" in first
    assert "不填写对您没有任何影响" in first
    refused = seller.post("/questionnaire")
    assert refused.status_code == 422
    assert "须先同意上述内容" in refused.text


def test_a_seller_answers_goes_back_pauses_and_sends(house) -> None:  # type: ignore[no-untyped-def]
    seller = house.visitor(Role.SELLER)
    form = begun_by(seller)
    page = seller.get(form).text
    assert "第1题，共40题" in page
    first = seller.hidden(page, "item")
    nothing = seller.post(form, item=first)
    assert nothing.status_code == 422
    assert "请选择一个答案" in nothing.text
    keys = [answer_next(seller, form) for _ in range(3)]
    assert keys[0] == first
    assert "第4题" in seller.get(f"{form}?n=9").text, "no question is skipped"
    back = seller.get(f"{form}?n=2").text
    assert seller.hidden(back, "item") == keys[1]
    assert re.search(r'value="2" required checked', back)
    assert seller.post(form, item=keys[1], choice="0", then="pause").headers["location"] == "/questionnaire"
    assert "3 / 40" in seller.get("/questionnaire").text

    early = seller.post(f"{form}/send")
    assert early.status_code == 409
    assert "还有37题没有作答" in early.text
    for _ in range(37):
        answer_next(seller, form)
    assert "题目都做完了" in seller.get(form).text
    assert seller.post(f"{form}/send").headers["location"] == "/questionnaire"
    assert seller.post(f"{form}/send").status_code == 303
    thanks = seller.get("/questionnaire").text
    assert "谢谢您" in thanks
    assert "30 Jun" not in thanks
    assert "2026年6月30日起可以重新填写" in thanks
    assert seller.get(form).headers["location"] == "/questionnaire"
    told = seller.get(f"{form}/answers")
    assert told.headers["content-type"].startswith("text/csv")
    assert len(told.text.strip().splitlines()) == 42, "every answer, the changed one too"
    assert "0." not in re.sub(r"<[^>]*>", "", thanks), "no score is shown"


def test_the_staff_whose_work_it_is_see_it_until_the_consent_is_taken_back(house) -> None:  # type: ignore[no-untyped-def]
    seller, officer = house.visitor(Role.SELLER), house.visitor(Role.RISK_OFFICER)
    path = f"/staff/borrowers/{house.seller_id}"
    assert "不填写不说明任何问题" in officer.get(path).text
    form = begun_by(seller)
    answer_all(seller, form)
    seller.post(f"{form}/send")
    seller.post("/questionnaire/explanation", words="这个分数怎么来的")
    shown = officer.get(path).text
    for told in ("行动和花钱之前先考虑", "题库1.0版", "作答一致性", "关于本问卷，目前一无所知", "这个分数怎么来的"):
        assert told in shown
    collector = house.visitor(Role.COLLECTOR).get(path)
    assert collector.status_code == 200
    assert "作答一致性" not in collector.text
    assert seller.post("/questionnaire/withdrawal").headers["location"] == "/questionnaire"
    assert "您已撤回同意" in seller.get("/questionnaire").text
    hidden = officer.get(path).text
    assert "商家已撤回同意" in hidden
    assert "题库1.0版" not in hidden


def test_a_form_of_another_seller_is_not_there(house) -> None:  # type: ignore[no-untyped-def]
    form = begun_by(house.visitor(Role.SELLER))
    stranger = house.visitor(Role.SELLER, house.stranger_id)
    for answer in (
        stranger.get(form),
        stranger.post(form, item="con-01", choice="1"),
        stranger.post(f"{form}/send"),
        stranger.get(f"{form}/answers"),
        stranger.get(f"/questionnaire/{uuid4()}"),
    ):
        assert answer.status_code == 404
    assert house.visitor(Role.RISK_OFFICER).get("/questionnaire").status_code == 403


def test_a_strange_choice_is_asked_again_and_nothing_is_kept(house) -> None:  # type: ignore[no-untyped-def]
    seller = house.visitor(Role.SELLER)
    form = begun_by(seller)
    key = seller.hidden(seller.get(form).text, "item")
    for choice in ("", "x", "-1", "9", "99999999999999999999", "２"):
        assert seller.post(form, item=key, choice=choice, client_ms="a lot").status_code == 422
        assert "第1题" in seller.get(form).text
    assert seller.post(form, item="no-such", choice="1").status_code == 422


def test_a_house_that_does_not_ask_says_so_and_still_takes_a_consent_back(house, tmp_path) -> None:  # type: ignore[no-untyped-def]
    seller = house.visitor(Role.SELLER)
    form = begun_by(seller)
    settings = Settings(var=tmp_path, database_url=house.database.url, connections=8, questionnaire=False)
    house.app.state["settings"], before = settings, house.app.state["settings"]
    try:
        assert "/questionnaire" not in seller.get("/").text
        assert seller.get(form).status_code == 404
        assert house.visitor(Role.SELLER, house.stranger_id).get("/questionnaire").status_code == 404
        left = seller.get("/questionnaire").text
        assert "目前没有开放问卷" in left
        assert "撤回同意" in left
        assert f'href="{form}"' not in left
        assert seller.post("/questionnaire/withdrawal").status_code == 303
    finally:
        house.app.state["settings"] = before
    with house.database.transaction() as db:
        assert queries.newest_attempt(db, house.seller_id).withdrawn  # type: ignore[union-attr]


def test_a_program_asks_it_question_by_question(house) -> None:  # type: ignore[no-untyped-def]
    client, partner = house.client, house.token(Role.PARTNER)
    base = f"/api/v1/borrowers/{house.seller_id}/questionnaire"
    state = client.get(base, params={"language": "en"}, headers=partner).json()
    assert (state["offered"], state["attempt_id"]) == (True, None)
    assert state["consent"].startswith("I answer this questionnaire of my own free will.")
    assert client.post(base, json={"agreed": False}, headers=partner).json()["code"] == "questionnaire-consent-missing"
    begun = client.post(base, json={"agreed": True, "language": "en"}, headers=partner).json()
    assert client.post(base, json={"agreed": True}, headers=partner).json()["attempt_id"] == begun["attempt_id"]
    form = f"{base}/{begun['attempt_id']}"
    for number in range(1, 41):
        asked = client.get(f"{form}/question", params={"language": "en"}, headers=partner).json()["question"]
        assert (asked["number"], asked["questions"]) == (number, 40)
        answer = {"choice": asked["choices"][0][0], "language": "en", "client_ms": 900}
        state = client.put(f"{form}/answers/{asked['item_key']}", json=answer, headers=partner).json()
        assert state["answered"] == number
    assert client.get(f"{form}/question", headers=partner).json() == {"question": None}
    result = f"{base}/result"
    auditor = house.token(Role.AUDITOR)
    assert client.get(result, headers=auditor).status_code == 404
    sent = client.post(f"{form}/sending", json={}, headers=partner).json()
    assert (sent["sent_on"], sent["again_on"]) == ("2026-01-01", "2026-06-30")
    assert not {"figures", "traits"} & set(sent)
    assert client.get(result, headers=partner).status_code == 403
    scores = client.get(result, headers=auditor).json()
    assert scores["flags"] == ["hurried", "straight-line", "extreme"]
    assert (scores["usable"], scores["figures"]["prudence"]) == (False, None)
    assert client.post(f"{base}/withdrawal", json={}, headers=partner).json()["sent_on"] is None
    assert client.get(result, headers=auditor).status_code == 404
