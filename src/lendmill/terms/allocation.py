"""Which part of a debt a payment settles first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Component = Literal["fees", "penalty", "interest", "principal"]
COMPONENTS: Final[tuple[Component, ...]] = ("fees", "penalty", "interest", "principal")


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount by what it is owed for, in cents."""

    fees: int = 0
    penalty: int = 0
    interest: int = 0
    principal: int = 0

    @property
    def total_cents(self) -> int:
        """All four together."""
        return self.fees + self.penalty + self.interest + self.principal

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(*(getattr(self, name) + getattr(other, name) for name in COMPONENTS))

    def __sub__(self, other: "Parts") -> "Parts":
        return Parts(*(getattr(self, name) - getattr(other, name) for name in COMPONENTS))


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From which day past due a payment runs in which order, and whether row by row or component by component."""

    from_days_past_due: int
    by: Literal["instalment", "component"]
    order: tuple[Component, ...]


STANDARD: Final = (
    Waterfall(0, "instalment", ("fees", "penalty", "interest", "principal")),
    Waterfall(91, "component", ("principal", "fees", "penalty", "interest")),
)


def stage_at(waterfall: Sequence[Waterfall], days_past_due: int) -> Waterfall:
    """The order in force at so many days past due: principal first from day 91 in the standard one."""
    return max(
        (stage for stage in waterfall if stage.from_days_past_due <= days_past_due), key=lambda s: s.from_days_past_due
    )


def allocate(amount_cents: int, owed: Sequence[Parts], stage: Waterfall) -> tuple[list[Parts], int]:
    """Spread a payment over rows that are owed, oldest first, and say what is left over.

    >>> allocate(130, [Parts(interest=20, principal=100), Parts(interest=5, principal=100)], STANDARD[0])
    ([Parts(fees=0, penalty=0, interest=20, principal=100), Parts(fees=0, penalty=0, interest=5, principal=5)], 0)
    >>> allocate(130, [Parts(interest=20, principal=100), Parts(interest=5, principal=100)], STANDARD[1])
    ([Parts(fees=0, penalty=0, interest=0, principal=100), Parts(fees=0, penalty=0, interest=0, principal=30)], 0)
    """
    paid = [dict.fromkeys(COMPONENTS, 0) for _ in owed]
    left = amount_cents
    for row, component in _in_order(len(owed), stage):
        part = min(left, getattr(owed[row], component))
        paid[row][component] = part
        left -= part
    return [Parts(**parts) for parts in paid], left


def _in_order(rows: int, stage: Waterfall) -> Iterator[tuple[int, Component]]:
    if stage.by == "instalment":
        yield from ((row, component) for row in range(rows) for component in stage.order)
    else:
        yield from ((row, component) for component in stage.order for row in range(rows))
