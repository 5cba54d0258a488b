"""A version goes live by two people, from a day on; never back in time, never twice, and what it says never changes."""

from datetime import timedelta

import psycopg
import pytest
from publishing_cases import FIRST, KEY, LINE, NEXT, TODAY, Publisher, begun, version

from crowd import at_once
from lendmill.db import Database
from lendmill.people.approvals.approval import DecidedAlready, NotTheProposer, OwnProposal, ProposalExpired
from lendmill.people.approvals.rules import ReasonMissing
from lendmill.people.command import CommandReused
from lendmill.products import queries as products
from lendmill.products.actions import publish
from lendmill.products.dearest import DearerThanAllowed
from lendmill.products.law import LawUnnamed
from lendmill.products.publishing import kept, queries, stages
from lendmill.products.publishing.actions import ProposedForPublication, PublishedAlready

DAY = timedelta(days=1)


@pytest.fixture
def house(database: Database) -> Publisher:
    """A house that has begun."""
    return begun(database)


def test_a_version_goes_from_draft_to_live_by_two_people(house: Publisher) -> None:
    house.draft(grace_days=5)
    house.draft(by="alma", grace_days=6)
    with house.database.transaction() as db:
        assert queries.stage_of(db, "product", KEY, NEXT, TODAY) == "draft"
    proposal = house.propose("shadow")
    with house.database.transaction() as db:
        assert queries.stage_of(db, "product", KEY, NEXT, TODAY) == "review"
    house.decide(proposal.proposal_id)
    house.decide(house.propose("share", share_bp=500).proposal_id)
    with house.database.transaction() as db:
        assert products.shared_products(db, TODAY) == [(version(NEXT, grace_days=6), 500)]
        assert products.shadow_products(db, TODAY) == []
    assert house.live() == FIRST
    house.decide(house.propose("live", by="rita").proposal_id)
    assert house.live() == NEXT
    with house.database.transaction() as db:
        assert products.product(db, KEY).grace_days == 6
        assert products.product(db, KEY, FIRST) == LINE
        told = [
            (each.version, each.was, each.stage, each.share_bp, each.changer)
            for each in queries.log(db, "product", KEY)
        ]
        assert queries.day_of(db, "product", KEY, TODAY).said == {FIRST: "retired", NEXT: "live"}
    assert told == [
        (FIRST, "draft", "live", None, None),
        (NEXT, "draft", "shadow", None, "rolf"),
        (NEXT, "shadow", "share", 500, "rolf"),
        (NEXT, "share", "live", None, "rolf"),
    ]


def test_nobody_lets_go_what_they_wrote_or_proposed_themselves(house: Publisher) -> None:
    house.draft(by="rolf", grace_days=5)
    house.draft(by="ana", grace_days=6)
    proposal = house.propose(by="rita")
    decide = house.decide
    house.refuses(stages.NotPublishersWork, "role analyst may not", lambda: decide(proposal.proposal_id, by="alma"))
    house.refuses(OwnProposal, "proposed this yourself", lambda: decide(proposal.proposal_id, by="rita"))
    house.refuses(kept.WroteItYourself, "You wrote this version", lambda: decide(proposal.proposal_id, by="rolf"))
    house.refuses(NotTheProposer, "Only who proposed", lambda: decide(proposal.proposal_id, "withdraw", by="ada"))
    house.refuses(stages.NotPublishersWork, "role auditor", lambda: house.draft(by="otto"))
    house.refuses(stages.NotPublishersWork, "role admin", lambda: house.propose(by="ada"))
    decide(proposal.proposal_id, by="ada")
    assert house.live() == NEXT
    house.decide(house.propose("live", number=FIRST, by="ana").proposal_id)  # and back again, by two as well
    assert house.live() == FIRST


