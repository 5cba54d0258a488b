"""The main job from end to end: records come in, shops are rated, offers made, loans drawn and repaid, days closed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID
from zlib import crc32
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from lendmill.credit import actions as credit
from lendmill.day_end.learning import lay_in
from lendmill.db import Database, Db, many, scalar
from lendmill.features import windows
from lendmill.funding import actions as funding
from lendmill.insight.outcomes.actions import watch_models
from lendmill.lab.market import Market, event_files, write_market
from lendmill.lab.trial import Conduct, Progress, Trial
from lendmill.people import actions as people
from lendmill.people import sign_in
from lendmill.people.queries import house_day
from lendmill.people.seal import Seal
from lendmill.rating import actions as rating
from lendmill.rating.page import came_from
from lendmill.rating.registry.actions import first_live
from lendmill.rating.training.record import learned_from
from lendmill.refusals import Refusal
from lendmill.settings import Settings
from lendmill.shops.importers.invoices import import_invoices
from lendmill.shops.importers.mapped import import_events
from lendmill.shops.lake import Lake
from lendmill.shops.sellers import Seller, read_sellers

SEED: Final = 20130617
SELLERS: Final = 240
MONTHS_KNOWN: Final = 24
SEASON_DAYS: Final = 120
MARKET_CAPITAL_CENTS: Final = 2_000_000_000  # twenty million yuan
INVOICE_CAPITAL_CENTS: Final = 30_000_000_000  # three hundred million yuan
PLAN: Final = "demonstration.json"
MARKET: Final = "a simulated market"
INVOICES: Final = "firms' invoices"
LENDERS_ZONE: Final = ZoneInfo("Asia/Shanghai")


class OtherHouse(Refusal):
    """This house is at work already with borrowers of its own: give the demonstration another var folder."""


class OtherDemonstration(Refusal):
    """This house already shows {kind}: give this demonstration another var folder."""


class Plan(msgspec.Struct, frozen=True):
    """What a demonstration shows and over which days, written down so that an interrupted one goes on as it began."""

    kind: str
    opened_on: date
    through_on: date
    done: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a demonstration is, and how its payment rail behaves."""

    sellers: int = SELLERS
    season_days: int = SEASON_DAYS
    rail_manners: tuple[str, ...] = ()
    evening: Callable[[date], None] = lambda _: None


def run(
    database: Database, settings: Settings, progress: Progress, *, today: date | None = None, scale: Scale | None = None
) -> None:
    """The main job on the simulated market, once: a house that has been at work for four months, up to today."""
    scale, today = scale or Scale(), today or datetime.now(LENDERS_ZONE).date()
    plan = _plan(database, settings, Plan(MARKET, today - timedelta(days=scale.season_days), today))
    if plan.done:
        return
    market = Market(SEED, scale.sellers, through_on=plan.through_on - timedelta(days=1), months=MONTHS_KNOWN)
    folder, lake = settings.var / "market", Lake(settings.lake)
    write_market(market, folder, lambda n, of: progress("making up a market", n, of))
    files = event_files(folder)
    for n, file in enumerate(files, start=1):
        import_events([file], folder / "market.toml", lake, received_at=datetime.now(UTC))
        progress("importing its records", n, len(files))
    labels = pl.read_csv(folder / "outcomes.csv", try_parse_dates=True)
    _open(database, settings, read_sellers(folder / "sellers.csv"), plan.opened_on, MARKET_CAPITAL_CENTS)
    _learn(database, lake, labels, plan.opened_on, "market", progress)
    conduct = Conduct(
        pays=cache(market.pays), takes_offer=0.45, tries_without=0.08, draws_again=0.06, months=(1, 2, 3, 6)
    )
    _live_through(database, settings, lake, plan, conduct, progress, scale)


def run_invoices(
    database: Database, settings: Settings, folder: Path, progress: Progress, *, scale: Scale | None = None
) -> None:
    """The main job on firms' invoices: the house opens four months before the record ends, and works to its last day.

    What became of the labelled firms is their label: those in default never pay here, the others pay as agreed or a
    little late; of firms without a label nothing is known, and one in twelve is taken to stop paying.
    """
    scale, lake = scale or Scale(), Lake(settings.lake)
    _begun(database, settings, INVOICES)
    done = import_invoices(
        folder, lake, received_at=datetime.now(UTC), progress=lambda n, of: progress("importing invoices", n, of)
    )
    last_on = lake.scan().select(pl.col("happened_on").max()).collect().item()
    assert isinstance(last_on, date)
    plan = _plan(database, settings, Plan(INVOICES, last_on - timedelta(days=scale.season_days), last_on))
    if plan.done:
        return
    _open(database, settings, done.sellers, plan.opened_on, INVOICE_CAPITAL_CENTS)
    _learn(database, lake, done.labels, plan.opened_on, "invoices", progress)
    bad, good = (set(done.labels.filter(pl.col("defaulted") == one)["shop_key"].to_list()) for one in (True, False))
    conduct = Conduct(_firms(bad, good), takes_offer=0.8, tries_without=0.1, draws_again=0.05, months=(1, 2, 3))
    _live_through(database, settings, lake, plan, conduct, progress, scale)


