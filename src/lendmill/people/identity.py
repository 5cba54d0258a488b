"""Whether an identity number can be right: a person's by GB 11643, a firm's by GB 32100, and what is wrong with it.

It proves nothing about who holds it. The digits are worked out by python-stdnum; what it refuses of numbers that are
really in use (a county that was renamed after the holder's birth, a register office with a letter) is not refused here.
"""

from datetime import date
from functools import cache
from typing import Final

from stdnum import numdb
from stdnum.cn import ric, uscc

from lendmill.refusals import Refusal

PERSON: Final = "person"
FIRM: Final = "firm"
LENGTH: Final = 18
OLD_LENGTH: Final = 15  # before 1999; not valid since 2013
FIRM_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SOLE_TRADER: Final = "92"  # 个体工商户: a person in business, who may be known by either number
LIFE_YEARS_MAX: Final = 130

MADE_UP_AREA: Final = "69"  # no province has it: set aside for people and firms who do not exist
RESIDENT_OF_TAIWAN: Final = "83"  # on a residence permit; 81 and 82, of Hong Kong and Macau, are provinces in the table
FOREIGN: Final = "9"  # a foreigner's permanent residence card: 9, then the province that gave it


class NotAnIdentity(Refusal):
    """That is not an identity number."""


class IdentityLengthWrong(NotAnIdentity):
    """An identity number has 18 digits and letters, and this one has {length}."""


class IdentityOutdated(NotAnIdentity):
    """This number has 15 digits, as identity cards had until 1999: give the 18 digits of the card of today."""


class IdentitySignsWrong(NotAnIdentity):
    """A person's number is 17 digits and then a digit or X; a firm's code has no letter I, O, S, V or Z."""


class IdentityCheckWrong(NotAnIdentity):
    """The last sign of this number does not fit the others: something in it is mistyped."""


class IdentityBirthdayWrong(NotAnIdentity):
    """The seventh to the fourteenth digit are a birthday, and these are no day on which anybody living was born."""


class IdentityRegionUnknown(NotAnIdentity):
    """The region in this number, {region}, is none of China's: something at its beginning is mistyped."""


class PersonNumberNeeded(NotAnIdentity):
    """This is a firm's code, and the borrower is a person: give the number on the identity card."""


class FirmCodeNeeded(NotAnIdentity):
    """This is a person's number, and the borrower is a firm: give the code on the business licence."""


class BirthdayDiffers(NotAnIdentity):
    """The birthday in this number is not the one registered for this borrower."""


def spelled(number: str) -> str:
    """An identity number in one spelling, whatever spaces and small letters it was typed with.

    >>> spelled(" 11010519491231002x ")
    '11010519491231002X'
    """
    return "".join(number.split()).upper()


def mistake(
    number: str, *, kind: str | None = None, born_on: date | None = None, today: date | None = None
) -> NotAnIdentity | None:
    """What is wrong with a number as that of a person, of a firm, or (with no kind) of either; None if nothing is.

    With `born_on` the birthday in a person's number must be that day, with `today` it must be the past.

    >>> mistake("11010519491231002X"), type(mistake("110105194912310021")).__name__, mistake("91350100M000100Y43")
    (None, 'IdentityCheckWrong', None)
    >>> type(mistake("91350100M000100Y43", kind="person")).__name__
    'PersonNumberNeeded'
    """
    text = spelled(number)
    if len(text) != LENGTH:
        old = len(text) == OLD_LENGTH and _digits(text) and kind != FIRM
        return IdentityOutdated() if old else IdentityLengthWrong(length=len(text))
    as_person, as_firm = _wrong_as_person(text, today), _wrong_as_firm(text)
    if kind == PERSON:
        return _of_a_person(text, as_person, as_firm, born_on)
    if kind == FIRM:
        return FirmCodeNeeded() if as_firm is not None and as_person is None else as_firm
    if as_person is None or as_firm is None:
        return None
    return as_person if _digits(text[:17]) else as_firm


def born_on(number: str) -> date | None:
    """The birthday written in a person's number; a firm's number has none.

    >>> born_on("11010519491231002X")
    datetime.date(1949, 12, 31)
    """
    text = spelled(number)
    return _birthday(text) if len(text) == LENGTH and _wrong_as_person(text, None) is None else None


def _of_a_person(
    text: str, as_person: NotAnIdentity | None, as_firm: NotAnIdentity | None, registered_on: date | None
) -> NotAnIdentity | None:
    if as_person is None:
        return BirthdayDiffers() if registered_on is not None and _birthday(text) != registered_on else None
    if as_firm is None:
        return None if text.startswith(SOLE_TRADER) else PersonNumberNeeded()
    return as_person


def _wrong_as_person(text: str, today: date | None) -> NotAnIdentity | None:
    if not _digits(text[:17]) or text[17] not in "0123456789X":
        return IdentitySignsWrong()
    day = _birthday(text)
    if day is None or (today is not None and not 0 <= (today - day).days <= LIFE_YEARS_MAX * 366):
        return IdentityBirthdayWrong()
    if ric.calc_check_digit(text) != text[17]:
        return IdentityCheckWrong()
    region = text[1:3] if text[0] == FOREIGN else text[:2]
    return None if region == RESIDENT_OF_TAIWAN or _known(region) else IdentityRegionUnknown(region=region)


def _wrong_as_firm(text: str) -> NotAnIdentity | None:
    if any(sign not in FIRM_LETTERS for sign in text) or not _digits(text[2:8]):
        return IdentitySignsWrong()
    if uscc.calc_check_digit(text[:17]) != text[17]:
        return IdentityCheckWrong()
    region = text[2:4]
    return None if region == "10" or _known(region) else IdentityRegionUnknown(region=region)


def _birthday(text: str) -> date | None:
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


@cache
def _known(region: str) -> bool:
    """Whether two digits are a province, or the one set aside for what is made up.

    Counties are not held against the table: they are renamed and joined, and a number keeps the one it was given.
    """
    if region == MADE_UP_AREA:
        return True
    return any("province" in told for _, told in numdb.get("cn/loc").info(f"{region}0000"))
