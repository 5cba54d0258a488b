"""Saying how many borrowers are left out of every trial."""

from datetime import date

from lendmill.credit.conditions.told import described_as
from lendmill.credit.trials import store
from lendmill.credit.trials.trial import HOLD_OUT_MAX_BP, HoldOutBackDated, HoldOutTooLarge, NotHoldersWork
from lendmill.db import Db
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing.stages import DECIDERS


def set_hold_out(db: Db, *, share_bp: int, from_on: date, reason: str, by: Caller, today: date) -> None:
    """Leave a share of all borrowers out of every trial from a day on; decided by what is live, they are the measure.

    It is the house's and not a policy's: it outlives every version that is tried. A hold-out that grows keeps everybody
    who was in it. Refuses with `NotHoldersWork`, `HoldOutTooLarge`, `HoldOutBackDated`, `DescriptionMissing`.
    """
    if Role(by.role) not in DECIDERS:
        raise NotHoldersWork(role=by.role.value)
    if not 0 <= share_bp <= HOLD_OUT_MAX_BP:
        raise HoldOutTooLarge(share_bp=share_bp, most_bp=HOLD_OUT_MAX_BP)
    if from_on < today:
        raise HoldOutBackDated(from_on=from_on, today=today)
    store.set_hold_out(
        db, share_bp=share_bp, from_on=from_on, set_by=by.account_id, reason=described_as(reason), today=today
    )
