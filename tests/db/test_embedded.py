"""A PostgreSQL of our own starts from anything a killed one left behind, and never outlives us."""

import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.pq import PGconn

from lendmill.db.embedded import AlreadyRunning, EmbeddedPostgres, socket_folder
from lendmill.db.leftovers import orphans
from lendmill.settings import StartUpProblem

KEEPER = """
import sys
from pathlib import Path
from lendmill.db.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.process.pid, flush=True)
sys.stdin.read()
server.stop()
"""
PATIENCE_SECONDS = 30


def ask(server: EmbeddedPostgres, statement: str) -> str:
    """One value, as the owner sees it."""
    with psycopg.connect(server.owner_url(), autocommit=True) as db:
        row = db.execute(statement.encode()).fetchone()
    assert row is not None
    return str(row[0])


def keeper(var: Path, **how: object) -> subprocess.Popen[str]:
    """Another process that keeps a server on this folder until its input ends."""
    command = [sys.executable, "-c", KEEPER, str(var)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **how)  # type: ignore[call-overload,no-any-return]


def gone(pid: int) -> bool:
    """Wait until a process has ended that is no child of ours."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            return bool(select.select([handle], [], [], PATIENCE_SECONDS)[0])
        finally:
            os.close(handle)
    return True


def test_it_starts_keeps_what_was_written_and_leaves_nothing_running(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server, psycopg.connect(server.owner_url(), autocommit=True) as db:
        db.execute("create table kept as select 7 as n")
    assert orphans(server.data) == []
    with EmbeddedPostgres(tmp_path) as server:
        assert ask(server, "select n from kept") == "7"


def test_it_has_no_port_and_lets_nobody_else_in(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        assert ask(server, "show listen_addresses") == ""
        assert server.sockets.stat().st_mode & 0o777 == 0o700
        assert server.data.stat().st_mode & 0o777 == 0o700
        with pytest.raises(psycopg.OperationalError, match="eer authentication failed"):
            psycopg.connect(server.url(role="somebody"))


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert ask(server, f"show {setting}") == "on"


def test_a_second_one_on_the_same_folder_is_told_who_has_it(tmp_path: Path) -> None:
    running = rf"already running on {tmp_path} \(process {os.getpid()}\)"
    with EmbeddedPostgres(tmp_path), pytest.raises(AlreadyRunning, match=running):
        EmbeddedPostgres(tmp_path).start()


def test_it_ends_when_its_keeper_is_killed_and_starts_again_whole(tmp_path: Path) -> None:
    with keeper(tmp_path) as process:
        assert process.stdout is not None
        leader = int(process.stdout.readline())
        with psycopg.connect(EmbeddedPostgres(tmp_path).owner_url(), autocommit=True) as db:
            db.execute("create table kept as select 7 as n")
        process.kill()
    assert gone(leader)
    assert orphans(tmp_path / "postgres") == []
    with EmbeddedPostgres(tmp_path) as server:
        assert ask(server, "select n from kept") == "7"


def test_it_starts_at_once_beside_the_busy_orphans_of_a_killed_leader(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path)
    server.start()
    session = PGconn.connect(server.owner_url().encode())
    session.send_query(b"do $$ begin loop null; end loop; end $$")
    server.process.kill()
    server.process.wait()
    assert session.backend_pid in orphans(server.data)
    server.stop()
    with EmbeddedPostgres(tmp_path) as again:
        assert ask(again, "select 1") == "1"
        assert session.backend_pid not in orphans(server.data)
    session.finish()


def test_a_left_over_pid_file_that_names_a_living_stranger_is_cleared(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        text = (server.data / "postmaster.pid").read_text()
    stranger = re.sub(r"^\d+", str(os.getppid()), text)
    (server.data / "postmaster.pid").write_text(stranger)
    (server.sockets / ".s.PGSQL.5432.lock").write_text(stranger)
    with EmbeddedPostgres(tmp_path) as server:
        assert ask(server, "select 1") == "1"


def test_a_folder_that_was_only_half_made_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path) as server:
        assert ask(server, "select 1") == "1"
    assert not (tmp_path / "postgres.new").exists()


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    var = tmp_path / ("long-" * 12) / ("longer-" * 12)
    with EmbeddedPostgres(var) as server:
        assert server.sockets.parent == Path("/tmp")
        assert ask(server, "select 1") == "1"
    shutil.rmtree(server.sockets)


def test_a_socket_folder_that_somebody_else_put_there_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    socket_folder(tmp_path / "postgres").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StartUpProblem, match="was made by another user: remove it"):
        EmbeddedPostgres(tmp_path).start()


def test_programs_that_are_not_there_are_told_by_the_setting_that_names_them(tmp_path: Path) -> None:
    with pytest.raises(StartUpProblem, match=r"There is no initdb in .*: let LENDMILL_POSTGRES_PROGRAMS name"):
        EmbeddedPostgres(tmp_path, programs=tmp_path).start()
    assert not (tmp_path / "postgres").exists()


def test_what_the_server_said_last_is_in_the_sentence(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        pass
    (server.data / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(StartUpProblem, match=r"could not start; it said: .*FATAL.*incompatible.*postgres\.log"):
        EmbeddedPostgres(tmp_path).start()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


@pytest.fixture
def of_nobody() -> Iterator[Path]:
    """A folder that belongs to the user nobody."""
    with tempfile.TemporaryDirectory(prefix="lendmill-nobody-") as folder:
        shutil.chown(folder, "nobody")
        yield Path(folder)


@needs_root
def test_an_ordinary_user_can_start_it(of_nobody: Path) -> None:
    try:
        subprocess.run(
            [sys.executable, "-c", "import lendmill"], user="nobody", check=True, cwd="/", capture_output=True
        )
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("the user nobody may not run this Python")
    with keeper(of_nobody / "var", user="nobody", cwd=of_nobody) as process:
        assert process.stdout is not None
        leader = int(process.stdout.readline())
        owner = Path(f"/proc/{leader}").stat().st_uid
        process.communicate("")
    assert owner == pwd.getpwnam("nobody").pw_uid
    assert process.returncode == 0
    assert orphans(of_nobody / "var" / "postgres") == []


@needs_root
def test_the_folder_of_another_user_is_told(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        pass
    os.chown(server.data, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(StartUpProblem, match=r"belongs to user number .* start as the user who made it"):
        EmbeddedPostgres(tmp_path).start()


@needs_root
def test_a_disk_without_room_is_told_before_anything_is_made(tmp_path: Path) -> None:
    in_small_disk = f"mount -t tmpfs -o size=50m none {tmp_path} && exec {sys.executable} -c '{KEEPER}' {tmp_path}"
    if subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", in_small_disk],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert re.search(rf"The disk that holds {tmp_path} has only \d+ MB left, .*: free some", done.stderr)
    assert signal.SIGKILL.value not in (done.returncode, -done.returncode)
