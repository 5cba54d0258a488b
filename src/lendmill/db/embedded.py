"""A PostgreSQL of our own: made, started, watched and stopped by this program, its data in the var folder.

The server is a direct child of ours and is stopped by the kernel when we die, however we die. It listens on a socket
in a folder only we can enter, and lets in only us (peer authentication): there is no password and no port.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import psycopg

from lendmill.db import leftovers
from lendmill.db.programs import Programs, find
from lendmill.settings import StartUpProblem

DATABASE: Final = "lendmill"
OWNER: Final = "lendmill"
APPLICATION: Final = "lendmill_app"
SOCKET_PATH_MAX: Final = 103  # bytes; Linux allows 107, macOS 103
FREE_BYTES_MIN: Final = 300_000_000
FULL_BYTES: Final = 20_000_000
START_SECONDS_MAX: Final = 300.0
STOP_SECONDS_MAX: Final = 60.0

# For two cores that also run everything else. What is written stays written: fsync and synchronous_commit are on.
CONFIGURATION: Final = """\
# Written anew at every start by lendmill; changes made here are lost.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 120
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
max_parallel_workers_per_gather = 1
fsync = on
full_page_writes = on
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
lc_messages = 'C'
"""


class AlreadyRunning(StartUpProblem):
    """Another process looks after the server in this folder."""

    def __init__(self, holder: str, folder: Path) -> None:
        self.holder = holder
        super().__init__(f"lendmill is already running on {folder} (process {holder}): stop that one first, or use it.")


class EmbeddedPostgres:
    """The server in one var folder. `start` it once, from the main thread; `stop` it, or leave a `with` block."""

    def __init__(self, var: Path, *, programs: Path | None = None) -> None:
        self.var = var.resolve()
        self.data = self.var / "postgres"
        self.sockets = socket_folder(self.data)
        self.log = self.var / "logs" / "postgres.log"
        self._given_programs = programs
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._said_before = 0

    def __enter__(self) -> "EmbeddedPostgres":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, database: str = DATABASE, role: str = APPLICATION) -> str:
        """The address of a database on this server, for the application unless the owner is asked for."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def owner_url(self, database: str = DATABASE) -> str:
        """The same for the owner of the tables."""
        return self.url(database, OWNER)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The server's process, once started."""
        assert self._process is not None, "not started"
        return self._process

    def start(self) -> None:
        """Make the data folder if there is none, clear what a killed server left, start, and wait until it answers."""
        assert threading.current_thread() is threading.main_thread(), (
            "the kernel ends the server with the thread that started it"
        )
        for folder in (self.var, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._check_room()
            programs = find(self._given_programs, self.var / "postgres-programs")
            self._check_owner(programs)
            self._check_way(programs)
            self._said_before = self.log.stat().st_size if self.log.exists() else 0
            _private_folder(self.sockets, programs.uid)
            leftovers.clear(self.data, self.sockets)
            if not self.data.exists():
                self._make(programs)
            self._configure(programs)
            self._launch(programs)
            self._ready_roles_and_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server: open transactions are undone, everything committed is on the disk."""
        if self._process is not None:
            for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                self._process.send_signal(sign)
                try:
                    self._process.wait(STOP_SECONDS_MAX)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        lock = open(self.var / "postgres.lock", "a+", encoding="ascii")  # noqa: SIM115 - held for the server's life
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            lock.close()
            raise AlreadyRunning(holder or "unknown", self.var) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.var).free
        if free < FREE_BYTES_MIN:
            raise StartUpProblem(
                f"The disk that holds {self.var} has only {free // 1_000_000} MB left, and the database needs at least "
                f"{FREE_BYTES_MIN // 1_000_000} MB: free some, or let LENDMILL_VAR name a folder on another disk."
            )

    def _check_owner(self, programs: Programs) -> None:
        if not self.data.exists():
            return
        owner = self.data.stat().st_uid
        if owner != programs.uid:
            raise StartUpProblem(
                f"The database in {self.data} belongs to user number {owner}, and PostgreSQL would be {programs.uid}: "
                "start as the user who made it, or let LENDMILL_VAR name another folder."
            )

    def _check_way(self, programs: Programs) -> None:
        """Another user than us must be able to walk to the data."""
        closed = [folder for folder in self.data.parents if not folder.stat().st_mode & 0o001]
        if programs.uid != os.geteuid() and closed:
            raise StartUpProblem(
                f"PostgreSQL refuses to run as root here, and the user it would run as may not enter {closed[-1]}: "
                "start as an ordinary user, or let LENDMILL_VAR name a folder such as /var/lib/lendmill."
            )

    def _make(self, programs: Programs) -> None:
        """A fresh data folder, made aside and moved into place when it is whole."""
        fresh = self.var / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        os.chown(fresh, programs.uid, -1)
        arguments = ("-D", str(fresh), "-U", OWNER, "--auth=peer", "--encoding=UTF8", "--locale=C", "--data-checksums")
        with open(self.log, "ab") as log:
            code = programs.run("initdb", *arguments, log=log)
        if code != 0:
            raise self.failure("PostgreSQL could not make its data folder")
        fresh.rename(self.data)

    def _configure(self, programs: Programs) -> None:
        names = "\n".join(f"house {name} {role}" for name in programs.our_names for role in (OWNER, APPLICATION))
        texts = {
            "postgresql.conf": CONFIGURATION.format(sockets=str(self.sockets).replace("'", "''")),
            "postgresql.auto.conf": "",
            "pg_hba.conf": "local all all peer map=house\n",
            "pg_ident.conf": f"{names}\n",
        }
        for name, text in texts.items():
            (self.data / name).write_text(text, encoding="utf-8")
            os.chown(self.data / name, programs.uid, -1)

    def _launch(self, programs: Programs) -> None:
        with open(self.log, "ab") as log:
            self._process = programs.start(
                "postgres", "-D", str(self.data), on_parents_death=signal.SIGINT, stdout=log, stderr=log
            )
        until = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                psycopg.connect(self.owner_url("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None:
                    self._process = None
                    raise self.failure("PostgreSQL could not start") from None
                if time.monotonic() > until:
                    raise self.failure(
                        f"PostgreSQL did not answer within {START_SECONDS_MAX:.0f} seconds ({error})"
                    ) from None
            time.sleep(0.02)

    def _ready_roles_and_database(self) -> None:
        with psycopg.connect(self.owner_url("postgres"), autocommit=True) as db:
            if db.execute("select from pg_roles where rolname = %s", [APPLICATION]).fetchone() is None:
                db.execute(f"create role {APPLICATION} login")
            if db.execute("select from pg_database where datname = %s", [DATABASE]).fetchone() is None:
                db.execute(f"create database {DATABASE}")

    def failure(self, what: str) -> StartUpProblem:
        """The last thing the server said, in one sentence with what helps."""
        with open(self.log, "rb") as log:
            log.seek(max(self._said_before, log.seek(0, os.SEEK_END) - 8192))
            lines = log.read().decode("utf-8", "replace").splitlines()
        no_room = shutil.disk_usage(self.var).free < FULL_BYTES  # a full disk keeps the server from saying so, too
        if no_room or any("No space left on device" in line for line in lines[-20:]):
            return StartUpProblem(
                f"The disk that holds {self.var} is full: free some room, or let LENDMILL_VAR name another folder."
            )
        grave = [line for line in lines if any(word in line for word in ("PANIC", "FATAL", "error:", "could not"))]
        said = (grave or lines or ["nothing"])[-1]
        return StartUpProblem(f"{what}; it said: {said.strip()} (all of it is in {self.log}).")


def socket_folder(data: Path) -> Path:
    """Where the socket lies: beside the data, or in a short path where the system's limit would be passed.

    >>> socket_folder(Path("/home/mei/lendmill/var/postgres"))
    PosixPath('/home/mei/lendmill/var/postgres-socket')
    >>> len(str(socket_folder(Path("/home/mei/" + "long/" * 30))))
    33
    """
    beside = data.with_name("postgres-socket")
    if len(os.fsencode(beside / ".s.PGSQL.5432")) <= SOCKET_PATH_MAX:
        return beside
    return Path("/tmp") / f"lendmill-{sha256(os.fsencode(data)).hexdigest()[:19]}"


def _private_folder(folder: Path, uid: int) -> None:
    """A folder only its owner can enter; one that somebody else put there is not used."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in (uid, os.geteuid()):
        raise StartUpProblem(f"{folder} was made by another user: remove it, then start again.")
    folder.chmod(0o700)
    if uid != found.st_uid:
        os.chown(folder, uid, -1)
