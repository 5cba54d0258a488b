"""Identity numbers: what is wrong with one is said by name; numbers that people really have are never refused."""

from datetime import date

import pytest

from lendmill.lab import identities
from lendmill.people import identity
from lendmill.people.identity import (
    BirthdayDiffers,
    FirmCodeNeeded,
    IdentityBirthdayWrong,
    IdentityCheckWrong,
    IdentityLengthWrong,
    IdentityOutdated,
    IdentityRegionUnknown,
    IdentitySignsWrong,
    PersonNumberNeeded,
)

TODAY = date(2026, 1, 1)
ADULT = "11010519491231002X"
FIRM = "91350100M000100Y43"


@pytest.mark.parametrize(
    ("number", "kind", "wrong"),
    [
        (ADULT, "person", None),
        (f" {ADULT.lower()} ", None, None),
        (ADULT[:-1], "person", IdentityLengthWrong),
        ("", "person", IdentityLengthWrong),
        ("110105491231002", "person", IdentityOutdated),
        ("110105491231002", "firm", IdentityLengthWrong),
        ("1101051949123100O2", "person", IdentitySignsWrong),
        ("１10105194912310021", "person", IdentitySignsWrong),
        ("110105194902300020", "person", IdentityBirthdayWrong),
        ("110105202601020014", "person", IdentityBirthdayWrong),
        ("110105188001010017", "person", IdentityBirthdayWrong),
        ("110105194912310021", "person", IdentityCheckWrong),
        ("111105194912310020", "person", None),  # a county nobody lists
        ("190105194912310024", "person", IdentityRegionUnknown),
        ("830000199001010012", "person", None),  # a resident of Taiwan's permit
        (FIRM, "firm", None),
        ("91350100M000100Y44", "firm", IdentityCheckWrong),
        ("91350100M000100I43", "firm", IdentitySignsWrong),
        ("9135O100M000100Y43", "firm", IdentitySignsWrong),
        (ADULT, "firm", FirmCodeNeeded),
        (FIRM, "person", PersonNumberNeeded),
        ("92110105MA01ABCD10", "person", None),  # a sole trader's own code
        ("92110105MA01ABCD10", "firm", None),
    ],
)
def test_what_is_wrong_with_a_number_is_said_by_name(number: str, kind: str | None, wrong: type | None) -> None:
    found = identity.mistake(number, kind=kind, today=TODAY)
    assert (None if found is None else type(found)) is wrong


def test_the_region_named_is_the_one_in_the_number() -> None:
    person, firm = "190105194912310024", "91199900M000100Y"
    assert "19" in str(identity.mistake(person, kind="person"))
    code = next(firm + a + b for a in "0123" for b in identity.FIRM_LETTERS if _checks(firm + a + b))
    assert str(identity.mistake(code, kind="firm")) == str(IdentityRegionUnknown(region="19"))


def _checks(code: str) -> bool:
    return not isinstance(identity.mistake(code, kind="firm"), IdentityCheckWrong)


def test_a_county_that_was_renamed_after_the_birth_is_no_mistake() -> None:
    from stdnum.cn import ric

    body = "36042619600101007"  # the county has this number since 1983; who was born before has it all the same
    number = body + ric.calc_check_digit(f"{body}0")
    assert not ric.is_valid(number)
    assert identity.mistake(number, kind="person", today=TODAY) is None


def test_the_birthday_is_held_against_the_one_registered() -> None:
    assert identity.mistake(ADULT, kind="person", born_on=date(1949, 12, 31)) is None
    assert isinstance(identity.mistake(ADULT, kind="person", born_on=date(1949, 12, 30)), BirthdayDiffers)
    assert identity.mistake(FIRM, kind="firm", born_on=date(1949, 12, 30)) is None
    assert identity.born_on(ADULT) == date(1949, 12, 31)
    assert (identity.born_on(FIRM), identity.born_on("1"), identity.born_on("190105194912310024")) == (None, None, None)


def test_a_foreigners_number_names_the_province_second() -> None:
    from stdnum.cn import ric

    body = "94410119900517001"
    assert identity.mistake(body + ric.calc_check_digit(f"{body}0"), kind="person", today=TODAY) is None


def test_every_single_mistyped_digit_is_found() -> None:
    for number, kind in ((ADULT, "person"), (FIRM, "firm")):
        for place, sign in enumerate(number):
            other = number[:place] + ("1" if sign != "1" else "2") + number[place + 1 :]
            assert identity.mistake(other, kind=kind, today=TODAY) is not None, other


def test_the_markets_made_up_numbers_pass_and_belong_to_no_province() -> None:
    for index in range(50):
        assert identity.mistake(identities.firm_number(index), kind="firm") is None
        number = identities.person_number(index, date(1990, 5, 17))
        assert identity.mistake(number, kind="person", born_on=date(1990, 5, 17), today=TODAY) is None
        assert number.startswith(identity.MADE_UP_AREA)


def test_no_sentence_repeats_the_number() -> None:
    for number in ("110105194912310021", "110105194902300020", "9135O100M000100Y43", "190105194912310024"):
        assert number[6:] not in str(identity.mistake(number, kind="person", today=TODAY))