def _plan(database: Database, settings: Settings, new: Plan) -> Plan:
    """The plan begun before, or else this one, which is written down."""
    begun = _begun(database, settings, new.kind)
    if begun is None:
        _keep(settings.var / PLAN, new)
    return begun or new


ANY_BORROWER = "select exists (select from borrower)"


def _begun(database: Database, settings: Settings, kind: str) -> Plan | None:
    """The plan begun before; a house with other business is left alone."""
    file = settings.var / PLAN
    if file.exists():
        begun = msgspec.json.decode(file.read_bytes(), type=Plan)
        if begun.kind != kind:
            raise OtherDemonstration(kind=begun.kind)
        return begun
    with database.transaction() as db:
        if scalar(db, ANY_BORROWER):
            raise OtherHouse()
    return None


def _keep(file: Path, plan: Plan) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    waiting = file.with_suffix(".new")
    waiting.write_bytes(msgspec.json.encode(plan))
    waiting.replace(file)


ANY_CAPITAL = "select exists (select from capital_change)"


def _open(
    database: Database, settings: Settings, sellers: Sequence[Seller], opened_on: date, capital_cents: int
) -> None:
    """Open the house: products and policy published, capital paid in, sellers registered as the marketplace knows
    them."""
    seal = Seal(settings.secret_key())

    def open_house(db: Db) -> None:
        people.open_house(db, today=opened_on)
        credit.publish_presets(db, today=opened_on)
        people.register_borrowers(db, sellers=sellers, today=opened_on, vouched=True, seal=seal)
        if not scalar(db, ANY_CAPITAL):
            funding.pay_in_capital(db, amount_cents=capital_cents, profile="historical", today=opened_on)

    database.act(open_house)


ANY_LIVE_CARD = "select exists (select from model where stage = 'live')"


def _learn(database: Database, lake: Lake, labels: pl.DataFrame, opened_on: date, key: str, progress: Progress) -> None:
    """Learn a card from outcomes known when the house opens, and make it the one that rates."""
    with database.transaction() as db:
        if scalar(db, ANY_LIVE_CARD):
            return
    card, report = learned_from(
        lake, labels, today=opened_on, key=key, progress=lambda n, of: progress("learning a scorecard", n, of)
    )

    def keep(db: Db) -> None:
        came = came_from(card, report, as_of_on=opened_on, kept_on=opened_on)
        first_live(db, rating.keep_model(db, card, report, came), today=opened_on)

    database.act(keep)


def _live_through(
    database: Database,
    settings: Settings,
    lake: Lake,
    plan: Plan,
    conduct: Conduct,
    progress: Progress,
    scale: Scale,
) -> None:
    with database.transaction() as db:
        here = house_day(db)

    def features(today: date) -> pl.DataFrame:
        lay_in(database, lake, received_at=datetime.now(UTC))
        return windows.as_of(lake, today)

    trial = Trial(database, features, conduct, progress, scale.rail_manners, scale.evening)
    trial.run(plan.opened_on, here, plan.through_on)
    database.act(watch_models, today=plan.through_on)
    with database.transaction() as db:
        shown = many(db, _Shown, SHOWN, today=plan.through_on)
    database.act(sign_in.demo_accounts, [one.borrower_id for one in shown], folder=settings.var)
    _keep(settings.var / PLAN, msgspec.structs.replace(plan, done=True))


@dataclass(frozen=True, slots=True)
class _Shown:
    borrower_id: UUID


# Three sellers to sign in as: one with a ready offer, one with a loan in good order, one who is late.
SHOWN = """
    (select borrower_id from offer o
      where as_of_on <= %(today)s and expires_on >= %(today)s and limit_cents >= 1000000
        and not exists (select from line l where l.borrower_id = o.borrower_id)
      order by limit_cents desc limit 1)
     union all
    (select t.borrower_id from standing t join line l on l.borrower_id = t.borrower_id and l.status = 'open'
      where outstanding_cents > 0 and late_since_on is null and loans_repaid > 0
      order by l.limit_cents - l.used_cents desc limit 1)
     union all
    (select borrower_id from standing
      where late_since_on is not null
      order by late_since_on desc limit 1)
"""


@dataclass(frozen=True, slots=True)
class _Paid:
    """The day on which a firm's money comes, if it does."""

    paid_on: date | None


def _firms(bad: set[str], good: set[str]) -> Callable[[str, date], _Paid]:
    """How firms meet a due date, by what is known of them."""

    def pays(firm: str, due_on: date) -> _Paid:
        draw = crc32(f"{firm}:{due_on}".encode()) / 2**32
        stops = firm in bad if firm in bad | good else crc32(firm.encode()) % 12 == 0
        if stops:
            return _Paid(None)
        return _Paid(due_on + timedelta(days=0 if draw < 0.9 else 2 if draw < 0.96 else 9))

    return pays
