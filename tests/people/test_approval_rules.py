"""Who may propose and who may approve each kind of change, and from which amount on it takes two people."""

import pytest

from lendmill.loans.changes import BY_KIND
from lendmill.money import LARGEST_CENTS
from lendmill.people.approvals import rules
from lendmill.people.roles import Role

APPROVERS = {"risk-officer", "finance", "admin"}
TABLE = {
    # kind: who may propose, and up to which amount one person is enough: None where two are always needed
    "write_off": ({"risk-officer", "finance"}, None),
    "agree_settlement": ({"collector", "risk-officer"}, None),
    "reverse_receipt": ({"finance"}, None),
    "receive_payment": ({"finance"}, None),
    "waive": ({"collector", "risk-officer"}, 50_000),
    "charge_fee": ({"risk-officer", "finance"}, 50_000),
    "payment_holiday": ({"collector", "risk-officer"}, LARGEST_CENTS),
    "extend": ({"collector", "risk-officer"}, LARGEST_CENTS),
    "replan": ({"collector", "risk-officer"}, LARGEST_CENTS),
    "re_age": ({"collector", "risk-officer"}, LARGEST_CENTS),
    "change_rate": ({"risk-officer"}, None),
    "accelerate": ({"risk-officer"}, LARGEST_CENTS),
}


def test_every_change_of_a_loan_has_a_rule_and_every_rule_a_change() -> None:
    assert set(rules.RULES) == set(BY_KIND) == set(TABLE)


@pytest.mark.parametrize("kind", TABLE)
def test_each_role_proposes_and_approves_exactly_what_the_table_says(kind: str) -> None:
    assert {role.value for role in Role if rules.may_propose(role, kind)} == TABLE[kind][0]
    assert {role.value for role in Role if rules.may_decide(role, kind)} == APPROVERS


@pytest.mark.parametrize("kind", TABLE)
def test_one_person_is_enough_up_to_the_amount_of_the_table_and_not_a_cent_more(kind: str) -> None:
    alone_up_to_cents = TABLE[kind][1]
    if alone_up_to_cents is None:
        assert [rules.needs_two_people(kind, cents) for cents in (0, 1, LARGEST_CENTS, None)] == [True] * 4
    else:
        assert not rules.needs_two_people(kind, alone_up_to_cents)
        assert rules.needs_two_people(kind, alone_up_to_cents + 1)
        assert rules.needs_two_people(kind, None) is (alone_up_to_cents < LARGEST_CENTS)


def test_a_product_may_ask_for_a_second_person_and_never_spare_one() -> None:
    assert rules.needs_two_people("waive", 10_001, {"waive": 10_000})
    assert not rules.needs_two_people("waive", 10_000, {"waive": 10_000})
    assert rules.needs_two_people("waive", 50_001, {"waive": 10_000_000})
    assert rules.needs_two_people("extend", None, {"extend": 0})
    assert not rules.needs_two_people("re_age", None, {"extend": 0})
    assert rules.needs_two_people("write_off", 1, {"write_off": LARGEST_CENTS})


@pytest.mark.parametrize("role", list(Role))
def test_a_kind_without_a_rule_is_nobodys_work(role: Role) -> None:
    for ask in (rules.check_proposer, rules.check_decider):
        with pytest.raises(rules.NoSuchKind):
            ask(role, "forgive_everything")


def test_whose_work_it_is_is_told() -> None:
    with pytest.raises(rules.NotYourWork, match="not the work of the role analyst, but of collector, risk-officer"):
        rules.check_proposer(Role.ANALYST, "waive")
    with pytest.raises(rules.NotYoursToDecide, match="role collector, but of admin, finance, risk-officer"):
        rules.check_decider(Role.COLLECTOR, "waive")


@pytest.mark.parametrize("text", ["", "  ", "ok", "x" * 501, "a\x00bc", "abc\u200b", "abc\ud800"])
def test_a_reason_is_given_in_words(text: str) -> None:
    with pytest.raises(rules.ReasonMissing, match="in 3 to 500 letters"):
        rules.reason_given(text)


@pytest.mark.parametrize(("text", "kept"), [("sick", "sick"), (" 仓库\n被淹 ", "仓库 被淹"), ("x" * 500, "x" * 500)])
def test_a_reason_is_kept_as_one_line(text: str, kept: str) -> None:
    assert rules.reason_given(text) == kept
