"""Telling the rating what became of its borrowers, and watching the live card and its shadows."""

from datetime import date, timedelta
from typing import Final

from lendmill.credit import queries as credit
from lendmill.db import Db
from lendmill.insight.outcomes import queries
from lendmill.rating import queries as ratings
from lendmill.rating.watching import actions as watching
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
    declined = set(credit.policy(db).rating.declined)
    approvable = [grade.name for grade in model.card.scale.grades if grade.name not in declined]
    months = queries.open_months(db, model_id, today)
    return watching.watch(db, model, today=today, approvable=approvable, open_months=months)


def watch_models(db: Db, *, today: date) -> dict[str, list[WatchFigure]]:
    """Note what is known of outcomes, then watch the live card and every card in its shadow."""
    note_outcomes(db, today=today)
    watched = [model.model_id for model in ratings.models(db) if model.stage in ("live", "shadow")]
    return {model_id: watch_model(db, today=today, model_id=model_id) for model_id in watched}
