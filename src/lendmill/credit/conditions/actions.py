"""Opening a line as decided, with what it waits for; bringing forward, verifying, and letting it lapse."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import UNSET, UnsetType

from lendmill.credit.changes.weighing import case_without
from lendmill.credit.conditions import queries, store
from lendmill.credit.conditions.told import (
    ConditionOver,
    ConditionTold,
    CoverTooLarge,
    CoverTooSmall,
    GuarantorUnfit,
    LineCondition,
    NotGrantedToday,
    NotSuchAWay,
    OwnGuarantor,
    OwnWord,
    ToldOtherwise,
    VerifiedAlready,
    check_verifier,
    described_as,
)
from lendmill.credit.decide import Decision, decide, reasons
from lendmill.credit.decisions.again import as_good, held_anew
from lendmill.credit.decisions.queries import KeptDecision, asked_again, decision
from lendmill.credit.lines.actions import lock_line, open_line, set_line_status
from lendmill.credit.lines.line import Line, LineExpired
from lendmill.credit.lines.queries import standing
from lendmill.credit.publishing.queries import lapsed_before, lending_paused
from lendmill.credit.reasons import Reason
from lendmill.credit.review.verdict.bounds import (
    AmountOutOfBounds,
    MonthsOutOfBounds,
    NoPersonMayGrant,
    NothingCanBeGranted,
)
from lendmill.credit.review.verdict.judging import reviewed
from lendmill.db import Db
from lendmill.money import LARGEST_CENTS
from lendmill.people.approvals.rules import reason_given
from lendmill.people.groups.actions import begin, lock_borrowers, lock_related
from lendmill.people.sign_in.queries import Caller
from lendmill.products.document import Product
from lendmill.products.queries import NoSuchProduct
from lendmill.refusals import InBoth


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
    `NotSuchAWay`, `OwnGuarantor`, `NoSuchBorrower`, `CoverTooSmall`, `CoverTooLarge`, `DescriptionMissing`,
    `ToldOtherwise`.
    """
    lock_borrowers(db, [borrower_id, guarantor_id or borrower_id])
    asked = queries.condition(db, borrower_id, condition_id)
    if (state := asked.state(lapsed_before(db, today))) in ("met", "lapsed"):
        raise ConditionOver(state=state)
    if way not in asked.ways:
        raise NotSuchAWay(way=way[:40], ways=", ".join(asked.ways))
    if guarantor_id == borrower_id:
        raise OwnGuarantor
    if cover_cents <= 0:
        raise CoverTooSmall(cover_cents=cover_cents)
    if cover_cents > LARGEST_CENTS:
        raise CoverTooLarge(cover_cents=cover_cents, most_cents=LARGEST_CENTS)
    said = described_as(described)
    for each in asked.told:
        same = (each.way, each.described, each.cover_cents, each.guarantor_id, each.told_by)
        if each.verified is None and same == (way, said, cover_cents, guarantor_id, by.account_id):
            return each
        if each.verified is not False and each.described.lower() == said.lower() and each.guarantor_id != guarantor_id:
            raise ToldOtherwise
    told_id = store.tell(
        db, borrower_id=borrower_id, condition_id=condition_id, way=way, guarantor_id=guarantor_id, described=said,
        cover_cents=cover_cents, told_by=by.account_id, today=today,
    )  # fmt: skip
    return queries.told(db, borrower_id, told_id)


