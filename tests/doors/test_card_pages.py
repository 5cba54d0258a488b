"""The pages and calls of the cards: seen as pictures, taken further by two people, filed as a PDF."""

import re
from datetime import date

import pytest
from rating_cards import SMALL
from trained_card import REPORT, TRAINED

from doors.conftest import House, Visitor
from lendmill.insight.outcomes.actions import watch_models
from lendmill.people.roles import Role
from lendmill.rating import actions as rating
from lendmill.rating import queries as ratings
from lendmill.rating.registry.actions import first_live
from lendmill.rating.watching.queries import last_watched

TODAY = date(2026, 1, 1)


@pytest.fixture
def cards(house: House) -> dict[str, str]:
    """A live card made by hand, and a trained one kept as a draft."""
    live = house.database.act(rating.keep_model, SMALL, {})
    house.database.act(first_live, live, today=TODAY)
    came = rating.Provenance(kind="boosted", data_hash="d" * 64, code_version="0.1.0+abc", page="# The card trained")
    return {"live": live, "draft": house.database.act(rating.keep_model, TRAINED, REPORT, came)}


def stage(house: House, model_id: str) -> str:
    with house.database.transaction() as db:
        return ratings.model(db, model_id).stage


def test_the_list_shows_every_card_the_live_one_first(house: House, cards: dict[str, str]) -> None:
    text = house.visitor(Role.AUDITOR).get("/staff/models", headers={"accept-language": "en"}).text
    found = [text.index(name) for name in (cards["live"], cards["draft"])]
    assert found == sorted(found)
    assert "0.810" in text
    assert "Not measured here" in text


def test_without_a_card_the_list_says_how_to_get_one(house: House) -> None:
    with house.database.transaction() as db:
        db.execute("reset role")
        db.execute("truncate model cascade")
    text = house.visitor(Role.ANALYST).get("/staff/models", headers={"accept-language": "en"}).text
    assert "No card yet" in text
    assert "lendmill train" in text


def test_the_page_of_a_card_tells_where_it_comes_from_and_shows_every_table(
    house: House, cards: dict[str, str]
) -> None:
    visitor = house.visitor(Role.AUDITOR)
    text = visitor.get(f"/staff/models/{cards['draft']}", headers={"accept-language": "en"}).text
    for told in (
        "0.810",
        "0.770 – 0.850",
        "0.1.0+abc",
        "says too little",
        "# The card trained",
        "96 of them turned bad",
    ):
        assert told in text
    pictures = set(re.findall(rf'src="(/staff/models/{cards["draft"]}/pictures/[a-z0-9-]+\?look=light)', text))
    assert {each.rsplit("/", 1)[1].split("?")[0] for each in pictures} == {
        "calibration", "table-0", "table-1", "table-2",
    }  # fmt: skip
    for each in sorted(pictures):
        answer = visitor.get(each)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert answer.text.startswith("<svg")
    assert "<form" not in text.split("<main")[1]  # an auditor looks and changes nothing


def test_a_table_is_drawn_with_its_points_its_shops_and_both_features_of_a_pair(
    house: House, cards: dict[str, str]
) -> None:
    visitor = house.visitor(Role.AUDITOR)
    address = f"/staff/models/{cards['draft']}/pictures/"
    one = visitor.get(f"{address}table-0?look=light", headers={"accept-language": "en"}).text
    for told in ("3 to &lt; 12", "+20", "-40", "Points", "Share that turned bad"):
        assert told in one
    pair = visitor.get(f"{address}table-2?look=dark", headers={"accept-language": "zh"}).text
    for told in ("months_active", "refund_share", "违约占比"):
        assert told in pair
    for nothing in ("table-3?look=light", "swap?look=light", "months?look=light", "nonsense?look=light"):
        assert visitor.get(address + nothing).status_code == 404
    assert visitor.get(f"{address}table-0?look=green").status_code == 404