def test_not_even_the_owner_of_the_tables_can_write_one_person_into_both_places(
    house: Publisher, database_url: str
) -> None:
    house.draft(by="ana")
    proposal = house.propose(by="rita")
    for by, check in (("rita", "decided_by"), ("ana", "decided_by")):
        with psycopg.connect(database_url) as owner, pytest.raises(psycopg.errors.CheckViolation, match="check"):
            owner.execute(
                "insert into document_proposal_decision (proposal_id, kind, document_key, version, digest, to_stage,"
                " proposed_by, written_by, outcome, decided_by, decided_role, decided_on, command_key)"
                " select proposal_id, kind, document_key, version, digest, to_stage, proposed_by, written_by,"
                f" 'approved', %s, 'x', proposed_on, 'k-{check}' from document_proposal where proposal_id = %s",
                [house.by[by].account_id, proposal.proposal_id],
            )
    forbidden = (
        ("live", "draft", "holds back"),
        ("retired", "live", "holds back"),
        ("share", "shadow", "holds back"),
        ("shadow", "draft", "first of the house"),
    )
    for stage, was, alone in forbidden:
        with psycopg.connect(database_url) as owner, pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(
                "insert into document_step (kind, document_key, n, version, digest, stage, was, share_bp, effective_on,"
                " reason, changed_on, alone) values ('product', %s, 9, 9, 'd', %s, %s, %s, '2026-01-01', 'x',"
                " '2026-01-01', %s)",
                [KEY, stage, was, 5 if stage == "share" else None, alone],
            )
    with psycopg.connect(database_url) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "insert into document_step (kind, document_key, n, version, digest, stage, was, effective_on, reason,"
            " changed_on, alone) values ('product', %s, 9, 9, 'd', 'retired', 'draft', '2025-12-31', 'x', '2026-01-01',"
            " 'holds back')",
            [KEY],
        )


