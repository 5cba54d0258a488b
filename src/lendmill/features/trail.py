"""Features of the trail that running a shop leaves: advertising, signing in, and taking part in the community."""

from typing import Final

import narwhals as nw

from lendmill.features.feature import Feature, added, after, growth, millionths, share, variation, weeks, yuan
from lendmill.features.partners import party
from lendmill.features.sums import WEEKS, WINDOWS, gap, last_age, total

_LOGIN: Final = ("login",)
_COMMUNITY: Final = ("community",)
_ADVERTISING: Final = ("advertising",)
_BOTH: Final = ("advertising", "order")
_WEEKS: Final = weeks("login_days", WEEKS)


def _returned(days: int) -> nw.Expr:
    return share(total("sale_cents", days), total("advertising_cents", days))


ADVERTISING: Final = (
    *(
        Feature(
            f"advertising_{days}", f"spent on advertising in {days} days", f"近{days}天广告支出", "yuan",
            f"advertising of {days} days", "better", "behaviour trail", _ADVERTISING,
            yuan(total("advertising_cents", days)),
        )
        for days in (30, 90, 365)
    ),
    *(
        Feature(
            f"advertising_days_{days}", f"days of {days} with advertising", f"近{days}天投放天数", "days",
            f"days of {days} with advertising", "better", "behaviour trail", _ADVERTISING,
            total("advertising_days", days),
        )
        for days in (30, 90)
    ),
    *(
        Feature(
            f"advertising_growth_{days}", f"growth of advertising over the {days} days before",
            f"广告支出环比（{days}天）", "share",
            f"advertising_{days} / advertising of days {days} to {2 * days - 1} - 1; needs {2 * days} days of history",
            None, "behaviour trail", _ADVERTISING,
            after(2 * days, growth(total("advertising_cents", days), total("advertising_cents", 2 * days, days))),
        )
        for days in (30, 90)
    ),
    *(
        Feature(
            f"advertising_return_{days}", f"sales for each yuan of advertising, {days} days",
            f"近{days}天广告投入产出比", "ratio",
            f"sales of {days} days / advertising_{days}; unknown without advertising", "better", "behaviour trail",
            _BOTH, _returned(days),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "advertising_return_change_90", "sales for each yuan of advertising, against the year's", "广告产出比变化",
        "ratio", "advertising_return_90 / advertising_return_365 - 1", "better", "behaviour trail", _BOTH,
        growth(_returned(90), _returned(365)),
    ),
    *(
        Feature(
            f"advertising_share_{days}", f"advertising for each yuan sold in {days} days", f"近{days}天广告费占比",
            "share",
            f"advertising_{days} / sales of {days} days", "worse", "behaviour trail", _BOTH,
            share(total("advertising_cents", days), total("sale_cents", days)),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "days_since_advertising", "days since the last advertising", "距最近投放天数", "days",
        "day - last advertising's day; unknown if none within 455 days", "worse", "behaviour trail", _ADVERTISING,
        last_age("advertising_days"),
    ),
)  # fmt: skip

SIGNING_IN: Final = (
    *(
        Feature(
            f"login_days_{days}", f"days of {days} on which somebody signed in", f"近{days}天登录天数", "days",
            f"days of {days} with a sign-in", "better", "behaviour trail", _LOGIN, total("login_days", days),
        )
        for days in WINDOWS
    ),
    *(
        Feature(
            f"login_count_{days}", f"sign-ins of {days} days", f"近{days}天登录次数", "count",
            f"sign-ins of {days} days", "better", "behaviour trail", _LOGIN, total("login_n", days),
        )
        for days in (30, 90)
    ),
    Feature(
        "login_irregularity_90", "unsteadiness of sign-ins from week to week", "登录规律性（波动）", "ratio",
        "standard deviation of thirteen weeks' sign-in days / their mean; needs 91 days of history", "worse",
        "behaviour trail", _LOGIN, after(91, variation(_WEEKS)),
    ),
    Feature(
        "login_trend_90", "sign-in days of the last six weeks against the six before", "登录活跃变化", "share",
        "weeks 0 to 5 / weeks 6 to 11 - 1; needs 91 days of history", "better", "behaviour trail", _LOGIN,
        after(91, growth(added(_WEEKS[:6]), added(_WEEKS[6:12]))),
    ),
    *(
        Feature(
            f"login_gap_{days}", f"longest stretch without a sign-in in {days} days", f"近{days}天最长未登录天数",
            "days",
            f"longest distance between days with a sign-in in {days}, edges counted", "worse", "behaviour trail",
            _LOGIN, gap("login_days", days),
        )
        for days in (30, 90)
    ),
    Feature(
        "days_since_login", "days since somebody last signed in", "距最近登录天数", "days",
        "day - last sign-in's day; unknown if none within 455 days", "worse", "behaviour trail", _LOGIN,
        last_age("login_days"),
    ),
)  # fmt: skip

_CHANGING: Final = (("device", "devices", "设备"), ("place", "places", "地点"))

DEVICES: Final = tuple(
    feature
    for side, many, zh in _CHANGING
    for feature in (
        *(
            Feature(
                f"login_{many}_{days}", f"different {many} of sign-ins in {days} days", f"近{days}天登录{zh}数",
                "count", f"distinct {many} of sign-ins, {days} days", "worse", "behaviour trail", _LOGIN,
                party(side, f"count_{days}"),
            )
            for days in (30, 90, 365)
        ),
        *(
            Feature(
                f"login_new_{many}_{days}", f"{many} of {days} days' sign-ins never seen before within a year",
                f"近{days}天新登录{zh}数", "count",
                f"{many} of {days} days without an earlier sign-in within 365 days; needs {2 * days} days of history",
                "worse", "behaviour trail", _LOGIN, after(2 * days, party(side, f"new_{days}")),
            )
            for days in (30, 90)
        ),
        Feature(
            f"login_main_{side}_share_90", f"share of sign-ins from the usual {side}", f"近90天常用{zh}登录占比",
            "share", f"sign-ins of 90 days from the most frequent {side} / sign-ins with a known {side}", "better",
            "behaviour trail", _LOGIN, share(party(side, "top_n_90"), party(side, "n_90")),
        ),
    )
)  # fmt: skip

TAKING_PART: Final = (
    *(
        Feature(
            f"community_{days}", f"posts and answers among sellers in {days} days", f"近{days}天社区发言数", "count",
            f"posts and answers of {days} days", "better", "behaviour trail", _COMMUNITY,
            millionths(total("community_micro", days)),
        )
        for days in (30, 90, 365)
    ),
    Feature(
        "community_days_90", "days on which the seller took part", "近90天社区活跃天数", "days",
        "days of 90 with a post or an answer", "better", "behaviour trail", _COMMUNITY, total("community_days", 90),
    ),
    Feature(
        "community_growth_90", "growth of posts and answers over the 90 days before", "社区发言环比（90天）", "share",
        "community_90 / posts and answers of days 90 to 179 - 1; needs 180 days of history", None, "behaviour trail",
        _COMMUNITY, after(180, growth(total("community_micro", 90), total("community_micro", 180, 90))),
    ),
    Feature(
        "days_since_community", "days since the seller last took part", "距最近社区发言天数", "days",
        "day - last post's or answer's day; unknown if none within 455 days", "worse", "behaviour trail", _COMMUNITY,
        last_age("community_days"),
    ),
)  # fmt: skip

TRAIL: Final = (*ADVERTISING, *SIGNING_IN, *DEVICES, *TAKING_PART)
