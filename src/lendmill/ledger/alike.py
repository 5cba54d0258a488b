"""Many entries of one kind as columns: each balances by itself, and the rules of the books are checked for all."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lendmill.ledger.accounts import Account, currency_and_den
from lendmill.ledger.entry import ConversionDiffers, Entry, Line, MemorandumMixed, Unbalanced, lines

Keys = NDArray[np.void]
Amounts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AlikeEntries:
    """Entries that differ in whose they are and in their amounts alone; a line's amount is a column, nothing where it
    is left out."""

    what: str
    lines: tuple[Line, ...]
    value_on: date
    booked_on: date
    entry_id: Keys
    borrower_id: Keys
    loan_id: Keys
    product_key: str

    def __post_init__(self) -> None:
        sums: dict[tuple[str, bool], Amounts] = {}
        nothing = np.zeros(len(self.entry_id), np.int64)
        cents = exact = nothing
        for line in self.lines:
            amounts: Any = line.amount
            key = line.unit, line.account.outside
            sums[key] = sums.get(key, nothing) + amounts
            if line.account is Account.BILLED_CENTS:
                cents = cents + amounts
            elif line.account is Account.BILLED_EXACT:
                den = currency_and_den(line.unit)[1]
                exact = exact + amounts // den + np.where(amounts % den, 1, 0)
        for (unit, outside), total in sums.items():
            if total.any():
                wrong = MemorandumMixed if outside else Unbalanced
                raise wrong(what=self.what, difference=int(total[total != 0][0]), unit=unit)
        if (cents + exact).any():
            at = int(np.flatnonzero(cents + exact)[0])
            raise ConversionDiffers(what=self.what, billed_cents=-int(cents[at]), accrued=f"{int(exact[at])} cents")
        for at in self._one_of_each_shape():
            self.entry(at)

    def entry(self, at: int) -> Entry:
        """One of them, as an entry by itself."""
        made = lines(*(Line(line.account, line.unit, int(line.amount[at])) for line in self.lines))  # type: ignore[index]
        return Entry(self.what, made, self.value_on, self.booked_on, product_key=self.product_key)

    def _one_of_each_shape(self) -> list[int]:
        """Entries with the same sides touched are of one shape: what a rule says of one it says of all."""
        shape = np.zeros(len(self.entry_id), np.int64)
        for line in self.lines:
            shape = shape * 3 + np.sign(line.amount)
        return [int(at) for at in np.unique(shape, return_index=True)[1]]
