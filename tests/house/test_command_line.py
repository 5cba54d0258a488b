"""The command line answers quickly, and commands that run side by side share one database."""

import subprocess
import sys
from pathlib import Path

import pytest

from lendmill.db.embedded import EmbeddedPostgres
from lendmill.db.leftovers import orphans

HEAVY = """
import lendmill.cli, sys
lendmill.cli.app()
print(*{"polars", "numpy", "psycopg", "litestar", "rich"} & set(sys.modules))
"""
GUEST = """
import sys
from lendmill.cli import opened
with opened.database() as database:
    print("in", flush=True)
    sys.stdin.read()
    with database.transaction() as db:
        print(db.execute("select 6 * 7").fetchone()[0])
"""


def test_nothing_heavy_is_loaded_before_a_command_needs_it() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_command_waits_for_another_that_uses_the_server_it_started(tmp_path: Path) -> None:
    environment = {"LENDMILL_VAR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", GUEST]
    with (
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host,
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as guest,
    ):
        assert host.stdout is not None
        assert guest.stdout is not None
        assert host.stdout.readline() == guest.stdout.readline() == "in\n"
        if host.pid != int((tmp_path / "postgres.lock").read_text()):
            host, guest = guest, host
        with pytest.raises(subprocess.TimeoutExpired):
            host.communicate("", timeout=1)
        said, _ = guest.communicate("", timeout=60)
        assert (said, guest.returncode) == ("42\n", 0)
        host.communicate(timeout=60)
        assert host.returncode == 0
    assert orphans(EmbeddedPostgres(tmp_path).data) == []
