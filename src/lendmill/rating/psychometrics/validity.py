"""What is and is not known about whether such a questionnaire says anything about repaying, for the model card."""

from typing import Final

from lendmill.rating.psychometrics.item import CHINESE

VALIDITY_EN: Final = (
    "Psychometric scores have separated better from worse small borrowers elsewhere: a scorecard made from other "
    "countries' data reached a Gini of 20 to 40 % in Peru (Klinger, Khwaja and LaMonte 2013), and as a second "
    "screening for borrowers with a credit history, or for some without one, a test lowered risk or opened credit"
    " without raising it (Arráiz, Bruhn and Stucchi 2017; Arráiz, Bruhn, Ruiz Ortega and Stucchi 2018). Those "
    "were other tests, other countries, partly studies by or with their makers. People who want something answer "
    "more favourably: applicants scored about 0.45 standard deviations higher on conscientiousness and emotional "
    "stability than others (Birkeland et al. 2006). Of THIS questionnaire nothing is known: it was never held "
    "against loans of these sellers, its Chinese wording was not validated, its item parameters, thresholds and "
    "index weights are by design until they are calibrated, and whether it treats groups alike was not measured. "
    "A score here is no finding about a person. It must not decide, and it is never a reason told to a seller."
)
VALIDITY_ZH: Final = (
    "心理测评分数在别处曾能区分还款较好与较差的小额借款人：用他国数据建立的评分卡在秘鲁达到20%至40%的基尼系数"
    "（Klinger、Khwaja与LaMonte，2013）；对有信用记录者作为第二道筛选、对部分无信用记录者作为准入依据时，"
    "可降低风险或在不增加风险的情况下放宽信贷"
    "（Arráiz、Bruhn与Stucchi，2017；Arráiz、Bruhn、Ruiz Ortega与Stucchi，2018）。"
    "但那是别的测验、别的国家，部分研究由测验开发者参与。有所求的人会答得更好看：求职者在尽责性与情绪稳定性上比常人约高0.45个标准差"
    "（Birkeland等，2006）。关于本问卷，目前一无所知：从未与本平台商家的还款对照，中文措辞未经效度检验，"
    "题目参数、阈值与指数权重在校准之前均为设计值，对不同人群是否公平也未测量。此处的分数不是对人的结论，"
    "不得据以决定，也绝不作为告知商家的理由。"
)


def validity(language: str) -> str:
    """The paragraph for a model card or a panel, in a language."""
    return VALIDITY_ZH if language == CHINESE else VALIDITY_EN
