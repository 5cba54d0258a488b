"""Reads the source once, for all shape tests."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "lendmill"

ROOMS = (
    "arrears", "credit", "features", "funding", "insight", "ledger", "loans",
    "people", "products", "rating", "shops", "terms",
)  # fmt: skip
VOCABULARY = ("days.py", "ids.py", "money.py", "refusals.py")
TOUCHING = ("actions.py", "queries.py", "store.py")
TOUCHING_BY_TRADE = (
    "shops/importers/", "shops/lake.py", "shops/intake.py", "features/rolling/", "rating/training", "rating/registry",
)  # fmt: skip


@dataclass(frozen=True)
class File:
    """One file of the program, by its path inside the package."""

    path: str
    text: str

    @property
    def room(self) -> str:
        """The folder it lies in, or its own name at the top."""
        return self.path.split("/", maxsplit=1)[0]

    @property
    def name(self) -> str:
        """Its name alone."""
        return self.path.rsplit("/", maxsplit=1)[-1]

    @property
    def tree(self) -> ast.Module:
        """It, parsed."""
        return _parsed(self.path, self.text)

    @property
    def only_thinks(self) -> bool:
        """Whether it may not touch database, clock, chance or disk."""
        if self.path in VOCABULARY:
            return self.path != "ids.py"
        return self.room in ROOMS and self.name not in TOUCHING and not self.path.startswith(TOUCHING_BY_TRADE)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported module with its line; `from a import b` counts as a.b."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def dotted(self) -> Iterator[tuple[int, str]]:
        """Every dotted name that is used, such as `datetime.now`, with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                yield node.lineno, ast.unparse(node)


@cache
def _parsed(path: str, text: str) -> ast.Module:
    return ast.parse(text, path)


@cache
def files() -> tuple[File, ...]:
    """Every file of the program."""
    paths = sorted(SOURCE.rglob("*.py"))
    return tuple(File(path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8")) for path in paths)


def told(wrong: list[str]) -> str:
    """All findings, one a line, for the message of a failed test."""
    return "\n" + "\n".join(wrong)
