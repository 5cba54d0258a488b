"""What the house learned by itself is laid into the record, so that the next rating knows it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from lendmill.db import Database, Db
from lendmill.rating.parties.queries import learned_since
from lendmill.rating.psychometrics.queries import finished_since
from lendmill.rating.stated.figures import AMOUNTS, NAMES
from lendmill.rating.stated.queries import stated_since
from lendmill.shops.importers.house import (
    LEARNED,
    LearnedRow,
    import_learned,
    learned_through,
    moment,
    start_of,
)
from lendmill.shops.importers.mapped import ImportReport
from lendmill.shops.lake import Lake

BEGINNING: Final = date(2000, 1, 1)


def lay_in(database: Database, lake: Lake, *, received_at: datetime) -> list[ImportReport]:
    """Bring what third parties, sellers and questionnaires said since the last time into the lake; twice is once.

    What was said on the last day brought in is read again, for that day had more to come. Raises LakeBusy while another
    import writes; nothing is lost then, the next time brings it.
    """
    since = {kind: learned_through(lake, kind) or BEGINNING for kind in LEARNED}
    with database.transaction() as db:
        rows = list(_learned(db, since))
    reports = (import_learned(rows, kind, lake, received_at=received_at) for kind in LEARNED)
    return [report for report in reports if report is not None]


def _learned(db: Db, since: dict[str, date]) -> Iterator[LearnedRow]:
    yield from _from_parties(db, since)
    yield from _from_sellers(db, since["stated"])
    yield from _from_questionnaires(db, since["questionnaire"])


def _from_parties(db: Db, since: dict[str, date]) -> Iterator[LearnedRow]:
    """Every figure of an answer that counts, for each of the borrower's shops, on the day it is of."""
    for answer in learned_since(db, min(since.values())):
        if answer.answered_on < since[answer.party]:
            continue
        known_at = moment(answer.answered_on, answer.answered_at)
        for figure in answer.said:
            for shop_key in answer.shop_keys:
                yield LearnedRow(
                    answer.party, shop_key, start_of(min(figure.happened_on, answer.answered_on)), known_at,
                    figure.subject, figure.amount_cents, figure.quantity, figure.counterparty, figure.reference,
                )  # fmt: skip


def _from_sellers(db: Db, since_on: date) -> Iterator[LearnedRow]:
    """Every figure of a confirmed version; one no longer stated says that it is not known any more."""
    for version in stated_since(db, since_on):
        at, said = moment(version.stated_on, version.stated_at), version.said
        for name in NAMES:
            value = said.figure(name)
            cents = int(value) if value is not None and name in AMOUNTS else None
            quantity = float(value) if value is not None and name not in AMOUNTS else None
            yield LearnedRow(
                "stated", version.shop_key, at, at, name, amount_cents=cents, quantity=quantity,
                reference=str(version.n),
            )  # fmt: skip


def _from_questionnaires(db: Db, since_on: date) -> Iterator[LearnedRow]:
    for index in finished_since(db):
        if index.finished_on >= since_on:
            at = moment(index.finished_on, index.finished_at)
            yield LearnedRow(
                "questionnaire", index.shop_key, at, at, index.subject, quantity=index.quantity,
                reference=index.finished_at.isoformat(),
            )  # fmt: skip
