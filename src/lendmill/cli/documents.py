"""The pages of the handbook that are made from the program itself, so that they cannot disagree with it."""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from lendmill.refusals import Refusal

if TYPE_CHECKING:
    from lendmill.ledger.posting import Posting

commands = typer.Typer()

# From the door to the ground, as import-linter enforces it.
ROOMS: Final = (
    ("cli", "lab", "web", "api"),
    ("insight", "arrears", "loans", "credit", "products", "rating", "features", "shops", "people"),
    ("funding", "ledger", "db", "terms"),
)


@commands.command()
def docs() -> None:
    """Write the generated pages of the handbook into the current folder."""
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path)


def pages() -> dict[Path, str]:
    """Each generated page, by where it lies."""
    from lendmill import settings
    from lendmill.features import catalogue

    makers: dict[str, Callable[[], str]] = {
        "docs/settings.md": settings.page,
        "docs/features.md": catalogue.page,
        "docs/rooms.md": rooms_page,
        "docs/refusals.md": refusals_page,
        "docs/postings.md": postings_page,
        "docs/commands.md": commands_page,
    }
    return {Path(path): make() for path, make in makers.items()}


def rooms_page() -> str:
    """What each folder is for, in its own words."""
    lines = [
        "# The rooms",
        "",
        "Made by `make docs` from the first page of each package, from the doors down to the ground. A room may use",
        "those listed after it, never those before it; `.importlinter` has the whole order.",
        "",
    ]
    for storey in ROOMS:
        for room in storey:
            said = (import_module(f"lendmill.{room}").__doc__ or "").strip()
            lines += [f"## {room}", "", said, ""]
    return "\n".join(lines)


def refusals_page() -> str:
    """Every way in which a request can be refused."""
    kinds = sorted(_all_refusals(), key=lambda kind: kind.code())
    rows = [f"| `{kind.code()}` | {kind.template().replace('|', '/')} | `{kind.__module__}` |" for kind in kinds]
    lines = [
        "# Refusals",
        "",
        "Made by `make docs`. A refusal says no to something the rules forbid; the words in braces are filled in.",
        "Programs read the code, people the sentence.",
        "",
        "| code | sentence | said by |",
        "| --- | --- | --- |",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _all_refusals() -> list[type[Refusal]]:
    """The refusals of all rooms, wherever they stand."""
    import lendmill

    for module in pkgutil.walk_packages(lendmill.__path__, "lendmill."):
        if not module.name.endswith("__main__") and not module.name.startswith("lendmill.db.launch"):
            import_module(module.name)
    found, waiting = [], [Refusal]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += below
        waiting += below
    return [kind for kind in found if kind.__module__.startswith("lendmill.") and not kind.__name__.startswith("_")]


RULES: Final = """
What the books refuse, whoever asks:

- an entry whose lines do not sum to nothing in each unit; cents on an account kept exactly, or the reverse;
- an entry that no posting below draws, an account its posting does not draw, or the side it does not draw it on;
- memorandum accounts (表外) that do not balance by themselves; two currencies in one entry;
- a conversion pair that gives other money than it takes;
- an entry booked on another day than the house's, or in a closed period.
"""


def postings_page() -> str:
    """What each event does to the books, and the accounts it does it to."""
    from lendmill.ledger.accounts import Account
    from lendmill.ledger.posting import POSTINGS

    rules = [account.value for account in Account]
    rows = [
        f"| {rule.number} | {rule.name_en} | {rule.name_zh} | {rule.group} | {rule.grows} | "
        f"{'exact' if rule.exact else 'cents'} |"
        for rule in rules
    ]
    lines = [
        "# The chart of accounts and the postings",
        "",
        "Made by `make docs` from `ledger/accounts.py` and from each posting's own words; a test holds the lines a",
        "posting makes against the T-account drawn here, and the books hold every entry against it. An account in",
        "cents holds whole cents; an exact one holds accruals, as whole cents over the rate's denominator, so that",
        "nothing is rounded before it is billed. The conversion pair (9001, 9002) is where an accrual becomes cents.",
        "",
        "| number | account | 科目 | class | grows on | kept in |",
        "| --- | --- | --- | --- | --- | --- |",
        *rows,
        RULES,
    ]
    for room in ("loans", "funding"):
        modules = _postings_files(room)
        lines += [f"## {room.capitalize()}", ""]
        there = [each for module in modules for each in POSTINGS if each.module == module]
        lines += [line for each in there for line in _posting_lines(each)]
    return "\n".join(lines)


def _postings_files(room: str) -> list[str]:
    """The files of a room that draw postings, read in their order."""
    package = import_module(f"lendmill.{room}")
    found = sorted(file.name for file in pkgutil.iter_modules(package.__path__) if file.name.startswith("postings"))
    return [import_module(f"lendmill.{room}.{name}").__name__ for name in found]


def _posting_lines(posting: "Posting") -> list[str]:
    """One posting's part of the page."""
    said, _, drawn = posting.drawing.partition("\n\n")
    lines = [f"### {', '.join(posting.names)}", "", said.replace("\n", " "), ""]
    lines += ["```", drawn.strip(), "```", ""] if drawn else []
    if posting.any_account:
        lines += ["It may touch whatever the entries it corrects have touched, on either side.", ""]
    elif posting.either_side:
        lines += ["Amounts may be below nothing: the line then stands on the other side.", ""]
    return lines


def commands_page() -> str:
    """Every command with what it takes."""
    from lendmill.cli import app

    lines = ["# Commands", "", "Made by `make docs` from what `lendmill COMMAND --help` says.", ""]
    return "\n".join(lines + _command_lines(typer.main.get_command(app()), "lendmill"))


def _command_lines(command: Any, name: str) -> list[str]:
    """One command's part of the page, or those of all commands in a group."""
    if hasattr(command, "commands"):
        shown = [below for below in command.commands.values() if not below.hidden]
        return [line for below in shown for line in _command_lines(below, f"{name} {below.name}")]
    takes = [parameter for parameter in command.params if parameter.name != "help"]
    names = [each.human_readable_name for each in takes if each.param_type_name == "argument"]
    lines = [f"## {' '.join([name, *names])}", "", (command.help or "").strip(), ""]
    for each in takes:
        spelled = each.human_readable_name if each.param_type_name == "argument" else ", ".join(each.opts)
        lines.append(f"- `{spelled}` {each.help or ''}".rstrip())
    return [*lines, ""] if takes else lines
