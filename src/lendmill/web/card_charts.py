"""The pictures of a card: each table with its points and the shops behind them, how true its PDs are, how it fares."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from lendmill.rating.card import Band
from lendmill.rating.registry.comparing import ShadowComparison
from lendmill.rating.registry.reading import CardTable, drawn_together
from lendmill.rating.scale import Scale
from lendmill.rating.watching.figure import WatchFigure
from lendmill.rating.watching.queries import WatchDay
from lendmill.web.charts import FONT, LOOKS

ROW: Final = 26
CELLS_NAMED_MAX: Final = 90
BINS_DRAWN_MAX: Final = 16
GOOD: Final = {"light": "#0a6e48", "dark": "#6fd3a5"}
GROUND: Final = {"light": "#ffffff", "dark": "#161d2e"}
LETTERS_MAX: Final = 26


@lru_cache(maxsize=256)
def table_picture(table: CardTable, *, look: str, points: str, shops: str, bad: str) -> str:
    """One table: points as bars, the share of bad payers as dots with their intervals; two features as a map."""
    if len(table.features) == 2:
        return _map(table, look, f"{points}, {bad} / {shops}")
    return _bars(table, look, points, shops, bad)


def _bars(table: CardTable, look: str, points: str, shops: str, bad: str) -> str:
    import altair as alt

    ink = LOOKS[look]["ink"]
    cells = drawn_together(table.cells) if len(table.cells) > BINS_DRAWN_MAX else list(table.cells)
    rows = [_row(_short(cell.name), cell, n) for n, cell in enumerate(cells)]
    order = [row["bin"] for row in rows]
    height = ROW * len(rows)
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y(
            "bin:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=190, labelPadding=8)
        )
    )
    colour = alt.condition("datum.points >= 0", alt.value(GOOD[look]), alt.value(LOOKS[look]["bad"]))
    bars = shared.mark_bar(height=14, cornerRadius=2).encode(
        x=alt.X("points:Q", axis=alt.Axis(title=points, tickCount=4, titleFontWeight=500)), color=colour
    )
    told = shared.mark_text(align="left", dx=4, color=ink, fontSize=11).encode(x="right:Q", text="told:N")
    left = (bars + told).properties(width=190, height=height)
    bare = shared.encode(y=alt.Y("bin:N", sort=order, axis=None))
    counts = bare.mark_text(align="right", dx=52, color=ink, fontSize=11).encode(x=alt.value(0), text="shops:N")
    counted = counts.properties(width=56, height=height, title=alt.Title(shops, **_small(ink)))
    axis = alt.Axis(title=bad, format=".0%", tickCount=3, titleFontWeight=500)
    spans = bare.mark_rule(color=ink, opacity=0.55, strokeWidth=1.5).encode(x=alt.X("low:Q", axis=axis), x2="high:Q")
    dots = bare.mark_point(filled=True, size=46, color=LOOKS[look]["main"], opacity=1).encode(x="share:Q")
    right = (spans + dots).properties(width=120, height=height)
    return _svg(alt.hconcat(left, counted, right, spacing=10), look)


def _small(ink: str) -> dict[str, Any]:
    return {"fontSize": 11, "fontWeight": 500, "color": ink, "anchor": "end", "orient": "bottom"}


def _row(name: str, cell: Any, n: int) -> dict[str, Any]:
    low, high = cell.interval or (None, None)
    return {
        "bin": name, "n": n, "points": cell.points, "right": max(cell.points, 0), "told": f"{cell.points:+d}",
        "shops": f"{cell.shops:,}" if cell.goods is not None else "", "share": cell.bad_share, "low": low, "high": high,
    }  # fmt: skip


def _map(table: CardTable, look: str, told: str) -> str:
    """Two features together: the colour is the points; inside, the points and the share of bad payers."""
    import altair as alt

    down, across = ([cell.names[n] for cell in table.cells] for n in (0, 1))
    down, across = list(dict.fromkeys(down)), list(dict.fromkeys(across))
    most = max(1, *(abs(cell.points) for cell in table.cells))
    rows = [
        {
            "down": _short(cell.names[0]), "across": _short(cell.names[1]), "points": cell.points,
            "told": f"{cell.points:+d}",
            "share": "" if cell.bad_share is None else f"{cell.bad_share:.0%} / {cell.shops:,}",
            "loud": abs(cell.points) > most * 0.55,
        }
        for cell in table.cells
    ]  # fmt: skip
    ink = LOOKS[look]["ink"]
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("across:N", sort=[_short(name) for name in across],
                axis=alt.Axis(title=table.features[1], labelAngle=-40, labelLimit=120, ticks=False, domain=False)),
        y=alt.Y("down:N", sort=[_short(name) for name in down],
                axis=alt.Axis(title=table.features[0], labelLimit=150, ticks=False, domain=False)),
    )  # fmt: skip
    scale = alt.Scale(domain=[-most, 0, most], range=[LOOKS[look]["bad"], GROUND[look], GOOD[look]], interpolate="rgb")
    squares = shared.mark_rect(stroke=GROUND[look], strokeWidth=1).encode(
        color=alt.Color("points:Q", scale=scale, legend=None)
    )
    drawn = squares
    if len(rows) <= CELLS_NAMED_MAX:
        colour = alt.condition("datum.loud", alt.value(GROUND[look]), alt.value(ink))
        points = shared.mark_text(dy=-6, fontSize=11, fontWeight=700).encode(text="told:N", color=colour)
        shares = shared.mark_text(dy=8, fontSize=9).encode(text="share:N", color=colour)
        drawn = squares + points + shares
    wide, high = (60, 34) if len(rows) <= CELLS_NAMED_MAX else (26, 20)
    title = alt.Title(told, fontSize=11, fontWeight=500, color=ink, anchor="end", orient="bottom")
    return _svg(drawn.properties(width=wide * len(across), height=high * len(down), title=title), look)


@lru_cache(maxsize=64)
def calibration_picture(bands: tuple[Band, ...], scale: Scale, *, look: str, points: str, bad: str) -> str:
    """What was seen out of fold in each band of points, with its interval, on the line of what the card says there."""
    import altair as alt

    seen = [
        {
            "points": at,
            "share": band.bads / band.shops if band.shops else None,
            "low": band.pd_low,
            "high": band.pd_high,
        }
        for at, band in zip(_middles(bands), bands, strict=True)
    ]
    first, last = min(_middles(bands)), max(_middles(bands))
    said = [{"points": each, "pd": scale.pd_at(each)} for each in range(first - 5, last + 6, 5)]
    line = alt.Chart(alt.InlineData(values=said)).mark_line(color=LOOKS[look]["ink"], strokeDash=[4, 3])
    line = line.encode(x=alt.X("points:Q"), y=alt.Y("pd:Q"))
    dots = alt.Chart(alt.InlineData(values=seen)).encode(
        x=alt.X(
            "points:Q",
            scale=alt.Scale(zero=False),
            axis=alt.Axis(title=points, grid=False, tickCount=6, titleFontWeight=500),
        ),
        y=alt.Y("share:Q", axis=alt.Axis(title=bad, format=".0%", tickCount=5, titleFontWeight=500)),
    )
    spans = dots.mark_rule(color=LOOKS[look]["main"], strokeWidth=1.5).encode(y="low:Q", y2="high:Q")
    marks = dots.mark_point(filled=True, size=55, color=LOOKS[look]["main"], opacity=1)
    return _svg((line + spans + marks).properties(width=430, height=210), look)


def _middles(bands: Sequence[Band]) -> list[int]:
    """Where each band is drawn: in its middle; the outer two are drawn as wide as the others are on average."""
    floors = [band.points_min for band in bands if band.points_min is not None]
    wide = max(10, (floors[-1] - floors[0]) // max(1, len(floors) - 1))
    edges = [floors[0] - wide, *floors, floors[-1] + wide]
    return [(low + high) // 2 for low, high in pairwise(edges)]


@lru_cache(maxsize=64)
def history_picture(days: tuple[WatchDay, ...], levels: tuple[float, ...], *, look: str, form: str) -> str:
    """How a figure went from time to time, with lines from where on somebody should look (dashed), and act."""
    import altair as alt

    rows = [{"day": each.watched_on.isoformat(), "value": each.value} for each in days]
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("day:T", axis=alt.Axis(title=None, format="%Y-%m-%d", grid=False, tickCount=5)),
        y=alt.Y(
            "value:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=None, format=form, tickCount=4, domain=False)
        ),
    )
    drawn = shared.mark_line(color=LOOKS[look]["main"], strokeWidth=2.5) + shared.mark_point(
        filled=True, size=40, color=LOOKS[look]["main"], opacity=1
    )
    for at, dash in zip(levels, ([3, 3], [1, 0]), strict=False):
        line = alt.Chart(alt.InlineData(values=[{"at": at}])).mark_rule(color=LOOKS[look]["bad"], strokeDash=dash)
        drawn += line.encode(y="at:Q")
    return _svg(drawn.properties(width=430, height=150), look)


@lru_cache(maxsize=64)
def months_picture(figures: tuple[WatchFigure, ...], *, look: str, bad: str) -> str:
    """Month by month, the share that defaulted with its interval, and a mark at the mean PD they had been given."""
    import altair as alt

    rows = [
        {"month": each.about, "share": each.value, "low": each.low, "high": each.high, "given": each.expected,
         "ripe": each.figure == "calibration"}
        for each in figures
    ]  # fmt: skip
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("month:N", axis=alt.Axis(title=None, labelAngle=-45, ticks=False)),
        y=alt.Y("share:Q", axis=alt.Axis(title=bad, format=".0%", tickCount=5, titleFontWeight=500)),
    )
    seen = alt.condition("datum.ripe", alt.value(1.0), alt.value(0.45))
    spans = shared.mark_rule(color=LOOKS[look]["main"], strokeWidth=2).encode(y="low:Q", y2="high:Q", opacity=seen)
    dots = shared.mark_point(filled=True, size=60, color=LOOKS[look]["main"]).encode(opacity=seen)
    given = shared.mark_tick(color=LOOKS[look]["bad"], thickness=2.5, width=18).encode(y="given:Q")
    return _svg((spans + dots + given).properties(width=430, height=200), look)


@lru_cache(maxsize=64)
def swap_picture(told: ShadowComparison, grades: tuple[str, ...], *, look: str, live: str, shadow: str) -> str:
    """How the shops of a day spread over the grades of two cards."""
    import altair as alt

    most = max(pair.shops for pair in told.pairs)
    rows = [
        {"live": pair.live_grade, "shadow": pair.shadow_grade, "shops": pair.shops, "loud": pair.shops > most * 0.55}
        for pair in told.pairs
    ]
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("shadow:N", sort=list(grades), scale=alt.Scale(domain=list(grades)),
                axis=alt.Axis(title=shadow, labelAngle=0, ticks=False, orient="top", titleFontWeight=500)),
        y=alt.Y("live:N", sort=list(grades), scale=alt.Scale(domain=list(grades)),
                axis=alt.Axis(title=live, ticks=False, titleFontWeight=500)),
    )  # fmt: skip
    scale = alt.Scale(range=[GROUND[look], LOOKS[look]["main"]], domainMin=0)
    squares = shared.mark_rect(cornerRadius=3).encode(color=alt.Color("shops:Q", scale=scale, legend=None))
    colour = alt.condition("datum.loud", alt.value(GROUND[look]), alt.value(LOOKS[look]["ink"]))
    figures = shared.mark_text(fontSize=11, fontWeight=600).encode(text="shops:Q", color=colour)
    return _svg((squares + figures).properties(width=56 * len(grades), height=28 * len(grades)), look)


def _short(name: str) -> str:
    return name if len(name) <= LETTERS_MAX else f"{name[: LETTERS_MAX - 1]}…"


def _svg(chart: Any, look: str) -> str:
    import vl_convert

    ink, rule = LOOKS[look]["ink"], LOOKS[look]["rule"]
    made = chart.properties(background="transparent").configure(font=FONT).configure_view(stroke=None)
    made = made.configure_axis(
        labelColor=ink, titleColor=ink, gridColor=rule, domainColor=rule, tickColor=rule, labelFontSize=11,
        titleFontSize=11,
    )  # fmt: skip
    return str(vl_convert.vegalite_to_svg(made.to_json(validate=False)))


def months_of(figures: Sequence[WatchFigure]) -> tuple[WatchFigure, ...]:
    """The figures by month among a card's, in their order."""
    return tuple(sorted((each for each in figures if each.figure in ("calibration", "so far")), key=lambda e: e.about))
