"""Amounts are read exactly as written, or not at all."""

import pytest

from lendmill.money import NotAnAmount, cents


@pytest.mark.parametrize(
    ("text", "amount_cents"),
    [
        ("7000", 700_000), ("7,000.5", 700_050), ("¥7,000.50", 700_050), (" 0.01 ", 1), ("-5", -500),
        ("1,000,000", 100_000_000), ("７０００", 700_000), ("10,000,000,000,000", 10**15),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(text: str, amount_cents: int) -> None:
    assert cents(text) == amount_cents


@pytest.mark.parametrize(
    "text",
    [
        "", "-", ".", "7000.505", "1e3", "1E+999999", "1E999999999999999999", "0e-9", "NaN", "sNaN", "Infinity", "-inf",
        "1_000", "7000,50", "1,50", "1,2,3", "0x10", "7000\0", "7 000", "¥¥7", "9" * 5000, "10,000,000,000,000.01",
        "=1+1", "<b>7</b>", "½", "七千",
    ],
)  # fmt: skip
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        cents(text)
