"""What a group has together is what a decision counts, what is left is what a decision grants; also by command."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from credit_cases import TODAY
from test_conditions import has_net_assets
from test_crowd import asking, together
from test_groups import RICH, parting, related
from test_lending_paused import pause
from typer.testing import Result

from lendmill.api.groups import group_file
from lendmill.cli.shops import NotADay
from lendmill.credit.lines.actions import reserve
from lendmill.credit.lines.line import GroupLimitReached, Line
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.related.queries import group_cap, group_exposure, groups_page
from lendmill.db import Database
from lendmill.money import yuan
from lendmill.people.groups.group import GroupOfOne, NobodyByThatName, NoSuchGroup, SaidForLater
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from people.staff import Staff


def test_the_room_told_is_the_limit_decided(house: Database, shop: Callable[..., UUID]) -> None:
    by = Staff(house).member(Role.ANALYST)
    one, two, three = (shop(f"s{n}", grade="AAA", facts=RICH) for n in range(3))
    group_id = related(house, by, one, two, three)
    asking(house, one, "a", amount_cents=70_000_000)()
    asking(house, two, "b", amount_cents=50_000_000)()
    with house.transaction() as db:
        told = group_exposure(db, group_id, TODAY)
        cap = group_cap(db, TODAY)
    assert cap is not None
    assert (told.members, told.granted_cents, told.owed_cents, told.late_members) == (3, 120_000_000, 0, 0)
    assert (cap.room_cents(told.granted_cents), cap.over_cents(told.granted_cents)) == (80_000_000, 0)
    assert (cap.room_cents(cap.most_cents + 1), cap.over_cents(cap.most_cents + 1)) == (0, 1)
    counter = asking(house, three, "c", amount_cents=90_000_000)()
    assert (counter.outcome, counter.limit_cents) == ("counter", cap.room_cents(told.granted_cents))


@pytest.mark.parametrize("paused", [False, True])
def test_who_is_found_to_belong_together_later_draws_no_more_than_a_group_may_have(
    house: Database, shop: Callable[..., UUID], paused: bool
) -> None:
    one, two, alone = (shop(f"s{n}") for n in range(3))
    for borrower_id in (one, two, alone):
        asking(house, borrower_id, str(borrower_id), amount_cents=600_000)()
    has_net_assets(house, 7_000_000)  # 15 % of it are 1,050,000
    people = Staff(house)
    related(house, people.member(Role.ANALYST), one, two)
    if paused:
        pause(house, people)

    def drawing(borrower_id: UUID, amount_cents: int) -> Callable[[], Line]:
        with house.transaction() as db:
            (line,) = lines_of(db, borrower_id)
        return lambda: house.act(reserve, line, amount_cents, today=TODAY)

    found = together([drawing(one, 600_000), drawing(two, 600_000)])
    assert Counter(type(each) for each in found) == {Line: 1, GroupLimitReached: 1}
    (other,) = {one, two} - {each.borrower_id for each in found if isinstance(each, Line)}
    with pytest.raises(GroupLimitReached, match="cannot lend 450001 cents more"):
        drawing(other, 450_001)()
    assert drawing(other, 450_000)().reserved_cents == 450_000
    assert drawing(alone, 600_000)().reserved_cents == 600_000


def test_groups_are_found_by_kind_name_member_and_shop_a_page_at_a_time(
    house: Database, shop: Callable[..., UUID]
) -> None:
    by = Staff(house).member(Role.ANALYST)
    one, two, three = (shop(key) for key in ("tea-1", "silk_1", "silkx1"))
    first = related(house, by, one, two)
    second = related(house, by, one, three, kind="representative", named="Silver Ltd")

    def found(**asked: Any) -> list[UUID]:
        with house.transaction() as db:
            return [each.group_id for each in groups_page(db, TODAY, **asked)]

    assert found() == [second, first]
    assert found(size=1) == [second]
    assert found(before=second) == [first]
    assert found(kind="household") == [first]
    assert found(search="silver") == [second]
    assert found(search="tea-1") == [second, first]
    assert found(search="silk_") == [first]
    assert found(search="nobody") == []


def test_a_day_that_changes_nothing_is_refused_and_a_group_of_one_too(
    house: Database, shop: Callable[..., UUID]
) -> None:
    by, one, two = Staff(house).member(Role.ANALYST), shop("s1"), shop("s2")
    group_id = related(house, by, one, two)
    with pytest.raises(SaidForLater):
        parting(house, by, group_id, one, TODAY - timedelta(days=1))
    with pytest.raises(GroupOfOne):
        related(house, by, one, one)
    assert related(house, by, two, one) == group_id  # said twice
    with house.transaction() as db:
        assert [each.borrower_id for each in group_file(db, group_id, TODAY).history] == sorted([one, two])
        assert len(groups_page(db, TODAY)) == 1


def test_groups_by_command(house: Database, shop: Callable[..., UUID], typed: Callable[..., Result]) -> None:
    house.act(open_account, sign_in_name="ana", display_name="Ana", role=Role.ANALYST, password="correct horse battery")
    assert typed("groups", "list").output == "Nobody belongs together yet.\n"
    one, two, _ = shop("s1", grade="AAA", facts=RICH), shop("s2"), shop("s3")
    asking(house, one, "a", amount_cents=70_000_000)()
    by = ("--by", "ana", "--source", "register 3/2026")
    made = typed("groups", "relate", "household", "Wang", "s1", two, *by)
    group_id = made.output.split()[1].removesuffix(":")
    assert made.output == f"group {group_id}: members: 2\n"
    assert typed("groups", "tie", group_id, "s3", *by).output == f"group {group_id}: members: 3\n"
    house.act(open_account, sign_in_name="rita", display_name="Rita", role=Role.RISK_OFFICER, password="correct horse")
    asked = typed("groups", "untie", group_id, "s3", *by).output
    assert asked.endswith(f": waits for a second person until {TODAY + timedelta(days=7)}\n")
    agreed = typed("approvals", "approve", asked.split()[1].removesuffix(":"), "--by", "rita").output
    assert agreed.endswith(f": approved on {TODAY}\n")
    left = yuan(200_000_000 - 70_000_000)
    head = f"{group_id}  household  Wang  members: 2\n  granted 700,000.00  owes 0.00  left {left}\n"
    assert typed("groups", "list").output == head
    assert typed("groups", "list", "--search", "nobody").output == "No group is found.\n"
    shown = typed("groups", "show", group_id).output
    assert shown.startswith(head)
    assert f"  {one}  Silk and tea (s1)  granted 700,000.00  owes 0.00\n" in shown
    assert shown.splitlines()[-1] == f"  {TODAY}  Silk and tea no longer from {TODAY}  Ana: register 3/2026"
    for words, refusal in (
        (("tie", group_id, "s9", *by), NobodyByThatName),
        (("tie", group_id, "s3", *by, "--from", "soon"), NotADay),
        (("show", one), NoSuchGroup),
    ):
        wrong = typed("groups", *words)
        assert (wrong.exit_code, type(wrong.exception)) == (1, refusal)
    assert "Nobody signs in as bob" in typed("groups", "tie", group_id, "s3", "--by", "bob", "--source", "x").output
