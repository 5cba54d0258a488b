"""What `lendmill up` starts ends with it, and what keeps it from starting is one sentence."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Barrier

import psycopg
import pytest

from lendmill.cli.supervisor import Child, last_words, listen
from lendmill.db.embedded import EmbeddedPostgres
from lendmill.db.leftovers import orphans
from lendmill.settings import StartUpProblem

LENDMILL = [sys.executable, "-m", "lendmill.cli"]
SOLVER = """
from lendmill.cli import supervisor
from lendmill.settings import load
from ortools.sat.python import cp_model

def prepare(database):
    model = cp_model.CpModel()
    model.maximize(model.new_int_var(0, 10, "x"))
    cp_model.CpSolver().solve(model)
    return []

supervisor.run(load(), prepare)
"""
PATIENCE_SECONDS = 60


def environment(var: Path, **settings: object) -> dict[str, str]:
    """A fresh installation on this folder and a free port, unless told otherwise."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    named = {"VAR": var, "PORT": port} | settings
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LENDMILL_")}
    return kept | {f"LENDMILL_{name}": str(value) for name, value in named.items()}


@contextmanager
def running(var: Path, *other: str) -> Iterator[subprocess.Popen[str]]:
    """`lendmill up`, or another command that stays, once it says that it is ready."""
    command = other or (*LENDMILL, "up")
    with subprocess.Popen(command, env=environment(var), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C stops"):
                break
        try:
            assert any("lendmill is ready" in line for line in said), "".join(said)
            yield process
        finally:
            process.kill()


def children_of(pid: int) -> list[int]:
    """The processes a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def all_gone(pids: list[int]) -> bool:
    """Wait until all these processes have ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    for pid in pids:
        with suppress(ProcessLookupError):
            handle = os.pidfd_open(pid)
            ended = select.select([handle], [], [], max(0.0, until - time.monotonic()))[0]
            os.close(handle)
            if not ended:
                return False
    return True


def up(var: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """`lendmill up`, meant to fail."""
    return subprocess.run(
        [*LENDMILL, "up"],
        env=environment(var, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stops_all_it_started(tmp_path: Path, sign: signal.Signals) -> None:
    with running(tmp_path) as process:
        started = children_of(process.pid)
        assert len(started) == 6
        process.send_signal(sign)
        assert process.stdout is not None
        assert process.stdout.read().strip() == "Stopped: everything that was started has ended."
        assert process.wait(PATIENCE_SECONDS) == 0
    assert all_gone(started)
    assert orphans(tmp_path / "postgres") == []


def test_a_solver_in_the_main_job_does_not_keep_ctrl_c_for_itself(tmp_path: Path) -> None:
    with running(tmp_path, sys.executable, "-c", SOLVER) as process:
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.read().strip() == "Stopped: everything that was started has ended."
        assert process.wait(PATIENCE_SECONDS) == 0


def test_killed_outright_it_still_leaves_nothing_running(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        started = children_of(process.pid)
        process.kill()
        process.wait()
        assert all_gone(started)
    assert orphans(tmp_path / "postgres") == []
    with running(tmp_path):
        pass


def test_a_second_one_on_the_same_folder_is_told(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        second = up(tmp_path)
        assert (second.returncode, second.stdout) == (2, "")
        assert second.stderr.startswith(
            f"lendmill is already running on {tmp_path} (process {process.pid}): use that one"
        )
        assert len(second.stderr.splitlines()) == 1
        assert process.poll() is None


def test_another_command_uses_the_database_that_is_running(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        done = subprocess.run(
            [*LENDMILL, "migrate"], env=environment(tmp_path), capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert process.poll() is None
        psycopg.connect(EmbeddedPostgres(tmp_path).url()).close()


def test_a_postgresql_that_ends_ends_the_house_with_a_sentence(tmp_path: Path) -> None:
    command = [*LENDMILL, "up"]
    with subprocess.Popen(
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert any(line.startswith("Ctrl-C stops") for line in process.stdout)
        started = children_of(process.pid)
        os.kill(orphans(tmp_path / "postgres")[0], signal.SIGKILL)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert said.startswith("PostgreSQL ended by itself, so everything was stopped; it said: ")
    assert all_gone(started)


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = up(tmp_path, PORT=port)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Port {port} on 127.0.0.1 is in use by another program: stop that one, "
        f"or choose another port with LENDMILL_PORT={port + 1}.\n"
    )
    assert not (tmp_path / "postgres").exists()


def test_wrong_settings_are_told_all_at_once(tmp_path: Path) -> None:
    done = up(tmp_path, PORT="http", LANGUAGE="fr")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "LENDMILL_PORT must be a whole number from 1 to 65535, not 'http'.",
        "LENDMILL_LANGUAGE must be one of zh-Hans, en, not 'fr'.",
    ]


def test_an_address_that_is_not_ours_is_told() -> None:
    for host in ("192.0.2.1", "no.such.host.invalid"):
        with pytest.raises(StartUpProblem, match=f"^{host} is not an address we have: set LENDMILL_HOST to 127"):
            listen(host, 8000)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux deals connections out among sockets of one port")
def test_connections_are_dealt_out_among_the_processes(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with ExitStack() as opened:
        listening = [opened.enter_context(each) for each in listen("127.0.0.1", port, processes=2)]
        for _ in range(64):
            opened.enter_context(socket.create_connection(("127.0.0.1", port)))
        got = [len(list(waiting(each, opened))) for each in listening]
        assert sum(got) == 64
        assert min(got) >= 8  # fewer by chance: once in ten thousand million times
        assert f"LENDMILL_PORT={port + 1}." in up(tmp_path, PORT=port).stderr  # not shared with another house


def test_of_two_houses_that_begin_at_once_one_has_the_port() -> None:
    with ThreadPoolExecutor(2) as houses:
        for _ in range(200):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            both = Barrier(2)
            got = [each.result() for each in [houses.submit(begin, port, both) for _ in range(2)]]
            assert sorted(map(len, got)) == [0, 2]
            for each in (*got[0], *got[1]):
                each.close()


def begin(port: int, both: Barrier) -> list[socket.socket]:
    """The doors of a house; none where another one has them."""
    both.wait()
    with suppress(StartUpProblem):
        return listen("127.0.0.1", port, processes=2)
    return []


def waiting(listening: socket.socket, opened: ExitStack) -> Iterator[socket.socket]:
    """The connections that wait at a door."""
    listening.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            yield opened.enter_context(listening.accept()[0])


def test_a_child_that_ends_is_started_again_until_it_keeps_ending(tmp_path: Path) -> None:
    child = Child(
        "printer",
        [sys.executable, "-c", "raise SystemExit('out of paper')"],
        tmp_path / "printer.log",
        dict(os.environ),
    )
    child.start()
    for _ in range(2):
        assert child.process is not None
        before = child.process.pid
        child.process.wait()
        child.look_after()
        assert child.process.pid != before
    child.process.wait()
    with pytest.raises(
        StartUpProblem, match="The printer ended 3 times within a minute; its last words were: out of paper"
    ):
        child.look_after()
    assert last_words(tmp_path / "printer.log") == "out of paper"


def test_a_child_that_will_not_stop_is_ended(tmp_path: Path) -> None:
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); signal.pause()"
    child = Child("mule", [sys.executable, "-u", "-c", stubborn], tmp_path / "mule.log", dict(os.environ))
    child.start()
    assert child.process is not None
    while last_words(tmp_path / "mule.log") != "here":
        os.sched_yield()
    child.ask_to_stop()
    child.see_off(time.monotonic() + 0.1)
    assert child.process.returncode == -signal.SIGKILL
