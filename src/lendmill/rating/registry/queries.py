"""Proposals about cards as they stand, and the way each card has come."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.db import Db, many, maybe, scalar
from lendmill.rating.registry.comparing import GradePair
from lendmill.rating.registry.proposal import ModelProposal, NoSuchProposal, StageChange

COLUMNS: Final = """
           p.proposal_id, p.model_id, p.to_stage, p.live_model_id, p.reason, p.command_key, p.proposed_by,
           p.proposed_role, a.display_name as proposer, p.proposed_on, p.expires_on, p.made_at,
           d.outcome, d.decided_by, s.display_name as decider, d.decided_on, d.reason as decided_why,
           d.command_key as decided_key
      from model_proposal p
      join account a on a.account_id = p.proposed_by
      left join model_proposal_decision d on d.proposal_id = p.proposal_id
      left join account s on s.account_id = d.decided_by
"""

PROPOSAL = f"""
    select {COLUMNS}
     where p.proposal_id = %(proposal_id)s
"""


def proposal(db: Db, proposal_id: UUID) -> ModelProposal:
    """One proposal, or the refusal `NoSuchProposal`."""
    found = maybe(db, ModelProposal, PROPOSAL, proposal_id=proposal_id)
    if found is None:
        raise NoSuchProposal(proposal_id=proposal_id)
    return found


PROPOSAL_BY_KEY = f"""
    select {COLUMNS}
     where p.command_key = %(command_key)s
"""


def proposal_by_key(db: Db, command_key: str) -> ModelProposal | None:
    """What was proposed under a sender's key before."""
    return maybe(db, ModelProposal, PROPOSAL_BY_KEY, command_key=command_key)


DECIDED_BY_KEY = f"""
    select {COLUMNS}
     where d.command_key = %(command_key)s
"""


def decided_by_key(db: Db, command_key: str) -> ModelProposal | None:
    """What was decided under a sender's key before."""
    return maybe(db, ModelProposal, DECIDED_BY_KEY, command_key=command_key)


PROPOSALS_OF = f"""
    select {COLUMNS}
     where p.model_id = %(model_id)s
     order by p.proposal_id desc
     limit 50
"""


def proposals_of(db: Db, model_id: str) -> list[ModelProposal]:
    """All that was proposed about a card, the latest first."""
    return many(db, ModelProposal, PROPOSALS_OF, model_id=model_id)


WAITING = f"""
    select {COLUMNS}
     where d.proposal_id is null
       and p.expires_on >= %(today)s
       and (%(model_id)s::text is null or p.model_id = %(model_id)s::text)
     order by p.proposal_id
     limit 200
"""


def waiting(db: Db, today: date, model_id: str | None = None) -> list[ModelProposal]:
    """What waits for a second person today, the oldest first."""
    return many(db, ModelProposal, WAITING, today=today, model_id=model_id)


STAGES_OF = """
    select m.model_id, m.n, m.stage, m.reason, m.changed_on, a.display_name as changer, m.proposal_id, m.made_at
      from model_stage m
      left join account a on a.account_id = m.changed_by
     where m.model_id = %(model_id)s
     order by m.n
"""


def stages_of(db: Db, model_id: str) -> list[StageChange]:
    """The way a card has come, the first step first."""
    return many(db, StageChange, STAGES_OF, model_id=model_id)


KEPT_DAYS = """
    select distinct on (s.model_id) s.model_id, s.n, s.stage, s.reason, s.changed_on, a.display_name as changer,
           s.proposal_id, s.made_at
      from model_stage s
      left join account a on a.account_id = s.changed_by
     where s.changed_on is not null
     order by s.model_id, s.n
"""


def kept_days(db: Db) -> dict[str, date]:
    """The house's day on which each card was kept, or the first one known of it: a card may be older than the house."""
    first = many(db, StageChange, KEPT_DAYS)
    return {each.model_id: each.changed_on for each in first if each.changed_on is not None}


WAS_LIVE = """
    select exists (select from model_stage where stage = 'live' and model_id = %(model_id)s)
"""


def was_live(db: Db, model_id: str) -> bool:
    """Whether a card was ever the live one."""
    return bool(scalar(db, WAS_LIVE, model_id=model_id))


ANY_WAS_LIVE = """
    select exists (select from model_stage where stage = 'live')
"""


def any_was_live(db: Db) -> bool:
    """Whether the house has ever had a live card."""
    return bool(scalar(db, ANY_WAS_LIVE))


LIVE_MODEL_ID = """
    select model_id from model where stage = 'live'
"""


def live_model_id(db: Db) -> str | None:
    """The name of the card that rates today, if there is one."""
    found = scalar(db, LIVE_MODEL_ID)
    return None if found is None else str(found)


COMPARED_ON = """
    select max(s.as_of_on)
      from shadow_rating s
     where s.model_id = %(model_id)s
       and exists (select from rating r where r.model_id = %(live_id)s and r.as_of_on = s.as_of_on)
"""


def compared_on(db: Db, model_id: str, live_id: str) -> date | None:
    """The last day on which a card in the shadow and the live one both rated."""
    found = scalar(db, COMPARED_ON, model_id=model_id, live_id=live_id)
    assert found is None or isinstance(found, date)
    return found


# The live card's own answer, before a thin file or an adjustment was put on top: cards are compared, not policies.
GRADE_PAIRS = """
    with live as (
        select distinct on (borrower_id, shop_id) borrower_id, shop_id,
               coalesce(nullif(telling ->> 'card_grade', ''), grade) as grade,
               coalesce((telling ->> 'card_pd')::double precision, pd) as pd
          from rating
         where model_id = %(live_id)s
           and as_of_on = %(as_of_on)s
         order by borrower_id, shop_id, rating_id desc
    ), shadow as (
        select distinct on (borrower_id, shop_id) borrower_id, shop_id, grade, pd
          from shadow_rating
         where model_id = %(model_id)s
           and as_of_on = %(as_of_on)s
         order by borrower_id, shop_id, rating_id desc
    )
    select l.grade as live_grade, s.grade as shadow_grade, count(*)::integer as shops,
           avg(l.pd) as live_pd, avg(s.pd) as shadow_pd
      from live l
      join shadow s on (s.borrower_id, s.shop_id) = (l.borrower_id, l.shop_id)
     group by l.grade, s.grade
     order by l.grade, s.grade
"""


def grade_pairs(db: Db, model_id: str, live_id: str, as_of_on: date) -> list[GradePair]:
    """How the shops of a day spread over the grades of two cards."""
    return many(db, GradePair, GRADE_PAIRS, model_id=model_id, live_id=live_id, as_of_on=as_of_on)