def test_two_people_take_a_card_from_draft_to_live_on_its_page(house: House, cards: dict[str, str]) -> None:
    model_id = cards["draft"]
    page = f"/staff/models/{model_id}"
    analyst, officer = house.visitor(Role.ANALYST), house.visitor(Role.RISK_OFFICER)

    def send(visitor: Visitor, path: str, **fields: str) -> int:
        return int(visitor.post(path, key=visitor.hidden(visitor.get(page).text, "key"), **fields).status_code)

    assert send(analyst, f"{page}/stage", to_stage="shadow", reason="to be compared") == 303
    assert stage(house, model_id) == "shadow"
    assert send(analyst, f"{page}/proposals", to_stage="live", reason="finds more of the bad") == 303
    told = officer.get(page, headers={"accept-language": "en"}).text
    assert "finds more of the bad" in told
    with house.database.transaction() as db:
        assert last_watched(db, model_id) is not None  # watched with the proposal, before anybody approves
    found = re.search(r"/staff/model-proposals/([0-9a-f-]+)", told)
    assert found is not None
    own = analyst.post(f"/staff/model-proposals/{found[1]}", outcome="approve", key="k" * 12)
    assert (own.status_code, stage(house, model_id)) == (403, "shadow")
    assert "本人" in own.text or "yourself" in own.text or "自己" in own.text
    assert send(officer, f"/staff/model-proposals/{found[1]}", outcome="approve") == 303
    assert (stage(house, model_id), stage(house, cards["live"])) == ("live", "retired")


def test_a_card_that_waits_stands_on_the_desk_of_approvals(house: House, cards: dict[str, str]) -> None:
    analyst, officer = house.visitor(Role.ANALYST), house.visitor(Role.RISK_OFFICER)
    page = f"/staff/models/{cards['draft']}"
    assert "没有待审批事项" in officer.get("/staff/approvals").text
    analyst.post(f"{page}/stage", to_stage="shadow", reason="to compare", key="k" * 12)
    analyst.post(f"{page}/proposals", to_stage="live", reason="orders better", key="p" * 12)
    desk = officer.get("/staff/approvals", headers={"accept-language": "en"}).text
    assert f'href="{page}"' in desk
    assert "To go live" in desk
    assert "For you" in desk
    assert "For you" not in analyst.get("/staff/approvals", headers={"accept-language": "en"}).text


@pytest.mark.usefixtures("cards")
def test_the_list_tells_the_houses_day_and_not_the_clocks(house: House) -> None:
    text = house.visitor(Role.AUDITOR).get("/staff/models", headers={"accept-language": "en"}).text
    assert '<td class="nowrap soft">1 Jan 2026</td>' in text  # the live card's first day in this house
    assert '<td class="nowrap soft">—</td>' in text  # kept before the house had a day


def test_a_reason_that_is_missing_is_said_on_the_page_and_nothing_changes(house: House, cards: dict[str, str]) -> None:
    analyst = house.visitor(Role.ANALYST)
    answer = analyst.post(f"/staff/models/{cards['draft']}/stage", to_stage="shadow", reason="x", key="k" * 12)
    assert answer.status_code == 422
    assert stage(house, cards["draft"]) == "draft"
    wrong = analyst.post(f"/staff/models/{cards['draft']}/stage", to_stage="best", reason="because", key="k" * 12)
    assert wrong.status_code == 422
    assert analyst.get("/staff/models/nobodys-card").status_code == 404


def test_the_figures_are_worked_out_on_the_page(house: House, cards: dict[str, str]) -> None:
    analyst = house.visitor(Role.ANALYST)
    page = f"/staff/models/{cards['live']}"
    assert "每晚日终自动计算" in analyst.get(page).text
    assert analyst.post(f"{page}/watch", key="k" * 12).status_code == 303
    text = analyst.get(page, headers={"accept-language": "en"}).text
    assert "Protected features it reads" in text
    assert "lendmill watch-model" not in text
    assert "history-psi" not in text


