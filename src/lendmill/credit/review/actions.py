"""What is done at the desk: laying a file there, taking it, handing it back, asking for more, telling of a tie."""

from datetime import date, timedelta
from uuid import UUID

from lendmill.credit.case import Case
from lendmill.credit.decide import Decision
from lendmill.credit.decisions.queries import decision as kept_decision
from lendmill.credit.decisions.queries import policy
from lendmill.credit.policy import Policy
from lendmill.credit.review import queries, store
from lendmill.credit.review.case import (
    TIES,
    WORDS_MAX,
    NoSuchTie,
    NothingWasAsked,
    OwnFile,
    ReviewCase,
    ReviewDecided,
    ReviewedByPerson,
    ReviewHeld,
    ReviewNotTaken,
    ReviewWaits,
    Why,
    said,
)
from lendmill.credit.review.interview.slots import ZONE
from lendmill.credit.review.priority import priority, rank
from lendmill.credit.review.rules import check_reviewer
from lendmill.credit.stated import FAST_LANE
from lendmill.db import Db, scalar
from lendmill.people.actions import lock_borrower
from lendmill.people.sign_in.queries import Caller


def open_case(
    db: Db,
    decision_id: UUID,
    *,
    why: Why,
    case: Case,
    decision: Decision,
    product_key: str,
    policy: Policy,
    today: date,
    words: str = "",
) -> None:
    """Lay a decision on the desk, in the transaction that keeps it or that asks about it; once, however often asked.

    It only writes, so that it can travel in the caller's pipeline.
    """
    rules = queries.rules_of(policy)
    fast_lane = any(found.rule == FAST_LANE and found.value is True for found in decision.findings)
    weighed = priority(asked_cents=case.asked_cents, reasons=decision.reasons, fast_lane=fast_lane, why=why)
    store.open_case(
        db,
        case_id=decision_id,
        borrower_id=case.borrower_id,
        why=why,
        product_key=product_key,
        outcome=decision.outcome,
        asked_cents=case.asked_cents,
        reasons=decision.reasons,
        fast_lane=fast_lane,
        rank=rank(weighed, today),
        opened_on=today,
        due_on=today + timedelta(days=rules.answer_days if why == "asked" else rules.referred_days),
    )
    store.tell(
        db, case_id=decision_id, borrower_id=case.borrower_id, what="opened", account_id=None, today=today, words=words
    )


def ask_for_review(db: Db, *, borrower_id: UUID, decision_id: UUID, words: str = "", today: date) -> None:
    """A borrower wants a person to look at the computer's decision (人工复核): it is laid on the desk, once.

    Refuses with `NoSuchDecision`, with `ReviewedByPerson` where a person decided already, and with `LookedAtAlready`
    while a person looks at another decision about the product.
    """
    lock_borrower(db, borrower_id)
    kept = kept_decision(db, decision_id, borrower_id)
    settled = queries.case_about(db, borrower_id, decision_id)
    if settled is not None and settled.status == "decided":
        raise ReviewedByPerson
    if settled is None:
        queries.check_not_looked_at(db, borrower_id, kept.product_key)
    words = said(words[:WORDS_MAX]) if words.strip() else ""
    if not store.wish_review(db, decision_id=decision_id, borrower_id=borrower_id, words=words, today=today):
        return
    if settled is not None:  # referred already: what the borrower says joins the file
        store.tell(
            db, case_id=decision_id, borrower_id=borrower_id, what="answered", account_id=None, today=today, words=words
        )
        return
    content = kept.opened
    open_case(
        db, decision_id, why="asked", case=content.case, decision=content.decision, product_key=kept.product_key,
        policy=policy(db, content.policy.key, content.policy.version), today=today, words=words,
    )  # fmt: skip


LOCK_CASE = """
    select case_id from review_case
     where case_id = %(case_id)s
       for update
"""


def locked_case(db: Db, case_id: UUID) -> ReviewCase:
    """A file as it stands, nobody else changing it meanwhile; the borrower's lock comes before it where money moves."""
    scalar(db, LOCK_CASE, case_id=case_id)
    return queries.review_case(db, case_id)


def check_free(db: Db, by: Caller, borrower_id: UUID, today: date) -> None:
    """Refuse who is tied to a borrower, or to somebody related to them, as far as the house knows."""
    if queries.tie_of(db, by.account_id, borrower_id, today) is not None:
        raise OwnFile


