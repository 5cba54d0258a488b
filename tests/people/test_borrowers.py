"""Registering borrowers, and doing each command once."""

import threading
from dataclasses import dataclass
from datetime import date

import pytest

from lendmill.db import Database, scalar
from lendmill.people import actions, queries
from lendmill.people.actions import Command, CommandReused
from lendmill.people.seal import Seal

TODAY = date(2026, 1, 1)
SEAL = Seal(b"the secret of a test house")
ADULT = "11010519491231002X"


@dataclass(frozen=True)
class Introduced:
    """A seller as a marketplace introduces one."""

    shop_key: str
    name: str = "杭州***商贸有限公司"
    kind: str = "person"
    industry: str = "trade"
    region: str = "浙江"
    born_on: date | None = None
    member_since_on: date | None = date(2020, 5, 1)
    identity_no: str | None = None
    phone: str | None = None
    wholesale: bool = False


def test_a_seller_registered_twice_is_one_borrower(database: Database) -> None:
    first = database.act(actions.register_borrower, seller=Introduced("s1"), today=TODAY)
    again = database.act(actions.register_borrower, seller=Introduced("s1", name="another name"), today=TODAY)
    assert again == first
    with database.transaction() as db:
        assert [b.display_name for b in queries.borrowers_page(db)] == ["杭州***商贸有限公司"]
        shop = queries.shop_of(db, first)
        assert shop is not None
        assert (shop.shop_key, shop.since_on) == ("s1", date(2020, 5, 1))


def test_two_shops_of_one_identity_are_one_borrower(database: Database) -> None:
    sellers = [Introduced("s1", identity_no=ADULT), Introduced("s2", identity_no=" " + ADULT.lower())]
    found = database.act(actions.register_borrowers, sellers=sellers, today=TODAY, vouched=True, seal=SEAL)
    assert found["s1"] == found["s2"]
    third = Introduced("s3", identity_no=ADULT)
    assert database.act(actions.register_borrower, seller=third, today=TODAY, seal=SEAL) == found["s1"]
    with database.transaction() as db:
        assert [shop.shop_key for shop in queries.shops_of(db, found["s1"])] == ["s1", "s2", "s3"]
        borrower = queries.borrower(db, found["s1"])
    assert borrower.identity_verified
    assert borrower.born_on == date(1949, 12, 31)


@pytest.mark.parametrize(
    ("identity_no", "vouched", "verified"),
    [(ADULT, True, True), (ADULT, False, False), (None, True, True), ("110105194912310021", True, False)],
)
def test_only_a_vouched_and_possible_identity_is_verified(
    database: Database, identity_no: str | None, vouched: bool, verified: bool
) -> None:
    seller = Introduced("s1", identity_no=identity_no)
    borrower_id = database.act(actions.register_borrower, seller=seller, today=TODAY, vouched=vouched, seal=SEAL)
    with database.transaction() as db:
        assert queries.borrower(db, borrower_id).identity_verified is verified


def test_identities_and_phones_are_unreadable_at_rest(database: Database) -> None:
    seller = Introduced("s1", identity_no=ADULT, phone="13800000000")
    database.act(actions.register_borrower, seller=seller, today=TODAY, seal=SEAL)
    with database.transaction() as db:
        row = db.execute("select identity_sealed, phone_sealed, b::text from borrower b").fetchone()
    assert row is not None
    assert SEAL.opened(row[0], "identity") == ADULT
    assert SEAL.opened(row[1], "phone") == "13800000000"
    assert ADULT not in row[2]
    assert ADULT.encode().hex() not in row[2]
    assert b"13800000000".hex() not in row[2]


def test_many_registrations_at_once_make_one_borrower_per_shop(database: Database) -> None:
    sellers = [Introduced(f"s{n}") for n in range(20)]
    found: list[dict[str, object]] = []
    start = threading.Barrier(8)

    def register(order: int) -> None:
        start.wait()
        mine = sellers[order:] + sellers[:order]
        found.append(dict(database.act(actions.register_borrowers, sellers=mine, today=TODAY)))

    threads = [threading.Thread(target=register, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(one == found[0] for one in found)
    with database.transaction() as db:
        assert len(queries.borrowers_page(db)) == 20
        assert scalar(db, "select count(*) from shop") == 20


def test_a_search_takes_its_signs_literally(database: Database) -> None:
    sellers = [Introduced("s1", name="100%_tea"), Introduced("s2", name="100 of tea"), Introduced("x-1", name="silk")]
    database.act(actions.register_borrowers, sellers=sellers, today=TODAY)
    with database.transaction() as db:
        assert [b.display_name for b in queries.borrowers_page(db, search="100%_")] == ["100%_tea"]
        assert [b.display_name for b in queries.borrowers_page(db, search="X-1")] == ["silk"]
        first = queries.borrowers_page(db, size=2)
        assert [b.display_name for b in queries.borrowers_page(db, after=first[-1].borrower_id)] == ["silk"]


def test_a_command_happens_once_and_its_key_serves_no_other(database: Database) -> None:
    borrower_id = database.act(actions.register_borrower, seller=Introduced("s1"), today=TODAY)
    other_id = database.act(actions.register_borrower, seller=Introduced("s2"), today=TODAY)
    command = Command.of("k", amount_cents=1)
    with database.transaction() as db:
        actions.lock_borrower(db, borrower_id)
        assert actions.once(db, borrower_id=borrower_id, command=command, action="draw") is None
        actions.remember(db, borrower_id=borrower_id, command=command, action="draw", result_id=other_id)
        assert actions.once(db, borrower_id=borrower_id, command=command, action="draw") == other_id
        assert actions.once(db, borrower_id=other_id, command=command, action="draw") is None
        with pytest.raises(CommandReused, match="'k' was used before"):
            actions.once(db, borrower_id=borrower_id, command=Command.of("k", amount_cents=2), action="draw")
        with pytest.raises(CommandReused):
            actions.once(db, borrower_id=borrower_id, command=command, action="repay")


def test_a_borrower_who_is_not_there_cannot_be_locked(database: Database) -> None:
    with database.transaction() as db, pytest.raises(queries.NoSuchBorrower):
        actions.lock_borrower(db, actions.ids.new())


def test_an_identity_is_held_to_the_registered_one_and_to_everybody_elses(database: Database) -> None:
    known = database.act(actions.register_borrower, seller=Introduced("s1", identity_no=ADULT), today=TODAY, seal=SEAL)
    other = database.act(actions.register_borrower, seller=Introduced("s2"), today=TODAY, seal=SEAL)
    another = "110105194912310038"
    with database.transaction() as db:
        with pytest.raises(actions.NotAnIdentity):
            actions.verify_identity(db, borrower_id=known, identity_no="1", seal=SEAL)
        with pytest.raises(actions.IdentityDiffers):
            actions.verify_identity(db, borrower_id=known, identity_no=another, seal=SEAL)
        with pytest.raises(actions.IdentityTaken):
            actions.verify_identity(db, borrower_id=other, identity_no=ADULT, seal=SEAL)
        with pytest.raises(actions.NoSeal):
            actions.verify_identity(db, borrower_id=known, identity_no=ADULT, seal=None)
        assert not queries.borrower(db, known).identity_verified
        actions.verify_identity(db, borrower_id=known, identity_no=ADULT, seal=SEAL)
        assert queries.borrower(db, known).identity_verified
        assert not queries.borrower(db, other).identity_verified


def test_the_house_has_one_day(database: Database) -> None:
    with database.transaction() as db:
        actions.open_house(db, today=date(2030, 1, 1))
        assert queries.house_day(db) == TODAY
