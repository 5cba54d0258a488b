"""While no policy is live nobody is shown a way in, and whoever asks is told that lending is paused, and no more."""

from collections.abc import Callable
from uuid import UUID

import pytest
from credit_cases import LINE, ORDERS, POLICY, TODAY
from test_crowd import asking

from lendmill import ids
from lendmill.credit import actions as credit
from lendmill.credit.offers.entries.queries import every_entry
from lendmill.credit.publishing.queries import KINDS, LendingPaused
from lendmill.db import Database
from lendmill.people.roles import Role
from lendmill.products.publishing import actions
from people.staff import Staff


def pause(house: Database, people: Staff) -> None:
    """Two people retire the one policy that decides."""
    ending = house.act(
        actions.propose, KINDS["policy"], key=POLICY.key, version=POLICY.version, to_stage="retired",
        command_key=str(ids.new()), reason="a pause", by=people.member(Role.ANALYST), today=TODAY,
    )  # fmt: skip
    house.act(
        actions.decide, KINDS["policy"], proposal_id=ending.proposal_id, verdict="approve",
        command_key=str(ids.new()), by=people.member(Role.RISK_OFFICER), today=TODAY,
    )  # fmt: skip


def test_without_a_live_policy_lending_is_paused_at_every_door(house: Database, shop: Callable[..., UUID]) -> None:
    borrower_id = shop("s1")
    house.act(credit.make_offers, today=TODAY, policy=POLICY, products=[LINE, ORDERS])
    with house.transaction() as db:
        assert [each.state for each in every_entry(db, TODAY)] == ["offer"]
    pause(house, Staff(house))
    with house.transaction() as db:
        assert list(every_entry(db, TODAY)) == []
    with pytest.raises(LendingPaused, match=r"^Nothing new can be granted at the moment: please come back") as told:
        asking(house, borrower_id, "k")()
    assert "is paused, for no version of policy standard is live: the page Policies" in str(told.value.for_staff())
