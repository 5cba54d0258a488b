"""Gives a table away as a file that spreadsheets open, Chinese included."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from litestar import Response

MARK: Final = "\ufeff"
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def cents_as_yuan(amount_cents: int | None) -> Decimal | None:
    """An amount as a plain number of yuan.

    >>> cents_as_yuan(-700050)
    Decimal('-7000.50')
    """
    return None if amount_cents is None else Decimal(amount_cents).scaleb(-2)


def sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response[str]:
    """One table as a CSV file to keep."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return Response(
        MARK + out.getvalue(),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(value, (int, Decimal, date)) or value is None:
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
