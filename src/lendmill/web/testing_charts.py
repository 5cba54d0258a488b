"""The pictures of a backtest: shares and money with their bounds, and what there is more and less of."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from lendmill.credit.testing.backtest import Estimate
from lendmill.web.pricing_charts import LOOKS, svg

WIDTH: Final = 430
ROW: Final = 34
LETTERS_MAX: Final = 30  # of a name beside a bar

Bounded = tuple[str, float, float, float]
Pair = tuple[str, float, float]


def bounded(named: Sequence[tuple[str, Estimate]], scale: float) -> tuple[Bounded, ...]:
    """Figures as a picture takes them; what is not known is left out."""
    return tuple(
        (name, each.value * scale, each.low * scale, each.high * scale)
        for name, each in named
        if each.value is not None and each.low is not None and each.high is not None
    )


@lru_cache(maxsize=64)
def bounds_picture(rows: tuple[Bounded, ...], *, form: str) -> str:
    """Each figure as a dot with its bounds as a line."""
    import altair as alt

    ink = LOOKS["page"]
    names = [row[0] for row in rows]
    values = [{"name": name, "value": value, "low": low, "high": high} for name, value, low, high in rows]
    y = alt.Y("name:N", sort=names, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=150))
    axis = alt.Axis(title=None, format=form, tickCount=5)
    shared = alt.Chart(alt.InlineData(values=values))
    scale = alt.Scale(zero=False, padding=14)
    span = shared.mark_rule(color=ink["main"], strokeWidth=3, opacity=0.35).encode(
        x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q", y=y
    )
    dots = shared.mark_point(filled=True, size=90, color=ink["main"], opacity=1).encode(x=alt.X("value:Q"), y=y)
    return svg((span + dots).properties(width=WIDTH - 120, height=ROW * max(len(rows), 1) + 8), "page")


@lru_cache(maxsize=64)
def pairs_picture(rows: tuple[Pair, ...], *, before: str, after: str, form: str = ",d") -> str:
    """Two bars for each name: what it was, and what it would be."""
    import altair as alt

    ink = LOOKS["page"]
    names = [_short(row[0]) for row in rows]
    values: list[dict[str, Any]] = []
    for name, was, now in rows:
        values += [
            {"name": _short(name), "when": before, "value": was}, {"name": _short(name), "when": after, "value": now},
        ]  # fmt: skip
    colour = alt.Color(
        "when:N", scale=alt.Scale(domain=[before, after], range=[ink["ink"], ink["main"]]),
        legend=alt.Legend(title=None, orient="top", labelColor=ink["ink"]),
    )  # fmt: skip
    bars = alt.Chart(alt.InlineData(values=values)).mark_bar(cornerRadiusEnd=3, height=11)
    bars = bars.encode(
        y=alt.Y("name:N", sort=names, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=200)),
        yOffset=alt.YOffset("when:N", sort=[before, after]),
        x=alt.X("value:Q", axis=alt.Axis(title=None, format=form, tickCount=4, tickMinStep=1 if form == ",d" else 0)),
        color=colour,
    )
    return svg(bars.properties(width=WIDTH - 170, height=ROW * max(len(rows), 1)), "page")


def _short(name: str) -> str:
    return name if len(name) <= LETTERS_MAX else f"{name[: LETTERS_MAX - 1]}…"
