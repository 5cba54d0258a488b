"""Looks after everything `lendmill up` starts, and stops all of it together.

PostgreSQL, the pages, the worker and the simulators of the payment rail and of third parties are child processes. The
kernel stops them when this process dies, even by SIGKILL. A child that ends is started again, because its work waits
safely in the database; one that keeps ending, and a PostgreSQL that ends, stop the whole, because then a person has to
look.
"""

import contextlib
import errno
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lendmill.cli.counting import counted
from lendmill.settings import Settings, StartUpProblem

if TYPE_CHECKING:
    from lendmill.db import Database
    from lendmill.db.embedded import EmbeddedPostgres

SIGNS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GLANCE_SECONDS: Final = 0.2
READY_SECONDS_MAX: Final = 60.0
STOP_SECONDS_MAX: Final = 10.0
SCARCE_BYTES: Final = 100_000_000
ENDINGS_MAX: Final = 3
ENDINGS_WITHIN_SECONDS: Final = 60.0


class Stop(BaseException):
    """Somebody pressed Ctrl-C, or asked us to end."""


@dataclass
class Child:
    """One program we keep running."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str]
    keep_open: tuple[int, ...] = ()
    endings: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it prints goes to its log."""
        from lendmill.db.programs import tied_to_us

        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                tied_to_us(self.command, signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                pass_fds=self.keep_open,
            )

    def look_after(self) -> None:
        """Start it again when it has ended, unless it keeps ending."""
        assert self.process is not None
        code = self.process.poll()
        if code is None:
            return
        now = time.monotonic()
        self.endings = [at for at in self.endings if now - at < ENDINGS_WITHIN_SECONDS] + [now]
        if len(self.endings) >= ENDINGS_MAX:
            raise StartUpProblem(
                f"The {self.name} ended {ENDINGS_MAX} times within a minute; its last words were: "
                f"{last_words(self.log)} (all of it is in {self.log})."
            )
        print(f"The {self.name} ended with code {code} and is started again; its log is {self.log}.", flush=True)
        self.start()

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def see_off(self, until: float) -> None:
        """Wait until it has ended; end it when it takes too long."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run(settings: Settings, prepare: Callable[["Database"], list[str]]) -> None:
    """Start everything, say where it is, and stay until we are told to stop or cannot go on."""
    with ExitStack() as running:
        running.enter_context(_ended_by_signals())
        settings.logs.mkdir(parents=True, exist_ok=True)
        running.enter_context(_alone(settings))
        listening = [
            running.enter_context(each) for each in listen(settings.host, settings.port, settings.web_processes)
        ]

        server, url, owner_url = _database(settings, running)
        _migrate(owner_url)
        lines = _prepared(settings, url, prepare)
        _heed_signals()

        children = _children(settings, url, owner_url, listening)
        running.callback(_stop, children)
        for child in children:
            child.start()
        _wait_until_ready(settings, server, children)
        _tell(settings, lines)
        warned = False
        while True:
            _look(server, children)
            warned = _room_watched(settings, warned)
            time.sleep(GLANCE_SECONDS)


def listen(host: str, port: int, processes: int = 1) -> list[socket.socket]:
    """The sockets the pages are served on, one for each process; taken first, for a port in use should be told first.

    Linux deals connections out among sockets of one port. Of one socket that all processes share, the one that is
    awake takes every connection that is made at a moment, and a program that keeps its connections keeps it busy alone.
    What is dealt to a process that has ended waits until it is started again.
    """
    try:
        listening = [_listening(host, port)]  # by itself: nobody else has the port, and from now on nobody gets it
        if processes == 1 or sys.platform != "linux":
            return listening + [listening[0].dup() for _ in range(processes - 1)]
        listening[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return listening + [_listening(host, port, shared=True) for _ in range(processes - 1)]
    except OSError as error:
        raise StartUpProblem(_why_not(host, port, error)) from error


def _listening(host: str, port: int, *, shared: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048, reuse_port=shared)


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return (
            f"Port {port} on {host} is in use by another program: stop that one, "
            f"or choose another port with LENDMILL_PORT={other}."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs the rights of root: choose one above 1023, for example LENDMILL_PORT=8000."
    if isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, socket.EAI_NONAME):
        return f"{host} is not an address we have: set LENDMILL_HOST to 127.0.0.1, or 0.0.0.0 for all."
    return f"Port {port} on {host} cannot be used: {error.strerror}."


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Ctrl-C, a closed terminal and a polite kill all end us in order; once ending, a second one changes nothing."""
    before = [(sign, signal.getsignal(sign)) for sign in SIGNS]
    _heed_signals()
    try:
        yield
    except (Stop, KeyboardInterrupt):
        print("Stopped: everything that was started has ended.", flush=True)
    finally:
        for sign, handler in before:
            signal.signal(sign, handler)


