"""What is written in a file's cells, read as money, moments, numbers and words; what cannot be read becomes nothing, never a guess."""

from typing import Final

import polars as pl

from lendmill.money import LARGEST_CENTS
from lendmill.shops.importers.mapping import EPOCH_MILLISECONDS, EPOCH_SECONDS, ISO, Instant

MOMENT: Final = pl.Datetime("us", "UTC")
_NUMBER: Final = r"^([+-]?)(\d{1,13})(?:\.(\d*))?$"
_NEAR: Final = 1 + 2.0**-50  # a binary 1.005 stands for the decimal 1.005


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
    parts = plain.str.extract_groups(_NUMBER)
    whole = parts.struct.field("2").cast(pl.Int64, strict=False)
    fraction = parts.struct.field("3").fill_null("")
    if unit == "cents":
        size = pl.when(fraction.str.strip_chars("0") == "").then(whole)
    else:
        padded = pl.concat_str(fraction, pl.lit("000"))
        up = (padded.str.slice(2, 1) >= "5").cast(pl.Int64)
        size = whole * 100 + padded.str.slice(0, 2).cast(pl.Int64, strict=False) + up
    signed = pl.when(parts.struct.field("1") == "-").then(-size).otherwise(size)
    return pl.when(signed.abs() <= LARGEST_CENTS).then(signed)


def number(column: str, dtype: pl.DataType) -> pl.Expr:
    """A finite number, or nothing."""
    figure = (
        pl.col(column).cast(pl.Float64, strict=False)
        if dtype.is_numeric()
        else text(column, dtype).cast(pl.Float64, strict=False)
    )
    return pl.when(figure.is_finite()).then(figure)


def moment(column: str, dtype: pl.DataType, how: Instant) -> pl.Expr:
    """A moment in UTC; a local time that its zone never had, or that does not fit the format, is nothing."""
    if dtype == pl.Date:
        return _in_utc(pl.col(column).cast(pl.Datetime("us")), how.zone)
    if isinstance(dtype, pl.Datetime):
        stamp = pl.col(column).cast(pl.Datetime("us", dtype.time_zone))
        return stamp.dt.convert_time_zone("UTC") if dtype.time_zone else _in_utc(stamp, how.zone)
    if how.format in (EPOCH_SECONDS, EPOCH_MILLISECONDS):
        ticks = number(column, dtype)
        micros = ticks * (1_000_000 if how.format == EPOCH_SECONDS else 1_000)
        return micros.round().cast(pl.Int64, strict=False).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    words = text(column, dtype)
    if how.format != ISO:
        return _by_pattern(words, how.format, how.zone)
    spaced = words.str.replace("T", " ", literal=True).str.replace(r"Z$", "+00:00")
    naive = pl.coalesce(
        spaced.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"),
        spaced.str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us"),
        spaced.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")),
    )
    aware = pl.coalesce(
        spaced.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", strict=False, time_unit="us", time_zone="UTC"),
        spaced.str.to_datetime("%Y-%m-%d %H:%M%:z", strict=False, time_unit="us", time_zone="UTC"),
    )
    return pl.coalesce(_in_utc(naive, how.zone), aware)


def _by_pattern(words: pl.Expr, pattern: str, zone: str) -> pl.Expr:
    if "%z" in pattern or "%:z" in pattern or "%#z" in pattern:
        return words.str.to_datetime(pattern, strict=False, time_unit="us", time_zone="UTC")
    if any(mark in pattern for mark in ("%H", "%I", "%T", "%R", "%s", "%c", "%X", "%r")):
        return _in_utc(words.str.to_datetime(pattern, strict=False, time_unit="us"), zone)
    return _in_utc(words.str.to_date(pattern, strict=False).cast(pl.Datetime("us")), zone)


def _in_utc(local: pl.Expr, zone: str) -> pl.Expr:
    return local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
