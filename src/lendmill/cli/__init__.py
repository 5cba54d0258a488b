"""THE COMMAND LINE. Composes everything: one file per room, and `house.py` for the house as a whole.

Each file has a Typer called `commands`; its verbs become verbs of `lendmill` (a group inside it, such as `import`,
stays a group). Files import heavy things inside their commands, so that `lendmill --help` is quick. `opened.py` opens
the settings and the database, `bars.py` shows progress. A refusal or a problem of this machine is told in one
sentence, with exit code 2.
"""

import errno
import importlib
import pkgutil
import sys
from typing import Final

import typer

from lendmill.refusals import Refusal
from lendmill.settings import StartUpProblem

NO_COMMANDS: Final = frozenset({"__main__", "bars", "cases", "counting", "lending_after", "opened", "supervisor"})
TOLD: Final = 2
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL: Final = "53100"  # PostgreSQL's code for the same


def app() -> typer.Typer:
    """All verbs: those of the house as a whole, then those of the rooms."""
    whole = typer.Typer(
        name="lendmill",
        help="Merchant micro-lending: from a seller's record to a rating, a ready offer, a loan and its books.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: (module.name != "house", module.name)):
        if module.name not in NO_COMMANDS:
            whole.add_typer(importlib.import_module(f"{__name__}.{module.name}").commands)
    return whole


def main() -> None:
    """Run one command; what went wrong for a reason we know is one sentence, everything else a traceback."""
    try:
        app()()
    except (Refusal, StartUpProblem) as problem:
        sys.exit(_told(str(problem.for_staff() if isinstance(problem, Refusal) else problem)))
    except PermissionError as error:
        where = error.filename or "A file"
        sys.exit(
            _told(f"{where} may not be written: choose another folder with LENDMILL_VAR, or run this as its owner.")
        )
    except Exception as error:
        if getattr(error, "errno", None) not in NO_ROOM and getattr(error, "sqlstate", None) != DISK_FULL:
            raise
        where = getattr(error, "filename", None) or "while writing"
        sys.exit(_told(f"The disk is full ({where}): free some room, then run this again."))


def _told(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return TOLD