def take(db: Db, *, case_id: UUID, by: Caller, today: date) -> ReviewCase:
    """Take a file for a while; taking it again while one has it prolongs that.

    Refuses with `NotAReviewer`, `OwnFile`, `ReviewDecided`, `ReviewWaits` and `ReviewHeld`.
    """
    check_reviewer(by.role)
    found = locked_case(db, case_id)
    check_free(db, by, found.borrower_id, today)
    _check_open(found, today)
    minutes = queries.rules_of(policy(db)).hold_minutes
    if not store.take(
        db, case_id=case_id, borrower_id=found.borrower_id, account_id=by.account_id, minutes=minutes, today=today
    ):
        until = found.held_until_at
        raise ReviewHeld(holder=found.holder, until=until.astimezone(ZONE).strftime("%H:%M") if until else "?")
    if found.held_by != by.account_id:
        _tell(db, found, "taken", by, today)
    return queries.review_case(db, case_id)


def _check_open(found: ReviewCase, today: date) -> None:
    if found.status == "decided":
        raise ReviewDecided
    if found.waits_for(today) == "second":
        raise ReviewWaits(until_on=found.waits_until_on)


def _tell(db: Db, found: ReviewCase, what: str, by: Caller | None, today: date, words: str = "") -> None:
    store.tell(
        db, case_id=found.case_id, borrower_id=found.borrower_id, what=what,
        account_id=by.account_id if by else None, today=today, words=words,
    )  # fmt: skip


def held_case(db: Db, *, case_id: UUID, by: Caller, today: date) -> ReviewCase:
    """The file a reviewer has, locked, to do something about it; else the refusal that says why not."""
    check_reviewer(by.role)
    found = locked_case(db, case_id)
    check_free(db, by, found.borrower_id, today)
    _check_open(found, today)
    if found.held_by != by.account_id:
        raise ReviewNotTaken
    return found


def hand_back(db: Db, *, case_id: UUID, by: Caller, today: date) -> None:
    """Let a file go, so that somebody else can take it at once."""
    found = locked_case(db, case_id)
    if store.hand_back(db, case_id=case_id, borrower_id=found.borrower_id, account_id=by.account_id):
        _tell(db, found, "handed back", by, today)


def look(db: Db, *, case_id: UUID, by: Caller, today: date) -> None:
    """Note that somebody opened a file: who has seen it can be told later."""
    _tell(db, queries.review_case(db, case_id), "looked at", by, today)


def ask_for_more(db: Db, *, case_id: UUID, by: Caller, words: str, today: date) -> None:
    """Ask the seller for something; the file waits for them, at most so many days."""
    found = held_case(db, case_id=case_id, by=by, today=today)
    until_on = today + timedelta(days=queries.rules_of(policy(db)).more_days)
    _tell(db, found, "asked", by, today, said(words))
    store.set_status(db, case_id=case_id, borrower_id=found.borrower_id, status="asked", until_on=until_on)


def answer(db: Db, *, borrower_id: UUID, case_id: UUID, words: str, today: date) -> None:
    """The seller answers what was asked; the file goes back to the desk. Late is better than never."""
    lock_borrower(db, borrower_id)
    queries.review_case(db, case_id, borrower_id)
    found = locked_case(db, case_id)
    if found.status == "decided":
        raise ReviewDecided
    if found.status != "asked":
        raise NothingWasAsked
    _tell(db, found, "answered", None, today, said(words))
    if found.held_by is None:
        store.set_status(db, case_id=case_id, borrower_id=borrower_id, status="open")


def tell_tie(db: Db, *, case_id: UUID, by: Caller, kind: str, today: date) -> None:
    """A member of staff tells that they are tied to the borrower of a file; it goes to somebody else, for good."""
    if kind not in TIES:
        raise NoSuchTie(kind=kind[:40], kinds=", ".join(TIES))
    found = locked_case(db, case_id)
    store.tie(
        db, account_id=by.account_id, borrower_id=found.borrower_id, kind=kind, told_by=by.account_id, today=today
    )
    store.hand_back(db, case_id=case_id, borrower_id=found.borrower_id, account_id=by.account_id)
    _tell(db, found, "tied", by, today)
