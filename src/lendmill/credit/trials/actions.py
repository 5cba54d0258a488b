"""Saying how many borrowers are left out of every trial."""

from datetime import date

from lendmill.credit.publishing.queries import KINDS
from lendmill.credit.testing.queries import hold_outs_from
from lendmill.credit.trials import store
from lendmill.credit.trials.trial import (
    HOLD_OUT_MAX_BP,
    HoldOutAndShares,
    HoldOutBackDated,
    HoldOutTooLarge,
    NotHoldersWork,
)
from lendmill.db import Db
from lendmill.people.approvals.rules import reason_given
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing import queries as published
from lendmill.products.publishing.stages import DECIDERS, percent
from lendmill.terms.rates import BASIS_POINTS


def set_hold_out(db: Db, *, share_bp: int, from_on: date, reason: str, by: Caller, today: date) -> None:
    """Leave a share of all borrowers out of every trial from a day on; decided by what is live, they are the measure.

    It is the house's and not a policy's: it outlives every version that is tried. A hold-out that grows keeps everybody
    who was in it. Refuses with `NotHoldersWork`, `HoldOutTooLarge`, `HoldOutBackDated`, `HoldOutAndShares`,
    `ReasonMissing`.
    """
    if Role(by.role) not in DECIDERS:
        raise NotHoldersWork(role=by.role.value)
    if not 0 <= share_bp <= HOLD_OUT_MAX_BP:
        raise HoldOutTooLarge(share=percent(share_bp), most=percent(HOLD_OUT_MAX_BP))
    if from_on < today:
        raise HoldOutBackDated(from_on=from_on, today=today)
    _check_room(db, share_bp, from_on)
    store.set_hold_out(
        db, share_bp=share_bp, from_on=from_on, set_by=by.account_id, reason=reason_given(reason), today=today
    )


def _check_room(db: Db, hold_out_bp: int, from_on: date) -> None:
    """Refuse, by `HoldOutAndShares`, a hold-out that with the shares given is more than all borrowers on any day."""
    later = sorted(set(hold_outs_from(db, from_on)) - {from_on})
    for kind in KINDS:
        days = {from_on, *(each.effective_on for each in published.coming(db, kind, from_on))}
        for on in sorted(day for day in days if not later or day < later[0]):
            for key, day in published.days_of_all(db, kind, on).items():
                shares_bp = sum(each.share_bp or 0 for each in day.shares)
                if shares_bp and shares_bp + hold_out_bp > BASIS_POINTS:
                    raise HoldOutAndShares(on=on, key=key, shares=percent(shares_bp), hold_out=percent(hold_out_bp))
