"""The house as a whole: start it, bring its tables up to date, show it with a simulated market."""

import contextlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lendmill.cli.counting import counted
from lendmill.settings import StartUpProblem, load

if TYPE_CHECKING:
    from datetime import date

    from lendmill.db import Database, Db
    from lendmill.settings import Settings

commands = typer.Typer()


@commands.command()
def up() -> None:
    """Start everything: PostgreSQL, the pages, the worker and the simulators. Ctrl-C stops all of it."""
    from lendmill.cli import supervisor

    supervisor.run(load(), prepare=_open)


@commands.command()
def demo(
    invoices: Annotated[
        Path | None, typer.Option(help="A folder of firms' invoices to show, in place of the simulated market.")
    ] = None,
    sellers: Annotated[
        int | None, typer.Option(min=100, help="How many sellers the simulated market has; default: 240.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="For how many days the house has been at work; default: 120.")
    ] = None,
) -> None:
    """Run the main job on the simulated market, unless that was done before, then start everything."""
    from lendmill.cli import supervisor

    if invoices is not None and sellers is not None:
        raise typer.BadParameter("The folder of invoices says how many firms there are: leave out --sellers.")
    settings = load()
    supervisor.run(settings, prepare=lambda database: _demonstrate(database, settings, invoices, sellers, days))


@commands.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from lendmill.cli import opened
    from lendmill.db.migrate import migrate as bring_up_to_date

    settings = load()
    if settings.owner_database_url is None:
        with opened.database(settings):
            print("The embedded database is up to date.")
        return
    done = bring_up_to_date(settings.owner_database_url, told=lambda name: print(f"applied {name}"))
    print(f"{counted(len(done), 'file')} applied." if done else "Nothing to apply: the database is up to date.")


@commands.command("open-house")
def open_house(
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The house's first day.")],
    capital: Annotated[str, typer.Option(help="What the owners pay in, in yuan, such as 1000000.")] = "",
    licence: Annotated[str, typer.Option(help="The funding rule: historical or current.")] = "current",
) -> None:
    """Begin to lend: open the house on a day, put the shipped products and policy in force, pay in capital."""
    from lendmill.cli import opened
    from lendmill.credit import actions as credit
    from lendmill.funding import actions as funding
    from lendmill.money import cents, yuan
    from lendmill.people import actions as people
    from lendmill.people.queries import house_day

    amount_cents = cents(capital) if capital else 0
    with opened.database(load()) as database:

        def begin(db: "Db") -> "date":
            people.open_house(db, today=on.date())
            credit.publish_presets(db, today=house_day(db))
            if amount_cents:
                funding.pay_in_capital(db, amount_cents=amount_cents, profile=licence, today=house_day(db))
            return house_day(db)

        here = database.act(begin)
    print(
        f"The house's day is {here}; {yuan(amount_cents)} paid in." if amount_cents else f"The house's day is {here}."
    )
    if here != on.date():
        print("It was open already and keeps its day; `lendmill day-end` moves it.")


@commands.command("open-account")
def open_account(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[str, typer.Option(help="seller, analyst, risk-officer, collector, finance, auditor or admin.")],
    shop: Annotated[str, typer.Option(help="For a seller: the shop, by the marketplace's name for it.")] = "",
    shown: Annotated[str, typer.Option(help="The name to show; default: the name to sign in with.")] = "",
) -> None:
    """Let somebody sign in; the password is asked for, or read from the standard input."""
    import getpass
    import sys

    from lendmill.cli import opened
    from lendmill.people.queries import shops_by_key
    from lendmill.people.roles import Role
    from lendmill.people.sign_in import actions as sign_in

    if role not in list(Role):
        raise typer.BadParameter(f"{role} is not a role; choose one of {', '.join(Role)}.")
    if (role == Role.SELLER) != bool(shop):
        raise typer.BadParameter("A seller's account belongs to a shop, and only a seller's: name it with --shop.")
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with opened.database(load()) as database:
        with database.transaction() as db:
            found = shops_by_key(db, [shop])
        if shop and shop not in found:
            raise typer.BadParameter(f"No borrower runs a shop called {shop}: `lendmill import` registers shops.")
        database.act(
            sign_in.open_account,
            sign_in_name=name,
            display_name=shown or name,
            role=Role(role),
            password=password,
            borrower_id=found[shop].borrower_id if shop else None,
        )
    print(f"{name} can sign in.")


@commands.command(hidden=True)
def serve(
    fd: Annotated[int | None, typer.Option(help="A socket that already listens, from the supervisor.")] = None,
) -> None:
    """Serve the pages and the API alone; `lendmill up` does this and everything around it."""
    import gc
    import socket

    import uvicorn

    from lendmill.cli import supervisor
    from lendmill.web.app import create_app

    settings = load()
    (listening,) = [socket.socket(fileno=fd)] if fd is not None else supervisor.listen(settings.host, settings.port)
    config = uvicorn.Config(
        create_app(settings),
        loop="auto",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    gc.freeze()  # what is loaded by now stays for good: the collector need not walk through it again and again
    uvicorn.Server(config).run(sockets=[listening])


@commands.command(hidden=True)
def worker() -> None:
    """Carry the outbox and do the background jobs; `lendmill up` starts this."""
    import signal
    import threading

    from lendmill import jobs
    from lendmill.cli import opened
    from lendmill.outside.rail import HttpRail
    from lendmill.people.seal import Seal

    settings = load()
    if settings.rail_url is None:
        raise StartUpProblem(
            "There is no payment rail to carry to: let LENDMILL_RAIL_URL name one, or use `lendmill up`."
        )
    asked_to_stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: threading.Thread(target=asked_to_stop.set).start())
    with (
        opened.database(settings) as database,
        contextlib.closing(HttpRail(settings.rail_url)) as rail,
        opened.parties(settings) as parties,
    ):
        seal = Seal(settings.secret_key())
        beside = [
            threading.Thread(target=jobs.run_enquirer, args=(database, parties, seal, asked_to_stop)),
            threading.Thread(target=jobs.run_tester, args=(database, asked_to_stop)),
        ]
        for each in beside:
            each.start()
        try:
            jobs.run_worker(database, rail, asked_to_stop)
        finally:
            asked_to_stop.set()
            for each in beside:
                each.join()


def _open(database: "Database") -> list[str]:
    """The house's first day is today, where the lender is; a house already open keeps its own."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from lendmill.people import actions as people

    database.act(people.open_house, today=datetime.now(ZoneInfo("Asia/Shanghai")).date())
    return []


def _demonstrate(
    database: "Database", settings: "Settings", invoices: Path | None, sellers: int | None, days: int | None
) -> list[str]:
    """The main job, once; then who can sign in."""
    import json

    from lendmill.cli.bars import bars
    from lendmill.lab import main_job
    from lendmill.people import sign_in

    scale = main_job.Scale(sellers or main_job.SELLERS, days or main_job.SEASON_DAYS)
    with bars() as progress:
        if invoices is None:
            main_job.run(database, settings, progress, scale=scale)
        else:
            main_job.run_invoices(database, settings, invoices, progress, scale=scale)
    kept = settings.var / "demo-sign-ins.json"
    if not kept.exists():
        database.act(sign_in.demo_accounts, folder=settings.var)
    lines = ["sign in as     password           to see"]
    for one in json.loads(kept.read_text()):
        lines.append(f"{one['sign_in_name']:<14} {one['password']:<18} {one['display_name']} ({one['role']})")
    lines += ["", f"The partner has no pages: its token for the API, an Authorization: Bearer header, is in {kept}"]
    return lines
