"""Writes proposals, decisions and changes of stage; none of them is ever changed."""

from datetime import date
from uuid import UUID

from lendmill.db import Db, run
from lendmill.people.sign_in.queries import Caller
from lendmill.rating.registry.proposal import ModelProposal, Outcome

LOCK_CARDS = """
    select model_id, stage
      from model
     order by model_id
       for update
"""


def lock_cards(db: Db) -> dict[str, str]:
    """Every card's stage, with nobody else changing one until this transaction is over."""
    return dict(db.execute(LOCK_CARDS).fetchall())


PROPOSE = """
    insert into model_proposal (proposal_id, model_id, to_stage, live_model_id, reason, command_key, proposed_by,
                                proposed_role, proposed_on, expires_on)
    values (%(proposal_id)s, %(model_id)s, %(to_stage)s, %(live_model_id)s, %(reason)s, %(command_key)s,
            %(proposed_by)s, %(proposed_role)s, %(proposed_on)s, %(expires_on)s)
"""


def propose(db: Db, **proposal: object) -> None:
    """Write down what somebody proposes."""
    run(db, PROPOSE, **proposal)


DECIDE = """
    insert into model_proposal_decision (proposal_id, model_id, to_stage, proposed_by, outcome, decided_by,
                                         decided_role, decided_on, reason, command_key)
    values (%(proposal_id)s, %(model_id)s, %(to_stage)s, %(proposed_by)s, %(outcome)s, %(decided_by)s,
            %(decided_role)s, %(decided_on)s, %(reason)s, %(command_key)s)
"""


def decide(
    db: Db, proposal: ModelProposal, *, outcome: Outcome, by: Caller, decided_on: date, reason: str, command_key: str
) -> None:
    """Write down what became of a proposal; a second decision about it fails."""
    run(
        db,
        DECIDE,
        proposal_id=proposal.proposal_id,
        model_id=proposal.model_id,
        to_stage=proposal.to_stage,
        proposed_by=proposal.proposed_by,
        outcome=outcome,
        decided_by=by.account_id,
        decided_role=by.role.value,
        decided_on=decided_on,
        reason=reason,
        command_key=command_key,
    )


SET_STAGE = """
    update model
       set stage = %(stage)s
     where model_id = %(model_id)s
"""

ADD_STAGE = """
    insert into model_stage (model_id, n, stage, reason, changed_on, changed_by, first_of_house, proposal_id, outcome)
    select %(model_id)s, coalesce(max(n), 0) + 1, %(stage)s, %(reason)s, %(changed_on)s, %(changed_by)s,
           %(first_of_house)s, %(proposal_id)s::uuid,
           case when %(proposal_id)s::uuid is not null then 'approved' end
      from model_stage
     where model_id = %(model_id)s
        on conflict do nothing
"""


def add_stage(
    db: Db,
    model_id: str,
    stage: str,
    *,
    reason: str,
    changed_on: date | None,
    changed_by: UUID | None = None,
    first_of_house: bool = False,
    proposal_id: UUID | None = None,
) -> bool:
    """Write a change of stage down, and let the card stand where it says; not so for a second first card of a house."""
    written = run(
        db,
        ADD_STAGE,
        model_id=model_id,
        stage=stage,
        reason=reason,
        changed_on=changed_on,
        changed_by=changed_by,
        first_of_house=first_of_house,
        proposal_id=proposal_id,
    )
    return written == 1 and run(db, SET_STAGE, model_id=model_id, stage=stage) == 1
