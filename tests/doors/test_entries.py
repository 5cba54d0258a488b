"""A marketplace asks in one call who may see the way in today, and a seller sees why the offer is as large as it is."""

from lendmill.people.roles import Role


def test_a_marketplace_pages_through_who_may_see_the_way_in(house) -> None:  # type: ignore[no-untyped-def]
    client, headers = house.visitor().client, house.token(Role.PARTNER)
    seen, after = [], ""
    while True:
        page = client.get(f"/api/v1/entries?limit=1&after={after}", headers=headers).json()
        seen += page["entries"]
        after = page["next_after"]
        if after is None:
            break
    states = {each["shop_key"]: each["state"] for each in seen}
    assert states["shop-applicant"] == "offer"
    assert set(states.values()) == {"offer", "line"}
    assert client.get("/api/v1/entries", headers=headers).json()["entries"] == seen
    assert client.get("/api/v1/entries?limit=1001", headers=headers).status_code == 400
    one = client.get("/api/v1/entries/shop-applicant", headers=headers).json()
    assert one in seen
    assert (one["may_see"], one["offers"][0]["daily_rate"]) == (True, "0.06 %")
    assert one["says_zh"].startswith("最高可借 ")
    assert client.get("/api/v1/entries/nobody", headers=headers).status_code == 404


def test_only_staff_and_marketplaces_ask(house) -> None:  # type: ignore[no-untyped-def]
    client = house.visitor().client
    assert client.get("/api/v1/entries").status_code == 401
    assert house.visitor(Role.SELLER, house.applicant_id).client.get("/api/v1/entries").status_code == 403
    assert client.get("/api/v1/entries", headers=house.token(Role.ANALYST)).status_code == 200


def test_an_offer_says_what_set_its_amount_and_the_lenders_own_caps_to_staff_only(house) -> None:  # type: ignore[no-untyped-def]
    client, path = house.visitor().client, f"/api/v1/borrowers/{house.applicant_id}/offers"
    to_partner = client.get(path, headers=house.token(Role.PARTNER)).json()[0]
    to_staff = client.get(path, headers=house.token(Role.AUDITOR)).json()[0]
    (binding,) = [cap for cap in to_partner["reasons_en"]["caps"] if cap["binding"]]
    assert to_partner["reasons_en"]["set_by"].startswith(f"{binding['name']}: ")
    assert "近90天退款率" in to_partner["reasons_zh"]["held"]
    private = "Left of a borrower's share of the lender"
    assert private not in [cap["name"] for cap in to_partner["reasons_en"]["caps"]]
    assert private in [cap["name"] for cap in to_staff["reasons_en"]["caps"]]


def test_a_seller_reads_why_this_much(house) -> None:  # type: ignore[no-untyped-def]
    page = house.visitor(Role.SELLER, house.applicant_id).get("/").text
    assert "额度说明" in page
    assert "额度取决于：" in page
    assert "已核查且符合要求：" in page


def test_who_is_shut_out_sees_nothing_left_to_borrow(house) -> None:  # type: ignore[no-untyped-def]
    seller, way_in = house.visitor(Role.SELLER, house.seller_id), f"/borrow/{house.line_id}"
    assert way_in in seller.get("/").text
    with house.database.transaction() as db:
        db.execute("update borrower set banned = true where borrower_id = %s", [house.seller_id])
    home = seller.get("/").text
    assert (way_in in home, '<p class="amount">¥0</p>' in home) == (False, True)
