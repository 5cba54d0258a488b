"""The latest word on a shop: what its last credit report, registry extract, statement and questionnaire say."""

from typing import Final

import narwhals as nw

from lendmill.features.rolling.measures import SAID
from lendmill.features.sums import AGE, MICRO, SHOP, Rows
from lendmill.shops.events import SUBJECTS

_wanted: Final[dict[str, tuple[str, str, str]]] = {}
_ages: Final[dict[str, str]] = {}


def said_number(kind: str, subject: str) -> nw.Expr:
    """The latest figure about a subject, as a number."""
    assert not SUBJECTS[kind][subject].money, (kind, subject)
    value = _word(kind, subject, "micro")
    return value / (value * 0 + MICRO)


def said_cents(kind: str, subject: str) -> nw.Expr:
    """The latest amount about a subject, in cents."""
    assert SUBJECTS[kind][subject].money, (kind, subject)
    return _word(kind, subject, "cents")


def said_age(kind: str) -> nw.Expr:
    """How many days ago the latest word of a kind was said."""
    assert kind in SAID
    name = f"said {kind} age"
    _ages[name] = kind
    return nw.col(name)


def _word(kind: str, subject: str, figure: str) -> nw.Expr:
    name = f"said {kind} {subject}"
    _wanted[name] = (kind, subject, figure)
    return nw.col(name)


def latest_words(words: Rows) -> Rows:
    """One row per shop with every latest word that some feature asks for.

    Of an event's versions the last one known counts; void ones say nothing. Of two events at the same instant the
    larger figure counts, in any order of files.
    """
    version = nw.col("known_at").max().over(SHOP, "event_id")
    held = words.with_columns(version.alias("version")).filter(nw.col("known_at") == nw.col("version"))
    held = held.filter(nw.col("done") == 1)
    last = held.with_columns(nw.col("happened").max().over(SHOP, "kind", "subject").alias("last"))
    last = last.filter(nw.col("happened") == nw.col("last"))
    kind, subject = nw.col("kind"), nw.col("subject")
    pivot = last.with_columns(
        *(
            nw.when((kind == of) & (subject == about)).then(nw.col(figure)).alias(name)
            for name, (of, about, figure) in _wanted.items()
        ),
        *(nw.when(kind == of).then(AGE).alias(name) for name, of in _ages.items()),
    )
    return pivot.group_by(SHOP).agg(
        *(nw.col(name).max() for name in _wanted), *(nw.col(name).min().cast(nw.Int64) for name in _ages)
    )
