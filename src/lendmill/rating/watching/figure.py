"""One figure of watching a card: what it is about, how much, how sure, and whether somebody should look."""

from dataclasses import dataclass
from typing import Final, Literal

Alarm = Literal["", "watch", "alarm"]

PSI: Final = "psi"
CSI: Final = "csi"
CALIBRATION: Final = "calibration"
SO_FAR: Final = "so far"
AUC: Final = "auc"
KS: Final = "ks"
BRIER: Final = "brier"
APPROVAL: Final = "approval"
IMPACT: Final = "impact"
GIVEN_AND_SEEN: Final = "given and seen"
PROTECTED: Final = "protected"
UNKNOWN_SHARE: Final = "unknown"


@dataclass(frozen=True, slots=True)
class WatchFigure:
    """A figure as of a day; `about` names the feature, the month or the segment, `value` is None where too few are
    counted to say.

    `expected` is what it would be if nothing had changed, and `chance` what it passes 5 times in 100 by chance alone.
    """

    figure: str
    about: str
    value: float | None
    counted: int
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    chance: float | None = None
    bads: int | None = None
    alarm: Alarm = ""
