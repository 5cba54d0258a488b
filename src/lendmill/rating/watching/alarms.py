"""From where on a figure is a reason to look at a card, and from where on a reason to act."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lendmill.rating.watching.figure import Alarm
from lendmill.refusals import Refusal


class NoSuchLevel(Refusal):
    """There is no figure {figure!r} with a level; there are {figures}."""


class LevelsCrossed(Refusal):
    """Looking begins at {watch} and acting at {alarm}: for {figure} acting must begin {where} looking."""


@dataclass(frozen=True, slots=True)
class AlarmLevel:
    """Where looking begins and where acting does; a figure that is better when higher alarms below its levels."""

    figure: str
    watch: float
    alarm: float
    below: bool = False

    def of(self, value: float | None) -> Alarm:
        """What a value calls for.

        >>> AlarmLevel("psi", 0.1, 0.25).of(0.1), AlarmLevel("impact", 0.8, 0.6, below=True).of(0.79)
        ('watch', 'watch')
        """
        if value is None:
            return ""
        return "alarm" if self._reached(value, self.alarm) else "watch" if self._reached(value, self.watch) else ""

    def _reached(self, value: float, level: float) -> bool:
        return value < level if self.below else value >= level


# PSI and CSI: Siddiqi, Credit Risk Scorecards (2006). Impact: the four-fifths rule, 29 CFR 1607.4(D). AUC: how much of
# the order found in training may be lost. Unknown: the share of shops the card cannot rate.
DEFAULTS: Final = {
    level.figure: level
    for level in (
        AlarmLevel("psi", 0.1, 0.25),
        AlarmLevel("csi", 0.1, 0.25),
        AlarmLevel("impact", 0.8, 0.6, below=True),
        AlarmLevel("auc", -0.03, -0.06, below=True),
        AlarmLevel("unknown", 0.02, 0.1),
    )
}


def level_of(figure: str, levels: Mapping[str, AlarmLevel]) -> AlarmLevel:
    """The level in force for a figure: the house's own, else the shipped one."""
    if figure not in DEFAULTS:
        raise NoSuchLevel(figure=figure[:40], figures=", ".join(DEFAULTS))
    return levels.get(figure, DEFAULTS[figure])


def new_level(figure: str, watch: float, alarm: float) -> AlarmLevel:
    """A level for a figure, which alarms on the same side as the shipped one; looking begins before acting."""
    below = level_of(figure, {}).below
    if not (alarm < watch if below else alarm > watch):
        raise LevelsCrossed(figure=figure, watch=watch, alarm=alarm, where="below" if below else "above")
    return AlarmLevel(figure, watch, alarm, below)
