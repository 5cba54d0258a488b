"""Who is decided by the challenger: a lot drawn once for each borrower, for as long as the trial runs."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from lendmill.terms.rates import BASIS_POINTS

Arm = Literal["champion", "challenger", "hold-out"]
HOLD_OUT: Final = "hold-out"


def lot(trial: str, borrower_id: UUID) -> int:
    """A borrower's lot in a trial, from 0 to 9,999: the same each time, and of another trial nothing can be told by it.

    >>> lot("standard/4", UUID(int=1)) == lot("standard/4", UUID(int=1))
    True
    """
    drawn = sha256(f"{trial}|{borrower_id}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") * BASIS_POINTS >> 64


def held_out(borrower_id: UUID, hold_out_bp: int) -> bool:
    """Whether a borrower is left out of every trial, so that all trials together can be measured against somebody."""
    return lot(HOLD_OUT, borrower_id) < hold_out_bp


def drawn(borrower_id: UUID, trials: Sequence[tuple[str, int]], hold_out_bp: int = 0) -> tuple[str | None, Arm]:
    """The trial whose challenger decides a borrower, if any, and which arm that is.

    `trials` are names with their shares, in basis points of all borrowers, the one begun first in front: whoever is in
    it is in no later one. A share that grows keeps everybody who was in it. The hold-out is in no trial at all.
    """
    if held_out(borrower_id, hold_out_bp):
        return None, "hold-out"
    for trial, share_bp in trials:
        if lot(trial, borrower_id) < share_bp:
            return trial, "challenger"
    return None, "champion"
