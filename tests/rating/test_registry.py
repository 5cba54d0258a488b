"""A card goes live by two people, one at a time, and every step is written down for good."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation, InsufficientPrivilege, UniqueViolation
from rating_cards import PAIR, SMALL
from staff import Staff

from lendmill import ids
from lendmill.db import Database
from lendmill.people.approvals.approval import DecidedAlready, NotTheProposer, OwnProposal, ProposalExpired
from lendmill.people.approvals.rules import ReasonMissing
from lendmill.people.command import CommandReused
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.rating import actions as rating
from lendmill.rating import queries as ratings
from lendmill.rating.queries import UnknownModel
from lendmill.rating.registry import actions, queries
from lendmill.rating.registry.proposal import LiveCardChanged, ModelProposal, NoSuchProposal, ProposedAlready
from lendmill.rating.registry.stages import NoSuchStage, NotTheirWork, StageClosed, TakesTwo, stage_named

TODAY = date(2026, 1, 1)


class Registry:
    """A house with a live card, another in the shadow, and staff."""

    def __init__(self, database: Database) -> None:
        self.database, staff = database, Staff(database)
        self.analyst, self.officer = staff.member(Role.ANALYST), staff.member(Role.RISK_OFFICER)
        self.admin, self.finance = staff.member(Role.ADMIN), staff.member(Role.FINANCE)
        self.first = database.act(rating.keep_model, SMALL, {"auc": 0.5})
        self.second = database.act(rating.keep_model, PAIR, {"auc": 0.6})
        database.act(actions.first_live, self.first, today=TODAY)
        self.move(self.second, "shadow")

    def move(self, model_id: str, to_stage: str, by: Caller | None = None, reason: str = "to be tried") -> None:
        """One person moves a card."""
        self.database.act(
            actions.move, model_id=model_id, to_stage=stage_named(to_stage), reason=reason, by=by or self.analyst,
            today=TODAY,
        )  # fmt: skip

    def propose(
        self, model_id: str, to_stage: str = "live", by: Caller | None = None, key: str = "", reason: str = "better"
    ) -> ModelProposal:
        """Somebody proposes."""
        return self.database.act(
            actions.propose, key=key or str(ids.new()), model_id=model_id, to_stage=stage_named(to_stage),
            reason=reason, by=by or self.analyst, today=TODAY,
        )  # fmt: skip

    def decide(
        self, proposal_id: UUID, verdict: actions.Verdict = "approve", by: Caller | None = None, key: str = "",
        today: date = TODAY, reason: str = "",
    ) -> ModelProposal:  # fmt: skip
        """Somebody decides."""
        return self.database.act(
            actions.decide, key=key or str(ids.new()), proposal_id=proposal_id, verdict=verdict,
            by=by or self.officer, today=today, reason=reason,
        )  # fmt: skip

    def stages(self) -> dict[str, str]:
        """Where every card stands."""
        with self.database.transaction() as db:
            return {model.model_id: model.stage for model in ratings.models(db)}

    def way(self, model_id: str) -> list[tuple[str, str]]:
        """The steps a card has made, with why."""
        with self.database.transaction() as db:
            return [(step.stage, step.reason) for step in queries.stages_of(db, model_id)]


@pytest.fixture
def registry(database: Database) -> Registry:
    """The registry."""
    return Registry(database)


def test_the_first_card_of_a_house_goes_live_alone_and_no_other_does(registry: Registry) -> None:
    assert registry.way(registry.first) == [("draft", "kept after training"), ("live", "first card of the house")]
    registry.database.act(actions.first_live, registry.first, today=TODAY)
    with pytest.raises(TakesTwo, match="takes two people"):
        registry.database.act(actions.first_live, registry.second, today=TODAY)
    with pytest.raises(UnknownModel):
        registry.database.act(actions.first_live, "nobody's", today=TODAY)
    assert registry.stages() == {registry.first: "live", registry.second: "shadow"}
    assert len(registry.way(registry.first)) == 2


def test_a_house_whose_card_was_retired_still_takes_two_for_the_next(registry: Registry) -> None:
    registry.decide(registry.propose(registry.first, "retired").proposal_id)
    assert registry.stages() == {registry.first: "retired", registry.second: "shadow"}
    with registry.database.transaction() as db, pytest.raises(ratings.NoLiveModel):
        ratings.live_card(db)
    with pytest.raises(TakesTwo):
        registry.database.act(actions.first_live, registry.second, today=TODAY)
    registry.decide(registry.propose(registry.second).proposal_id)
    assert registry.stages() == {registry.first: "retired", registry.second: "live"}


def test_two_people_promote_a_card_and_the_one_before_it_retires(registry: Registry) -> None:
    proposal = registry.propose(registry.second, reason="finds more of the bad")
    assert proposal.state(TODAY) == "waiting"
    with registry.database.transaction() as db:
        assert queries.waiting(db, TODAY) == [proposal]
        assert queries.proposals_of(db, registry.second) == [proposal]
    decided = registry.decide(proposal.proposal_id, reason="seen the shadow's month")
    assert (decided.outcome, decided.decided_by, decided.decided_why) == (
        "approved", registry.officer.account_id, "seen the shadow's month",
    )  # fmt: skip
    assert registry.stages() == {registry.first: "retired", registry.second: "live"}
    assert registry.way(registry.second)[1:] == [("shadow", "to be tried"), ("live", "finds more of the bad")]
    assert registry.way(registry.first)[-1] == ("retired", f"{registry.second} took its place")
    with registry.database.transaction() as db:
        assert queries.waiting(db, TODAY) == []
        assert ratings.live_card(db) == PAIR


def test_a_promotion_is_undone_by_promoting_the_earlier_card_again(registry: Registry) -> None:
    registry.decide(registry.propose(registry.second).proposal_id)
    registry.decide(registry.propose(registry.first, reason="the new one drifts").proposal_id)
    assert registry.stages() == {registry.first: "live", registry.second: "retired"}
    assert [stage for stage, _ in registry.way(registry.first)] == ["draft", "live", "retired", "live"]


def test_nobody_approves_their_own_proposal_and_only_they_withdraw_it(registry: Registry) -> None:
    proposal = registry.propose(registry.second, by=registry.officer)
    verdicts: tuple[actions.Verdict, ...] = ("approve", "decline")
    for verdict in verdicts:
        with pytest.raises(OwnProposal):
            registry.decide(proposal.proposal_id, verdict, by=registry.officer, reason="my own")
    with pytest.raises(NotTheProposer):
        registry.decide(proposal.proposal_id, "withdraw", by=registry.admin)
    for other in (registry.analyst, registry.finance):
        with pytest.raises(NotTheirWork, match="admin, risk-officer"):
            registry.decide(proposal.proposal_id, by=other)
    assert registry.decide(proposal.proposal_id, "withdraw", by=registry.officer).outcome == "withdrawn"
    with pytest.raises(DecidedAlready, match="withdrawn on 2026-01-01"):
        registry.decide(proposal.proposal_id, by=registry.admin)
    assert registry.stages() == {registry.first: "live", registry.second: "shadow"}


def test_only_those_who_work_with_cards_move_or_propose_them(registry: Registry) -> None:
    for other in (registry.admin, registry.finance):
        with pytest.raises(NotTheirWork, match="analyst, risk-officer"):
            registry.propose(registry.second, by=other)
        with pytest.raises(NotTheirWork):
            registry.move(registry.second, "retired", by=other)
    assert registry.stages() == {registry.first: "live", registry.second: "shadow"}


def test_declining_says_why_and_changes_nothing(registry: Registry) -> None:
    proposal = registry.propose(registry.second)
    with pytest.raises(ReasonMissing):
        registry.decide(proposal.proposal_id, "decline", by=registry.admin)
    assert (
        registry.decide(proposal.proposal_id, "decline", by=registry.admin, reason="too few bad").outcome == "declined"
    )
    assert registry.stages() == {registry.first: "live", registry.second: "shadow"}
    registry.decide(registry.propose(registry.second).proposal_id)
    assert registry.stages()[registry.second] == "live"


def test_a_proposal_waits_its_days_and_then_is_over(registry: Registry) -> None:
    proposal = registry.propose(registry.second)
    assert proposal.expires_on == TODAY + timedelta(days=14)
    after = proposal.expires_on + timedelta(days=1)
    with pytest.raises(ProposalExpired):
        registry.decide(proposal.proposal_id, today=after)
    with registry.database.transaction() as db:
        assert queries.waiting(db, proposal.expires_on) == [proposal]
        assert queries.waiting(db, after) == []
    assert proposal.state(after) == "expired"
    assert registry.decide(proposal.proposal_id, today=proposal.expires_on).outcome == "approved"


def test_a_proposal_is_stale_once_another_card_went_live(registry: Registry) -> None:
    third = registry.database.act(rating.keep_model, SMALL.__class__.read(_renamed()), {})
    registry.move(third, "shadow")
    waiting = registry.propose(third)
    registry.decide(registry.propose(registry.second).proposal_id)
    with pytest.raises(LiveCardChanged, match="2026-01-01"):
        registry.decide(waiting.proposal_id)
    assert registry.stages()[third] == "shadow"
    anew = registry.propose(third)
    assert anew.proposal_id != waiting.proposal_id
    with pytest.raises(ProposedAlready):
        registry.propose(third)
    registry.decide(anew.proposal_id)
    assert (registry.stages()[third], registry.stages()[registry.second]) == ("live", "retired")


def _renamed() -> bytes:
    return SMALL.written().replace(b'"small"', b'"third"')


def test_one_proposal_about_a_card_waits_at_a_time_and_a_key_is_one_proposal(registry: Registry) -> None:
    proposal = registry.propose(registry.second, key="first-key")
    assert registry.propose(registry.second, key="first-key") == proposal
    with pytest.raises(CommandReused):
        registry.propose(registry.second, key="first-key", reason="another reason")
    with pytest.raises(CommandReused):
        registry.propose(registry.second, key="first-key", by=registry.officer)
    with pytest.raises(ProposedAlready, match="analyst"):
        registry.propose(registry.second, by=registry.officer)
    decided = registry.decide(proposal.proposal_id, key="deciding")
    assert registry.decide(proposal.proposal_id, key="deciding") == decided
    with pytest.raises(CommandReused):
        registry.decide(proposal.proposal_id, "decline", key="deciding", reason="changed my mind")
    with pytest.raises(DecidedAlready):
        registry.decide(proposal.proposal_id, by=registry.admin)
    with pytest.raises(NoSuchProposal):
        registry.decide(ids.new())


@pytest.mark.parametrize(
    ("way", "to_stage", "refusal"),
    [
        ((), "live", StageClosed),  # a draft has not rated in the shadow
        (("retired",), "live", StageClosed),  # nor has one that retired before it did
        (("retired",), "retired", StageClosed),
        (("shadow",), "retired", StageClosed),  # one person is enough for that
        ((), "draft", StageClosed),
    ],
)
def test_there_is_no_short_way_to_the_live_stage(
    registry: Registry, way: tuple[str, ...], to_stage: str, refusal: type[Exception]
) -> None:
    third = registry.database.act(rating.keep_model, SMALL.__class__.read(_renamed()), {})
    for step in way:
        registry.move(third, step)
    before = registry.stages()
    with pytest.raises(refusal):
        registry.propose(third, to_stage)
    assert registry.stages() == before


def test_one_person_moves_a_card_that_does_not_rate_and_only_such(registry: Registry) -> None:
    for to_stage, refusal in (("retired", TakesTwo), ("shadow", StageClosed), ("draft", StageClosed)):
        with pytest.raises(refusal):
            registry.move(registry.first, to_stage)
    with pytest.raises(TakesTwo):
        registry.move(registry.second, "live")
    with pytest.raises(StageClosed):
        registry.move(registry.second, "draft")
    registry.move(registry.second, "retired")
    registry.move(registry.second, "retired")  # again: nothing happens
    registry.move(registry.second, "shadow")
    assert [stage for stage, _ in registry.way(registry.second)] == ["draft", "shadow", "retired", "shadow"]
    with pytest.raises(ReasonMissing):
        registry.move(registry.second, "retired", reason=" ")
    with pytest.raises(NoSuchStage, match="'best'"):
        stage_named("best")


LIVE_UNDECIDED = """
    insert into model_stage (model_id, n, stage, reason, proposal_id, outcome)
    values (%s, 9, 'live', 'by hand', %s, 'approved')
