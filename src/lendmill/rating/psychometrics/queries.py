"""Which bank is in use, where a borrower stands with the questionnaire, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from lendmill.db import Db, many, maybe, scalar
from lendmill.people.canonical import digest_of
from lendmill.rating.psychometrics.attempt import (
    Attempt,
    GivenAnswer,
    NoResultYet,
    NoSuchAttempt,
    QuestionnaireState,
    again_on,
)
from lendmill.rating.psychometrics.item import ItemBank, bank_read, shipped_bank
from lendmill.rating.psychometrics.result import QuestionnaireIndex, QuestionnaireResult

NEWEST_BANK = """
select body
  from questionnaire_bank
 where (edition, parameters) > (%(edition)s, %(parameters)s)
 order by edition desc, parameters desc
 limit 1
"""


def current_bank(db: Db) -> ItemBank:
    """The bank new forms are drawn from: the newest kept, or the one shipped where that is newer."""
    shipped = _shipped()
    newer = scalar(db, NEWEST_BANK, edition=shipped.edition, parameters=shipped.parameters)
    return shipped if newer is None else _opened(str(newer))


BANK = """
select body
  from questionnaire_bank
 where bank_digest = %(digest)s
"""


def bank(db: Db, digest: str) -> ItemBank:
    """The version of the bank that a form or a result names."""
    if digest == _shipped().digest:
        return _shipped()
    found = _opened(str(scalar(db, BANK, digest=digest)))
    assert found.digest == digest, f"item bank {digest} is not what was kept"
    return found


@lru_cache(maxsize=1)
def _shipped() -> ItemBank:
    return shipped_bank()


@lru_cache(maxsize=8)
def _opened(body: str) -> ItemBank:
    found = bank_read(body)
    assert digest_of(body) == found.digest, "an item bank reads otherwise than it was written"
    return found


ATTEMPT = """
select a.attempt_id, a.borrower_id, a.shop_id, a.consent_id, a.bank_digest, a.seed, a.form, a.started_on, a.expires_on,
       r.finished_on,
       exists (select
                 from questionnaire_consent c
                where c.borrower_id = a.borrower_id
                  and c.consent_id > a.consent_id
                  and not c.given) as withdrawn
  from questionnaire_attempt a
  left join questionnaire_result r on r.attempt_id = a.attempt_id and r.borrower_id = a.borrower_id
 where a.borrower_id = %(borrower_id)s
   and (%(attempt_id)s::uuid is null or a.attempt_id = %(attempt_id)s::uuid)
   and (not %(finished)s or r.finished_on is not null)
 order by a.attempt_id desc
 limit 1
"""


def attempt(db: Db, borrower_id: UUID, attempt_id: UUID) -> Attempt:
    """One form of a borrower, else the refusal `NoSuchAttempt`."""
    found = maybe(db, Attempt, ATTEMPT, borrower_id=borrower_id, attempt_id=attempt_id, finished=False)
    if found is None:
        raise NoSuchAttempt
    return found


def newest_attempt(db: Db, borrower_id: UUID, *, finished: bool = False) -> Attempt | None:
    """The newest form a borrower was given, or the newest they sent."""
    return maybe(db, Attempt, ATTEMPT, borrower_id=borrower_id, attempt_id=None, finished=finished)


GIVEN = """
select answered.item_key, answered.choice, answered.language,
       case when shown.shown_at is not null then greatest(shown.shown_at, before.answered_at) end as shown_at,
       answered.answered_at, answered.client_ms
  from questionnaire_answer answered
  left join lateral (
       select coalesce(min(s.shown_at) filter (where s.shown_at >= answered.answered_at - %(pause)s), max(s.shown_at))
              as shown_at
         from questionnaire_shown s
        where s.borrower_id = answered.borrower_id
          and s.attempt_id = answered.attempt_id
          and s.item_key = answered.item_key
          and s.shown_at <= answered.answered_at
       ) shown on true
  left join lateral (
       select max(b.answered_at) as answered_at
         from questionnaire_answer b
        where b.borrower_id = answered.borrower_id
          and b.attempt_id = answered.attempt_id
          and b.item_key <> answered.item_key
          and b.answer_id < answered.answer_id
       ) before on true
 where answered.borrower_id = %(borrower_id)s
   and answered.attempt_id = %(attempt_id)s
 order by answered.answer_id
"""


def given(db: Db, begun: Attempt) -> list[GivenAnswer]:
    """Every answer as it came in, the first first.

    Shown more than once, by going back or reloading, an item counts from the first time that is not a pause ago, but
    never from before the last answer to another: questions opened first and answered in a burst are hurried.
    """
    pause = timedelta(seconds=bank(db, begun.bank_digest).rules.pause_seconds)
    return many(db, GivenAnswer, GIVEN, borrower_id=begun.borrower_id, attempt_id=begun.attempt_id, pause=pause)


WAS_SHOWN = """
select exists (
       select 1
         from questionnaire_shown
        where borrower_id = %(borrower_id)s
          and attempt_id = %(attempt_id)s
          and item_key = %(item_key)s
          and shown_at <= %(at)s
       )
"""


def was_shown(db: Db, begun: Attempt, item_key: str, at: datetime) -> bool:
    """Whether an item of a form was put before the person by a moment."""
    about = {"borrower_id": begun.borrower_id, "attempt_id": begun.attempt_id}
    return bool(scalar(db, WAS_SHOWN, item_key=item_key, at=at, **about))


BEGUN_SINCE = """
select started_on
  from questionnaire_attempt
 where borrower_id = %(borrower_id)s
   and started_on > %(after_on)s
 order by attempt_id
