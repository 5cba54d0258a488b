"""What is done to a line: opened, drawn against, given back; always under its borrower's lock."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal
from uuid import UUID

from lendmill import ids
from lendmill.credit.decide import Terms
from lendmill.credit.lines.line import (
    BorrowerBanned,
    BorrowerLate,
    GroupLimitReached,
    JointLimitExceeded,
    LimitExceeded,
    Line,
    LineExpired,
    LineNotOpen,
    LineOpenAlready,
    NoSuchLine,
    NothingAsked,
)
from lendmill.credit.lines.queries import LINE, LINE_COLUMNS, group_use, joint_use, standing
from lendmill.credit.lines.queries import line as line_now
from lendmill.credit.lines.queries import lines_of as lines_of
from lendmill.credit.related.queries import group_cap
from lendmill.days import months_after
from lendmill.db import Db, maybe, note, one, run
from lendmill.people.groups.actions import lock_related
from lendmill.people.queries import house_day
from lendmill.products.document import Product
from lendmill.terms.rates import Rate

LOCK_LINE = f"""{LINE}
       for update
"""


def lock_line(db: Db, *, borrower_id: UUID, line_id: UUID) -> Line:
    """Take a line's lock, after its borrower's."""
    found = maybe(db, Line, LOCK_LINE, borrower_id=borrower_id, line_id=line_id)
    if found is None:
        raise NoSuchLine(line_id=line_id)
    return found


CLOSE_EXPIRED = """
    update line
       set status = 'closed'
     where borrower_id = %(borrower_id)s
       and status <> 'closed'
       and expires_on <= %(today)s
"""

OPEN_LINE = """
    insert into line (line_id, borrower_id, product_key, product_version, decision_id, limit_cents, rate_den, rate_num,
                      penalty_num, grace_days, months_max, methods, joint_products, joint_max_cents, opened_on,
                      expires_on, status)
    values (%(line_id)s, %(borrower_id)s, %(product_key)s, %(product_version)s, %(decision_id)s, %(limit_cents)s,
            %(rate_den)s, %(rate_num)s, %(penalty_num)s, %(grace_days)s, %(months_max)s, %(methods)s,
            %(joint_products)s, %(joint_max_cents)s, %(opened_on)s, %(expires_on)s, %(status)s)
"""


def open_line(
    db: Db,
    *,
    borrower_id: UUID,
    decision_id: UUID,
    product: Product,
    limit_cents: int,
    grade: str,
    today: date,
    months_max: int | None = None,
    held: Sequence[Line] | None = None,
    terms: Terms | None = None,
    status: Literal["open", "pending"] = "open",
) -> Line:
    """Open the contract a decision grants; approval reserves limit: what all joint lines grant stays under their cap.

    The caller has locked the borrower, and may hand in the lines read under that lock. A line that ran out is closed
    first; one still open refuses a second. With the terms of a decision, price and months are theirs.
    """
    held = lines_of(db, borrower_id) if held is None else held
    if any(line.status != "closed" and line.ended(today) for line in held):
        note(db, CLOSE_EXPIRED, borrower_id=borrower_id, today=today)
    _check_room(held, product, limit_cents, today)
    rate, penalty = product.rate_for(grade), product.penalty_rate_for(grade)
    if terms is not None:
        rate, penalty = Rate(terms.rate_num, terms.rate_den), Rate(terms.penalty_num, terms.rate_den)
        months_max = terms.months_max
    opened = Line(
        line_id=ids.new(),
        borrower_id=borrower_id,
        product_key=product.key,
        product_version=product.version,
        decision_id=decision_id,
        limit_cents=limit_cents,
        reserved_cents=0,
        used_cents=0,
        rate_den=rate.den,
        rate_num=rate.num,
        penalty_num=penalty.num,
        grace_days=product.grace_days,
        months_max=months_max or product.months_max,
        methods=list(product.methods),
        joint_products=list(product.joint_products),
        joint_max_cents=product.joint_limit.max_cents if product.joint_limit else None,
        opened_on=today,
        expires_on=months_after(today, product.line_months),
        status=status,
    )
    note(db, OPEN_LINE, **{name: getattr(opened, name) for name in OPENED})
    return opened


OPENED: Final = (
    "line_id", "borrower_id", "product_key", "product_version", "decision_id", "limit_cents", "rate_den", "rate_num",
    "penalty_num", "grace_days", "months_max", "methods", "joint_products", "joint_max_cents", "opened_on",
    "expires_on", "status",
)  # fmt: skip


def _check_room(held: Sequence[Line], product: Product, limit_cents: int, today: date) -> None:
    granted_cents = 0
    for line in held:
        closed = line.status == "closed" or line.ended(today)
        if line.product_key == product.key and not closed:
            raise LineOpenAlready(product_key=product.key)
        if line.product_key in product.joint_products:
            granted_cents += line.used_cents + line.reserved_cents if closed else line.granted_cents
    if (joint := product.joint_limit) is not None and granted_cents + limit_cents > joint.max_cents:
        raise JointLimitExceeded(
            products=", ".join(joint.products),
            available_cents=max(0, joint.max_cents - granted_cents),
            asked_cents=limit_cents,
        )


RESERVE = f"""
    update line
       set reserved_cents = reserved_cents + %(amount_cents)s
     where borrower_id = %(borrower_id)s
       and line_id = %(line_id)s
       and status = 'open'
       and reserved_cents + used_cents + %(amount_cents)s <= limit_cents
    returning {LINE_COLUMNS}
