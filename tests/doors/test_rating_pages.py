"""A seller reads the rating, shares the index, asks a person; the staff answer and adjust by two."""

import json
from collections.abc import Iterator
from uuid import UUID

import msgspec
import polars as pl
import pytest

from lendmill import ids
from lendmill.features.actions import keep_snapshot
from lendmill.features.catalogue import NAMES
from lendmill.people.queries import house_day
from lendmill.people.roles import Role
from lendmill.rating import actions
from lendmill.rating.axes import Axis
from lendmill.rating.card import Band, Card
from lendmill.rating.tables import Table

DOUBLING = 693_147_180_559_945  # 20 points


def _table(feature: str, edge: float, worse: int, better: int, block: str) -> Table:
    low_is_better = feature in ("refund_rate_90", "refund_rate_365", "days_since_sale")
    cells = (better * DOUBLING, worse * DOUBLING) if low_is_better else (worse * DOUBLING, better * DOUBLING)
    axis = Axis(feature=feature, edges=(edge,), low=0.0, high=10_000.0, missing_seen=True)
    return Table(axes=(axis,), cells=(*cells, 0), block=block)


CARD = Card(
    key="told",
    target="default",
    start=3_912_023_005_428_146,
    tables=(
        _table("refund_rate_90", 0.04, -2, 1, "transactions"),
        _table("refund_rate_365", 0.05, -1, 1, "transactions"),
        _table("sales_net_90", 50_000.0, -1, 1, "transactions"),
        _table("history_days", 730.0, -1, 1, "identity and registration"),
        _table("login_days_30", 20.0, 0, 1, "behaviour trail"),
    ),
)
FACTS = {
    "refund_rate_90": 0.12, "refund_rate_365": 0.1, "sales_net_90": 20_000.0, "history_days": 400.0,
    "login_days_30": 25.0, "sales_count_365": 900.0, "review_mean_365": 4.6, "dispute_rate_365": 0.002,
}  # fmt: skip


def rate(house, borrower_id: UUID, card: Card = CARD, **facts: float | None) -> None:  # type: ignore[no-untyped-def]
    """Rate a borrower's shop by the card, with its facts kept, as the night does."""
    with house.database.transaction() as db:
        today = house_day(db)
        (shop_key,) = db.execute("select shop_key from shop where borrower_id = %s", [borrower_id]).fetchone()
        known = dict.fromkeys(NAMES) | FACTS | facts
        frame = pl.DataFrame({"shop_key": [shop_key], **{name: [value] for name, value in known.items()}})
        frame = frame.with_columns(pl.col(NAMES).cast(pl.Float64))
        snapshot_id = keep_snapshot(db, frame, as_of_on=today)
        model_id = actions.keep_model(db, card, {})
        db.execute("update model set stage = 'retired' where model_id <> %s", [model_id])
        db.execute("update model set stage = 'live' where model_id = %s", [model_id])
        actions.rate_all(db, card, frame, today=today, snapshot_id=snapshot_id)


@pytest.fixture
def rated(house) -> Iterator[object]:  # type: ignore[no-untyped-def]
    rate(house, house.seller_id)
    return house


def test_a_seller_not_rated_yet_is_told_so_and_can_ask_nothing(house) -> None:  # type: ignore[no-untyped-def]
    visitor = house.visitor(Role.SELLER)
    page = visitor.get("/rating")
    assert page.status_code == 200
    assert "您的店铺尚未评级" in page.text
    refused = visitor.post("/rating/question", words="why?")
    assert refused.status_code == 409
    assert "店铺尚未评级，暂无可咨询的内容" in refused.text


def test_a_seller_reads_grade_reasons_and_sides_in_both_languages(rated) -> None:  # type: ignore[no-untyped-def]
    visitor = rated.visitor(Role.SELLER)
    page = visitor.get("/rating").text
    assert "520" in page
    assert "近90天买家退款占销售额的12%；评分更高的店铺低于4%。" in page
    assert "近90天净销售额为¥20,000；评分更高的店铺至少¥50,000。" in page
    assert "近一年买家退款" not in page, "one reason for each theme"
    assert "经营记录天数" not in page, "nobody can change the shop's age"
    visitor.get("/language/en?back=/rating")
    page = visitor.get("/rating").text
    assert "Your buyers got back 12 % of what they paid in the last 90 days; shops rated higher have under 4 %." in page
    assert "Describe goods exactly" in page
    assert page.count("not used today") == 4


