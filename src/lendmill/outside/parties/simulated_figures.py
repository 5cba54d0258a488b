"""What the simulated parties say of somebody: made up from a hash of the number, alike whenever it is asked."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from lendmill.outside.simulating import chance

Row = dict[str, Any]
QUARTERS: Final = 8
GRADES: Final = (5, 4, 3, 2, 1)  # A, B, M, C, D
PARTNERS: Final = 6


def figures_of(party: str, number: str, as_of_on: date) -> list[Row]:
    """A party's figures of somebody as of a day."""
    return _FIGURES[party](number, as_of_on)


def _bureau(number: str, on: date) -> list[Row]:
    loans = int(5 * chance(number, "loans"))
    late = chance(number, "late")
    return [
        _number("open_loans", loans, on),
        {"subject": "open_balance", "happened_on": on.isoformat(), "amount_cents": loans * 4_321_000},
        _number("late_days_worst", 0 if late < 0.8 else int(300 * (late - 0.8)), on),
        _number("enquiries_90", int(6 * chance(number, "enquiries")), on),
        _number("score", 500 + int(250 * chance(number, "score")), on),
        _number("years_known", int(15 * chance(number, "years")), on),
    ]


def _registry(number: str, on: date) -> list[Row]:
    capital_cents = (1 + int(200 * chance(number, "capital") ** 3)) * 1_000_000
    return [
        {"subject": "registered_capital", "happened_on": on.isoformat(), "amount_cents": capital_cents},
        _number("active", 0 if chance(number, "active") < 0.01 else 1, on),
        _number("years_registered", int(12 * chance(number, "registered")), on),
        _number("legal_cases", int(4 * chance(number, "cases") ** 6), on),
        _number("enforcement", 1 if chance(number, "enforcement") < 0.01 else 0, on),
    ]


def _tax(number: str, on: date) -> list[Row]:
    grade = GRADES[min(4, int(5 * chance(number, "grade") ** 2))]
    rows = [_number("grade", grade, on)]
    quarterly_cents = 2_000_000 + int(60_000_000 * chance(number, "sales") ** 2)
    end = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1) - timedelta(days=1)
    for _ in range(QUARTERS):
        name = f"{end.year}Q{end.month // 3}"
        late = chance(f"{number}{name}", "days late")
        filed_on = end + timedelta(days=15 + (0 if late < 0.85 else int(200 * (late - 0.85))))
        if filed_on <= on:
            rows.append(
                {
                    "subject": "vat",
                    "happened_on": filed_on.isoformat(),
                    "amount_cents": int(quarterly_cents * (0.8 + 0.4 * chance(f"{number}{name}", "declared"))),
                    "quantity": float((filed_on - end).days - 15),
                    "reference": f"vat-{name}",
                }
            )
        end = date(end.year, end.month - 2, 1) - timedelta(days=1)
    return rows


def _customs(number: str, on: date) -> list[Row]:
    """Three in ten trade abroad."""
    if chance(number, "abroad") >= 0.3:
        return []
    rows = []
    for n in range(int(30 * chance(number, "declarations"))):
        happened_on = on - timedelta(days=int(700 * chance(f"{number}{n}", "day")))
        rows.append(
            {
                "subject": "export" if chance(f"{number}{n}", "way") < 0.8 else "import",
                "happened_on": happened_on.isoformat(),
                "amount_cents": 500_000 + int(20_000_000 * chance(f"{number}{n}", "amount") ** 2),
                "counterparty": f"partner-{int(PARTNERS * chance(f'{number}{n}', 'partner'))}",
                "reference": f"declaration-{n}",
            }
        )
    return rows


def _number(subject: str, quantity: float, on: date) -> Row:
    return {"subject": subject, "happened_on": on.isoformat(), "quantity": float(quantity)}


_FIGURES: Final[dict[str, Callable[[str, date], list[Row]]]] = {
    "bureau": _bureau,
    "registry": _registry,
    "tax": _tax,
    "customs": _customs,
}
