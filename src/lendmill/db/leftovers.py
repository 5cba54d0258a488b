"""What a server that was killed leaves behind, and how it is cleared away; only ever called under our own lock."""

import os
import signal
import time
from pathlib import Path

from lendmill.settings import StartUpProblem

PATIENCE_SECONDS = 15.0


def clear(data: Path, sockets: Path) -> None:
    """End every orphan of an earlier run, then remove the files that would keep a new server from starting."""
    end_orphans(data)
    (data / "postmaster.pid").unlink(missing_ok=True)  # also when its number now belongs to some other program
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def end_orphans(data: Path) -> None:
    """Ask the processes still working in this data folder to stop; end those that do not."""
    for sign, patience in ((signal.SIGINT, PATIENCE_SECONDS), (signal.SIGKILL, PATIENCE_SECONDS)):
        for pid in orphans(data):
            _send(pid, sign)
        until = time.monotonic() + patience
        while orphans(data):
            if time.monotonic() > until:
                break
            time.sleep(0.02)
        else:
            return
    raise StartUpProblem(
        f"PostgreSQL processes of an earlier run still hold {data} and cannot be ended: {orphans(data)}. "
        "End them as the user who started them, then start again."
    )


def orphans(data: Path) -> list[int]:
    """The processes called postgres that work in this data folder, the leader first."""
    proc = Path("/proc")
    if not (proc / "self" / "cwd").exists():
        return _leader_elsewhere(data)
    found = []
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            is_postgres = (folder / "comm").read_text().strip() == "postgres"
            if is_postgres and (folder / "cwd").readlink() == data and _state(folder) != "Z":
                found.append(int(folder.name))
        except OSError:
            continue  # it ended while we looked, or is not ours to look at
    return sorted(found)


def _state(folder: Path) -> str:
    """One letter for what the kernel says the process is doing; Z is dead, and only waits for its parent to notice."""
    return (folder / "stat").read_text().rpartition(")")[2].split()[0]


def _leader_elsewhere(data: Path) -> list[int]:
    """Without /proc (macOS): the leader's number from its own file, when a process of that number lives."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return []
    return [pid]


def _send(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise StartUpProblem(
            f"Process {pid} is a PostgreSQL of another user in this data folder: end it as that user, then start again."
        ) from None