def test_a_question_is_asked_once_answered_once_and_read_by_the_seller(rated) -> None:  # type: ignore[no-untyped-def]
    seller, analyst = rated.visitor(Role.SELLER), rated.visitor(Role.ANALYST)
    assert seller.post("/rating/question", words="  ").status_code == 422
    for words in ("A supplier's strike caused the refunds.", "again"):
        assert seller.post("/rating/question", words=words).status_code == 303
    desk = analyst.get("/staff/ratings").text
    assert "A supplier&#39;s strike caused the refunds." in desk
    assert "again" not in desk
    with rated.database.transaction() as db:
        (question_id,) = db.execute("select question_id from rating_question").fetchone()
    path = f"/staff/borrowers/{rated.seller_id}/questions/{question_id}"
    assert rated.visitor(Role.COLLECTOR).post(path, words="no").status_code == 403
    assert analyst.post(path, words="We have noted it.").status_code == 303
    assert analyst.post(path, words="Twice.").status_code == 404
    assert "We have noted it." in seller.get("/rating").text
    assert "没有待回复的商家" in analyst.get("/staff/ratings").text


def _index(house, role: Role = Role.PARTNER):  # type: ignore[no-untyped-def]
    with house.database.transaction() as db:
        (shop_key,) = db.execute("select shop_key from shop where borrower_id = %s", [house.seller_id]).fetchone()
    return house.client.get(f"/api/v1/index/{shop_key}", headers=house.token(role))


def test_nobody_sees_an_index_before_the_seller_agrees_or_after_it_is_taken_back(rated) -> None:  # type: ignore[no-untyped-def]
    seller = rated.visitor(Role.SELLER)
    unknown = rated.client.get("/api/v1/index/no-such-shop", headers=rated.token(Role.PARTNER))
    closed = _index(rated)
    assert (closed.status_code, unknown.status_code) == (404, 404)
    told = [{name: text for name, text in each.json().items() if name != "instance"} for each in (closed, unknown)]
    assert told[0] == told[1], "a shop that does not share is like one that is not here"

    seller.post("/rating/index", purpose="index", given="yes")
    seen = _index(rated).json()
    assert set(seen) == {"formula", "as_of_on", "points", "level", "parts"}
    assert "repayment" not in {part["key"] for part in seen["parts"]}
    assert "已公开" in seller.get("/rating").text
    assert "partner" in seller.get("/rating").text, "the seller sees who looked"

    seller.post("/rating/index", purpose="index-repayment", given="yes")
    parts = {part["key"]: part["strength"] for part in _index(rated).json()["parts"]}
    assert parts["repayment"] == "fair"
    seller.post("/rating/index", purpose="index", given="no")
    assert _index(rated).status_code == 404
    seller.post("/rating/index", purpose="index", given="yes")
    assert "repayment" not in {part["key"] for part in _index(rated).json()["parts"]}, "taken back with the whole"


def test_the_index_says_nothing_of_the_rating(rated) -> None:  # type: ignore[no-untyped-def]
    rated.visitor(Role.SELLER).post("/rating/index", purpose="index", given="yes")
    before = _index(rated).json()
    rate(rated, rated.seller_id, sales_net_90=9_000.0, history_days=9_000.0, login_days_30=1.0, refund_rate_90=0.0)
    assert _index(rated).json() == before
    told = json.dumps(before)
    assert not any(word in told for word in ("pd", "grade", "520", "20000", "sales"))


def test_an_adjustment_takes_two_people_and_moves_the_next_rating_by_its_points(rated) -> None:  # type: ignore[no-untyped-def]
    analyst, officer = rated.visitor(Role.ANALYST), rated.visitor(Role.RISK_OFFICER)
    form = {
        "industry": "", "region": "浙江", "points": "-15", "from_on": "2026-01-01", "until_on": "2026-06-30",
        "reason": "Floods along the river closed roads.", "source": "Ministry bulletin of 30 December 2025",
    }  # fmt: skip
    assert analyst.post("/staff/ratings/adjustments", **{**form, "points": "41"}).status_code == 422
    assert analyst.post("/staff/ratings/adjustments", **{**form, "points": "many"}).status_code == 422
    assert analyst.post("/staff/ratings/adjustments", **{**form, "region": ""}).status_code == 422
    for _ in range(2):
        assert analyst.post("/staff/ratings/adjustments", **form).status_code == 303
    with rated.database.transaction() as db:
        ((adjustment_id,),) = db.execute("select adjustment_id from rating_adjustment").fetchall()
    path = f"/staff/ratings/adjustments/{adjustment_id}/decision"
    assert analyst.post(path, outcome="approve").status_code == 403
    rate(rated, rated.seller_id)
    told = rated.client.get(f"/api/v1/borrowers/{rated.seller_id}/rating", headers=rated.token(Role.ANALYST)).json()
    assert (told["points"], told["adjustment_points"]) == (520, 0), "nothing counts before another person agrees"
    assert officer.post(path, outcome="approve").status_code == 303
    rate(rated, rated.seller_id)
    told = rated.client.get(f"/api/v1/borrowers/{rated.seller_id}/rating", headers=rated.token(Role.ANALYST)).json()
    assert (told["points"], told["grade"], told["adjustment_points"]) == (505, "D", -15)
    assert "Floods along the river" in rated.visitor(Role.SELLER).get("/rating").text
    staff = officer.get(f"/staff/borrowers/{rated.seller_id}").text
    assert "行业政策调整" in staff
    assert "-15" in staff


