"""Lendable money in slots: reserved once, to the last cent, however many ask at the same moment."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from lender import Lender
from lendmill import ids
from lendmill.db import Database, scalar
from lendmill.funding.actions import SLOTS, FundingExhausted, fold_releases, release, reserve
from lendmill.funding.queries import available_cents, lendable_cents

SLOT_CENTS = 93_750  # a capital of 1,000,000 carries 1.5 times that, over 16 slots
HELD = "select array_agg(available_cents order by slot) from funding_slot"
RESERVED = "select array_agg(amount_cents order by slot) from funding_reservation where loan_id = %(loan_id)s"


def _house(database: Database, capital_cents: int = 1_000_000) -> tuple[Lender, UUID]:
    lender = Lender(database).found(capital_cents)
    return lender, lender.borrower()[0]


def _held(database: Database) -> list[int]:
    with database.transaction() as db:
        return list(scalar(db, HELD))


def _reserve(database: Database, borrower_id: UUID, cents: int) -> UUID:
    loan_id = ids.new()
    database.act(reserve, loan_id=loan_id, borrower_id=borrower_id, amount_cents=cents)
    return loan_id


def test_capital_is_spread_over_the_slots_to_the_last_cent(database: Database) -> None:
    _house(database, 1_000_007)  # carries 1,500,010: ten cents more than 16 equal parts
    assert _held(database) == [SLOT_CENTS + 1] * 10 + [SLOT_CENTS] * 6
    with database.transaction() as db:
        assert lendable_cents(db) == available_cents(db) == 1_500_010


def test_a_draw_takes_one_slot_where_one_is_enough_and_several_where_none_is(database: Database) -> None:
    _, borrower_id = _house(database)
    alone = _reserve(database, borrower_id, SLOT_CENTS)
    several = _reserve(database, borrower_id, SLOT_CENTS + 1)
    with database.transaction() as db:
        assert scalar(db, RESERVED, loan_id=alone) == [SLOT_CENTS]
        assert scalar(db, RESERVED, loan_id=several) == [SLOT_CENTS, 1]
    assert _held(database) == [0, 0, SLOT_CENTS - 1] + [SLOT_CENTS] * (SLOTS - 3)


def test_all_there_is_can_be_lent_and_not_a_cent_more(database: Database) -> None:
    _, borrower_id = _house(database)
    _reserve(database, borrower_id, 20)
    with pytest.raises(FundingExhausted, match="has 1499980 cents left to lend, less than the 1499981 asked"):
        _reserve(database, borrower_id, 1_499_981)
    assert sum(_held(database)) == 1_499_980
    _reserve(database, borrower_id, 1_499_980)
    assert _held(database) == [0] * SLOTS


def test_what_comes_back_is_lent_again_the_same_day_and_folded_once(database: Database) -> None:
    _, borrower_id = _house(database)
    loan_id = _reserve(database, borrower_id, 1_500_000)
    database.act(release, borrower_id=borrower_id, loan_id=loan_id, amount_cents=33)
    with pytest.raises(FundingExhausted, match="has 33 cents left"):
        _reserve(database, borrower_id, 34)
    _reserve(database, borrower_id, 30)
    with database.transaction() as db:
        assert available_cents(db) == 3
    database.act(release, borrower_id=borrower_id, loan_id=loan_id, amount_cents=17)
    assert database.act(fold_releases) == {"releases": 1, "released_cents": 17}
    assert database.act(fold_releases) == {"releases": 0, "released_cents": 0}
    assert sum(_held(database)) == 20


def test_a_crowd_each_of_which_needs_a_whole_slot_empties_all_and_no_slot_twice(database: Database) -> None:
    _, borrower_id = _house(database)
    crowd = SLOTS + 4
    start = threading.Barrier(crowd)

    def ask(_: int) -> str:
        start.wait()
        try:
            _reserve(database, borrower_id, SLOT_CENTS)
        except FundingExhausted:
            return "refused"
        return "reserved"

    with ThreadPoolExecutor(crowd) as pool:
        assert Counter(pool.map(ask, range(crowd))) == {"reserved": SLOTS, "refused": 4}
    assert _held(database) == [0] * SLOTS
