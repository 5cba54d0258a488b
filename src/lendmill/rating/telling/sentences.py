"""Reasons as sentences a seller understands: this shop's figure, what is rated higher, and what helps."""

from collections.abc import Sequence
from typing import Final

from lendmill.features.feature import Feature
from lendmill.rating.telling.clauses import clause, meant
from lendmill.rating.telling.figures import beside, said, zh
from lendmill.rating.telling.reasons import Against, Shown
from lendmill.rating.telling.themes import theme_of

# By the kind of event a feature needs: how a seller makes it known.
SOURCES: Final[dict[str, tuple[str, str]]] = {
    "order": ("Connect your shop's orders.", "请授权店铺订单数据。"),
    "invoice-out": ("Share the invoices you issue.", "请授权销项发票数据。"),
    "invoice-in": ("Share the invoices you receive.", "请授权进项发票数据。"),
    "settlement": ("Share the platform's settlements.", "请授权平台结算数据。"),
    "visit": ("Share your shop's visitor figures.", "请授权店铺流量数据。"),
    "review": ("Share your shop's reviews.", "请授权店铺评价数据。"),
    "tax": ("Share your tax record.", "请授权查询纳税记录。"),
    "customs": ("Share your customs record.", "请授权查询海关记录。"),
    "bureau": ("Agree to a credit bureau's report.", "请授权查询征信报告。"),
    "registry": ("Let us look your firm up in the business registry.", "请授权查询工商登记信息。"),
    "stated": ("Fill in your figures.", "请填报经营数据。"),
    "questionnaire": ("Answer the questionnaire.", "请完成问卷。"),
}
_SHARE_IT: Final = ("Share the source that tells it.", "请授权相应的数据来源。")


def sentence(against: Against, language: str) -> str:
    """One reason in words.

    A feature alone: the figure, the better range, what helps. A pair: both figures, and the better range of what can be
    changed while the other stays as it is. What is not known says how it becomes known.
    """
    told = [each for each in against.shown if each.better is not None]
    missing = [each for each in told if each.value is None]
    if missing:
        return _missing(missing[0].feature, language)
    if len(against.shown) == 1:
        return _joined([_alone(told[0], language), theme_of(told[0].feature.name).advice(language)], language)
    return _joined([_pair(against.shown, told[0], language), theme_of(told[0].feature.name).advice(language)], language)


def _joined(sentences: Sequence[str], language: str) -> str:
    return ("" if zh(language) else " ").join(sentences)


def _alone(shown: Shown, language: str) -> str:
    assert shown.better is not None
    figure, better = beside(float(shown.value), shown.better, shown.feature.unit, language)
    own = clause(shown.feature, figure, language)
    return f"{own}；评分更高的店铺{better}。" if zh(language) else f"{own}; shops rated higher have {better}."


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


def _missing(feature: Feature, language: str) -> str:
    kinds = [kind for need in feature.needs for kind in need.split("|")]
    how = next((SOURCES[kind] for kind in kinds if kind in SOURCES), _SHARE_IT)[zh(language)]
    if zh(language):
        return f"我们尚不了解您的“{meant(feature, language)}”，因此无法计入评分。{how}"
    return f"We do not know this of your shop, so it cannot count for you: {meant(feature, language)}. {how}"