def judge_condition(
    db: Db, *, borrower_id: UUID, told_id: UUID, verified: bool, reason: str, by: Caller, today: date
) -> LineCondition:
    """Say whether what was brought forward is so; once all conditions of a line are met, it opens or rises.

    A guarantor who borrows here too belongs together with the borrower from then on. Under the locks of the groups and
    the borrowers it is looked at again then: nobody answers who is shut out or late with us, and what would not be
    granted today, or is not sold any more, is neither opened nor raised; nothing changes. Refuses with
    `NotYoursToVerify`, `NothingTold`, `OwnWord`, `VerifiedAlready`, `ConditionOver`, `ReasonMissing`, `GuarantorUnfit`,
    `NotGrantedToday`.
    """
    check_verifier(by.role)
    groups = lock_related(db, borrower_id, today, beside=queries.told(db, borrower_id, told_id).guarantor_id)
    told = queries.told(db, borrower_id, told_id)
    if told.told_by == by.account_id:
        raise OwnWord
    if told.verified is not None:
        if (told.verified, told.decided_by) == (verified, by.account_id):
            return queries.condition(db, borrower_id, told.condition_id)
        raise VerifiedAlready(outcome="verified" if told.verified else "refused")
    asked = queries.condition(db, borrower_id, told.condition_id)
    if (state := asked.state(lapsed_before(db, today))) in ("met", "lapsed"):
        raise ConditionOver(state=state)
    store.judge(db, told, borrower_id=borrower_id, verified=verified, reason=reason_given(reason), by=by, today=today)
    if verified and told.guarantor_id is not None:
        _check_guarantor(db, told.guarantor_id)
        tie = begin(
            db, kind="guarantee", named=f"guarantee {asked.condition_id}",
            borrower_ids=[borrower_id, told.guarantor_id], from_on=today, told_by=by.account_id, today=today,
            source=f"guarantor of line {asked.line_id}",
        )  # fmt: skip
        groups = (*groups, tie.group_id)
    if verified:
        _carried_out_where_met(db, asked, groups, today)
    return queries.condition(db, borrower_id, asked.condition_id)


def _check_guarantor(db: Db, guarantor_id: UUID) -> None:
    now = standing(db, guarantor_id)
    if now.banned or now.late_since_on is not None:
        why = Reason.BANNED if now.banned else Reason.LATE_DEBT
        raise GuarantorUnfit(why=InBoth(why.en, why.zh))


def _carried_out_where_met(db: Db, asked: LineCondition, groups: Sequence[UUID], today: date) -> None:
    line = lock_line(db, borrower_id=asked.borrower_id, line_id=asked.line_id)
    of_line = [each for each in queries.conditions_of(db, asked.borrower_id) if each.line_id == asked.line_id]
    if any(each.state(today) != "met" for each in of_line if each.decision_id == line.asked_by):
        return
    pending = line.status == "pending"
    if not pending and (line.status == "closed" or line.raise_to_cents is None):
        return
    kept = decision(db, line.asked_by, line.borrower_id)
    refused = _not_granted_today(db, line, kept, groups, today)
    if refused:
        raise NotGrantedToday(limit_cents=line.granted_cents, reasons=", ".join(refused), until_on=asked.until_on)
    if pending:
        set_line_status(db, line, "open")
    else:
        terms = kept.opened.decision.terms
        assert terms is not None, "a raise has terms"
        assert line.raise_to_cents is not None, "a raise is to some amount"
        store.bring_to(db, line, verdict_id=line.asked_by, limit_cents=line.raise_to_cents, months_max=terms.months_max)


def _not_granted_today(db: Db, line: Line, kept: KeptDecision, groups: Sequence[UUID], today: date) -> tuple[str, ...]:
    """Why what a line waits for would not be granted today, by reason codes; nothing where it would.

    What a person granted is held to what no person may grant, and to what the computer said when they did.
    """
    if line.ended(today):
        return (LineExpired.code(),)
    before, review = kept.opened.decision, kept.opened.review
    limit_cents = line.raise_to_cents or line.limit_cents
    try:
        again = asked_again(db, kept, today, amount_cents=limit_cents if review is UNSET else None, groups=groups)
    except NoSuchProduct as not_sold:
        return (not_sold.code(),)
    case = case_without(again.case, line)
    made = decide(case, again.policy, again.product)
    held = held_anew(made, before)
    if held:
        return reasons(held)
    if not isinstance(review, UnsetType):
        try:
            made = reviewed(case, again.policy, again.product, review)
        except (MonthsOutOfBounds, NoPersonMayGrant):
            return (Reason.TERMS_CHANGED.code,)
        except (AmountOutOfBounds, NothingCanBeGranted):
            return (Reason.LIMIT_TOO_SMALL.code,)
    if made.terms is None or made.terms.limit_cents < limit_cents:
        return (Reason.LIMIT_TOO_SMALL.code,)
    return () if as_good(made, before) else (Reason.TERMS_CHANGED.code,)


def lapse_conditions(db: Db, *, today: date) -> int:
    """Close the lines, and let the raises go, whose conditions were not met by their last day; gives how many.

    While lending is paused all stays as it is: see `lapsed_before`.
    """
    return 0 if lending_paused(db, today) else store.close_lapsed(db, before=lapsed_before(db, today))
