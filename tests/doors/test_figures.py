"""Stated figures and third parties at the doors: what a seller types is never lost, what the staff ask is carried."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from lendmill import ids
from lendmill.credit.consented.actions import give_consent
from lendmill.db import scalar
from lendmill.lab.identities import firm_number
from lendmill.outside.parties.carrying import carry_enquiries
from lendmill.outside.parties.over_http import HttpParty
from lendmill.outside.simulating import played
from lendmill.people.actions import lock_borrower, verify_identity
from lendmill.people.queries import shops_of
from lendmill.people.roles import Role

FIGURES = {"sales_year": "1,200,000", "platform_share": "80", "top1_share": "30", "assets": "500,000"}


def test_a_seller_saves_a_draft_goes_on_confirms_and_corrects(house) -> None:  # type: ignore[no-untyped-def]
    seller = house.visitor(Role.SELLER)
    assert "自报经营数据" in seller.get("/figures").text
    saved = seller.post("/figures", **{**FIGURES, "assets": "don't know yet"}, do="save")
    assert (saved.status_code, saved.headers["location"]) == (303, "/figures?done=saved")
    page = seller.get("/figures?done=saved").text
    assert 'value="don&#39;t know yet"' in page
    assert "草稿" in page

    wrong = seller.post("/figures", **{**FIGURES, "assets": "don't know yet", "top1_share": "130"}, do="confirm")
    assert wrong.status_code == 422
    assert wrong.text.count('role="alert"') == 3
    assert 'value="don&#39;t know yet"' in wrong.text
    with house.database.transaction() as db:
        assert scalar(db, "select count(*) from stated_version") == 0

    for _ in range(2):
        assert seller.post("/figures", **FIGURES, do="confirm").status_code == 303
    assert "第1版" in seller.get("/figures").text
    seller.post("/figures", **{**FIGURES, "assets": "600,000"}, do="confirm")
    page = seller.get("/figures").text
    assert "第2版" in page
    assert 'value="600,000"' in page


def test_a_program_states_figures_and_reads_what_they_come_to(house) -> None:  # type: ignore[no-untyped-def]
    partner, path = house.token(Role.PARTNER), f"/api/v1/borrowers/{house.applicant_id}/figures"
    client = house.visitor().client
    assert client.get(path, headers=partner).json() == {
        "version": None, "stated_on": None, "figures": None, "verdict": "cannot tell",
    }  # fmt: skip
    told = client.put(path, json={"sales_year_cents": 100, "top1_share": 0.5}, headers=partner)
    assert (told.status_code, told.json()["version"], told.json()["figures"]["top1_share"]) == (200, 1, 0.5)
    wrong = client.put(path, json={"sales_year_cents": 100, "top1_share": 5}, headers=partner)
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:lendmill:problem:figures-wrong")
    assert client.get(path, headers=partner).json()["version"] == 1


@pytest.mark.parametrize(
    ("seen", "sentence", "badge"), [(960_000.0, "相符", "Matches"), (96_000.0, "不完全一致", "Differs")]
)
def test_the_seller_is_told_neutrally_and_the_staff_side_by_side(house, seen: float, sentence: str, badge: str) -> None:  # type: ignore[no-untyped-def]
    record(house, house.applicant_id, {"sales_net_365": seen, "customer_top_share_365": 0.3, "history_days": 400.0})
    house.visitor(Role.SELLER, house.applicant_id).post("/figures", **FIGURES, do="confirm")
    page = house.visitor(Role.SELLER, house.applicant_id).get("/figures").text
    assert sentence in page
    assert "0.6" not in page, "no threshold is given away"
    staff = house.visitor(Role.ANALYST)
    staff.client.cookies.set("lendmill_language", "en")
    page = staff.get(f"/staff/borrowers/{house.applicant_id}/figures").text
    assert badge in page
    assert "¥960,000" in page
    assert "Too few sellers" in page
    assert "Nothing to compare it with." in page
    rows = staff.get(f"/staff/borrowers/{house.applicant_id}/figures?csv=figures").text.splitlines()
    assert rows[1].startswith("sales_year,960000.0,")


def record(house, borrower_id: UUID, facts: dict[str, float]) -> None:  # type: ignore[no-untyped-def]
    """Keep a later record of a shop."""
    with house.database.transaction() as db:
        snapshot_id = ids.new()
        db.execute("insert into feature_run values (%s, '2026-01-01', %s, 1)", [snapshot_id, str(snapshot_id)])
        db.execute(
            "insert into feature_snapshot select %s, borrower_id, shop_id, '2026-01-01', %s::jsonb, 'd' from shop"
            " where borrower_id = %s",
            [snapshot_id, json.dumps(facts), borrower_id],
        )


def test_the_staff_ask_and_ask_again_and_see_every_state(house) -> None:  # type: ignore[no-untyped-def]
    borrower_id, seal = house.applicant_id, house.app.state.seal
    path = f"/staff/borrowers/{borrower_id}"
    analyst = house.visitor(Role.ANALYST)
    analyst.client.cookies.set("lendmill_language", "en")
    refused = analyst.post(f"{path}/parties/tax")
    assert refused.status_code == 409
    assert "has not agreed" in refused.text
    assert analyst.post(f"{path}/parties/astrologer").status_code == 404

    seller = house.visitor(Role.SELLER, borrower_id)
    seller.post("/figures/consent", do="give")
    assert "撤回" in seller.get("/figures").text
    assert "does not know this borrower" in analyst.post(f"{path}/parties/tax").text

    def known(db) -> None:  # type: ignore[no-untyped-def]
        lock_borrower(db, borrower_id)
        verify_identity(db, borrower_id=borrower_id, identity_no=firm_number(3), seal=seal)

    house.database.act(known)
    assert analyst.post(f"{path}/parties/tax").status_code == 303
    assert "Being asked" in analyst.get(f"{path}/figures").text
    with played("lendmill.outside.parties.simulated_parties", "--partial", "1") as url:
        tax = HttpParty("tax", f"{url}/tax")
        assert carry_enquiries(house.database, {"tax": tax}, seal) == 1
        tax.close()
    page = analyst.get(f"{path}/figures").text
    assert "Answered in part" in page
    assert "simulated tax" in page
    assert "Filing of value-added tax" in page
    assert page.count("That is not a good sign and not a bad one.") == 3
    assert '/parties/tax"' in page
    assert '/parties/tax"' not in house.visitor(Role.AUDITOR).get(f"{path}/figures").text

    headers = house.token(Role.ANALYST)
    told = {each["party"]: each for each in analyst.client.get(f"/api/v1/borrowers/{borrower_id}/parties",
                                                              headers=headers).json()}  # fmt: skip
    assert (told["tax"]["state"], told["tax"]["missing"], told["bureau"]["state"]) == (
        "partial",
        ["grade"],
        "not asked",
    )
    asked = analyst.client.post(f"/api/v1/borrowers/{borrower_id}/parties/tax", headers=headers)
    assert asked.status_code == 201
    seller.post("/figures/consent", do="take-back")
    assert analyst.post(f"{path}/parties/registry").status_code == 409


def test_a_program_gives_and_takes_back_a_free_consent_and_no_other(house) -> None:  # type: ignore[no-untyped-def]
    partner, path = house.token(Role.PARTNER), f"/api/v1/borrowers/{house.applicant_id}/consents"
    client = house.visitor().client
    given = client.put(f"{path}/official-records", json={"language": "en"}, headers=partner)
    again = client.put(f"{path}/official-records", json={"language": "en"}, headers=partner)
    assert given.json() == again.json()
    assert client.put(f"{path}/everything", json={"language": "en"}, headers=partner).status_code == 422
    assert client.delete(f"{path}/official-records", headers=partner).status_code == 204
    with house.database.transaction() as db:
        assert scalar(db, "select count(*) from consent_withdrawal") == 1
        assert scalar(db, "select wording from consent where consent_id = %(id)s", id=given.json()["consent_id"])
    later = house.lender.today + timedelta(days=1)
    assert house.database.act(
        give_consent, borrower_id=house.applicant_id, purpose="official-records", language="en", today=later
    ) != UUID(given.json()["consent_id"])


def test_a_marketplace_or_the_staff_say_from_which_day_a_shop_is_a_wholesale_member(house) -> None:  # type: ignore[no-untyped-def]
    with house.database.transaction() as db:
        (shop,) = shops_of(db, house.applicant_id)
    path, partner = f"/api/v1/shops/{shop.shop_key}", house.token(Role.PARTNER)
    body = {"wholesale": True, "from_on": "2026-01-01"}
    for _ in range(2):
        (told,) = house.client.put(f"{path}/membership", json=body, headers=partner).json()
        assert (told["wholesale"], told["from_on"], told["teller"]) == (True, "2026-01-01", "partner")
    assert house.client.get(path, headers=partner).json()["wholesale"]
    seller = house.token(Role.SELLER)
    assert house.client.put(f"{path}/membership", json=body, headers=seller).status_code == 403
    at = f"/staff/borrowers/{house.applicant_id}"
    analyst, auditor = house.visitor(Role.ANALYST), house.visitor(Role.AUDITOR)
    form = {"shop": shop.shop_key, "wholesale": "no", "from_on": "2026-01-01"}
    assert auditor.post(f"{at}/membership", **form).status_code == 403
    assert analyst.post(f"{at}/membership", **{**form, "shop": "shop-of-another"}).status_code == 404
    assert analyst.post(f"{at}/membership", **form).headers["location"] == at
    page = auditor.get(at).text
    assert ("自2026年1月1日起不再是批发会员" in page, page.count("已更正")) == (True, 1)
    mistyped = analyst.post(f"{at}/membership", **{**form, "from_on": "202601x"})
    assert (mistyped.status_code, 'value="202601x"' in mistyped.text) == (422, True)
    assert 'value="no" selected' in mistyped.text
    assert "批发会员（诚信通）" not in page
    assert "批发会员（诚信通）" in analyst.get(at).text
    assert not house.client.get(path, headers=partner).json()["wholesale"]


def test_a_partner_reads_of_the_shop_it_names_alone_and_no_name_but_its_own(house) -> None:  # type: ignore[no-untyped-def]
    with house.database.transaction() as db:
        (shop,) = shops_of(db, house.applicant_id)
        db.execute(
            "insert into shop (shop_id, borrower_id, shop_key, since_on) values (%s, %s, 'second', '2024-01-01')",
            [ids.new(), house.applicant_id],
        )
    path, client = f"/api/v1/shops/{shop.shop_key}/membership", house.client
    analyst, partner = house.token(Role.ANALYST), house.token(Role.PARTNER)
    said = {"wholesale": True, "from_on": "2026-01-01"}
    client.put("/api/v1/shops/second/membership", json=said, headers=analyst)
    client.put(path, json=said, headers=analyst)
    no = {"wholesale": False, "from_on": "2026-01-02"}
    told = client.put(path, json=no, headers=partner).json()
    assert [(each["shop_key"], each["teller"]) for each in told] == [(shop.shop_key, "partner"), (shop.shop_key, None)]
    told = client.put(path, json=no, headers=analyst).json()
    assert [each["teller"] for each in told] == ["partner", "analyst"]
    late = client.put(path, json={**no, "from_on": "2028-01-01"}, headers=partner)
    assert (late.status_code, late.json()["code"], late.json()["facts"]["last_on"]) == (
        422,
        "membership-day-out",
        "2027-01-01",
    )


@pytest.mark.parametrize("said", [{}, {"wholesale": ""}, {"wholesale": "maybe"}])
def test_a_form_that_does_not_say_yes_or_no_changes_no_membership(house, said: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    with house.database.transaction() as db:
        (shop,) = shops_of(db, house.applicant_id)
    at, analyst = f"/staff/borrowers/{house.applicant_id}/membership", house.visitor(Role.ANALYST)
    form = {"shop": shop.shop_key, "from_on": "2026-01-01"}
    assert analyst.post(at, wholesale="yes", **form).status_code == 303
    refused = analyst.post(at, **form, **said)
    assert (refused.status_code, "须注明店铺是否为批发会员：是或否。" in refused.text) == (422, True)
    with house.database.transaction() as db:
        assert shops_of(db, house.applicant_id)[0].wholesale
