"""Which part of a planned debt money pays: what is due first, then what is not yet, each in the order agreed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from lendmill.days import ONE_DAY
from lendmill.terms.allocation import COMPONENTS, Component, Parts, Waterfall, allocate
from lendmill.terms.interest import rounded
from lendmill.terms.schedule import PlannedRow


@dataclass(frozen=True, slots=True)
class Item:
    """One thing owed on an instalment, with a date of its own: a charge may be due before its instalment."""

    row: int
    component: Component
    due_on: date
    unpaid_cents: int


@dataclass(frozen=True, slots=True)
class TwoStages:
    """The order within an instalment for what is due, and for what is paid in advance."""

    due: tuple[Component, ...] = COMPONENTS
    in_advance: tuple[Component, ...] = COMPONENTS


def items_of(rows: Iterable[PlannedRow]) -> tuple[Item, ...]:
    """The interest and the principal of a plan, each due on its instalment's day."""
    found: list[Item] = []
    for row in rows:
        found.append(Item(row.n, "interest", row.due_on, row.interest_cents))
        found.append(Item(row.n, "principal", row.due_on, row.principal_cents))
    return tuple(found)


def charged(rows: Sequence[PlannedRow], component: Component, amount_cents: int, on: date) -> Item:
    """A charge belongs to the first instalment due on its day or later, after the last one to that."""
    row = next((row.n for row in rows if row.due_on >= on), rows[-1].n)
    return Item(row, component, on, amount_cents)


def late_fees(
    rows: Iterable[PlannedRow], as_of: date, share: Fraction, of_interest_too: bool, direction: str
) -> tuple[Item, ...]:
    """A penalty on every instalment whose day has passed: a share of its principal, or of that and its interest."""
    found = []
    for row in rows:
        if row.due_on < as_of:
            exact = share * (row.due_cents if of_interest_too else row.principal_cents)
            cents = rounded(exact.numerator, exact.denominator, direction)
            found.append(Item(row.n, "penalty", row.due_on + ONE_DAY, cents))
    return tuple(found)


def pay(items: Sequence[Item], amount_cents: int, on: date, stages: TwoStages) -> tuple[tuple[Item, ...], Parts, int]:
    """Spread a payment over what is owed: what is left of each item, what was paid by component, and what is over.

    >>> owed = [Item(1, "interest", date(2023, 2, 1), 30), Item(1, "principal", date(2023, 2, 1), 1000)]
    >>> pay(owed, 500, date(2023, 2, 1), TwoStages())[1:]
    (Parts(fees=0, penalty=0, interest=30, principal=470), 0)
    """
    left, total = list(items), Parts()
    for order, is_due in ((stages.due, True), (stages.in_advance, False)):
        chosen = [n for n, item in enumerate(left) if (item.due_on <= on) is is_due]
        numbers = sorted({left[n].row for n in chosen})
        owed = [_parts(left[n] for n in chosen if left[n].row == number) for number in numbers]
        paid, amount_cents = allocate(amount_cents, owed, Waterfall(0, "instalment", order))
        for number, parts in zip(numbers, paid, strict=True):
            total += parts
            for component in COMPONENTS:
                alike = [n for n in chosen if left[n].row == number and left[n].component == component]
                _take(left, alike, getattr(parts, component))
    return tuple(left), total, amount_cents


def _parts(items: Iterable[Item]) -> Parts:
    return sum((Parts(**{item.component: item.unpaid_cents}) for item in items), Parts())


def _take(items: list[Item], chosen: Iterable[int], paid_cents: int) -> None:
    for n in sorted(chosen, key=lambda n: items[n].due_on):
        part_cents = min(paid_cents, items[n].unpaid_cents)
        items[n] = replace(items[n], unpaid_cents=items[n].unpaid_cents - part_cents)
        paid_cents -= part_cents
    assert not paid_cents, "more was paid than was owed"
