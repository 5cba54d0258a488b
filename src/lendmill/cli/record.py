"""Looking at what a record holds before anybody lends on it: coverage, gaps, and what speaks against it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lendmill.cli.counting import counted
from lendmill.refusals import Refusal
from lendmill.settings import load

if TYPE_CHECKING:
    import polars as pl

    from lendmill.shops.doubts import Doubt
    from lendmill.shops.lake import Lake

commands = typer.Typer()

Language = Annotated[str, typer.Option(help="en or zh.")]


@dataclass(frozen=True)
class Frame:
    """What stands around the figures of a record, in one language."""

    head: str
    source: str
    nothing: str
    found: str
    unknown: str
    severities: dict[str, str]


FRAMES: Final = (
    Frame(
        "{shop} as of {day}",
        "  {source}: {rows:,} rows of {kinds}\n"
        "    {first_on} to {last_on}, something told on {days_covered:,} of {span:,} days; "
        "within a year {gap_days_365} gap days, {outage_days_365} days of outage; stale for {stale_days} days\n"
        "    told again {repeated_share}, rejected {rejected_share} of the source's rows; trust {trust}",
        "nothing speaks against it",
        "what was found:",
        "unknown",
        {"note": "note", "warning": "warning", "serious": "serious"},
    ),
    Frame(
        "{shop}，截至 {day}",
        "  {source}：{rows:,} 行，类型 {kinds}\n"
        "    {first_on} 至 {last_on}，{span:,} 天中有 {days_covered:,} 天有记录；"
        "一年内缺口 {gap_days_365} 天、数据源中断 {outage_days_365} 天；已 {stale_days} 天未更新\n"
        "    该数据源重复提供 {repeated_share}，无法读取 {rejected_share}；可信度 {trust}",
        "未发现疑点",
        "发现的疑点：",
        "未知",
        {"note": "提示", "warning": "警告", "serious": "严重"},
    ),
)


class NoRecord(Refusal):
    """Nothing is known of {what} as of {day}: import its records with `lendmill import` first, or name a later day."""


class WhichShop(Refusal):
    """Name one shop to look at, or say --all and --out FILE.csv for every shop."""


@commands.command()
def record(
    shop: Annotated[str, typer.Argument(help="The shop's key.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every shop; needs --out.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write a row for each shop and source to this CSV.")] = None,
    as_of: Annotated[str, typer.Option("--as-of", help="As known on this day; default: the record's last.")] = "",
    language: Language = "en",
) -> None:
    """Show how far shops' records reach and can be trusted: sources, days, gaps, and every doubt about them."""
    from lendmill.cli.shops import day_of
    from lendmill.shops.lake import Lake

    if every == bool(shop) or (every and out is None):
        raise WhichShop
    lake = Lake(load().lake)
    last = max((each.last_on for each in lake.imports() if each.last_on is not None), default=None)
    if last is None:
        raise NoRecord(what=shop or "any shop", day=as_of or "today")
    day = day_of(as_of) if as_of else last
    if out is not None:
        table = _table(lake, day, None if every else [shop], language)
        table.write_csv(out)
        print(f"{counted(table['shop_key'].n_unique(), 'shop')} as of {day}: {out}")
    if shop:
        _show(lake, shop, day, language)


def _show(lake: "Lake", shop: str, day: date, language: str) -> None:
    """One shop's record for a reader."""
    from lendmill.shops.coverage import coverage
    from lendmill.shops.findings import findings
    from lendmill.shops.trust import signs_by_source

    covered = coverage(lake, day, [shop])
    if covered.is_empty():
        raise NoRecord(what=f"shop {shop}", day=day)
    trust = {row["source"]: row["trust_share"] for row in signs_by_source(lake, day, [shop]).iter_rows(named=True)}
    frame = FRAMES[language.startswith("zh")]
    print(frame.head.format(shop=shop, day=day))
    for row in covered.iter_rows(named=True):
        figures = {name: frame.unknown if row[name] is None else row[name] for name in ("gap_days_365", "stale_days")}
        shares = {name: _share(row[name], frame) for name in ("repeated_share", "rejected_share")}
        span = (row["last_on"] - row["first_on"]).days + 1
        print(frame.source.format(
            **{**row, **figures, **shares, "kinds": ", ".join(row["kinds"])}, span=span,
            trust=_figure(trust.get(row["source"]), frame),
        ))  # fmt: skip
    found = findings(lake, day, [shop])
    print(frame.found if found else frame.nothing)
    for doubt in found:
        print(f"  {frame.severities[doubt.severity]:8} {_days(doubt):24} {doubt.sentence(language)}")


def _table(lake: "Lake", day: date, keys: list[str] | None, language: str) -> "pl.DataFrame":
    """A row for each shop and source: its coverage, its signs, and the doubts in words."""
    import polars as pl

    from lendmill.shops.coverage import coverage
    from lendmill.shops.findings import findings
    from lendmill.shops.trust import signs_by_source

    told: dict[str, list[Doubt]] = {}
    for doubt in findings(lake, day, keys):
        told.setdefault(doubt.shop_key, []).append(doubt)
    words = pl.DataFrame(
        [
            (key, len(doubts), doubts[0].severity, " | ".join(_line(doubt, language) for doubt in doubts))
            for key, doubts in told.items()
        ],
        schema={"shop_key": pl.String, "findings": pl.Int64, "gravest": pl.String, "told": pl.String},
        orient="row",
    )  # fmt: skip
    marks = signs_by_source(lake, day, keys).drop("source_stale_days")
    return (
        coverage(lake, day, keys)
        .with_columns(pl.col("kinds").list.join(" "))
        .join(marks, on=["shop_key", "source"], how="left")
        .join(words, on="shop_key", how="left")
        .with_columns(pl.col("findings").fill_null(0))
    )


def _line(doubt: "Doubt", language: str) -> str:
    return f"{_days(doubt)} {doubt.sentence(language)}".strip()


def _days(doubt: "Doubt") -> str:
    if doubt.from_on is None or doubt.to_on is None:
        return str(doubt.to_on or "")
    return str(doubt.from_on) if doubt.from_on == doubt.to_on else f"{doubt.from_on}..{doubt.to_on}"


def _figure(figure: float | None, frame: Frame) -> str:
    return frame.unknown if figure is None else f"{figure:.2f}"


def _share(share: float | None, frame: Frame) -> str:
    return frame.unknown if share is None else f"{share:.1%}"
