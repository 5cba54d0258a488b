"""Telling the rating what became of its borrowers, and watching the live card and its shadows."""

from datetime import date, timedelta
from typing import Final

from lendmill.db import Db
from lendmill.insight.outcomes import queries
from lendmill.rating import queries as ratings
from lendmill.rating.watching import actions as watching
from lendmill.rating.watching import queries as watched
from lendmill.rating.watching.figure import WatchFigure

NIGHTLY: Final = timedelta(days=400)  # a night looks at decisions that ripened within the last month
EVER: Final = date(1900, 1, 1)


def note_outcomes(db: Db, *, today: date, all_of_them: bool = True) -> dict[str, int]:
    """Write down the defaults found today, and the decisions that have gone twelve months without one.

    Run every night, so that a default that is made good later is seen; `all_of_them` also takes up decisions that
    ripened while nobody looked.
    """
    defaults = watching.note_outcomes(db, queries.defaulted(db, today))
    since = EVER if all_of_them else today - NIGHTLY
    return {"defaults": defaults, "paid": watching.note_outcomes(db, queries.paid(db, today, since))}


def watch_model(db: Db, *, today: date, model_id: str) -> list[WatchFigure]:
    """Work out and keep a card's figures as of today; the grades the policy in force can approve count as such."""
    model = ratings.model(db, model_id)
    months = queries.open_months(db, model_id, today)
    return watching.watch(db, model, today=today, approvable=queries.approvable(db, model), open_months=months)


def watch_models(db: Db, *, today: date) -> dict[str, list[WatchFigure]]:
    """Note what is known of outcomes, then watch the live card and every card in its shadow."""
    note_outcomes(db, today=today)
    return {model_id: watch_model(db, today=today, model_id=model_id) for model_id in _rating_now(db)}


def watch_tonight(db: Db, *, today: date) -> dict[str, int]:
    """Watch the cards of which there is something new: each that rated since it was last watched, all once a month.

    Between two passes only outcomes come in, and those are told by the month.
    """
    due = [model_id for model_id in _rating_now(db) if _is_due(db, model_id, today)]
    found = [each for model_id in due for each in watch_model(db, today=today, model_id=model_id)]
    return {"cards": len(due), "alarms": sum(each.alarm == "alarm" for each in found)}


def _rating_now(db: Db) -> list[str]:
    return [model.model_id for model in ratings.models(db) if model.stage in ("live", "shadow")]


def _is_due(db: Db, model_id: str, today: date) -> bool:
    watched_on, rated_on = watched.last_watched(db, model_id), watched.last_rated(db, model_id, today)
    if watched_on is None or (rated_on is not None and rated_on >= watched_on):
        return True
    return watched_on.replace(day=1) < today.replace(day=1)
