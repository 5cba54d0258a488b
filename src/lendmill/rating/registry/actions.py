"""Moving a card from stage to stage: by one person where that is enough, by two into the live stage and out of it."""

from datetime import date
from typing import Literal
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.people.approvals.approval import DecidedAlready, NotTheProposer, OwnProposal, ProposalExpired
from lendmill.people.approvals.rules import reason_given
from lendmill.people.command import CommandReused
from lendmill.people.sign_in.queries import Caller
from lendmill.rating.queries import UnknownModel
from lendmill.rating.registry import queries, stages, store
from lendmill.rating.registry.proposal import LiveCardChanged, ModelProposal, Outcome, ProposedAlready, last_day
from lendmill.rating.registry.stages import Stage, TakesTwo

Verdict = Literal["approve", "decline", "withdraw"]


def first_live(db: Db, model_id: str, *, today: date | None, by: Caller | None = None) -> None:
    """Let the first card a house ever has rate at once; asked again for the same card, nothing happens.

    Refuses with `UnknownModel`, and with `TakesTwo` once the house has had a live card.
    """
    stage = _stage_of(store.lock_cards(db), model_id)
    if stage == "live":
        return
    check_first(db)
    changed_by = by.account_id if by else None
    first = store.add_stage(
        db, model_id, "live", reason=stages.FIRST, changed_on=today, changed_by=changed_by, first_of_house=True
    )
    if not first:  # somebody else's card was the first, a moment ago
        raise TakesTwo


def check_first(db: Db) -> None:
    """Refuse, by `TakesTwo`, a house that has had a live card before."""
    if queries.any_was_live(db):
        raise TakesTwo


def move(db: Db, *, model_id: str, to_stage: Stage, reason: str, by: Caller, today: date) -> None:
    """Take a card into the shadow, or retire one that does not rate; a card that stands there already stays.

    Refuses with `NotTheirWork`, `ReasonMissing`, `UnknownModel`, `TakesTwo`, `StageClosed`.
    """
    stages.check_keeper(by.role)
    why = reason_given(reason)
    stage = _stage_of(store.lock_cards(db), model_id)
    if stage == to_stage:
        return
    stages.check_alone(model_id, stage, to_stage)
    store.add_stage(db, model_id, to_stage, reason=why, changed_on=today, changed_by=by.account_id)


def propose(db: Db, *, key: str, model_id: str, to_stage: Stage, reason: str, by: Caller, today: date) -> ModelProposal:
    """Propose that a card goes live, or that the live one retires with nothing in its place; somebody else decides.

    The same key and content is the same proposal. Refuses with `NotTheirWork`, `ReasonMissing`, `UnknownModel`,
    `StageClosed`, `ProposedAlready`, `CommandReused`.
    """
    stages.check_keeper(by.role)
    why = reason_given(reason)
    cards = store.lock_cards(db)
    if (earlier := queries.proposal_by_key(db, key)) is not None:
        if (earlier.model_id, earlier.to_stage, earlier.reason, earlier.proposed_by) != (
            model_id, to_stage, why, by.account_id,
        ):  # fmt: skip
            raise CommandReused(key=key)
        return earlier
    _check_way(db, cards, model_id, to_stage)
    live_model_id = queries.live_model_id(db)
    for other in queries.waiting(db, today, model_id):
        if other.live_model_id == live_model_id:  # one made before another card went live can only be made anew
            raise ProposedAlready(proposer=other.proposer, expires_on=other.expires_on)
    proposal_id = ids.new()
    store.propose(
        db,
        proposal_id=proposal_id,
        model_id=model_id,
        to_stage=to_stage,
        live_model_id=live_model_id,
        reason=why,
        command_key=key,
        proposed_by=by.account_id,
        proposed_role=by.role.value,
        proposed_on=today,
        expires_on=last_day(today),
    )
    return queries.proposal(db, proposal_id)


def decide(
    db: Db, *, key: str, proposal_id: UUID, verdict: Verdict, by: Caller, today: date, reason: str = ""
) -> ModelProposal:
    """Another person agrees, and the card changes its stage now; or says no and why; or the proposer takes it back.

    Refuses with `NoSuchProposal`, `OwnProposal`, `NotTheProposer`, `NotTheirWork`, `DecidedAlready`,
    `ProposalExpired`, `LiveCardChanged`, `StageClosed`, `ReasonMissing`, `CommandReused`.
    """
    cards = store.lock_cards(db)
    proposal = queries.proposal(db, proposal_id)
    outcome = _OUTCOMES[verdict]
    if (earlier := queries.decided_by_key(db, key)) is not None:
        told = (earlier.proposal_id, earlier.outcome, earlier.decided_by, earlier.decided_why)
        if told != (proposal_id, outcome, by.account_id, " ".join(reason.split())):
            raise CommandReused(key=key)
        return earlier
    _check_person(proposal, verdict, by)
    if proposal.outcome is not None:
        raise DecidedAlready(outcome=proposal.outcome, decided_on=proposal.decided_on)
    if today > proposal.expires_on:
        raise ProposalExpired(expires_on=proposal.expires_on)
    why = reason_given(reason) if verdict == "decline" or reason.strip() else ""
    if verdict == "approve" and queries.live_model_id(db) != proposal.live_model_id:
        raise LiveCardChanged(proposed_on=proposal.proposed_on)
    if verdict == "approve":
        _check_way(db, cards, proposal.model_id, stages.stage_named(proposal.to_stage))
    store.decide(db, proposal, outcome=outcome, by=by, decided_on=today, reason=why, command_key=key)
    if verdict == "approve":
        _carry_out(db, proposal, by, today)
    return queries.proposal(db, proposal_id)


_OUTCOMES: dict[Verdict, Outcome] = {"approve": "approved", "decline": "declined", "withdraw": "withdrawn"}


def _check_person(proposal: ModelProposal, verdict: Verdict, by: Caller) -> None:
    own = proposal.proposed_by == by.account_id
    if verdict == "withdraw":
        if not own:
            raise NotTheProposer
        return
    if own:
        raise OwnProposal
    stages.check_decider(by.role)


def _check_way(db: Db, cards: dict[str, str], model_id: str, to_stage: Stage) -> None:
    live_before = queries.was_live(db, model_id)
    stages.check_by_two(model_id, _stage_of(cards, model_id), to_stage, live_before=live_before)


def _carry_out(db: Db, proposal: ModelProposal, by: Caller, today: date) -> None:
    """Change the stage; the card that was live makes room first, so that there are never two."""
    if proposal.to_stage == "live" and proposal.live_model_id is not None:
        store.add_stage(
            db,
            proposal.live_model_id,
            "retired",
            reason=f"{proposal.model_id} took its place",
            changed_on=today,
            changed_by=by.account_id,
        )
    store.add_stage(
        db,
        proposal.model_id,
        proposal.to_stage,
        reason=proposal.reason,
        changed_on=today,
        changed_by=by.account_id,
        proposal_id=proposal.proposal_id,
    )


def _stage_of(cards: dict[str, str], model_id: str) -> str:
    if model_id not in cards:
        raise UnknownModel(model_id=model_id)
    return cards[model_id]
