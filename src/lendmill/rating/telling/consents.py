"""What a seller agrees to before others see the public index, word for word in the language it was read in."""

from dataclasses import dataclass
from typing import Final

from lendmill.refusals import Refusal

INDEX: Final = "index"
REPAYMENT: Final = "index-repayment"


class UnknownPurpose(Refusal):
    """Nobody asks for a consent called {purpose!r}."""


class QuestionEmpty(Refusal):
    """Say in words what the person should look at, in up to {letters_max} letters."""


class NothingToAsk(Refusal):
    """There is no rating to ask about: the shop has not been rated yet."""


class NoSuchQuestion(Refusal):
    """There is no such question, or it was answered already."""


class IndexNotShared(Refusal):
    """There is no index to see of this shop."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One consent: its purpose and its text in both languages."""

    purpose: str
    en: str
    zh: str

    def said(self, language: str) -> str:
        """The text in a language."""
        return self.zh if language.startswith("zh") else self.en


WORDINGS: Final = {
    each.purpose: each
    for each in (
        Wording(
            INDEX,
            "I agree that partners of the lender who ask for my shop by its name see its public index: a number, its "
            "level, and for each of its parts whether it is strong, fair or weak. The index tells no sales, no rating, "
            "no limit and no debt. Partners whom the lender lets act for sellers see, whether I agree or not, that my "
            "shop is here, what is offered, decided and lent to it, and the figures I stated. I may take this back at "
            "any time; from then on nobody sees the index.",
            "本人同意贷款人的合作方按店铺名称查询本店诚信指数，内容仅包括指数、等级及各组成部分的强弱。"
            "指数不包括销售额、信用评级、额度及负债。经贷款人授权代商家办理业务的合作方，无论本人是否同意，"
            "均可见本店在此登记、本店的报价、审批结果和借款，以及本人自报的数据。本人可随时撤回，撤回后任何人不再可见该指数。",
        ),
        Wording(
            REPAYMENT,
            "I agree that how I repay the lender's loans counts in the public index and is shown in it as strong, fair "
            "or weak. I may take this back at any time.",
            "本人同意将本人在贷款人处的还款情况计入诚信指数，并以强、中、弱展示。本人可随时撤回。",
        ),
    )
}


def wording(purpose: str, language: str) -> str:
    """The text of a consent, or the refusal `UnknownPurpose`."""
    if purpose not in WORDINGS:
        raise UnknownPurpose(purpose=purpose[:60])
    return WORDINGS[purpose].said(language)
