"""What the books say: trial balance, balances and the entries behind them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lendmill.db import Db, many, scalar
from lendmill.ledger.accounts import BY_NUMBER, Account


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One account in one unit: all its debits and credits up to a day."""

    account: str
    unit: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Debits less credits."""
        return self.debit - self.credit

    @property
    def name_en(self) -> str:
        """The account's English name."""
        return str(BY_NUMBER[self.account].value.name_en)

    @property
    def name_zh(self) -> str:
        """The account's Chinese name."""
        return str(BY_NUMBER[self.account].value.name_zh)

    @property
    def balance_cents(self) -> Decimal:
        """The balance in cents, an exact accrual written out to six digits."""
        _, _, den = self.unit.partition("/")
        return (Decimal(self.balance) / int(den or 1)).quantize(Decimal("0.000001" if den else "1"))


TRIAL_BALANCE = """
    select account,
           unit,
           coalesce(sum(amount) filter (where amount > 0), 0)::text as debit,
           coalesce(-sum(amount) filter (where amount < 0), 0)::text as credit
      from line_item
     where booked_on <= %(as_of)s
     group by account, unit
     order by account, unit
"""


@dataclass(frozen=True, slots=True)
class _Sums:
    account: str
    unit: str
    debit: str
    credit: str


def trial_balance(db: Db, as_of: date) -> list[BalanceRow]:
    """Every account as of the end of a day, by booking date; debits equal credits in each unit."""
    found = many(db, _Sums, TRIAL_BALANCE, as_of=as_of)
    return [BalanceRow(row.account, row.unit, int(row.debit), int(row.credit)) for row in found]


def out_of_balance(rows: list[BalanceRow]) -> dict[str, int]:
    """The units in which the trial balance is not zero: none, or the books are broken."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.unit] = sums.get(row.unit, 0) + row.balance
    return {unit: total for unit, total in sums.items() if total}


def figures_of(rows: list[BalanceRow]) -> str:
    """A trial balance as text, a line an account and unit: what a closing writes down word for word.

    >>> figures_of([BalanceRow("1001", "CNY", 100, 30)])
    '1001 CNY 100 30\\n'
    """
    return "".join(f"{row.account} {row.unit} {row.debit} {row.credit}\n" for row in rows)


BALANCE = "select coalesce(sum(amount), 0)::text from line_item where account = %(account)s and unit = %(unit)s"


def balance(db: Db, account: Account, unit: str) -> int:
    """What one account holds in one unit now."""
    return int(scalar(db, BALANCE, account=account.number, unit=unit))


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of an entry with the entry's dates and reason beside it."""

    entry_id: UUID
    what: str
    loan_id: UUID | None
    value_on: date
    booked_on: date
    booked_at: datetime
    n: int
    account: str
    unit: str
    amount: Decimal


ENTRIES = """
    select e.entry_id, e.what, e.loan_id, e.value_on, e.booked_on, e.booked_at,
           l.n, l.account, l.unit, l.amount
      from entry e
      join line_item l on l.entry_id = e.entry_id
     where e.entry_id in (select entry_id
                            from entry
                           where borrower_id = %(borrower_id)s
                             and (%(before)s::uuid is null or entry_id < %(before)s)
                           order by entry_id desc
                           limit %(most)s)
     order by e.entry_id desc, l.n
"""


def entries_of(db: Db, borrower_id: UUID, *, before: UUID | None = None, most: int = 50) -> list[EntryLine]:
    """A borrower's journal, newest first, a page at a time."""
    return many(db, EntryLine, ENTRIES, borrower_id=borrower_id, before=before, most=most)


@dataclass(frozen=True, slots=True)
class Closing:
    """The books closed through a day: who did it, when, and what they said, under its fingerprint."""

    through_on: date
    closed_by: UUID
    closed_at: datetime
    entries: int
    figures: str
    digest: str


CLOSINGS = """
    select through_on, closed_by, closed_at, entries, figures, digest
      from books_closing
     where %(before)s::date is null or through_on < %(before)s
     order by through_on desc
     limit %(most)s
"""


def closings(db: Db, *, before: date | None = None, most: int = 50) -> list[Closing]:
    """The closed periods, the latest first, a page at a time."""
    return many(db, Closing, CLOSINGS, before=before, most=most)


def still_so(db: Db, closing: Closing) -> bool:
    """Whether the books say of a closed period what they said when it was closed."""
    return figures_of(trial_balance(db, closing.through_on)) == closing.figures


UNBALANCED = """
    select entry_id
      from line_item
     where booked_on <= %(through)s
       and (%(after)s::date is null or booked_on > %(after)s)
     group by entry_id, unit
    having sum(amount) <> 0
     order by entry_id
     limit 10
"""


@dataclass(frozen=True, slots=True)
class _Key:
    entry_id: UUID


def unbalanced_entries(db: Db, *, after: date | None, through: date) -> list[UUID]:
    """Entries booked in a period whose lines do not sum to nothing: none, or somebody wrote past the program."""
    return [found.entry_id for found in many(db, _Key, UNBALANCED, after=after, through=through)]
