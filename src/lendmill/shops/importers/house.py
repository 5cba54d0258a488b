"""What the house learned by itself becomes record: answers of third parties, stated figures, questionnaires.

Each kind is a source of its own (`house-tax`, `house-stated`, ...), because a shop of which one kind was learned is not
thereby covered for the others: what nobody asked about stays unknown, it does not become nought.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from lendmill.shops.events import DONE, EVENT, HOUSE_ZONE, day_in_house
from lendmill.shops.importers.mapped import ImportReport
from lendmill.shops.intake import Intake
from lendmill.shops.lake import Lake, Manifest
from lendmill.shops.versions import KNOWN_GUESSED

LEARNED: Final = ("customs", "tax", "bureau", "registry", "stated", "questionnaire")
ZONE: Final = ZoneInfo(HOUSE_ZONE)
THROUGH: Final = " through "


@dataclass(frozen=True, slots=True)
class LearnedRow:
    """One thing learned of a shop: when it happened, when the house knew it, and the figure, or that there is none.

    `reference` tells apart several things of one day and subject, such as two declarations.
    """

    kind: str
    shop_key: str
    happened_at: datetime
    known_at: datetime
    subject: str
    amount_cents: int | None = None
    quantity: float | None = None
    counterparty: str | None = None
    reference: str = ""


def moment(on: date, clock: datetime) -> datetime:
    """A moment on a day of the house, at the hour the clock showed: in a trial the two are not of one day."""
    return datetime.combine(on, clock.astimezone(ZONE).time(), tzinfo=ZONE)


def start_of(on: date) -> datetime:
    """The first moment of a day of the house, for what has no hour."""
    return datetime.combine(on, time.min, tzinfo=ZONE)


def learned_through(lake: Lake, kind: str) -> date | None:
    """The last day of which what was learned of a kind is in the lake already; the day itself may have had more."""
    days = [
        date.fromisoformat(each.file.rpartition(THROUGH)[2]) for each in lake.imports() if each.source == _source(kind)
    ]
    return max(days, default=None)


def import_learned(rows: Iterable[LearnedRow], kind: str, lake: Lake, *, received_at: datetime) -> ImportReport | None:
    """Lay what was learned of one kind into the lake, whole or not at all; the same again changes nothing.

    None where there was nothing to lay in.
    """
    assert kind in LEARNED, kind
    frame = _frame([row for row in rows if row.kind == kind], _source(kind))
    if frame.is_empty():
        return None
    digest = sha256(f"{kind}\n{frame.write_csv()}".encode()).hexdigest()
    if (earlier := lake.imported(digest)) is not None:
        return _told(earlier, already=True)
    with lake.writing() as staging:
        if (earlier := lake.imported(digest)) is not None:
            return _told(earlier, already=True)
        n = max((manifest.n for manifest in lake.imports()), default=0) + 1
        intake = Intake(lake, staging, n, received_at)
        intake.take(frame)
        intake.settle()
        manifest = _manifest(intake, digest, kind, frame)
        lake.commit(manifest)
    return _told(manifest, already=False)


def _source(kind: str) -> str:
    return f"house-{kind}"


def _frame(rows: list[LearnedRow], source: str) -> pl.DataFrame:
    """The rows as events; the name of one holds its kind, shop, day and subject, as an importer's does."""
    events = [
        {
            "event_id": f"{row.kind}:{_named(row.shop_key, ':')}:{row.happened_at.astimezone(ZONE).date()}:"
            f"{row.subject}|{_named(row.reference, '|')}",
            "shop_key": row.shop_key,
            "kind": row.kind,
            "happened_at": row.happened_at,
            "known_at": max(row.known_at, row.happened_at),
            "amount_cents": row.amount_cents,
            "counterparty": row.counterparty,
            "quantity": row.quantity,
            "subject": row.subject,
            "status": DONE,
            "source": source,
        }
        for row in rows
    ]
    schema = {name: kind for name, kind in EVENT.items() if name not in ("happened_on", "known_on")}
    frame = pl.DataFrame(events, schema=schema)
    dated = frame.with_columns(
        day_in_house(pl.col("happened_at")).alias("happened_on"), day_in_house(pl.col("known_at")).alias("known_on")
    )
    ordered = dated.sort("known_at", "event_id").select(*EVENT.names())
    return ordered.with_columns(pl.lit(False).alias(KNOWN_GUESSED))


def _named(text: str, separator: str) -> str:
    """A part of a name in which the separator is marked as not meant."""
    return text.replace("\\", "\\\\").replace(separator, f"\\{separator}")


def _manifest(intake: Intake, digest: str, kind: str, frame: pl.DataFrame) -> Manifest:
    return Manifest(
        n=intake.n,
        digest=digest,
        source=_source(kind),
        file=f"{_source(kind)}{THROUGH}{max(frame['known_on'].to_list())}",
        rows=frame.height,
        good=frame.height,
        repeated=frame.height - intake.written,
        corrected=intake.corrected,
        rejected=0,
        skipped=0,
        rejects_file=None,
        first_on=intake.first_on,
        last_on=intake.last_on,
        kinds_known_on=dict(sorted(intake.kinds_known_on.items())),
        added=sorted(intake.added, key=lambda part: part.path),
        removed=sorted(intake.removed),
    )


def _told(manifest: Manifest, *, already: bool) -> ImportReport:
    return ImportReport(
        file=manifest.file,
        rows=manifest.rows,
        good=manifest.good,
        repeated=manifest.repeated,
        corrected=manifest.corrected,
        rejected=0,
        skipped=0,
        rejects_file=None,
        already=already,
        first_on=manifest.first_on,
        last_on=manifest.last_on,
    )
