"""Whether an identity number can be right: a person's by GB 11643, a firm's by GB 32100, each with its check digit."""

from datetime import date
from typing import Final

PERSON_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PERSON_CHECKS: Final = "10X98765432"
FIRM_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def spelled(number: str) -> str:
    """An identity number in one spelling, whatever spaces and small letters it was typed with.

    >>> spelled(" 11010519491231002x ")
    '11010519491231002X'
    """
    return "".join(number.split()).upper()


def plausible(number: str) -> bool:
    """A number that could be a person's or a firm's; it proves nothing about who holds it.

    >>> plausible("11010519491231002X"), plausible("110105194912310021"), plausible("91350100M000100Y43")
    (True, False, True)
    """
    return _person(spelled(number)) or _firm(spelled(number))


def born_on(number: str) -> date | None:
    """The birthday written in a person's number; a firm's number has none.

    >>> born_on("11010519491231002X")
    datetime.date(1949, 12, 31)
    """
    text = spelled(number)
    return date(int(text[6:10]), int(text[10:12]), int(text[12:14])) if _person(text) else None


def _person(text: str) -> bool:
    if len(text) != 18 or not (text[:17].isascii() and text[:17].isdigit()):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    weighed = sum(weight * int(digit) for weight, digit in zip(PERSON_WEIGHTS, text[:17], strict=True))
    return PERSON_CHECKS[weighed % 11] == text[17]


def _firm(text: str) -> bool:
    if len(text) != 18 or any(letter not in FIRM_LETTERS for letter in text):
        return False
    weighed = sum(FIRM_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(text[:17]))
    return FIRM_LETTERS[-weighed % 31] == text[17]
