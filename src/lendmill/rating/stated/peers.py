"""A seller's figures beside those of others in the same trade: where the quarter, the half and three quarters lie."""

from dataclasses import dataclass
from typing import Final

PEERS_MIN: Final = 5  # fewer would tell one seller what another states
RATIOS: Final = ("sales_to_seen", "net_margin", "top1_share", "debt_share")


@dataclass(frozen=True, slots=True)
class PeerSpread:
    """How one ratio spreads over sellers of one trade who have stated it."""

    ratio: str
    peers: int
    quarter: float
    half: float
    three_quarters: float


def place(value: float | None, spread: PeerSpread) -> str:
    """Where a value lies among the peers.

    >>> place(3.0, PeerSpread("sales_to_seen", 9, 0.9, 1.0, 1.1)), place(None, PeerSpread("net_margin", 9, 0, 0, 0))
    ('above most', 'not known')
    """
    if value is None:
        return "not known"
    if value < spread.quarter:
        return "below most"
    return "above most" if value > spread.three_quarters else "like most"
