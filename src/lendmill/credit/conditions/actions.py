"""Opening a line as decided, with what it waits for; bringing forward, verifying, and letting it lapse."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lendmill.credit.conditions import queries, store
from lendmill.credit.conditions.told import (
    ConditionOver,
    ConditionTold,
    CoverTooLarge,
    CoverTooSmall,
    LineCondition,
    NotSuchAWay,
    OwnGuarantor,
    OwnWord,
    VerifiedAlready,
    check_verifier,
    described_as,
)
from lendmill.credit.decide import Decision
from lendmill.credit.decisions.queries import decision
from lendmill.credit.lines.actions import lock_line, open_line, set_line_status
from lendmill.credit.lines.line import Line
from lendmill.db import Db
from lendmill.money import LARGEST_CENTS
from lendmill.people.actions import lock_borrower
from lendmill.people.groups.actions import begin, lock_borrowers
from lendmill.people.queries import borrower
from lendmill.people.sign_in.queries import Caller
from lendmill.products.document import Product


def open_granted(
    db: Db,
    *,
    borrower_id: UUID,
    decision_id: UUID,
    product: Product,
    made: Decision,
    today: date,
    held: Sequence[Line] | None = None,
) -> Line:
    """Open the line a decision grants, at its price; where conditions were asked it waits for them.

    The caller has locked the groups and the borrower. It only writes, except for what `open_line` checks.
    """
    assert made.terms is not None, "only what has terms is opened"
    asked = made.conditions or ()
    line = open_line(
        db,
        borrower_id=borrower_id,
        decision_id=decision_id,
        product=product,
        limit_cents=made.terms.limit_cents,
        grade=made.terms.grade,
        terms=made.terms,
        status="pending" if asked else "open",
        today=today,
        held=held,
    )
    for each in asked:
        store.ask(db, line, each, decision_id=decision_id, today=today)
    return line


def raise_granted(db: Db, line: Line, *, decision_id: UUID, made: Decision, today: date) -> None:
    """Bring a line that stands to what a person grants, in how much and for how long: never to less than it has.

    What they ask counts from now on in place of what was asked before. A line that waited waits for it; of one that was
    open more can be drawn, and loans run as decided, once it is met, and the raise is reserved until then. The caller
    has locked the groups, the borrower and the line.
    """
    assert made.terms is not None, "only what has terms is granted"
    for each in made.conditions or ():
        store.ask(db, line, each, decision_id=decision_id, today=today)
    if made.conditions and line.status != "pending":
        store.promise(db, line, verdict_id=decision_id, limit_cents=made.terms.limit_cents)
        return
    store.bring_to(
        db, line, verdict_id=decision_id, limit_cents=made.terms.limit_cents, months_max=made.terms.months_max
    )
    if not made.conditions and line.status == "pending":
        set_line_status(db, line, "open")


def tell_condition(
    db: Db,
    *,
    borrower_id: UUID,
    condition_id: UUID,
    way: str,
    described: str,
    cover_cents: int,
    guarantor_id: UUID | None = None,
    by: Caller,
    today: date,
) -> ConditionTold:
    """Bring forward who answers for a line, or what is pledged; the seller may, and staff for them.

    The same said twice by the same person while it waits is said once. Refuses with `NoSuchCondition`, `ConditionOver`,
    `NotSuchAWay`, `OwnGuarantor`, `NoSuchBorrower`, `CoverTooSmall`, `CoverTooLarge`, `DescriptionMissing`.
    """
    lock_borrower(db, borrower_id)
    asked = queries.condition(db, borrower_id, condition_id)
    if (state := asked.state(today)) in ("met", "lapsed"):
        raise ConditionOver(state=state)
    if way not in asked.ways:
        raise NotSuchAWay(way=way[:40], ways=", ".join(asked.ways))
    if guarantor_id == borrower_id:
        raise OwnGuarantor
    if guarantor_id is not None:
        borrower(db, guarantor_id)
    if cover_cents <= 0:
        raise CoverTooSmall(cover_cents=cover_cents)
    if cover_cents > LARGEST_CENTS:
        raise CoverTooLarge(cover_cents=cover_cents, most_cents=LARGEST_CENTS)
    said = described_as(described)
    for each in asked.told:
        same = (each.way, each.described, each.cover_cents, each.guarantor_id, each.told_by)
        if each.verified is None and same == (way, said, cover_cents, guarantor_id, by.account_id):
            return each
    told_id = store.tell(
        db, borrower_id=borrower_id, condition_id=condition_id, way=way, guarantor_id=guarantor_id, described=said,
        cover_cents=cover_cents, told_by=by.account_id, today=today,
    )  # fmt: skip
    return queries.told(db, borrower_id, told_id)


def judge_condition(
    db: Db, *, borrower_id: UUID, told_id: UUID, verified: bool, reason: str, by: Caller, today: date
) -> LineCondition:
    """Say whether what was brought forward is so; once all conditions of a line are met, it opens or rises.

    A guarantor who borrows here too belongs together with the borrower from then on. Refuses with `NotYoursToVerify`,
    `NothingTold`, `OwnWord`, `VerifiedAlready`, `ConditionOver`, `DescriptionMissing`.
    """
    check_verifier(by.role)
    told = queries.told(db, borrower_id, told_id)
    lock_borrowers(db, sorted({borrower_id, told.guarantor_id or borrower_id}))
    told = queries.told(db, borrower_id, told_id)
    if told.told_by == by.account_id:
        raise OwnWord
    if told.verified is not None:
        if (told.verified, told.decided_by) == (verified, by.account_id):
            return queries.condition(db, borrower_id, told.condition_id)
        raise VerifiedAlready(outcome="verified" if told.verified else "refused")
    asked = queries.condition(db, borrower_id, told.condition_id)
    if (state := asked.state(today)) in ("met", "lapsed"):
        raise ConditionOver(state=state)
    store.judge(db, told, borrower_id=borrower_id, verified=verified, reason=described_as(reason), by=by, today=today)
    if verified and told.guarantor_id is not None:
        begin(
            db, kind="guarantee", named=f"guarantee {asked.condition_id}",
            borrower_ids=[borrower_id, told.guarantor_id], from_on=today, told_by=by.account_id, today=today,
            source=f"guarantor of line {asked.line_id}",
        )  # fmt: skip
    if verified:
        _carried_out_where_met(db, asked, today)
    return queries.condition(db, borrower_id, asked.condition_id)


def _carried_out_where_met(db: Db, asked: LineCondition, today: date) -> None:
    line = lock_line(db, borrower_id=asked.borrower_id, line_id=asked.line_id)
    of_line = [each for each in queries.conditions_of(db, asked.borrower_id) if each.line_id == asked.line_id]
    if any(each.state(today) != "met" for each in of_line if each.decision_id == line.asked_by):
        return
    if line.status == "pending":
        set_line_status(db, line, "open")
    elif line.status != "closed" and line.raise_to_cents is not None:
        terms = decision(db, line.asked_by, line.borrower_id).opened.decision.terms
        assert terms is not None, "a raise has terms"
        store.bring_to(db, line, verdict_id=line.asked_by, limit_cents=line.raise_to_cents, months_max=terms.months_max)


def lapse_conditions(db: Db, *, today: date) -> int:
    """Close the lines, and let the raises go, whose conditions were not met by their last day; gives how many."""
    return store.close_lapsed(db, today=today)