def _heed_signals() -> None:
    """Let the signals stop us; said again after the main job, whose solver leaves them to kill us on the spot."""

    def stop(_sign: int, _frame: Any) -> None:
        for sign in SIGNS:
            signal.signal(sign, signal.SIG_IGN)
        raise Stop

    for sign in SIGNS:
        signal.signal(sign, stop)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One house per var folder: the kernel lets go of this lock when its holder dies."""
    with open(settings.var / "lendmill.lock", "a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StartUpProblem(
                f"lendmill is already running on {settings.var} (process {lock.read().strip() or 'unknown'}): "
                "use that one, stop it first, or let LENDMILL_VAR name another folder."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _database(settings: Settings, running: ExitStack) -> tuple["EmbeddedPostgres | None", str, str]:
    """The database in use: the one given by its address, or one of our own that stops with us."""
    if settings.database_url is not None:
        return None, settings.database_url, settings.owner_database_url or settings.database_url
    from lendmill.db.embedded import EmbeddedPostgres

    server = EmbeddedPostgres(settings.var, programs=settings.postgres_programs)
    if not server.data.exists():
        print(f"Making a PostgreSQL of our own in {server.data} ...", flush=True)
    running.enter_context(server)
    return server, server.url(), server.owner_url()


def _migrate(owner_url: str) -> None:
    from lendmill.db.migrate import migrate

    done = migrate(owner_url)
    if done:
        print(f"The tables are brought up to date: {counted(len(done), 'file')} applied.", flush=True)


def _prepared(settings: Settings, url: str, prepare: Callable[["Database"], list[str]]) -> list[str]:
    from lendmill.cli import opened

    with opened.connected(settings, url) as database:
        return prepare(database)


def _children(settings: Settings, url: str, owner_url: str, listening: list[socket.socket]) -> list[Child]:
    """The programs beside PostgreSQL; they learn where everything is from their environment."""
    rail_url = settings.rail_url
    rail_port = None
    if rail_url is None:
        rail_port = _free_port()
        rail_url = f"http://127.0.0.1:{rail_port}"
    environment = dict(os.environ) | {
        "LENDMILL_VAR": str(settings.var),
        "LENDMILL_DATABASE_URL": url,
        "LENDMILL_OWNER_DATABASE_URL": owner_url,
        "LENDMILL_RAIL_URL": rail_url,
        "PYTHONUNBUFFERED": "1",
    }
    parties = _simulated_parties(settings, environment)
    ours = [sys.executable, "-m", "lendmill.cli"]
    doors = [
        Child(
            "web server",
            [*ours, "serve", "--fd", str(each.fileno())],
            settings.logs / "web.log",
            environment,
            (each.fileno(),),
        )
        for each in listening
    ]
    children = [
        *doors,
        Child("worker", [*ours, "worker"], settings.logs / "worker.log", environment),
    ]
    if rail_port is not None:
        rail = [sys.executable, "-m", "lendmill.outside.simulated_rail", "--port", str(rail_port)]
        children.insert(0, Child("rail simulator", rail, settings.logs / "rail.log", environment))
    return [*parties, *children]


def _simulated_parties(settings: Settings, environment: dict[str, str]) -> list[Child]:
    """One process that answers for every third party without an address; the environment learns where."""
    unset = [name for name, url in settings.party_urls.items() if url is None]
    if not unset:
        return []
    port = _free_port()
    environment |= {f"LENDMILL_{name.upper()}_URL": f"http://127.0.0.1:{port}/{name}" for name in unset}
    command = [sys.executable, "-m", "lendmill.outside.parties.simulated_parties", "--port", str(port)]
    return [Child("third parties' simulator", command, settings.logs / "parties.log", environment)]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _look(server: "EmbeddedPostgres | None", children: list[Child]) -> None:
    """Start again what ended; give up when that does not help."""
    if server is not None and server.process.poll() is not None:
        raise server.failure("PostgreSQL ended by itself, so everything was stopped")
    for child in children:
        child.look_after()


def _room_watched(settings: Settings, warned: bool) -> bool:
    """Say once that the disk is filling up, while there is still time; say it again only after there was room again."""
    free = shutil.disk_usage(settings.var).free
    if free < SCARCE_BYTES and not warned:
        print(f"The disk that holds {settings.var} has only {free // 1_000_000} MB left: free some room.", flush=True)
    return free < SCARCE_BYTES


def _wait_until_ready(settings: Settings, server: "EmbeddedPostgres | None", children: list[Child]) -> None:
    """Wait until the pages answer."""
    until = time.monotonic() + READY_SECONDS_MAX
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    while time.monotonic() < until:
        _look(server, children)
        with contextlib.suppress(OSError, http.client.HTTPException):
            asked = http.client.HTTPConnection(host, settings.port, timeout=1)
            asked.request("GET", "/")
            asked.getresponse().read()
            asked.close()
            return
        time.sleep(GLANCE_SECONDS)
    raise StartUpProblem(
        f"The pages did not answer within {READY_SECONDS_MAX:.0f} seconds; the last words of their log: "
        f"{last_words(settings.logs / 'web.log')}."
    )


def _tell(settings: Settings, lines: list[str]) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    print(f"\nlendmill is ready.\n\n  pages  {address}\n  API    {address}/api\n  logs   {settings.logs}")
    if lines:
        print("\n" + "\n".join(f"  {line}" for line in lines))
    print("\nCtrl-C stops everything.", flush=True)


def _stop(children: list[Child]) -> None:
    """Ask all of them at once, then see each of them off."""
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + STOP_SECONDS_MAX
    for child in children:
        child.see_off(until)


def last_words(log: Path) -> str:
    """The last line a program wrote."""
    with open(log, "rb") as written:
        written.seek(max(0, written.seek(0, os.SEEK_END) - 4096))
        lines = written.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