"""


def reserve(db: Db, line: Line, amount_cents: int, *, today: date | None = None) -> Line:
    """Set aside what a draw asks for, until the rail says whether the money arrived.

    Refuses with `NothingAsked`, `BorrowerBanned`, `BorrowerLate`, `LineNotOpen`, `LineExpired`, `LimitExceeded`,
    `JointLimitExceeded`, `GroupLimitReached`.
    The line is looked at afresh, whatever the caller holds. Without `today` the house's day counts.
    """
    now = line_now(db, line.borrower_id, line.line_id)
    on = today or house_day(db)
    _drawable(db, now, amount_cents, on)
    _within_group(db, now, amount_cents, on)
    reserved = maybe(db, Line, RESERVE, borrower_id=now.borrower_id, line_id=now.line_id, amount_cents=amount_cents)
    if reserved is None:
        raise LimitExceeded(line_id=now.line_id, available_cents=now.available_cents, asked_cents=amount_cents)
    return reserved


def _drawable(db: Db, line: Line, amount_cents: int, today: date) -> None:
    if amount_cents <= 0:
        raise NothingAsked(asked_cents=amount_cents)
    now = standing(db, line.borrower_id)
    if now.banned:
        raise BorrowerBanned
    if now.late_since_on is not None:
        raise BorrowerLate(late_since_on=now.late_since_on)
    if line.status != "open":
        raise LineNotOpen(line_id=line.line_id, status=line.status)
    if today >= line.expires_on:
        raise LineExpired(line_id=line.line_id, expires_on=line.expires_on)
    if amount_cents > line.available_cents:
        raise LimitExceeded(line_id=line.line_id, available_cents=line.available_cents, asked_cents=amount_cents)
    if line.joint_max_cents is None:
        return
    left_cents = line.joint_max_cents - joint_use(db, line.borrower_id, line.joint_products)
    if amount_cents > left_cents:
        others = ", ".join(key for key in line.joint_products if key != line.product_key)
        raise JointLimitExceeded(products=others, available_cents=max(0, left_cents), asked_cents=amount_cents)


def _within_group(db: Db, line: Line, amount_cents: int, today: date) -> None:
    """Whoever was found to belong together after each was granted something draws no more than a group may have."""
    if not lock_related(db, line.borrower_id, today):
        return
    used_cents, cap = group_use(db, line.borrower_id, today), group_cap(db, today)
    if cap is not None and used_cents is not None and amount_cents > cap.room_cents(used_cents):
        raise GroupLimitReached(asked_cents=amount_cents)


MOVE = f"""
    update line
       set reserved_cents = reserved_cents + %(reserved_cents)s,
           used_cents = used_cents + %(used_cents)s
     where borrower_id = %(borrower_id)s
       and line_id = %(line_id)s
    returning {LINE_COLUMNS}