def test_the_staff_see_the_parts_by_block_with_sub_scores(rated) -> None:  # type: ignore[no-untyped-def]
    page = rated.visitor(Role.RISK_OFFICER).get(f"/staff/borrowers/{rated.seller_id}").text
    assert "行为轨迹" in page
    assert "100/100" in page
    assert "近90天退款率" in page
    assert rated.visitor(Role.COLLECTOR).get(f"/staff/borrowers/{rated.seller_id}").text.count("近90天退款率") == 0


def test_staff_read_how_shops_of_such_points_fared(house) -> None:  # type: ignore[no-untyped-def]
    banded = msgspec.structs.replace(CARD, bands=(Band(None, 200, 25, 0.0861, 0.1781),))
    rate(house, house.seller_id, banded)
    staff = house.visitor(Role.RISK_OFFICER).get(f"/staff/borrowers/{house.seller_id}").text
    assert "评分卡给出相近分数的200家店铺中，25家违约：占12.50%；考虑抽样偶然性，为8.61%至17.81%" in staff
    assert "95%的把握" not in staff


def test_a_rating_that_could_not_be_given_names_what_is_missing(house) -> None:  # type: ignore[no-untyped-def]
    rate(house, house.seller_id, sales_net_90=1e12)
    page = house.visitor(Role.SELLER).get("/rating").text
    assert "近90天净销售额：数值远超以往范围。" in page
    assert "主要扣分原因" not in page
    officer = house.visitor(Role.RISK_OFFICER)
    assert "数值远超以往范围" in officer.get(f"/staff/borrowers/{house.seller_id}").text
    assert "未知" in officer.get("/staff/borrowers").text
    asked = ("/staff", "/staff/applications", "/staff/ratings", "/staff/models")
    assert [officer.get(path).status_code for path in asked] == [200] * len(asked)


def test_a_short_record_is_explained_to_the_seller_and_shown_to_the_staff(house) -> None:  # type: ignore[no-untyped-def]
    rate(house, house.seller_id, history_days=60.0)
    page = house.visitor(Role.SELLER).get("/rating").text
    assert "我们了解您的店铺60天；满90天后，经营记录将全部计入。" in page
    staff = house.visitor(Role.RISK_OFFICER).get(f"/staff/borrowers/{house.seller_id}").text
    assert "薄档案" in staff
    assert "60天，900笔成交，7个方面中的4个；计入82%" in staff
    told = house.client.get(f"/api/v1/borrowers/{house.seller_id}/rating", headers=house.token(Role.ANALYST)).json()
    assert (told["file"], told["points"], told["grade"]) == ("thin", 535, "C")
    assert told["about_file"][0]["en"].startswith("We have known your shop for 60 days")


def test_a_question_of_another_seller_cannot_be_answered_in_this_ones_name(rated) -> None:  # type: ignore[no-untyped-def]
    rated.visitor(Role.SELLER).post("/rating/question", words="Please look.")
    with rated.database.transaction() as db:
        (question_id,) = db.execute("select question_id from rating_question").fetchone()
    analyst = rated.visitor(Role.ANALYST)
    path = f"/staff/borrowers/{rated.stranger_id}/questions/{question_id}"
    assert analyst.post(path, words="hello").status_code == 404
    assert analyst.post(f"/staff/borrowers/{rated.seller_id}/questions/{ids.new()}", words="hello").status_code == 404


def test_where_nothing_weighs_much_the_seller_is_told_so_and_else_that_time_may_help(house) -> None:  # type: ignore[no-untyped-def]
    seller = house.visitor(Role.SELLER)
    said = {
        False: ("Nothing that you could change tells against you. Keep it up.", "没有您可以改善的扣分项，请继续保持。"),
        True: ("What weighs on your rating is nothing that can be changed from one day to the next",
               "影响您评级的因素并非一朝一夕可以改变"),
    }  # fmt: skip
    tables = tuple(table for table in CARD.tables if table.axes[0].feature != "sales_net_90")
    card = msgspec.structs.replace(CARD, tables=tables)
    good = {"refund_rate_90": 0.01, "refund_rate_365": 0.01}
    for days, weighs in ((900.0, False), (400.0, True)):  # a young shop loses points that nobody can change
        rate(house, house.seller_id, card, **good, history_days=days)
        for language, words in zip(("en", "zh-CN"), said[weighs], strict=True):
            text = seller.get("/rating", headers={"accept-language": language}).text
            assert words in text
            assert said[not weighs][language != "en"] not in text
