"""Features of a shop's visitors and buyers: who looks, who buys, what they say, and how they are answered."""

from typing import Final

import narwhals as nw

from lendmill.features.feature import Feature, after, growth, millionths, share
from lendmill.features.sums import last_age, total

_VISITS: Final = ("visit",)
_REVIEWS: Final = ("review",)
_MESSAGES: Final = ("message",)


def _views(until: int, first: int = 0) -> nw.Expr:
    return millionths(total("visit_micro", until, first))


def _bought(days: int) -> nw.Expr:
    return share(total("sale_n", days), _views(days))


def _stars(days: int) -> nw.Expr:
    return share(millionths(total("review_micro", days)), total("review_n", days))


def _disputed(days: int) -> nw.Expr:
    return share(total("dispute_n", days), total("sale_n", days))


def _minutes(days: int) -> nw.Expr:
    answered = total("message_n", days) - total("message_never_n", days)
    return share(millionths(total("message_micro", days)), answered)


def _unanswered(days: int) -> nw.Expr:
    return share(total("message_never_n", days), total("message_n", days))


LOOKING: Final = (
    *(
        Feature(
            f"visits_{days}", f"page views in {days} days", f"近{days}天访问量", "count",
            f"views of {days} days", "better", "customer interaction", _VISITS, _views(days),
        )
        for days in (7, 30, 90, 365)
    ),
    *(
        Feature(
            f"visits_growth_{days}", f"growth of page views over the {days} days before", f"访问量环比（{days}天）",
            "share",
            f"visits_{days} / views of days {days} to {2 * days - 1} - 1; needs {2 * days} days of history", "better",
            "customer interaction", _VISITS,
            after(2 * days, growth(total("visit_micro", days), total("visit_micro", 2 * days, days))),
        )
        for days in (30, 90)
    ),
    Feature(
        "visits_growth_year", "growth of page views over the same 90 days a year ago", "访问量同比（90天）", "share",
        "visits_90 / views of days 365 to 454 - 1; needs 455 days of history", "better", "customer interaction",
        _VISITS, after(455, growth(total("visit_micro", 90), total("visit_micro", 455, 365))),
    ),
    *(
        Feature(
            f"conversion_{days}", f"sales for each page view in {days} days", f"近{days}天转化率", "ratio",
            f"sales_count_{days} / visits_{days}", "better", "customer interaction", ("visit", "order"), _bought(days),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "conversion_change_90", "sales for each page view, against the year's", "转化率变化", "ratio",
        "conversion_90 / conversion_365 - 1", "better", "customer interaction", ("visit", "order"),
        growth(_bought(90), _bought(365)),
    ),
    *(
        Feature(
            f"favourites_{days}", f"buyers who marked the shop in {days} days", f"近{days}天收藏数", "count",
            f"favourites of {days} days", "better", "customer interaction", ("favourite",),
            millionths(total("favourite_micro", days)),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "favourites_growth_90", "growth of markings over the 90 days before", "收藏数环比（90天）", "share",
        "favourites_90 / favourites of days 90 to 179 - 1; needs 180 days of history", "better",
        "customer interaction", ("favourite",),
        after(180, growth(total("favourite_micro", 90), total("favourite_micro", 180, 90))),
    ),
    Feature(
        "favourite_rate_90", "markings for each page view", "近90天收藏率", "ratio", "favourites_90 / visits_90",
        "better", "customer interaction", ("favourite", "visit"),
        share(total("favourite_micro", 90), total("visit_micro", 90)),
    ),
)  # fmt: skip

REVIEWS: Final = (
    *(
        Feature(
            f"review_mean_{days}", f"average stars of {days} days", f"近{days}天评价均分", "stars",
            f"stars of {days} days / reviews", "better", "customer interaction", _REVIEWS, _stars(days),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "review_mean_change_90", "average stars of 90 days against the year's", "评价均分变化", "stars",
        "review_mean_90 - review_mean_365", "better", "customer interaction", _REVIEWS, _stars(90) - _stars(365),
    ),
    *(
        Feature(
            f"review_count_{days}", f"number of reviews in {days} days", f"近{days}天评价数", "count",
            f"reviews of {days} days", "better", "customer interaction", _REVIEWS, total("review_n", days),
        )
        for days in (30, 90, 365)
    ),
    *(
        Feature(
            f"review_low_share_{days}", f"share of {days} days' reviews with one or two stars", f"近{days}天差评占比",
            "share",
            f"reviews of at most 2 stars / reviews, {days} days", "worse", "customer interaction", _REVIEWS,
            share(total("review_low_n", days), total("review_n", days)),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"review_five_share_{days}", f"share of {days} days' reviews with five stars", f"近{days}天五星占比",
            "share",
            f"reviews of 5 stars / reviews, {days} days", None, "customer interaction", _REVIEWS,
            share(total("review_five_n", days), total("review_n", days)),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"review_rate_{days}", f"reviews for each sale in {days} days", f"近{days}天评价率", "ratio",
            f"review_count_{days} / sales_count_{days}", None, "customer interaction", ("review", "order"),
            share(total("review_n", days), total("sale_n", days)), actionable=False,
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"dispute_count_{days}", f"complaints taken up by the platform in {days} days", f"近{days}天纠纷数",
            "count", f"disputes of {days} days", "worse", "customer interaction", ("dispute",),
            total("dispute_n", days),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"dispute_rate_{days}", f"complaints for each sale in {days} days", f"近{days}天纠纷率", "share",
            f"disputes / sales_count_{days}", "worse", "customer interaction", ("dispute", "order"), _disputed(days),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "dispute_rate_rise_90", "complaints for each sale, 90 days against the year", "纠纷率变化", "share",
        "dispute_rate_90 - dispute_rate_365", "worse", "customer interaction", ("dispute", "order"),
        _disputed(90) - _disputed(365),
    ),
    Feature(
        "days_since_dispute", "days since the last complaint", "距最近纠纷天数", "days",
        "day - last dispute's day; unknown if none within 455 days", "better", "customer interaction", ("dispute",),
        last_age("dispute_days"), actionable=False,
    ),
)  # fmt: skip

ANSWERS: Final = (
    *(
        Feature(
            f"message_count_{days}", f"buyers' messages in {days} days", f"近{days}天咨询数", "count",
            f"messages of {days} days", "better", "customer interaction", _MESSAGES, total("message_n", days),
            actionable=False,
        )
        for days in (30, 90)
    ),
    *(
        Feature(
            f"message_answer_minutes_{days}", f"minutes until a buyer's message was answered, {days} days",
            f"近{days}天平均答复分钟数", "minutes",
            f"minutes until answered / answered messages, {days} days", "worse", "customer interaction", _MESSAGES,
            _minutes(days),
        )
        for days in (30, 90, 365)
    ),
    *(
        Feature(
            f"message_unanswered_share_{days}", f"share of {days} days' messages never answered",
            f"近{days}天未答复占比", "share",
            f"messages without an answer / messages, {days} days", "worse", "customer interaction", _MESSAGES,
            _unanswered(days),
        )
        for days in (30, 90, 365)
    ),
    *(
        Feature(
            f"message_quick_share_{days}", f"share of {days} days' messages answered within an hour",
            f"近{days}天一小时内答复占比", "share",
            f"messages answered within 60 minutes / messages, {days} days", "better", "customer interaction",
            _MESSAGES, share(total("message_quick_n", days), total("message_n", days)),
        )
        for days in (30, 90)
    ),
    Feature(
        "message_unanswered_rise_90", "messages never answered, 90 days against the year", "未答复占比变化", "share",
        "message_unanswered_share_90 - message_unanswered_share_365", "worse", "customer interaction", _MESSAGES,
        _unanswered(90) - _unanswered(365),
    ),
    Feature(
        "message_rate_90", "buyers' messages for each sale", "近90天咨询率", "ratio",
        "message_count_90 / sales_count_90", None, "customer interaction", ("message", "order"),
        share(total("message_n", 90), total("sale_n", 90)), actionable=False,
    ),
)  # fmt: skip

GUESTS: Final = (*LOOKING, *REVIEWS, *ANSWERS)
