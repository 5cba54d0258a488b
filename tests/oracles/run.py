"""Cases are run through the engine's own functions, and each says how it went."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lendmill.refusals import Refusal

from . import (
    account_kind,
    allocated_kind,
    collateral_kind,
    lateness_kind,
    planned_kind,
    posted_kind,
    recalculated_kind,
    return_kind,
)
from .case import Check, MalformedCaseError, Terms, read_case, read_file
from .compare import differences

KINDS: dict[str, Callable[[Terms, Check], dict[str, Any]]] = {
    "account": account_kind.figures,
    "schedule": planned_kind.figures,
    "recalculated-schedule": recalculated_kind.figures,
    "allocation": allocated_kind.figures,
    "accrual-posting": posted_kind.figures,
    "days-past-due": lateness_kind.figures,
    "effective-rate": return_kind.figures,
    "collateral": collateral_kind.figures,
}


@dataclass(frozen=True)
class Outcome:
    """How one case went: nothing to say means every figure came out."""

    name: str
    said: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}: {'; '.join(self.said) or 'ok'}"


def outcome(raw: Any, at: int = 0) -> Outcome:
    """Run one case. A malformed one, and one the engine refuses, is a sentence and a failure."""
    name = str(raw.get("id", f"case {at + 1}")) if isinstance(raw, dict) else f"case {at + 1}"
    try:
        case = read_case(raw)
        if case.kind not in KINDS:
            return Outcome(name, (f"there is no kind {case.kind!r}",))
        said = [
            f"{check.raw.get('as_of', f'check {n}')}: {each}"
            for n, check in enumerate(case.checks, start=1)
            for each in differences(check.raw, KINDS[case.kind](case.terms, check))
        ]
    except (MalformedCaseError, Refusal) as refused:
        return Outcome(name, (str(refused),))
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as wrong:
        return Outcome(name, (f"the case does not follow the format: {type(wrong).__name__} {wrong}",))
    return Outcome(name, tuple(said))


def files(paths: Iterable[str]) -> Iterator[Path]:
    """The files named, and the .json files of the folders named."""
    for path in map(Path, paths):
        yield from sorted(path.glob("*.json")) if path.is_dir() else [path]


def outcomes(path: Path) -> Iterator[Outcome]:
    """How each case of a file went; a file that cannot be read is one failure."""
    try:
        cases = read_file(path)
    except MalformedCaseError as wrong:
        yield Outcome(str(path), (str(wrong),))
        return
    for at, raw in enumerate(cases):
        yield outcome(raw, at)
