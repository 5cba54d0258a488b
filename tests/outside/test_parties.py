"""Third parties at their worst, behind the real adapter: nothing is asked without a consent, nothing is lost or
double, and no mishap is ever read as a clean record."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest

from lender import Introduced
from lendmill.credit.consented.actions import give_consent, take_back_consent
from lendmill.credit.consented.queries import consent_in_force
from lendmill.db import Database, run, scalar
from lendmill.lab.identities import firm_number
from lendmill.outside.parties.carrying import ConsentNeeded, ask_party, carry_enquiries
from lendmill.outside.parties.over_http import HttpParty
from lendmill.outside.parties.party import Enquiry, Party
from lendmill.outside.parties.simulated_parties import Archive, PartyManners, serve
from lendmill.people.actions import register_borrower
from lendmill.people.seal import Seal
from lendmill.rating.parties.actions import TRIES_MAX, NoIdentityToAskWith, settle
from lendmill.rating.parties.answer import PartyAnswer
from lendmill.rating.parties.party import PARTIES, NoSuchParty
from lendmill.rating.parties.queries import counting_answers, learned_since, party_standings

DAY = date(2026, 1, 1)
SEAL = Seal(b"secret")
NAMES = tuple(party.name for party in PARTIES)


@contextmanager
def parties(timeout_seconds: float = 5.0, **manners: float) -> Iterator[tuple[Archive, dict[str, Party]]]:
    """All four, behind the real adapter and over HTTP; and their archive."""
    server = serve("127.0.0.1", 0, PartyManners(**manners))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    reached = {name: HttpParty(name, f"{url}/{name}", timeout_seconds=timeout_seconds) for name in NAMES}
    yield server.RequestHandlerClass.archive, dict(reached)  # type: ignore[attr-defined]
    for party in reached.values():
        party.close()
    server.shutdown()
    thread.join()
    server.server_close()


def willing(database: Database, n: int = 1) -> UUID:
    """A firm with a number, that has agreed to everything."""
    seller = Introduced(f"s{n}", identity_no=firm_number(n))
    found = database.act(register_borrower, seller=seller, today=DAY, vouched=True, seal=SEAL)
    for purpose in ("official-records", "credit-report"):
        database.act(give_consent, borrower_id=found, purpose=purpose, language="en", today=DAY)
    return found


@pytest.fixture
def borrower_id(database: Database) -> UUID:
    """One of them."""
    return willing(database)


def asked(database: Database, borrower_id: UUID, *names: str) -> None:
    for name in names or NAMES:
        database.act(ask_party, borrower_id=borrower_id, party=name, today=DAY)


def states(database: Database, borrower_id: UUID, today: date = DAY) -> dict[str, str]:
    with database.transaction() as db:
        return {each.party.name: each.state for each in party_standings(db, borrower_id, today)}


def hurry(database: Database) -> None:
    """Let what was put off be due now."""
    with database.transaction() as db:
        run(db, "update party_request set next_try_at = now()")


def test_everybody_answers_and_the_figures_are_kept(database: Database, borrower_id: UUID) -> None:
    assert states(database, borrower_id) == dict.fromkeys(NAMES, "not asked")
    asked(database, borrower_id)
    assert states(database, borrower_id) == dict.fromkeys(NAMES, "waiting")
    with parties() as (_, reached):
        assert carry_enquiries(database, reached, SEAL) == 4
        assert carry_enquiries(database, reached, SEAL) == 0
    assert states(database, borrower_id) == dict.fromkeys(NAMES, "answered")
    with database.transaction() as db:
        counting = counting_answers(db, borrower_id, DAY)
        assert {name: {figure.subject for figure in each.said} for name, each in counting.items()}["bureau"] == {
            "open_loans", "open_balance", "late_days_worst", "enquiries_90", "score", "years_known",
        }  # fmt: skip
        assert {each.answered_by for each in counting.values()} == {f"simulated {name}" for name in NAMES}
        assert [each.party for each in learned_since(db, DAY)] == [each.party for each in learned_since(db, DAY)]
        assert {tuple(each.shop_keys) for each in learned_since(db, DAY)} == {("s1",)}
        assert learned_since(db, DAY + timedelta(days=1)) == []
        assert counting_answers(db, borrower_id, DAY - timedelta(days=1)) == {}


MISHAPS = (
    ("silent", "unknown", "answered"),
    ("failing", "unknown", "answered"),
    ("garbled", "unknown", "answered"),
    ("huge", "unknown", "answered"),
    ("pending", "timed out", "answered"),
    ("wrong_person", "unknown", "unknown"),
    ("wrong_key", "unknown", "unknown"),
    ("future", "unknown", "unknown"),
    ("double", "unknown", "unknown"),
    ("partial", "partial", "partial"),
    ("stale", "stale", "stale"),
    ("refused", "refused", "refused"),
    ("no_record", "no record", "no record"),
)


def test_each_mishap_is_a_state_and_asking_again_asks_once(database: Database) -> None:
    for n, (mishap, first, later) in enumerate(MISHAPS):
        borrower_id = willing(database, n)
        asked(database, borrower_id, "bureau")
        with parties(**{mishap: 1.0}) as (archive, reached):
            carry_enquiries(database, reached, SEAL)
            with database.transaction() as db:
                counts = set(counting_answers(db, borrower_id, DAY))
            assert (mishap, states(database, borrower_id)["bureau"]) == (mishap, first)
            assert counts == ({"bureau"} if first == "partial" else set()), f"{mishap}: only what was read counts"
            hurry(database)
            again = carry_enquiries(database, reached, SEAL)
            assert (mishap, again) == (mishap, 1 if first in ("unknown", "timed out") else 0)
            assert (mishap, states(database, borrower_id)["bureau"]) == (mishap, later)
            assert sum(archive.worked_on.values()) == 1, f"{mishap}: asked and paid for once"
        with database.transaction() as db:
            kept = scalar(db, "select count(*) from party_answer where borrower_id = %(id)s", id=borrower_id)
            assert kept == 1 + again, f"{mishap}: every exchange is kept"
            run(db, "update party_request set status = 'given up' where status = 'waiting'")


def test_a_slow_party_is_a_time_out_and_answers_later(database: Database, borrower_id: UUID) -> None:
    asked(database, borrower_id, "tax")
    with parties(timeout_seconds=0.2, slow_seconds=0.6) as (archive, reached):
        carry_enquiries(database, reached, SEAL)
        assert states(database, borrower_id)["tax"] == "timed out"
        hurry(database)
        carry_enquiries(database, reached, SEAL)
        assert states(database, borrower_id)["tax"] == "answered"
        assert sum(archive.worked_on.values()) == 1


def test_it_is_tried_a_bounded_number_of_times_then_a_person_may_ask_anew(
    database: Database, borrower_id: UUID
) -> None:
    asked(database, borrower_id, "tax")
    with parties(wrong_person=1.0) as (_, reached):
        for _ in range(TRIES_MAX):
            hurry(database)
            assert carry_enquiries(database, reached, SEAL) == 1
        hurry(database)
        assert carry_enquiries(database, reached, SEAL) == 0
    with database.transaction() as db:
        assert scalar(db, "select status from party_request") == "given up"
    asked(database, borrower_id, "tax")
    with parties() as (_, reached):
        carry_enquiries(database, reached, SEAL)
    assert states(database, borrower_id)["tax"] == "answered"


def test_what_is_put_off_waits_longer_each_time(database: Database, borrower_id: UUID) -> None:
    asked(database, borrower_id, "tax")
    waits = []
    with parties(wrong_key=1.0) as (_, reached):
        for _ in range(3):
            hurry(database)
            carry_enquiries(database, reached, SEAL)
            with database.transaction() as db:
                waits.append(
                    round(scalar(db, "select extract(epoch from next_try_at - now()) / 60 from party_request"))
                )
    assert waits == [1, 4, 16]


def test_without_a_consent_in_force_nobody_is_asked(database: Database, borrower_id: UUID) -> None:
    other = database.act(register_borrower, seller=Introduced("s2", identity_no=firm_number(2)), today=DAY, seal=SEAL)
    for name in NAMES:
        with pytest.raises(ConsentNeeded, match=name):
            asked(database, other, name)
    database.act(take_back_consent, borrower_id=borrower_id, purpose="official-records", today=DAY)
    with pytest.raises(ConsentNeeded):
        asked(database, borrower_id, "tax")
    asked(database, borrower_id, "bureau")
    database.act(give_consent, borrower_id=borrower_id, purpose="official-records", language="zh-Hans", today=DAY)
    asked(database, borrower_id, "tax")
    with database.transaction() as db:
        assert scalar(db, "select count(*) from party_request") == 2
        later = DAY + timedelta(days=91)
        assert consent_in_force(db, borrower_id, "credit-report", DAY + timedelta(days=90)) is not None
        assert consent_in_force(db, borrower_id, "credit-report", later) is None, "it was for one application"
        assert consent_in_force(db, borrower_id, "official-records", later) is not None
        assert consent_in_force(db, borrower_id, "official-records", DAY - timedelta(days=1)) is None


def test_a_consent_taken_back_before_the_question_left_stops_it(database: Database, borrower_id: UUID) -> None:
    asked(database, borrower_id, "tax", "bureau")
    database.act(take_back_consent, borrower_id=borrower_id, purpose="official-records", today=DAY)
    with parties() as (archive, reached):
        carry_enquiries(database, reached, SEAL)
        assert sum(archive.worked_on.values()) == 1
    assert states(database, borrower_id)["tax"] == "refused"
    assert states(database, borrower_id)["bureau"] == "answered"


def test_a_question_that_is_open_is_not_asked_twice_and_an_unknown_party_not_at_all(
    database: Database, borrower_id: UUID
) -> None:
    asked(database, borrower_id, "tax", "tax")
    with database.transaction() as db:
        assert scalar(db, "select count(*) from party_request") == 1
    with pytest.raises(NoSuchParty):
        asked(database, borrower_id, "astrologer")


def test_without_a_number_and_under_another_secret_nobody_is_asked(database: Database, borrower_id: UUID) -> None:
    unnumbered = database.act(register_borrower, seller=Introduced("s2"), today=DAY, seal=SEAL)
    database.act(give_consent, borrower_id=unnumbered, purpose="official-records", language="en", today=DAY)
    with pytest.raises(NoIdentityToAskWith):
        asked(database, unnumbered, "tax")
    asked(database, borrower_id, "tax")
    with parties() as (archive, reached):
        carry_enquiries(database, reached, Seal(b"another secret"))
        assert sum(archive.worked_on.values()) == 0
    assert states(database, borrower_id)["tax"] == "refused"


def test_an_answer_grows_stale_by_itself_and_the_newest_that_was_read_counts(
    database: Database, borrower_id: UUID
) -> None:
    asked(database, borrower_id, "registry")
    with parties() as (_, reached):
        carry_enquiries(database, reached, SEAL)
    assert states(database, borrower_id, DAY + timedelta(days=29))["registry"] == "answered"
    assert states(database, borrower_id, DAY + timedelta(days=30))["registry"] == "stale"
    asked(database, borrower_id, "registry")
    with parties(no_record=1.0) as (_, reached):
        carry_enquiries(database, reached, SEAL)
    assert states(database, borrower_id, DAY + timedelta(days=29))["registry"] == "no record"
    assert states(database, borrower_id, DAY + timedelta(days=30))["registry"] == "stale"
    with database.transaction() as db:
        assert counting_answers(db, borrower_id, DAY)["registry"].state == "answered"


class _Slow:
    """A party that takes so long that another carrier comes by."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.meanwhile: list[int] = []
        self.heard: list[str] = []

    def send(self, enquiry: Enquiry) -> PartyAnswer:
        self.heard.append(enquiry.key)
        self.meanwhile.append(carry_enquiries(self.database, {"customs": self}, SEAL))
        return PartyAnswer("answered", DAY)

    def ask(self, enquiry: Enquiry) -> PartyAnswer | None:
        self.heard.append(f"again {enquiry.key}")
        return None


def test_while_one_carrier_asks_another_finds_nothing_and_a_second_answer_is_dropped(
    database: Database, borrower_id: UUID
) -> None:
    asked(database, borrower_id, "customs")
    slow = _Slow(database)
    assert carry_enquiries(database, {"customs": slow}, SEAL) == 1
    assert (slow.meanwhile, len(slow.heard)) == ([0], 1)
    with database.transaction() as db:
        request_id = scalar(db, "select request_id from party_request")
        answer = PartyAnswer("unknown", reason="late")
        settle(db, borrower_id=borrower_id, request_id=request_id, answer=answer, today=DAY)
        assert scalar(db, "select count(*) from party_answer") == 1
    assert states(database, borrower_id)["customs"] == "answered"


def test_neither_table_holds_the_number(database: Database, borrower_id: UUID) -> None:
    asked(database, borrower_id)
    with parties() as (_, reached):
        carry_enquiries(database, reached, SEAL)
    number = firm_number(1)
    with database.transaction() as db:
        kept = db.execute("select r::text from party_request r union all select a::text from party_answer a").fetchall()
    assert len(kept) == 8
    assert not [row for (row,) in kept if number in row or number.encode().hex() in row]
