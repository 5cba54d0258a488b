"""Which accounts each kind of entry may touch, and on which side: read from the T-account the posting is drawn with."""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeVar

from lendmill.ledger.accounts import Account

F = TypeVar("F", bound=Callable[..., object])

DRAWN_LINE: Final = re.compile(r"^ *(Dr|Cr)  (.+?)  +\S.*$", re.MULTILINE)
BEGUN_LINE: Final = re.compile(r"^ *(?:Dr|Cr) ", re.MULTILINE)
BY_NAME: Final = {account.value.name_en: account for account in Account}


@dataclass(frozen=True, slots=True)
class Sides:
    """The accounts a kind of entry may debit, and those it may credit."""

    debits: frozenset[Account]
    credits: frozenset[Account]


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting as it is drawn: what its entries are called, and how freely they may fill the drawing in."""

    module: str
    names: tuple[str, ...]
    drawing: str
    either_side: bool
    any_account: bool


POSTINGS: Final[list[Posting]] = []  # in the order in which they were read
SIDES: Final[dict[str, Sides]] = {}  # what an entry is called -> the sides it may touch


def posting(
    what: str, *, either_side: bool = False, any_account: bool = False, **told: Sequence[str]
) -> Callable[[F], F]:
    """Mark a function as the posting of the entries called `what`: no such entry may touch what is not drawn.

    `either_side`: amounts may be below nothing (a rounding, a night taken back), which turns a line over.
    `any_account`: a correction, which may touch whatever the entries it corrects have touched.
    Words in braces stand for one of those told: `posting("{kind} accrued", kind=("interest", "penalty"))`.
    """

    def marked(function: F) -> F:
        drawing = inspect.getdoc(function) or ""
        blanks = [dict(zip(told, words, strict=True)) for words in product(*told.values())]
        names = tuple(what.format(**filled) for filled in blanks)
        for name, filled in zip(names, blanks, strict=True):
            sides = _sides(drawing, filled, either_side, any_account)
            assert SIDES.setdefault(name, sides) == sides, f"two postings draw entries called {name!r}"
        POSTINGS.append(Posting(function.__module__, names, drawing, either_side, any_account))
        return function

    return marked


def _sides(drawing: str, blanks: dict[str, str], either_side: bool, any_account: bool) -> Sides:
    if any_account:
        return Sides(frozenset(Account), frozenset(Account))
    drawn = list(drawn_accounts(drawing, blanks))
    assert drawn, "a posting's docstring is its T-account: it cannot be left out"

    def on(side: str) -> frozenset[Account]:
        return frozenset(account for drawn_on, account in drawn if either_side or drawn_on == side)

    return Sides(on("Dr"), on("Cr"))


def drawn_accounts(drawing: str, blanks: dict[str, str]) -> Iterator[tuple[str, Account]]:
    """The lines of a T-account: side and account.

    >>> list(drawn_accounts("Dr  {kind} receivable  cents", {"kind": "interest"}))
    [('Dr', <Account.INTEREST>)]
    """
    whole, begun = DRAWN_LINE.findall(drawing), BEGUN_LINE.findall(drawing)
    assert len(whole) == len(begun), "a line of a T-account is a side, an account, two spaces at least, and an amount"
    for side, name in whole:
        yield side, BY_NAME[name.format(**blanks)]
