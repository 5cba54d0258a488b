"""Writing down which arm of which trials decided a file, and how many borrowers are in no trial."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.credit.testing.arms import Arm
from lendmill.db import Db, note, run

KEEP_ARMS = """
    insert into decision_arm (decision_id, borrower_id, trial, arm)
    select %(decision_id)s, %(borrower_id)s, drawn.trial, drawn.arm
      from unnest(%(trials)s::text[], %(arms)s::text[]) as drawn (trial, arm)
"""


def keep_arms(db: Db, *, decision_id: UUID, borrower_id: UUID, arms: Sequence[tuple[str, Arm]]) -> None:
    """Note the arm a file was in of each trial that ran; nothing is written where none did."""
    if arms:
        note(
            db, KEEP_ARMS, decision_id=decision_id, borrower_id=borrower_id, trials=[trial for trial, _ in arms],
            arms=[arm for _, arm in arms],
        )  # fmt: skip


SET_HOLD_OUT = """
    insert into hold_out (hold_out_id, share_bp, from_on, set_by, reason, set_on)
    values (%(hold_out_id)s, %(share_bp)s, %(from_on)s, %(set_by)s, %(reason)s, %(today)s)
"""


def set_hold_out(db: Db, *, share_bp: int, from_on: date, set_by: UUID | None, reason: str, today: date) -> None:
    """Say how many borrowers are in no trial from a day on."""
    run(
        db, SET_HOLD_OUT, hold_out_id=ids.new(), share_bp=share_bp, from_on=from_on, set_by=set_by, reason=reason,
        today=today,
    )  # fmt: skip
