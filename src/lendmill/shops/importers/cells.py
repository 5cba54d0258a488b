"""What a cell says, read as money, a moment, a number or a word; the unreadable becomes nothing, never a guess."""

from decimal import Decimal
from typing import Final

import polars as pl

from lendmill.shops.events import LARGEST_CENTS
from lendmill.shops.importers.mapping import EPOCH_MILLISECONDS, EPOCH_SECONDS, ISO, Instant

MOMENT: Final = pl.Datetime("us", "UTC")
_YUAN: Final = r"^[+-]?[0-9]{1,13}(?:\.[0-9]{0,20})?$"
_CENTS: Final = r"^[+-]?[0-9]{1,15}(?:\.0{0,20})?$"
_EXACT: Final = pl.Decimal(38, 20)
_NEAR: Final = 1 + 2.0**-50  # a binary 1.005 stands for the decimal 1.005
_ISO: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%d %H:%M%:z",
)  # fmt: skip


def text(column: str, dtype: pl.DataType) -> pl.Expr:
    """A cell as text without blanks around it; an empty one is nothing."""
    words = pl.col(column) if dtype == pl.String else pl.col(column).cast(pl.String, strict=False)
    words = words.str.strip_chars()
    return pl.when(words != "").then(words)


def cents(column: str, dtype: pl.DataType, unit: str) -> pl.Expr:
    """Money in whole cents, exact from text, half a cent rounded away from nought; not finite or too large is nothing.

    A float stands for the shortest decimal that reads back as it, so 1.005 yuan is 101 cents as text and as a float.
    """
    if dtype.is_float():
        figure = pl.col(column).cast(pl.Float64)
        scaled = figure.abs() * (100.0 if unit == "yuan" else 1.0)
        whole = (scaled * _NEAR + 0.5).floor() if unit == "yuan" else scaled
        fits = figure.is_finite() & (scaled <= LARGEST_CENTS) & (whole == whole.floor())
        return pl.when(fits).then((whole * figure.sign()).cast(pl.Int64, strict=False))
    if dtype.is_integer():
        figure = pl.col(column).cast(pl.Int64, strict=False)
        factor = 100 if unit == "yuan" else 1
        return pl.when(figure.is_between(-LARGEST_CENTS // factor, LARGEST_CENTS // factor)).then(figure * factor)
    plain = text(column, dtype).str.replace_all(",", "", literal=True).str.strip_prefix("¥").str.strip_prefix("￥")
    exact = plain.cast(_EXACT, strict=False)
    if unit == "cents":
        size = pl.when(plain.str.contains(_CENTS)).then(exact.cast(pl.Int64, strict=False))
    else:
        half = pl.when(plain.str.starts_with("-")).then(pl.lit(Decimal("-0.005"))).otherwise(pl.lit(Decimal("0.005")))
        size = pl.when(plain.str.contains(_YUAN)).then(((exact + half) * 100).cast(pl.Int64, strict=False))
    return pl.when(size.abs() <= LARGEST_CENTS).then(size)


def number(column: str, dtype: pl.DataType) -> pl.Expr:
    """A finite number, or nothing."""
    figure = (
        pl.col(column).cast(pl.Float64, strict=False)
        if dtype.is_numeric()
        else text(column, dtype).cast(pl.Float64, strict=False)
    )
    return pl.when(figure.is_finite()).then(figure)


def moment(values: pl.Series, how: Instant) -> pl.Series:
    """Moments in UTC; a local time that its zone never had, or that does not fit the format, is nothing."""
    if values.dtype == pl.Date:
        return _in_utc(values.cast(pl.Datetime("us")), how.zone)
    if isinstance(values.dtype, pl.Datetime):
        stamps = values.cast(pl.Datetime("us", values.dtype.time_zone))
        return stamps.dt.convert_time_zone("UTC") if values.dtype.time_zone else _in_utc(stamps, how.zone)
    rows = values.to_frame("at")
    if how.format in (EPOCH_SECONDS, EPOCH_MILLISECONDS):
        micros = number("at", values.dtype) * (1_000_000 if how.format == EPOCH_SECONDS else 1_000)
        ticks = rows.select(micros.round().cast(pl.Int64, strict=False))["at"]
        return ticks.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    words = rows.select(text("at", values.dtype))["at"]
    return _iso(words, how.zone) if how.format == ISO else _by_pattern(words, how.format, how.zone)


def _iso(words: pl.Series, zone: str) -> pl.Series:
    """A day, a day and a time, perhaps with its distance from UTC; the next way of writing is tried on what is left."""
    spaced = words.str.replace("T", " ", literal=True).str.replace(r"Z$", "+00:00")
    found = _by_pattern(spaced, _ISO[0], zone)
    for pattern in _ISO[1:]:
        if found.null_count() == words.null_count():
            break
        found = found.zip_with(found.is_not_null(), _by_pattern(spaced, pattern, zone))
    return found


def _by_pattern(words: pl.Series, pattern: str, zone: str) -> pl.Series:
    if "%z" in pattern or "%:z" in pattern or "%#z" in pattern:
        return words.str.to_datetime(pattern, strict=False, time_unit="us", time_zone="UTC")
    if any(mark in pattern for mark in ("%H", "%I", "%T", "%R", "%s", "%c", "%X", "%r")):
        return _in_utc(words.str.to_datetime(pattern, strict=False, time_unit="us"), zone)
    return _in_utc(words.str.to_date(pattern, strict=False).cast(pl.Datetime("us")), zone)


def _in_utc(local: pl.Series, zone: str) -> pl.Series:
    return local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
