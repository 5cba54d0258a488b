"""Reasons as sentences a seller understands: this shop's figure, what is rated higher, and what helps."""

from collections.abc import Sequence
from typing import Final

from lendmill.features.feature import Feature
from lendmill.rating.telling.clauses import clause, meant
from lendmill.rating.telling.figures import YES_OR_NO, beside, said, zh
from lendmill.rating.telling.reasons import Against, Shown
from lendmill.rating.telling.themes import OTHER, theme_of
from lendmill.rating.thin import File, ThinRule

# By the kind of event a feature needs: how a seller makes it known.
SOURCES: Final[dict[str, tuple[str, str]]] = {
    "order": ("Connect your shop's orders.", "请授权店铺订单数据。"),
    "invoice-out": ("Share the invoices you issue.", "请授权销项发票数据。"),
    "invoice-in": ("Share the invoices you receive.", "请授权进项发票数据。"),
    "settlement": ("Share the platform's settlements.", "请授权平台结算数据。"),
    "visit": ("Share your shop's visitor figures.", "请授权店铺流量数据。"),
    "review": ("Share your shop's reviews.", "请授权店铺评价数据。"),
    "payment": ("Share the payments your shop takes.", "请授权店铺收款数据。"),
    "favourite": ("Share your shop's visitor figures.", "请授权店铺流量数据。"),
    "dispute": ("Share the platform's record of complaints.", "请授权平台纠纷记录。"),
    "message": ("Share your shop's messages with buyers.", "请授权店铺客服消息数据。"),
    "advertising": ("Share your advertising account.", "请授权推广账户数据。"),
    "login": ("Share your shop's sign-in record.", "请授权店铺登录记录。"),
    "community": ("Link your account in the sellers' community.", "请关联商家社区账号。"),
    "tax": ("Share your tax record.", "请授权查询纳税记录。"),
    "customs": ("Share your customs record.", "请授权查询海关记录。"),
    "bureau": ("Agree to a credit bureau's report.", "请授权查询征信报告。"),
    "registry": ("Let us look your firm up in the business registry.", "请授权查询工商登记信息。"),
    "stated": ("Fill in your figures.", "请填报经营数据。"),
    "questionnaire": ("If you like, answer the questionnaire; it is voluntary.", "如您愿意，可填写问卷（自愿）。"),
}
SHARE_IT: Final = ("Share the source that tells it.", "请授权相应的数据来源。")


def sentence(against: Against, language: str) -> str:
    """One reason in words: the shop's own figure, what is rated higher, and what helps."""
    told = filter(None, (fact(against, language), advice(against, language)))
    return ("" if zh(language) else " ").join(told)


def fact(against: Against, language: str) -> str:
    """What was found.

    A feature alone: the figure and the better range. A pair: both figures, and the better range of what can be changed
    while the other stays as it is. What is not known is said to be so.
    """
    told = _changeable(against)
    if told.value is None:
        if zh(language):
            return f"我们尚不了解您的“{meant(told.feature, language)}”，因此无法计入评分。"
        return f"We do not know this of your shop, so it cannot count for you: {meant(told.feature, language)}."
    return _alone(told, language) if len(against.shown) == 1 else _pair(against.shown, told, language)


def advice(against: Against, language: str) -> str:
    """What helps: for what is not known, how it becomes known.

    A theme's advice says which way is better, and is left out where the feature does not, or where following it would
    not bring a shop to the better range.
    """
    told = _changeable(against)
    if told.value is not None:
        theme = theme_of(told.feature.name)
        helps = told.feature.higher_is is not None and theme.reaches(told.better.low if told.better else None)
        return (theme if helps else OTHER).advice(language)
    kinds = [kind for need in told.feature.needs for kind in need.split("|")]
    return next((SOURCES[kind] for kind in kinds if kind in SOURCES), SHARE_IT)[zh(language)]


