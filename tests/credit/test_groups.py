"""Those who belong together: said by staff with a source, dated, and never granted more together than their cap."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from credit_cases import TODAY
from test_crowd import asking, count, together

from lendmill import ids
from lendmill.api.approvals import Outcome, decide_about
from lendmill.api.groups import propose_parting
from lendmill.credit.cases.gathered import case_of
from lendmill.credit.cases.queries import gathered
from lendmill.db import Database
from lendmill.people.approvals.approval import Approval, OwnProposal
from lendmill.people.approvals.rules import NotYoursToDecide
from lendmill.people.groups import actions, queries
from lendmill.people.groups.group import (
    GroupDayAhead,
    GroupsChanged,
    NoSuchGroup,
    NotAGroupKind,
    NotAMember,
    NotYoursToRelate,
    SourceMissing,
)
from lendmill.people.queries import NoSuchBorrower
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.products.queries import preset
from people.staff import Staff

RICH: dict[str, Any] = {"sales_monthly_mean": 3_000_000.0, "sales_net_90": 9_000_000.0, "settlement_90": 0.0}


def related(house: Database, by: Caller, *borrower_ids: UUID, **changes: Any) -> UUID:
    """A household of these borrowers."""
    said: dict[str, Any] = {
        "kind": "household", "named": "Wang", "borrower_ids": borrower_ids, "from_on": TODAY,
        "source": "household register", "by": by, "today": TODAY,
    }  # fmt: skip
    return house.act(actions.relate, **{**said, **changes}).group_id


def parting(house: Database, by: Caller, group_id: UUID, borrower_id: UUID, from_on: date = TODAY) -> Approval:
    """Somebody proposes that a borrower no longer belongs to a group."""
    return house.act(
        propose_parting, key=str(ids.new()), group_id=group_id, borrower_id=borrower_id, from_on=from_on,
        source="moved out", by=by, today=TODAY,
    )  # fmt: skip


def decided(house: Database, proposed: Approval, by: Caller, outcome: Outcome = "approve") -> Approval:
    """Somebody says what becomes of it."""
    return house.act(
        decide_about, key=str(ids.new()), approval_id=proposed.approval_id, outcome=outcome, reason="seen", by=by,
        today=TODAY,
    )  # fmt: skip


def test_who_belongs_to_a_group_is_parted_from_it_by_two(house: Database, shop: Callable[..., UUID]) -> None:
    people, one, two, three = Staff(house), shop("s1"), shop("s2"), shop("s3")
    by, officer = people.member(Role.RISK_OFFICER), people.member(Role.RISK_OFFICER)
    group_id = related(house, by, one, two)

    def members() -> list[UUID]:
        with house.transaction() as db:
            return queries.group(db, group_id, TODAY).borrower_ids

    proposed = parting(house, by, group_id, one)
    assert (proposed.two_people, proposed.outcome, members()) == (True, None, [one, two])
    for who, refusal in ((by, OwnProposal), (people.member(Role.ANALYST), NotYoursToDecide)):
        with pytest.raises(refusal):
            decided(house, proposed, who)
    with pytest.raises(NotYoursToRelate):
        parting(house, people.member(Role.COLLECTOR), group_id, one)
    with pytest.raises(NotAMember, match="does not belong to Wang today"):
        parting(house, by, group_id, three)
    again = parting(house, by, group_id, one)
    assert decided(house, again, officer, "decline").outcome == "declined"
    assert members() == [one, two]
    waiting = parting(house, by, group_id, one)
    decided(house, proposed, officer)
    assert members() == [two]
    with pytest.raises(NotAMember):
        decided(house, waiting, officer)
    assert decided(house, waiting, by, "withdraw").outcome == "withdrawn"


def test_members_count_together_from_their_day_on_and_until_they_leave(
    house: Database, shop: Callable[..., UUID]
) -> None:
    people = Staff(house)
    by = people.member(Role.ANALYST)
    one, two, three = shop("s1"), shop("s2"), shop("s3")
    group_id = related(house, by, one, two)
    related(house, by, two, three, kind="representative")
    asking(house, two, "a", amount_cents=1_000_000)()

    def granted(borrower_id: UUID) -> Any:
        with house.transaction() as db:
            (row,) = gathered(db, [borrower_id], TODAY)
        case = case_of(row, preset("credit-line"), today=TODAY, net_assets_cents=0, ask=None)
        return None if case.group is None else msgspec.to_builtins(case.group)

    assert granted(one) == {"groups": 1, "members": 2, "granted_cents": 1_000_000}
    assert granted(two) == {"groups": 2, "members": 2, "granted_cents": 1_000_000}
    decided(house, parting(house, by, group_id, one), people.member(Role.RISK_OFFICER))
    with house.transaction() as db:
        assert queries.group(db, group_id, TODAY).borrower_ids == [two]
    assert granted(one) is None
    with house.transaction() as db:
        told = queries.memberships(db, [group_id])
        assert [(each.borrower_id, each.belongs, each.source) for each in told] == [
            (one, True, "household register"), (two, True, "household register"), (one, False, "moved out"),
        ]  # fmt: skip
        assert queries.groups_of(db, one, TODAY) == []


def test_who_may_say_so_and_what_must_be_said(house: Database, shop: Callable[..., UUID]) -> None:
    people, one = Staff(house), shop("s1")
    by, collector = people.member(Role.RISK_OFFICER), people.member(Role.COLLECTOR)
    for refusal, changes in (
        (NotYoursToRelate, {"by": collector}),
        (NotAGroupKind, {"kind": "friends"}),
        (SourceMissing, {"source": "  "}),
        (GroupDayAhead, {"from_on": TODAY + timedelta(days=1)}),
        (NoSuchBorrower, {"borrower_ids": [one, ids.new()]}),
    ):
        with pytest.raises(refusal):
            related(house, changes.pop("by", by), one, **changes)
    with pytest.raises(NoSuchGroup):
        house.act(
            actions.add_member, group_id=ids.new(), borrower_id=one, from_on=TODAY, source="x", by=by, today=TODAY
        )  # fmt: skip
    assert count(house, "select count(*) from borrower_group") == 0


def test_a_crowd_of_relatives_never_passes_the_groups_cap(house: Database, shop: Callable[..., UUID]) -> None:
    by = Staff(house).member(Role.ANALYST)
    borrowers = [shop(f"s{n}", grade="AAA", facts=RICH) for n in range(6)]
    related(house, by, *borrowers)
    related(house, by, *borrowers[::-1][:4])
    found = together([asking(house, each, "k", amount_cents=70_000_000) for each in borrowers])
    assert sorted((each.outcome, each.limit_cents) for each in found) == [
        *[("approve", 70_000_000)] * 2, *[("counter", 60_000_000)] * 4,
    ]  # fmt: skip
    assert count(house, "select sum(limit_cents) from line") == 140_000_000


def test_a_group_joined_while_its_lock_was_waited_for_is_not_overlooked(
    house: Database, shop: Callable[..., UUID]
) -> None:
    by, one = Staff(house).member(Role.ANALYST), shop("s1")
    with house.transaction() as db:
        held = actions.lock_related(db, one, TODAY)
        (row,) = gathered(db, [one], TODAY)
        row.held_under(held)
    related(house, by, one, shop("s2"))
    with house.transaction() as db:
        (row,) = gathered(db, [one], TODAY)
        with pytest.raises(GroupsChanged):
            row.held_under(held)
        row.held_under(actions.lock_related(db, one, TODAY))
