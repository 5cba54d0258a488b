"""What is put on top of a card is exact, kept and explained: sub-scores, thin files, adjustments."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rating_cards import DOUBLING, SMALL

from lendmill.rating.adjusting.table import POINTS_MAX, Adjustment
from lendmill.rating.axes import Axis
from lendmill.rating.card import Band, Card, Contribution
from lendmill.rating.scale import Scale, logit_of, probability
from lendmill.rating.tables import Reading, Table
from lendmill.rating.telling.blocks import ends_of, sub_scores
from lendmill.rating.telling.kept import Place, Teller, Times, population_logit
from lendmill.rating.telling.sentences import short_file
from lendmill.rating.thin import RULES, ThinRule, capped, credibility_bp, file_of, interval, rule_on, shrunk

DAY = date(2026, 1, 1)
FULL = {"months_active": 20.0, "refund_share": 0.05, "history_days": 400.0, "sales_count_365": 500.0}
HERE = Place("toys", "浙江")


def adjustment(points: int, industry: str | None = None, region: str | None = None) -> Adjustment:
    who = UUID(int=abs(points))
    return Adjustment(
        who, None, industry, region, points, DAY, date(2026, 6, 30), "a flood", "a bulletin", who, "A", DAY,
        "approved", UUID(int=999), "B", DAY, "", None,
    )  # fmt: skip


def finished(facts: dict[str, float], *adjustments: Adjustment, card: Card = SMALL, blocks: int = 4):  # type: ignore[no-untyped-def]
    return Teller(card, Times.on(DAY, adjustments)).finished(card.rate(facts), facts, blocks=blocks, place=HERE)


def test_a_full_file_without_adjustments_is_what_the_card_said() -> None:
    given, telling = finished(FULL)
    assert given == SMALL.rate(FULL)
    assert (telling.file.kind, telling.card_points, telling.adjustment_points) == ("full", 640, 0)
    assert telling.blocks["transactions"].score == 100


@pytest.mark.parametrize("missing", [{}, {"history_days": 400.0}])
def test_what_says_nothing_of_its_length_is_not_judged_and_an_unknown_length_is_thin(missing: dict[str, float]) -> None:
    facts = {"months_active": 20.0, "refund_share": 0.05, **missing}
    assert finished(facts)[1].file.kind == ("thin" if missing else "unjudged")


@pytest.mark.parametrize(
    ("days", "kind", "points"), [(89, "thin", 640), (90, "full", 640), (40, "thin", 627), (0, "thin", 600)]
)
def test_a_thin_file_is_drawn_in_by_the_square_root_of_its_length(days: int, kind: str, points: int) -> None:
    rated, telling = finished(FULL | {"history_days": float(days)})
    assert (telling.file.kind, rated.points) == (kind, points)
    assert rated.grade == ("BB" if kind == "thin" else "AAA")
    assert sum(each.points for each in rated.contributions) == rated.points
    assert rated.pd == probability(rated.logit)


def test_a_thin_file_is_never_graded_better_than_the_little_that_is_known() -> None:
    bad = FULL | {"months_active": 1.0, "refund_share": 0.5, "history_days": 10.0}
    assert SMALL.rate(bad).grade == "B"
    rated, telling = finished(bad)
    assert (rated.points, rated.grade, telling.grade_uncapped) == (583, "B", "BBB")


def test_the_population_is_that_of_the_bands_where_a_card_has_them() -> None:
    bands = (Band(None, 60, 20, 0.2, 0.5), Band(600, 40, 0, 0.001, 0.05))
    card = Card(key="b", target="d", start=SMALL.start, tables=SMALL.tables, bands=bands)
    assert population_logit(card) == logit_of(0.2)
    assert population_logit(SMALL) == SMALL.start
    rated, telling = finished(FULL | {"history_days": 0.0}, card=card)
    assert (rated.logit, telling.population_pd) == (logit_of(0.2), 0.2)


def test_the_interval_of_a_thin_file_is_wider_and_holds_its_pd() -> None:
    bands = (Band(None, 60, 20, 0.2, 0.5), Band(600, 40, 1, 0.004, 0.05))
    card = Card(key="b", target="d", start=SMALL.start, tables=SMALL.tables, bands=bands)
    widths = []
    for days in (90.0, 60.0, 20.0, 0.0):
        rated, telling = finished(FULL | {"history_days": days}, card=card)
        assert telling.pd_low <= rated.pd <= telling.pd_high
        widths.append(logit_of(telling.pd_low) - logit_of(telling.pd_high))
    assert widths == sorted(widths)
    assert len(set(widths)) == 4
    assert finished(FULL | {"history_days": 20.0})[1].pd_low is None, (
        "where the card tells no interval, none is made up"
    )


@given(st.integers(-20 * 10**15, 20 * 10**15), st.integers(-10 * 10**15, 10 * 10**15), st.integers(0, 10_000))
def test_what_is_drawn_in_stays_between_the_card_and_the_population(logit: int, population: int, bp: int) -> None:
    drawn = shrunk(logit, population, bp)
    assert min(logit, population) <= drawn <= max(logit, population)
    assert (shrunk(logit, population, 10_000), shrunk(logit, population, 0)) == (logit, population)


@given(st.integers(0, 500), st.integers(1, 500))
def test_more_of_a_record_never_counts_less(have: int, need: int) -> None:
    assert credibility_bp(have, need) <= credibility_bp(have + 1, need)
    assert (credibility_bp(have, need) == 10_000) == (have >= need)


def test_a_rule_is_the_one_in_force_on_the_day() -> None:
    later = ThinRule(
        in_force_on=date(2026, 6, 1),
        history_days_min=60,
        sales_min=10,
        blocks_min=2,
        grade_best="BBB",
        spread_milli=900,
    )
    assert rule_on(DAY) == RULES[0]
    assert rule_on(date(2019, 1, 1)) == RULES[0], "before the first rule, the first"
    assert file_of({"history_days": 70.0, "sales_count_365": 30.0}, 3, later).kind == "full"
    assert capped(["AA"], Scale(), later) == "BBB"


def test_the_seller_is_told_how_long_and_until_when() -> None:
    file = file_of({"history_days": 40.0, "sales_count_365": 300.0}, 3, RULES[0])
    assert short_file(file, RULES[0], "en") == [
        "We have known your shop for 40 days; from 90 days on its record counts in full.",
        "Until then the rating is drawn towards the average, and its grade is no better than BB, nor than "
        "what the short record alone would give.",
    ]
    assert short_file(file, RULES[0], "zh-Hans")[0] == "我们了解您的店铺40天；满90天后，经营记录将全部计入。"
    assert short_file(file_of({"history_days": 90.0, "sales_count_365": 20.0}, 2, RULES[0]), RULES[0], "en") == []


def test_adjustments_add_exactly_their_points_as_a_part_of_their_own() -> None:
    rated, telling = finished(FULL, adjustment(-15, "toys"), adjustment(-10, None, "浙江"), adjustment(-9, "food"))
    assert (rated.points, rated.grade) == (615, "A")
    assert rated.contributions[-1] == Contribution("adjustment", "a flood; a flood", -25, -25, Reading.KNOWN)
    assert (telling.adjustment_points, [each["points"] for each in telling.adjustments]) == (-25, [-15, -10])
    assert rated.logit == SMALL.rate(FULL).logit - 25 * Scale().per_point
    assert rated.pd == probability(rated.logit)


@pytest.mark.parametrize(("each", "together"), [(-30, -POINTS_MAX), (30, POINTS_MAX)])
def test_all_adjustments_together_stay_within_the_cap(each: int, together: int) -> None:
    rated, telling = finished(FULL, adjustment(each, "toys"), adjustment(each, None, "浙江"))
    assert (rated.points, telling.adjustment_points) == (640 + together, together)


def test_an_unknown_rating_stays_unknown_whatever_is_in_force() -> None:
    rated, telling = finished(FULL | {"months_active": 1e12}, adjustment(20, "toys"))
    assert (rated.grade, rated.points, rated.pd, rated.contributions) == ("UNKNOWN", None, None, ())
    assert (telling.adjustment_points, telling.card_grade, telling.blocks) == (0, "UNKNOWN", {})


def test_a_sub_score_is_the_place_between_the_worst_and_the_best_of_the_card() -> None:
    age = Axis(feature="history_days", edges=(10.0,), low=0.0, high=99.0, missing_seen=True)
    stars = Axis(feature="review_mean_90", edges=(4.0,), low=0.0, high=5.0, missing_seen=True)
    card = Card(
        key="s", target="d", start=0,
        tables=(
            Table(axes=(age,), cells=(-DOUBLING, DOUBLING, 0), block="identity and registration"),
            Table(axes=(stars,), cells=(-DOUBLING // 2, DOUBLING, 0), block="customer interaction"),
            Table(axes=(stars, age), cells=(DOUBLING, 0, 0, 0, 0, 0, 0, 0, -DOUBLING)),
        ),
    )  # fmt: skip
    scores = sub_scores(ends_of(card), card.rate({"history_days": None, "review_mean_90": 3.0}).contributions)
    assert (scores["identity and registration"].state, scores["identity and registration"].score) == (
        "not-measured",
        None,
    )
    assert (scores["psychometrics"].state, scores["psychometrics"].score) == ("not-used", None)
    customer = scores["customer interaction"]
    assert (customer.points, customer.worst, customer.best, customer.score) == (-10, -30, 40, 29)
    assert list(scores) == [
        "transactions", "identity and registration", "behaviour trail", "customer interaction", "third party",
        "psychometrics", "soft information",
    ]  # fmt: skip


def test_an_interval_moved_by_an_adjustment_alone_keeps_its_width() -> None:
    low, high = interval((0.01, 0.04), logit_of(0.02), logit_of(0.02) + 10**15, 10_000, RULES[0])  # type: ignore[misc]
    assert logit_of(low) - logit_of(high) == pytest.approx(logit_of(0.01) - logit_of(0.04), rel=1e-3)
