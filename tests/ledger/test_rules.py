"""An entry touches only the accounts its posting draws, on the sides it draws them; memorandum accounts stand apart."""

import pytest
from play import DAY, anything, lent_out, rounded_away

from lendmill.ledger.accounts import Account
from lendmill.ledger.entry import (
    ConversionDiffers,
    CurrenciesMixed,
    Entry,
    MemorandumMixed,
    NoSuchPosting,
    WrongSide,
    credit,
    debit,
)
from lendmill.ledger.posting import SIDES, posting

EXACT = "CNY/1000000"


def test_an_entry_nobody_has_drawn_is_refused() -> None:
    with pytest.raises(NoSuchPosting, match="'written on a napkin'"):
        Entry("written on a napkin", (debit(Account.CASH, "CNY", 5), credit(Account.LOANS, "CNY", 5)), DAY, DAY)


def test_an_account_the_posting_does_not_draw_is_refused() -> None:
    with pytest.raises(WrongSide, match="may not credit the account paid-in capital"):
        lent_out(debit(Account.LOANS, "CNY", 5), credit(Account.CAPITAL, "CNY", 5))


def test_the_wrong_side_of_an_account_the_posting_draws_is_refused() -> None:
    with pytest.raises(WrongSide, match="may not credit the account loans receivable"):
        lent_out(credit(Account.LOANS, "CNY", 5), debit(Account.CASH, "CNY", 5))
    assert lent_out(debit(Account.LOANS, "CNY", 5), credit(Account.CASH, "CNY", 5)).lines


def test_a_rounding_may_stand_on_either_side() -> None:
    for amount in (7, -7):
        rounded_away(debit(Account.ROUNDING, EXACT, amount), credit(Account.INTEREST_ACCRUED, EXACT, amount))
    with pytest.raises(WrongSide):
        rounded_away(debit(Account.INTEREST_INCOME, EXACT, 7), credit(Account.INTEREST_ACCRUED, EXACT, 7))


def test_memorandum_accounts_never_make_up_for_the_balance_sheet() -> None:
    with pytest.raises(MemorandumMixed, match="leaves 5 in CNY"):
        anything(debit(Account.MEMO_INTEREST, "CNY", 5), credit(Account.INTEREST, "CNY", 5))
    with pytest.raises(MemorandumMixed, match="leaves -9 in CNY/1000000"):
        anything(debit(Account.INTEREST_ACCRUED, EXACT, 9), credit(Account.MEMO_CONTRA_EXACT, EXACT, 9))


def test_both_may_stand_in_one_entry_where_each_balances_alone() -> None:
    both = (
        debit(Account.ALLOWANCE, "CNY", 5), credit(Account.LOANS, "CNY", 5),
        debit(Account.MEMO_PRINCIPAL, "CNY", 5), credit(Account.MEMO_CONTRA, "CNY", 5),
    )  # fmt: skip
    assert anything(*both).lines == both


def test_an_entry_keeps_to_one_currency() -> None:
    with pytest.raises(CurrenciesMixed, match="CNY and USD"):
        anything(
            debit(Account.CASH, "CNY", 5), credit(Account.LOANS, "CNY", 5),
            debit(Account.CASH, "USD", 5), credit(Account.LOANS, "USD", 5),
        )  # fmt: skip


@pytest.mark.parametrize("exact", [41_999_999, 42_000_001, 43_000_000, -42_000_000])
def test_the_conversion_pair_gives_the_money_it_takes(exact: int) -> None:
    def pair(amount: int) -> Entry:
        return anything(
            debit(Account.INTEREST, "CNY", 42), credit(Account.BILLED_CENTS, "CNY", 42),
            debit(Account.BILLED_EXACT, EXACT, amount), credit(Account.INTEREST_ACCRUED, EXACT, amount),
        )  # fmt: skip

    assert pair(42_000_000).lines
    with pytest.raises(ConversionDiffers):
        pair(exact)


def test_two_postings_never_share_a_name() -> None:
    with pytest.raises(AssertionError, match="'lent out'"):
        posting("lent out", either_side=True)(lent_out)


def test_a_line_drawn_badly_is_not_passed_over() -> None:
    def drawn_badly() -> None:
        """Money goes out.

        Dr  loans receivable            amount_cents
            Cr  cash at the payment rail amount_cents
        """

    with pytest.raises(AssertionError, match="two spaces at least"):
        posting("drawn badly")(drawn_badly)
    assert "drawn badly" not in SIDES


def test_a_posting_without_its_drawing_cannot_be_made() -> None:
    with pytest.raises(AssertionError, match="T-account"):
        posting("drawn in thin air")(lambda: None)
    assert "drawn in thin air" not in SIDES
