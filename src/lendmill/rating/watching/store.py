"""Writes outcomes, the figures a card was watched by, and alarm levels."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from uuid import UUID

from lendmill.db import Db, run
from lendmill.rating.watching.alarms import AlarmLevel
from lendmill.rating.watching.figure import WatchFigure
from lendmill.rating.watching.outcome import RatingOutcome

NOTE_OUTCOME = """
    insert into outcome (decision_id, borrower_id, rating_id, model_id, decided_on, points, pd, defaulted, cause,
                         known_on)
    values (%(decision_id)s, %(borrower_id)s, %(rating_id)s, %(model_id)s, %(decided_on)s, %(points)s, %(pd)s,
            %(defaulted)s, %(cause)s, %(known_on)s)
        on conflict do nothing
"""


def note_outcomes(db: Db, outcomes: Iterable[RatingOutcome]) -> int:
    """Write outcomes down, and say how many were new."""
    return sum(run(db, NOTE_OUTCOME, **asdict(each)) for each in outcomes)


KEEP_FIGURE = """
    insert into model_watch (model_id, watched_on, figure, about, value, low, high, expected, chance, counted, bads,
                             alarm)
    values (%(model_id)s, %(watched_on)s, %(figure)s, %(about)s, %(value)s, %(low)s, %(high)s, %(expected)s,
            %(chance)s, %(counted)s, %(bads)s, %(alarm)s)
        on conflict (model_id, watched_on, figure, about) do update
       set value = excluded.value,
           low = excluded.low,
           high = excluded.high,
           expected = excluded.expected,
           chance = excluded.chance,
           counted = excluded.counted,
           bads = excluded.bads,
           alarm = excluded.alarm
"""


def keep_figures(db: Db, model_id: str, watched_on: date, figures: Iterable[WatchFigure]) -> None:
    """Keep a day's figures of a card; worked out again the same day, they take the place of the earlier ones."""
    for each in figures:
        run(db, KEEP_FIGURE, model_id=model_id, watched_on=watched_on, **asdict(each))


SET_LEVEL = """
    insert into watch_level (level_id, figure, watch_from, alarm_from, reason, set_by, set_on)
    values (%(level_id)s, %(figure)s, %(watch_from)s, %(alarm_from)s, %(reason)s, %(set_by)s, %(set_on)s)
"""


def set_level(db: Db, level: AlarmLevel, *, level_id: UUID, reason: str, set_by: UUID, set_on: date) -> None:
    """Write down from where on a figure calls for a look, or for action."""
    run(
        db,
        SET_LEVEL,
        level_id=level_id,
        figure=level.figure,
        watch_from=level.watch,
        alarm_from=level.alarm,
        reason=reason,
        set_by=set_by,
        set_on=set_on,
    )
