"""While no policy is live nobody is shown a way in, and whoever asks is told that lending is paused, and no more."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import pytest
from credit_cases import LINE, ORDERS, POLICY, TODAY
from test_conditions import LAST_DAY, Waiting
from test_counter_offers import countered
from test_crowd import asking

from lendmill import ids
from lendmill.credit import actions as credit
from lendmill.credit.changes.actions import change_lines
from lendmill.credit.conditions.queries import conditions_open
from lendmill.credit.counters.queries import counter_offer
from lendmill.credit.offers.entries.queries import entry_of, every_entry
from lendmill.credit.publishing.queries import KINDS, LendingPaused
from lendmill.db import Database
from lendmill.people.roles import Role
from lendmill.products.publishing import actions
from people.staff import Staff


def pause(house: Database, people: Staff) -> None:
    """Two people retire the one policy that decides."""
    _take(house, people, "retired", TODAY)


def lend_again(house: Database, people: Staff, on: date) -> None:
    """Two people let the same version go live again."""
    _take(house, people, "live", on)


def _take(house: Database, people: Staff, to_stage: Literal["live", "retired"], on: date) -> None:
    proposal = house.act(
        actions.propose, KINDS["policy"], key=POLICY.key, version=POLICY.version, to_stage=to_stage,
        command_key=str(ids.new()), reason="a pause", by=people.member(Role.ANALYST), today=on,
    )  # fmt: skip
    house.act(
        actions.decide, KINDS["policy"], proposal_id=proposal.proposal_id, verdict="approve",
        command_key=str(ids.new()), by=people.member(Role.RISK_OFFICER), today=on,
    )  # fmt: skip


def test_what_has_its_last_day_in_a_pause_can_be_met_and_accepted_on_the_first_day_after_it(
    house: Database, shop: Callable[..., UUID]
) -> None:
    waiting, seller = Waiting(house, shop), shop("s1")
    people = waiting.people
    decision_id = countered(house, seller)
    pause(house, people)
    back = LAST_DAY + timedelta(days=20)
    for night in (LAST_DAY + timedelta(days=1), back - timedelta(days=1)):
        assert change_lines(house, today=night).conditions_lapsed == 0
    told = waiting.tell(guarantor_id=waiting.guarantor_id, today=back - timedelta(days=1))
    lend_again(house, people, back)
    report = change_lines(house, today=back)
    assert (report.conditions_lapsed, report.offers_lapsed) == (0, 0)
    with house.transaction() as db:
        assert [each.condition_id for each in conditions_open(db, back)] == [told.condition_id]
        offer = counter_offer(db, seller, decision_id, back)
        assert (offer.state(back), offer.expires_on) == ("open", back)
        after = back + timedelta(days=1)
        assert (conditions_open(db, after), counter_offer(db, seller, decision_id, after).state(after)) == (
            [],
            "lapsed",
        )
    report = change_lines(house, today=after)
    assert (report.conditions_lapsed, report.offers_lapsed) == (1, 1)


def test_without_a_live_policy_lending_is_paused_at_every_door(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop("s1")
    house.act(credit.make_offers, today=TODAY, policy=POLICY, products=[LINE, ORDERS])
    with house.transaction() as db:
        assert [each.state for each in every_entry(db, TODAY)] == ["offer"]
    house.act(credit.start_application, borrower_id=shop("s2"), product_key="credit-line", today=TODAY)
    with house.transaction() as db:
        assert [each.state for each in every_entry(db, TODAY)] == ["offer", "application"]
    pause(house, Staff(house))
    with house.transaction() as db:
        assert [each.state for each in every_entry(db, TODAY)] == []
        begun = entry_of(db, "s2", TODAY)
    assert begun is not None
    assert (begun.may_see, begun.state, begun.applications) == (False, "none", ())
    with pytest.raises(LendingPaused, match=r"^Nothing new can be granted at the moment: please come back") as told:
        asking(house, borrower_id, "k")()
    assert "is paused, for no version of policy standard is live: the page Policies" in str(told.value.for_staff())
