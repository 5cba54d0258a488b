"""A wholesale membership begins and ends on the days that were said, and a wrong day is put right."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest

from lendmill import ids
from lendmill.db import Database
from lendmill.people.actions import register_borrowers
from lendmill.people.memberships import actions
from lendmill.people.memberships.actions import bring_memberships, set_wholesale
from lendmill.people.memberships.membership import MembershipDayOut, SaidFromLaterOn, SaidOfShop
from lendmill.people.memberships.queries import memberships_of_shop
from lendmill.people.queries import shops_by_key
from lendmill.shops.sellers import Seller

TODAY = date(2026, 1, 1)
KNOWN = date(2020, 5, 1)
FAR = date(2062, 1, 1)


def days(n: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=n)


@pytest.fixture
def say(database: Database) -> Callable[..., bool]:
    """Says of shop s1, known since a day, from which day on it is a wholesale member or not."""
    database.act(register_borrowers, sellers=[Seller("s1", "x", "firm", member_since_on=KNOWN)], today=TODAY)

    def said(wholesale: bool, from_on: date, today: date = TODAY) -> bool:
        return database.act(
            set_wholesale, shop_key="s1", wholesale=wholesale, from_on=from_on, told_by=None, today=today
        )

    return said


def member(database: Database, on: date, shop_key: str = "s1") -> bool:
    """Whether the shop is a member on a day."""
    with database.transaction() as db:
        return shops_by_key(db, [shop_key], on)[shop_key].wholesale


def far_away(database: Database) -> None:
    """A mistyped day, as it was once taken in."""
    with database.transaction() as db:
        db.execute(
            "insert into shop_membership (membership_id, borrower_id, shop_id, wholesale, from_on, told_on)"
            " select %s, borrower_id, shop_id, true, %s, %s from shop",
            [ids.new(), FAR, TODAY],
        )


def test_a_mistyped_day_is_taken_back_and_then_any_day_can_be_said(
    database: Database, say: Callable[..., bool]
) -> None:
    far_away(database)
    with pytest.raises(SaidFromLaterOn, match=f"From {FAR} on"):
        say(False, TODAY)
    assert say(False, FAR)
    assert not say(False, TODAY)
    assert say(True, TODAY)
    assert [member(database, on) for on in (days(-1), TODAY, FAR)] == [False, True, True]
    assert bring_memberships(database, sellers=[Seller("s1", "x", "firm", wholesale=False)], today=TODAY) == (
        ["s1"],
        {},
    )
    assert not member(database, FAR)


def test_what_begins_later_is_not_undone_unless_it_is_said_of_that_day(
    database: Database, say: Callable[..., bool]
) -> None:
    assert say(True, TODAY)
    assert say(False, days(10))
    assert say(True, days(20))
    with pytest.raises(SaidFromLaterOn, match=f"From {days(20)} on something else was said of shop s1"):
        say(False, TODAY)
    assert [member(database, days(n)) for n in (0, 10, 19, 20)] == [True, False, False, True]
    assert say(False, days(20))
    assert say(False, TODAY)
    assert [member(database, days(n)) for n in (0, 10, 20, 30)] == [False] * 4


@pytest.mark.parametrize(
    ("from_on", "taken"),
    [
        (KNOWN, True),
        (KNOWN - timedelta(days=1), False),
        (date(2027, 1, 1), True),
        (date(2027, 1, 2), False),
        (date.min, False),
        (date.max, False),
    ],
)
def test_a_membership_begins_while_the_shop_is_known_and_within_a_year(
    database: Database, say: Callable[..., bool], from_on: date, taken: bool
) -> None:
    if taken:
        assert say(True, from_on)
        return
    told = r"^A membership of shop s1 can begin or end from 2020-05-01, since when the shop is known, to 2027-01-01, a"
    with pytest.raises(MembershipDayOut, match=told):
        say(True, from_on)
    with database.transaction() as db:
        assert memberships_of_shop(db, "s1") == []


def test_one_shop_that_cannot_be_said_is_told_and_the_others_are_taken(
    database: Database, say: Callable[..., bool]
) -> None:
    database.act(register_borrowers, sellers=[Seller(key, key, "firm") for key in ("s0", "s2")], today=TODAY)
    say(True, TODAY), say(False, days(10)), say(True, days(20))
    said = [Seller(key, key, "firm", wholesale=key != "s1") for key in ("s0", "s1", "s2", "unknown")]
    changed, refused = bring_memberships(database, sellers=said, today=TODAY)
    assert (changed, list(refused), refused["s1"].code()) == (["s0", "s2"], ["s1"], "said-from-later-on")
    assert [member(database, TODAY, key) for key in ("s0", "s1", "s2")] == [True, True, True]


def test_an_import_of_many_is_taken_page_by_page_in_few_statements(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "PAGE", 40)
    keys = [f"s{n:03}" for n in range(100)]
    database.act(register_borrowers, sellers=[Seller(key, key, "firm") for key in keys], today=TODAY)
    asked = list[str]()
    for verb in ("run", "copy_in", "said_of_shops", "shops_by_key"):
        theirs = getattr(actions, verb)
        monkeypatch.setattr(actions, verb, lambda *a, _v=verb, _t=theirs, **k: (asked.append(_v), _t(*a, **k))[1])
    said = [Seller(key, key, "firm", wholesale=True) for key in keys]
    assert bring_memberships(database, sellers=said, today=TODAY) == (keys, {})
    with database.transaction() as db:
        transactions = db.execute("select count(*) from shop_membership group by xmin order by 1").fetchall()
    assert transactions == [(20,), (40,), (40,)]
    assert asked == ["shops_by_key", "run", "said_of_shops", "copy_in"] * 3
    asked.clear()
    assert bring_memberships(database, sellers=said, today=TODAY) == ([], {})
    assert asked == ["shops_by_key"] * 3


def every_history() -> Iterator[list[tuple[bool, int]]]:
    """Nothing said, and all histories of three words about five days."""
    words = [(wholesale, day) for wholesale in (True, False) for day in range(5)]
    yield []
    for one in words:
        for two in words:
            for three in words:
                yield [one, two, three]


def test_the_newest_word_about_a_day_counts() -> None:
    for history in every_history():
        newest = list(reversed(history))
        shop = SaidOfShop(
            uuid4(), uuid4(), "s", None, False, [days(day) for _, day in newest], [said for said, _ in newest]
        )
        for day in range(6):
            told = [said for said, from_day in newest if from_day <= day]
            changed = [became for on, became in shop.changes() if on <= days(day)]
            assert (changed[-1] if changed else False) == (told[0] if told else False), (history, day)