def test_a_figure_worked_out_twice_is_drawn_from_time_to_time(house: House, cards: dict[str, str]) -> None:
    visitor, address = house.visitor(Role.AUDITOR), f"/staff/models/{cards['live']}"
    assert visitor.get(f"{address}/pictures/history-psi").status_code == 404
    with house.database.transaction() as db:
        for day in ("2025-12-01", "2026-01-01"):
            db.execute(
                "insert into model_watch (model_id, watched_on, figure, value, counted)"
                " values (%s, %s, 'psi', 0.2, 90)",
                [cards["live"], day],
            )
    assert "history-psi" in visitor.get(address).text
    assert visitor.get(f"{address}/pictures/history-psi").text.startswith("<svg")


def test_a_card_comes_as_pdf_in_both_languages_and_as_files_for_programs(house: House, cards: dict[str, str]) -> None:
    pytest.importorskip("typst", reason="reports extra not installed: typst")
    visitor = house.visitor(Role.AUDITOR)
    house.database.act(watch_models, today=TODAY)
    for language in ("en", "zh"):
        answer = visitor.get(f"/staff/models/{cards['draft']}/card.pdf", headers={"accept-language": language})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        assert len(answer.content) > 20_000
    starts = {"sql": b"", "pmml": b"<?xml", "xlsx": b"PK"}
    for form, start in starts.items():
        answer = visitor.get(f"/staff/models/{cards['draft']}/exports/{form}")
        assert answer.status_code == 200
        assert answer.content.startswith(start)
        assert answer.headers["content-disposition"] == f'attachment; filename="{cards["draft"]}.{form}"'
    assert visitor.get(f"/staff/models/{cards['draft']}/exports/exe").status_code == 404


def test_programs_take_a_card_the_same_way(house: House, cards: dict[str, str]) -> None:
    call, model_id = house.visitor().client, cards["draft"]
    analyst, officer = house.token(Role.ANALYST), house.token(Role.RISK_OFFICER)

    def post(path: str, body: dict[str, str], who: dict[str, str], key: str = "key-12345678"):  # type: ignore[no-untyped-def]
        return call.post(f"/api/v1/{path}", json=body, headers={**who, "Idempotency-Key": key})

    listed = call.get("/api/v1/models", headers=analyst).json()
    assert {each["model_id"]: each["stage"] for each in listed if each["model_id"] in cards.values()} == {
        cards["live"]: "live", model_id: "draft",
    }  # fmt: skip
    told = call.get(f"/api/v1/models/{model_id}", headers=analyst).json()
    assert (told["card"]["key"], told["report"]["shops"], told["stages"][0]["stage"]) == ("trained", 600, "draft")
    wish = {"to_stage": "live", "reason": "better"}
    early = post(f"models/{model_id}/proposals", wish, analyst)
    assert (early.status_code, early.json()["code"]) == (409, "stage-closed")
    moved = post(f"models/{model_id}/stage", {"to_stage": "shadow", "reason": "to compare"}, analyst)
    assert moved.json()["stage"] == "shadow"
    asked = post(f"models/{model_id}/proposals", wish, analyst)
    again = post(f"models/{model_id}/proposals", wish, analyst)
    assert (asked.status_code, asked.json()) == (201, again.json())
    assert [each["proposal_id"] for each in call.get("/api/v1/model-proposals", headers=officer).json()] == [
        asked.json()["proposal_id"]
    ]
    path = f"model-proposals/{asked.json()['proposal_id']}/decision"
    own = post(path, {"outcome": "approve"}, analyst)
    assert (own.status_code, own.json()["code"]) == (403, "own-proposal")
    decided = post(path, {"outcome": "approve"}, officer, "key-of-officer")
    assert (decided.status_code, decided.json()["state"]) == (201, "approved")
    assert (stage(house, model_id), stage(house, cards["live"])) == ("live", "retired")
    assert call.get(f"/api/v1/models/{model_id}/watch", headers=officer).json() == {"watched_on": None, "figures": []}
