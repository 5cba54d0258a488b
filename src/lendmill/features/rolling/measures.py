"""What is summed of each shop and day: how many, how much, in whole cents and whole millionths.

No sum may wrap around in 64 bits, which hold 9.2e18. One row holds at most 1e12 cents, or 1e8 of something, which is
1e14 millionths. However many rows a day has, its figure stops at `MOST_A_DAY`, 1e14: a trillion yuan, or a hundred
million page views, beyond any shop. So the 455 days of a feature come to 4.6e16 at most, and six such sums, as flows
have, to 2.8e17. All the 36,525 days that a record can have come to 3.7e18; what is open takes two such sums, refunds
and settlements, from a third, and stays within 7.4e18.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import polars as pl

from lendmill.shops.events import DONE, MOST_A_DAY, REVERSAL, VOID

MICRO: Final = 1_000_000
SLOW_MINUTES: Final = 60
FORM: Final = 2  # another number makes every lake's roll-ups anew; so does a measure that is added or renamed

_FAR: Final = 2.0**62
_SIGN: Final = pl.col("sign")
_CENTS: Final = pl.col("amount_cents").fill_null(0)
_QUANTITY: Final = pl.col("quantity")
_MICRO: Final = (_QUANTITY * MICRO).round().cast(pl.Int64).fill_null(0)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a shop's day, made of the events of one kind."""

    name: str
    kind: str
    each: pl.Expr = field(compare=False, repr=False)

    def summed(self) -> pl.Expr:
        """The figure of many events; what is taken back counts against it."""
        each = (self.each * _SIGN).cast(pl.Int64)
        return (summed(each) if self.large else each.sum()).alias(self.name)

    @property
    def large(self) -> bool:
        """Whether it is money or millionths, of which a few rows can be more than 64 bits hold; numbers of rows never
        are."""
        return self.name.endswith(("cents", "micro"))


def summed(each: pl.Expr) -> pl.Expr:
    """A sum in whole numbers that stops at what a day can hold; where a rough sum is far beyond, it is not even made.

    >>> rows = pl.DataFrame({"cents": [10**12, 10**12, 7]})
    >>> rows.select(summed(pl.col("cents"))).item(), rows.select(summed(pl.col("cents") * 10**6)).item()
    (2000000000007, 100000000000000)
    """
    roughly = each.cast(pl.Float64).sum()
    return (
        pl.when(roughly.abs() < _FAR)
        .then(each.sum())
        .otherwise(roughly.sign().cast(pl.Int64) * MOST_A_DAY)
        .clip(-MOST_A_DAY, MOST_A_DAY)
    )


def _where(held: pl.Expr, figure: pl.Expr | int = 1) -> pl.Expr:
    return pl.when(held).then(figure).otherwise(0).cast(pl.Int64)


def _of(kind: str, **figures: pl.Expr | int) -> tuple[Measure, ...]:
    """Figures of a kind's events that hold."""
    done = pl.col("status") == DONE
    return tuple(Measure(f"{kind}_{name}", kind, _where(done, each)) for name, each in figures.items())


def _paper(kind: str, name: str) -> tuple[Measure, ...]:
    """Invoices that hold, that take an earlier one back, and that were made void: numbers and sizes."""
    status = pl.col("status")
    return tuple(
        Measure(f"{name}_{said}_{figure}", kind, _where(status == is_, each))
        for said, is_ in (("done", DONE), ("back", REVERSAL), ("void", VOID))
        for figure, each in (("n", pl.lit(1)), ("cents", _CENTS if said == "done" else _CENTS.abs()))
    )


_NEVER: Final = _QUANTITY.is_null()
_ABOUT: Final = pl.col("subject")
_FILED: Final = _ABOUT.is_in(["vat", "income"])

MEASURES: Final[tuple[Measure, ...]] = (
    *_of("order", n=1, cents=_CENTS),
    Measure("order_void_n", "order", _where(pl.col("status") == VOID)),
    *_of("payment", micro=_MICRO),
    *_of("refund", n=1, cents=_CENTS),
    *_of("settlement", n=1, cents=_CENTS),
    *_of("review", n=1, micro=_MICRO, low_n=_where(_QUANTITY <= 2), five_n=_where(_QUANTITY == 5)),
    *_of("visit", micro=_MICRO),
    *_of("favourite", micro=_MICRO),
    *_of("dispute", n=1),
    *_of("advertising", n=1, cents=_CENTS),
    *_of("login", n=1),
    *_of("community", n=1, micro=_MICRO),
    *_of("message", n=1, micro=_MICRO, never_n=_where(_NEVER), quick_n=_where(_QUANTITY <= SLOW_MINUTES)),
    *_paper("invoice-out", "issued"),
    *_paper("invoice-in", "received"),
    *_of(
        "customs",
        n=1,
        export_cents=_where(_ABOUT == "export", _CENTS),
        import_cents=_where(_ABOUT == "import", _CENTS),
    ),
    *_of(
        "tax",
        filed_n=_where(_FILED),
        vat_n=_where(_ABOUT == "vat"),
        vat_cents=_where(_ABOUT == "vat", _CENTS),
        late_n=_where(_FILED & (_QUANTITY > 0)),
        late_micro=_where(_FILED, _MICRO),
    ),
)
MEASURE_NAMES: Final = tuple(measure.name for measure in MEASURES)
LARGE_NAMES: Final = tuple(measure.name for measure in MEASURES if measure.large)

SIDES: Final = {  # with whom or with what a shop deals, and which column names it
    "order": (("customer", "counterparty"),),
    "invoice-out": (("customer paper", "counterparty"),),
    "invoice-in": (("supplier", "counterparty"),),
    "login": (("device", "counterparty"), ("place", "subject")),
    "customs": (("abroad", "counterparty"),),
}
SAID: Final = ("bureau", "registry", "stated", "questionnaire", "tax")  # kinds of which the latest word counts

DAY_KEY: Final = ("shop_key", "source", "day", "known")
PARTNER_KEY: Final = ("shop_key", "side", "counterparty", "day", "known")
DAYS: Final = pl.Schema(
    {"shop_key": pl.String(), "source": pl.String(), "day": pl.Int32(), "known": pl.Int32()}
    | dict.fromkeys(MEASURE_NAMES, pl.Int64())
)
PARTNERS: Final = pl.Schema(
    {"shop_key": pl.String(), "side": pl.String(), "counterparty": pl.String(), "day": pl.Int32(), "known": pl.Int32()}
    | {"n": pl.Int64(), "cents": pl.Int64()}
)
WORDS: Final = pl.Schema(
    {
        "shop_key": pl.String(),
        "kind": pl.String(),
        "subject": pl.String(),
        "event_id": pl.String(),
        "happened": pl.Int64(),
        "day": pl.Int32(),
        "known_at": pl.Int64(),
        "known": pl.Int32(),
        "done": pl.Int64(),
        "cents": pl.Int64(),
        "micro": pl.Int64(),
    }
)
TABLES: Final = {"days": DAYS, "partners": PARTNERS, "words": WORDS}


def form() -> str:
    """A short name of what roll-ups hold; with other measures it is another, and they are made anew."""
    told = f"{FORM} {[(name, list(schema)) for name, schema in TABLES.items()]} {SIDES} {SAID}"
    return sha256(told.encode()).hexdigest()[:12]