"""
LIVE_BY_HAND = """
    insert into model_stage (model_id, n, stage, reason, first_of_house) values (%s, 9, 'live', 'by hand', %s)
"""


def test_the_database_too_keeps_a_second_card_from_going_live_alone(registry: Registry) -> None:
    for first, error in ((False, CheckViolation), (True, UniqueViolation)):
        with pytest.raises(error), registry.database.transaction() as db:
            db.execute(LIVE_BY_HAND, [registry.second, first])
    proposal = registry.propose(registry.second)
    with pytest.raises(ForeignKeyViolation), registry.database.transaction() as db:
        db.execute(LIVE_UNDECIDED, [registry.second, proposal.proposal_id])
    own = """
        insert into model_proposal_decision (proposal_id, model_id, to_stage, proposed_by, outcome, decided_by,
                                             decided_role, decided_on, command_key)
        values (%(p)s, %(m)s, 'live', %(a)s, 'approved', %(a)s, 'admin', '2026-01-01', 'k')
    """
    with pytest.raises(CheckViolation), registry.database.transaction() as db:
        db.execute(own, {"p": proposal.proposal_id, "m": registry.second, "a": registry.analyst.account_id})
    with pytest.raises(UniqueViolation), registry.database.transaction() as db:
        db.execute("update model set stage = 'live'")


@pytest.mark.parametrize(
    "statement",
    [
        "update model_stage set reason = 'x'",
        "delete from model_stage",
        "update model_proposal set reason = 'x'",
        "update model_proposal_decision set outcome = 'approved'",
        "update shadow_rating set points = 900",
        "update model set page = 'x'",
    ],
)
def test_what_was_done_with_a_card_is_never_changed(database: Database, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege), database.transaction() as db:
        db.execute(statement)
