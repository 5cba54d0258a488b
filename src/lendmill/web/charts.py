"""The staff's charts, drawn here as pictures and kept for the day; the browser runs nothing of theirs."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

WIDTH: Final = 480
HEIGHT: Final = 170
FONT: Final = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, system-ui, sans-serif"
LOOKS: Final = {
    "light": {"ink": "#546079", "rule": "#e2e7f0", "main": "#1a56e8", "bad": "#b3261e"},
    "dark": {"ink": "#a3aec5", "rule": "#2a3449", "main": "#7ea4ff", "bad": "#ff9a92"},
}
GRADES: Final = ("AAA", "AA", "A", "BBB", "BB", "B", "C", "D")


@lru_cache(maxsize=64)
def over_days(points: tuple[tuple[date, float], ...], *, look: str, colour: str, form: str) -> str:
    """A figure day by day, as an area."""
    import altair as alt

    ink = LOOKS[look][colour]
    rows = [{"day": day.isoformat(), "value": value} for day, value in points]
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("day:T", axis=alt.Axis(title=None, format="%m-%d", grid=False, tickCount=6)),
        y=alt.Y("value:Q", axis=alt.Axis(title=None, format=form, tickCount=4, domain=False)),
    )
    lines = shared.mark_line(color=ink, strokeWidth=2.5, interpolate="monotone")
    area = shared.mark_area(color=ink, opacity=0.14, interpolate="monotone")
    return _drawn(area + lines, look)


@lru_cache(maxsize=16)
def by_grade(counts: tuple[tuple[str, int], ...], *, look: str) -> str:
    """How many borrowers stand in each grade."""
    import altair as alt

    found = dict(counts)
    rows = [{"grade": grade, "borrowers": found.get(grade, 0)} for grade in GRADES]
    shared = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("grade:N", sort=list(GRADES), axis=alt.Axis(title=None, labelAngle=0, ticks=False)),
        y=alt.Y("borrowers:Q", axis=alt.Axis(title=None, tickCount=4, tickMinStep=1, domain=False)),
    )
    bars = shared.mark_bar(color=LOOKS[look]["main"], cornerRadiusEnd=4, size=34)
    figures = shared.mark_text(dy=-8, color=LOOKS[look]["ink"], fontWeight=600, fontSize=12).encode(text="borrowers:Q")
    return _drawn(bars + figures, look)


def _drawn(chart: Any, look: str) -> str:
    import vl_convert

    ink, rule = LOOKS[look]["ink"], LOOKS[look]["rule"]
    made = chart.properties(width=WIDTH, height=HEIGHT, background="transparent").configure(font=FONT)
    made = made.configure_view(stroke=None).configure_axis(
        labelColor=ink, gridColor=rule, domainColor=rule, tickColor=rule, labelFontSize=12
    )
    return str(vl_convert.vegalite_to_svg(made.to_json()))


def summed(days: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    """One figure a day, over all products.

    >>> summed([(date(2026, 1, 1), 2), (date(2026, 1, 1), 3)])
    [(datetime.date(2026, 1, 1), 5)]
    """
    sums: dict[date, int] = {}
    for day, value in days:
        sums[day] = sums.get(day, 0) + value
    return sorted(sums.items())
