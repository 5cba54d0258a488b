"""Working out, as of a day, all the figures a card is watched by, and keeping them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from lendmill import ids
from lendmill.db import Db
from lendmill.features.catalogue import FEATURES
from lendmill.people.approvals.rules import reason_given
from lendmill.people.sign_in.queries import Caller
from lendmill.rating import queries as ratings
from lendmill.rating.registry.stages import check_decider
from lendmill.rating.watching import fairness, queries, ripening, stability, store
from lendmill.rating.watching.alarms import AlarmLevel, level_of, new_level
from lendmill.rating.watching.figure import PROTECTED, UNKNOWN_SHARE, WatchFigure
from lendmill.rating.watching.outcome import RatingOutcome
from lendmill.rating.watching.reference import Reference, reference_of
from lendmill.rating.watching.ripening import MonthCount


def note_outcomes(db: Db, outcomes: Iterable[RatingOutcome]) -> int:
    """Write down what became of decisions, each once, and say how many were new."""
    return store.note_outcomes(db, outcomes)


def set_level(db: Db, *, figure: str, watch: float, alarm: float, reason: str, by: Caller, today: date) -> AlarmLevel:
    """Say from where on a figure calls for a look, and from where on for action; risk officers and admins may.

    Refuses with `NotTheirWork`, `NoSuchLevel`, `LevelsCrossed`, `ReasonMissing`.
    """
    check_decider(by.role)
    level = new_level(figure, watch, alarm)
    why = reason_given(reason)
    store.set_level(db, level, level_id=ids.new(), reason=why, set_by=by.account_id, set_on=today)
    return level


def watch(
    db: Db, model: ratings.Model, *, today: date, approvable: Collection[str], open_months: Sequence[MonthCount] = ()
) -> list[WatchFigure]:
    """All figures of a card as of today, kept: the shops it rated last, and what became of those it let through.

    `approvable` are the grades the policy may approve; `open_months` count the decisions whose twelve months still run.
    """
    levels = queries.levels(db)
    told = reference_of(model.card, model.report)
    months = [*queries.outcome_months(db, model.model_id), *open_months]
    found = [
        *_of_last_ratings(db, model, told, levels, today, approvable),
        *ripening.month_figures(months, today),
        *ripening.order_figures(queries.ripe_outcomes(db, model.model_id, today), told.auc, levels),
        *fairness.outcome_figures(queries.segment_outcomes(db, model.model_id, today)),
        _protected(model),
    ]
    store.keep_figures(db, model.model_id, today, found)
    return found


def _of_last_ratings(
    db: Db,
    model: ratings.Model,
    told: Reference,
    levels: dict[str, AlarmLevel],
    today: date,
    approvable: Collection[str],
) -> list[WatchFigure]:
    """Stability and fairness among the shops as they were last rated."""
    rated_on = queries.last_rated(db, model.model_id, today)
    if rated_on is None:
        return []
    points = queries.points_count(db, model.model_id, rated_on)
    unknown, shops = points.pop(None, 0), sum(points.values())
    share = unknown / (unknown + shops)
    found = [WatchFigure(UNKNOWN_SHARE, "", share, unknown + shops, alarm=level_of(UNKNOWN_SHARE, levels).of(share))]
    known = {each: count for each, count in points.items() if each is not None}
    if told.shops:
        found.append(stability.points_figure(told.edges, told.shops, known, levels))
    now = queries.bins_count(db, model.model_id, rated_on, told.tables.keys())
    found += [
        stability.table_figure(feature, then, now[feature], levels)
        for feature, then in told.tables.items()
        if feature in now
    ]
    segments = queries.segment_counts(db, model.model_id, rated_on, approvable)
    return [*found, *fairness.impact_figures(segments, levels)]


def _protected(model: ratings.Model) -> WatchFigure:
    """How many protected features the card reads; one is one too many."""
    protected = [feature.name for feature in FEATURES if getattr(feature, "protected", False)]
    found = fairness.protected_inputs(model.card.features, protected)
    return WatchFigure(
        PROTECTED, ", ".join(found), float(len(found)), len(model.card.features), alarm="alarm" if found else ""
    )