"""


@dataclass(frozen=True, slots=True)
class _Begun:
    started_on: date


def begun_since(db: Db, borrower_id: UUID, after_on: date) -> list[date]:
    """The days after a day on which forms were given to a borrower, however they ended."""
    return [each.started_on for each in many(db, _Begun, BEGUN_SINCE, borrower_id=borrower_id, after_on=after_on)]


CHOICES = """
select distinct on (item_key) item_key, choice
  from questionnaire_answer
 where borrower_id = %(borrower_id)s
   and attempt_id = %(attempt_id)s
 order by item_key, answer_id desc
"""


@dataclass(frozen=True, slots=True)
class _Choice:
    item_key: str
    choice: int


def choices(db: Db, begun: Attempt) -> dict[str, int]:
    """What is answered so far, by item: the last answer to each."""
    found = many(db, _Choice, CHOICES, borrower_id=begun.borrower_id, attempt_id=begun.attempt_id)
    return {each.item_key: each.choice for each in found}


def state(db: Db, borrower_id: UUID, today: date) -> QuestionnaireState:
    """Where a borrower stands today."""
    newest = newest_attempt(db, borrower_id)
    sent = newest_attempt(db, borrower_id, finished=True)
    going_on = newest if newest is not None and newest.is_open(today) else None
    free_on = None
    if sent is not None and sent.finished_on is not None:
        free_on = again_on(sent.finished_on, bank(db, sent.bank_digest))
    return QuestionnaireState(
        going_on=going_on,
        answered=len(choices(db, going_on)) if going_on else 0,
        sent=sent,
        again_on=free_on if free_on is not None and free_on > today else None,
    )


RESULT = """
select attempt_id, borrower_id, content, content_hash, finished_on, finished_at
  from questionnaire_result
 where borrower_id = %(borrower_id)s
   and attempt_id = %(attempt_id)s
"""


def result_of(db: Db, begun: Attempt) -> QuestionnaireResult | None:
    """What a form came to, if it was sent."""
    return maybe(db, QuestionnaireResult, RESULT, borrower_id=begun.borrower_id, attempt_id=begun.attempt_id)


def newest_result(db: Db, borrower_id: UUID) -> QuestionnaireResult:
    """The newest result of a borrower that their consent still covers, else the refusal `NoResultYet`."""
    sent = newest_attempt(db, borrower_id, finished=True)
    found = result_of(db, sent) if sent is not None and not sent.withdrawn else None
    if found is None:
        raise NoResultYet
    return found


WISH = """
select words
  from questionnaire_wish
 where borrower_id = %(borrower_id)s
   and attempt_id = %(attempt_id)s
"""


@dataclass(frozen=True, slots=True)
class QuestionnairePanel:
    """What the staff see of a borrower's questionnaire; once the consent is taken back, only that it was."""

    sent: Attempt | None
    result: QuestionnaireResult | None
    bank_version: str
    wish: str | None


def panel(db: Db, borrower_id: UUID) -> QuestionnairePanel:
    """The newest questionnaire a borrower sent."""
    sent = newest_attempt(db, borrower_id, finished=True)
    if sent is None or sent.withdrawn:
        return QuestionnairePanel(sent, None, "", None)
    wish = scalar(db, WISH, borrower_id=borrower_id, attempt_id=sent.attempt_id)
    return QuestionnairePanel(sent, result_of(db, sent), bank(db, sent.bank_digest).version, wish)


FINISHED_SINCE = """
with finished as (
    select r.attempt_id, r.borrower_id, shop.shop_key, r.finished_on, r.finished_at, back.said_on, back.said_at
      from questionnaire_result r
      join questionnaire_attempt a on a.attempt_id = r.attempt_id and a.borrower_id = r.borrower_id
      join shop on shop.shop_id = a.shop_id and shop.borrower_id = a.borrower_id
      left join lateral (
           select c.said_on, c.said_at
             from questionnaire_consent c
            where c.borrower_id = a.borrower_id
              and c.consent_id > a.consent_id
              and not c.given
            order by c.consent_id
            limit 1
           ) back on true
)
select f.shop_key,
       coalesce(f.said_on, f.finished_on) as finished_on,
       coalesce(f.said_at, f.finished_at) as finished_at,
       i.subject,
       case when f.said_at is null then i.quantity end as quantity
  from finished f
  join questionnaire_index i on i.attempt_id = f.attempt_id and i.borrower_id = f.borrower_id
 where %(since)s::timestamptz is null
    or coalesce(f.said_at, f.finished_at) > %(since)s::timestamptz
 order by finished_at, f.shop_key, i.subject
"""


def finished_since(db: Db, since: datetime | None = None) -> list[QuestionnaireIndex]:
    """The figures of questionnaires sent after a moment, or of all, for the record of events.

    One whose consent was taken back comes once more, at the moment of that, with no quantities: what was known of the
    seller is not known any more, and what is read later must not find it.
    """
    return many(db, QuestionnaireIndex, FINISHED_SINCE, since=since)


USABLE = """
select r.attempt_id, r.borrower_id, r.content, r.content_hash, r.finished_on, r.finished_at
  from questionnaire_result r
  join questionnaire_attempt a on a.attempt_id = r.attempt_id and a.borrower_id = r.borrower_id
  join questionnaire_bank b on b.bank_digest = a.bank_digest
 where r.is_usable
   and b.edition = %(edition)s
   and not exists (select
                     from questionnaire_consent c
                    where c.borrower_id = a.borrower_id
                      and c.consent_id > a.consent_id
                      and not c.given)
 order by r.attempt_id
"""


def usable_results(db: Db, edition: int) -> list[QuestionnaireResult]:
    """Every result that parameters of an edition may be estimated from: read with care, consent standing."""
    return many(db, QuestionnaireResult, USABLE, edition=edition)
