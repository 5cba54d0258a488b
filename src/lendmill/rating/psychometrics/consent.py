"""What a seller agrees to before the questionnaire, word for word in the language it was read in."""

from typing import Final

from lendmill.rating.psychometrics.item import CHINESE

WORDING_EN: Final = (
    "I answer this questionnaire of my own free will. If I do not, or stop in the middle, nothing changes for me: not "
    "whether I can borrow, not how much, not at what price. The lender keeps my answers and the time each took, to "
    "learn whether such answers say anything about how loans are repaid. They count in a rating only after the "
    "lender has published a policy that says so, and they are never the reason I am given for a decision. They are "
    "used for nothing else and given to nobody else. I may see my answers, ask for an explanation by a person, and "
    "withdraw this consent at any time on the same page; from then on the answers are not used any more."
)
WORDING_ZH: Final = (
    "本人自愿填写本问卷。不填写或中途退出，对本人没有任何影响：不影响能否借款、额度和价格。贷款人保存本人的作答及每题用时，"
    "用于研究此类作答与还款情况是否有关；只有在贷款人公布的信贷政策写明使用之后，作答才会计入评级，且绝不作为告知本人的审批理由。"
    "作答不作其他用途，也不提供给他人。本人可随时查看自己的作答、要求人工说明，并可随时在本页面撤回本同意；撤回后，作答不再使用。"
)


def wording(language: str) -> str:
    """The text as shown in a language."""
    return WORDING_ZH if language == CHINESE else WORDING_EN
