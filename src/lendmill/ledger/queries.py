"""What the books say: trial balance, balances and the entries behind them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lendmill.db import Db, many, one, scalar
from lendmill.ledger.accounts import BY_NUMBER, Account, currency_and_den
from lendmill.refusals import Refusal


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
    closer: str
    closed_at: datetime
    entries: int
    figures: str
    digest: str


CLOSINGS = """
    select through_on, display_name as closer, closed_at, entries, figures, digest
      from books_closing
      join account on account_id = closed_by
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


class NoSuchPlace(Refusal):
    """{text!r} is no place in a statement: take the one that came with the page before."""


class NotAnAccount(Refusal):
    """There is no account {number}: docs/postings.md lists the chart of accounts."""


class DaysTurned(Refusal):
    """A statement from {first_on} to {last_on} has no days: the first comes before the last."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a statement ends: the next one goes on after it."""

    booked_on: date
    entry_id: UUID
    n: int

    @classmethod
    def of(cls, text: str) -> "Place":
        """A place as it was written.

        >>> Place.of("2026-01-05:01890000-0000-7000-8000-000000000001:2").n
        2
        """
        try:
            day, key, n = text.split(":")
            return cls(date.fromisoformat(day), UUID(key), int(n))
        except ValueError:
            raise NoSuchPlace(text=text[:80]) from None

    def __str__(self) -> str:
        return f"{self.booked_on}:{self.entry_id}:{self.n}"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account's statement, with the balance after it."""

    entry_id: UUID
    n: int
    what: str
    borrower_id: UUID | None
    loan_id: UUID | None
    product_key: str
    value_on: date
    booked_on: date
    booked_at: datetime
    amount: Decimal
    balance: Decimal

    @property
    def place(self) -> Place:
        """Where this line stands."""
        return Place(self.booked_on, self.entry_id, self.n)


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """An account in one unit between two booking days: its opening, each line, its closing (明细账)."""

    account: Account
    unit: str
    first_on: date
    last_on: date
    opening: int
    closing: int
    lines: list[StatementLine]
    next_after: Place | None


BETWEEN = """
    select coalesce(sum(amount) filter (where booked_on < %(first)s), 0) as opening,
           coalesce(sum(amount), 0) as closing,
           coalesce(sum(amount) filter (where (booked_on, entry_id, n) <= (%(booked_on)s, %(entry_id)s, %(n)s)), 0)
               as carried
      from line_item
     where account = %(account)s
       and unit = %(unit)s
       and booked_on <= %(last)s
"""

STATEMENT = """
    select l.entry_id, l.n, e.what, e.borrower_id, e.loan_id, e.product_key, l.value_on, l.booked_on, e.booked_at,
           l.amount,
           %(carried)s + sum(l.amount) over (order by l.booked_on, l.entry_id, l.n) as balance
      from (select entry_id, n, value_on, booked_on, amount
              from line_item
             where account = %(account)s
               and unit = %(unit)s
               and booked_on <= %(last)s
               and (booked_on, entry_id, n) > (%(booked_on)s, %(entry_id)s, %(n)s)
             order by booked_on, entry_id, n
             limit %(most)s) l
      join entry e using (entry_id)
     order by l.booked_on, l.entry_id, l.n
"""


@dataclass(frozen=True, slots=True)
class _Between:
    opening: Decimal
    closing: Decimal
    carried: Decimal


def account_statement(
    db: Db, account: Account, unit: str, *, first_on: date, last_on: date, after: Place | None = None, most: int = 100
) -> AccountStatement:
    """What went through an account, by booking day, a page at a time; its balance runs on from page to page.

    The opening and closing balances are those of the days asked for, on every page. Of a closed period the statement
    is the same for ever: nothing is booked there any more.
    """
    if first_on > last_on:
        raise DaysTurned(first_on=first_on, last_on=last_on)
    currency_and_den(unit)
    start = after or Place(first_on, UUID(int=0), 0)
    asked = {"account": account.number, "unit": unit, "last": last_on, "booked_on": start.booked_on,
             "entry_id": start.entry_id, "n": start.n}  # fmt: skip
    sums = one(db, _Between, BETWEEN, first=first_on, **asked)
    found = many(db, StatementLine, STATEMENT, carried=sums.carried, most=most + 1, **asked)
    shown = found[:most]
    next_after = shown[-1].place if len(found) > most else None
    return AccountStatement(account, unit, first_on, last_on, int(sums.opening), int(sums.closing), shown, next_after)


UNITS = """
    select distinct unit
      from line_item
     where account = %(account)s
     order by unit
"""


@dataclass(frozen=True, slots=True)
class _Unit:
    unit: str


def units_of(db: Db, account: Account) -> list[str]:
    """The units an account has lines in."""
    return [found.unit for found in many(db, _Unit, UNITS, account=account.number)]


def account_numbered(number: str) -> Account:
    """The account of a number."""
    if number not in BY_NUMBER:
        raise NotAnAccount(number=number[:20])
    return BY_NUMBER[number]
