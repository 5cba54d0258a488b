"""Whoever sends nonsense to the doors of the rating, or a card full of commands, gets a sentence and runs nothing."""

import io
import zipfile
from datetime import date
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from rating_cards import PAIR, SMALL, UNIT

from doors.conftest import House
from lendmill.people.roles import Role
from lendmill.rating import actions as rating
from lendmill.rating.axes import Axis, Levels
from lendmill.rating.card import Card
from lendmill.rating.registry.actions import first_live
from lendmill.rating.stated.figures import NAMES
from lendmill.rating.tables import Table

TODAY = date(2026, 1, 1)
COMMANDS = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", '#eval("1") *b* $x$ \\', "a\nb", "'; drop table x; --")
STRANGE = ("", "\0", "a" * 5000, COMMANDS[0], COMMANDS[1], "１２", "NaN", "-1", "1e12", "9" * 5000)


@pytest.fixture
def cards(house: House) -> tuple[str, str]:
    """A live card and one in the shadow."""
    live, other = (house.database.act(rating.keep_model, card, {}) for card in (SMALL, PAIR))
    house.database.act(first_live, live, today=TODAY)
    moved = {"to_stage": "shadow", "reason": "to be tried"}
    assert house.visitor(Role.ANALYST).post(f"/staff/models/{other}/stage", **moved).status_code == 303
    return live, other


def test_no_form_of_the_rating_breaks_over_what_is_typed_into_it(house: House, cards: tuple[str, str]) -> None:
    seller, analyst = house.visitor(Role.SELLER, house.applicant_id), house.visitor(Role.ANALYST)
    attempt = seller.post("/questionnaire", agreed="yes").headers["location"]
    item = seller.hidden(seller.get(attempt).text, "item")
    broken = []
    for text in STRANGE:
        days = {"from_on": "2026-01-01", "until_on": "2026-02-01"}
        said = {"industry": text, "region": text, "points": text, "reason": text, "source": text}
        for who, path, form in (
            (seller, "/figures", dict.fromkeys(NAMES, text)),
            (seller, "/figures", {**dict.fromkeys(NAMES, text), "do": "confirm"}),
            (seller, "/rating/index", {"purpose": text, "given": text}),
            (seller, "/rating/question", {"words": text}),
            (seller, "/questionnaire/explanation", {"words": text}),
            (seller, attempt, {"item": text, "choice": text}),
            (seller, attempt, {"item": item, "choice": text, "client_ms": text}),
            (analyst, "/staff/ratings/adjustments", {**said, "from_on": text, "until_on": text}),
            (analyst, "/staff/ratings/adjustments", {**said, **days, "industry": "trade", "points": "5"}),
            (analyst, f"/staff/ratings/adjustments/{uuid4()}/end", {"until_on": text, "reason": text}),
            (analyst, f"/staff/models/{cards[1]}/stage", {"to_stage": text, "reason": text}),
            (analyst, f"/staff/models/{cards[1]}/proposals", {"to_stage": text, "reason": text, "key": text}),
            (analyst, f"/staff/borrowers/{house.applicant_id}/questions/{uuid4()}", {"words": text}),
        ):
            if (code := who.post(path, **form).status_code) >= 500:
                broken.append((path, text[:20], code))
    assert broken == []


@pytest.mark.parametrize("picture", ["table-99", "table--1", "table-", "table-" + "9" * 5000, "history-%00", "%00"])
def test_a_picture_there_is_not_is_not_found(house: House, cards: tuple[str, str], picture: str) -> None:
    assert house.visitor(Role.AUDITOR).get(f"/staff/models/{cards[0]}/pictures/{picture}").status_code in (400, 404)


def test_a_card_of_commands_is_drawn_printed_and_written_as_text(house: House) -> None:
    trade = Levels(feature="</text><script>alert(2)</script>", levels=COMMANDS, missing_seen=True)
    size = Axis(feature="=1+1\n; drop --", edges=(1.0,), low=0.0, high=5.0, missing_seen=True)
    tables = (
        Table(axes=(trade,), cells=tuple(UNIT // 9 * n for n in range(6))),
        Table(axes=(trade, size), cells=tuple(UNIT // 99 * n for n in range(18))),
    )
    card = Card(key="odd", target="<i>t</i>", start=UNIT, tables=tables)
    at, auditor = f"/staff/models/{house.database.act(rating.keep_model, card, {})}", house.visitor(Role.AUDITOR)
    got = {name: auditor.get(f"{at}/{name}") for name in ("pictures/table-0", "pictures/table-1", "card.pdf")}
    got |= {name: auditor.get(f"{at}/exports/{name}") for name in ("pmml", "xlsx", "sql")}
    assert {name: answer.status_code for name, answer in got.items()} == dict.fromkeys(got, 200)
    assert "<script" not in auditor.get(at).text.replace('<script src="/static', "")
    for name in ("pictures/table-0", "pictures/table-1", "pmml"):
        assert not [each for each in ElementTree.fromstring(got[name].content).iter() if each.tag.endswith("script")]
    with zipfile.ZipFile(io.BytesIO(got["xlsx"].content)) as book:
        formulas = [each for name in book.namelist() for each in book.read(name).decode().split("<f>")[1:]]
    assert formulas
    assert not [each for each in formulas if "cmd" in each.split("</f>")[0]]


def test_a_key_decides_once_whoever_sends_it_and_about_whatever(house: House, cards: tuple[str, str]) -> None:
    client, analyst, officer = house.visitor().client, house.token(Role.ANALYST), house.token(Role.RISK_OFFICER)

    def sent(path: str, who: dict[str, str], key: str, **body: str):  # type: ignore[no-untyped-def]
        answer = client.post(f"/api/v1/{path}", json=body, headers={**who, "Idempotency-Key": key})
        return answer.json().get("code") or answer.json()["state"], answer.json().get("proposal_id")

    def proposed(key: str) -> str:
        return str(sent(f"models/{cards[1]}/proposals", analyst, key, to_stage="live", reason="better")[1])

    first = f"model-proposals/{proposed('propose-1')}/decision"
    no = {"outcome": "decline", "reason": "no good"}
    assert [sent(first, officer, "decide-11", **no)[0] for _ in range(2)] == ["declined"] * 2
    assert sent(first, officer, "decide-11", outcome="decline", reason="something else")[0] == "command-reused"
    second = f"model-proposals/{proposed('propose-2')}/decision"
    assert sent(second, officer, "decide-11", outcome="approve")[0] == "command-reused"
    assert sent(second, analyst, "decide-11", outcome="withdraw")[0] == "command-reused"
    assert sent(second, officer, "decide-12", outcome="approve")[0] == "approved"


@pytest.mark.parametrize("path", ["questionnaire", "parties", "figures", "rating", "index"])
def test_of_a_borrower_who_is_not_here_nothing_is_said(house: House, path: str) -> None:
    answer = house.visitor(Role.ANALYST).get(f"/api/v1/borrowers/{uuid4()}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-borrower")
