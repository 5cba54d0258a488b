"""Who is decided by the challenger: one lot for each borrower and policy or product, however long trials run."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from lendmill.terms.rates import BASIS_POINTS

Arm = Literal["champion", "challenger", "hold-out"]
HOLD_OUT: Final = "hold-out"
LOTS: Final = 2**64
Spans = tuple[tuple[int, int], ...]
"""Lots from one up to, but without, another; those that were taken first stand in front."""


def lot(trial: str, borrower_id: UUID) -> int:
    """A borrower's lot under a name, from 0 to 9,999: always the same, and of another name nothing can be told by it.

    >>> lot("standard/4", UUID(int=1)) == lot("standard/4", UUID(int=1))
    True
    """
    return _fine_lot(trial, borrower_id) * BASIS_POINTS >> 64


def held_out(borrower_id: UUID, hold_out_bp: int) -> bool:
    """Whether a borrower is left out of every trial, so that all trials together can be measured against somebody."""
    return lot(HOLD_OUT, borrower_id) < hold_out_bp


def drawn(borrower_id: UUID, trials: Mapping[str, Spans], hold_out_bp: int = 0) -> tuple[str | None, Arm]:
    """The trial whose challenger decides a borrower, if any, and which arm that is.

    All trials of one policy or product, such as `standard/4` and `standard/5`, share one lot, and each has lots of its
    own in it. The hold-out is in no trial at all.
    """
    if held_out(borrower_id, hold_out_bp):
        return None, "hold-out"
    lots: dict[str, int] = {}
    for trial, spans in trials.items():
        family = trial.rpartition("/")[0]
        if family not in lots:
            lots[family] = _fine_lot(family, borrower_id)
        if any(start <= lots[family] < end for start, end in spans):
            return trial, "challenger"
    return None, "champion"


def allotted(before: Mapping[str, Spans], shares_bp: Mapping[str, int], hold_out_bp: int = 0) -> dict[str, Spans]:
    """Which lots each trial has, from those it had before and its share in basis points of all borrowers.

    The hold-out is drawn first, so of the others a trial has `share / (1 - hold-out)`: its share of all borrowers.
    A trial that grows keeps its lots and takes free ones, never another trial's; one that shrinks gives back the lots
    it took last. A new one begins at a place of its own, so that it does not try the same people as the one before it.
    """
    sizes = {trial: LOTS * share_bp // max(1, BASIS_POINTS - hold_out_bp) for trial, share_bp in shares_bp.items()}
    made = {trial: tuple(_first(before.get(trial, ()), size)) for trial, size in sizes.items()}
    for trial, size in sizes.items():
        lacking = size - sum(end - start for start, end in made[trial])
        begins = int.from_bytes(sha256(trial.encode()).digest()[:8], "big")
        free = _free([span for spans in made.values() for span in spans], begins)
        made[trial] = (*made[trial], *_first(tuple(free), lacking))
    return made


def _fine_lot(name: str, borrower_id: UUID) -> int:
    return int.from_bytes(sha256(f"{name}|{borrower_id}".encode()).digest()[:8], "big")


def _first(spans: Spans, size: int) -> Iterator[tuple[int, int]]:
    """So many lots from the front of spans; all of them where there are not as many."""
    for start, end in spans:
        if size <= 0:
            return
        yield start, min(end, start + size)
        size -= end - start


def _free(taken: Sequence[tuple[int, int]], begins: int) -> Iterator[tuple[int, int]]:
    """The lots nobody has, from a place on and round to it again."""
    free, at = [], 0
    for start, end in sorted((*taken, (LOTS, LOTS))):
        if at < start:
            free.append((at, start))
        at = end
    yield from ((max(start, begins), end) for start, end in free if end > begins)
    yield from ((start, min(end, begins)) for start, end in free if start < begins)