def _changeable(against: Against) -> Shown:
    """The feature a reason is told by: what is not known first, else the first that can be changed."""
    told = [each for each in against.shown if each.better is not None]
    return next((each for each in told if each.value is None), told[0])


def _alone(shown: Shown, language: str) -> str:
    assert shown.better is not None
    figure, better = beside(float(shown.value), shown.better, shown.feature.unit, language)
    own = clause(shown.feature, figure, language)
    if zh(language):
        return f"{own}；评分更高的店铺{'为' if shown.feature.unit == YES_OR_NO else ''}{better}。"
    return f"{own}; shops rated higher{':' if shown.feature.unit == YES_OR_NO else ' have'} {better}."


def _pair(shown: Sequence[Shown], changeable: Shown, language: str) -> str:
    other = next(each for each in shown if each is not changeable)
    assert changeable.better is not None
    figure, better = beside(float(changeable.value), changeable.better, changeable.feature.unit, language)
    own = clause(changeable.feature, figure, language)
    if other.value is None:
        known = (
            f"尚不了解“{meant(other.feature, language)}”"
            if zh(language)
            else f"nothing is known of {meant(other.feature, language)}"
        )
    else:
        known = clause(other.feature, said(float(other.value), other.feature.unit, language), language)
    if zh(language):
        return f"{own}，同时{known}；在后者不变的情况下，评分更高的店铺前者{better}。"
    rest = f"With the second as it is, shops rated higher have {better} of the first."
    return f"{own}. Beside it: {known[:1].lower()}{known[1:]}. {rest}"


# Why the card could not read something, as the rating's record names it.
UNREAD: Final[dict[str, tuple[str, str]]] = {
    "absent": ("it is not in the record", "记录中没有该项"),
    "never-missing": ("it is missing, and shops like yours always have it", "该项缺失，而同类店铺均有该项"),
    "unusable": ("it is no usable number", "数值无法使用"),
    "far-out": ("it lies far outside anything seen before", "数值远超以往范围"),
    "not-a-number": ("it is text where a number belongs", "应为数字却是文字"),
    "new-category": ("it is of a kind never seen before", "属于从未见过的类别"),
}


def unread(feature: Feature | None, name: str, why: str, language: str) -> str:
    """Something the card could not read, and why, for a rating that is UNKNOWN because of it."""
    known = meant(feature, language) if feature is not None else name
    reason = UNREAD.get(why, (why, why))[zh(language)]
    return f"{known}：{reason}。" if zh(language) else f"{known[:1].upper()}{known[1:]}: {reason}."


def short_file(file: File, rule: ThinRule, language: str) -> list[str]:
    """What a thin file lacks, from when on it is full, and what that means until then."""
    if file.kind != "thin":
        return []
    chinese = zh(language)
    told = []
    if "history" in file.short_of:
        told.append(
            f"我们了解您的店铺{file.history_days}天；满{rule.history_days_min}天后，经营记录将全部计入。"
            if chinese
            else f"We have known your shop for {said(file.history_days or 0, 'days', language)}; from "
            f"{rule.history_days_min} days on its record counts in full."
        )
    if "sales" in file.short_of:
        told.append(
            f"近一年我们看到{file.sales}笔成交；满{rule.sales_min}笔后，经营记录将全部计入。"
            if chinese
            else f"We saw {file.sales} sales in the last year; from {rule.sales_min} on the record counts in full."
        )
    if "blocks" in file.short_of:
        told.append(
            "我们只了解您店铺的少数方面；授权更多数据来源后，经营记录将全部计入。"
            if chinese
            else "We know your shop from few sides only; share more sources, and its record counts in full."
        )
    until = (
        f"在此之前，评分会向平均水平靠拢，等级最高为{rule.grade_best}，且不高于现有记录本身的等级。"
        if chinese
        else "Until then the rating is drawn towards the average, and its grade is no better than "
        f"{rule.grade_best}, nor than what the short record alone would give."
    )
    return [*told, until]
