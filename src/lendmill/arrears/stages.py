"""How late a loan is: its stage of recovery and its risk class, by contractual days past due."""

from typing import Final, Literal

Stage = Literal["current", "short", "medium", "long"]
RiskClass = Literal["normal", "special mention", "substandard", "doubtful", "loss"]

STAGES: Final[tuple[tuple[int, Stage], ...]] = ((1, "short"), (31, "medium"), (91, "long"))

# Five-class rule (五级分类, 〔2023〕1号): the first day past due of each class.
RISK_CLASSES: Final[tuple[tuple[int, RiskClass], ...]] = (
    (1, "special mention"),
    (91, "substandard"),
    (271, "doubtful"),
    (361, "loss"),
)
NON_PERFORMING_FROM_DAYS: Final = 91


def stage(days_past_due: int) -> Stage:
    """Which stage of recovery a loan is in: short to 30 days, medium to 90, long beyond.

    >>> stage(0), stage(1), stage(30), stage(31), stage(90), stage(91)
    ('current', 'short', 'short', 'medium', 'medium', 'long')
    """
    reached: Stage = "current"
    for first_day, name in STAGES:
        if days_past_due >= first_day:
            reached = name
    return reached


def risk_class(days_past_due: int) -> RiskClass:
    """The regulator's class by days alone; other grounds can only move a loan further down.

    >>> risk_class(0), risk_class(90), risk_class(91), risk_class(270)
    ('normal', 'special mention', 'substandard', 'substandard')
    >>> risk_class(271), risk_class(360), risk_class(361)
    ('doubtful', 'doubtful', 'loss')
    """
    reached: RiskClass = "normal"
    for first_day, name in RISK_CLASSES:
        if days_past_due >= first_day:
            reached = name
    return reached