"""


def _move(db: Db, line: Line, *, reserved_cents: int, used_cents: int) -> Line:
    return one(
        db,
        Line,
        MOVE,
        borrower_id=line.borrower_id,
        line_id=line.line_id,
        reserved_cents=reserved_cents,
        used_cents=used_cents,
    )


def reserved_to_used(db: Db, line: Line, amount_cents: int) -> Line:
    """The money arrived: what was reserved is used."""
    return _move(db, line, reserved_cents=-amount_cents, used_cents=amount_cents)


def unreserve(db: Db, line: Line, amount_cents: int) -> Line:
    """The money never left: what was reserved can be drawn again."""
    return _move(db, line, reserved_cents=-amount_cents, used_cents=0)


def give_back(db: Db, line: Line, amount_cents: int) -> Line:
    """Principal came back: it can be drawn again.

    Less than nothing came back when a payment told again settled less principal; a line that then owes more than its
    limit is frozen, for nothing more may be drawn on it.
    """
    now = line_now(db, line.borrower_id, line.line_id) if amount_cents < 0 else line
    if amount_cents < 0 and now.status == "open" and now.available_cents < -amount_cents:
        set_line_status(db, now, "frozen")
    return _move(db, line, reserved_cents=0, used_cents=-amount_cents)


SET_STATUS = f"""
    update line
       set status = %(status)s
     where borrower_id = %(borrower_id)s
       and line_id = %(line_id)s
       and status <> 'closed'
    returning {LINE_COLUMNS}
"""


def set_line_status(db: Db, line: Line, status: str) -> Line:
    """Freeze a line, open it again, or close it for good; a closed line stays closed."""
    assert status in ("open", "frozen", "closed")
    changed = maybe(db, Line, SET_STATUS, borrower_id=line.borrower_id, line_id=line.line_id, status=status)
    if changed is None:
        raise LineNotOpen(line_id=line.line_id, status="closed")
    return changed


BRING_STANDING = """
    insert into standing (borrower_id, outstanding_cents, reserved_cents, days_past_due_worst, late_since_on,
                          loans_drawn, loans_repaid)
    values (%(borrower_id)s, %(outstanding_cents)s, %(reserved_cents)s, %(days_past_due_worst)s, %(late_since_on)s,
            %(loans_drawn)s, %(loans_repaid)s)
    on conflict (borrower_id) do update
       set outstanding_cents = excluded.outstanding_cents,
           reserved_cents = excluded.reserved_cents,
           days_past_due_worst = excluded.days_past_due_worst,
           late_since_on = excluded.late_since_on,
           loans_drawn = excluded.loans_drawn,
           loans_repaid = excluded.loans_repaid
"""


def bring_standing(
    db: Db,
    *,
    borrower_id: UUID,
    outstanding_cents: int,
    reserved_cents: int,
    days_past_due_worst: int,
    late_since_on: date | None,
    loans_drawn: int,
    loans_repaid: int,
) -> None:
    """Write down how a borrower stands, as the loans have worked it out, for the next decision to read."""
    run(
        db,
        BRING_STANDING,
        borrower_id=borrower_id,
        outstanding_cents=outstanding_cents,
        reserved_cents=reserved_cents,
        days_past_due_worst=days_past_due_worst,
        late_since_on=late_since_on,
        loans_drawn=loans_drawn,
        loans_repaid=loans_repaid,
    )
