"""Writes a page's answers, each column spelled out at once."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

import polars as pl

from lendmill.credit.cases.pages import FilesPage
from lendmill.credit.offers.at_once import Answers
from lendmill.credit.offers.files import Setting, covers
from lendmill.db import Db, copy_text, escaped

OFFER_COLUMNS: Final = (
    "offer_id", "borrower_id", "shop_id", "product_key", "product_version", "policy_key", "policy_version", "rating_id",
    "limit_cents", "rate_num", "rate_den", "months_max", "methods", "reasons", "as_of_on", "expires_on",
)  # fmt: skip
NO_OFFER_COLUMNS: Final = (
    "borrower_id", "product_key", "as_of_on", "product_version", "policy_key", "policy_version", "rating_id", "outcome",
    "reasons",
)  # fmt: skip


@dataclass(frozen=True)
class WrittenNight:
    """The answers for the files in these places of a page, as the rows they are kept in."""

    page: FilesPage
    places: Sequence[int]
    on: Setting
    answers: Answers

    @cached_property
    def named(self) -> pl.DataFrame:
        """The answers beside whose they are."""
        whose = {
            name: pl.Series([str(each[place]) for place in self.places], dtype=pl.String)
            for name, each in (
                ("borrower_id", self.page.borrower_ids),
                ("shop_id", self.page.shop_ids),
                ("rating_id", self.page.rating_ids),
            )
        }
        return self.answers.table.with_columns(**whose)

    @cached_property
    def offered(self) -> pl.DataFrame:
        """What can be offered without anybody looking."""
        return self.named.filter(_OFFERED)

    def offers(self, new_id: Callable[[], UUID]) -> str:
        """The rows of offers, as COPY reads them."""
        on, product, policy = self.on, self.on.product, self.on.policy
        methods = "{" + ",".join(f'"{method}"' for method in product.methods) + "}"
        written = self.offered.with_columns(
            offer_id=pl.Series([str(new_id()) for _ in range(self.offered.height)], dtype=pl.String),
            product_key=pl.lit(escaped(product.key)),
            product_version=pl.lit(product.version),
            policy_key=pl.lit(escaped(policy.key)),
            policy_version=pl.lit(policy.version),
            methods=pl.lit(escaped(methods)),
            reasons=_behind(self.answers, on),
            as_of_on=pl.lit(str(on.today)),
            expires_on=pl.lit(str(on.today + timedelta(days=product.offer_days))),
        )
        return _lines(written, OFFER_COLUMNS)

    def no_offers(self) -> str:
        """The rows of those who get nothing, with the reasons."""
        product, policy = self.on.product, self.on.policy
        refused = self.named.filter(~_OFFERED)
        reasons = _as_json(refused)
        spelled = {each: escaped(json.dumps(json.loads(each))) for each in reasons.unique().to_list()}
        written = refused.with_columns(
            reasons=reasons.replace_strict(spelled, return_dtype=pl.String) if spelled else None,
            product_key=pl.lit(escaped(product.key)),
            product_version=pl.lit(product.version),
            policy_key=pl.lit(escaped(policy.key)),
            policy_version=pl.lit(policy.version),
            as_of_on=pl.lit(str(self.on.today)),
        )
        return _lines(written, NO_OFFER_COLUMNS)


def add_answers(db: Db, night: WrittenNight, new_id: Callable[[], UUID]) -> None:
    """Keep what each may have, and why there is nothing where there is nothing."""
    copy_text(db, "offer", OFFER_COLUMNS, night.offers(new_id))
    copy_text(db, "no_offer", NO_OFFER_COLUMNS, night.no_offers())


_OFFERED: Final = (pl.col("outcome") == "approve") & pl.col("limit_cents").is_not_null()


def _as_json(table: pl.DataFrame) -> pl.Series:
    quoted = pl.concat_str(pl.lit('["'), pl.col("reasons").list.join('", "'), pl.lit('"]'))
    return table.select(pl.when(pl.col("reasons").list.len() > 0).then(quoted).otherwise(pl.lit("[]"))).to_series()


def _lines(table: pl.DataFrame, columns: Sequence[str]) -> str:
    """Rows as COPY reads them: tabs between cells, each on a line of its own."""
    if not table.height:
        return ""
    line = pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator="\t")
    return "\n".join(table.select(line).to_series().to_list()) + "\n"


def _behind(answers: Answers, on: Setting) -> pl.Expr:
    """What an offer rests on: the caps with what they come to, the sources, what was set aside, what is asked for."""
    caps: list[pl.Expr] = [
        pl.when(pl.col(column).is_not_null()).then(_text(f"[{_name(rule)}, ", pl.col(column).cast(pl.String), "]"))
        for column, rule in zip(answers.cap_columns, answers.caps, strict=True)
    ]
    parts: dict[str, list[pl.Expr]] = {
        "caps": caps,
        "sources": [_named_if(pl.col(covers(source)), source) for source in sorted(on.policy.sources)],
        "aside": [_named_if(pl.col(column), rule) for column, rule in answers.aside],
        "conditions": [_named_if(pl.col(column), condition) for column, condition in answers.asked],
    }
    told = [_text(f'"{key}": [', _joined(each), "]") for key, each in parts.items()]
    return _text("{", _joined(told), "}")


def _joined(parts: Sequence[pl.Expr]) -> pl.Expr:
    return pl.concat_str(parts, separator=", ", ignore_nulls=True) if parts else pl.lit("")


def _named_if(column: pl.Expr, name: str) -> pl.Expr:
    return pl.when(column).then(pl.lit(_name(name)))


def _name(name: str) -> str:
    return escaped(json.dumps(name))


def _text(before: str, middle: pl.Expr, after: str) -> pl.Expr:
    return pl.concat_str(pl.lit(before), middle, pl.lit(after))
