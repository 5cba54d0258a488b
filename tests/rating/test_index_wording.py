"""The consent to the public index promises no more than the doors keep."""

from lendmill.people.roles import WHO_MAY, Role
from lendmill.rating.telling.consents import INDEX, wording

SEEN_ANYWAY = {
    "GET /api/v1/shops/{shop_key}": ("my shop is here", "本店在此登记"),
    "GET /api/v1/borrowers/{borrower_id}/offers": ("what is offered", "报价"),
    "GET /api/v1/borrowers/{borrower_id}/decisions/{decision_id}/why": ("decided", "审批结果"),
    "GET /api/v1/borrowers/{borrower_id}/loans": ("and lent to it", "借款"),
    "GET /api/v1/borrowers/{borrower_id}/figures": ("the figures I stated", "自报的数据"),
}


def test_what_a_partner_sees_without_the_consent_is_told_in_it() -> None:
    english, chinese = wording(INDEX, "en"), wording(INDEX, "zh-Hans")
    assert ("whether I agree or not" in english, "无论本人是否同意" in chinese) == (True, True)
    for door, told in SEEN_ANYWAY.items():
        assert Role.PARTNER in WHO_MAY[door]
        assert (told[0] in english, told[1] in chinese) == (True, True), door
    assert ("They see no" in english, "指数不包括" in chinese) == (False, True)


def test_the_rating_and_the_parties_answers_are_no_business_of_a_partner() -> None:
    for what in ("rating", "parties", "index", "questionnaire/result"):
        assert Role.PARTNER not in WHO_MAY[f"GET /api/v1/borrowers/{{borrower_id}}/{what}"]
