"""The house as a whole: start it, bring its tables up to date, show it with a simulated market."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lendmill.settings import StartUpProblem, load

if TYPE_CHECKING:
    from lendmill.db import Database
    from lendmill.settings import Settings

commands = typer.Typer()


@commands.command()
def up() -> None:
    """Start everything: PostgreSQL, the pages, the worker and the payment rail's simulator. Ctrl-C stops all of it."""
    from lendmill.cli import supervisor

    supervisor.run(load(), prepare=_open)


@commands.command()
def demo(
    invoices: Annotated[
        Path | None, typer.Option(help="A folder of firms' invoices to show, in place of the simulated market.")
    ] = None,
) -> None:
    """Run the main job on the simulated market, unless that was done before, then start everything."""
    from lendmill.cli import supervisor

    settings = load()
    supervisor.run(settings, prepare=lambda database: _demonstrate(database, settings, invoices))


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
    print(f"{len(done)} files applied." if done else "Nothing to apply: the database is up to date.")


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
    listening = socket.socket(fileno=fd) if fd is not None else supervisor.listen(settings.host, settings.port)
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

    settings = load()
    if settings.rail_url is None:
        raise StartUpProblem(
            "There is no payment rail to carry to: let LENDMILL_RAIL_URL name one, or use `lendmill up`."
        )
    asked_to_stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: threading.Thread(target=asked_to_stop.set).start())
    with opened.database(settings) as database, contextlib.closing(HttpRail(settings.rail_url)) as rail:
        jobs.run_worker(database, rail, asked_to_stop)


def _open(database: "Database") -> list[str]:
    """The house's first day is today, where the lender is; a house already open keeps its own."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from lendmill.people import actions as people

    database.act(people.open_house, today=datetime.now(ZoneInfo("Asia/Shanghai")).date())
    return []


def _demonstrate(database: "Database", settings: "Settings", invoices: Path | None) -> list[str]:
    """The main job, once; then who can sign in."""
    import json

    from lendmill.cli.bars import bars
    from lendmill.lab import main_job
    from lendmill.people import sign_in

    with bars() as progress:
        if invoices is None:
            main_job.run(database, settings, progress)
        else:
            main_job.run_invoices(database, settings, invoices, progress)
    kept = settings.var / "demo-sign-ins.json"
    if not kept.exists():
        database.act(sign_in.demo_accounts, folder=settings.var)
    lines = ["sign in as     password           to see"]
    for one in json.loads(kept.read_text()):
        lines.append(f"{one['sign_in_name']:<14} {one['password']:<18} {one['display_name']} ({one['role']})")
    lines += ["", f"The partner has no pages: its token for the API, an Authorization: Bearer header, is in {kept}"]
    return lines
