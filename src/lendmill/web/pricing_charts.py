"""The pictures of a price: what each rate and each limit would bring, how many borrowers a rate drives away."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from lendmill.credit.pricing.best import GradePrice
from lendmill.credit.pricing.curve import ChurnCurve
from lendmill.credit.pricing.profit import expected
from lendmill.web.charts import FONT

LOOKS: Final = {
    "page": {
        "ink": "var(--ink-soft)",
        "rule": "var(--rule)",
        "main": "var(--brand)",
        "bad": "var(--bad)",
        "good": "var(--good)",
    },
    "paper": {"ink": "#3d475c", "rule": "#e2e7f0", "main": "#1a56e8", "bad": "#b3261e", "good": "#0a6e48"},
}
DRAWN_MAX: Final = 160  # points of a line; more would only be heavier
STEPS: Final = 120


def _thinned(count: int) -> Any:
    return np.unique(np.linspace(0, count - 1, min(count, DRAWN_MAX)).astype(np.int64))


def rates_picture(price: GradePrice, *, look: str, rate: str, profit: str) -> str:
    """What is left at each rate, at the best limit: the line, the span of the PD's interval, what is as good, the best.

    The dashed upright line is the break-even rate.
    """
    import altair as alt

    ink, units = LOOKS[look], price.band.units[_thinned(len(price.band.units))]
    units = np.unique(np.append(units, price.best.units))
    spelling, own, at = price.band.spelling, price.ground.grade, price.best.limit_cents
    made = {
        name: expected(price.ground, spelling.night, units, at, pd=pd).profit_cents[:, 0] / 100
        for name, pd in (("left", own.pd), ("most", own.pd_low), ("least", own.pd_high))
    }
    rows = [
        {"rate": float(spelling.yearly_rate(int(each))), **{name: float(values[n]) for name, values in made.items()}}
        for n, each in enumerate(units)
    ]
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("rate:Q", scale=alt.Scale(zero=False, nice=False), axis=_axis(alt, rate, ".1%", grid=False))
    )
    y = alt.Y("left:Q", axis=_axis(alt, profit, "~s"))
    span = shared.mark_area(color=ink["main"], opacity=0.12).encode(
        y=alt.Y("least:Q", axis=_axis(alt, profit, "~s")), y2="most:Q"
    )
    line = shared.mark_line(color=ink["main"], strokeWidth=2.5).encode(y=y)
    good = [
        {"low": float(spelling.yearly_rate(low)), "high": float(spelling.yearly_rate(high))}
        for low, high in price.flat_units
    ]
    flat = alt.Chart(alt.InlineData(values=good)).mark_rect(color=ink["good"], opacity=0.14)
    flat = flat.encode(x=alt.X("low:Q"), x2="high:Q")
    best = [{"rate": price.best.yearly_rate, "left": price.best.profit_cents / 100}]
    dot = alt.Chart(alt.InlineData(values=best)).mark_point(filled=True, size=80, color=ink["main"], opacity=1)
    dot = dot.encode(x="rate:Q", y="left:Q")
    nothing = (
        alt.Chart(alt.InlineData(values=[{"left": 0}])).mark_rule(color=ink["ink"], opacity=0.6).encode(y="left:Q")
    )
    drawn = flat + span + nothing + line + dot
    if price.break_even_units is not None:
        even = [{"rate": float(spelling.yearly_rate(price.break_even_units))}]
        drawn += (
            alt.Chart(alt.InlineData(values=even)).mark_rule(color=ink["bad"], strokeDash=[4, 3]).encode(x="rate:Q")
        )
    return svg(drawn.properties(width=430, height=190), look)


def limits_picture(price: GradePrice, *, look: str, limit: str, profit: str) -> str:
    """What is left at each limit, at the best rate; the limit on a scale of doublings."""
    import altair as alt

    ink, row = LOOKS[look], int(np.flatnonzero(price.band.units == price.best.units)[0])
    rows = [
        {"limit": int(cents) / 100, "left": int(left) / 100}
        for cents, left in zip(price.limits_cents, price.profits_cents[row], strict=True)
    ]
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("limit:Q", scale=alt.Scale(type="log", nice=False), axis=_axis(alt, limit, "~s", grid=False)),
        y=alt.Y("left:Q", axis=_axis(alt, profit, "~s")),
    )
    good = [{"low": low / 100, "high": high / 100} for low, high in price.flat_limits_cents]
    flat = alt.Chart(alt.InlineData(values=good)).mark_rect(color=ink["good"], opacity=0.14)
    flat = flat.encode(x=alt.X("low:Q"), x2="high:Q")
    best = [{"limit": price.best.limit_cents / 100, "left": price.best.profit_cents / 100}]
    dot = alt.Chart(alt.InlineData(values=best)).mark_point(filled=True, size=80, color=ink["main"], opacity=1)
    drawn = flat + shared.mark_line(color=ink["main"], strokeWidth=2.5) + dot.encode(x="limit:Q", y="left:Q")
    return svg(drawn.properties(width=430, height=190), look)


def curves_picture(curves: Sequence[ChurnCurve], *, look: str, rate: str, lost: str) -> str:
    """The share of borrowers lost at each rate: as measured, and the line that never falls through them."""
    import altair as alt

    rows, dots = [], []
    for curve in curves:
        along = np.linspace(curve.yearly_rates[0], curve.yearly_rates[-1], STEPS)
        rows += [
            {"rate": float(x), "lost": float(y), "curve": curve.name}
            for x, y in zip(along, curve.lost(along), strict=True)
        ]
        dots += [
            {"rate": x, "lost": y, "curve": curve.name}
            for x, y in zip(curve.yearly_rates, curve.lost_shares, strict=True)
        ]
    x = alt.X("rate:Q", scale=alt.Scale(zero=False, nice=False), axis=_axis(alt, rate, ".0%", grid=False))
    y = alt.Y("lost:Q", axis=_axis(alt, lost, ".0%"))
    colour = coloured(alt, look, [curve.name for curve in curves])
    lines = alt.Chart(alt.InlineData(values=rows)).mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    seen = alt.Chart(alt.InlineData(values=dots)).mark_point(filled=True, size=26, opacity=0.75)
    return svg((lines + seen.encode(x=x, y=y, color=colour)).properties(width=430, height=190), look)


def coloured(alt: Any, look: str, names: Sequence[str]) -> Any:
    """A colour for each of a few lines, named beside the picture."""
    ink = LOOKS[look]
    wheel = [ink["main"], ink["good"], ink["bad"], ink["ink"]]
    scale = alt.Scale(domain=list(names), range=[wheel[n % len(wheel)] for n in range(len(names))])
    return alt.Color("curve:N", scale=scale, legend=alt.Legend(title=None, labelColor=ink["ink"]))


def _axis(alt: Any, title: str, form: str, *, grid: bool = True) -> Any:
    return alt.Axis(title=title, format=form, grid=grid, tickCount=5, titleFontWeight=500)


def svg(chart: Any, look: str) -> str:
    """A chart as a picture; on a page its colours follow the page's own, light or dark."""
    import vl_convert

    ink = LOOKS[look]
    made = chart.properties(background="transparent").configure(font=FONT).configure_view(stroke=None)
    made = made.configure_axis(
        labelColor=ink["ink"], titleColor=ink["ink"], gridColor=ink["rule"], domainColor=ink["rule"],
        tickColor=ink["rule"], labelFontSize=11, titleFontSize=11, titleFontWeight=500,
    )  # fmt: skip
    return str(vl_convert.vegalite_to_svg(made.to_json(validate=False)))
