"""One pass over all shops says what each may have, and says the same as an application would."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from credit_cases import LINE, MARKET_FACTS, ORDERS, POLICY, TODAY, rate

from lendmill.credit import actions, queries
from lendmill.credit.cases.gathered import case_of
from lendmill.credit.cases.queries import gathered, net_assets_cents
from lendmill.credit.consents import CONSENTS
from lendmill.credit.decide import decide
from lendmill.db import Database, scalar
from lendmill.people.actions import Command


def night(house: Database, **changes: object) -> actions.OfferReport:
    """The pass over all shops."""
    settings = {"today": TODAY, "policy": POLICY, "products": [LINE, ORDERS], **changes}
    return house.act(actions.make_offers, **settings)  # type: ignore[arg-type]


def rows(house: Database) -> list[tuple[object, ...]]:
    """Everything the nights have written."""
    with house.transaction() as db:
        return db.execute(
            "select offer_id, borrower_id, product_key, limit_cents, reasons, as_of_on, expires_on from offer"
            " union all select null, borrower_id, product_key, null, reasons, as_of_on, null from no_offer"
            " order by 2, 3, 6"
        ).fetchall()


def test_every_rated_shop_gets_an_offer_or_a_reason(house: Database, shop: Callable[..., UUID]) -> None:
    good, weak, bad = shop("s1"), shop("s2", grade="C"), shop("s3", facts={"refund_rate_90": 0.9})
    report = night(house)
    assert (report.looked_at, report.offered, report.offered_cents) == (6, 2, 2_400_000)
    assert (report.referred, report.declined, report.line_open, report.done_before) == (2, 2, 0, 0)
    assert report.reasons == {"rating-needs-review": 2, "many-refunds": 2}
    with house.transaction() as db:
        line, orders = queries.offers_of(db, good, TODAY)
        assert (line.product_key, line.limit_cents, str(line.rate), line.months_max) == (
            "credit-line",
            1_600_000,
            "0.06 %",
            12,
        )
        assert (orders.product_key, orders.limit_cents, str(orders.rate)) == ("order-loan", 800_000, "0.05 %")
        assert (line.as_of_on, line.expires_on) == (TODAY, TODAY + timedelta(days=30))
        assert queries.offers_of(db, weak, TODAY) == queries.offers_of(db, bad, TODAY) == []
        told = [(no.product_key, no.outcome, no.reasons) for no in queries.no_offers_of(db, bad, TODAY)]
    assert told == [("credit-line", "decline", ["many-refunds"]), ("order-loan", "decline", ["many-refunds"])]


def test_who_is_declined_is_not_told_that_a_person_will_look(house: Database, shop: Callable[..., UUID]) -> None:
    both = shop(grade="C", facts={"refund_rate_90": 0.9})
    night(house)
    with house.transaction() as db:
        kept = [(sorted(no.reasons), no.told) for no in queries.no_offers_of(db, both, TODAY)]
    assert kept == [(["many-refunds", "rating-needs-review"], ["many-refunds"])] * 2


def test_the_same_night_again_changes_nothing(house: Database, shop: Callable[..., UUID]) -> None:
    shop("s1"), shop("s2", grade="D")
    night(house)
    before = rows(house)
    report = night(house)
    assert (report.looked_at, report.done_before) == (0, 4)
    assert rows(house) == before
    shop("s3")
    assert night(house).looked_at == 2
    assert len(rows(house)) == len(before) + 2


def test_an_offer_ends_and_a_later_no_ends_it_sooner(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    night(house)
    with house.transaction() as db:
        last = TODAY + timedelta(days=30)
        assert [offer.product_key for offer in queries.offers_of(db, borrower_id, last)] == ["credit-line"]
        assert queries.offers_of(db, borrower_id, last + timedelta(days=1)) == []
        assert queries.offers_of(db, borrower_id, TODAY - timedelta(days=1)) == []
        db.execute("update borrower set banned = true")
    night(house, today=TODAY + timedelta(days=1))
    with house.transaction() as db:
        db.execute("update borrower set banned = false")
        assert queries.offers_of(db, borrower_id, TODAY + timedelta(days=1)) == []
        assert len(queries.offers_of(db, borrower_id, TODAY)) == 2


def test_an_offer_does_not_outlive_what_said_no_on_the_same_day(house: Database, shop: Callable[..., UUID]) -> None:
    banned, worse, declined, same = (shop(f"s{n}") for n in range(4))
    night(house)
    with house.transaction() as db:
        db.execute("update borrower set banned = true where borrower_id = any(%s)", [[banned, declined]])
        rate(db, worse, "D", MARKET_FACTS, TODAY)
        rate(db, same, "A", MARKET_FACTS, TODAY)
    answers = {"amount_cents": 500_000, "purpose": "stock", "language": "en", "consents": [c.purpose for c in CONSENTS]}
    made = house.act(
        actions.apply_at_once, command=Command.of("k"), borrower_id=declined, product_key="credit-line",
        answers=answers, today=TODAY,
    )  # fmt: skip
    assert made.outcome == "decline"
    with house.transaction() as db:
        db.execute("update borrower set banned = false where borrower_id = %s", [declined])
    left = {banned: [], worse: [], declined: ["order-loan"], same: ["credit-line", "order-loan"]}
    with house.transaction() as db:
        for today in (TODAY, TODAY + timedelta(days=1)):
            for (borrower_id, keys), shop_key in zip(left.items(), ("s0", "s1", "s2", "s3"), strict=True):
                assert [offer.product_key for offer in queries.offers_of(db, borrower_id, today)] == keys
                seen = queries.entry_of(db, shop_key, today)
                assert seen is not None
                assert sorted(offer.product_key for offer in seen.offers) == keys
    night(house, today=TODAY + timedelta(days=1))
    with house.transaction() as db:
        assert len(queries.offers_of(db, declined, TODAY + timedelta(days=1))) == 2


def test_a_shop_with_a_line_is_not_offered_it_again(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    apply = {"amount_cents": 500_000, "purpose": "stock", "language": "en"}
    made = house.act(
        actions.apply_at_once,
        command=Command.of("k"),
        borrower_id=borrower_id,
        product_key="credit-line",
        answers={**apply, "consents": [consent.purpose for consent in CONSENTS]},
        today=TODAY,
    )
    assert made.outcome == "approve"
    report = night(house)
    assert (report.line_open, report.offered) == (1, 1)
    with house.transaction() as db:
        assert [offer.product_key for offer in queries.offers_of(db, borrower_id, TODAY)] == ["order-loan"]
        assert scalar(db, "select expires_on from line") > TODAY
    later = night(house, today=TODAY + timedelta(days=365))
    assert (later.line_open, later.referred) == (0, 2)


def test_one_by_one_and_all_at_once_give_the_same_answer(house: Database, shop: Callable[..., UUID]) -> None:
    grades = ("AAA", "A", "B", "C", "D")
    ids = [shop(f"s{n}", grade=grade, facts={"sales_monthly_mean": 700.0 * n}) for n, grade in enumerate(grades * 3)]
    night(house)
    with house.transaction() as db:
        assets = net_assets_cents(db, TODAY)
        for borrower_id in ids:
            offered = {offer.product_key: offer.limit_cents for offer in queries.offers_of(db, borrower_id, TODAY)}
            refused = {no.product_key: tuple(no.reasons) for no in queries.no_offers_of(db, borrower_id, TODAY)}
            for product in (LINE, ORDERS):
                (row,) = gathered(db, [borrower_id], TODAY)
                alone = decide(case_of(row, product, today=TODAY, net_assets_cents=assets, ask=None), POLICY, product)
                if alone.outcome == "approve":
                    assert alone.terms is not None
                    assert offered[product.key] == alone.terms.limit_cents
                else:
                    assert refused[product.key] == alone.reasons
                assert (product.key in offered) != (product.key in refused)


def test_an_offer_held_is_noted_in_the_decision(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop()
    night(house)
    made = house.act(
        actions.apply_at_once,
        command=Command.of("k"),
        borrower_id=borrower_id,
        product_key="credit-line",
        answers={
            "amount_cents": 500_000,
            "purpose": "stock",
            "language": "en",
            "consents": [consent.purpose for consent in CONSENTS],
        },
        today=TODAY,
    )
    with house.transaction() as db:
        (offer,) = [each for each in queries.offers_of(db, borrower_id, TODAY) if each.product_key == "credit-line"]
        case = queries.decision(db, made.decision_id).opened.case
    assert (case.offer_id, case.offer_limit_cents) == (offer.offer_id, 1_600_000)


def test_an_unrated_shop_is_not_looked_at(house: Database, shop: Callable[..., UUID]) -> None:
    shop(rated_on=TODAY + timedelta(days=1))
    assert night(house).looked_at == 0
    assert rows(house) == []