def test_the_log_and_what_stands_cannot_be_changed(house: Publisher) -> None:
    house.published()
    tables = ("document_draft", "document_proposal", "document_proposal_decision", "document_step", "product_version")
    for table in tables:
        for statement in (f"update {table} set version = 7", f"delete from {table}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), house.database.transaction() as db:
                db.execute(statement)


def test_what_is_agreed_for_a_coming_day_comes_into_force_by_itself(house: Publisher) -> None:
    house.published(effective_on=TODAY + 9 * DAY)
    assert [house.live(TODAY + n * DAY) for n in (0, 8, 9, 10)] == [FIRST, FIRST, NEXT, NEXT]
    house.refuses(stages.ScheduledAlready, f"becomes live on {TODAY + 9 * DAY}", lambda: house.propose("shadow"))
    with house.database.transaction() as db:
        (coming, now) = queries.versions(db, "product", TODAY, KEY)
    assert (coming.version, coming.stage, coming.coming, coming.coming_on) == (NEXT, "review", "live", TODAY + 9 * DAY)
    assert (now.version, now.stage, now.since_on) == (FIRST, "live", TODAY)


def test_what_was_agreed_for_a_coming_day_can_be_called_off_by_one_person(house: Publisher) -> None:
    house.published(effective_on=TODAY + 9 * DAY)
    house.hold_back()
    assert house.live(TODAY + 10 * DAY) == FIRST
    house.decide(house.propose("retired", number=FIRST).proposal_id)
    with house.database.transaction() as db:
        assert queries.live_last(db, products.PRODUCT, KEY, TODAY + 10 * DAY) == LINE
    house.refuses(stages.WayClosed, "is retired and cannot become retired", house.hold_back)


def test_nothing_is_published_for_a_day_that_is_over(house: Publisher) -> None:
    house.draft()
    house.refuses(stages.BackDated, "2025-12-31 lies before today", lambda: house.propose(effective_on=TODAY - DAY))
    proposal = house.propose(effective_on=TODAY + DAY)
    house.today = TODAY + 2 * DAY
    house.refuses(stages.BackDated, "2026-01-02 lies before today", lambda: house.decide(proposal.proposal_id))
    assert house.decide(proposal.proposal_id, "withdraw", by="ana").outcome == "withdrawn"


def test_only_raising_a_share_takes_two(house: Publisher) -> None:
    house.draft()
    for share_bp in (0, 10_000, None):
        house.refuses(
            stages.NotAShare, "from 0.01 % to 99.99 %", lambda bp=share_bp: house.propose("share", share_bp=bp)
        )
    house.refuses(stages.NotAShare, "only with the stage", lambda: house.propose("live", share_bp=5))
    house.decide(house.propose("share", share_bp=2_000).proposal_id)
    house.refuses(stages.TakesTwoPeople, "products propose", lambda: house.hold_back(share_bp=2_000))
    house.refuses(stages.TakesTwoPeople, "products propose", lambda: house.hold_back(share_bp=3_000))
    house.hold_back(share_bp=1_000)
    house.decide(house.propose("share", share_bp=3_000).proposal_id)
    with house.database.transaction() as db:
        assert [share_bp for _, share_bp in products.shared_products(db, TODAY)] == [3_000]
    house.draft(number=NEXT + 1)
    house.refuses(
        stages.SharesTooLarge, "100 % of all borrowers", lambda: house.propose("share", number=NEXT + 1, share_bp=7_000)
    )
    house.decide(house.propose("share", number=NEXT + 1, share_bp=6_999).proposal_id)
    house.hold_back(number=NEXT + 1)
    with house.database.transaction() as db:
        assert [(each.version, bp) for each, bp in products.shared_products(db, TODAY)] == [(NEXT, 3_000)]


def test_shares_are_held_to_every_later_day_on_which_something_changes(house: Publisher) -> None:
    house.published("share", share_bp=6_000, effective_on=TODAY + 5 * DAY)
    house.draft(number=NEXT + 1)
    too_much = rf"From {TODAY + 5 * DAY} on .* 120 % of all borrowers"
    house.refuses(stages.SharesTooLarge, too_much, lambda: house.propose("share", number=NEXT + 1, share_bp=6_000))
    house.decide(house.propose("share", number=NEXT + 1, share_bp=3_999).proposal_id)
    house.refuses(stages.SharesRun, f"{KEY} {NEXT}, {KEY} {NEXT + 1}", lambda: house.propose("retired", number=FIRST))
    house.hold_back(number=NEXT)
    house.hold_back(number=NEXT + 1)
    house.decide(house.propose("retired", number=FIRST).proposal_id)


def test_the_live_version_retires_by_two_and_nobody_comes_back_by_itself(house: Publisher) -> None:
    house.published()
    house.refuses(stages.TakesTwoPeople, "products propose", house.hold_back)
    house.refuses(
        stages.RetiresAtOnce, "not on a coming one", lambda: house.propose("retired", effective_on=TODAY + DAY)
    )
    house.decide(house.propose("retired").proposal_id)
    with house.database.transaction() as db:
        with pytest.raises(products.NoSuchProduct):
            products.live_product(db, KEY, on=TODAY)
        assert [each.key for each in products.live_products(db, TODAY)] == ["order-loan"]
        assert {each.key: each.version for each in products.ever_sold(db, TODAY)}[KEY] == NEXT
    house.decide(house.propose("shadow").proposal_id)
    with house.database.transaction() as db:
        day = queries.day_of(db, "product", KEY, TODAY)
        last = queries.live_last(db, products.PRODUCT, KEY, TODAY)
    assert (day.live, day.said, last) == (None, {FIRST: "retired", NEXT: "shadow"}, version(NEXT))
    house.draft(number=NEXT + 1)
    house.refuses(
        stages.NothingLive, "nothing a share could stand", lambda: house.propose("share", number=NEXT + 1, share_bp=1)
    )


def test_a_number_is_written_once(house: Publisher) -> None:
    house.refuses(kept.NumberTaken, f"the number {NEXT}", lambda: house.draft(number=FIRST, grace_days=9))
    house.draft()
    house.draft()  # the same text again is the same revision
    proposal = house.propose()
    house.refuses(kept.InReview, "ana proposed version", lambda: house.draft(grace_days=9))
    house.refuses(ProposedForPublication, "ana proposed this already", lambda: house.propose(by="rita"))
    house.decide(proposal.proposal_id, "decline", reason="too short a grace")
    house.draft(grace_days=9)
    house.decide(house.propose().proposal_id)
    with house.database.transaction() as db:
        assert [each.revision for each in queries.drafts(db, "product", KEY, NEXT)] == [2, 1]
        assert products.product(db, KEY).grace_days == 9
    house.refuses(kept.NumberTaken, f"the number {NEXT + 1}", lambda: house.draft(grace_days=1))
    house.draft(number=NEXT + 1)
    house.hold_back(number=NEXT + 1)
    house.refuses(kept.NumberClosed, f"the number {NEXT + 2}", lambda: house.draft(number=NEXT + 1))
    house.refuses(kept.NumberClosed, "given up", lambda: house.propose(number=NEXT + 1))
    house.refuses(kept.NoSuchVersion, "There is no version 77", lambda: house.propose(number=77))


def test_what_the_house_does_not_fit_any_more_is_refused_to_who_agrees(house: Publisher) -> None:
    house.draft(laws=[])
    house.refuses(LawUnnamed, "which law sets all_in_cap_bp", house.propose)
    house.draft(caps="current", penalty_multiple_bp=20_000)
    house.refuses(DearerThanAllowed, "in default", house.propose)
    house.draft()
    first, other = house.propose(effective_on=TODAY + DAY), NEXT + 1
    house.published(number=other)
    house.refuses(kept.LiveVersionChanged, "another version of credit-line", lambda: house.decide(first.proposal_id))
    house.today = first.expires_on + DAY
    house.refuses(ProposalExpired, "is over", lambda: house.decide(first.proposal_id, "decline", reason="too late"))


def test_the_same_command_happens_once(house: Publisher) -> None:
    house.draft()
    proposal = house.propose(command_key="k1")
    assert house.propose(command_key="k1") == proposal
    house.refuses(CommandReused, "k1", lambda: house.propose("shadow", command_key="k1"))
    decided = house.decide(proposal.proposal_id, command_key="k2")
    assert house.decide(proposal.proposal_id, command_key="k2") == decided
    house.refuses(CommandReused, "k2", lambda: house.decide(proposal.proposal_id, "decline", command_key="k2"))
    house.refuses(DecidedAlready, "approved on 2026-01-01", lambda: house.decide(proposal.proposal_id))
    house.refuses(ReasonMissing, "Say why", lambda: house.propose(reason=" "))
    house.refuses(kept.NoSuchPublication, "no proposal", lambda: house.decide(house.by["ana"].account_id))


def test_the_house_begins_with_its_first_versions_on_one_day_only(house: Publisher) -> None:
    database = house.database
    database.act(publish, version(1, key="gold"), today=TODAY)
    house.refuses(stages.TakesTwoPeople, "products propose", lambda: database.act(publish, version(NEXT), today=TODAY))
    later = version(1, key="silver")
    house.refuses(stages.TakesTwoPeople, "products propose", lambda: database.act(publish, later, today=TODAY + DAY))
    database.act(publish, LINE, today=TODAY + DAY)
    changed = version(FIRST, grace_days=9)
    house.refuses(PublishedAlready, "another content", lambda: database.act(publish, changed, today=TODAY + DAY))


def test_a_crowd_of_publishers_leaves_one_version_live(house: Publisher) -> None:
    numbers = range(NEXT, NEXT + 6)
    for number in numbers:
        house.draft(number=number)
    proposals = [house.propose(number=number) for number in numbers]
    deciders = ("rita", "rolf", "ada")

    said = at_once(
        [lambda n=n: house.decide(proposals[n // 3].proposal_id, by=deciders[n % 3]) for n in range(18)]  # type: ignore[misc]
    )
    assert said == {"done": 1, "decided-already": 2, "live-version-changed": 15}
    with house.database.transaction() as db:
        steps = queries.log(db, "product", KEY)
        (live,) = [v for v, stage in queries.day_of(db, "product", KEY, TODAY).said.items() if stage == "live"]
    assert [each.n for each in steps] == [1, 2]
    assert live == house.live() == steps[-1].version


def test_a_crowd_that_begins_a_house_begins_it_once(database: Database) -> None:
    terms = [version(1 + n % 2, grace_days=n % 2) for n in range(8)]
    said = at_once([lambda one=one: database.act(publish, one, today=TODAY) for one in terms])  # type: ignore[misc]
    assert said == {"done": 4, "takes-two-people": 4}
    with database.transaction() as db:
        assert len(queries.log(db, "product", KEY)) == 1
